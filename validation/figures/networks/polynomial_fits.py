"""Figures of over- and underfitting of polynomials."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spinglass.toy_data import bishop_points, noisy_sine
from validation.experiments.networks import curve_fitting
from validation.figures.entry import Entry, Tables
from validation.figures.style import (
    BAND,
    SIMULATION,
    THEORY,
    TRAIN_AND_TEST,
    grid_of,
    legend_above,
    letter,
    panels,
)

ENTRIES: dict[str, Entry] = {}

_COLUMNS = 4
_HIGHEST = 1.7  # curves are cut here, or above the data


def _curve_fits(seed: int) -> Tables:
    x, t = bishop_points()
    drawn: list[curve_fitting.Panel] = [(f"$M = {M}$, $N = 10$", x, t, M, None) for M in (0, 1, 3, 9)]
    drawn += [(f"$M = 9$, $N = {N}$", *noisy_sine(N, seed), 9, None) for N in (15, 100)]
    drawn += [(rf"$M = 9$, $\ln\lambda = {log:g}$", x, t, 9, log) for log in (-18.0, 0.0)]
    data, fits = curve_fitting.curves(drawn)
    return {"data": data, "fits": fits}


def curve_fits(data: pd.DataFrame, fits: pd.DataFrame) -> Figure:
    """Draw the data, the fitted curve and the curve without noise, one panel per fit.

    Parameters
    ----------
    data : pandas.DataFrame
        Columns panel, x, t.
    fits : pandas.DataFrame
        Columns panel, x, t, truth.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    names = list(dict.fromkeys(fits["panel"]))
    figure, axes = grid_of(len(names), _COLUMNS, 1.75, 0.4, narrow=2, sharex=True, sharey=True)
    top = max(_HIGHEST, 1.05 * float(data["t"].abs().max()))
    for axis, name in zip(axes, names, strict=True):
        points, curve = data[data["panel"] == name], fits[fits["panel"] == name]
        axis.plot(curve["x"], curve["truth"], color=BAND, lw=1.0, ls="--", label="curve without noise")
        shown = curve["t"].where(curve["t"].abs() <= top)
        axis.plot(curve["x"], shown, color=THEORY, lw=1.5, label="fit")
        axis.plot(points["x"], points["t"], "o", color=SIMULATION, ms=3.5 if len(points) < 40 else 2, label="data")
        axis.set(ylim=(-top, top), xticks=[0, 1], yticks=[-1, 0, 1])
    letter(axes, names)
    legend_above(figure, *axes[0].get_legend_handles_labels())
    figure.supxlabel("input $x$", fontsize="medium")
    figure.supylabel("target $t$", fontsize="medium")
    return figure


def _draw_curve_fits(tables: Tables) -> Figure:
    return curve_fits(tables["data"], tables["fits"])


ENTRIES["generalisation-curve-fits"] = Entry(
    "Least-squares polynomials of degree M on N points of a sine with Gaussian noise of standard deviation 0.3. "
    "(a-d) Bishop's ten points. (e, f) Degree 9 on more, randomly drawn points. (g, h) Degree 9 on the ten points "
    "with a penalty lambda |w|^2 on the coefficients w. Dashed: the sine without noise. The curve of (d) is cut: it "
    "reaches from -4.2 to 3.7.",
    _curve_fits,
    _draw_curve_fits,
    seconds=0.9,
)


_DATA_SETS = 2000


def _fit_errors(seed: int) -> Tables:
    degrees = [(M, None) for M in range(10)]
    ridges = [(9, float(log)) for log in np.arange(-36, 7, 3)]
    return {
        "by_degree": curve_fitting.errors_by_model(10, degrees, _DATA_SETS, seed),
        "by_ridge": curve_fitting.errors_by_model(10, ridges, _DATA_SETS, seed),
    }


def fit_errors(by_degree: pd.DataFrame, by_ridge: pd.DataFrame, noise: float) -> Figure:
    """Draw root mean squared errors against the degree and against ln lambda; lines are expectations.

    Parameters
    ----------
    by_degree : pandas.DataFrame
        Columns degree, data ("train", "test"), rms, error, expected.
    by_ridge : pandas.DataFrame
        The same, with log_ridge in place of degree.
    noise : float
        Standard deviation of the noise.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, axes = panels(1, 2, 2.6, 0.3, narrow=(2, 1), sharey=True)
    left, right = axes.ravel()
    _draw_errors(left, by_degree, "degree", noise)
    _draw_errors(right, by_ridge, "log_ridge", noise)
    left.set(xlabel="degree $M$", ylim=(0, 1.05))
    right.set(xlabel=r"ridge $\ln\lambda$ at degree 9")
    for axis in (left, right):
        axis.set_ylabel("root mean squared error")
    letter((left, right))
    legend_above(figure, *left.get_legend_handles_labels())
    return figure


def _draw_errors(axis: Axes, table: pd.DataFrame, over: str, noise: float) -> None:
    axis.axhline(noise, color=BAND, lw=1, ls=":", label="noise")
    for name, (colour, marker, dashes, label) in TRAIN_AND_TEST.items():
        rows = table[table["data"] == name].sort_values(over)
        axis.plot(rows[over], rows["expected"], color=colour, ls=dashes, lw=1.2, label=f"{label}, expected")
        axis.errorbar(
            rows[over],
            rows["rms"],
            2 * rows["error"],
            fmt=marker,
            color=colour,
            ms=4,
            mfc="white",
            label=label,
            clip_on=False,
        )


def _draw_fit_errors(tables: Tables) -> Figure:
    return fit_errors(tables["by_degree"], tables["by_ridge"], curve_fitting.NOISE)


ENTRIES["generalisation-fit-errors"] = Entry(
    "Root mean squared errors of polynomials fitted to ten points of a sine with Gaussian noise: means over "
    f"{_DATA_SETS} data sets with two standard errors, and the exact expectations (lines). (a) By degree M; at degree "
    "9 the fit passes through all points. (b) Degree 9 with a penalty lambda |w|^2 on the coefficients w. Dotted: "
    "the standard deviation of the noise, 0.3.",
    _fit_errors,
    _draw_fit_errors,
    seconds=13,
)
