"""Figures of the landscape: where descents end, exact counts, and the graph of minima."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

import theory
from spinglass import SphericalSpinGlass
from spinglass.critical_points import enumerate_critical_points
from spinglass.critical_points.basins import basin_volumes
from spinglass.critical_points.graph import landscape_graph
from validation.experiments import critical_points
from validation.figures import disconnectivity
from validation.figures.entry import Entry, Tables
from validation.figures.style import BAND, CURVES, PALE, SIMULATION, THEORY, legend_above, letter, ordered, panels

ENTRIES: dict[str, Entry] = {}

_H = 3
_INDICES = (0, 1, 2)
_MANY_SPINS = 1000
_ONE_LANDSCAPE = 14


def _descent_energies(seed: int) -> Tables:
    sizes = (25, 50, 100, 200)
    ends = critical_points.descent_energies(sizes, _H, samples=64, starts=16, seed=seed)
    return {"ends": ends, "minima": critical_points.densities_of_minima(sizes, _H, np.linspace(-1.8, -1.0, 321))}


def descent_energies(ends: pd.DataFrame, minima: pd.DataFrame, E_inf: float, E_0: float, H: int) -> Figure:
    """Draw where descents end, the mean density of minima and the band [-E_0, -E_inf], one panel per size.

    Parameters
    ----------
    ends : pandas.DataFrame
        One row per descent: n, energy_per_spin.
    minima : pandas.DataFrame
        Columns n, energy_per_spin, density. The density counts all minima equally; it is not the distribution of where
        descents end, which favours wide basins.
    E_inf, E_0 : float
        Ends of the band of deep minima, positive energies per spin.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    sizes = sorted(ends["n"].unique())
    figure, grid = panels(len(sizes), 1, 1.05, 1.0, sharex=True)
    axes = grid[:, 0]
    shown = pd.concat([minima["energy_per_spin"], ends["energy_per_spin"]])
    low, high = shown.min(), shown.max()  # so that no end is left out
    bins = np.linspace(low, high, 81)
    for axis, n in zip(axes, sizes, strict=True):
        energies = ends.loc[ends["n"] == n, "energy_per_spin"]
        law = minima[minima["n"] == n]
        axis.axvspan(-E_0, -E_inf, color=BAND, alpha=0.35, lw=0)
        axis.hist(energies, bins=bins, density=True, color=SIMULATION, alpha=0.65)
        axis.plot(law["energy_per_spin"], law["density"], color=THEORY, lw=1.5)
        axis.set(xlim=(low, high), ylim=(0, None))
        axis.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    letter(axes, [f"$H = {H}$, $n = {n}$" for n in sizes])
    axes[-1].set_xlabel("energy per spin $u$")
    handles = [axes[0].patches[0], axes[0].patches[1], axes[0].lines[0]]
    labels = [r"band $[-E_0,\,-E_\infty]$", "ends of descents", "exact mean density of minima"]
    legend_above(figure, handles, labels)
    figure.supylabel("probability density", fontsize="medium")
    return figure


def _draw_descent_energies(tables: Tables) -> Figure:
    return descent_energies(tables["ends"], tables["minima"], float(theory.E_inf(_H)), float(theory.E_0(_H)), _H)


ENTRIES["descent-energies"] = Entry(
    "Histograms: energies per spin u at which L-BFGS descents of the spherical 3-spin model (H = 3) end; 64 landscapes "
    "with 16 uniform random starts each, for (a) n = 25, (b) 50, (c) 100 and (d) 200 spins. Lines: the exact mean "
    "density of minima at the same n (Auffinger, Ben Arous and Černý 2013, Theorem 2.1). Grey: the band [-E_0, "
    "-E_inf], where critical points of low index lie as n tends to infinity. The density counts every minimum once, "
    "whereas descents favour wide basins, so that the two differ. At every n nearly all minima lie above the band; "
    "their distance from its upper edge falls as n^(-1/2).",
    _descent_energies,
    _draw_descent_energies,
    seconds=60,
)


_LOWEST_RATE = -0.15  # the logarithm of a count falls without bound; curves start here
# The enlarged panels: half their width around -E_k, and their range of rates.
_ZOOM, _RATES = 0.05, (-0.06, 0.04)


def _counts_to_complexity(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    energies = np.union1d(np.linspace(-1.75, -0.8, 191), np.linspace(-1.71, -1.59, 121))
    return {"counts": critical_points.counts_below((20, 50, 100, 200, 1000), _H, _INDICES, energies)}


def counts_to_complexity(counts: pd.DataFrame, thresholds: Mapping[int, float], H: int) -> Figure:
    """Draw ``(1/n) log`` of the mean number of index-k points below an energy for several n, with its limit.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns n (0 for the limit), index, energy_per_spin, rate.
    thresholds : mapping of int to float
        The thresholds E_k by index.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    indices = sorted(counts["index"].unique())
    figure, grid = panels(2, len(indices), 2.1, 0.6, narrow=(len(indices), 2))
    rows = grid if grid.shape[1] == len(indices) else grid.T
    for whole, zoomed, k in zip(*rows, indices, strict=True):
        chosen, threshold = counts[counts["index"] == k], thresholds[k]
        _draw_complexities(whole, chosen, threshold, _LOWEST_RATE)
        near = chosen[(chosen["energy_per_spin"] + threshold).abs() <= _ZOOM * (1 + 1e-9)]
        around = near.assign(energy_per_spin=near["energy_per_spin"] + threshold)
        _draw_complexities(zoomed, around[around["rate"].isna() | (around["rate"] <= _RATES[1])], 0.0, _RATES[0])
        whole.set(xlim=(counts["energy_per_spin"].min(), counts["energy_per_spin"].max()))
        whole.set(ylim=(_LOWEST_RATE, 1.05 * counts["rate"].max()), xlabel="energy per spin $u$")
        zoomed.set(xlim=(-_ZOOM, _ZOOM), ylim=_RATES, xlabel=rf"$u + E_{k}$", xticks=[-0.04, 0, 0.04])
        whole.xaxis.set_major_locator(MaxNLocator(3))
    names = [(f"$H = {H}$, index {k}", f"near $-E_{k}$") for k in indices]
    by_row = names if grid is not rows else zip(*names, strict=True)
    letter(grid.ravel(), [name for row in by_row for name in row])
    figure.supylabel(r"$\log\,\mathbb{E}[N_k(u)]\,/\,n$", fontsize="medium")
    legend_above(figure, *grid[0, 0].get_legend_handles_labels())
    return figure


def _draw_complexities(axis: Axes, counts: pd.DataFrame, threshold: float, lowest: float) -> None:
    axis.axhline(0, color=BAND, lw=0.8)
    axis.axvline(-threshold, color=BAND, lw=1.2, ls=(0, (2, 2)))
    # Values that float64 does not determine are missing; the line joins their neighbours.
    shown = counts[counts["rate"] >= lowest]
    sizes = sorted(set(counts["n"]) - {0})
    for n, (colour, _, dashes) in zip(sizes, ordered(len(sizes)), strict=True):
        curve = shown[shown["n"] == n]
        axis.plot(curve["energy_per_spin"], curve["rate"], color=colour, ls=dashes, lw=1.3, label=f"$n = {n}$")
    limit = shown[shown["n"] == 0]
    axis.plot(limit["energy_per_spin"], limit["rate"], color=THEORY, lw=2, label=r"limit $\Theta_k$")


def _draw_counts_to_complexity(tables: Tables) -> Figure:
    return counts_to_complexity(tables["counts"], {k: float(theory.E_k(_H, k)) for k in _INDICES}, _H)


ENTRIES["counts-to-complexity"] = Entry(
    "Logarithm, divided by n, of the exact mean number N_k(u) of critical points of index k = 0, 1, 2 with energy per "
    "spin below u, at n = 20, 50, 100, 200, 1000 and H = 3 (Auffinger, Ben Arous and Černý 2013, Theorem 2.1), and its "
    "limit Theta_k for infinite n (Theorem 2.5). Dashed vertical lines: the thresholds -E_0 = -1.6570, -E_1 = -1.6529 "
    "and -E_2 = -1.6503, below which Theta_k < 0 and points of index k or more become exponentially rare as n grows. "
    "One panel per index shows the full range, the other the region around -E_k: even at n = 1000 the curves differ "
    "from the limit by about the height of its plateau. All data are exact; nothing is simulated. Values to which "
    "float64 gives no relative accuracy of 1e-3 are left out.",
    _counts_to_complexity,
    _draw_counts_to_complexity,
    simulated=False,
    seconds=4,
)


_FLOOR = -2.0  # log10 density below which curves are cut: a hundredth of a point per unit of energy


def _counts_by_energy(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    energies = np.union1d(np.linspace(-1.75, 1.75, 351), np.linspace(-1.68, -1.58, 201))
    return {"densities": critical_points.densities_of_points(_MANY_SPINS, _H, (None, 0, 1, 2, 3, 4), energies)}


def counts_by_energy(densities: pd.DataFrame, E_inf: float, E_0: float, n: int, H: int) -> Figure:
    """Draw densities of critical points on a log scale, over the whole range and around the band [-E_0, -E_inf].

    Parameters
    ----------
    densities : pandas.DataFrame
        Columns index ("all", "0", "1", ...), energy_per_spin, log10_density.
    E_inf, E_0 : float
        Ends of the band of deep minima, positive energies per spin.
    n : int
        Number of spins.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, axes = panels(1, 2, 2.9, 0.3, narrow=(2, 1))
    whole, bottom = axes.ravel()
    width = E_0 - E_inf
    shown = densities[densities["log10_density"] > _FLOOR]
    low, high = -E_0 - 0.7 * width, -E_inf + 1.4 * width
    _draw_counts(whole, shown[shown["index"] == "all"])
    _draw_counts(bottom, shown[shown["energy_per_spin"].between(low, high)])
    whole.set(xlim=(densities["energy_per_spin"].min(), densities["energy_per_spin"].max()))
    bottom.set(xlim=(low, high))
    for axis in (whole, bottom):
        axis.axvspan(-E_0, -E_inf, color=BAND, alpha=0.3, lw=0)
        axis.set(ylim=(_FLOOR, None), xlabel="energy per spin $u$")
        axis.set_ylabel("$\\log_{10}$ of mean number per unit of $u$")
        axis.xaxis.set_major_locator(MaxNLocator(4))
    for place, name, side in ((-E_0, "$-E_0$ ", "right"), (-E_inf, r" $-E_\infty$", "left")):
        bottom.text(place, 0.9, name, transform=bottom.get_xaxis_transform(), ha=side, fontsize="small")
    letter(axes.ravel(), [f"$H = {H}$, $n = {n}$", "around the band"])
    legend_above(figure, *bottom.get_legend_handles_labels())
    return figure


def _draw_counts(axis: Axes, densities: pd.DataFrame) -> None:
    every = densities[densities["index"] == "all"]
    axis.plot(every["energy_per_spin"], every["log10_density"], color=PALE, lw=3, label="all")
    indices = sorted(set(densities["index"]) - {"all"}, key=int)
    for k, (colour, dashes) in zip(indices, CURVES, strict=False):
        curve = densities[densities["index"] == k]
        name = "minima" if k == "0" else f"index {k}"
        axis.plot(curve["energy_per_spin"], curve["log10_density"], color=colour, ls=dashes, lw=1.5, label=name)
    axis.axhline(0, color=BAND, lw=0.8)
    axis.yaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_counts_by_energy(tables: Tables) -> Figure:
    E_inf, E_0 = float(theory.E_inf(_H)), float(theory.E_0(_H))
    return counts_by_energy(tables["densities"], E_inf, E_0, _MANY_SPINS, _H)


ENTRIES["counts-by-energy"] = Entry(
    "log10 of the exact mean number of critical points per unit of energy per spin u, for H = 3 and n = 1000 "
    "(derivative of Auffinger, Ben Arous and Černý 2013, Theorem 2.1). (a) All critical points. (b) All, and those of "
    "index 0 (minima) to 4, around the band [-E_0, -E_inf] (grey), where low indices lie as n tends to infinity. Low "
    "indices form layers, ordered by energy from the lowest index up; at this n the layers still overlap and extend "
    "above -E_inf. Curves are cut at 10^-2, and those of one index where float64 no longer gives a relative accuracy "
    "of 1e-3. All data are exact; nothing is simulated.",
    _counts_by_energy,
    _draw_counts_by_energy,
    simulated=False,
    seconds=1.3,
)


def _disconnectivity(seed: int) -> Tables:
    every = enumerate_critical_points(SphericalSpinGlass.pure(_ONE_LANDSCAPE, _H, seed))
    return critical_points.disconnectivity(basin_volumes(landscape_graph(every), 2000, seed))


def _draw_disconnectivity(tables: Tables) -> Figure:
    return disconnectivity.disconnectivity(tables["minima"], tables["merges"], f"n = {_ONE_LANDSCAPE}, H = {_H}")


ENTRIES["disconnectivity"] = Entry(
    "(a) Disconnectivity graph of one landscape of the spherical 3-spin model (H = 3, n = 14 spins). All critical "
    "points are known from a complete certified enumeration. Every minimum (dot) is a line that rises from its energy; "
    "two lines merge at the lowest saddle of index 1 (diamond) over which a path connects the two valleys, as found by "
    "gradient flow in both unstable directions of each saddle. Horizontal positions have no meaning. (b) Share of the "
    "sphere from which gradient flow reaches each minimum, from 2000 uniform starts, with Wilson's 95% intervals.",
    _disconnectivity,
    _draw_disconnectivity,
    seconds=5,
)
