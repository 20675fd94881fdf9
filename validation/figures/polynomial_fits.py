"""Figures of over- and underfitting of polynomials."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spinglass.toy_data import bishop_points, noisy_sine
from validation.experiments import curve_fitting
from validation.figures.entry import Entry, Tables
from validation.figures.style import (
    BAND,
    FAINT_TEXT,
    SIMULATION,
    THEORY,
    TRAIN_AND_TEST,
    hide_spines,
    legend_above,
    subplots,
)

ENTRIES: dict[str, Entry] = {}

_COLUMNS = 4


def _curve_fits(seed: int) -> Tables:
    x, t = bishop_points()
    panels: list[curve_fitting.Panel] = [(f"M = {M}, N = 10", x, t, M, None) for M in (0, 1, 3, 9)]
    panels += [(f"M = 9, N = {N}", *noisy_sine(N, seed), 9, None) for N in (15, 100)]
    panels += [(rf"M = 9, N = 10, $\ln \lambda = {log:g}$", x, t, 9, log) for log in (-18.0, 0.0)]
    data, fits = curve_fitting.curves(panels)
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
    panels = list(dict.fromkeys(fits["panel"]))
    figure, axes = subplots(len(panels), _COLUMNS, 1.75, 0.3)
    for axis, name in zip(axes, panels, strict=True):
        points, curve = data[data["panel"] == name], fits[fits["panel"] == name]
        axis.plot(curve["x"], curve["truth"], color=BAND, lw=1.0, ls="--", label="curve without noise")
        axis.plot(curve["x"], curve["t"], color=THEORY, lw=1.5, label="fit")
        axis.plot(points["x"], points["t"], "o", color=SIMULATION, ms=3.5 if len(points) < 40 else 2, label="data")
        axis.set(ylim=(-1.7, 1.7), xticks=[0, 1], yticks=[-1, 0, 1])
        axis.set_title(name, fontsize="small")
        hide_spines(axis)
    handles, labels = axes[0].get_legend_handles_labels()
    legend_above(figure, handles, labels, columns=3)
    figure.supxlabel("x", fontsize="medium")
    figure.supylabel("t", fontsize="medium")
    return figure


def _draw_curve_fits(tables: Tables) -> Figure:
    return curve_fits(tables["data"], tables["fits"])


ENTRIES["generalisation-curve-fits"] = Entry(
    "Least-squares polynomials of degree M on N points of a sine with Gaussian noise of standard deviation 0.3. "
    "Upper row: Bishop's ten points. Lower row: degree 9 with more, randomly drawn points, and on the ten points with "
    "a penalty lambda |w|^2.",
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
    figure = Figure(figsize=(7.0, 2.9), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _draw_errors(left, by_degree, "degree", noise)
    _draw_errors(right, by_ridge, "log_ridge", noise)
    left.set(xlabel="degree M", ylabel="root mean squared error", ylim=(0, 1.05))
    right.set(xlabel=r"$\ln \lambda$, at degree 9")
    right.annotate("noise", (1, noise), (2, 0), ("axes fraction", "data"), textcoords="offset points", va="center",
                   fontsize="small", color=FAINT_TEXT)  # fmt: skip
    handles, labels = left.get_legend_handles_labels()
    legend_above(figure, handles, labels, columns=4)
    return figure


def _draw_errors(axis: Axes, table: pd.DataFrame, over: str, noise: float) -> None:
    axis.axhline(noise, color=BAND, lw=0.8)
    for name, (colour, marker, _, label) in TRAIN_AND_TEST.items():
        rows = table[table["data"] == name].sort_values(over)
        axis.plot(rows[over], rows["expected"], color=colour, lw=1.2, label=f"{label}, expected")
        axis.errorbar(
            rows[over], rows["rms"], 2 * rows["error"], fmt=marker, color=colour, ms=4, mfc="white", label=label
        )
    hide_spines(axis)


def _draw_fit_errors(tables: Tables) -> Figure:
    return fit_errors(tables["by_degree"], tables["by_ridge"], curve_fitting.NOISE)


ENTRIES["generalisation-fit-errors"] = Entry(
    f"Root mean squared errors of polynomials fitted to ten points: means over {_DATA_SETS} data sets with two "
    "standard errors, and the exact expectations (lines). Left: by degree; at degree 9 the fit passes through all "
    "points. Right: degree 9 with a ridge. The grey line is the standard deviation of the noise, 0.3.",
    _fit_errors,
    _draw_fit_errors,
    seconds=13,
)
