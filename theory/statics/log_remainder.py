"""The remainder of the logarithm after its linear term, which appears in the entropies of spherical spin glasses."""

import numpy as np

from spinglass._common.types import Array

# 1/2 + e/3 + e^2/4 + ...; below e = 1/2, 51 terms leave less than 1e-16.
_SERIES = 1.0 / np.arange(52.0, 1.0, -1.0)


def log_remainder(e: Array) -> Array:
    """Return ``(-log(1-e) - e) / e^2`` for 0 <= e < 1, accurate to a few units in the last place."""
    small = e < 0.5
    far = np.where(small, 0.5, e)
    return np.asarray(np.where(small, np.polyval(_SERIES, np.where(small, e, 0.0)), (-np.log1p(-far) - far) / far**2))
