"""The exact mean of the smallest Hessian eigenvalue at minima of given energy, and its estimate from one landscape."""

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.interpolate import CubicSpline

import theory
from spinglass._common.types import Array
from validation.claims._shared.complete_landscapes import Points
from validation.series import Between

BINS = ((-1.6, -1.1), (-1.1, -0.6))
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(60)
# A step of 1/40 in u leaves the spline an error of about 1e-7 (tested), far below any error bar.
_ENERGIES = np.linspace(-1.65, -0.55, 45)
# At n >= 6 no weight that matters lies above this eigenvalue.
_HIGHEST = 14.0


@cache
def given_energy(n: int, H: int) -> Callable[[Array], Array]:
    """Return the mean of the smallest eigenvalue at minima as a function of the energy."""
    values = _HIGHEST / 2 * (1.0 + _NODES)
    density = theory.stability_density(_ENERGIES[:, None], values, n, H) * _WEIGHTS
    return CubicSpline(_ENERGIES, density @ values / density.sum(axis=1), extrapolate=False)


@cache
def bin_means(n: int, H: int) -> tuple[Array, Array]:
    """Return the exact mean number of minima in each bin, and the mean of their smallest eigenvalue."""
    law = given_energy(n, H)
    numbers = []
    means = []
    for low, high in BINS:
        u = (low + high) / 2 + (high - low) / 2 * _NODES
        weights = (high - low) / 2 * _WEIGHTS * theory.mean_critical_point_density(u, n, H, index=0)
        numbers.append(weights.sum())
        means.append(weights @ law(u) / weights.sum())
    return np.array(numbers), np.array(means)


def stabilities(every: Points, n: int, H: int) -> Array:
    """Return an unbiased estimate of the mean smallest eigenvalue in each bin from one landscape.

    The estimate is ``m + sum (eigenvalue - law(u))/E N`` over the minima in the bin, where m is the predicted mean of
    the bin. Every minimum is compared with the law at its own energy, so that neither the number of minima nor their
    positions in the bin add noise.
    """
    law = given_energy(n, H)
    measured = []
    for (low, high), number, mean in zip(BINS, *bin_means(n, H), strict=True):
        inside = (every.eigenvalues[:, 0] > 0) & (every.energy_per_spin > low) & (every.energy_per_spin < high)
        lowest = every.eigenvalues[inside, 0]
        measured.append(mean + np.sum(lowest - law(every.energy_per_spin[inside])) / number)
    return np.array(measured)


def mean_stabilities(n: int, H: int) -> Between:
    """Return the exact means of :func:`stabilities`."""
    means = bin_means(n, H)[1]
    return Between(means, means)
