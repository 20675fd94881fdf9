"""The mean number of critical points against energy: all of them and the low indices, whole and at the bottom."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from validation.figures.style import BAND

# Okabe and Ito's colours, and dashes for print without colour.
_LINES = (
    ("#0072B2", "-"),
    ("#D55E00", "--"),
    ("#009E73", "-."),
    ("#CC79A7", ":"),
    ("#56B4E9", (0, (5, 1, 1, 1, 1, 1))),
)
_FLOOR = -2.0  # less than a hundredth of a point per unit of energy is left out


def counts_by_energy(densities: pd.DataFrame, E_inf: float, E_0: float, n: int, H: int) -> Figure:
    """Draw the densities on a log scale, over the whole range and around the band [-E_0, -E_inf].

    ``densities`` has columns index ("all", "0", "1", ...), energy_per_spin, log10_density.
    """
    figure = Figure(figsize=(7.0, 3.2), layout="constrained")
    whole, bottom = figure.subplots(1, 2)
    width = E_0 - E_inf
    ranges = (
        (densities["energy_per_spin"].min(), densities["energy_per_spin"].max()),
        (-E_0 - 0.7 * width, -E_inf + 1.4 * width),
    )
    for axis, (low, high) in zip((whole, bottom), ranges, strict=True):
        axis.axvspan(-E_0, -E_inf, color=BAND, alpha=0.3, lw=0)
        shown = densities[densities["energy_per_spin"].between(low, high) & (densities["log10_density"] > _FLOOR)]
        _draw(axis, shown)
        axis.set(xlim=(low, high), ylim=(_FLOOR, 1.06 * shown["log10_density"].max()), xlabel="energy per spin u")
        axis.xaxis.set_major_locator(MaxNLocator(5))
        axis.tick_params(labelsize="small")
        axis.spines[["top", "right"]].set_visible(False)
    whole.set_ylabel(r"$\log_{10}$ of mean number per unit of u")
    whole.annotate(
        "enlarged\non the right",
        (-(E_0 + E_inf) / 2, 0.88),
        (12, 0),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        fontsize="small",
    )
    for place, name in ((-E_0, "$-E_0$"), (-E_inf, r"$-E_\infty$")):
        bottom.text(
            place, 1.0, name, transform=bottom.get_xaxis_transform(), ha="center", va="bottom", fontsize="small"
        )
    handles, labels = bottom.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False, fontsize="small")
    whole.text(0.97, 0.95, f"n = {n}\nH = {H}", transform=whole.transAxes, ha="right", va="top", fontsize="small")
    return figure


def _draw(axis: Axes, densities: pd.DataFrame) -> None:
    every = densities[densities["index"] == "all"]
    axis.plot(every["energy_per_spin"], every["log10_density"], color="#AAAAAA", lw=3, label="all")
    indices = sorted(set(densities["index"]) - {"all"}, key=int)
    for k, (colour, dashes) in zip(indices, _LINES, strict=False):
        curve = densities[densities["index"] == k]
        name = "minima" if k == "0" else f"index {k}"
        axis.plot(curve["energy_per_spin"], curve["log10_density"], color=colour, ls=dashes, lw=1.5, label=name)
    axis.axhline(0, color=BAND, lw=0.8)
    axis.yaxis.set_major_locator(MaxNLocator(integer=True))
