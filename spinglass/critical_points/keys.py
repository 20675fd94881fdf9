"""Keys: a few numbers per solution, by which millions of solutions are compared without their coordinates.

For unit vectors b_1 and b_2, which are fixed and complex, the keys of a class are ``|b.X|^2/|X|^2`` and
``|conj(b).X|^2/|X|^2``, four numbers that do not depend on the factor of X. The second pair is that of the first pair
for the complex conjugate of X, so the keys of the conjugate class are the same numbers in another order.

Proof that solutions are distinct: a key is the expectation value of a projector on b in the normalised X. The
difference of the projectors on two classes has the operator norm sin(angle between them), so keys of two classes differ
by at most that sine. If a solution lies within an angle of sine ``reach`` about a computed point, each of its keys lies
within ``reach`` plus rounding of the computed one. Two solutions are therefore different if, for at least one of the
four keys, these intervals are disjoint. The intervals of the first key are sorted, and only those that overlap are
compared in the others. Generic classes have independent keys: that two of 2^24 agree by chance in all four within 1e-8
has a probability below 1e-8. If intervals of two solutions overlap in all four, nothing is concluded.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from spinglass._common.types import Array, ComplexArray, IntArray

SHAPE = (2, 2)  # of the keys of one point: of itself and of its conjugate, for b_1 and b_2
SAME = 1e-8  # classes closer than this count as one solution; solutions are accurate to about 1e-12
_PAIRS = 2**18  # pairs of rows compared at a time


def keys(points: ComplexArray) -> Array:
    """Return the keys of points (rows, variables), shape (rows, 2, 2)."""
    real, imaginary = np.random.default_rng(0).standard_normal((2, points.shape[1], SHAPE[1]))
    b = real + 1j * imaginary
    size = np.linalg.norm(points, axis=1)[:, None] * np.linalg.norm(b, axis=0)
    return np.asarray(np.stack([(np.abs(points @ c) / size) ** 2 for c in (b, b.conj())], axis=1))


def rounding(variables: int) -> float:
    """Return a bound on the rounding error of a key.

    The error of |b.X|/(|b||X|), at most 1, is at most ``sqrt(8) gamma`` of a complex product of so many terms (Higham
    2002, section 3.6) and a few roundings more; the square doubles it.
    """
    return 8 * (variables + 8) * 2.0**-53


def meeting(values: Array, width: Array) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield all pairs of rows whose intervals ``values +- width`` overlap in all four keys; rows of NaN have none."""
    low = values[:, 0, 0] - width
    order = _ascending(low)
    low, width, values = low[order], width[order], values[order]
    end = np.searchsorted(low, values[:, 0, 0] + width, side="right")
    for i, j in _pairs(np.arange(1, len(order) + 1), end):
        near = (np.abs(values[i] - values[j]) <= (width[i] + width[j])[:, None, None]).all(axis=(1, 2))
        yield order[i[near]], order[j[near]]


def _ascending(numbers: Array) -> IntArray:
    """Return the rows of numbers that are not NaN, in ascending order."""
    return np.argsort(numbers, kind="stable")[: np.count_nonzero(~np.isnan(numbers))]


def _pairs(begin: IntArray, end: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield all pairs (i, j) with ``begin[i] <= j < end[i]``, about ``_PAIRS`` at a time."""
    counts = end - begin
    total = np.cumsum(counts)
    edges = np.searchsorted(total, np.arange(_PAIRS, total[-1] if len(total) else 0, _PAIRS))
    for rows in np.split(np.arange(len(counts)), np.unique(edges)):
        many = counts[rows]
        i = np.repeat(rows, many)
        yield i, np.arange(len(i)) - np.repeat(np.cumsum(many) - many, many) + begin[i]


def repeated(values: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the rows that are the same solution as an earlier row, and the rows that are the same as any other."""
    later, any_other = np.zeros((2, len(values)), bool)
    for i, j in meeting(values, np.full(len(values), SAME / 2)):
        later[np.maximum(i, j)] = True
        any_other[i] = any_other[j] = True
    return later, any_other


def partners(values: Array, wanted: Array) -> IntArray:
    """Return, for every row of ``wanted``, a row of ``values`` that is the same solution, or -1."""
    order = _ascending(values[:, 0, 0])
    first, found = values[order, 0, 0], np.full(len(wanted), -1)
    begin = np.searchsorted(first, wanted[:, 0, 0] - SAME)
    for i, k in _pairs(begin, np.searchsorted(first, wanted[:, 0, 0] + SAME, side="right")):
        j = order[k]
        same = (np.abs(wanted[i] - values[j]) <= SAME).all(axis=(1, 2))
        found[i[same]] = j[same]
    return found


def proven_distinct(values: Array, reach: Array, variables: int) -> bool:
    """Return whether solutions, each within an angle of sine ``reach`` about its row's point, are surely distinct."""
    if not np.isfinite(reach).all():
        return False
    return not any(len(i) for i, _ in meeting(values, 1.01 * reach + rounding(variables)))
