"""Where many trainings of one network end, by its size: one row of points a size."""

import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import SIMULATION, THEORY


def spread_of_minima(ends: pd.DataFrame) -> Figure:
    """Draw every end's training loss by the number of hidden units, with mean and standard deviation beside.

    ``ends`` has columns units, train_loss, one row a network.
    """
    sizes = sorted(ends["units"].unique())
    figure = Figure(figsize=(5.0, 2.8), layout="constrained")
    axis = figure.subplots()
    for place, units in enumerate(sizes):
        losses = ends.loc[ends["units"] == units, "train_loss"]
        (dot,) = axis.plot([place] * len(losses), losses, "o", color=SIMULATION, ms=4, alpha=0.45, mew=0)
        bar = axis.errorbar(place + 0.22, losses.mean(), losses.std(), fmt="s", color=THEORY, ms=4, capsize=3)
    axis.set_xticks(range(len(sizes)), [str(units) for units in sizes])
    axis.set(xlabel="hidden units", ylabel="training loss at the end", ylim=(0, None))
    axis.spines[["top", "right"]].set_visible(False)
    names = ["one network", "mean, standard deviation"]
    figure.legend([dot, bar.lines[0]], names, loc="outside upper center", ncols=2, frameon=False, fontsize="small")
    return figure
