"""Final losses of trained networks against a choice made before training, one panel a choice."""

import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import SIMULATION, THEORY

_LOOK = {"train": (SIMULATION, "o-", "training"), "test": (THEORY, "s--", "test")}


def choices(table: pd.DataFrame) -> Figure:
    """Draw mean losses by value with two standard errors; values stand side by side in their order.

    ``table`` has columns choice, value, data ("train", "test"), loss, error.
    """
    names = list(dict.fromkeys(table["choice"]))
    figure = Figure(figsize=(7.0, 2.4 * -(-len(names) // 2) + 0.4), layout="constrained")
    axes = figure.subplots(-(-len(names) // 2), 2, squeeze=False).ravel()
    for axis, name in zip(axes, names, strict=False):
        rows = table[table["choice"] == name]
        values = list(dict.fromkeys(rows["value"].astype(str)))
        for data, (colour, style, label) in _LOOK.items():
            part = rows[rows["data"] == data]
            axis.errorbar(range(len(part)), part["loss"], 2 * part["error"], fmt=style, color=colour, ms=4, mfc="white",
                          lw=1.2, label=label)  # fmt: skip
        axis.set_xticks(range(len(values)), values, fontsize="small")
        axis.set(xlabel=name, ylim=(0, None))
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[len(names) :]:
        axis.set_visible(False)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False, fontsize="small")
    figure.supylabel("loss", fontsize="medium")
    return figure
