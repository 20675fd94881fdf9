"""Losses over epochs, by optimiser."""

import pandas as pd
from matplotlib.figure import Figure

# Okabe and Ito's colours, each with a line of its own.
_LOOKS = (
    ("#0072B2", "-"),
    ("#56B4E9", "--"),
    ("#000000", ":"),
    ("#E69F00", "-"),
    ("#009E73", "--"),
    ("#D55E00", "-."),
)


def optimiser_paths(paths: pd.DataFrame) -> Figure:
    """Draw training and test loss against the epoch: means over networks, and the range between the extremes.

    ``paths`` has columns optimiser, data (train, test), epoch, mean, lowest, highest.
    """
    figure = Figure(figsize=(7.0, 3.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for axis, data, title in zip(axes, ("train", "test"), ("training", "test"), strict=True):
        for (name, chosen), (colour, line) in zip(
            paths[paths["data"] == data].groupby("optimiser", sort=False), _LOOKS, strict=False
        ):
            axis.fill_between(chosen["epoch"], chosen["lowest"], chosen["highest"], color=colour, alpha=0.15, lw=0)
            axis.plot(chosen["epoch"], chosen["mean"], line, color=colour, lw=1.3, label=name)
        axis.set(yscale="log", xlabel="epoch", title=f"{title} loss")
        axis.spines[["top", "right"]].set_visible(False)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False,
                  fontsize="small")  # fmt: skip
    return figure
