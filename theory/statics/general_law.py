"""The law of the overlap for any replica symmetry breaking, from ground states of the model on smaller spheres.

At temperature T the configurations around one state form a sphere of squared radius q, the largest overlap, and the
centres of the states are ground states of the model on that sphere, whose covariance function is ``nu(q s)``. The
solver for ground states therefore gives the law at the temperature ``T = (1-q) / (q chi)``, with chi the
susceptibility of those ground states (Subag 2018, arXiv:1804.10576).
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq, root_scalar

from theory.covariance import Covariance
from theory.statics.order_parameter import OrderParameter
from theory.statics.order_parameter_search import minimise
from theory.statics.overlap_law import ROUNDING, OverlapLaw, scale_of_criterion
from theory.statics.stationary_law import stationary_law

_TOLERANCE = 1e-12
# Grid in y = -log(1 - q) on which the temperature is first found.
_EXPONENTS = np.concatenate([[1e-5, 1e-3, 0.03], np.geomspace(0.1, 4.0, 10), [8.0, 16.0, 32.0]])
_ROUGH = 0.02
# A staircase of more values approximates a continuous part of the law.
_MOST_STEPS, _MOST_CLUSTERED = 6, 40
_CLOSE = (0.02, 0.1)
# Largest violation of the criterion that is accepted for a staircase.
_STAIRCASE = 1e-8


@lru_cache(maxsize=64)
def general_law(T: float, nu: Covariance) -> OverlapLaw | None:
    """Return the law with the smallest violation of the criterion, or None if none satisfies it."""
    temperatures = np.array([state.temperature for state in _grid(nu)])
    found = []
    for k in np.flatnonzero((temperatures[:-1] > T) & (temperatures[1:] <= T)).tolist():
        law = _solution(T, nu, *_EXPONENTS[k : k + 2].tolist()).law(T)
        if law is not None:
            law = _with_few_steps(law, T, nu) or replace(law, phase="continuous with steps")
            found.append((law.gap(T, nu) / scale_of_criterion(T, nu), law))
    if not found:
        return None
    gap, law = min(found, key=lambda pair: pair[0])
    return law if gap <= _STAIRCASE else None


@dataclass(frozen=True)
class _Sphere:
    """Ground state on the sphere of squared radius ``q = 1 - exp(-y)``; ``scale`` is that of its energies."""

    y: float
    order: OrderParameter
    scale: float

    @classmethod
    def at(cls, y: float, nu: Covariance, near: OrderParameter | None = None) -> "_Sphere":
        """Return the ground state; the search may start from that of another sphere."""
        q = -np.expm1(-y)
        # Relative to the lowest order, because high powers underflow.
        lowest = nu.squares[0][0]
        squares = [(p, square * float(q ** (p - lowest))) for p, square in nu.squares]
        slope = sum(p * square for p, square in squares)
        scaled = Covariance(tuple((p, square / slope) for p, square in squares if square > 0.0))
        start = None if near is None else replace(near, nu=scaled)
        return cls(y, minimise(scaled, _TOLERANCE, start), float(np.sqrt(slope * q**lowest)))

    @property
    def temperature(self) -> float:
        """The temperature at which q is the largest overlap."""
        return float(np.exp(-self.y) / -np.expm1(-self.y) * self.scale / self.order.chi)

    def law(self, T: float) -> OverlapLaw | None:
        """Return the law of the overlap; None if its probabilities exceed 1."""
        order, q, rest = self.order, -np.expm1(-self.y), np.exp(-self.y)
        cumulative = T / self.scale * np.cumsum(order.jumps)
        if cumulative.size and cumulative[-1] >= 1.0:
            return None
        rests = np.append(rest + q * order.rests, rest)
        return OverlapLaw(np.append(q * (1 - order.rests), q), rests, np.append(cumulative, 1.0))


@lru_cache(maxsize=8)
def _grid(nu: Covariance) -> list[_Sphere]:
    return [_Sphere.at(float(y), nu) for y in _EXPONENTS]


def _solution(T: float, nu: Covariance, low: float, high: float) -> _Sphere:
    """Return the sphere whose temperature is T, with y between two values: roughly first, then by the secant method."""
    rough = float(brentq(lambda y: math.log(_Sphere.at(y, nu).temperature / T), low, high, rtol=_ROUGH))
    near = _Sphere.at(rough, nu).order

    def mismatch(y: float) -> float:
        return math.log(_Sphere.at(y, nu, near).temperature / T)

    found = root_scalar(mismatch, x0=rough, x1=rough * (1 + 1e-4), xtol=1e-12 * high, rtol=1e-12, maxiter=12)
    return _Sphere.at(float(found.root) if low <= found.root <= high else rough, nu, near)


def _with_few_steps(law: OverlapLaw, T: float, nu: Covariance) -> OverlapLaw | None:
    """Merge close values, solve for all values and probabilities, and return the result if it is the true law."""
    if law.overlaps.size > _MOST_CLUSTERED:
        return None
    for share in _CLOSE:
        merged = _merged(law, share * (law.overlap - law.lower))
        if merged.overlaps.size <= _MOST_STEPS:
            exact = stationary_law(merged, T, nu)
            if exact is not None and exact.excess(T, nu) <= ROUNDING:
                return exact
    return None


def _merged(law: OverlapLaw, distance: float) -> OverlapLaw:
    """Replace groups of values closer than ``distance`` by their means; the largest value is kept."""
    weights = np.diff(law.cumulative, prepend=0.0)
    first = np.flatnonzero(np.append(True, np.diff(law.overlaps) > distance))
    totals = np.add.reduceat(weights, first)
    overlaps, rests = (np.add.reduceat(weights * part, first) / totals for part in (law.overlaps, law.rests))
    return OverlapLaw(overlaps, rests, np.add.accumulate(totals) / totals.sum())
