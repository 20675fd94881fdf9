r"""Control variates of a ground state: sums over the deepest minima, whose means are exact at every n.

Let ``y_i`` be the exact mean number of minima below the energy of the i-th minimum of a landscape. The mean density of
these numbers is 1 whatever n is (Campbell's theorem), so that ``sum_i w(y_i)`` has the mean ``int w(y) dy`` for every
weight w. The weights below are those that reduce the variance most where the minima are independent, which Subag and
Zeitouni prove of the deepest ones as n grows [1]_. Then the smallest y has the law Exp(1), and adding a minimum at y
changes the mean of a function s of it by

    w(y) = E[s(min(Y, y)) - s(Y)] = -int_y^inf s'(t) e^(-t) dt.

This is ``-E_1(y)`` for the logarithm, with the exponential integral E_1, and ``2 E_1(2y) - E_1(y)`` for
``s(y) = E|log y - log Y'|``, the mean difference to another landscape. The weight of the logarithm leaves
``1 - 2 log 2 / (pi^2/6)``, a sixth, of its variance. Weights are cut at ``DEEP``, so that the search has to find minima
down to there, not all.

References
----------
.. [1] E. Subag and O. Zeitouni, Ann. Probab. 45, 3385 (2017).
"""

import math

import numpy as np
from scipy import special

import theory
from spinglass._common.types import Array

DEEP = 2.0  # minima up to the energy below which two are expected
_SAME = 1e-8  # energies per spin of the same minimum differ by rounding, 1e-15
_LEAST = 1e-300  # keeps the logarithm finite where energies are wrong


def depths(energies_per_spin: Array, n: int, H: int) -> Array:
    """Return the exact mean numbers of minima below the distinct ones of these energies, in ascending order."""
    found = np.sort(energies_per_spin[np.isfinite(energies_per_spin)])
    distinct = found[np.r_[True, np.diff(found) > _SAME]]
    log_numbers = theory.mean_critical_points(n, H, index=0, below=distinct, log=True)
    return np.asarray(np.maximum(np.exp(log_numbers), _LEAST))


def log_control(deep: Array) -> float:
    """Return the sum of ``E_1(y) - E_1(DEEP)`` over minima with y < DEEP, minus its mean ``1 - e^-DEEP``."""
    y = deep[deep < DEEP]
    return float((special.exp1(y) - special.exp1(DEEP)).sum() - (1 - math.exp(-DEEP)))


def difference_control(deep: Array) -> float:
    """Return the sum of ``v(y) - v(DEEP)``, ``v(y) = 2 E_1(2y) - E_1(y)``, over minima with y < DEEP, minus its mean.

    The mean is ``e^-DEEP - e^(-2 DEEP)``.
    """
    y = deep[deep < DEEP]
    return float((_slope(y) - _slope(DEEP)).sum() - (math.exp(-DEEP) - math.exp(-2 * DEEP)))


def _slope(y: Array | float) -> Array:
    return np.asarray(2 * special.exp1(2 * np.asarray(y)) - special.exp1(y))
