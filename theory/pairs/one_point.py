"""The mean absolute determinant of the Hessian at one point, as a function of the radial derivative and the index."""

import math

import numpy as np

from spinglass._common.types import Array
from theory.kac_rice.ordered_eigenvalues import one_point_table, order_table

_POINTS = 801
# Logarithm of the share of an index below which the table does not go: float64 loses smaller ones.
_SMALLEST_SHARE = -40.0


class OnePointTable:
    """``log E |det(Y - x)|`` for a GOE matrix Y of size n-1, and the share of one index in it.

    With the eigenvalues of Y, x has the density of an eigenvalue of a GOE matrix of size n, without its Gaussian
    factor.

    Attributes
    ----------
    reach : float
        The table covers x from -reach to reach.
    """

    def __init__(self, n: int, reach: float) -> None:
        self.n, self.reach = n, reach
        left = np.linspace(-reach, 0.0, _POINTS)
        raw, scale = one_point_table(left, n)
        self._left = left
        # The ratio of the normalisations of GOE matrices of sizes n and n-1 (Selberg's integral), over n.
        constant = 0.5 * math.log(2.0 * math.pi) + math.lgamma(1.0 + 0.5 * n) - math.lgamma(1.5) - math.log(n)
        self._density = np.log(raw) + scale  # of the eigenvalues of the larger matrix, as in log_share
        self._total = self._density + constant
        self._ranks: tuple[Array, Array] | None = None

    def log_total(self, x: Array) -> Array:
        """Return the logarithm for all indices together."""
        return np.asarray(np.interp(-np.abs(x), self._left, self._total))

    def log_share(self, x: Array, index: int) -> Array:
        """Return the logarithm of the share of points of the index at x, or of a very small share."""
        if self._ranks is None:
            table = order_table(self._left, self.n)
            self._ranks = table.density, table.log_scale
        density, scale = self._ranks
        shares = []
        for rank in (index, self.n - 1 - index):  # left and right of the origin
            raw = density[:, rank] if rank < density.shape[1] else np.zeros(_POINTS)
            with np.errstate(divide="ignore"):
                share = np.log(np.maximum(raw, 0.0)) + scale - self._density
            shares.append(np.maximum(share, _SMALLEST_SHARE))
        near, far = (np.interp(-np.abs(x), self._left, share) for share in shares)
        return np.where(x <= 0.0, near, far)


def reach(n: int, first: float, second: float) -> float:
    """Return the |x| beyond which no critical points are expected, for nu' and nu'' at 1.

    Beyond the edge sqrt(2n) their density falls like ``x^(n-1) exp(-x^2 nu''/(nu' + nu''))``.
    """
    spread = (first + second) / second
    return max(math.sqrt(2.0 * n), math.sqrt(0.5 * n * spread)) + 5.0 + 3.0 * math.sqrt(spread)
