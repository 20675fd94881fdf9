"""A function on R^k as a landscape on a sphere, to which all methods for spheres apply."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from spinglass.landscape import check_points


class FlatSurface(Protocol):
    """A function on R^k with its first two derivatives, for batches of points."""

    @property
    def dimension(self) -> int:
        """The number of parameters k."""

    def energy_and_gradient(self, w: Array, /) -> tuple[Array, Array]:
        """Return values (B,) and gradients (B, k) at points w (B, k)."""

    def hessian(self, w: Array, /) -> Array:
        """Return Hessians (B, k, k) at points w (B, k)."""


class CentralProjection:
    """The landscape ``E(x) = f(x_1/x_n, ..., x_{n-1}/x_n)`` on the half ``x_n > 0`` of ``|x|^2 = n``, n = k + 1.

    Central projection maps the open half sphere onto R^k. Critical points and their indices do not depend on the
    coordinates, so `descend` finds critical points of f, and ``sphere.index`` gives their index. The energy of points
    with ``x_n <= 0`` is NaN.

    Parameters
    ----------
    surface
        The function f with its derivatives.

    Attributes
    ----------
    surface
        The function f.
    n
        Dimension of the points x, k + 1.

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
        """Return the points of the sphere that correspond to parameters.

        Parameters
        ----------
        w
            Parameters, shape (..., k).

        Returns
        -------
        ndarray
            Points x with ``|x|^2 = n``, shape (..., k + 1).
        """
        flat = check_points(w, self.n - 1)
        lifted = np.concatenate([flat, np.ones((*flat.shape[:-1], 1))], axis=-1)
        return np.asarray(lifted * np.sqrt(self.n / (lifted**2).sum(axis=-1, keepdims=True)))

    def to_parameters(self, x: ArrayLike) -> Array:
        """Return the parameters that correspond to points of the sphere.

        Parameters
        ----------
        x
            Points, shape (..., k + 1).

        Returns
        -------
        ndarray
            Parameters, shape (..., k); NaN where ``x_n <= 0``.
        """
        points = check_points(x, self.n)
        last = points[..., -1:]
        return np.asarray(points[..., :-1] / np.where(last > 0, last, np.nan))

    def energy_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """Return the energies and their Euclidean gradients with respect to x.

        Parameters
        ----------
        x
            Points, shape (B, n).

        Returns
        -------
        energy
            Values of f, shape (B,).
        gradient
            Gradients, shape (B, n).
        """
        inside = x[:, -1] > 0
        height = x[inside, -1:]
        w = x[inside, :-1] / height
        energy, gradient = np.full(len(x), np.nan), np.full(x.shape, np.nan)
        energy[inside], slope = self.surface.energy_and_gradient(w)
        radial = -(slope * w).sum(axis=1, keepdims=True)
        gradient[inside] = np.concatenate([slope, radial], axis=1) / height
        return energy, gradient

    def hessian(self, x: Array) -> Array:
        """Return the Euclidean Hessians with respect to x.

        Parameters
        ----------
        x
            Points, shape (B, n).

        Returns
        -------
        ndarray
            Hessians, shape (B, n, n).
        """
        inside = x[:, -1] > 0
        height = x[inside, -1:]
        w = x[inside, :-1] / height
        slope, curvature = self.surface.energy_and_gradient(w)[1], self.surface.hessian(w)
        bent = np.einsum("bij,bj->bi", curvature, w)
        full = np.empty((len(w), self.n, self.n))
        full[:, :-1, :-1] = curvature
        full[:, :-1, -1] = full[:, -1, :-1] = -(bent + slope)
        full[:, -1, -1] = ((bent + 2 * slope) * w).sum(axis=1)
        hessians = np.full((len(x), self.n, self.n), np.nan)
        hessians[inside] = full / height[:, :, None] ** 2
        return hessians
