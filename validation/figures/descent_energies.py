"""Where descents end, by size, beside the exact mean density of minima and the band of deep minima."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

# Okabe and Ito's colours, which colour-blind readers can tell apart.
_SIMULATION, _THEORY, _BAND = "#0072B2", "#D55E00", "#999999"


def descent_energies(ends: pd.DataFrame, minima: pd.DataFrame, E_inf: float, E_0: float, H: int) -> Figure:
    """Draw one panel a size: the ends' histogram, the mean density of minima, and the band [-E_0, -E_inf].

    ``ends`` has columns n, energy_per_spin (one row a descent); ``minima`` has n, energy_per_spin, density. The
    density is of all minima counted alike: it is not the law of where descents end, which favours wide basins.
    """
    sizes = sorted(ends["n"].unique())
    figure = Figure(figsize=(7.0, 1.1 + 0.95 * len(sizes)), layout="constrained")
    axes = figure.subplots(len(sizes), 1, sharex=True, squeeze=False)[:, 0]
    low, high = minima["energy_per_spin"].min(), minima["energy_per_spin"].max()
    bins = np.linspace(low, high, 61)
    for axis, n in zip(axes, sizes, strict=True):
        energies = ends.loc[ends["n"] == n, "energy_per_spin"]
        law = minima[minima["n"] == n]
        axis.axvspan(-E_0, -E_inf, color=_BAND, alpha=0.35, lw=0)
        axis.hist(energies, bins=bins, density=True, color=_SIMULATION, alpha=0.65)
        axis.plot(law["energy_per_spin"], law["density"], color=_THEORY, lw=1.5)
        axis.set(yticks=[], xlim=(low, high))
        axis.text(0.985, 0.82, f"n = {n}", transform=axis.transAxes, ha="right", va="top")
        axis.spines[["top", "left", "right"]].set_visible(False)
    axes[-1].set_xlabel("energy per spin")
    handles = [axes[0].patches[0], axes[0].patches[1], axes[0].lines[0]]
    labels = [
        r"band $[-E_0,\,-E_\infty]$, where low-index points lie as $n\to\infty$",
        f"where descents end ({len(ends) // len(sizes)} a size)",
        "all minima: exact mean density at this n",
    ]
    figure.legend(handles, labels, loc="outside upper center", ncols=1, frameon=False, fontsize="small")
    figure.supylabel(f"probability density, H = {H}", fontsize="medium")
    return figure
