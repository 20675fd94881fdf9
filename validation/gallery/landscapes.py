"""Figures of the glass's landscape: where descents end, exact counts, and the graph of minima."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import theory
from spinglass import SphericalSpinGlass
from spinglass.critical_points import enumerate_critical_points
from spinglass.critical_points.basins import Basins, basin_volumes
from spinglass.critical_points.graph import landscape_graph
from validation import experiments, figures
from validation.gallery.entry import Entry


def _descent_energies(seed: int) -> tuple[dict[str, pd.DataFrame], Figure]:
    H, sizes = 3, (25, 50, 100, 200)
    ends = experiments.descent_energies(sizes, H, samples=64, starts=16, seed=seed)
    minima = experiments.densities_of_minima(sizes, H, np.linspace(-1.75, -1.2, 221))
    drawn = figures.descent_energies(ends, minima, float(theory.E_inf(H)), float(theory.E_0(H)), H)
    return {"ends": ends, "minima": minima}, drawn


def _counts_to_complexity(seed: int) -> tuple[dict[str, pd.DataFrame], Figure]:  # noqa: ARG001  nothing is drawn at random
    H, indices = 3, (0, 1, 2)
    energies = np.union1d(np.linspace(-1.75, -0.75, 201), np.linspace(-1.71, -1.59, 121))
    counts = experiments.counts_below((10, 20, 50, 100, 200, 1000), H, indices, energies)
    drawn = figures.counts_to_complexity(counts, {k: float(theory.E_k(H, k)) for k in indices}, H)
    return {"counts": counts}, drawn


def _counts_by_energy(seed: int) -> tuple[dict[str, pd.DataFrame], Figure]:  # noqa: ARG001  nothing is drawn at random
    n, H = 1000, 3
    energies = np.union1d(np.linspace(-1.75, 1.75, 351), np.linspace(-1.68, -1.58, 201))
    densities = experiments.densities_of_points(n, H, (None, 0, 1, 2, 3, 4), energies)
    drawn = figures.counts_by_energy(densities, float(theory.E_inf(H)), float(theory.E_0(H)), n, H)
    return {"densities": densities}, drawn


def _disconnectivity(seed: int) -> tuple[dict[str, pd.DataFrame], Figure]:
    H = 3
    every = enumerate_critical_points(SphericalSpinGlass.pure(14, H, seed))
    return drawn_graph(basin_volumes(landscape_graph(every), 2000, seed), H)


def drawn_graph(basins: Basins, H: int) -> tuple[dict[str, pd.DataFrame], Figure]:
    """Return the tables and the drawing of a landscape's disconnectivity graph."""
    tables = experiments.disconnectivity(basins)
    n = basins.graph.every.x.shape[1]
    return tables, figures.disconnectivity(tables["minima"], tables["merges"], n, H)


ENTRIES = {
    "descent-energies": Entry(
        "Energies per spin at which L-BFGS descents from uniform random points end (64 landscapes of 16 starts a "
        "size, H = 3), beside the exact mean density of minima at the same n (Auffinger, Ben Arous and Cerny 2013, "
        "Theorem 2.1) and the band [-E_0, -E_inf]. The density counts every minimum once; descents favour wide "
        "basins, so the two differ. Below n = 200 most minima still lie above the band.",
        _descent_energies,
    ),
    "counts-to-complexity": Entry(
        "(1/n) log of the exact mean number of critical points of index k = 0, 1, 2 with energy per spin below u, at "
        "n = 10, 20, 50, 100, 200, 1000 and H = 3 (Auffinger, Ben Arous and Cerny 2013, Theorem 2.1), and its limit "
        "Theta_k (Theorem 2.5). Below -E_k, where Theta_k < 0, points of index k or more become exponentially rare as "
        "n grows. The upper row shows the whole rise, the lower one the surroundings of -E_k: even at n = 1000 the "
        "curves are still off the limit by about the height of its plateau. Nothing here is simulated.",
        _counts_to_complexity,
        simulated=False,
    ),
    "counts-by-energy": Entry(
        "Exact mean number of critical points per unit of energy per spin u, all of them and those of index 0 (minima) "
        "to 4, for H = 3 and n = 1000 (Auffinger, Ben Arous and Cerny 2013, Theorem 2.1, differentiated), as log10. "
        "Left: the whole range. Right: around the band [-E_0, -E_inf], grey. Low indices follow one another in layers "
        "from the bottom up; at this n the layers still overlap, and reach above -E_inf. Curves are cut at 10^-2. "
        "Nothing here is simulated.",
        _counts_by_energy,
        simulated=False,
    ),
    "disconnectivity": Entry(
        "Disconnectivity graph of one landscape, n = 14, H = 3. All critical points are known by a complete certified "
        "enumeration. Every minimum (dot) is a line that rises from its energy; two lines merge at the lowest saddle "
        "of index 1 (diamond) over which a path leads from one valley to the other, as gradient flow down both "
        "unstable directions of each saddle shows. Horizontal positions have no meaning. Below: each minimum's share "
        "of the sphere under gradient flow, from 2000 uniform starts, with Wilson's 95% intervals.",
        _disconnectivity,
    ),
}
