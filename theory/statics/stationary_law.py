"""Stationary laws of the overlap with few values, by Newton's method from an approximate one."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.optimize import root

from spinglass._common.types import Array
from theory.covariance import Covariance
from theory.statics.log_remainder import log_remainder
from theory.statics.overlap_law import ROUNDING, OverlapLaw, scale_of_criterion

_LARGEST = 700.0  # logarithm of a float
# Overlaps at which the temperature of a law of one step in a field is found, in -log(1 - q).
_EXPONENTS = np.geomspace(1e-4, 32.0, 600)
_HALVINGS = 45


def stationary_law(law: OverlapLaw, T: float, nu: Covariance) -> OverlapLaw | None:
    """Solve for values at which G is stationary and equal; None if that fails. A smallest value of 0 is kept."""
    moving = law.overlaps > 1e-9
    count, scale = int(moving.sum()), scale_of_criterion(T, nu)

    def at(unknowns: Array) -> OverlapLaw:
        rests, overlaps = np.ones(moving.size), np.zeros(moving.size)
        rests[moving] = np.exp(-unknowns[:count])
        overlaps[moving] = -np.expm1(-unknowns[:count])
        return replace(law, overlaps=overlaps, rests=rests, cumulative=np.append(np.exp(unknowns[count:]), 1.0))

    def admissible(there: OverlapLaw) -> bool:
        rising = np.all(np.diff(there.cumulative) > 0) and np.all(np.diff(there.rests) < 0)
        return bool(rising and there.lower >= 0 and np.all(there.rests > 0))

    def residual(unknowns: Array) -> Array:
        if np.abs(unknowns).max() > _LARGEST:
            return np.full(unknowns.size, 1e3)
        there = at(unknowns)
        if not admissible(there):
            return np.full(unknowns.size, 1e3)
        levels = there.criterion(there.overlaps, there.rests, T, nu)
        slopes = (there.rests * there.slope(T, nu))[moving]
        return np.concatenate([slopes, np.diff(levels)]) / scale

    start = np.concatenate([-np.log(law.rests[moving]), np.log(law.cumulative[:-1])])
    solution = root(residual, start, tol=1e-15)
    return at(solution.x) if np.abs(residual(solution.x)).max() < ROUNDING else None


def candidates_in_field(T: float, nu: Covariance) -> Iterator[OverlapLaw]:
    r"""Yield the laws with two values in a field that are stationary in both and in the breakpoint m.

    Given the values :math:`q_0 < q_1`, two conditions determine
    :math:`w = \hat x(q_0) = q_0 (1-q_1) (\nu'(q_1) - \nu'(q_0)) / (\nu'(q_0) (q_1 - q_0))` and
    :math:`T^2 = w^2 \nu'(q_0) / q_0`. The third one, that of m, determines :math:`q_0`, by bisection. What is left is a
    search for the q_1 at which T is the one given.
    """
    high, rest = -np.expm1(-_EXPONENTS), np.exp(-_EXPONENTS)
    lower, temperatures, breakpoints = _at_larger_value(high, rest, nu)
    sides = np.sign(temperatures - T)
    for k in np.flatnonzero((sides[:-1] * sides[1:] < 0) & np.isfinite(sides[:-1] + sides[1:])).tolist():
        rough = OverlapLaw.of([lower[k], high[k]], [1 - lower[k], rest[k]], [breakpoints[k], 1.0])
        law = stationary_law(rough, T, nu)
        if law is not None:
            yield law


def _at_larger_value(high: Array, rest: Array, nu: Covariance) -> tuple[Array, Array, Array]:
    """Return the smaller value, the temperature (NaN where there is no law) and m for each larger value."""

    def conditions(lower: Array) -> tuple[Array, Array, Array]:
        apart, first = high - lower, nu(lower, 1)
        wide = lower * rest * (nu(high, 1) - first) / (first * apart)
        broken, wide = wide > rest, np.maximum(wide, rest)
        squared = wide**2 * first / lower
        double = (apart / wide) ** 2 * log_remainder(1 - rest / wide)
        third = (nu(high) - nu(lower) - first * apart) / squared - double
        return np.where(broken, third, -1.0), squared, (wide - rest) / apart

    left, right = np.full(high.size, -40.0), np.full(high.size, -1e-6)
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        above = conditions(high * np.exp(middle))[0] > 0
        left, right = np.where(above, left, middle), np.where(above, middle, right)
    lower = high * np.exp(right)
    third, squared, share = conditions(lower)
    exists = (third >= 0) & (right < -1e-5) & (share > 0) & (share < 1)
    return lower, np.where(exists, np.sqrt(squared), np.nan), share
