"""Laws of the overlap with one step, the stationary ones of a glass, and the test of whether one is the right one."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from theory.arguments import Floats
from theory.covariance import Covariance

# Overlaps are searched by -log(1 - q), in which cold and warm are alike far apart.
_EXPONENTS = np.concatenate(
    [np.geomspace(1e-250, 1e-4, 500)[:-1], np.geomspace(1e-4, 0.05, 200), np.arange(0.06, 36.0, 0.01)]
)
# 1/((k+2)(k+3)), highest power first; below u = 0.1 what is left out is below 1e-18, above it few digits cancel.
_DEFECTS = np.array([1.0 / ((k + 2) * (k + 3)) for k in range(16, -1, -1)])
# By how much the criterion may be missed by rounding, as a share.
ROUNDING = 1e-12


@dataclass(frozen=True)
class OverlapLaw:
    """Overlap ``lower`` with probability ``breakpoint``, else ``overlap = 1 - rest``."""

    lower: float
    overlap: float
    rest: float
    breakpoint: float

    def excess(self, T: float, nu: Covariance) -> float:
        r"""Return by how much the optimality criterion is missed; at most 0, up to rounding, for the true law.

        With :math:`\hat x(t) = \int_t^1 P(\text{overlap} \le s) ds` the function
        :math:`G(s) = \int_0^s \left[\beta^2 \nu'(t) - \int_0^t \hat x(u)^{-2} du\right] dt` is largest on the law's
        support, which it can only be where it bends downwards there: ``G'' <= 0``, the stability of de Almeida and
        Thouless.
        """
        points = -np.expm1(-_EXPONENTS)
        best = self._criterion(np.array([self.lower, self.overlap]), T, nu)
        scale = 1.0 + float(nu(1.0)) / T**2
        missed = float(max(self._criterion(points, T, nu).max(), best.max()) - best.min()) / scale
        wide = self.rest + self.breakpoint * (self.overlap - self.lower)
        bends = (nu(q, 2) * (width / T) ** 2 - 1 for q, width in ((self.lower, wide), (self.overlap, self.rest)))
        return max(missed, *(float(bend) for bend in bends))

    def _criterion(self, s: Floats, T: float, nu: Covariance) -> Floats:
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
    """Yield the laws of one value above 0: the solutions of ``nu'(q) / T^2 = q / (1-q)^2``."""

    def balance(y: Floats) -> Floats:
        q, rest = -np.expm1(-y), np.exp(-y)
        return np.asarray(nu(q, 1) * rest**2 - T**2 * q)

    for y in _zeros(balance):
        q = -math.expm1(-y)
        yield OverlapLaw(q, q, math.exp(-y), 1.0)


def candidates_in_one_step(T: float, nu: Covariance) -> Iterator[OverlapLaw]:
    r"""Yield the laws of overlaps 0 and q that are stationary in q and the breakpoint m.

    With :math:`x = (1-q)/(1-q+mq)` the two conditions are :math:`T^2 = \nu'(q) (1-q)^2 / (q x)` and
    :math:`x (x - 1 - \log x)/(1-x)^2 = \nu(q)/(q \nu'(q))`, Crisanti and Sommers' (4.11) and (4.12).
    """

    def mismatch(y: Floats) -> Floats:
        x = _ratios(-np.expm1(-y), nu)[0] if y.size == 1 else _ratios_on_grid(nu)
        return _squared_temperature(y, x, nu) - T**2

    for y in _zeros(mismatch):
        q, rest = -math.expm1(-y), math.exp(-y)
        x, missing = (float(side[0]) for side in _ratios(np.array([q]), nu))
        m = rest * missing / (q * x)
        if 0 < m <= 1 + ROUNDING:
            yield OverlapLaw(0.0, q, rest, min(m, 1.0))


def _squared_temperature(y: Floats, x: Floats, nu: Covariance) -> Floats:
    q, rest = -np.expm1(-y), np.exp(-y)
    return np.asarray(nu(q, 1) / q * rest**2 / x)


@lru_cache(maxsize=8)
def _ratios_on_grid(nu: Covariance) -> Floats:
    return _ratios(-np.expm1(-_EXPONENTS), nu)[0]


def _zeros(function: Callable[[Floats], Floats]) -> list[float]:
    values = function(_EXPONENTS)
    left = np.flatnonzero(np.sign(values[:-1]) != np.sign(values[1:]))

    def one(z: float) -> float:
        return float(function(np.array([math.exp(z)]))[0])

    # In the logarithm, so that small overlaps have their digits too.
    logs = np.log(_EXPONENTS)
    return [math.exp(brentq(one, logs[i], logs[i + 1], xtol=1e-16, rtol=1e-15)) for i in left]


def _ratios(q: Floats, nu: Covariance) -> tuple[Floats, Floats]:
    """Solve ``x (x - 1 - log x) / (1-x)^2 = nu(q) / (q nu'(q))`` and return x and 1 - x, by bisection of their ratio.

    Both sides are taken from 1/2: the left one is ``u sum_k u^k / ((k+2)(k+3))`` at u = 1 - x, the right one a share of
    the terms of orders above 2, so that nothing cancels where q and u are small.
    """
    # Powers relative to the lowest order, as high ones underflow.
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
        # log x from whichever of the two is small.
        defect = np.where(u < 0.1, near, 0.5 - x * (np.log1p(np.exp(-middle)) - u) / far**2)
        low, high = np.where(defect > wanted, middle, low), np.where(defect > wanted, high, middle)
    return np.asarray(x), np.asarray(u)
