"""The figure of who recovers a signal planted in a matrix and a tensor, and where."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from validation.experiments import recovered_signals
from validation.figures.entry import Entry, Tables
from validation.figures.style import CURVES, EMPHASIS, SIMULATION, legend_above, letter, panels

ENTRIES: dict[str, Entry] = {}

_N, _STARTS = 120, 4
_STRENGTHS = (0.2, 0.5, 0.8, 1.1, 1.4)
_NAMES = (r"$\cos^2 < 0.25$", "0.25 to 0.75", "above 0.75")
_LINES = {"bayes": "information theory", "message passing": "message passing", "descent": "gradient descent"}


def _recovery(seed: int) -> Tables:
    # The distances of the angles decrease towards the tensor, where the line of descent is far away.
    angles = np.pi / 2 * (1 - np.linspace(0.995, 0.02, 80) ** 2)
    points = list(product(_STRENGTHS, _STRENGTHS))
    return {
        "lines": recovered_signals.recovery_boundaries(angles.tolist()),
        "points": recovered_signals.recovered(points, _N, _STARTS, seed),
    }


def recovery(lines: pd.DataFrame, points: pd.DataFrame) -> Figure:
    """Draw how far two algorithms recover a signal, with the lines of theory above which they do for large n.

    Parameters
    ----------
    lines : pandas.DataFrame
        Columns line ("bayes", "message passing", "descent"), matrix, tensor.
    points : pandas.DataFrame
        Columns algorithm ("message passing", "descent"), matrix, tensor, squared_cosine.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, grid = panels(1, 2, 3.0, 0.35, narrow=(2, 1), sharex=True, sharey=True)
    axes = grid.ravel()
    top = 1.12 * max(points["matrix"].max(), points["tensor"].max())
    looks = dict(zip(_LINES, ((EMPHASIS, "-"), CURVES[1], CURVES[3]), strict=True))
    for axis, algorithm in zip(axes, ("message passing", "descent"), strict=True):
        for line, (colour, dashes) in looks.items():
            own = lines[(lines["line"] == line) & (lines["matrix"] <= top) & (lines["tensor"] <= top)]
            axis.plot(own["matrix"], own["tensor"], color=colour, ls=dashes, lw=1.6, zorder=1)
        shown = points[points["algorithm"] == algorithm]
        for low, high, mark in _marks():
            inside = shown[(shown["squared_cosine"] >= low) & (shown["squared_cosine"] < high)]
            axis.plot(inside["matrix"], inside["tensor"], **mark)
        axis.set(xlim=(0, top), ylim=(0, top), xlabel=r"strength in the matrix $\lambda_2$", aspect="equal")
    for axis in axes if len(grid) == 2 else axes[:1]:
        axis.set_ylabel(r"strength in the tensor $\lambda_3$")
    letter(axes, ["message passing", "descent"])
    handles = [Line2D([], [], color=colour, ls=dashes, lw=1.6) for colour, dashes in looks.values()]
    handles += [Line2D([], [], **mark) for *_, mark in _marks()]
    legend_above(figure, handles, [*_LINES.values(), *_NAMES])
    return figure


def _marks() -> list[tuple[float, float, dict[str, Any]]]:
    """Return ranges of the squared cosine with the marks for them: empty, half full and full."""
    common = {"ls": "", "ms": 6.5, "color": SIMULATION, "mew": 1.0}
    empty = {**common, "marker": "o", "markerfacecolor": "#FFFFFF"}
    half = {**common, "marker": "s", "fillstyle": "bottom", "markerfacecoloralt": "#FFFFFF"}
    return [(-np.inf, 0.25, empty), (0.25, 0.75, half), (0.75, np.inf, {**common, "marker": "D"})]


def _draw_recovery(tables: Tables) -> Figure:
    return recovery(tables["lines"], tables["points"])


ENTRIES["recovery-phases"] = Entry(
    "Recovery of a signal planted in a matrix and in a tensor of order 3, with energies E_2 + E_3 - n (lambda_2 m^2 + "
    "lambda_3 m^3) and the overlap m with the signal. Lines, for large n: the strengths above which the posterior mean "
    "has a positive overlap (information theory), above which approximate message passing does so from random starts "
    "(Delta_2 = 1/(2 lambda_2^2) = 1), and above which gradient descent of the posterior energy leaves marginal states "
    "towards the signal. Marks: (a) message passing and (b) descent of the posterior energy by L-BFGS, with one "
    "landscape of n = 120 and 4 random points x per mark. Of the ends from x and -x the one of lower posterior "
    "energy counts. Marks are filled according to the squared cosine of its angle to the signal, averaged over the 4 "
    "points. Random points have an overlap of order 1/sqrt(n) with the signal, so that at this n both can succeed left "
    "of their lines.",
    _recovery,
    _draw_recovery,
    seconds=5,
)
