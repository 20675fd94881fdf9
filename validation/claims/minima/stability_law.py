"""The exact mean of the smallest Hessian eigenvalue at minima of given energy, and its estimate from one landscape."""

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.interpolate import CubicSpline

import theory
from spinglass._common.types import Array
from validation.claims._shared.complete_landscapes import Points
from validation.series import Between

BINS = ((-1.6, -1.2), (-1.2, -0.8), (-0.8, -0.4))
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(60)
# A step of 1/40 in u leaves the spline an error of about 1e-7 (tested), far below any error bar.
_ENERGIES = np.linspace(-1.65, -0.35, 53)
# At n >= 6 no weight that matters lies above this eigenvalue.
_HIGHEST = 14.0


@cache
def given_energy(n: int, H: int) -> Callable[[Array], Array]:
    """Return mean and mean square of the smallest eigenvalue as functions of the energy: (m,) to (m, 2)."""
    values = _HIGHEST / 2 * (1.0 + _NODES)
    density = theory.stability_density(_ENERGIES[:, None], values, n, H) * _WEIGHTS
    moments = density @ np.stack([values, values**2], axis=1) / density.sum(axis=1, keepdims=True)
    return CubicSpline(_ENERGIES, moments, extrapolate=False)


@cache
def bin_means(n: int, H: int) -> tuple[Array, Array]:
    """Return the exact mean number of minima in each bin (bins,) and the means of both moments there (bins, 2)."""
    law = given_energy(n, H)
    numbers, means = [], []
    for low, high in BINS:
        u = (low + high) / 2 + (high - low) / 2 * _NODES
        weights = (high - low) / 2 * _WEIGHTS * theory.mean_critical_point_density(u, n, H, index=0)
        numbers.append(weights.sum())
        means.append(weights @ law(u) / weights.sum())
    return np.array(numbers), np.array(means)


def stabilities(every: Points, n: int, H: int) -> Array:
    """Return unbiased estimates of both moments in each bin from one landscape.

    The estimate is ``m + sum (moment - law(u))/E N`` over the minima in the bin, where m is the predicted mean of the
    bin. Every minimum is compared with the law at its own energy, so that neither the number of minima nor their
    positions in the bin add noise.
    """
    law = given_energy(n, H)
    measured = []
    for (low, high), number, mean in zip(BINS, *bin_means(n, H), strict=True):
        inside = (every.eigenvalues[:, 0] > 0) & (every.energy_per_spin > low) & (every.energy_per_spin < high)
        lowest = every.eigenvalues[inside, 0]
        excess = np.stack([lowest, lowest**2], axis=1) - law(every.energy_per_spin[inside])
        measured.append(mean + excess.sum(axis=0) / number)
    return np.concatenate(measured)


def mean_stabilities(n: int, H: int) -> Between:
    """Return the exact means of :func:`stabilities`."""
    means = bin_means(n, H)[1].ravel()
    return Between(means, means)
