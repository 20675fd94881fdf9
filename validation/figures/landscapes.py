"""Figures of the landscape: where descents end, exact counts, and the graph of minima."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib import colormaps
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
from validation.figures.style import BAND, CURVES, PALE, SIMULATION, THEORY, hide_spines, legend_above

ENTRIES: dict[str, Entry] = {}

_H = 3
_INDICES = (0, 1, 2)
_MANY_SPINS = 1000
_ONE_LANDSCAPE = 14


def _descent_energies(seed: int) -> Tables:
    sizes = (25, 50, 100, 200)
    ends = critical_points.descent_energies(sizes, _H, samples=64, starts=16, seed=seed)
    return {"ends": ends, "minima": critical_points.densities_of_minima(sizes, _H, np.linspace(-1.75, -1.2, 221))}


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
    figure = Figure(figsize=(7.0, 1.1 + 0.95 * len(sizes)), layout="constrained")
    axes = figure.subplots(len(sizes), 1, sharex=True, squeeze=False)[:, 0]
    low, high = minima["energy_per_spin"].min(), minima["energy_per_spin"].max()
    bins = np.linspace(low, high, 61)
    for axis, n in zip(axes, sizes, strict=True):
        energies = ends.loc[ends["n"] == n, "energy_per_spin"]
        law = minima[minima["n"] == n]
        axis.axvspan(-E_0, -E_inf, color=BAND, alpha=0.35, lw=0)
        axis.hist(energies, bins=bins, density=True, color=SIMULATION, alpha=0.65)
        axis.plot(law["energy_per_spin"], law["density"], color=THEORY, lw=1.5)
        axis.set(yticks=[], xlim=(low, high))
        axis.text(0.985, 0.82, f"n = {n}", transform=axis.transAxes, ha="right", va="top")
        hide_spines(axis, left=True)
    axes[-1].set_xlabel("energy per spin")
    handles = [axes[0].patches[0], axes[0].patches[1], axes[0].lines[0]]
    labels = [
        r"band $[-E_0,\,-E_\infty]$, where low-index points lie as $n\to\infty$",
        f"where descents end ({len(ends) // len(sizes)} per size)",
        "exact mean density of all minima at this n",
    ]
    legend_above(figure, handles, labels, columns=1)
    figure.supylabel(f"probability density, H = {H}", fontsize="medium")
    return figure


def _draw_descent_energies(tables: Tables) -> Figure:
    return descent_energies(tables["ends"], tables["minima"], float(theory.E_inf(_H)), float(theory.E_0(_H)), _H)


ENTRIES["descent-energies"] = Entry(
    "Energies per spin at which L-BFGS descents from uniform random points end (64 landscapes with 16 starts per "
    "size, H = 3), the exact mean density of minima at the same n (Auffinger, Ben Arous and Černý 2013, Theorem 2.1), "
    "and the band [-E_0, -E_inf]. The density counts every minimum once, whereas descents favour wide basins, so that "
    "the two differ. At every n nearly all minima lie above the band; their distance from its upper edge falls as "
    "n^(-1/2).",
    _descent_energies,
    _draw_descent_energies,
    seconds=60,
)


# The lower panels: half their width around -E_k, and their range of rates.
_ZOOM, _RATES = 0.05, (-0.06, 0.045)


def _counts_to_complexity(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    energies = np.union1d(np.linspace(-1.75, -0.75, 201), np.linspace(-1.71, -1.59, 121))
    return {"counts": critical_points.counts_below((10, 20, 50, 100, 200, 1000), _H, _INDICES, energies)}


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
    figure = Figure(figsize=(7.0, 4.8), layout="constrained")
    grid = figure.subplots(2, len(indices), sharey="row", squeeze=False)
    for (whole, zoomed), k in zip(grid.T, indices, strict=True):
        for axis in (whole, zoomed):
            _draw_complexities(axis, counts[counts["index"] == k], thresholds[k])
        whole.set(xlim=(counts["energy_per_spin"].min(), counts["energy_per_spin"].max()), ylim=(-0.25, 0.25))
        zoomed.set(xlim=(-thresholds[k] - _ZOOM, -thresholds[k] + _ZOOM), ylim=_RATES)
        zoomed.set_xticks([-thresholds[k]], [rf"$-E_{k} = {-thresholds[k]:.4f}$"])
        zoomed.set_xticks([-thresholds[k] - _ZOOM / 2, -thresholds[k] + _ZOOM / 2], minor=True)
        whole.set_title(f"index {k}", fontsize="medium")
    figure.supylabel(r"$\frac{1}{n}\,\log\,\mathbb{E}\,N_k(u)$", fontsize="medium")
    figure.supxlabel(
        f"energy per spin u (H = {H}); below: around the threshold, ticks {_ZOOM / 2:g} apart", fontsize="small"
    )
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        ncols=len(labels),
        frameon=False,
        fontsize="small",
        handlelength=1.6,
        columnspacing=1.0,
    )
    return figure


def _draw_complexities(axis: Axes, counts: pd.DataFrame, threshold: float) -> None:
    sizes = sorted(set(counts["n"]) - {0})
    axis.axhline(0, color=BAND, lw=0.8)
    axis.axvline(-threshold, color=BAND, lw=1.2, ls=(0, (2, 2)))
    for place, n in enumerate(sizes):
        curve = counts[counts["n"] == n]
        # Darker is larger. The ends of the colour map are left out: too pale, or too close to black, for thin lines.
        colour = colormaps["viridis_r"](0.12 + 0.8 * place / max(1, len(sizes) - 1))
        axis.plot(curve["energy_per_spin"], curve["rate"], color=colour, lw=1.4, label=f"n = {n}")
    limit = counts[counts["n"] == 0]
    axis.plot(limit["energy_per_spin"], limit["rate"], color=THEORY, lw=2, ls=(0, (4, 1.5)), label=r"limit $\Theta_k$")
    axis.tick_params(labelsize="small")
    hide_spines(axis)


def _draw_counts_to_complexity(tables: Tables) -> Figure:
    return counts_to_complexity(tables["counts"], {k: float(theory.E_k(_H, k)) for k in _INDICES}, _H)


ENTRIES["counts-to-complexity"] = Entry(
    "(1/n) log of the exact mean number of critical points of index k = 0, 1, 2 with energy per spin below u, at n = "
    "10, 20, 50, 100, 200, 1000 and H = 3 (Auffinger, Ben Arous and Černý 2013, Theorem 2.1), and its limit Theta_k "
    "(Theorem 2.5). Below -E_k, where Theta_k < 0, points of index k or more become exponentially rare as n grows. "
    "The upper row shows the full range, the lower row the region around -E_k: even at n = 1000 the curves differ "
    "from the limit by about the height of its plateau. All data are exact; nothing is simulated.",
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
        _draw_counts(axis, shown)
        axis.set(xlim=(low, high), ylim=(_FLOOR, 1.06 * shown["log10_density"].max()), xlabel="energy per spin u")
        axis.xaxis.set_major_locator(MaxNLocator(5))
        axis.tick_params(labelsize="small")
        hide_spines(axis)
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
    legend_above(figure, handles, labels, columns=len(labels))
    whole.text(0.97, 0.95, f"n = {n}\nH = {H}", transform=whole.transAxes, ha="right", va="top", fontsize="small")
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
    "log10 of the exact mean number of critical points per unit of energy per spin u, in total and of index 0 "
    "(minima) to 4, for H = 3 and n = 1000 (derivative of Auffinger, Ben Arous and Černý 2013, Theorem 2.1). Left: "
    "the full range. Right: around the band [-E_0, -E_inf], grey. Low indices form layers, ordered by energy from the "
    "lowest index up; at this n the layers still overlap and extend above -E_inf. Curves are cut at 10^-2, and those "
    "of one index where float64 no longer gives a relative accuracy of 1e-3. All data are exact; nothing is "
    "simulated.",
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
    "Disconnectivity graph of one landscape, n = 14, H = 3. All critical points are known from a complete certified "
    "enumeration. Every minimum (dot) is a line that rises from its energy; two lines merge at the lowest saddle of "
    "index 1 (diamond) over which a path connects the two valleys, as found by gradient flow in both unstable "
    "directions of each saddle. Horizontal positions have no meaning. Below: the share of the sphere from which "
    "gradient flow reaches each minimum, from 2000 uniform starts, with Wilson's 95% intervals.",
    _disconnectivity,
    _draw_disconnectivity,
    seconds=5,
)
