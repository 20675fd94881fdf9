"""Geometry of the sphere ``|x|^2 = n`` in R^n: points, tangent vectors, geodesics and transport.

Points and vectors are float64 arrays of shape ``(n,)``, or ``(..., n)`` for batches.

Source: Boumal, "An Introduction to Optimization on Smooth Manifolds" (2023), section 7.2; Absil, Mahony and
Sepulchre, "Optimization Algorithms on Matrix Manifolds" (2008), for transport; scaled from radius 1 to ``sqrt(n)``.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, generator
from spinglass._common.types import Array
from spinglass.landscape import check_on_sphere, check_points

_LONGEST = 1e150  # squares of larger components overflow, and those of their inverses underflow


def random_points(n: int, size: int, seed: Seed) -> Array:
    """Draw independent points from the uniform distribution on the sphere ``|x|^2 = n``.

    The first rows are the same for any ``size``.

    Parameters
    ----------
    n : int
        Number of spins, at least 1.
    size : int
        Number of points.
    seed : int, SeedSequence or Generator
        Source of randomness.

    Returns
    -------
    ndarray, shape (size, n)
        Points on the sphere.

    Raises
    ------
    ValueError
        If ``n < 1`` or ``size < 0``, either is not a whole number, or the points do not fit in memory.

    Examples
    --------
    >>> x = random_points(n=100, size=3, seed=0)
    >>> x.shape, bool(np.allclose((x * x).sum(-1), 100))
    ((3, 100), True)
    """
    n, size = whole_number("n", n, 1), whole_number("size", size, 0)
    require_memory(3 * 8 * n * size, f"{size} points of n = {n}", "fewer points at once")
    return project(generator(seed).standard_normal((size, n)))


def project(x: npt.ArrayLike) -> Array:
    """Move points to the nearest point of the sphere, ``sqrt(n) x / |x|``.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Points of R^n.

    Returns
    -------
    ndarray, shape (..., n)
        Points on the sphere.

    Raises
    ------
    ValueError
        If a point is zero (it has no nearest point) or not finite.

    Examples
    --------
    >>> project([3.0, 4.0]) / math.sqrt(2)
    array([0.6, 0.8])
    """
    points = check_points(x)
    largest = np.abs(points).max(axis=-1, keepdims=True)
    if not largest.all():
        raise ValueError("the zero vector has no nearest point on the sphere; drop that row")
    # Division by the largest coordinate keeps |x|^2 from overflow and underflow.
    points = points / largest
    return _normalised(points)


def _normalised(points: Array) -> Array:
    scale = math.sqrt(points.shape[-1]) / np.linalg.norm(points, axis=-1, keepdims=True)
    return np.asarray(points * scale)


def overlap(x: npt.ArrayLike, y: npt.ArrayLike) -> Array:
    """Return the overlap ``x.y / n`` of points: 1 for equal points, -1 for opposite points.

    Parameters
    ----------
    x, y : array_like, shape (..., n)
        Points on the sphere; leading axes broadcast.

    Returns
    -------
    ndarray, shape (...,)
        Overlaps.

    Raises
    ------
    ValueError
        If a point is off the sphere or the numbers of coordinates differ.

    Examples
    --------
    >>> x = random_points(n=10, size=4, seed=0)
    >>> overlap(x[:, None], x).shape
    (4, 4)
    """
    x, y = check_on_sphere(x), check_on_sphere(y)
    _check_same_n(x, y)
    return np.asarray(dot(x, y) / x.shape[-1])


def tangent(x: npt.ArrayLike, v: npt.ArrayLike) -> Array:
    """Project vectors of R^n to the tangent space at ``x``, ``v - (x.v/n) x``.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Points on the sphere.
    v : array_like, shape (..., n)
        Vectors; leading axes broadcast.

    Returns
    -------
    ndarray, shape (..., n)
        Tangent vectors at ``x``.

    Raises
    ------
    ValueError
        If ``x`` is off the sphere or the numbers of coordinates differ.

    Examples
    --------
    >>> x = random_points(n=5, size=1, seed=0)
    >>> bool(abs((x * tangent(x, np.ones(5))).sum()) < 1e-14)
    True
    """
    x, v = check_on_sphere(x), check_points(v)
    _check_same_n(x, v)
    return tangent_part(x, v)


def exponential(x: npt.ArrayLike, v: npt.ArrayLike) -> Array:
    """Follow the geodesic from ``x`` along a tangent vector ``v``, the exponential map.

    ``cos(s) x + sin(s) v/s`` with ``s = |v|/sqrt(n)``.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Points on the sphere.
    v : array_like, shape (..., n)
        Tangent vectors at ``x``; their lengths are the distances travelled.

    Returns
    -------
    ndarray, shape (..., n)
        Points on the sphere.

    Raises
    ------
    ValueError
        If ``x`` is off the sphere, ``v`` is not tangent, or its square would overflow or underflow.

    Examples
    --------
    >>> np.round(exponential([math.sqrt(2), 0.0], [0.0, math.pi / math.sqrt(2)]), 12) / math.sqrt(2)
    array([0., 1.])
    """
    x, v = _check_tangent(x, v)
    angle = np.linalg.norm(v, axis=-1, keepdims=True) / math.sqrt(x.shape[-1])
    return _normalised(np.cos(angle) * x + np.sinc(angle / math.pi) * v)


def retract(x: npt.ArrayLike, v: npt.ArrayLike) -> Array:
    """Step from ``x`` along a tangent vector and return to the sphere, ``sqrt(n) (x + v)/|x + v|``.

    This retraction differs from :func:`exponential` by ``O(|v|^3)``.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Points on the sphere.
    v : array_like, shape (..., n)
        Tangent vectors at ``x``.

    Returns
    -------
    ndarray, shape (..., n)
        Points on the sphere.

    Raises
    ------
    ValueError
        If ``x`` is off the sphere, ``v`` is not tangent, or its square would overflow or underflow.

    Examples
    --------
    >>> retract([math.sqrt(2), 0.0], [0.0, math.sqrt(2)])
    array([1., 1.])
    """
    x, v = _check_tangent(x, v)
    return _normalised(x + v)


def transport(x: npt.ArrayLike, y: npt.ArrayLike, v: npt.ArrayLike) -> Array:
    """Transport a tangent vector from ``x`` to ``y``, in parallel along the shortest geodesic.

    ``v - (y.v)/(n + x.y) (x + y)``. This is a rotation, so it preserves lengths and angles.

    Parameters
    ----------
    x, y : array_like, shape (..., n)
        Points on the sphere.
    v : array_like, shape (..., n)
        Tangent vectors at ``x``.

    Returns
    -------
    ndarray, shape (..., n)
        Tangent vectors at ``y``.

    Raises
    ------
    ValueError
        If a point is off the sphere, ``v`` is not tangent at ``x`` or beyond 1e150, or the points are opposite (the
        shortest geodesic is not unique).

    Examples
    --------
    >>> x, y = random_points(n=5, size=2, seed=0)
    >>> v = tangent(x, np.ones(5))
    >>> bool(np.isclose(np.linalg.norm(transport(x, y, v)), np.linalg.norm(v)))
    True
    """
    x, v = _check_tangent(x, v)
    y = check_on_sphere(y, x.shape[-1])
    gap = x.shape[-1] + dot(x, y)
    if (gap <= 1e-12 * x.shape[-1]).any():
        raise ValueError(
            "opposite points are not joined by a unique shortest geodesic; transport through an intermediate point"
        )
    return np.asarray(v - (dot(y, v) / gap)[..., None] * (x + y))


def tangent_basis(x: npt.ArrayLike) -> Array:
    """Return an orthonormal basis of the tangent space at each point.

    The basis vectors are the first ``n-1`` rows of the Householder reflection that maps ``x`` to the last axis.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Points on the sphere.

    Returns
    -------
    ndarray, shape (..., n-1, n)
        Matrices whose rows are the basis vectors.

    Raises
    ------
    ValueError
        If ``x`` is off the sphere or the batch does not fit in memory.

    Examples
    --------
    >>> B = tangent_basis(random_points(n=4, size=1, seed=0)[0])
    >>> B.shape, bool(np.allclose(B @ B.T, np.eye(3)))
    ((3, 4), True)
    """
    x = check_on_sphere(x)
    n = x.shape[-1]
    require_memory(16 * n * x.size, f"tangent bases of {x.size // n} points at n={n}", "fewer points at once")
    w, beta = householder(x)
    basis: Array = np.eye(n)[:-1] - beta[..., None, None] * w[..., :-1, None] * w[..., None, :]
    return basis


def coordinates(x: npt.ArrayLike, v: npt.ArrayLike) -> Array:
    """Return the coordinates ``B v`` of vectors in the :func:`tangent_basis` B at ``x``.

    The basis itself is never formed.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Points on the sphere.
    v : array_like, shape (..., n)
        Vectors; a radial part is ignored.

    Returns
    -------
    ndarray, shape (..., n-1)
        Coordinates.

    Raises
    ------
    ValueError
        If ``x`` is off the sphere or the numbers of coordinates differ.

    Examples
    --------
    >>> x, v = random_points(n=5, size=2, seed=0)
    >>> bool(np.allclose(coordinates(x, v), tangent_basis(x) @ v))
    True
    """
    x, v = check_on_sphere(x), check_points(v)
    _check_same_n(x, v)
    w, beta = householder(x)
    return np.asarray((v - (beta * dot(w, v))[..., None] * w)[..., :-1])


def from_coordinates(x: npt.ArrayLike, c: npt.ArrayLike) -> Array:
    """Return the tangent vectors ``B^T c`` with coordinates ``c`` in the :func:`tangent_basis` B at ``x``.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Points on the sphere.
    c : array_like, shape (..., n-1)
        Coordinates.

    Returns
    -------
    ndarray, shape (..., n)
        Tangent vectors at ``x``.

    Raises
    ------
    ValueError
        If ``x`` is off the sphere or ``c`` does not have n-1 coordinates.

    Examples
    --------
    >>> x, v = random_points(n=5, size=2, seed=0)
    >>> bool(np.allclose(from_coordinates(x, coordinates(x, v)), tangent(x, v)))
    True
    """
    x, c = check_on_sphere(x), np.asarray(c, dtype=np.float64)
    if c.shape[-1:] != (x.shape[-1] - 1,):
        raise ValueError(f"coordinates must have shape (..., {x.shape[-1] - 1}) at n={x.shape[-1]}, not {c.shape}")
    w, beta = householder(x)
    padded = np.concatenate([c, np.zeros((*c.shape[:-1], 1))], axis=-1)
    return np.asarray(padded - (beta * dot(w, padded))[..., None] * w)


def householder(x: Array) -> tuple[Array, Array]:
    """Return w and beta of the reflection ``I - beta w w^T`` that maps ``x`` to the last axis, up to sign."""
    w = x / np.sqrt(dot(x, x))[..., None]
    # The sign of the last coordinate is added rather than subtracted, to avoid cancellation.
    w[..., -1] += np.copysign(1.0, w[..., -1])
    return w, 2.0 / dot(w, w)


def dot(a: Array, b: Array) -> Array:
    """Return inner products over the last axis, without checks."""
    return np.asarray(np.einsum("...i,...i->...", a, b))


def tangent_part(x: Array, v: Array) -> Array:
    """Return :func:`tangent` without checks.

    The radial part is divided by ``x.x`` rather than n, so that a large radial part is removed entirely even if ``x``
    was rounded to single precision.
    """
    return np.asarray(v - (dot(x, v) / dot(x, x))[..., None] * x)


def _check_same_n(x: Array, v: Array) -> None:
    if x.shape[-1] != v.shape[-1]:
        raise ValueError(
            f"both arguments must have the same number of coordinates, not {x.shape[-1]} and {v.shape[-1]}"
        )


def _check_tangent(x: npt.ArrayLike, v: npt.ArrayLike) -> tuple[Array, Array]:
    x, v = check_on_sphere(x), check_points(v)
    _check_same_n(x, v)
    n = x.shape[-1]
    largest = np.abs(v).max(axis=-1, keepdims=True)
    if not ((largest <= _LONGEST) & ((largest == 0) | (largest >= 1 / _LONGEST))).all():
        raise ValueError(
            f"the largest component of a vector must be 0 or from 1e-150 to 1e150, not {largest.max():.3g}"
        )
    size = np.linalg.norm(v, axis=-1)
    if (np.abs(dot(x, v)) > 1e-6 * math.sqrt(n) * size).any():
        raise ValueError("the vector must be tangent at x (x.v = 0); pass sphere.tangent(x, v)")
    return x, v
