r"""The exact law of the Hessian at critical points of given energy: a shifted GOE matrix weighted by |det|.

At a critical point of energy per spin u of a pure model the Riemannian Hessian is ``c (Y - x I)`` with
``c = sqrt(2 H(H-1)/n)`` and ``x = H u/c``. The eigenvalues y of Y, a matrix of size n-1, have a density proportional to
``prod_j |x - y_j| prod_{i<j} |y_i - y_j| prod exp(-y_j^2/2)``. (The critical points of a sample follow the Palm
measure, which contributes the determinant.) The numbers y together with x are the eigenvalues of an n x n GOE matrix,
so that

    rho(x) = n const exp(-x^2/2) F(x),   F(x) = int prod |x - y_j| prod |y_i - y_j| prod exp(-y_j^2/2) dy,

where rho is the one-point density of that matrix. Shifting the integration variables by x gives ``F' = -E[sum y] F``;
scaling them gives ``E[sum y^2] = (n-1)(n+2)/2 - x F'/F``. Exactly k of the y lie below x if x is the eigenvalue of
rank k, counted from 0.

Source: Auffinger, Ben Arous and Černý 2013, Lemmas 3.2 and 3.3, for the weighted law; the moments are derived above.
"""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.interpolate import CubicSpline

import theory
from spinglass._common.types import Array

Law = Callable[[Array], Array]
STATISTICS = ("mean eigenvalue", "mean square", "negative fraction")
REACH = 2.0  # the law is tabulated for |energy per spin| up to this
_KNOTS = 321


def scale(n: int, H: int) -> float:
    """Return c: the Hessian is c times a GOE matrix whose off-diagonal entries have variance 1/2."""
    return math.sqrt(2 * H * (H - 1) / n)


def weighted_moments(x: Array, n: int) -> Array:
    """Return the means of ``sum y`` and ``sum y^2`` at each x, shape (2, len(x))."""
    slope = CubicSpline(x, np.log(theory.eigenvalue_density(x / math.sqrt(n), n)))(x, 1) + x
    return np.stack([-slope, (n - 1) * (n + 2) / 2 - x * slope])


def weighted_fraction(x: Array, n: int) -> Array:
    """Return the mean fraction of the y that lie below x."""
    ranked = np.array([theory.kth_eigenvalue_density(x / math.sqrt(n), n, k) for k in range(n)])
    fraction: Array = np.arange(n) @ ranked / ranked.sum(axis=0) / (n - 1)
    return fraction


@cache
def given_energy(n: int, H: int) -> Law:
    """Return the means of the ``STATISTICS`` of the Hessian's eigenvalues as functions of the energy per spin.

    Mean and mean square are over the n-1 eigenvalues. For energies of shape (m,) the law returns shape (m, 3).
    """
    # A step of 1/80 in u leaves the splines relative errors of about 1e-7 (tested), far below any error bar.
    u = np.linspace(-REACH, REACH, _KNOTS)
    c = scale(n, H)
    x = H * u / c
    first, second = weighted_moments(x, n) / (n - 1)
    columns = [c * (first - x), c**2 * (second - 2 * x * first + x**2), weighted_fraction(x, n)]
    return CubicSpline(u, np.stack(columns, axis=1), extrapolate=False)


def statistics(eigenvalues: Array) -> Array:
    """Return the ``STATISTICS`` of each row of Hessian eigenvalues, shape (rows, 3)."""
    return np.stack([eigenvalues.mean(axis=1), (eigenvalues**2).mean(axis=1), (eigenvalues < 0).mean(axis=1)], axis=1)
