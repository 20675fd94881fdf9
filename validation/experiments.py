"""Simulations whose data figures show, as tidy tables."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

import theory
from spinglass import SphericalSpinGlass, descend, sphere
from spinglass.seeds import Seed, child, seed_sequence


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
        logs = theory.mean_critical_point_density(energies, n, H, index=0, log=True)
        total = theory.mean_critical_points(n, H, index=0, log=True)
        tables.append(pd.DataFrame({"n": n, "energy_per_spin": energies, "density": np.exp(logs - total)}))
    return pd.concat(tables, ignore_index=True)
