"""Polynomials fitted to few points, one panel a fit."""

import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import BAND, SIMULATION, THEORY

_COLUMNS = 4


def curve_fits(data: pd.DataFrame, fits: pd.DataFrame) -> Figure:
    """Draw per panel the data, the fitted curve and the curve beneath the noise.

    ``data`` has columns panel, x, t; ``fits`` has panel, x, t, truth.
    """
    panels = list(dict.fromkeys(fits["panel"]))
    rows = -(-len(panels) // _COLUMNS)
    figure = Figure(figsize=(7.0, 1.75 * rows + 0.3), layout="constrained")
    axes = figure.subplots(rows, _COLUMNS, sharex=True, sharey=True, squeeze=False).ravel()
    for axis, name in zip(axes, panels, strict=False):
        points, curve = data[data["panel"] == name], fits[fits["panel"] == name]
        axis.plot(curve["x"], curve["truth"], color=BAND, lw=1.0, ls="--", label="curve beneath the noise")
        axis.plot(curve["x"], curve["t"], color=THEORY, lw=1.5, label="fit")
        axis.plot(points["x"], points["t"], "o", color=SIMULATION, ms=3.5 if len(points) < 40 else 2, label="data")
        axis.set(ylim=(-1.7, 1.7), xticks=[0, 1], yticks=[-1, 0, 1])
        axis.set_title(name, fontsize="small")
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[len(panels) :]:
        axis.set_visible(False)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False, fontsize="small")
    figure.supxlabel("x", fontsize="medium")
    figure.supylabel("t", fontsize="medium")
    return figure
