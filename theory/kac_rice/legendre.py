"""Gauss-Legendre rules that also integrate from the left end to each node."""

from functools import lru_cache

import numpy as np
from scipy.special import roots_legendre

from spinglass._common.types import Array


@lru_cache(maxsize=64)
def legendre_rule(m: int) -> tuple[Array, Array, Array]:
    """Return nodes and weights on [-1, 1], and the matrix that integrates values at the nodes from -1 to each node."""
    x, weights = roots_legendre(m)
    degrees = np.arange(m)
    p = np.polynomial.legendre.legvander(x, m)
    from_coefficients = np.column_stack([x + 1.0, (p[:, 2:] - p[:, :-2]) / (2.0 * degrees[1:] + 1.0)])
    to_coefficients = (degrees[:, None] + 0.5) * p[:, :m].T * weights
    return x, weights, from_coefficients @ to_coefficients
