"""Estimates with their intervals, compared with the prediction and the tolerated range."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from validation.figures.style import BAND, SIMULATION, THEORY, hide_spines

_WIDEST = 8.0


def deviations(points: pd.DataFrame) -> Figure:
    """Draw estimate and interval with the predicted and the tolerated range, one line per point.

    Positions are relative to the tolerated range, whose ends are -1 and 1. One unit is δ if the prediction is a
    number, and more if it is a range. Estimates beyond 8 are drawn as arrows at the edge.

    Parameters
    ----------
    points : pandas.DataFrame
        Columns label, estimate, interval_low, interval_high, null_low, null_high, tolerated_low, tolerated_high.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    centre = (points["tolerated_low"] + points["tolerated_high"]) / 2
    half = (points["tolerated_high"] - points["tolerated_low"]) / 2
    place = {name: (points[name] - centre) / half for name in points.columns if name != "label"}
    widest = max(1.5, 1.1 * float(np.max(np.abs([place["interval_low"], place["interval_high"]]))))
    limit = min(widest, _WIDEST)
    rows = np.arange(len(points))[::-1]
    figure = Figure(figsize=(4.8, 0.75 + 0.28 * len(points)), layout="constrained")
    axis = figure.subplots()
    axis.axvspan(-1, 1, color=BAND, alpha=0.25, lw=0)
    axis.hlines(rows, place["null_low"], place["null_high"], color=THEORY, lw=7, alpha=0.5, zorder=1)
    axis.plot((place["null_low"] + place["null_high"]) / 2, rows, "|", color=THEORY, ms=11, mew=2)
    axis.hlines(rows, place["interval_low"], place["interval_high"], color=SIMULATION, lw=1.8, zorder=3)
    estimate = place["estimate"].to_numpy()
    inside = np.abs(estimate) <= limit
    axis.plot(estimate[inside], rows[inside], "o", color=SIMULATION, ms=5, zorder=4)
    for side, marker in ((-1, "<"), (1, ">")):
        beyond = side * estimate > limit
        axis.plot(np.full(beyond.sum(), side * limit * 0.97), rows[beyond], marker, color=SIMULATION, ms=7)
    axis.set_yticks(rows, points["label"].str.replace("$", r"\$"))  # so that matplotlib does not read formulas
    axis.set(xlim=(-limit, limit), ylim=(-0.6, len(points) - 0.4))
    axis.set_xlabel("position in the tolerated range, from \N{MINUS SIGN}1 to 1")
    axis.tick_params(axis="y", length=0)
    hide_spines(axis, left=True)
    return figure


def rounding(points: pd.DataFrame) -> Figure:
    """Draw the largest relative error and its bound on a log scale, one line per point.

    Parameters
    ----------
    points : pandas.DataFrame
        Columns label, estimate, null_high. An error of exactly 0 is drawn at the left edge.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    errors, bounds = points["estimate"].to_numpy(), points["null_high"].to_numpy()
    positive = np.concatenate([errors[errors > 0], bounds[bounds > 0]])
    floor = 10.0 ** (np.floor(np.log10(positive.min(initial=1e-15))) - 1)
    rows = np.arange(len(points))[::-1]
    figure = Figure(figsize=(4.8, 0.75 + 0.28 * len(points)), layout="constrained")
    axis = figure.subplots()
    axis.set_xscale("log")
    axis.plot(np.maximum(bounds, floor), rows, "|", color=THEORY, ms=12, mew=2.5)
    axis.plot(np.maximum(errors, floor), rows, "o", color=SIMULATION, ms=5)
    axis.set_yticks(rows, points["label"].str.replace("$", r"\$"))  # so that matplotlib does not read formulas
    axis.set(xlim=(floor / 2, 5 * max(positive.max(initial=1e-14), floor)), ylim=(-0.6, len(points) - 0.4))
    axis.xaxis.set_major_locator(LogLocator(numticks=5))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xlabel("largest relative error (dot) and its bound (bar)")
    axis.tick_params(axis="y", length=0)
    hide_spines(axis, left=True)
    return figure
