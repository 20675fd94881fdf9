"""The many minima of one neuron: along one weight, in the plane of two, and their number against the dimension."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import SIMULATION, THEORY


def neuron_landscape(line: pd.DataFrame, plane: pd.DataFrame, minima: pd.DataFrame, counts: pd.DataFrame) -> Figure:
    """Draw the loss over ln w and over (ln w_1, ln w_2) with its minima, and the counts beside k^d.

    ``line`` has columns log_w, loss; ``plane`` log_w1, log_w2, loss (a full grid); ``minima`` log_w1, log_w2;
    ``counts`` d, per_axis, found, predicted.
    """
    figure = Figure(figsize=(7.0, 2.7), layout="constrained")
    one, two, many = figure.subplots(1, 3)
    one.plot(line["log_w"], line["loss"], color=THEORY, lw=1.5)
    one.set(xlabel=r"$\ln w$", ylabel="loss, one weight")
    grid = plane.pivot_table(index="log_w2", columns="log_w1", values="loss")
    x, y = grid.columns.to_numpy(), grid.index.to_numpy()
    two.contourf(x, y, grid.to_numpy(), levels=24, cmap="cividis")
    two.plot(minima["log_w1"], minima["log_w2"], "o", color="white", mec="black", ms=5)
    two.set(xlabel=r"$\ln w_1$", ylabel=r"$\ln w_2$", aspect="equal")
    for (k, rows), colour, marker in zip(counts.groupby("per_axis"), (SIMULATION, THEORY), "os", strict=False):
        ordered = rows.sort_values("d")
        many.plot(ordered["d"], ordered["predicted"], color=colour, lw=1.2, label=f"${k}^d$")
        many.plot(ordered["d"], ordered["found"], marker, color=colour, ms=5, mfc="white", label=f"found, {k} an axis")
    many.set_yscale("log")
    many.set(xlabel="weights d", ylabel="local minima", xticks=np.unique(counts["d"]))
    many.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    many.minorticks_off()
    many.set_ylim(1, 600)
    many.legend(frameon=False, fontsize="x-small", loc="upper left")
    for axis in (one, many):
        axis.spines[["top", "right"]].set_visible(False)
    return figure
