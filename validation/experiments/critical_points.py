"""Tables of critical points: ends of descents, exact mean counts and densities, and the graph of minima."""

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
    """Return the energies per spin at which descents from random points end.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of spins n.
    H : int, default 3
        Interaction order.
    samples : int, default 16
        Independent landscapes per size.
    starts : int, default 64
        Descents per landscape, from uniform random points.
    seed : int, SeedSequence or Generator, default 0
        Source of all random numbers.
    method : str, default "lbfgs"
        Method of :func:`spinglass.descend`.

    Returns
    -------
    pandas.DataFrame
        One row per descent: n, sample, energy_per_spin, status.

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
    """Return the exact mean density of minima over energy per spin, normalised to integrate to 1.

    Parameters
    ----------
    sizes : iterable of int
        Numbers of spins n.
    H : int
        Interaction order.
    energies : ndarray, shape (m,)
        Energies per spin.

    Returns
    -------
    pandas.DataFrame
        One row per size and energy: n, energy_per_spin, density.
    """
    tables = []
    for n in sizes:
        density = theory.mean_critical_point_density(energies, n, H, index=0, unknown="nan")
        # Densities that float64 cannot determine lie in the far upper tail, below 1e-6 of the peak.
        share = np.nan_to_num(density) / theory.mean_critical_points(n, H, index=0)
        tables.append(pd.DataFrame({"n": n, "energy_per_spin": energies, "density": share}))
    return pd.concat(tables, ignore_index=True)


def counts_below(sizes: Iterable[int], H: int, indices: Iterable[int], energies: np.ndarray) -> pd.DataFrame:
    """Return ``(1/n) log`` of the exact mean number of critical points of each index below an energy per spin.

    Parameters
    ----------
    sizes : iterable of int
        Numbers of spins n.
    H : int
        Interaction order.
    indices : iterable of int
        Indices k.
    energies : ndarray, shape (m,)
        Energies per spin.

    Returns
    -------
    pandas.DataFrame
        One row per index, size and energy: n, index, energy_per_spin, rate. The limit Theta_k of large n has n = 0.

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
    """Return log10 of the exact mean number of critical points per unit of energy per spin.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int
        Interaction order.
    indices : iterable of int or None
        Indices; None stands for all critical points.
    energies : ndarray, shape (m,)
        Energies per spin.

    Returns
    -------
    pandas.DataFrame
        One row per index and energy: index ("all" or a number as text), energy_per_spin, log10_density.

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
    """Return the tables of a landscape's graph: its minima, the saddles between them, and how valleys merge.

    Parameters
    ----------
    basins : Basins
        The landscape's graph and the volumes of its basins of attraction.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``minima`` has one row per minimum with its basin's volume and its overlaps with all minima (overlap_0, ...);
        ``saddles`` one row per saddle; ``merges`` the columns deeper, shallower (numbers of minima), energy_per_spin,
        saddle.
    """
    graph = basins.graph
    overlaps = pd.DataFrame(graph.overlaps).add_prefix("overlap_")
    minima = basins.to_frame().join(overlaps).reset_index()
    saddles = graph.to_frame().reset_index()
    merges = pd.DataFrame(graph.merges._asdict())
    merges.insert(2, "energy_per_spin", saddles["energy_per_spin"].to_numpy()[graph.merges.saddle])
    return {"minima": minima, "saddles": saddles, "merges": merges}
