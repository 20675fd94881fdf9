"""Laws of the overlap with one step, the stationary ones of a glass, and the test of whether one is the right one."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from theory.arguments import Floats
from theory.covariance import Covariance

# Overlaps are searched by -log(1 - q), in which cold and warm are alike far apart.
_EXPONENTS = np.concatenate([np.geomspace(1e-4, 0.05, 200), np.linspace(0.05, 36.0, 3600)])


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
        support.
        """
        points = -np.expm1(-_EXPONENTS)
        best = self._criterion(np.array([self.lower, self.overlap]), T, nu)
        scale = 1.0 + float(nu(1.0)) / T**2
        return float(max(self._criterion(points, T, nu).max(), best.max()) - best.min()) / scale

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
    """Yield the laws of one value: 0 without a field, and the solutions of ``nu'(q) / T^2 = q / (1-q)^2``."""

    def balance(y: Floats) -> Floats:
        q, rest = -np.expm1(-y), np.exp(-y)
        return np.asarray(nu(q, 1) * rest**2 - T**2 * q)

    for y in _zeros(balance):
        q = -math.expm1(-y)
        yield OverlapLaw(q, q, math.exp(-y), 1.0)
    if not nu.has_field:
        yield OverlapLaw(0.0, 0.0, 1.0, 1.0)


def candidates_in_one_step(T: float, nu: Covariance) -> Iterator[OverlapLaw]:
    r"""Yield the laws of overlaps 0 and q that are stationary in q and the breakpoint m.

    With :math:`x = (1-q)/(1-q+mq)` the two conditions are :math:`T^2 = \nu'(q) (1-q)^2 / (q x)` and
    :math:`x (x - 1 - \log x)/(1-x)^2 = \nu(q)/(q \nu'(q))`, Crisanti and Sommers' (4.11) and (4.12).
    """

    def mismatch(y: Floats) -> Floats:
        q, rest = -np.expm1(-y), np.exp(-y)
        return np.asarray(nu(q, 1) * rest**2 / (q * _ratios(q, nu)) - T**2)

    for y in _zeros(mismatch):
        q, rest = -math.expm1(-y), math.exp(-y)
        x = float(_ratios(np.array([q]), nu)[0])
        m = rest * (1 - x) / (q * x)
        if 0 < m <= 1:
            yield OverlapLaw(0.0, q, rest, m)


def _zeros(function: Callable[[Floats], Floats]) -> list[float]:
    values = function(_EXPONENTS)
    left = np.flatnonzero(np.sign(values[:-1]) != np.sign(values[1:]))

    def one(y: float) -> float:
        return float(function(np.array([y]))[0])

    return [float(brentq(one, _EXPONENTS[i], _EXPONENTS[i + 1], xtol=1e-15, rtol=1e-14)) for i in left]


def _ratios(q: Floats, nu: Covariance) -> Floats:
    """Solve ``x (x - 1 - log x) / (1-x)^2 = nu(q) / (q nu'(q))`` for x in (0, 1), by bisection in log x."""
    below = q * nu(q, 1)
    # Where high orders underflow, the lowest one is all there is.
    known = below > np.finfo(np.float64).tiny
    wanted = np.where(known, nu(q), 1.0) / np.where(known, below, float(nu.squares[0][0]))
    low, high = np.full(q.shape, -40.0), np.zeros(q.shape)
    for _ in range(60):
        middle = (low + high) / 2
        x, missing = np.exp(middle), -np.expm1(middle)
        # Near 1 the ratio is 1/2 - (1-x)/6 - ...: its terms cancel there.
        near = 0.5 - missing / 6 - missing**2 / 12
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(missing < 1e-4, near, x * (-missing - middle) / missing**2)
        smaller = ratio < wanted
        low, high = np.where(smaller, middle, low), np.where(smaller, high, middle)
    return np.asarray(np.exp((low + high) / 2))
