"""Errors of identities beside the bounds that rounding sets them."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from validation.figures.style import SIMULATION, THEORY


def rounding(points: pd.DataFrame) -> Figure:
    """Draw one line a point: the largest relative error, and the bound it must not pass, on a log scale.

    ``points`` has columns label, estimate, null_high. An error of exactly 0 is drawn at the left edge.
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
    axis.set_yticks(rows, points["label"].str.replace("$", r"\$"))  # no formulas
    axis.set(xlim=(floor / 2, 5 * max(positive.max(initial=1e-14), floor)), ylim=(-0.6, len(points) - 0.4))
    axis.xaxis.set_major_locator(LogLocator(numticks=5))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xlabel("largest relative error (dot) and its bound (bar)")
    axis.tick_params(axis="y", length=0)
    axis.spines[["top", "left", "right"]].set_visible(False)
    return figure
