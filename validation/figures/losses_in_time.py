"""Training and test losses by epoch, one panel a setting."""

import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import BAND, SIMULATION, THEORY

_LOOK = {"train": (SIMULATION, "-", "training"), "test": (THEORY, "--", "test")}


def losses_in_time(losses: pd.DataFrame, columns: int = 2) -> Figure:
    """Draw mean losses against the epoch with two standard errors; the least test loss is marked.

    ``losses`` has columns setting, data ("train", "test"), epoch, loss, error.
    """
    settings = list(dict.fromkeys(losses["setting"]))
    rows = -(-len(settings) // columns)
    figure = Figure(figsize=(7.0, 2.1 * rows + 0.5), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axis, setting in zip(axes, settings, strict=False):
        for name, (colour, dashes, label) in _LOOK.items():
            curve = losses[(losses["setting"] == setting) & (losses["data"] == name)]
            x = curve["epoch"] + 1
            axis.fill_between(x, curve["loss"] - 2 * curve["error"], curve["loss"] + 2 * curve["error"], color=colour,
                              alpha=0.25, lw=0)  # fmt: skip
            axis.plot(x, curve["loss"], color=colour, ls=dashes, lw=1.5, label=label)
        best = curve.loc[curve["loss"].idxmin()]
        axis.axvline(best["epoch"] + 1, color=BAND, lw=0.8)
        axis.plot(best["epoch"] + 1, best["loss"], "o", color=THEORY, ms=4, label="least test loss")
        axis.set_xscale("log")
        axis.set_title(setting, fontsize="small")
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[len(settings) :]:
        axis.set_visible(False)
    axes[0].set_ylim(0, min(1.1 * losses["loss"].max(), 3.0))
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False, fontsize="small")
    figure.supxlabel("epoch + 1", fontsize="medium")
    figure.supylabel("loss", fontsize="medium")
    return figure
