"""What is measured of a list of critical points of one landscape, all of them or the minima alone."""

import math
from functools import cache
from typing import NamedTuple

import numpy as np

import theory
from spinglass import sphere
from spinglass._common.types import Array, IntArray
from validation.series import Between
from validation.subjects.current import subject
from validation.subjects.subject import whole_seed

_CLOSE = 1e-4  # distance, relative to the radius, below which two points are the same
_STEP = 1e-4  # relative to the radius, for differences of gradients
ENERGIES = (-1.2, -0.8, -0.4)  # per spin


class Found(NamedTuple):
    """Points of one landscape.

    Attributes
    ----------
    number : int
        The seed of the landscape.
    points : ndarray, shape (points, n)
        Critical points.
    """

    number: int
    points: Array


def found(seed: np.random.SeedSequence, n: int, H: int) -> Found:
    """Return the subject's critical points of one landscape; a simulation for :class:`Reading`."""
    number = whole_seed(seed)
    return Found(number, subject().critical_points(n, H, number))


def only_minima() -> bool:
    """Return whether the subject declares that it returns minima alone."""
    return subject().declaration.points == "minima"


def _distances(x: Array, y: Array) -> Array:
    """Return the distances of all pairs, relative to the radius, without cancellation for nearby points."""
    return np.asarray(np.linalg.norm(x[:, None] - y[None], axis=2) / math.sqrt(x.shape[1]))


def repeated(points: Found) -> float:
    """Return the share of points that are listed before; 1 if there are no points."""
    x = points.points
    same = np.tril(_distances(x, x) < _CLOSE, -1).any(axis=1)
    return float(same.mean()) if len(x) else 1.0


def wrong_antipodes(points: Found, H: int) -> float:
    """Return the share of points x for which ``-x`` is missing or, for minima of odd order, is listed."""
    x = points.points
    listed = (_distances(-x, x) < _CLOSE).any(axis=1)
    wrong = listed if only_minima() and H % 2 else ~listed
    return float(wrong.mean()) if len(x) else 1.0


def _tangential_gradients(n: int, H: int, number: int, x: Array) -> Array:
    return sphere.tangent(x, subject().landscape(n, H, number, x, ("energy", "gradient"))["gradient"])


def largest_gradient(points: Found, n: int, H: int) -> float:
    """Return the largest Riemannian gradient at the points, relative to its root mean square on the sphere."""
    if not len(points.points):
        return 1.0  # every landscape has critical points and minima
    gradients = _tangential_gradients(n, H, points.number, points.points)
    return float(np.linalg.norm(gradients, axis=1).max() / math.sqrt(H * (n - 1)))


def indices(points: Found, n: int, H: int) -> IntArray:
    """Return the numbers of negative eigenvalues of the Riemannian Hessians at the points.

    Hessians are calculated from differences of gradients along great circles, so that the subject need not offer them.
    """
    x = points.points
    if not len(x):
        return np.empty(0, dtype=np.int64)
    axes = np.stack([np.linalg.svd(row[None])[2][1:] for row in x])  # (points, n-1, n), orthonormal tangent vectors
    radius = math.sqrt(n)
    ends = [math.cos(_STEP) * x[:, None] + sign * math.sin(_STEP) * radius * axes for sign in (1, -1)]
    gradients = _tangential_gradients(n, H, points.number, np.concatenate([end.reshape(-1, n) for end in ends]))
    forward, backward = gradients.reshape(2, *axes.shape)
    hessians = np.einsum("pai,pbi->pab", axes, forward - backward) / (2 * _STEP * radius)
    eigenvalues = np.linalg.eigvalsh((hessians + hessians.swapaxes(1, 2)) / 2)
    return np.asarray((eigenvalues < 0).sum(axis=1))


def wrong_indices(points: Found, n: int, H: int) -> float:
    """Return the distance of ``sum_k (-1)^k N_k`` from the Euler characteristic; of minima, the share of saddles."""
    index = indices(points, n, H)
    if only_minima():
        return float((index > 0).mean()) if len(index) else 1.0
    return float(abs(((-1) ** index).sum() - 1 - (-1) ** (n - 1)))


def number(points: Found) -> float:
    """Return the number of points."""
    return float(len(points.points))


def mean_number(n: int, H: int) -> float:
    """Return the exact mean number of critical points, or of minima."""
    return float(theory.mean_critical_points(n, H, index=0 if only_minima() else None))


def wrong_number_of_eigenvectors(points: Found, n: int) -> float:
    """Return the relative difference from 2n, the number of eigenvectors of length sqrt n, or from 2 minima."""
    expected = 2 if only_minima() else 2 * n
    return abs(len(points.points) / expected - 1)


def per_index(points: Found, n: int, H: int) -> Array:
    """Return one landscape's number of points of each index, up to the middle one for odd H; of minima, of index 0."""
    found = indices(points, n, H)
    return np.array([(found == k).sum() for k in _counted(n, H)], dtype=float)


def mean_per_index(n: int, H: int) -> Array:
    """Return the exact means of :func:`per_index`."""
    return np.array([float(theory.mean_critical_points(n, H, index=k)) for k in _counted(n, H)])


def _counted(n: int, H: int) -> range:
    if only_minima():
        return range(1)
    return range((n + 1) // 2) if H % 2 else range(n)


def below(points: Found, n: int, H: int) -> Array:
    """Return one landscape's numbers of points below each of :data:`ENERGIES`."""
    if not len(points.points):
        return np.zeros(len(ENERGIES))
    per_spin = subject().landscape(n, H, points.number, points.points)["energy"] / n
    return np.array([(per_spin < u).sum() for u in ENERGIES], dtype=float)


def mean_below(n: int, H: int) -> Between:
    """Return the exact means of :func:`below`; deviations are relative to the number of all minima."""
    expected, minima = _mean_below(n, H, only_minima())
    return Between(expected, expected, scale=minima)


@cache
def _mean_below(n: int, H: int, minima: bool) -> tuple[Array, float]:
    expected = theory.mean_critical_points(n, H, index=0 if minima else None, below=np.array(ENERGIES))
    return np.asarray(expected), float(theory.mean_critical_points(n, H, index=0))
