"""The smallest loss surface of a layered network: two layers of one weight each, squared loss."""

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from spinglass.landscape import check_points


class TwoParameterSurface:
    """The surface ``f(w_1, w_2) = sum_i (y_i - w_2 w_1 x_i)^2``, with a saddle at the origin between two valleys.

    It equals ``|y|^2 - 2 (x.y) w_1 w_2 + |x|^2 (w_1 w_2)^2``. Its minima form the hyperbola ``w_1 w_2 = x.y / |x|^2``,
    a continuum, because multiplying one weight by alpha and the other by 1/alpha does not change f. At the origin the
    Hessian has the eigenvalues ``-2 x.y`` and ``2 x.y``. `CentralProjection` turns the surface into a landscape.

    Parameters
    ----------
    x
        Inputs, shape (m,), not all zero.
    y
        Targets, shape (m,).

    Attributes
    ----------
    x, y
        The data, in float64.
    dimension
        Number of parameters, 2.

    Raises
    ------
    ValueError
        If x and y are not finite real numbers of one shape (m,), or x is zero everywhere. The methods raise it if
        points are not finite or not of shape (..., 2).

    Examples
    --------
    >>> surface = TwoParameterSurface(x=[1.0, 2.0], y=[1.0, 2.0])
    >>> surface.energy([[0.0, 0.0], [2.0, 0.5]]).tolist()
    [5.0, 0.0]
    """

    dimension = 2

    def __init__(self, x: ArrayLike, y: ArrayLike) -> None:
        given = [np.asarray(values) for values in (x, y)]
        if any(values.dtype.kind not in "fiu" for values in given):
            raise ValueError(f"x and y must hold real numbers, not {given[0].dtype} and {given[1].dtype}")
        self.x, self.y = (values.astype(np.float64) for values in given)
        if self.x.ndim != 1 or self.x.shape != self.y.shape or self.x.size == 0:
            raise ValueError(f"x and y must be sequences of equal length, not of shapes {self.x.shape}, {self.y.shape}")
        if not (np.isfinite(self.x).all() and np.isfinite(self.y).all()):
            raise ValueError("x and y must be finite")
        self._xx, self._xy = float(self.x @ self.x), float(self.x @ self.y)
        if self._xx == 0:
            raise ValueError("x is zero everywhere, so the weights have no effect; use nonzero inputs")

    def energy(self, w: ArrayLike) -> Array:
        """Return f.

        Parameters
        ----------
        w
            Points (w_1, w_2), shape (..., 2).

        Returns
        -------
        ndarray
            Values, shape (...,).
        """
        return self.energy_and_gradient(w)[0]

    def gradient(self, w: ArrayLike) -> Array:
        """Return the gradient of f.

        Parameters
        ----------
        w
            Points (w_1, w_2), shape (..., 2).

        Returns
        -------
        ndarray
            Gradients, shape (..., 2).
        """
        return self.energy_and_gradient(w)[1]

    def energy_and_gradient(self, w: ArrayLike) -> tuple[Array, Array]:
        """Return f and its gradient.

        Parameters
        ----------
        w
            Points (w_1, w_2), shape (..., 2).

        Returns
        -------
        energy
            Values of f, shape (...,).
        gradient
            Gradients, shape (..., 2).
        """
        points = check_points(w, 2)
        product = points.prod(axis=-1)
        residual = self.y - product[..., None] * self.x
        slope = 2 * (self._xx * product - self._xy)
        return (residual**2).sum(axis=-1), slope[..., None] * points[..., ::-1]

    def hessian(self, w: ArrayLike) -> Array:
        """Return the Hessian of f.

        Parameters
        ----------
        w
            Points (w_1, w_2), shape (..., 2).

        Returns
        -------
        ndarray
            Hessians, shape (..., 2, 2).
        """
        points = check_points(w, 2)
        product = points.prod(axis=-1)
        full = np.empty((*points.shape, 2))
        full[..., 0, 0] = 2 * self._xx * points[..., 1] ** 2
        full[..., 1, 1] = 2 * self._xx * points[..., 0] ** 2
        full[..., 0, 1] = full[..., 1, 0] = 4 * self._xx * product - 2 * self._xy
        return full
