"""The number of critical points at large n by energy and radial derivative, which shifts the Hessian's spectrum."""

import math
from dataclasses import dataclass

import numpy as np

from spinglass._common.types import Array
from theory.arguments import Model
from theory.covariance import Covariance


@dataclass(frozen=True)
class RadialLaw:
    r"""Growth rate of the mean number of critical points at energy u and radial derivative ``-2 sqrt(nu'') z``.

    .. math:: S(u, z) = \tfrac12\log\frac{\nu''}{\nu'} - a z^2 - \frac{(u + m z)^2}{2V} - J(z), \qquad
              J(z) = z\sqrt{z^2-1} - \log(z + \sqrt{z^2-1}) \text{ for } z \ge 1

    The Hessian is a GOE matrix of radius ``2 sqrt(nu'')`` shifted by ``2 sqrt(nu'') z``: its spectrum is positive for
    z > 1 and marginal for z = 1. For z < 1 there is no J, and most points are saddles of extensive index.

    Attributes
    ----------
    scale : float
        Unit of energies and Hessians, in which ``nu'(1) = 1``; all other attributes are in this unit.
    second : float
        ``nu''(1)``.
    variance : float
        V, n times the variance of the energy per spin given z; 0 for a pure model.
    """

    scale: float
    second: float
    variance: float

    @classmethod
    def of(cls, H: Model) -> "RadialLaw":
        """Return the law of a model."""
        nu, scale = Covariance.with_scale(H)
        second = float(nu(1.0, 2))
        if second < 1e-200:
            raise ValueError(f"the terms of order 2 and above are too small next to the field in {H!r}; reduce it")
        # nu (nu'+nu'') - nu'^2, written without cancellation.
        spread = sum(s * t * (p - q) ** 2 for p, s in nu.squares for q, t in nu.squares if p < q)
        return cls(scale, second, spread / (1.0 + second))

    @property
    def bend(self) -> float:
        """The coefficient a of ``z^2``."""
        return (self.second - 1.0) / (self.second + 1.0)

    @property
    def slope(self) -> float:
        """The coefficient m: the mean energy per spin given z is ``-m z``."""
        return 2.0 * math.sqrt(self.second) / (1.0 + self.second)

    @property
    def radius(self) -> float:
        """Radius of the spectrum, in units of the model: ``scale`` times ``2 sqrt(nu'')``."""
        return 2.0 * self.scale * math.sqrt(self.second)

    def growth(self, u: Array, z: Array) -> Array:
        """Return S at energies per spin u, in units of ``scale``, and z >= 1, for a mixture."""
        level = 0.5 * math.log(self.second) - self.bend * z * z
        return np.asarray(level - edge_rate(z) - (u + self.slope * z) ** 2 / (2.0 * self.variance))

    def most_numerous(self, u: Array) -> Array:
        """Return the z >= 1 of the most numerous minima at energies u, in units of ``scale``."""
        if self.variance == 0.0:
            return np.asarray(np.maximum(-u / self.slope, 1.0))
        # The derivative of S vanishes where pull - stiffness z = push sqrt(z^2 - 1).
        narrow = self.variance / self.slope**2
        stiffness, pull, push = 1.0 + 2.0 * self.bend * narrow, -u / self.slope, 2.0 * narrow
        outside = np.maximum(pull, stiffness)
        root = np.sqrt((outside - stiffness) * (outside + stiffness) + push**2)
        z = (outside**2 + push**2) / (stiffness * outside + push * root)
        return np.asarray(np.where(pull > stiffness, np.maximum(z, 1.0), 1.0))


def edge_rate(z: Array) -> Array:
    """Return J(z), the rate at which the smallest eigenvalue of a GOE matrix is -z radii; 0 for z <= 1."""
    excess = np.maximum(z - 1.0, 0.0)
    root = np.sqrt(excess) * np.sqrt(2.0 + excess)
    return np.asarray((1.0 + excess) * root - np.log1p(excess + root))
