"""The unit in which a landscape's energies and gradients are of order 1."""

import math

import numpy as np

from spinglass.descent.evaluation import Evaluator
from spinglass.geometry import random_points, tangent_part
from spinglass.landscape import Landscape

_POINTS, _SEED = 8, 0x5CA1E
_LARGEST_EXPONENT = 1022  # 2 to this power and its inverse are both normal floats


def gradient_scale(landscape: Landscape) -> float:
    """Return the gradient scale ``s = 4^round(log_4(g/2))``.

    ``g`` is the root mean square of ``|Riemannian gradient|/sqrt(n - 1)`` at eight uniform random points, always the
    same ones. A spin glass has ``g^2 = nu'(1)`` on average, H for a pure one of unit variance: s = 1 for orders 2 to
    15. A power of four, so that dividing by it (and by its root) rounds nothing; a constant on the sphere does not
    change it. Where the energy is constant on the sphere to rounding, the Euclidean gradient takes the place of the
    Riemannian one, and where that vanishes as well, s = 1.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> gradient_scale(SphericalSpinGlass.pure(n=20, H=3, seed=0))
    1.0
    >>> gradient_scale(SphericalSpinGlass.mixed(n=20, weights={3: 2.0**-40}, seed=0)) == 2.0**-40
    True
    """
    points = random_points(landscape.n, _POINTS, _SEED)
    evaluate = Evaluator(landscape, _POINTS)
    gradient = evaluate(points)[1]
    finite = np.isfinite(gradient).all(axis=1)
    largest = float(np.abs(gradient[finite]).max(initial=0.0))
    if largest == 0:
        return 1.0
    exponent = math.frexp(largest)[1]
    # Squares of the numbers themselves could overflow.
    gradient = np.ldexp(gradient[finite], -exponent)
    tangent = tangent_part(points[finite], gradient)
    whole, along = (float(np.mean(part**2)) for part in (gradient, tangent))
    square = along if along > (evaluate.rounding**2) * whole else whole
    square *= landscape.n / max(1, landscape.n - 1)
    doubled = 2 * round((0.5 * math.log2(square) + exponent - 1) / 2)
    return math.ldexp(1.0, max(-_LARGEST_EXPONENT, min(_LARGEST_EXPONENT, doubled)))
