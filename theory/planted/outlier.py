r"""Large deviations of the lowest eigenvalue of a semicircle matrix with a rank-one term.

In units of half the radius of the semicircle, ``G - theta e e^T`` has the spectrum [-2, 2] and, for theta > 1, an
eigenvalue at ``-(theta + 1/theta)``. The lowest eigenvalue is near -2z, z >= 1, with probability exp(-n K(z)),

    K(z) = J(z)                                                        if theta <= g,
    K(z) = J(z)/2 + z^2/2 - theta z + theta^2/4 + log(theta)/2 + 1/4   if theta > g,   g = z - sqrt(z^2 - 1),

with J as in :mod:`theory.large_n.radial_law`. (For theta > 1 the second form holds for all z.)
"""

import numpy as np

from spinglass._common.types import Array, BoolArray
from theory.large_n.radial_law import edge_rate


def outlier_rate(z: Array, theta: Array) -> Array:
    """Return K(z) for z >= 1.

    References
    ----------
    Maida (2007), Electron. J. Probab. 12, 1131, Theorem 1.1, for GOE matrices.

    Examples
    --------
    >>> float(outlier_rate(np.array(1.25), np.array(2.0)))  # the typical place is z = 1.25
    0.0
    """
    z, theta = np.broadcast_arrays(z, theta)
    free = edge_rate(z)
    # 1/g, which does not suffer from cancellation.
    pulled = theta * (z + np.sqrt(np.maximum(z * z - 1.0, 0.0))) > 1.0
    size = np.where(pulled, theta, 1.0)
    rate = 0.5 * free + 0.5 * z * z - size * z + 0.25 * size**2 + 0.5 * np.log(size) + 0.25
    return np.asarray(np.where(pulled, np.maximum(rate, 0.0), free))


def is_outside(z: Array, theta: Array) -> BoolArray:
    """Return whether the typical lowest eigenvalue is below -2z: outside the spectrum, and further than z."""
    with np.errstate(divide="ignore"):
        return np.asarray((theta > 1.0) & (2.0 * z < theta + 1.0 / np.where(theta > 1.0, theta, 1.0)))
