"""Order parameters at zero temperature, their energies, and rigorous bounds on the ground-state energy.

Overlaps q are stored as ``rest = 1 - q``, so that those close to 1 keep their digits.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spinglass._common.types import Array
from theory.covariance import Covariance
from theory.statics.log_remainder import log_remainder

# Initial grid of the bound between jumps: equidistant in q, then geometric towards q = 1.
_RESTS = np.concatenate([np.linspace(1.0, 0.06, 48), np.geomspace(0.05, 1e-9, 90), [0.0]])
_MOST_CELLS = 200_000


@dataclass(frozen=True)
class OrderParameter:
    r"""Order parameter :math:`\delta(q) = \chi + \sum_k w_k \min(1 - q, 1 - q_k)` with finitely many jumps.

    The functional is :math:`\nu'(0)\delta(0) + \int_0^1 [\nu''\delta + 1/\delta] + \text{price} \sum_k w_k`. With
    :math:`f(q) = \nu'(q) - \int_0^q \delta^{-2}` and :math:`g(q) = \int_q^1 f + \text{price}`, its derivative in the
    weight of a jump at q is ``g(q)`` and that in chi is ``f(1)``. At the minimum ``f(1) = 0`` and ``g >= 0``, with
    ``g = 0`` at the jumps.

    Attributes
    ----------
    nu : Covariance
        Covariance function of the model.
    rests : array, shape (k,)
        ``1 - q_k`` of the jumps, in descending order.
    jumps : array, shape (k,)
        Weights ``w_k`` of the jumps.
    chi : float
        Value of delta at q = 1.
    price : float
        Price of a unit of weight; default 0.
    """

    nu: Covariance
    rests: Array
    jumps: Array
    chi: float
    price: float = 0.0

    @cached_property
    def _starts(self) -> Array:
        """Return 1 - q at the starts of the pieces on which delta is linear."""
        return self.rests if self.rests.size and self.rests[0] == 1.0 else np.append(1.0, self.rests)

    @cached_property
    def _ends(self) -> Array:
        return np.append(self._starts[1:], 0.0)

    @cached_property
    def slopes(self) -> Array:
        """The value of gamma on each piece."""
        steps = np.cumsum(self.jumps)
        return steps if steps.size == self._starts.size else np.append(0.0, steps)

    @cached_property
    def _at_ends(self) -> Array:
        """Return delta at the ends of the pieces."""
        falls = self.slopes * (self._starts - self._ends)
        return self.chi + np.append(np.cumsum(falls[::-1])[::-1][1:], 0.0)

    @cached_property
    def _at_starts(self) -> Array:
        return self._at_ends + self.slopes * (self._starts - self._ends)

    @cached_property
    def _loads(self) -> Array:
        """Return the integrals of ``delta^-2`` from 0 to the start of each piece, and from 0 to 1."""
        pieces = (self._starts - self._ends) / (self._at_starts * self._at_ends)
        return np.append(0.0, np.cumsum(pieces))

    @cached_property
    def _ahead(self) -> Array:
        """Return the integral of ``int_0^q delta^-2`` from the end of each piece to 1."""
        pieces = self._double(self._starts, np.arange(self._starts.size), self._at_starts)
        return np.append(np.cumsum(pieces[::-1])[::-1][1:], 0.0)

    def _double(self, rest: Array, piece: np.ndarray, delta: Array) -> Array:
        """Return the integral of ``int_0^q delta^-2`` from ``rest`` to the end of its piece."""
        left, slope = rest - self._ends[piece], self.slopes[piece]
        load = self._loads[piece] + (self._starts[piece] - rest) / (self._at_starts[piece] * delta)
        return np.asarray(load * left + (left / delta) ** 2 * log_remainder(slope * left / delta))

    @property
    def inverse(self) -> float:
        r"""The integral :math:`\int_0^1 1/\delta`."""
        ratio = self.slopes * (self._starts - self._ends) / self._at_ends
        mean = np.where(ratio > 0, np.log1p(ratio) / np.where(ratio > 0, ratio, 1.0), 1.0)
        return float(np.sum((self._starts - self._ends) / self._at_ends * mean))

    @property
    def value(self) -> float:
        """The value of the functional."""
        linear = float(self.jumps @ (self.nu.missing(self.rests) + self.price))
        return float(self.nu(1.0, 1)) * self.chi + linear + self.inverse

    @property
    def chi_derivative(self) -> float:
        """The derivative of the functional in chi, ``f(1)``."""
        return float(self.nu(1.0, 1)) - float(self._loads[-1])

    def at(self, rest: Array) -> tuple[Array, Array, Array, Array]:
        """Return ``g``, ``f``, ``delta^-2`` and the part ``int_q^1 int_0^s delta^-2`` of ``g`` at overlaps 1 - rest."""
        piece = np.maximum(np.searchsorted(-self._starts, -rest, side="right") - 1, 0)
        delta = self._at_ends[piece] + self.slopes[piece] * (rest - self._ends[piece])
        load = self._loads[piece] + (self._starts[piece] - rest) / (self._at_starts[piece] * delta)
        ahead = self._ahead[piece] + self._double(rest, piece, delta)
        return self.nu.missing(rest) + self.price - ahead, self.nu(1 - rest, 1) - load, delta**-2, ahead

    def bound(self, violation: float) -> float:
        """Return a lower bound on the minimum of the functional, given ``g + violation * ahead >= 0`` at all overlaps.

        It follows from ``1/d >= 2y - y^2 d``, which holds for every positive y, with y the multiple of 1/delta that
        satisfies the dual condition.
        """
        return 2 * self.inverse * float(np.sqrt(max(1.0 - violation, 0.0)))

    def violation(self, tolerance: float) -> float:
        """Return an upper bound on ``-g / ahead`` over all overlaps, at most ``tolerance`` or twice the best bound.

        Between two overlaps ``g''`` is at least ``delta^-2`` at the lower one minus ``nu''`` at the upper one, because
        both increase with the overlap. The parabolas of that curvature through either end therefore lie below g.
        """
        rests = np.unique(np.append(self._starts, _RESTS))[::-1]
        high, low = rests[:-1], rests[1:]
        worst = 0.0
        while True:
            ratio, sampled = self._lower_bounds(high, low)
            least = max(tolerance, 2 * sampled)
            middle = (high + low) / 2
            split = (ratio > least) & (middle < high) & (middle > low)
            worst = max(worst, float(np.max(ratio[~split], initial=0.0)))
            if not split.any() or 2 * split.sum() > _MOST_CELLS:
                return max(worst, float(np.max(ratio, initial=0.0)))
            high, low = np.append(high[split], middle[split]), np.append(middle[split], low[split])

    def _lower_bounds(self, high: Array, low: Array) -> tuple[Array, float]:
        """Return the bound on ``-g / ahead`` in each cell, and the largest value at the ends of cells."""
        width = high - low
        g, f, square, ahead = self.at(high)
        g_end, f_end, _, ahead_end = self.at(low)
        bend = square - self.nu(1 - low, 2)
        lowest = np.maximum(_lowest(g, -f, bend, width), _lowest(g_end, f_end, bend, width))
        last = low == 0.0
        ratio = np.maximum(-lowest, 0.0) / np.where(last, 1.0, ahead_end)
        # Next to q = 1, (g - price) / (1 - q) is a mean of f, and ahead / (1 - q) is a mean of int_0^q delta^-2.
        mean = f_end - np.maximum(-bend, 0.0) * high / 2
        load = np.where(last, self.nu(1 - high, 1) - f, 1.0)
        ratio = np.where(last, np.maximum(-mean, 0.0) / np.where(load > 0, load, np.finfo(float).tiny), ratio)
        return ratio, float(np.max(-g / ahead, initial=0.0))

    def deepest(self) -> tuple[Array, Array]:
        """Return the local minima of ``g / ahead`` that a search finds, as 1 - q and the ratio there."""
        rests = np.unique(np.append(self._starts, _RESTS))[::-1]
        gaps = rests[:-1] - rests[1:]
        # More points, so that pieces shorter than the spacing of the grid are searched.
        rests = np.unique(np.concatenate([rests[:-1], rests[:-1] - gaps / 3, rests[:-1] - gaps / 1.5]))[::-1]
        g, _, _, ahead = self.at(rests)
        ratio = np.concatenate([[np.inf], g / ahead, [np.inf]])
        lowest = np.flatnonzero((ratio[1:-1] <= ratio[:-2]) & (ratio[1:-1] <= ratio[2:]))
        high, low = np.append(1.0, rests)[lowest], np.append(rests, 0.0)[lowest + 1]
        parts = np.linspace(0.0, 1.0, 9)[:, None]
        columns = np.arange(lowest.size)
        for _ in range(9):  # each round reduces the interval to a quarter
            inside = high - (high - low) * parts
            g, _, _, ahead = self.at(inside[1:-1].ravel())
            best = 1 + np.argmin((g / ahead).reshape(7, -1), axis=0)
            high, low = inside[best - 1, columns], inside[best + 1, columns]
        middle = (high + low) / 2
        g, _, _, ahead = self.at(middle)
        # A point of the grid, such as q = 0, is kept if it is as good.
        better = g / ahead < ratio[1:-1][lowest] - 1e-14
        return np.where(better, middle, rests[lowest]), np.where(better, g / ahead, ratio[1:-1][lowest])


def _lowest(value: Array, slope: Array, bend: Array, width: Array) -> Array:
    """Return the least value on [0, width] of parabolas given by value, slope and second derivative at 0."""
    inside = np.clip(np.where(bend > 0, -slope / np.where(bend > 0, bend, 1.0), 0.0), 0.0, width)
    at_inside, at_end = (value + x * (slope + bend * x / 2) for x in (inside, width))
    return np.asarray(np.minimum(np.minimum(value, at_inside), at_end))
