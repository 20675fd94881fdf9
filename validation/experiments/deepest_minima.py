"""The deepest minimum of complete landscapes: its energy barrier, and the share of the sphere that flows to it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from spinglass import SphericalSpinGlass, critical_points
from spinglass._common.seeds import Seed, child, seed_sequence


def deepest_minima(samples: Mapping[int, int], H: int, starts: int, seed: Seed = 0) -> pd.DataFrame:
    """Return the barrier and the basin of the deepest minimum of independent landscapes.

    Parameters
    ----------
    samples : mapping of int to int
        Number of landscapes by the number of spins n.
    H : int
        Interaction order.
    starts : int
        Number of gradient flows from uniform points, for the share of the sphere.
    seed : int, SeedSequence or Generator, default 0
        Source of all random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per landscape: n, sample, minima (their number), barrier (height per spin of the lowest pass to another
        minimum above the deepest one; NaN if there is no other), share (of the flows that end at the deepest minimum).

    Examples
    --------
    >>> table = deepest_minima({3: 2}, H=3, starts=10)
    >>> table.columns.tolist(), len(table)
    (['n', 'sample', 'minima', 'barrier', 'share'], 2)
    """
    root = seed_sequence(seed)
    rows = []
    for n, count in samples.items():
        for sample in range(count):
            glass = SphericalSpinGlass.pure(n, H, child(root, n, sample, 0))
            # Completeness is checked without certificates, which the figure does not need.
            graph = critical_points.landscape_graph(critical_points.enumerate_critical_points(glass, None))
            basins = critical_points.basin_volumes(graph, starts, child(root, n, sample, 1))
            lowest = graph.pass_energy_per_spin[0, 1:].min(initial=np.inf)
            barrier = lowest - graph.every.energy_per_spin[graph.minima[0]]
            rows.append((n, sample, len(graph.minima), barrier if np.isfinite(barrier) else np.nan, basins.volume[0]))
    return pd.DataFrame(rows, columns=["n", "sample", "minima", "barrier", "share"])
