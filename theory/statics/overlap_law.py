"""Laws of the overlap with one step: the stationary ones of a model, and the criterion for the true one."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from spinglass._common.types import Array
from theory.covariance import Covariance

# Overlaps are searched on a grid in -log(1 - q), which resolves both q near 0 and q near 1.
_EXPONENTS = np.concatenate(
    [np.geomspace(1e-250, 1e-4, 500)[:-1], np.geomspace(1e-4, 0.05, 200), np.arange(0.06, 36.0, 0.01)]
)
# 1/((k+2)(k+3)), highest power first. Below u = 0.1 the omitted terms are below 1e-18; above it few digits cancel.
_DEFECTS = np.array([1.0 / ((k + 2) * (k + 3)) for k in range(16, -1, -1)])
# Relative amount by which rounding may violate the criterion.
ROUNDING = 1e-12


@dataclass(frozen=True)
class OverlapLaw:
    """Law of the overlap: ``lower`` with probability ``breakpoint``, otherwise ``overlap = 1 - rest``."""

    lower: float
    overlap: float
    rest: float
    breakpoint: float

    def excess(self, T: float, nu: Covariance) -> float:
        r"""Return how much the optimality criterion is violated; at most 0, up to rounding, for the true law.

        With :math:`\hat x(t) = \int_t^1 P(\text{overlap} \le s) ds` the function
        :math:`G(s) = \int_0^s \left[\beta^2 \nu'(t) - \int_0^t \hat x(u)^{-2} du\right] dt` must be maximal on the
        support of the law. A necessary condition is ``G'' <= 0`` there, the stability condition of de Almeida and
        Thouless.
        """
        points = -np.expm1(-_EXPONENTS)
        best = self._criterion(np.array([self.lower, self.overlap]), T, nu)
        scale = 1.0 + float(nu(1.0)) / T**2
        missed = float(max(self._criterion(points, T, nu).max(), best.max()) - best.min()) / scale
        wide = self.rest + self.breakpoint * (self.overlap - self.lower)
        bends = (nu(q, 2) * (width / T) ** 2 - 1 for q, width in ((self.lower, wide), (self.overlap, self.rest)))
        return max(missed, *(float(bend) for bend in bends))

    def _criterion(self, s: Array, T: float, nu: Covariance) -> Array:
        q0, q, m, rest = self.lower, self.overlap, self.breakpoint, self.rest
        wide = rest + m * (q - q0)
        low, middle, high = np.minimum(s, q0), np.clip(s, q0, q), np.maximum(s, q)
        first = low**2 / (2 * wide**2)
        at_middle = rest + m * (q - middle)
        slope = q0 / wide**2
        second = slope * (middle - q0) + (np.log(wide / at_middle) / m - (middle - q0) / wide) / m
        slope = slope + (1 / rest - 1 / wide) / m
        third = (slope - 1 / rest) * (high - q) + np.log(rest / (1 - high))
        return np.asarray((nu(s)) / T**2 - first - second - third)


def replica_symmetric(T: float, nu: Covariance) -> Iterator[OverlapLaw]:
    """Yield the laws with a single overlap q above 0: the solutions of ``nu'(q) / T^2 = q / (1-q)^2``."""

    def balance(y: Array) -> Array:
        q, rest = -np.expm1(-y), np.exp(-y)
        return np.asarray(nu(q, 1) * rest**2 - T**2 * q)

    for y in _zeros(balance):
        q = -math.expm1(-y)
        yield OverlapLaw(q, q, math.exp(-y), 1.0)


def candidates_in_one_step(T: float, nu: Covariance) -> Iterator[OverlapLaw]:
    r"""Yield the laws with overlaps 0 and q that are stationary in q and in the breakpoint m.

    With :math:`x = (1-q)/(1-q+mq)` the two conditions are :math:`T^2 = \nu'(q) (1-q)^2 / (q x)` and
    :math:`x (x - 1 - \log x)/(1-x)^2 = \nu(q)/(q \nu'(q))`, eqs. 4.11 and 4.12 of
    Crisanti and Sommers (1992).
    """

    def mismatch(y: Array) -> Array:
        x = _ratios(-np.expm1(-y), nu)[0] if y.size == 1 else _ratios_on_grid(nu)
        return _squared_temperature(y, x, nu) - T**2

    for y in _zeros(mismatch):
        q, rest = -math.expm1(-y), math.exp(-y)
        x, missing = (float(side[0]) for side in _ratios(np.array([q]), nu))
        m = rest * missing / (q * x)
        if 0 < m <= 1 + ROUNDING:
            yield OverlapLaw(0.0, q, rest, min(m, 1.0))


def _squared_temperature(y: Array, x: Array, nu: Covariance) -> Array:
    q, rest = -np.expm1(-y), np.exp(-y)
    return np.asarray(nu(q, 1) / q * rest**2 / x)


@lru_cache(maxsize=8)
def _ratios_on_grid(nu: Covariance) -> Array:
    return _ratios(-np.expm1(-_EXPONENTS), nu)[0]


def _zeros(function: Callable[[Array], Array]) -> list[float]:
    values = function(_EXPONENTS)
    left = np.flatnonzero(np.sign(values[:-1]) != np.sign(values[1:]))

    def one(z: float) -> float:
        return float(function(np.array([math.exp(z)]))[0])

    # The search is in the logarithm, for relative accuracy of small overlaps.
    logs = np.log(_EXPONENTS)
    return [math.exp(brentq(one, logs[i], logs[i + 1], xtol=1e-16, rtol=1e-15)) for i in left]


def _ratios(q: Array, nu: Covariance) -> tuple[Array, Array]:
    """Return x and 1 - x such that ``x (x - 1 - log x) / (1-x)^2 = nu(q) / (q nu'(q))``, by bisection of their ratio.

    Both sides are subtracted from 1/2: the left one becomes ``u sum_k u^k / ((k+2)(k+3))`` with u = 1 - x, the right
    one a sum over the terms of orders above 2, so nothing cancels where q and u are small.
    """
    # Powers are relative to the lowest order, because high powers underflow.
    lowest = nu.squares[0][0]
    powers = [(p, square * q ** (p - lowest)) for p, square in nu.squares]
    slope = sum(p * power for p, power in powers)
    wanted = sum((p - 2) * power for p, power in powers) / (2 * slope)
    low, high = np.full(q.shape, -50.0), np.full(q.shape, 700.0)
    for _ in range(66):
        middle = (low + high) / 2
        x, u = 1 / (1 + np.exp(-middle)), 1 / (1 + np.exp(middle))
        near = u * np.polyval(_DEFECTS, np.minimum(u, 0.1))
        far = np.maximum(u, 0.1)
        # log x is computed from the smaller of x and u.
        defect = np.where(u < 0.1, near, 0.5 - x * (np.log1p(np.exp(-middle)) - u) / far**2)
        low, high = np.where(defect > wanted, middle, low), np.where(defect > wanted, high, middle)
    return np.asarray(x), np.asarray(u)
