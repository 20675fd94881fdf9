"""The figure of critical points by overlap with a planted signal."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import theory
from validation.experiments import planted_landscapes
from validation.figures.entry import Entry, Tables
from validation.figures.style import BAND, CURVES, SIMULATION, THEORY, legend_above, letter, ordered, panels

ENTRIES: dict[str, Entry] = {}

_H, _N, _SAMPLES, _BINS, _STRENGTH = 3, 8, 250, 20, 1.5
_SIZES = (8, 16)
_STRENGTHS = (0.8, 1.1547, 1.5)


def _planted_overlaps(seed: int) -> Tables:
    signal = {_H: _STRENGTH}
    fine = np.cos(np.linspace(np.pi, 0.0, 162)[1:-1])
    half = fine[fine >= 0.0]
    exact = [planted_landscapes.exact_densities(_N, _H, signal, fine, (None, 0))]
    exact += [planted_landscapes.exact_densities(n, _H, signal, half) for n in _SIZES if n != _N]
    minima = [(strength, theory.signal_minimum(_H, {_H: strength})) for strength in _STRENGTHS]
    return {
        "measured": planted_landscapes.densities_by_overlap(_N, _H, signal, _SAMPLES, _BINS, (None, 0), seed),
        "exact": pd.concat(exact, ignore_index=True),
        "rates": planted_landscapes.growth_rates(_H, _STRENGTHS, _H, half),
        "minima": pd.DataFrame([(s, one.overlap) for s, one in minima if one], columns=["strength", "overlap"]),
    }


def planted_overlaps(
    measured: pd.DataFrame, exact: pd.DataFrame, rates: pd.DataFrame, minima: pd.DataFrame, strength: float
) -> Figure:
    """Draw densities of critical points by overlap with a planted signal, and their growth rates.

    What is measured is the mean density in an interval. Beside it are the exact density and its means in the same
    intervals, which differ where a peak is narrower than an interval.

    Parameters
    ----------
    measured : pandas.DataFrame
        Columns points ("all" or an index), low, high, density, standard_error; the smallest n of ``exact``.
    exact : pandas.DataFrame
        Columns points, n, overlap, density.
    rates : pandas.DataFrame
        Growth rates: strength, points, overlap, rate.
    minima : pandas.DataFrame
        The minimum near the signal at large n: strength, overlap.
    strength : float
        The signal's strength in the densities.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, grid = panels(1, 3, 2.6, 0.35, narrow=(3, 1))
    axes = grid.ravel()
    n = int(exact["n"].min())
    _draw_densities(axes[0], measured, exact[exact["n"] == n])
    of_all = exact[(exact["points"] == "all") & (exact["overlap"] >= 0.0)]
    total = rates[(rates["points"] == "all") & (rates["strength"] == strength)]
    _draw_sizes(axes[1], of_all, total)
    _draw_minima(axes[2], rates[rates["points"] == "0"], minima)
    letter(axes, [f"$n = {n}$", "all points", "minima"])
    for axis in axes:
        axis.set_xlabel("overlap $m$ with the signal")
    handles, labels = axes[0].get_legend_handles_labels()
    legend_above(figure, handles, labels)
    return figure


def _draw_densities(axis: Axes, measured: pd.DataFrame, exact: pd.DataFrame) -> None:
    low = 0.3 * measured["density"][measured["density"] > 0.0].min()
    for points, dashes, marker, name in (("all", "-", "o", "all points"), ("0", "--", "s", "minima")):
        curve, found = exact[exact["points"] == points], measured[measured["points"] == points]
        within = curve["density"].where(curve["density"] > low)
        axis.plot(curve["overlap"], within, color=THEORY, ls=dashes, lw=1.6, label=f"exact, {name}")
        ends = found["low"].to_numpy(), found["high"].to_numpy()
        means = planted_landscapes.means_in_intervals(curve, *ends)
        shown = means > low
        axis.hlines(means[shown], *(end[shown] for end in ends), color=THEORY, lw=1.6)
        middle, seen = (found["low"] + found["high"]) / 2, found["density"] > 0.0
        axis.errorbar(
            middle[seen], found["density"][seen], found["standard_error"][seen], fmt=marker, ms=3, lw=0.9,
            color=SIMULATION, mfc=SIMULATION if points == "all" else "white", label=f"enumerated, {name}",
        )  # fmt: skip
    axis.set(ylabel="points per unit of overlap", yscale="log", xlim=(-1, 1), ylim=(0.9 * low, None))


def _draw_sizes(axis: Axes, exact: pd.DataFrame, rate: pd.DataFrame) -> None:
    sizes, low = sorted(exact["n"].unique()), -0.2
    for n, look in zip(sizes, ordered(len(sizes)), strict=True):
        curve = exact[exact["n"] == n]
        logs = np.log(curve["density"]) / n
        label = f"$n = {n}$"
        axis.plot(curve["overlap"], logs.where(logs > low), color=look.colour, ls=look.dashes, label=label)
    within = rate["rate"].where(rate["rate"] > low)
    axis.plot(rate["overlap"], within, color=THEORY, lw=2, label=r"$n = \infty$")
    axis.axhline(0.0, color=BAND, lw=0.8)
    axis.set(ylabel="growth rate, (log density)/$n$", xlim=(0, 1), ylim=(low, None))
    axis.legend(fontsize="small", frameon=False)


def _draw_minima(axis: Axes, rates: pd.DataFrame, minima: pd.DataFrame) -> None:
    strengths, low = sorted(rates["strength"].unique()), -0.12
    for strength, (colour, dashes) in zip(strengths, CURVES, strict=False):
        curve = rates[rates["strength"] == strength]
        within = curve["rate"].where(curve["rate"] > low)
        axis.plot(curve["overlap"], within, color=colour, ls=dashes, label=rf"$\lambda = {strength:.4g}$")
        places = minima["overlap"][minima["strength"] == strength]
        axis.plot(places, np.zeros(len(places)), "o", color=colour, ms=5)
    axis.axhline(0.0, color=BAND, lw=0.8)
    axis.set(ylabel="growth rate", xlim=(0, 1), ylim=(low, 0.03))
    axis.legend(fontsize="small", frameon=False)


def _draw_planted_overlaps(tables: Tables) -> Figure:
    return planted_overlaps(tables["measured"], tables["exact"], tables["rates"], tables["minima"], _STRENGTH)


ENTRIES["planted-overlaps"] = Entry(
    f"Critical points of the spherical 3-spin model with a planted signal, energy(x) - lambda n (x.v/n)^3, by overlap "
    f"m = x.v/n. (a) Mean number per unit of overlap at n = {_N} and lambda = {_STRENGTH}: all critical points of "
    f"{_SAMPLES} landscapes by complete enumeration, in intervals of {2 / _BINS:g}, with standard errors over "
    "landscapes; the exact Kac-Rice density, in which the Hessian is a GOE matrix with a rank-one term (curves), and "
    "its means in the intervals (short lines), with which the points should be compared. (b) Growth rate of the mean "
    f"number of all critical points at lambda = {_STRENGTH}, and the logarithm of the exact densities over n; where "
    "the growth rate touches 0 on the right is the minimum near the signal. (c) Growth rate of minima. Above "
    "lambda = 2/sqrt(3) = 1.1547 a minimum near the signal (dots) is separated by a gap from the others, which stay "
    "around m = 0 at any strength.",
    _planted_overlaps,
    _draw_planted_overlaps,
    seconds=15,
)
