"""Laws of the overlap with finitely many values: the stationary ones of a model, and the criterion for the true one."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy.optimize import brentq

from spinglass._common.types import Array
from theory.covariance import Covariance
from theory.statics.log_remainder import log_remainder

# Overlaps are searched on a grid in -log(1 - q), which resolves both q near 0 and q near 1.
_EXPONENTS = np.concatenate(
    [np.geomspace(1e-250, 1e-4, 500)[:-1], np.geomspace(1e-4, 0.05, 200), np.arange(0.06, 36.0, 0.01)]
)
GRID, GRID_RESTS = -np.expm1(-_EXPONENTS), np.exp(-_EXPONENTS)
# 1/((k+2)(k+3)), highest power first. Below u = 0.1 the omitted terms are below 1e-18; above it few digits cancel.
_DEFECTS = np.array([1.0 / ((k + 2) * (k + 3)) for k in range(16, -1, -1)])
# Relative amount by which rounding may violate the criterion.
ROUNDING = 1e-12
_PHASES = ("replica symmetric", "one step", "two steps", "three steps")


@dataclass(frozen=True, eq=False)
class OverlapLaw:
    r"""Law of the overlap of two replicas that has finitely many values.

    With :math:`x(q) = P(\text{overlap} \le q)` and :math:`\hat x(q) = \int_q^1 x`, the law is the true one if
    :math:`G(s) = \int_0^s \left[\beta^2 \nu'(t) - \int_0^t \hat x(u)^{-2} du\right] dt` is maximal on its values.

    Attributes
    ----------
    overlaps : array, shape (k,)
        The values, in ascending order.
    rests : array, shape (k,)
        One minus the values.
    cumulative : array, shape (k,)
        Probability of the values up to each one; the last is 1.
    phase : str
        The kind of replica symmetry breaking. By default it follows from the number of values.
    """

    overlaps: Array
    rests: Array
    cumulative: Array
    phase: str = ""

    def __post_init__(self) -> None:
        steps = self.overlaps.size - 1
        if not self.phase:
            object.__setattr__(self, "phase", _PHASES[steps] if steps < len(_PHASES) else f"{steps} steps")

    @classmethod
    def of(cls, overlaps: list[float], rests: list[float], cumulative: list[float]) -> "OverlapLaw":
        """Return the law with these values."""
        return cls(np.array(overlaps), np.array(rests), np.array(cumulative))

    @property
    def overlap(self) -> float:
        """The largest overlap."""
        return float(self.overlaps[-1])

    @property
    def lower(self) -> float:
        """The smallest overlap."""
        return float(self.overlaps[0])

    @property
    def breakpoint(self) -> float:
        """The probability of all overlaps below the largest; 1 if there is only one."""
        return float(self.cumulative[-2]) if self.cumulative.size > 1 else 1.0

    @cached_property
    def _gaps(self) -> Array:
        """Return the distances of successive values, from the smaller of q and 1 - q."""
        return np.where(self.overlaps[1:] < 0.5, np.diff(self.overlaps), -np.diff(self.rests))

    @cached_property
    def _wide(self) -> Array:
        """Return the integral of x from each value to 1."""
        parts = self.cumulative[:-1] * self._gaps
        return np.asarray(self.rests[-1] + np.append(np.cumsum(parts[::-1])[::-1], 0.0))

    @cached_property
    def _pieces(self) -> tuple[Array, Array, Array, Array, Array]:
        """Return where x changes, x and its integral to 1 from there, and the integrals of G that end there."""
        starts, x = np.append(0.0, self.overlaps), np.append(0.0, self.cumulative)
        wide = np.append(self._wide[0], self._wide)
        lengths = np.append(self.overlaps[0], self._gaps)
        loads = np.append(0.0, np.cumsum(lengths / (wide[:-1] * wide[1:])))
        double = loads[:-1] * lengths + _second(lengths, x[:-1], wide[:-1])
        return starts, x, wide, loads, np.append(0.0, np.cumsum(double))

    def slope(self, T: float, nu: Covariance) -> Array:
        """Return the derivative of G at the values, which is 0 for a stationary law."""
        return np.asarray(nu(self.overlaps, 1) / T**2 - self._pieces[3][1:])

    def criterion(self, s: Array, rest: Array, T: float, nu: Covariance) -> Array:
        """Return G at overlaps s below 1, with ``rest = 1 - s``."""
        starts, x, wide, loads, double = self._pieces
        piece = np.searchsorted(starts, s, side="right") - 1
        after = s - starts[piece]
        # Close to q = 1, where the integral of x is 1 - q, the digits of the latter are needed.
        close = rest < self.rests[-1] / 2
        inner = _second(np.where(close, 0.0, after), x[piece], wide[piece])
        inner = np.where(close, np.log(self.rests[-1] / rest) - after / self.rests[-1], inner)
        return np.asarray(nu(s) / T / T - double[piece] - loads[piece] * after - inner)

    def _highest(self, T: float, nu: Covariance) -> tuple[float, Array]:
        """Return the maximum of G over the grid and the values, and G at the values."""
        values = self.criterion(self.overlaps, self.rests, T, nu)
        return max(float(self.criterion(GRID, GRID_RESTS, T, nu).max()), float(values.max())), values

    def gap(self, T: float, nu: Covariance) -> float:
        r"""Return a bound on how far :math:`-2 \beta f` of this law is above its minimum over all laws.

        The functional is convex, with derivative -G in the law, so the bound is the maximum of G minus its mean.
        """
        highest, values = self._highest(T, nu)
        return max(highest - float(np.diff(self.cumulative, prepend=0.0) @ values), 0.0)

    def excess(self, T: float, nu: Covariance) -> float:
        """Return how much the optimality criterion is violated; at most 0, up to rounding, for the true law.

        A necessary condition is ``G'' <= 0`` at the values, the stability condition of de Almeida and Thouless.
        """
        highest, values = self._highest(T, nu)
        bends = nu(self.overlaps, 2) * (self._wide / T) ** 2 - 1
        return max((highest - float(values.min())) / scale_of_criterion(T, nu), float(bends.max()))

    def energies(self, T: float, nu: Covariance) -> tuple[float, float, float]:
        """Return free energy, energy and entropy per spin."""
        steps = float(self.cumulative[:-1] @ np.diff(nu(self.overlaps)))
        kept = float(nu.missing(self.rests[-1])) + steps
        energy, entropy = -kept / T, (self._volume() - kept / T / T) / 2
        return energy - T * entropy, energy, entropy

    def _volume(self) -> float:
        r"""Return :math:`q_0 / \hat x(q_0) + \int_{q_0}^{q_k} dq / \hat x + \log(1 - q_k)`.

        The terms of first order in the overlaps cancel, so at small overlaps they are removed.
        """
        wide, x, gaps, q = self._wide, self.cumulative[:-1], self._gaps, self.overlap
        if q > 0.5:
            pieces = np.log(wide[:-1] / wide[1:]) / x
            return float(self.lower / wide[0] + pieces.sum() + math.log(self.rests[-1]))
        missing = self.overlaps + np.append(np.cumsum(((1 - x) * gaps)[::-1])[::-1], 0.0)
        share = missing / wide
        second = _second(gaps, x, wide[:-1])
        return float(self.lower * share[0] + gaps @ share[:-1] + x @ second - q * q * float(log_remainder(np.array(q))))


def scale_of_criterion(T: float, nu: Covariance) -> float:
    """Return the scale of values of G, of which rounding is a fraction."""
    return 1.0 + float(nu(1.0)) / T**2


def _second(length: Array, x: Array, wide: Array) -> Array:
    """Return the double integral of ``xhat^-2`` over a length on which x is constant."""
    return np.asarray((length / wide) ** 2 * log_remainder(x * length / wide))


REPLICA_SYMMETRIC_AT_ZERO = OverlapLaw.of([0.0], [1.0], [1.0])


def replica_symmetric(T: float, nu: Covariance) -> Iterator[OverlapLaw]:
    """Yield the laws with a single overlap q above 0: the solutions of ``nu'(q) / T^2 = q / (1-q)^2``."""

    def balance(y: Array) -> Array:
        q, rest = -np.expm1(-y), np.exp(-y)
        return np.asarray(nu(q, 1) * rest**2 - T**2 * q)

    for y in _zeros(balance):
        yield OverlapLaw.of([-math.expm1(-y)], [math.exp(-y)], [1.0])


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
            yield OverlapLaw.of([0.0, q], [1.0, rest], [min(m, 1.0), 1.0])


def _squared_temperature(y: Array, x: Array, nu: Covariance) -> Array:
    q, rest = -np.expm1(-y), np.exp(-y)
    return np.asarray(nu(q, 1) / q * rest**2 / x)


@lru_cache(maxsize=8)
def _ratios_on_grid(nu: Covariance) -> Array:
    return _ratios(GRID, nu)[0]


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
