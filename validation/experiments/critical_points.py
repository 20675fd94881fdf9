"""Simulations whose data figures show, as tidy tables."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

import theory
from spinglass import SphericalSpinGlass, descend, sphere
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass.critical_points.basins import Basins


def descent_energies(
    sizes: Sequence[int], H: int = 3, samples: int = 16, starts: int = 64, seed: Seed = 0, method: str = "lbfgs"
) -> pd.DataFrame:
    """Return the energies per spin where descents from random points end: one row a start.

    Columns n, sample, energy_per_spin, status; ``samples`` independent landscapes of each size in ``sizes``.

    Examples
    --------
    >>> descent_energies([10], samples=2, starts=3).groupby("n").size().to_dict()
    {10: 6}
    """
    root = seed_sequence(seed)
    tables = []
    for n in sizes:
        for sample in range(samples):
            glass = SphericalSpinGlass.pure(n, H, child(root, n, sample, 0))
            found = descend(glass, sphere.random_points(n, starts, child(root, n, sample, 1)), method=method)
            columns = {"n": n, "sample": sample, "energy_per_spin": found.energy_per_spin, "status": found.status}
            tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def densities_of_minima(sizes: Iterable[int], H: int, energies: np.ndarray) -> pd.DataFrame:
    """Return the exact mean density of minima over energy per spin, scaled to integrate to 1: columns n, u, density."""
    tables = []
    for n in sizes:
        density = theory.mean_critical_point_density(energies, n, H, index=0, unknown="nan")
        share = density / theory.mean_critical_points(n, H, index=0)
        tables.append(pd.DataFrame({"n": n, "energy_per_spin": energies, "density": share}))
    return pd.concat(tables, ignore_index=True)


def counts_below(sizes: Iterable[int], H: int, indices: Iterable[int], energies: np.ndarray) -> pd.DataFrame:
    """Return ``(1/n) log`` of the exact mean number of points of each index below an energy per spin.

    Columns n, index, energy_per_spin, rate; the limit of large n, Theta_k, has n = 0.

    Examples
    --------
    >>> table = counts_below([10], 3, [0], np.array([-1.5, -1.4]))
    >>> table["n"].tolist(), table["rate"].round(4).tolist()
    ([10, 10, 0, 0], [-0.064, 0.0127, 0.0132, 0.0132])
    """
    tables = []
    for k in indices:
        rates = {
            n: theory.mean_critical_points(n, H, index=k, below=energies, log=True, unknown="nan") / n for n in sizes
        }
        for n, rate in (rates | {0: theory.index_complexity(energies, H, k)}).items():
            tables.append(pd.DataFrame({"n": n, "index": k, "energy_per_spin": energies, "rate": rate}))
    return pd.concat(tables, ignore_index=True)


def densities_of_points(n: int, H: int, indices: Iterable[int | None], energies: np.ndarray) -> pd.DataFrame:
    """Return log10 of the exact mean number of critical points per unit of energy per spin, all (None) or by index.

    Columns index ("all" or a number as text), energy_per_spin, log10_density.

    Examples
    --------
    >>> densities_of_points(4, 3, [None, 0], np.array([-1.0]))["log10_density"].round(3).tolist()
    [0.663, 0.569]
    """
    tables = []
    for k in indices:
        logs = theory.mean_critical_point_density(energies, n, H, index=k, log=True, unknown="nan") / np.log(10)
        name = "all" if k is None else str(k)
        tables.append(pd.DataFrame({"index": name, "energy_per_spin": energies, "log10_density": logs}))
    return pd.concat(tables, ignore_index=True)


def disconnectivity(basins: Basins) -> dict[str, pd.DataFrame]:
    """Return the tables of a landscape's graph: its minima, the saddles that join them, and the merging valleys.

    Minima have their basins' volumes and the overlaps with each other (columns overlap_0, ...); merges have
    columns deeper, shallower (numbers of minima), energy_per_spin, saddle.
    """
    graph = basins.graph
    overlaps = pd.DataFrame(graph.overlaps).add_prefix("overlap_")
    minima = basins.to_frame().join(overlaps).reset_index()
    saddles = graph.to_frame().reset_index()
    merges = pd.DataFrame(graph.merges._asdict())
    merges.insert(2, "energy_per_spin", saddles["energy_per_spin"].to_numpy()[graph.merges.saddle])
    return {"minima": minima, "saddles": saddles, "merges": merges}
