"""The remainder of the logarithm after its linear term, which appears in the entropies of spherical spin glasses."""

import numpy as np

from spinglass._common.types import Array

# 1/3 + w/5 + w^2/7 + ...; for w below 1/9, 15 terms leave less than 1e-16.
_SERIES = 1.0 / np.arange(31.0, 2.0, -2.0)


def log_remainder(e: Array) -> Array:
    """Return ``(-log(1-e) - e) / e^2`` for 0 <= e < 1, accurate to a few units in the last place."""
    small = e < 0.5
    far = np.where(small, 0.5, e)
    # -log(1-e) = 2 artanh(z) with z = e/(2-e) has a series in z^2, at most 1/9; no terms of the result cancel.
    near = np.where(small, e, 0.0)
    z = near / (2.0 - near)
    series = 0.5 * (1.0 + z) * (1.0 + z * (1.0 + z) * np.polyval(_SERIES, z * z))
    return np.asarray(np.where(small, series, (-np.log1p(-far) - far) / far**2))
