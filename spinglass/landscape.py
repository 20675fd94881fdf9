"""The interface of an energy landscape, and checks of points.

Any object with ``n`` and ``energy_and_gradient`` is a landscape. Optional methods enable further algorithms:

===========================  =========================================================================
``hessian``                  :func:`spinglass.sphere.riemannian_hessian`, ``descend(method="newton")``
``hessian_vector``           the same without ``hessian``, by ``n`` products per point
``stochastic_gradient``      ``descend(method="sgd")``
``chunk``                    results that do not depend, to the last bit, on the rest of the batch
``gradient_size``            tolerances relative to it, see :func:`spinglass.descent.gradient_scale`
===========================  =========================================================================
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array, FloatArray

# Largest deviation of |x|^2/n from 1: just large enough for points that were stored in float32.
ON_SPHERE = 1e-6


@runtime_checkable
class Landscape(Protocol):
    """An energy on R^n (or near the sphere ``|x|^2 = n``) with its Euclidean gradient.

    Energies are total, not per spin. Methods receive float64 batches of shape ``(B, n)``, must not change them, and
    must treat each row independently of the others. They return NaN in rows that cannot be evaluated.

    Examples
    --------
    >>> import numpy as np
    >>> class Field:
    ...     n = 3
    ...     def energy_and_gradient(self, x):
    ...         return x[:, 0].copy(), np.tile([1.0, 0.0, 0.0], (len(x), 1))
    >>> isinstance(Field(), Landscape)
    True
    """

    @property
    def n(self) -> int:
        """Number of spins (dimension)."""

    def energy_and_gradient(self, x: Array, /) -> tuple[FloatArray, FloatArray]:
        """Return total energies and Euclidean gradients.

        Parameters
        ----------
        x : ndarray, shape (B, n)
            Points.

        Returns
        -------
        energy : ndarray, shape (B,)
            Total energies.
        gradient : ndarray, shape (B, n)
            Euclidean gradients.
        """


@runtime_checkable
class WithHessian(Landscape, Protocol):
    """A landscape with a dense Euclidean Hessian."""

    def hessian(self, x: Array, /) -> FloatArray:
        """Return Euclidean Hessians; that of a row must not depend on the rest of the batch.

        Parameters
        ----------
        x : ndarray, shape (B, n)
            Points.

        Returns
        -------
        ndarray, shape (B, n, n)
            Hessians of the total energy.
        """


@runtime_checkable
class WithHessianVector(Landscape, Protocol):
    """A landscape with Hessian-vector products."""

    def hessian_vector(self, x: Array, v: Array, /) -> FloatArray:
        """Return ``hessian(x[b]) @ v[b]`` for every row b.

        Parameters
        ----------
        x : ndarray, shape (B, n)
            Points.
        v : ndarray, shape (B, n)
            Vectors.

        Returns
        -------
        ndarray, shape (B, n)
            Products.
        """


@runtime_checkable
class WithStochasticGradient(Landscape, Protocol):
    """A landscape whose energy is a sum of parts."""

    def stochastic_gradient(self, x: Array, part: int, parts: int, /) -> FloatArray:
        """Return ``parts`` times the gradient of one part of the energy.

        The mean over all ``part`` in ``range(parts)`` is the gradient.

        Parameters
        ----------
        x : ndarray, shape (B, n)
            Points.
        part : int
            Number of the part, 0 to parts-1.
        parts : int
            Number of parts.

        Returns
        -------
        ndarray, shape (B, n)
            Euclidean gradients.
        """


@runtime_checkable
class WithChunk(Landscape, Protocol):
    """A landscape that evaluates batches in chunks of fixed width."""

    def chunk(self, batch: int, /) -> int:
        """Return the chunk width for a batch of a given size.

        In all batches that have the same width and whose size is a multiple of it, a row must have the same bits. Every
        multiple of the returned width, up to ``batch``, must have that width again.

        Parameters
        ----------
        batch : int
            Number of points.

        Returns
        -------
        int
            Width, at least 1.
        """


@runtime_checkable
class WithGradientSize(Landscape, Protocol):
    """A landscape that declares its unit of energy."""

    def gradient_size(self) -> float:
        """Return the typical size of ``|Riemannian gradient|/sqrt(n)`` away from critical points.

        Returns
        -------
        float
            Size, positive and finite.
        """


def check_points(x: npt.ArrayLike, n: int | None = None) -> Array:
    """Return ``x`` as a finite float64 array of shape (..., n), or raise ``ValueError``."""
    points = np.asarray(x)
    if points.dtype.kind not in "fiu":
        raise ValueError(f"points must be real numbers, not {points.dtype}; pass an array of floats")
    if points.ndim == 0 or points.shape[-1] == 0:
        raise ValueError(f"points must have shape (n,) or (B, n), not {points.shape}")
    if n is not None and points.shape[-1] != n:
        raise ValueError(
            f"points must have {n} coordinates for this landscape, not {points.shape[-1]} "
            f"(their shape is {points.shape})"
        )
    points = points.astype(np.float64, order="C", copy=False)
    if not np.isfinite(points).all():
        bad = np.count_nonzero(~np.isfinite(points))
        raise ValueError(f"points must be finite; {bad} of {points.size} coordinates are not; drop those rows")
    return points


def check_on_sphere(x: npt.ArrayLike, n: int | None = None) -> Array:
    """Return ``x`` as a float64 array of shape (..., n) with ``|x|^2 = n``, or raise ``ValueError``."""
    points = check_points(x, n)
    largest = np.abs(points).max(initial=0.0)
    # |x|^2 could overflow for very large coordinates, which are off the sphere in any case.
    off = (
        np.abs(np.einsum("...i,...i->...", points, points) / points.shape[-1] - 1)
        if largest < 1e100
        else np.array(largest)
    )
    if off.size and off.max() > ON_SPHERE:
        raise ValueError(
            f"points must lie on the sphere |x|^2 = n; |x|^2/n differs from 1 by up to {off.max():.3g} "
            f"(allowed {ON_SPHERE:g}): pass sphere.project(x)"
        )
    return points


def check_landscape(landscape: Landscape) -> None:
    """Raise ``TypeError`` unless ``landscape`` follows :class:`Landscape`."""
    if not isinstance(landscape, Landscape):
        raise TypeError(
            f"{type(landscape).__name__} is not a landscape: it needs n and energy_and_gradient(x); "
            "see spinglass.landscape"
        )
