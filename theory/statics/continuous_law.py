"""Laws of the overlap that are continuous on an interval, for which everything has a closed form."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from spinglass._common.types import Array
from theory.covariance import Covariance
from theory.statics.overlap_law import GRID, GRID_RESTS, scale_of_criterion


@dataclass(frozen=True)
class ContinuousLaw:
    r"""Law of the overlap with :math:`\hat x(q) = \int_q^1 x = T \nu''(q)^{-1/2}` between its ends.

    There :math:`x(q) = P(\text{overlap} \le q) = T \nu'''(q) / (2 \nu''(q)^{3/2})`. Below the lower end, x is 0, and
    from the upper end on it is 1.

    Attributes
    ----------
    nu : Covariance
        Covariance function of the model.
    temperature : float
        Temperature.
    lower, overlap : float
        Ends of the interval.
    rest : float
        One minus the upper end.
    """

    nu: Covariance
    temperature: float
    lower: float
    overlap: float
    rest: float
    phase: str = "continuous"

    @property
    def breakpoint(self) -> float:
        """The probability of all overlaps below the largest."""
        return float(self.at(np.array(self.overlap)))

    def at(self, q: Array) -> Array:
        """Return x at overlaps between the ends."""
        return np.asarray(self.temperature * self.nu(q, 3) / (2 * self.nu(q, 2) ** 1.5))

    def excess(self) -> float:
        """Return how much the optimality criterion is violated; at most 0, up to rounding, for the true law."""
        x = self.at(np.linspace(self.lower, self.overlap, 257))
        # x is of order T, so that it falls by little at low temperatures even where it is no distribution.
        falls = max(float((x[:-1] - x[1:]).max()) / max(float(x.max()), 1e-300), float(x[-1]) - 1.0)
        return max(falls, self.gap() / scale_of_criterion(self.temperature, self.nu))

    def gap(self) -> float:
        """Return the bound of :meth:`OverlapLaw.gap`; between the ends the function G is constant."""
        T, nu, wide = self.temperature, self.nu, self.temperature * float(self.nu(self.lower, 2)) ** -0.5
        below, above = self.lower > GRID, self.overlap < GRID
        s, t, rest = GRID[below], GRID[above], GRID_RESTS[above]
        before = (nu(s) - nu(self.lower)) / T**2 - (s**2 - self.lower**2) / (2 * wide**2)
        load = float(nu(self.overlap, 1)) / T**2 - 1 / self.rest
        after = (nu(t) - nu(self.overlap)) / T**2 - load * (self.rest - rest) - np.log(self.rest / rest)
        return max(float(np.max(part, initial=0.0)) for part in (before, after))

    def energies(self) -> tuple[float, float, float]:
        """Return free energy, energy and entropy per spin."""
        T, nu, lower, upper = self.temperature, self.nu, self.lower, self.overlap
        root = float(quad(lambda q: math.sqrt(nu(q, 2)), lower, upper, epsabs=0.0, epsrel=1e-13)[0])
        wide = T * float(nu(lower, 2)) ** -0.5
        inside = wide * float(nu(lower, 1)) - self.rest * float(nu(upper, 1)) + T * root
        kept = float(nu.missing(self.rest)) + inside
        volume = lower / wide + root / T + math.log(self.rest)
        energy, entropy = -kept / T, (volume - kept / T / T) / 2
        return energy - T * entropy, energy, entropy


def continuous_law(T: float, nu: Covariance) -> ContinuousLaw | None:
    """Return the law that is continuous from the point where ``nu' = q nu''`` to that where ``T^2 = nu'' (1-q)^2``.

    Return None if there is no such interval. The lower end is 0 without a field.
    """
    lower = instability_overlap(nu) if nu.has_field else 0.0
    if lower is None or float(nu(lower, 2)) * (1 - lower) ** 2 <= T**2:
        return None

    def surplus(y: float) -> float:
        return float(nu(-math.expm1(-y), 2)) * math.exp(-2 * y) - T**2

    start = -math.log1p(-lower)
    # The function is positive at the start, and negative where 1 - q = T / sqrt(nu''(1)).
    end = start + math.log(2.0 + math.sqrt(float(nu(1.0, 2))) / T)
    y = float(brentq(surplus, start, end, xtol=1e-300, rtol=1e-15))
    return ContinuousLaw(nu, T, lower, -math.expm1(-y), math.exp(-y))


def instability_overlap(nu: Covariance) -> float | None:
    """Return the overlap with ``nu'(q) = q nu''(q)``, at which replica symmetry becomes unstable in a field.

    The difference is a sum of ``p (2-p) a_p^2 q^(p-1)``: positive at 0 in a field, and then decreasing. Return None if
    it has no zero below 1.
    """

    def difference(q: float) -> float:
        return float(nu(q, 1) - q * nu(q, 2))

    if difference(1.0) >= 0.0:
        return None
    return float(brentq(difference, 0.0, 1.0, xtol=1e-300, rtol=1e-15))
