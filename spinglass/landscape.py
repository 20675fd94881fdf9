"""What a landscape must offer to be descended, and the checks at the door of all that takes points.

Any object with ``n`` and ``energy_and_gradient`` is a landscape; what more it offers opens more doors:

===========================  =========================================================================
``hessian``                  :func:`spinglass.sphere.riemannian_hessian`, ``descend(method="newton")``
``hessian_vector``           the same where there is no ``hessian``, by ``n`` products a point
``stochastic_gradient``      ``descend(method="sgd")``
``chunk``                    bits that do not depend on the batch a point is in
``gradient_size``            tolerances relative to it, see :func:`spinglass.descent.gradient_scale`
===========================  =========================================================================
"""

from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]
AnyFloats: TypeAlias = npt.NDArray[np.floating[Any]]

# Relative, on |x|^2/n: wide enough for points that were stored in float32, and no wider.
ON_SPHERE = 1e-6


@runtime_checkable
class Landscape(Protocol):
    """An energy on R^n (or near the sphere ``|x|^2 = n``), with its Euclidean gradient.

    Energies are total, not per spin. Methods get float64 batches of shape ``(B, n)`` that they must not
    change, and treat every row by itself; NaN is the way to say that a row could not be evaluated.

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
        """Number of spins."""

    def energy_and_gradient(self, x: Array, /) -> tuple[AnyFloats, AnyFloats]:
        """Return the energies ``(B,)`` and the Euclidean gradients ``(B, n)``."""


@runtime_checkable
class WithHessian(Landscape, Protocol):
    """A landscape with a dense Euclidean Hessian."""

    def hessian(self, x: Array, /) -> AnyFloats:
        """Return the Hessians ``(B, n, n)``; a row's must not depend on the rest of the batch."""


@runtime_checkable
class WithHessianVector(Landscape, Protocol):
    """A landscape with products of its Euclidean Hessian."""

    def hessian_vector(self, x: Array, v: Array, /) -> AnyFloats:
        """Return ``hessian(x[b]) @ v[b]`` for every row, shape ``(B, n)``."""


@runtime_checkable
class WithStochasticGradient(Landscape, Protocol):
    """A landscape whose energy is a sum of parts."""

    def stochastic_gradient(self, x: Array, part: int, parts: int, /) -> AnyFloats:
        """Return ``parts`` times the gradient of part number ``part`` of ``parts``, shape ``(B, n)``.

        The mean over all ``part`` in ``range(parts)`` is the gradient.
        """


@runtime_checkable
class WithChunk(Landscape, Protocol):
    """A landscape that evaluates batches in chunks of fixed width."""

    def chunk(self, batch: int, /) -> int:
        """Return the width for a batch of this size.

        A row has the same bits in all batches, of multiples of the width, that share the width; and a
        batch of ``k`` widths (up to the batch asked about) must have that width again.
        """


@runtime_checkable
class WithGradientSize(Landscape, Protocol):
    """A landscape in a unit of energy of its own."""

    def gradient_size(self) -> float:
        """Return the usual size of ``|Riemannian gradient|/sqrt(n)`` away from critical points."""


def check_points(x: npt.ArrayLike, n: int | None = None) -> Array:
    """Return ``x`` as finite float64 of shape (..., n), or raise ``ValueError``."""
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
        raise ValueError(f"points must be finite; {bad} of {points.size} coordinates are not: drop those rows")
    return points


def check_on_sphere(x: npt.ArrayLike, n: int | None = None) -> Array:
    """Return ``x`` as float64 of shape (..., n) with ``|x|^2 = n``, or raise ``ValueError``."""
    points = check_points(x, n)
    largest = np.abs(points).max(initial=0.0)
    # |x|^2 of coordinates beyond sqrt(n) cannot be n, and could overflow.
    off = (
        np.abs(np.einsum("...i,...i->...", points, points) / points.shape[-1] - 1)
        if largest < 1e100
        else np.array(largest)
    )
    if off.size and off.max() > ON_SPHERE:
        raise ValueError(
            f"points must lie on the sphere |x|^2 = n; |x|^2/n is off 1 by up to {off.max():.3g} "
            f"(allowed {ON_SPHERE:g}): pass sphere.project(x)"
        )
    return points


def check_landscape(landscape: Landscape) -> None:
    """Raise ``TypeError`` unless ``landscape`` follows :class:`Landscape`."""
    if not isinstance(landscape, Landscape):
        raise TypeError(
            f"{type(landscape).__name__} is no landscape: it needs n and energy_and_gradient(x); "
            "see spinglass.landscape"
        )
