r"""The joint Gaussian law of a spherical spin glass at two points, given that both are critical.

In units in which the energy is a field f on the unit sphere with covariance ``nu(x.y)``, let x and y have overlap q,
and let e and e' be the unit tangents at x and y of the geodesic from x to y. The n-2 directions orthogonal to x and y
are called transverse. For each point the law is that of

* the transverse block T of the Euclidean Hessian: a GOE of size n-2 with off-diagonal variance nu''(1). It is
  independent of everything below. Entries of the two blocks at the same place have covariance nu''(q).
* the row r of mixed second derivatives, transverse and along the geodesic, and the transverse gradient. Different
  transverse directions are independent and have the same law.
* the plane: the energy f, the radial derivative zeta, and the first and second derivatives g and h along the geodesic.

Given that both gradients are 0, the Riemannian Hessian at a point is ``[[T - zeta, r], [r^T, h - zeta]]``. All
covariances are derivatives of ``nu(x.y)``, and conditioning is Gaussian regression.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from spinglass._common.types import Array
from theory.covariance import Covariance


class Derivative(NamedTuple):
    """A derivative of the field at a point of the plane of x and y: how often, and along which vector."""

    point: Array
    order: int = 0
    along: Array = np.zeros(2)


def covariances(first: list[Derivative], second: list[Derivative], nu: Covariance, transverse: int = 0) -> Array:
    """Return the covariances of two lists of derivatives, shape (first, second).

    ``transverse`` is the number of further derivatives of each, at most 1, along one and the same direction orthogonal
    to the plane.
    """
    return np.array([[_covariance(a, b, nu, transverse) for b in second] for a in first])


def _covariance(a: Derivative, b: Derivative, nu: Covariance, transverse: int) -> float:
    """Return d^i/ds^i d^j/dr^j of ``nu((x + s v).(y + r w))`` at s = r = 0."""
    t, ahead, back, both = (float(u @ v) for u in (a.point, a.along) for v in (b.point, b.along))
    return sum(
        math.comb(a.order, k) * math.comb(b.order, k) * math.factorial(k) * both**k
        * back ** (a.order - k) * ahead ** (b.order - k) * float(nu(t, a.order + b.order - k + transverse))
        for k in range(min(a.order, b.order) + 1)
    )  # fmt: skip


def given_zero(own: Array, across: Array, of_zero: Array) -> Array:
    """Return the covariance matrix of Gaussian variables given that others are 0.

    ``of_zero`` is the covariance matrix of the latter, and ``across`` that of the former with the latter.
    """
    return np.asarray(own - across @ np.linalg.solve(of_zero, across.T))


@dataclass(frozen=True)
class PairLaw:
    """The law at two points of overlap q.

    Attributes
    ----------
    nu : Covariance
        Covariance function, in units in which ``nu'(1) = 1``.
    q : float
        Overlap, between -1 and 1, ends excluded.
    """

    nu: Covariance
    q: float

    @cached_property
    def points(self) -> tuple[Array, Array]:
        """The two points in their plane."""
        return np.array([1.0, 0.0]), np.array([self.q, self.sine])

    @cached_property
    def tangents(self) -> tuple[Array, Array]:
        """The unit tangents of the geodesic at the two points."""
        return np.array([0.0, 1.0]), np.array([-self.sine, self.q])

    @property
    def sine(self) -> float:
        """The sine of the angle between the points."""
        return math.sqrt((1.0 - self.q) * (1.0 + self.q))

    @property
    def block_correlation(self) -> float:
        """Correlation of the transverse blocks, ``nu''(q)/nu''(1)``."""
        return float(self.nu(self.q, 2) / self.nu(1.0, 2))

    @property
    def slopes(self) -> list[Derivative]:
        """The derivatives g and g' along the geodesic, which are 0 at critical points."""
        return [Derivative(x, 1, e) for x, e in zip(self.points, self.tangents, strict=True)]

    @cached_property
    def plane(self) -> Array:
        """Covariance matrix of (zeta, zeta', h, h', f, f') given that both gradients are 0, shape (6, 6)."""
        return self.plane_and_energies(np.empty(0))

    def plane_and_energies(self, angles: Array) -> Array:
        """Return that matrix with the energies at these angles from x, towards y, as further variables."""
        x, e = self.points, self.tangents
        variables = [Derivative(x[i], 1, x[i]) for i in (0, 1)]
        variables += [Derivative(x[i], 2, e[i]) for i in (0, 1)]
        variables += [Derivative(x[i]) for i in (0, 1)]
        variables += [Derivative(np.array([math.cos(a), math.sin(a)])) for a in angles]
        return given_zero(
            covariances(variables, variables, self.nu),
            covariances(variables, self.slopes, self.nu),
            covariances(self.slopes, self.slopes, self.nu),
        )

    @cached_property
    def rows(self) -> Array:
        """Covariance matrix of one entry of r and the same entry of r', given zero gradients, shape (2, 2)."""
        x, e = self.points, self.tangents
        return given_zero(
            covariances(self.slopes, self.slopes, self.nu, 1),
            covariances([Derivative(x[i], 1, e[i]) for i in (0, 1)], [Derivative(p) for p in x], self.nu, 1),
            covariances([Derivative(p) for p in x], [Derivative(p) for p in x], self.nu, 1),
        )

    def log_density_of_pairs(self, n: int) -> float:
        """Return the logarithm of the volume of pairs per unit of overlap, times the density of two zero gradients.

        The mean density of pairs of critical points is this factor times the mean of ``|det Hess_x| |det Hess_y|``.
        """
        volume = _log_area(n) + _log_area(n - 1) + (n - 3) * math.log(self.sine)
        across, along = float(self.nu(self.q, 1)), covariances(self.slopes, self.slopes, self.nu)
        transverse = (n - 2) * (math.log(float(self.nu(1.0, 1)) - across) + math.log(float(self.nu(1.0, 1)) + across))
        zero = (n - 1) * math.log(2 * math.pi) + 0.5 * (transverse + math.log(np.linalg.det(along)))
        return volume - zero


def _log_area(n: int) -> float:
    """Return the logarithm of the area of the unit sphere in n dimensions."""
    return math.log(2.0) + 0.5 * n * math.log(math.pi) - math.lgamma(0.5 * n)
