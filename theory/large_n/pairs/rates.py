r"""Growth rates of the number of pairs of critical points at given overlap, energies and radial derivatives.

Radial derivatives are written as ``-2 sqrt(nu'') z``. With the moments of :mod:`theory.large_n.pairs.two_points`,

    rate = 1 + log nu'' + log_volume/2 + L(z_x) + L(z_y)
           - sum over +- of [u^2/(2 energy) + (zeta - pull u)^2/(2 radial)]

where n L(z), L(z) = z^2 - 1/2 - J(z), is the logarithm of the determinant of a shifted GOE matrix. The correlation of
the two determinants does not matter, because each deviates from its typical value with probability exp(-const n^2)
only.

Above the overlap where the Hessian at y has an eigenvalue outside the spectrum of its bulk, its sign decides between a
minimum and a saddle of index 1. With k = kappa/(2 sqrt(nu'')) + z, c = curvature/(4 nu'') and d = coupling/nu'' it is
positive with probability exp(-n R),

    R = -min over t >= 0 of [t k + t^2 c/2 - (L(z + t d/2) - L(z))/2],

by Cramér's theorem for the Schur complement of the bulk, a normal number minus a quadratic form of n-2 normal numbers.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from spinglass._common.types import Array, BoolArray
from theory.arguments import Model
from theory.covariance import Covariance
from theory.large_n.pairs.two_points import TwoPoints, two_points
from theory.large_n.radial_law import RadialLaw, edge_rate

_HALVINGS = 100
# At a variance V of the energy given z, a pure model's rates are right up to terms of order V, and those of a mixture
# up to (1e-16)^2/V, because differences of energies are rounded.
_PURE = 1e-16


def log_determinant(z: Array) -> Array:
    """Return L(z): the mean of ``log|x + z|`` over the semicircle on [-1, 1], plus log 2."""
    return np.asarray(z * z - 0.5 - edge_rate(np.abs(z)))


def determinant_slope(z: Array) -> Array:
    """Return the derivative of L."""
    outside = np.maximum(np.abs(z), 1.0)
    return np.asarray(np.where(np.abs(z) < 1.0, 2.0 * z, 2.0 * np.sign(z) / (outside + np.sqrt(outside**2 - 1.0))))


def best_radial(mean: Array, variance: Array) -> Array:
    """Return the z that maximises ``L(z) - (z - mean)^2/(2 variance)``; the positive one of two at mean 0."""
    size, k = np.abs(mean), 1.0 - 2.0 * np.asarray(variance)
    # The derivative vanishes where (z - mean)/variance = 2z, or outside the spectrum 2/(z + sqrt(z^2 - 1)).
    root = np.sqrt(np.maximum(size**2 - 1.0 + 4.0 * variance, 0.0))
    outside = (size**2 + 4.0 * variance**2) / (size * k + 2.0 * variance * root)
    return np.asarray(np.where(mean < 0.0, -1.0, 1.0) * np.where(size < k, size / np.where(k > 0.0, k, 1.0), outside))


@dataclass(frozen=True)
class PairRates:
    """Rates at fixed overlaps; energies and Hessians are in units of ``law.scale``.

    Attributes
    ----------
    law : RadialLaw
        The law of single critical points.
    points : TwoPoints
        The conditional moments at the overlaps.
    """

    law: RadialLaw
    points: TwoPoints

    @classmethod
    def at(cls, q: Array, H: Model) -> "PairRates":
        """Return the rates of a model at overlaps ``-1 < q < 1``; order 2 alone raises ``ValueError``."""
        nu, _ = Covariance.with_scale(H)
        if all(p <= 2 for p, _ in nu.squares):
            raise ValueError(
                f"H = {H!r} is a quadratic model, with at most 2n critical points; pairs need a term of order 3 or more"
            )
        return cls(RadialLaw.of(H), two_points(q, nu))

    @property
    def pure(self) -> bool:
        """Whether the energy determines the radial derivative, up to fluctuations that change rates by rounding."""
        return self.law.variance < _PURE

    @property
    def unit(self) -> float:
        """Half the radius of the spectrum, ``sqrt(nu'')``."""
        return math.sqrt(self.law.second)

    def of_all(self, u_x: Array, z_x: Array, u_y: Array, z_y: Array) -> Array:
        """Return the growth rate of pairs with these energies and z; those of a pure model must agree."""
        u = _modes(u_x, u_y)
        exponent = (u * u / self.points.energy).sum(axis=-1)
        if not self.pure:
            zeta = _modes(-2.0 * self.unit * z_x, -2.0 * self.unit * z_y)
            exponent = exponent + ((zeta - self.points.pull * u) ** 2 / self.points.radial).sum(axis=-1)
        level = 1.0 + math.log(self.law.second) + 0.5 * self.points.log_volume
        return np.asarray(level + log_determinant(z_x) + log_determinant(z_y) - 0.5 * exponent)

    def of_one(self, u: Array, z: Array) -> Array:
        """Return the growth rate of single points of this energy and z."""
        level = 0.5 * math.log(self.law.second) - self.law.bend * z * z - edge_rate(np.abs(z))
        return level if self.pure else np.asarray(level - (u + self.law.slope * z) ** 2 / (2.0 * self.law.variance))

    def law_of_radial(self, u_x: Array, u_y: Array) -> tuple[Array, Array, Array, Array]:
        """Return the means of z_x and z_y given the energies, the variance of z_y given z_x, and their regression."""
        mean = -self.points.pull * _modes(u_x, u_y) / (2.0 * self.unit)
        spread = self.points.radial / (4.0 * self.law.second)
        both, difference = spread.sum(axis=-1), spread[..., 0] - spread[..., 1]
        mean_x, mean_y = mean.sum(axis=-1) / math.sqrt(2.0), (mean[..., 0] - mean[..., 1]) / math.sqrt(2.0)
        return mean_x, mean_y, 2.0 * spread[..., 0] * spread[..., 1] / both, difference / both

    def best_second(self, u_x: Array, z_x: Array, u_y: Array) -> Array:
        """Return the most numerous z at the second point, given that at the first."""
        if self.pure:
            return np.asarray(-u_y / self.law.slope + 0.0 * z_x + 0.0 * self.points.log_volume)
        mean_x, mean_y, variance, slope = self.law_of_radial(u_x, u_y)
        return best_radial(mean_y + slope * (z_x - mean_x), variance)

    def best_both(self, u_x: Array, u_y: Array) -> tuple[Array, Array]:
        """Return the most numerous z at both points, by bisection of the derivative in the first.

        The rate is concave, because the variances of zeta given the energy are below ``2 nu''`` for any covariance. At
        its maximum z is the mean plus the covariance matrix times the derivatives of L, which are between -2 and 2.
        """
        if self.pure:
            return -u_x / self.law.slope, -u_y / self.law.slope
        mean_x, mean_y, variance, slope = self.law_of_radial(u_x, u_y)

        def rising(z_x: Array) -> BoolArray:
            shift = z_x - mean_x
            z_y = best_radial(mean_y + slope * shift, variance)
            pull = (shift - slope * (z_y - mean_y)) / variance
            return np.asarray(determinant_slope(z_x) - pull > 0.0)

        # 2 (Var z_x + |Cov(z_x, z_y)|), with some room for rounding.
        reach = 2.001 * self.points.radial.max(axis=-1) / (4.0 * self.law.second)
        z_x = bisected(rising, mean_x - reach, mean_x + reach)
        return z_x, best_radial(mean_y + slope * (z_x - mean_x), variance)

    def curvature(self, u_x: Array, z_x: Array, u_y: Array, z_y: Array) -> Array:
        """Return the mean of kappa, the second derivative at y towards x, in units of the radius of the spectrum."""
        u = _modes(u_x, u_y)
        mean = self.points.curvature_of_energy * u
        if not self.pure:
            zeta = _modes(-2.0 * self.unit * z_x, -2.0 * self.unit * z_y)
            mean = mean + self.points.curvature_of_radial * (zeta - self.points.pull * u)
        return np.asarray(mean.sum(axis=-1) / (2.0 * self.unit))

    def isolated(self, u_x: Array, z_x: Array, u_y: Array, z_y: Array) -> Array:
        """Return the typical isolated eigenvalue at y below the bulk, in units of its radius; NaN if there is none.

        It is ``z - (g + 1/g)/2``, where ``1 + 2 kappa g + (1 - d) g^2 = 0`` and 0 < g < 1.
        """
        kappa = self.curvature(u_x, z_x, u_y, z_y)
        d = self.points.coupling / self.law.second
        exists = kappa < 0.5 * d - 1.0
        outside = np.where(exists, kappa, -1.0)
        g = 1.0 / (-outside + np.sqrt(np.maximum(outside**2 - 1.0 + d, 0.0)))
        return np.where(exists, z_y - 0.5 * (g + 1.0 / g), np.nan)

    def cost_of_minimum(self, u_x: Array, z_x: Array, u_y: Array, z_y: Array) -> Array:
        """Return R, the rate at which the isolated eigenvalue at y is positive; ``z_y >= 1``.

        With ``z + t d/2 = (g + 1/g)/2`` the derivative in t vanishes where
        ``(c/d - d/2) g^2 + (k - 2 z c/d) g + c/d = 0``.
        """
        d = self.points.coupling / self.law.second
        c = self.points.curvature / (4.0 * self.law.second)
        k = self.curvature(u_x, z_x, u_y, z_y) + z_y
        ratio = c / d
        linear = k - 2.0 * z_y * ratio
        root = np.sqrt(np.maximum(linear**2 - 4.0 * (ratio - 0.5 * d) * ratio, 0.0))
        here = z_y - np.sqrt(z_y**2 - 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            g = np.where(linear > 0.0, (linear + root) / (d - 2.0 * ratio), 2.0 * ratio / (root - linear))
            # If kappa does not fluctuate, as for H = 3, a negative diagonal element excludes minima.
            impossible, needed = ~(g > 0.0), 2.0 * k < d * here
        g = np.where(needed & ~impossible, np.minimum(g, here), 1.0)
        tilted = 0.5 * (g + 1.0 / g)
        t = 2.0 * (tilted - z_y) / d
        gain = log_determinant(tilted) - log_determinant(z_y)
        cost = np.maximum(0.5 * gain - t * k - 0.5 * t * t * c, 0.0)
        return np.where(needed, np.where(impossible, np.inf, cost), 0.0)


def bisected(rising: Callable[[Array], BoolArray], low: Array, high: Array) -> Array:
    """Return the points between ``low`` and ``high`` up to which ``rising`` holds."""
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        above = rising(middle)
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(0.5 * (low + high))


def _modes(x: Array, y: Array) -> Array:
    """Return sum and difference over sqrt 2, along a new last axis."""
    x, y = np.broadcast_arrays(x, y)
    return np.stack([x + y, x - y], axis=-1) / math.sqrt(2.0)
