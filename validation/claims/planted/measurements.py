"""Numbers of critical points of planted landscapes by overlap, index and energy, and their exact means."""

import numpy as np

import theory
from spinglass import plant
from spinglass._common.types import Array
from validation.claims._shared.complete_landscapes import Model, Points, all_points, drawn
from validation.series import Between

Signal = dict[int, float]
# Ranges of overlap; bounds on the energy per spin; and pairs of index and range of overlap.
RANGES = ((-1.0, 0.0), (0.0, 0.3), (0.3, 0.6), (0.6, 0.85), (0.85, 1.0))
ENERGIES = (-2.0, -1.6, -1.2, -0.8)
INDICES = tuple((k, ends) for k in (0, 1) for ends in ((-1.0, 0.5), (0.5, 1.0)))


def planted_points(seed: np.random.SeedSequence, n: int, H: Model, signal: Signal) -> Points:
    """Draw a landscape with a signal along the diagonal (1, ..., 1) and return its critical points."""
    every = all_points(plant(drawn(seed, n, H), np.ones(n), signal))
    return Points(every.energy_per_spin, every.index, every.eigenvalues, every.x)


def overlaps(every: Points) -> Array:
    """Return the overlaps of the points with the signal."""
    return np.asarray(every.x.mean(axis=1))


def counts_by_overlap(every: Points) -> Array:
    """Return one landscape's numbers of critical points in each range of overlap."""
    return np.histogram(overlaps(every), [RANGES[0][0], *(high for _, high in RANGES)])[0].astype(float)


def mean_counts_by_overlap(n: int, H: Model, signal: Signal) -> Array:
    """Return the exact means of :func:`counts_by_overlap`."""
    return np.array([float(theory.mean_planted_points(n, H, signal, overlap=ends)) for ends in RANGES])


def counts_by_index(every: Points) -> Array:
    """Return one landscape's numbers of minima and saddles of index 1 far from the signal and near it."""
    m = overlaps(every)
    return np.array([np.sum((every.index == k) & (m > low) & (m < high)) for k, (low, high) in INDICES], dtype=float)


def mean_counts_by_index(n: int, H: Model, signal: Signal) -> Array:
    """Return the exact means of :func:`counts_by_index`."""
    return np.array([float(theory.mean_planted_points(n, H, signal, index=k, overlap=ends)) for k, ends in INDICES])


def counts_below(every: Points) -> Array:
    """Return one landscape's numbers of critical points below each energy per spin."""
    return np.array([np.sum(every.energy_per_spin < u) for u in ENERGIES], dtype=float)


def mean_counts_below(n: int, H: Model, signal: Signal) -> Between:
    """Return the exact means of :func:`counts_below`; deviations are relative to the number at the highest energy."""
    expected = np.asarray(theory.mean_planted_points(n, H, signal, below=ENERGIES))
    return Between(expected, expected, scale=float(expected[-1]))


def counts_in_field(every: Points) -> Array:
    """Return one landscape's numbers of critical points and of minima."""
    return np.array([every.index.size, np.sum(every.index == 0)], dtype=float)


def points_in_field(seed: np.random.SeedSequence, n: int, H: int, share: float) -> Points:
    """Draw a landscape in a field of strength ``share h_c`` along the diagonal and return its critical points."""
    return planted_points(seed, n, H, field(H, share))


def mean_counts_in_field(n: int, H: int, share: float) -> Array:
    """Return the exact means of :func:`counts_in_field`."""
    return np.array([float(theory.mean_planted_points(n, H, field(H, share), index=index)) for index in (None, 0)])


def field(H: int, share: float) -> Signal:
    """Return a field of a strength relative to ``h_c^2 = nu''(1) - nu'(1) = H (H-2)``."""
    return {1: share * (H * (H - 2)) ** 0.5}
