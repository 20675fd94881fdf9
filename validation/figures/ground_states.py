"""Ground-state energies against size: annealing, enumeration, and the known approach to the limit."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from validation.figures.style import BAND, SIMULATION, THEORY


def ground_states(measured: pd.DataFrame, centring: pd.DataFrame, E_0: float, E_inf: float, H: int) -> Figure:
    """Draw mean ground-state energies per spin by method, the centring of Subag and Zeitouni, and the band.

    ``measured`` has columns n, method, energy_per_spin, standard_error; ``centring`` n, energy_per_spin.
    """
    figure = Figure(figsize=(5.0, 3.6), layout="constrained")
    axis = figure.subplots()
    axis.axhspan(-E_0, -E_inf, color=BAND, alpha=0.35, lw=0, label=r"band $[-E_0,\,-E_\infty]$")
    axis.plot(
        centring["n"],
        centring["energy_per_spin"],
        color=THEORY,
        lw=1.5,
        label=r"$-E_0 + (\frac{1}{2}\log n - \gamma - \log A)/(c\,n)$",
    )
    looks = {"annealing": ("o", SIMULATION, 5, 1.0), "enumeration": ("+", "black", 10, 0.0)}
    for method, group in measured.groupby("method"):
        marker, colour, size, bar = looks[str(method)]
        axis.errorbar(
            group["n"],
            group["energy_per_spin"],
            group["standard_error"],
            color=colour,
            marker=marker,
            ms=size,
            lw=0,
            elinewidth=bar,
            label=f"{method}",
        )
    sizes = sorted(measured["n"].unique())
    axis.set(xscale="log", xlabel="spins n", ylabel=f"ground-state energy per spin, H = {H}")
    axis.xaxis.set_major_locator(FixedLocator(sizes))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticks(sizes, [str(n) for n in sizes])
    axis.tick_params(axis="x", labelsize="small")
    axis.legend(frameon=False, fontsize="small")
    axis.spines[["top", "right"]].set_visible(False)
    return figure
