"""The gradient scale: the unit in which the gradients of a landscape are of order 1."""

from __future__ import annotations

import math

import numpy as np

from spinglass._common.types import Array
from spinglass.geometry import random_points, tangent_part
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import Landscape, WithGradientSize

_POINTS, _SEED = 8, 0x5CA1E
_LARGEST_EXPONENT = 1022  # 2 to this power and its inverse are both normal floating-point numbers


def gradient_scale(landscape: Landscape) -> float:
    """Return the gradient scale ``s = 4^round(log_4(g/2))``, where g is the typical gradient of a landscape.

    For a spin glass, g is the median of ``|Riemannian gradient|/sqrt(n - 1)`` over eight fixed uniform random points.
    g^2 is close to ``nu'(1)``, which is H for a pure model of unit variance, so s = 1 for orders 2 to 10, except for
    some samples with few spins. A term that is constant on the sphere does not change s; if the energy is constant on
    the sphere, the Euclidean gradient is used instead of the Riemannian one. Other landscapes can define g by a method
    ``gradient_size()``; without it s = 1. Since s is a power of four, division by s does not round.

    Parameters
    ----------
    landscape : Landscape
        The energy function.

    Returns
    -------
    float
        The scale s, a power of four.

    Raises
    ------
    ValueError
        If ``gradient_size()`` is not positive and finite.

    Examples
    --------
    >>> gradient_scale(SphericalSpinGlass.pure(n=20, H=3, seed=0))
    1.0
    >>> gradient_scale(SphericalSpinGlass.mixed(n=20, weights={3: 2.0**-40}, seed=0)) == 2.0**-40
    True
    """
    if isinstance(landscape, WithGradientSize):
        g = float(landscape.gradient_size())
        if not 0 < g < math.inf:
            raise ValueError(f"gradient_size() of {type(landscape).__name__} must be positive and finite, not {g!r}")
    elif isinstance(landscape, SphericalSpinGlass):
        g = _typical_gradient(landscape)
    else:
        return 1.0
    exponent = 2 * round((math.log2(g) - 1) / 2)
    return math.ldexp(1.0, max(-_LARGEST_EXPONENT, min(_LARGEST_EXPONENT, exponent)))


def _typical_gradient(glass: SphericalSpinGlass) -> float:
    """Return the median of ``|Riemannian gradient|/sqrt(n - 1)``, or 2 (for which s = 1) if all gradients vanish."""
    points = random_points(glass.n, _POINTS, _SEED)
    gradient: Array = np.asarray(glass.gradient(points), dtype=np.float64)
    rounding = 500 * float(np.finfo(glass.dtype).eps)  # that of the couplings, if they are stored in float32
    whole, along = _median_length(gradient), _median_length(tangent_part(points, gradient))
    g = along if along > rounding * whole else whole
    return g / math.sqrt(max(1, glass.n - 1)) or 2.0


def _median_length(vectors: Array) -> float:
    """Return the median length of the rows, safe from overflow and underflow of squares."""
    largest = np.maximum(np.abs(vectors).max(axis=1), np.finfo(float).tiny)
    return float(np.median(largest * np.linalg.norm(vectors / largest[:, None], axis=1)))
