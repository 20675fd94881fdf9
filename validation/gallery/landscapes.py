"""Figures of the glass's landscape: where descents end, exact counts, and the graph of minima."""

import numpy as np
from matplotlib.figure import Figure

import theory
from spinglass import SphericalSpinGlass
from spinglass.critical_points import enumerate_critical_points
from spinglass.critical_points.basins import basin_volumes
from spinglass.critical_points.graph import landscape_graph
from validation import experiments, figures
from validation.gallery.entry import Entry, Tables

_H = 3
_INDICES = (0, 1, 2)
_MANY_SPINS = 1000
_ONE_LANDSCAPE = 14


def _descent_energies(seed: int) -> Tables:
    sizes = (25, 50, 100, 200)
    ends = experiments.descent_energies(sizes, _H, samples=64, starts=16, seed=seed)
    return {"ends": ends, "minima": experiments.densities_of_minima(sizes, _H, np.linspace(-1.75, -1.2, 221))}


def _draw_descent_energies(tables: Tables) -> Figure:
    return figures.descent_energies(
        tables["ends"], tables["minima"], float(theory.E_inf(_H)), float(theory.E_0(_H)), _H
    )


def _counts_to_complexity(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    energies = np.union1d(np.linspace(-1.75, -0.75, 201), np.linspace(-1.71, -1.59, 121))
    return {"counts": experiments.counts_below((10, 20, 50, 100, 200, 1000), _H, _INDICES, energies)}


def _draw_counts_to_complexity(tables: Tables) -> Figure:
    return figures.counts_to_complexity(tables["counts"], {k: float(theory.E_k(_H, k)) for k in _INDICES}, _H)


def _counts_by_energy(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    energies = np.union1d(np.linspace(-1.75, 1.75, 351), np.linspace(-1.68, -1.58, 201))
    return {"densities": experiments.densities_of_points(_MANY_SPINS, _H, (None, 0, 1, 2, 3, 4), energies)}


def _draw_counts_by_energy(tables: Tables) -> Figure:
    E_inf, E_0 = float(theory.E_inf(_H)), float(theory.E_0(_H))
    return figures.counts_by_energy(tables["densities"], E_inf, E_0, _MANY_SPINS, _H)


def _disconnectivity(seed: int) -> Tables:
    every = enumerate_critical_points(SphericalSpinGlass.pure(_ONE_LANDSCAPE, _H, seed))
    return experiments.disconnectivity(basin_volumes(landscape_graph(every), 2000, seed))


def _draw_disconnectivity(tables: Tables) -> Figure:
    return figures.disconnectivity(tables["minima"], tables["merges"], _ONE_LANDSCAPE, _H)


ENTRIES = {
    "descent-energies": Entry(
        "Energies per spin at which L-BFGS descents from uniform random points end (64 landscapes of 16 starts a "
        "size, H = 3), beside the exact mean density of minima at the same n (Auffinger, Ben Arous and Černý 2013, "
        "Theorem 2.1) and the band [-E_0, -E_inf]. The density counts every minimum once; descents favour wide "
        "basins, so the two differ. At every n nearly all minima lie above the band; their distance from its upper "
        "edge falls as n^(-1/2).",
        _descent_energies,
        _draw_descent_energies,
    ),
    "counts-to-complexity": Entry(
        "(1/n) log of the exact mean number of critical points of index k = 0, 1, 2 with energy per spin below u, at "
        "n = 10, 20, 50, 100, 200, 1000 and H = 3 (Auffinger, Ben Arous and Černý 2013, Theorem 2.1), and its limit "
        "Theta_k (Theorem 2.5). Below -E_k, where Theta_k < 0, points of index k or more become exponentially rare as "
        "n grows. The upper row shows the whole rise, the lower one the surroundings of -E_k: even at n = 1000 the "
        "curves are still off the limit by about the height of its plateau. Nothing here is simulated.",
        _counts_to_complexity,
        _draw_counts_to_complexity,
        simulated=False,
    ),
    "counts-by-energy": Entry(
        "Exact mean number of critical points per unit of energy per spin u, all of them and those of index 0 (minima) "
        "to 4, for H = 3 and n = 1000 (Auffinger, Ben Arous and Černý 2013, Theorem 2.1, differentiated), as log10. "
        "Left: the whole range. Right: around the band [-E_0, -E_inf], grey. Low indices follow one another in layers "
        "from the bottom up; at this n the layers still overlap, and reach above -E_inf. Curves are cut at 10^-2, and "
        "those of one index where float64 no longer holds them to a relative 1e-3. "
        "Nothing here is simulated.",
        _counts_by_energy,
        _draw_counts_by_energy,
        simulated=False,
    ),
    "disconnectivity": Entry(
        "Disconnectivity graph of one landscape, n = 14, H = 3. All critical points are known by a complete certified "
        "enumeration. Every minimum (dot) is a line that rises from its energy; two lines merge at the lowest saddle "
        "of index 1 (diamond) over which a path leads from one valley to the other, as gradient flow down both "
        "unstable directions of each saddle shows. Horizontal positions have no meaning. Below: each minimum's share "
        "of the sphere under gradient flow, from 2000 uniform starts, with Wilson's 95% intervals.",
        _disconnectivity,
        _draw_disconnectivity,
    ),
}
