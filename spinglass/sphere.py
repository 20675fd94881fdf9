"""The sphere ``|x|^2 = n``: its geometry, and the Riemannian derivatives of a landscape on it.

A landscape is any object that follows :class:`spinglass.landscape.Landscape`; ``grad`` and ``hess`` denote the
Euclidean derivatives of its total energy. For a spin glass the Riemannian gradient at a random point has
length of order ``sqrt(n)``, and the eigenvalues of the Riemannian Hessian are of order 1.

Source: Boumal, "An Introduction to Optimization on Smooth Manifolds" (2023), section 7.2, scaled from radius 1
to ``sqrt(n)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from spinglass._common.memory import require_memory
from spinglass._common.threads import one_blas_thread, run_in_threads
from spinglass._common.types import Array, IntArray
from spinglass.geometry import (
    coordinates,
    dot,
    exponential,
    from_coordinates,
    householder,
    overlap,
    project,
    random_points,
    retract,
    tangent,
    tangent_basis,
    tangent_part,
    transport,
)
from spinglass.landscape import Landscape, WithHessian, WithHessianVector, check_landscape, check_on_sphere

__all__ = [
    "coordinates",
    "exponential",
    "from_coordinates",
    "hessian_eigenvalues",
    "index",
    "overlap",
    "project",
    "random_points",
    "retract",
    "riemannian_gradient",
    "riemannian_hessian",
    "tangent",
    "tangent_basis",
    "transport",
]

# Dense Hessians are computed in slices of about this many bytes.
_SLICE = 2**27


def riemannian_gradient(landscape: Landscape, x: npt.ArrayLike) -> Array:
    """Return the Riemannian gradient of the total energy, ``grad - (x.grad/n) x``.

    Parameters
    ----------
    landscape : Landscape
        The energy function.
    x : array_like, shape (..., n)
        Points on the sphere.

    Returns
    -------
    ndarray, shape (..., n)
        Tangent vectors at ``x``.

    Raises
    ------
    ValueError
        If ``x`` is off the sphere or has the wrong number of coordinates.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> riemannian_gradient(SphericalSpinGlass.pure(n=5, H=3, seed=0), random_points(5, 2, seed=0)).shape
    (2, 5)
    """
    points, shape = _check_at(landscape, x)
    return tangent_part(points, _float64(landscape.energy_and_gradient(points)[1])).reshape(shape)


def riemannian_hessian(landscape: Landscape, x: npt.ArrayLike) -> Array:
    """Return the Riemannian Hessian of the total energy in the basis of :func:`tangent_basis`.

    ``B (hess - (x.grad/n) I) B^T``, where the second term is due to the curvature of the sphere. The Euclidean Hessian
    comes from the landscape's ``hessian``, or else from n calls of ``hessian_vector`` per point.

    Parameters
    ----------
    landscape : Landscape
        The energy function.
    x : array_like, shape (..., n)
        Points on the sphere.

    Returns
    -------
    ndarray, shape (..., n-1, n-1)
        Symmetric matrices.

    Raises
    ------
    ValueError
        If ``x`` is off the sphere or the batch does not fit in memory.
    TypeError
        If the landscape has neither ``hessian`` nor ``hessian_vector``.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> riemannian_hessian(SphericalSpinGlass.pure(n=5, H=3, seed=0), random_points(5, 2, seed=0)).shape
    (2, 4, 4)
    """
    points, shape = _check_at(landscape, x)
    n = points.shape[1]
    require_memory(4 * 8 * n * points.size, f"Hessians of {len(points)} points at n={n}", "fewer points at once")
    return reduced_hessian(landscape, points, _radial(landscape, points)).reshape(*shape[:-1], n - 1, n - 1)


def hessian_eigenvalues(landscape: Landscape, x: npt.ArrayLike) -> Array:
    """Return the eigenvalues of the Riemannian Hessian of the total energy.

    The batch is processed in slices, so the memory for Hessians does not grow with its size.

    Parameters
    ----------
    landscape : Landscape
        The energy function.
    x : array_like, shape (..., n)
        Points on the sphere.

    Returns
    -------
    ndarray, shape (..., n-1)
        Eigenvalues in ascending order.

    Raises
    ------
    ValueError
        If ``x`` is off the sphere or one dense Hessian does not fit in memory.
    TypeError
        If the landscape has neither ``hessian`` nor ``hessian_vector``.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> hessian_eigenvalues(SphericalSpinGlass.pure(n=5, H=3, seed=0), random_points(5, 2, seed=0)).shape
    (2, 4)
    """
    points, shape = _check_at(landscape, x)
    n = points.shape[1]
    eigenvalues = np.empty((len(points), n - 1))
    radial = _radial(landscape, points)  # for the whole batch: slices would change the chunk width and so the bits
    for rows in hessian_slices(len(points), n):
        hessians = reduced_hessian(landscape, points[rows], radial[rows])
        with one_blas_thread():
            run_in_threads(_eigenvalues_of(hessians, eigenvalues[rows]), range(len(hessians)))
    return eigenvalues.reshape(*shape[:-1], n - 1)


def index(landscape: Landscape, x: npt.ArrayLike) -> IntArray:
    """Return the index of points: the number of negative eigenvalues of the Riemannian Hessian.

    Parameters
    ----------
    landscape : Landscape
        The energy function.
    x : array_like, shape (..., n)
        Points on the sphere.

    Returns
    -------
    ndarray of int64, shape (...,)
        Index of each point: 0 at a minimum, -1 where the Hessian is not finite.

    Raises
    ------
    ValueError
        If ``x`` is off the sphere or one dense Hessian does not fit in memory.
    TypeError
        If the landscape has neither ``hessian`` nor ``hessian_vector``.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> index(SphericalSpinGlass.pure(n=5, H=3, seed=0), random_points(5, 2, seed=0)).shape
    (2,)
    """
    eigenvalues = hessian_eigenvalues(landscape, x)
    return np.where(np.isnan(eigenvalues).any(axis=-1), -1, (eigenvalues < 0).sum(axis=-1))


def hessian_slices(rows: int, n: int) -> Iterator[slice]:
    """Yield slices of ``rows`` points whose dense Hessians together take a bounded amount of memory."""
    require_memory(4 * 8 * n * n, f"one dense Hessian at n={n}", "a smaller n")
    step = max(1, _SLICE // (4 * 8 * n * n))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def _radial(landscape: Landscape, x: Array) -> Array:
    radial: Array = dot(x, _float64(landscape.energy_and_gradient(x)[1])) / dot(x, x)
    return radial


def reduced_hessian(landscape: Landscape, x: Array, radial: Array) -> Array:
    """Return :func:`riemannian_hessian` of a batch without checks; ``radial`` is ``x.grad/n``."""
    n = x.shape[1]
    w, beta = householder(x)
    hessian = _euclidean_hessian(landscape, x)
    # (I - beta w w^T) M (I - beta w w^T) costs n^2 operations this way; products with the basis would cost n^3.
    image = np.einsum("bij,bj->bi", hessian, w)  # not by BLAS, whose bits depend on the number of threads
    image = beta[:, None] * (image - (0.5 * beta * dot(w, image))[:, None] * w)
    inner, u = image[:, :-1], w[:, :-1]
    reduced: Array = hessian[:, :-1, :-1] - (inner[:, :, None] * u[:, None, :] + u[:, :, None] * inner[:, None, :])
    diagonal = np.arange(n - 1)
    reduced[:, diagonal, diagonal] -= radial[:, None]
    return reduced


def _euclidean_hessian(landscape: Landscape, x: Array) -> Array:
    if isinstance(landscape, WithHessian):
        return _float64(landscape.hessian(x))
    if isinstance(landscape, WithHessianVector):
        axes = np.eye(x.shape[1])
        return np.stack([_float64(landscape.hessian_vector(np.tile(row, (len(row), 1)), axes)) for row in x])
    raise TypeError(
        f"{type(landscape).__name__} has no second derivatives: add a method hessian(x) or hessian_vector(x, v)"
    )


def _eigenvalues_of(hessians: Array, out: Array) -> Callable[[int], None]:
    def solve(row: int) -> None:
        finite = np.isfinite(hessians[row]).all()
        out[row] = np.linalg.eigvalsh(hessians[row]) if finite else np.nan

    return solve


def _float64(values: npt.ArrayLike) -> Array:
    return np.asarray(values, dtype=np.float64)


def _check_at(landscape: Landscape, x: npt.ArrayLike) -> tuple[Array, tuple[int, ...]]:
    """Return ``x`` as a batch (B, n), and its original shape."""
    check_landscape(landscape)
    points = check_on_sphere(x, landscape.n)
    return points.reshape(-1, points.shape[-1]), points.shape
