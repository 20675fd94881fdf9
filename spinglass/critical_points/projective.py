"""Solutions as points of projective space: which coincide, which are conjugate, and which are real.

A class is a solution up to a complex factor. Its representatives in this module have length one. The distance between
two classes is the sine of the angle between them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinglass._common.types import Array, ComplexArray, IntArray
from spinglass.critical_points.keys import SAME, keys, meeting, rounding
from spinglass.critical_points.system import System

_ROUNDING = 1e-14  # rounding error of a distance
# Only solutions with an imaginary part below this are tested for being real: the imaginary part of a computed real
# solution is the rounding error times its condition number.
CANDIDATE = 1e-4
_STEPS = 3  # Newton steps of that test


def close_pairs(points: ComplexArray, reach: Array) -> IntArray:
    """Return all pairs i < j whose distance is at most ``reach_i + reach_j``, shape (pairs, 2)."""
    pairs = [
        np.sort(np.stack([i, j], axis=1)[distance(points[i], points[j]) <= reach[i] + reach[j] + _ROUNDING], axis=1)
        for i, j in meeting(keys(points), reach + rounding(points.shape[1]))
    ]
    return np.concatenate([np.empty((0, 2), np.int64), *pairs])


def distance(X: ComplexArray, Y: ComplexArray) -> Array:
    """Return the sine of the angle between the classes in corresponding rows; lengths must be near one."""
    along = (X.conj() * Y).sum(1) / (np.abs(X) ** 2).sum(1)
    return np.asarray(np.linalg.norm(Y - along[:, None] * X, axis=1) / np.linalg.norm(Y, axis=1))


def first_of_each(points: ComplexArray) -> IntArray:
    """Return the rows that are not close to an earlier row."""
    pairs = close_pairs(points, np.full(len(points), SAME / 2))
    return np.setdiff1d(np.arange(len(points)), pairs[:, 1])


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
    is_real
        Whether each solution is real, shape (solutions,).
    doubtful
        Number of solutions that look real but are not regular.
    """

    real: Array
    others: ComplexArray
    is_real: NDArray[np.bool_]
    doubtful: int


def split(system: System, solutions: ComplexArray) -> Split:
    """Separate the real solutions: a solution is real if Newton's method, started from its real part, returns to it."""
    imaginary = imaginary_part(solutions)
    near = np.flatnonzero(imaginary < CANDIDATE)
    start = aligned(solutions[near]).real
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    with np.errstate(all="ignore"):  # a singular matrix gives NaN, and comparisons with NaN are false
        refined, last = system.newton(start, _STEPS)
    real = (last < SAME) & (distance(solutions[near], refined.astype(complex)) < SAME)
    doubtful = int(np.count_nonzero(imaginary[near[~real]] < SAME))
    is_real = np.zeros(len(solutions), bool)
    is_real[near[real]] = True
    return Split(np.asarray(refined[real].real), solutions[~is_real], is_real, doubtful)


def on_sphere(system: System, points: Array) -> Array:
    """Return the critical points x, |x|^2 = n: both signs of a solution for a pure model, x/x_0 for a mixed model."""
    n = system.spins
    x = points[:, :n] * np.sign(points[:, n:]) if system.mixed else np.concatenate([points, -points])
    return np.asarray(x * (np.sqrt(n) / np.linalg.norm(x, axis=1, keepdims=True)))
