"""Solutions as points of projective space: which coincide, which are conjugate, and which are real.

A class is a solution up to a complex factor. Its representatives in this module have length one. The distance between
two classes is the sine of the angle between them.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinglass._common.types import Array, ComplexArray, IntArray
from spinglass.critical_points.system import System

SAME = 1e-8  # classes closer than this count as one solution; solutions are accurate to about 1e-12
_ROUNDING = 1e-14  # rounding error of a distance or of a key
# Only solutions with an imaginary part below this are tested for being real: the imaginary part of a computed real
# solution is the rounding error times its condition number.
_CANDIDATE = 1e-4
_STEPS = 3  # Newton steps of that test


def close_pairs(points: ComplexArray, reach: Array) -> IntArray:
    """Return all pairs i < j whose distance is at most ``reach_i + reach_j``, shape (pairs, 2)."""
    pairs = [
        np.sort(np.stack([i, j], axis=1)[distance(points[i], points[j]) <= reach[i] + reach[j] + _ROUNDING], axis=1)
        for i, j in _overlapping(_key(points), reach)
    ]
    return np.concatenate([np.empty((0, 2), np.int64), *pairs])


def _key(points: ComplexArray, conjugated: bool = False) -> Array:
    """Return the keys ``|b.X|^2/|X|^2``, |b| = 1; two keys differ by at most three times the distance."""
    rng = np.random.default_rng(0)
    real, imaginary = rng.standard_normal((2, points.shape[1]))
    b = real + (-1j if conjugated else 1j) * imaginary
    return np.asarray((np.abs(points @ b) / (np.linalg.norm(points, axis=1) * np.linalg.norm(b))) ** 2)


def _overlapping(key: Array, reach: Array) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield all pairs whose intervals of keys overlap; no other pairs can be close."""
    low, high = key - 3 * reach - _ROUNDING, key + 3 * reach + _ROUNDING
    order = np.argsort(low, kind="stable")
    counts = np.searchsorted(low[order], high[order], side="right") - np.arange(len(order)) - 1
    # A few rows at a time, because wide intervals may overlap with very many others.
    for rows in np.array_split(np.arange(len(order)), 1 + int(counts.sum()) // 2**18):
        first = np.repeat(rows, counts[rows])
        offset = np.arange(len(first)) - np.repeat(np.cumsum(counts[rows]) - counts[rows], counts[rows])
        yield order[first], order[first + 1 + offset]


def distance(X: ComplexArray, Y: ComplexArray) -> Array:
    """Return the sine of the angle between the classes in corresponding rows; lengths must be near one."""
    along = (X.conj() * Y).sum(1) / (np.abs(X) ** 2).sum(1)
    return np.asarray(np.linalg.norm(Y - along[:, None] * X, axis=1) / np.linalg.norm(Y, axis=1))


def first_of_each(points: ComplexArray) -> tuple[IntArray, IntArray]:
    """Return the rows that are not close to an earlier row, and the rows that are close to any other row."""
    pairs = close_pairs(points, np.full(len(points), SAME / 2))
    return np.setdiff1d(np.arange(len(points)), pairs[:, 1]), np.unique(pairs)


def without_conjugate(points: ComplexArray) -> IntArray:
    """Return the rows whose complex conjugate is not among the points."""
    B = len(points)
    keys = np.concatenate([_key(points), _key(points, conjugated=True)])
    paired = np.zeros(B, bool)
    for i, j in _overlapping(keys, np.full(2 * B, SAME / 2)):
        i, j = np.minimum(i, j), np.maximum(i, j)
        i, j = i[(i < B) & (j >= B)], j[(i < B) & (j >= B)] - B
        paired[i[distance(points[i], points[j].conj()) <= SAME]] = True
    return np.flatnonzero(~paired)


def aligned(points: ComplexArray) -> ComplexArray:
    """Multiply every point by the phase that makes ``X.X`` positive; this makes the points of real classes real."""
    square = (points**2).sum(1)
    return np.asarray(points * np.exp(-0.5j * np.angle(square))[:, None])


def imaginary_part(points: ComplexArray) -> Array:
    """Return ``|Im X|`` after alignment, which is 0 for a real class."""
    # |Im X|^2 = (1 - |X.X|)/2 suffers from cancellation only where it is small.
    imaginary: Array = np.sqrt(np.maximum(0.0, (1 - np.abs(np.einsum("bi,bi->b", points, points))) / 2))
    small = imaginary < 1e-2
    imaginary[small] = np.linalg.norm(aligned(points[small]).imag, axis=1)
    return imaginary


def one_of_each_pair(points: ComplexArray) -> NDArray[np.bool_]:
    """Mark at least one, and usually exactly one, of each conjugate pair in a set closed under conjugation."""
    b = np.random.default_rng(1).standard_normal((points.shape[1], points.shape[1]))
    # Conjugation changes the sign of Im conj(X).bX. Where that is too small to decide, both points are marked.
    return np.asarray(np.einsum("bi,bi->b", points.conj(), points @ b).imag > -1e-10)


class Split(NamedTuple):
    """Solutions separated into real and other ones.

    Attributes
    ----------
    real
        Real solutions, refined in real arithmetic, shape (real, variables).
    others
        Solutions that are not real, shape (others, variables).
    doubtful
        Number of solutions that look real but are not regular.
    """

    real: Array
    others: ComplexArray
    doubtful: int


def split(system: System, solutions: ComplexArray) -> Split:
    """Separate the real solutions: a solution is real if Newton's method, started from its real part, returns to it."""
    imaginary = imaginary_part(solutions)
    near = np.flatnonzero(imaginary < _CANDIDATE)
    start = aligned(solutions[near]).real
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    with np.errstate(all="ignore"):  # a singular matrix gives NaN, and comparisons with NaN are false
        refined, last = system.newton(start, _STEPS)
    real = (last < SAME) & (distance(solutions[near], refined.astype(complex)) < SAME)
    doubtful = int(np.count_nonzero(imaginary[near[~real]] < SAME))
    return Split(np.asarray(refined[real].real), np.delete(solutions, near[real], axis=0), doubtful)


def on_sphere(system: System, points: Array) -> Array:
    """Return the critical points x, |x|^2 = n: both signs of a solution for a pure model, x/x_0 for a mixed model."""
    n = system.spins
    x = points[:, :n] * np.sign(points[:, n:]) if system.mixed else np.concatenate([points, -points])
    return np.asarray(x * (np.sqrt(n) / np.linalg.norm(x, axis=1, keepdims=True)))
