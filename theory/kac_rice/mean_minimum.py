"""The mean energy of the deepest minimum at finite n, from exact mean counts and the Poisson law."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import ORDER_HINT, SIZE_HINT, whole_number
from theory.kac_rice.legendre import legendre_rule
from theory.kac_rice.mean_counts import mean_critical_points
from theory.large_n.deepest_minimum import deepest_minimum

# Energies are integrated in panels of this width, in units in which the mean number grows by e near the ground state.
_WIDTH, _NODES = 4.0, 20
_PANELS_BELOW = 10  # below the center of the limit law
_ROUNDING = 1e-14
_CERTAIN = 40.0  # if so many minima are expected, there is one, in float64


def mean_deepest_minimum(n: int, H: int) -> float:
    r"""Return the mean energy per spin of the deepest minimum, if the number of minima below each energy is Poisson.

    .. math:: m_n = \int u\, dP_n(u), \qquad P_n(u) = \frac{1 - e^{-\Lambda_n(u)}}{1 - e^{-\Lambda_n(\infty)}}

    where :math:`\Lambda_n(u)` is the exact mean number of minima with energy per spin below u
    (:func:`theory.mean_critical_points`), of pairs of minima for even H. The Poisson law is that of large n. The
    variance of the number of deep minima differs from it by a relative amount of order 1/n, which changes the mean
    energy per spin by :math:`O(n^{-2})`. The mean of :func:`theory.deepest_minimum` replaces :math:`\Lambda_n` by its
    limit too, and differs by order :math:`(\log n)^2/n^2`.

    Parameters
    ----------
    n : int
        Number of spins, from 2 to 3000.
    H : int
        Interaction order, at least 3.

    Returns
    -------
    float
        The mean.

    Raises
    ------
    ValueError
        If ``n`` is not a whole number from 2 to 3000, or ``H`` is not one of at least 3.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), Theorem 2.1, for the counts; Subag and Zeitouni (2017), Probab. Theory Relat.
    Fields 168, 773, Theorem 1, for the Poisson law.

    Examples
    --------
    >>> round(mean_deepest_minimum(24, 3), 6)
    -1.565022
    """
    n = whole_number("n", n, 2, SIZE_HINT)
    return _mean(n, whole_number("H", H, 3, ORDER_HINT + "; for H = 2 it is the smallest eigenvalue of a GOE matrix"))


@lru_cache(maxsize=64)
def _mean(n: int, H: int) -> float:
    law = deepest_minimum(n, H)
    width = _WIDTH / (law.rate * n)
    top = law.center + 2 * width
    none = 0.0  # probability that there is no minimum
    if _number(top, n, H) < _CERTAIN:
        none = math.exp(-float(_number(math.inf, n, H)))
        while math.exp(-float(_number(top, n, H))) > none + _ROUNDING:
            top += width
    edges = np.arange(law.center - _PANELS_BELOW * width, top + width / 2, width)
    x, weights, _ = legendre_rule(_NODES)
    u = edges[:-1, None] + width / 2 * (x + 1)
    higher = (np.exp(-_number(u, n, H)) - none) / (1 - none)
    # The mean is the lower end plus the integral of the probability that the minimum is higher.
    return float(edges[0] + width / 2 * (weights * higher).sum())


def _number(u: ArrayLike, n: int, H: int) -> Array:
    """Return the mean number of minima below u, of pairs of them for even H."""
    return np.asarray(mean_critical_points(n, H, index=0, below=u) / (2 if H % 2 == 0 else 1))
