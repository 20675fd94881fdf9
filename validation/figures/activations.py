"""Activation functions drawn, and the training losses of networks that use them."""

import pandas as pd
from matplotlib.figure import Figure

# Okabe and Ito's colours, and dashes for print without colour.
_LINES = (
    ("#0072B2", "-"),
    ("#D55E00", "--"),
    ("#009E73", "-."),
    ("#CC79A7", ":"),
    ("#56B4E9", (0, (5, 1, 1, 1, 1, 1))),
    ("#E69F00", (0, (1, 1))),
)


def activations(shapes: pd.DataFrame, losses: pd.DataFrame) -> Figure:
    """Draw f(h) by name on the left, and mean training losses by epoch of those that were trained on the right.

    ``shapes`` has columns activation, h, value; ``losses`` setting (the activation), data, epoch, loss, error.
    """
    figure = Figure(figsize=(7.0, 2.9), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, (colour, dashes) in zip(dict.fromkeys(shapes["activation"]), _LINES, strict=False):
        curve = shapes[shapes["activation"] == name]
        left.plot(curve["h"], curve["value"], color=colour, ls=dashes, lw=1.5, label=name)
        trained = losses[(losses["setting"] == name) & (losses["data"] == "train")]
        right.plot(trained["epoch"] + 1, trained["loss"], color=colour, ls=dashes, lw=1.5)
    left.set(xlabel="preactivation h", ylabel="f(h)", ylim=(-1.2, 2.2))
    right.set(xlabel="epoch + 1", ylabel="training loss", ylim=(0, None))
    right.set_xscale("log")
    for axis in (left, right):
        axis.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=6, frameon=False, fontsize="small")
    return figure
