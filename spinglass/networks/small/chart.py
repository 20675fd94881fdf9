"""A landscape on flat space seen on a sphere, so that all that works on spheres works on it."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from spinglass.landscape import Array, check_points


class FlatSurface(Protocol):
    """A function on R^k with two derivatives, batched over rows."""

    @property
    def dimension(self) -> int:
        """k, the number of parameters."""

    def energy_and_gradient(self, w: Array, /) -> tuple[Array, Array]:
        """Return values (B,) and gradients (B, k)."""

    def hessian(self, w: Array, /) -> Array:
        """Return Hessians (B, k, k)."""


class CentralProjection:
    """The landscape ``E(x) = f(x_1/x_n, ..., x_{n-1}/x_n)`` on the half ``x_n > 0`` of ``|x|^2 = n``, n = k + 1.

    Central projection is a chart of the open half sphere onto R^k. Critical points and their indices do not depend
    on the chart, so `descend` finds those of f and ``index`` classifies them. Points with ``x_n <= 0`` evaluate to NaN.

    Examples
    --------
    >>> from spinglass import sphere
    >>> from spinglass.networks.small.two_parameter import TwoParameterSurface
    >>> landscape = CentralProjection(TwoParameterSurface(x=[1.0], y=[1.0]))
    >>> origin = landscape.to_sphere([0.0, 0.0])
    >>> int(sphere.index(landscape, origin))  # a saddle
    1
    """

    def __init__(self, surface: FlatSurface) -> None:
        self.surface = surface
        self.n = surface.dimension + 1

    def to_sphere(self, w: ArrayLike) -> Array:
        """Return the points of the sphere that stand for parameters w, shape (..., k) -> (..., k+1)."""
        flat = check_points(w, self.n - 1)
        lifted = np.concatenate([flat, np.ones((*flat.shape[:-1], 1))], axis=-1)
        return np.asarray(lifted * np.sqrt(self.n / (lifted**2).sum(axis=-1, keepdims=True)))

    def to_parameters(self, x: ArrayLike) -> Array:
        """Return the parameters that points of the sphere stand for, shape (..., k+1) -> (..., k)."""
        points = check_points(x, self.n)
        return points[..., :-1] / self._height(points)

    def energy_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """Return f and its gradient by x, shapes (B,) and (B, n)."""
        height = self._height(x)
        w = x[:, :-1] / height
        energy, slope = self.surface.energy_and_gradient(w)
        radial = -(slope * w).sum(axis=1, keepdims=True)
        return energy, np.concatenate([slope, radial], axis=1) / height

    def hessian(self, x: Array) -> Array:
        """Return the second derivatives by x, shape (B, n, n)."""
        height = self._height(x)
        w = x[:, :-1] / height
        slope, curvature = self.surface.energy_and_gradient(w)[1], self.surface.hessian(w)
        bent = np.einsum("bij,bj->bi", curvature, w)
        full = np.empty((len(x), self.n, self.n))
        full[:, :-1, :-1] = curvature
        full[:, :-1, -1] = full[:, -1, :-1] = -(bent + slope)
        full[:, -1, -1] = ((bent + 2 * slope) * w).sum(axis=1)
        return full / height[:, :, None] ** 2

    @staticmethod
    def _height(x: Array) -> Array:
        last = x[..., -1:]
        return np.where(last > 0, last, np.nan)
