"""Tables of minima by energy and stability, the smallest Hessian eigenvalue: of landscapes, and exact densities."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

import theory
from spinglass import SphericalSpinGlass, enumerate_critical_points
from spinglass._common.seeds import Seed, child, seed_sequence
from theory.arguments import Model


def minima(n: int, H: Model, samples: int, seed: Seed = 0) -> pd.DataFrame:
    """Return all minima of small landscapes, by complete enumeration.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.
    samples : int
        Number of landscapes.
    seed : int, SeedSequence or Generator, default 0
        Source of all random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per minimum: sample, energy_per_spin, stability.

    Examples
    --------
    >>> list(minima(3, 3, 2).columns)
    ['sample', 'energy_per_spin', 'stability']
    """
    mixture = H if isinstance(H, Mapping) else {H: 1.0}
    root = seed_sequence(seed)
    tables = []
    for sample in range(samples):
        every = enumerate_critical_points(SphericalSpinGlass.mixed(n, mixture, child(root, sample)), certify=None)
        if not every.complete:
            raise RuntimeError(f"sample {sample} of n = {n}, {mixture} is not complete: {every.reason}")
        lowest = every.eigenvalues[:, 0]
        columns = {"sample": sample, "energy_per_spin": every.energy_per_spin, "stability": lowest}
        tables.append(pd.DataFrame(columns)[lowest > 0.0])
    return pd.concat(tables, ignore_index=True)


def density(n: int, H: Model, energies: np.ndarray, stabilities: np.ndarray) -> pd.DataFrame:
    """Return the exact density of minima on a grid, and the share of minima at places of higher density.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.
    energies, stabilities : ndarray
        Equally spaced values, which should cover nearly all minima.

    Returns
    -------
    pandas.DataFrame
        One row per pair: energy_per_spin, stability, density (its integral is 1), inside. A contour of
        ``inside`` at 0.9 is the smallest region that contains 90% of the minima.

    Examples
    --------
    >>> table = density(5, 3, np.linspace(-2.5, 0.5, 61), np.linspace(0, 12, 61))
    >>> round(float(table["density"].sum() * 0.05 * 0.2), 3)
    0.998
    """
    u, stability = (axis.ravel() for axis in np.meshgrid(energies, stabilities, indexing="ij"))
    share = theory.stability_density(u, stability, n, H) / theory.mean_critical_points(n, H, index=0)
    order = np.argsort(-share)
    inside = np.empty_like(share)
    inside[order] = np.cumsum(share[order]) * (energies[1] - energies[0]) * (stabilities[1] - stabilities[0])
    return pd.DataFrame({"energy_per_spin": u, "stability": stability, "density": share, "inside": inside})
