"""Which of the complex solutions are real, and the points on the sphere that they are."""

from typing import NamedTuple

import numpy as np

from spinglass.critical_points import projective
from spinglass.critical_points.system import System
from spinglass.critical_points.tracking.start_system import ComplexArray
from spinglass.landscape import Array

# Only solutions this close to being real are tried: a real one is off by rounding times its condition number.
_CANDIDATE = 1e-4
_STEPS = 3


class Split(NamedTuple):
    """Solutions sorted: real ones, refined in real arithmetic; others; how many look real and are not regular."""

    real: Array
    others: ComplexArray
    doubtful: int


def split(system: System, solutions: ComplexArray) -> Split:
    """Tell real solutions from others: from the real part of a real one, Newton's method ends at that very one."""
    imaginary = projective.imaginary_part(solutions)
    near = np.flatnonzero(imaginary < _CANDIDATE)
    start = projective.aligned(solutions[near]).real
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    with np.errstate(all="ignore"):  # a singular matrix gives NaN, and NaN fails the comparisons
        refined, last = system.newton(start, _STEPS)
    real = (last < projective.SAME) & (projective.distance(solutions[near], refined.astype(complex)) < projective.SAME)
    doubtful = int(np.count_nonzero(imaginary[near[~real]] < projective.SAME))
    return Split(np.asarray(refined[real].real), np.delete(solutions, near[real], axis=0), doubtful)


def on_sphere(system: System, points: Array) -> Array:
    """Return the critical points x, |x|^2 = n: both signs of a pure model's solutions, x/x_0 of a mixed one's."""
    n = system.spins
    x = points[:, :n] * np.sign(points[:, n:]) if system.mixed else np.concatenate([points, -points])
    return np.asarray(x * (np.sqrt(n) / np.linalg.norm(x, axis=1, keepdims=True)))
