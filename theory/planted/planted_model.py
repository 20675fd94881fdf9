r"""The law of energy, gradient and Hessian of a spherical spin glass with a planted signal at one point of the sphere.

The energy is that of the glass minus ``n s(m)``, ``s(m) = sum_k lambda_k m^k``, at overlap ``m = x.v/n`` with the fixed
point v. With derivatives of nu at 1, and u_0 and zeta_0 the energy per spin and the radial derivative ``x.grad/n`` of
the glass alone:

* The gradient along the sphere is ``-s'(m)`` times the tangential part of v, of squared length ``n (1 - m^2)``, plus
  independent normal numbers of variance nu'.
* (u_0, zeta_0) is independent of it, with variances ``nu/n``, ``(nu' + nu'')/n`` and covariance ``nu'/n``.
* The Hessian along the sphere is ``G - (zeta_0 - m s'(m)) I - s''(m) (1 - m^2) e e^T``, with e the direction of v's
  tangential part, and G an independent GOE matrix of off-diagonal variance ``nu''/n``.
"""

import math
from dataclasses import dataclass
from typing import Any

from theory.arguments import Model, Signal, signal_terms
from theory.covariance import Covariance, sum_of_powers
from theory.large_n.radial_law import RadialLaw

# Stronger signals leave points at overlaps that floats do not distinguish from 1.
_STEEPEST = 1e6


@dataclass(frozen=True)
class PlantedModel:
    """A glass with a signal, in units of energy in which ``nu'(1) = 1``.

    Attributes
    ----------
    scale : float
        The unit of energies.
    value, second : float
        ``nu(1)`` and ``nu''(1)``.
    free : float
        n times the variance of the energy per spin given the radial derivative; 0 for a pure model.
    terms : tuple of (int, float)
        Orders and strengths of the signal.
    """

    scale: float
    value: float
    second: float
    free: float
    terms: tuple[tuple[int, float], ...]

    @classmethod
    def of(cls, H: Model, signal: Signal) -> "PlantedModel":
        """Check and return the model; see :func:`theory.mean_planted_points` for the arguments."""
        nu, scale = Covariance.with_scale(H)
        law = RadialLaw.of(H)
        terms = tuple((k, strength / scale) for k, strength in signal_terms(signal) if strength != 0.0)
        slope = sum(k * abs(strength) for k, strength in terms)
        if slope > _STEEPEST:
            raise ValueError(
                f"the signal {dict(signal)} is too strong next to the glass: sum_k k |lambda_k| may be up to "
                f"{_STEEPEST:g} sqrt(nu'(1)), {_STEEPEST * scale:g} here, not {slope * scale:g}"
            )
        return cls(scale, float(nu(1.0)), law.second, law.variance, terms)

    @property
    def energy_slope(self) -> float:
        """The mean energy per spin of the glass given its radial derivative, over the latter."""
        return 1.0 / (1.0 + self.second)

    @property
    def radius(self) -> float:
        """Radius of the spectrum of G at large n, ``2 sqrt(nu'')``."""
        return 2.0 * math.sqrt(self.second)

    def signal(self, m: Any, derivative: int = 0) -> Any:
        """Return s or a derivative at overlaps m."""
        return sum_of_powers(self.terms, m, derivative)

    def rank_one(self, m: Any, rest: Any) -> Any:
        """Return ``s''(m) (1 - m^2)``, the strength of the rank-one term, given ``rest = 1 - m^2``."""
        return self.signal(m, 2) * rest
