"""Training and test errors of polynomial fits, by degree and by ridge, beside their expected values."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from validation.figures.style import BAND, SIMULATION, THEORY

_LOOK = {"train": (SIMULATION, "o", "training"), "test": (THEORY, "s", "test")}


def fit_errors(by_degree: pd.DataFrame, by_ridge: pd.DataFrame, noise: float) -> Figure:
    """Draw root mean squared errors against the degree and against ln lambda; lines are what is expected.

    Both tables have columns data ("train", "test"), rms, error, expected, and degree or log_ridge.
    """
    figure = Figure(figsize=(7.0, 2.9), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _draw(left, by_degree, "degree", noise)
    _draw(right, by_ridge, "log_ridge", noise)
    left.set(xlabel="degree M", ylabel="root mean squared error", ylim=(0, 1.05))
    right.set(xlabel=r"$\ln \lambda$, at degree 9")
    right.annotate("noise", (1, noise), (2, 0), ("axes fraction", "data"), textcoords="offset points", va="center",
                   fontsize="small", color="#555555")  # fmt: skip
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4, frameon=False, fontsize="small")
    return figure


def _draw(axis: Axes, table: pd.DataFrame, over: str, noise: float) -> None:
    axis.axhline(noise, color=BAND, lw=0.8)
    for name, (colour, marker, label) in _LOOK.items():
        rows = table[table["data"] == name].sort_values(over)
        axis.plot(rows[over], rows["expected"], color=colour, lw=1.2, label=f"{label}, expected")
        axis.errorbar(
            rows[over], rows["rms"], 2 * rows["error"], fmt=marker, color=colour, ms=4, mfc="white", label=label
        )
    axis.spines[["top", "right"]].set_visible(False)
