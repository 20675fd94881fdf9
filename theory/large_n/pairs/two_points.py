r"""The Gaussian law of a landscape at two points of given overlap, given that both gradients vanish.

Let x.y = n q and s^2 = 1 - q^2. At each point take the energy per spin u, the radial derivative zeta = x.grad/n, and
the gradient g along the unit tangent vector e towards the other point. All covariances follow from n nu(x.y/n). For the
sums (+) and differences (-) of the two points, over sqrt 2, and with derivatives of nu at q, they are, times n and with
g divided by sqrt n,

    Var u    = nu(1) +- nu             Cov(u, zeta) = nu'(1) +- q nu'
    Var zeta = nu'(1) + nu''(1) +- (q nu' + q^2 nu'')
    Cov(u, g) = +- s nu'               Cov(zeta, g) = +- s (nu' + q nu'')
    Var g    = nu'(1) +- (s^2 nu'' - q nu')

Sums are independent of differences. The second derivative kappa at y along e is correlated with the other point alone:

    Var kappa = 2 nu''(1)              Cov(kappa, u_x) = s^2 nu''
    Cov(kappa, zeta_x) = s^2 (2 nu'' + q nu''')
    Cov(kappa, g_x)    = s (s^2 nu''' - 2 q nu'')

The second derivatives r between e and a direction v orthogonal to both points have variance nu''(1)/n and covariance
s nu''/n with the gradient along v at x, itself correlated with that at y. Second derivatives between two such
directions are independent of all this: they form a GOE matrix. The conditional moments are differences of nearly equal
numbers near q = 1 and are evaluated with 60 digits.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import mpmath
import numpy as np

from spinglass._common.types import Array
from theory.covariance import Covariance

_DIGITS = 60


class TwoPoints(NamedTuple):
    """Conditional moments, times n, given zero gradients; arrays of shape (..., 2) hold sums first, then differences.

    Attributes
    ----------
    log_volume : array, shape (...)
        ``log[(1 - q^2)/(nu'(1)^2 - nu'(q)^2)]``, from the volume of pairs and the density of zero gradients.
    energy : array, shape (..., 2)
        Variances of u.
    pull : array, shape (..., 2)
        The mean of zeta given u is ``pull u``.
    radial : array, shape (..., 2)
        Variances of zeta given u; 0 for a pure model.
    curvature_of_energy, curvature_of_radial : array, shape (..., 2)
        The mean of kappa is the sum over both rows of ``curvature_of_energy u + curvature_of_radial (zeta - pull u)``.
    curvature : array, shape (...)
        Variance of kappa given both energies and radial derivatives.
    coupling : array, shape (...)
        Variance of each r.
    """

    log_volume: Array
    energy: Array
    pull: Array
    radial: Array
    curvature_of_energy: Array
    curvature_of_radial: Array
    curvature: Array
    coupling: Array


def two_points(q: Array, nu: Covariance) -> TwoPoints:
    """Return the moments at each overlap, -1 < q < 1."""
    different, which = np.unique(q, return_inverse=True)
    # The moments of q = 0 give the shapes if there is no q at all.
    rows = [_at(float(one), nu) for one in (different if different.size else np.zeros(1))]
    return TwoPoints(*(np.array(column)[which.reshape(q.shape)] for column in zip(*rows, strict=True)))


@lru_cache(maxsize=4096)
def _at(q: float, nu: Covariance) -> tuple[Any, ...]:
    with mpmath.workdps(_DIGITS):
        return _moments(mpmath.mpf(q), nu)


def _moments(q: Any, nu: Covariance) -> tuple[Any, ...]:
    one = mpmath.mpf(1)
    square = (one - q) * (one + q)
    value, first, second, third = (nu(q, d) for d in range(4))
    top, top1, top2 = (nu(one, d) for d in range(3))
    # Covariances of kappa with the other point; those with a gradient are without the factor s, which enters in pairs.
    kappa_u, kappa_radial, kappa_g = square * second, square * (2 * second + q * third), square * third - 2 * q * second
    by_sign: list[list[Any]] = [[] for _ in range(5)]
    energy, pull, radial, by_energy, by_radial = by_sign
    left = 2 * top2
    for sign in (1, -1):
        gradient = top1 + sign * (square * second - q * first)
        u_g, radial_g = sign * first, sign * (first + q * second)
        free = square / gradient
        u_u = top + sign * value - free * u_g**2
        u_radial = top1 + sign * q * first - free * u_g * radial_g
        radial_radial = top1 + top2 + sign * (q * first + q * q * second) - free * radial_g**2
        # Half of each covariance with the other point belongs to the sum, half to the difference, up to sqrt 2.
        k_u, k_radial = kappa_u - free * u_g * kappa_g, kappa_radial - free * radial_g * kappa_g
        energy.append(u_u)
        pull.append(u_radial / u_u)
        spread = radial_radial - u_radial**2 / u_u if nu.pure_order is None else 0 * one
        radial.append(spread)
        rest = k_radial - u_radial / u_u * k_u
        by_energy.append(k_u / u_u)
        by_radial.append(rest / spread if spread else 0 * one)
        left -= (free * kappa_g**2 + k_u**2 / u_u + (rest**2 / spread if spread else 0)) / 2
    both = top1**2 - first**2
    coupling = top2 - second**2 * square * top1 / both
    root = mpmath.sqrt(2)
    rows = (energy, pull, radial, [k / root for k in by_energy], [k / root for k in by_radial])
    columns = [tuple(float(entry) for entry in row) for row in rows]
    # In the cubic model the conditions determine kappa, and what is left is rounding.
    curvature = float(left) if left > 1e-40 * top2 else 0.0
    return float(mpmath.log(square / both)), *columns, curvature, float(coupling)
