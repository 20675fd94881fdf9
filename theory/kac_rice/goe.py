"""Exact laws of the eigenvalues of a GOE matrix of finite size: one-point density and laws of ordered eigenvalues.

The matrix M is n x n, real symmetric and Gaussian with ``E M_ij^2 = (1 + delta_ij)/(2n)``: the spectrum fills
``[-sqrt 2, sqrt 2]``. It is the matrix of the quadratic form of the H = 2 model, whose
ground-state energy per spin is the smallest eigenvalue.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import SIZE_HINT, real_numbers, scalar_or_array, whole_number
from theory.kac_rice.ordered_eigenvalues import one_point_table, order_table, seconds_per_point

# Points per pass, to bound memory; the points of a pass share their number of quadrature nodes.
_ORDERED_CHUNK = 32
_ONE_POINT_CHUNK = 1024
_SECONDS = 120.0
_LARGEST = 20_000


def eigenvalue_density(eigenvalue: ArrayLike, n: int) -> Any:
    r"""Return the mean density of the eigenvalues of an n x n GOE matrix.

    .. math:: \rho_n(\lambda) = \sqrt n \left[ \sum_{j<n} \psi_j(x)^2 + \sqrt{n/2}\, \psi_{n-1}(x)
              \int \tfrac12 \mathrm{sgn}(x-t)\, \psi_n(t)\,dt + 1_{n\ \mathrm{odd}}
              \frac{\psi_{n-1}(x)}{\int \psi_{n-1}} \right], \qquad x = \sqrt n\, \lambda

    Parameters
    ----------
    eigenvalue : float or array
        Points at which to evaluate; for large n the spectrum fills ``[-sqrt 2, sqrt 2]``.
    n : int
        Size of the matrix, from 1 to 20000.

    Returns
    -------
    float or array
        The density, whose integral is ``n``, in the shape of ``eigenvalue``; measured relative error below 2e-12
        up to n = 2000, also in the tails.

    Raises
    ------
    ValueError
        If ``n`` is not a whole number from 1 to 20000, or ``eigenvalue`` holds NaN or infinity.

    References
    ----------
    Mehta (2004), Random Matrices, 3rd edition, chapter 7.

    Examples
    --------
    >>> round(eigenvalue_density(0.0, 1), 12)  # one standard normal number
    0.398942280401
    """
    n = _checked_size(n)
    points = real_numbers("eigenvalue", eigenvalue)
    x = _in_units_of_spacing(points, n)

    def density(t: Array) -> Array:
        r, log_scale = one_point_table(t, n)
        return r * np.exp(log_scale - 0.5 * t * t)

    values = _in_chunks(density, -np.abs(x), _ONE_POINT_CHUNK)
    return scalar_or_array(math.sqrt(n) * values.reshape(points.shape))


def kth_eigenvalue_density(eigenvalue: ArrayLike, n: int, index: int) -> Any:
    r"""Return the probability density of one of the ordered eigenvalues of an n x n GOE matrix.

    Parameters
    ----------
    eigenvalue : float or array
        Points at which to evaluate.
    n : int
        Size of the matrix, from 1 to 20000.
    index : int
        Rank of the eigenvalue: 0 for the smallest, ``n - 1`` for the largest.

    Returns
    -------
    float or array
        The density, whose integral is 1, in the shape of ``eigenvalue``; measured absolute error below 1e-13 sqrt(n)
        for n up to 100.

    Raises
    ------
    ValueError
        If ``n`` and ``index`` are not whole numbers with ``0 <= index < n``, ``n`` exceeds 20000, ``eigenvalue`` holds
        NaN or infinity, or the points inside the spectrum would take more than two minutes.

    References
    ----------
    de Bruijn (1955) for the Pfaffian; its evaluation is derived in :mod:`theory.kac_rice.ordered_eigenvalues`.

    Examples
    --------
    >>> round(kth_eigenvalue_density(0.0, 3, 1), 9)
    0.977205024
    """
    n, k = _checked_rank(n, index)
    points = real_numbers("eigenvalue", eigenvalue)
    x = _in_units_of_spacing(points, n)
    _refuse_slow(x, n)

    def density(t: Array, rank: int) -> Array:
        table = order_table(t, n)
        if rank >= table.density.shape[1]:
            return np.zeros_like(t)
        return np.asarray(table.density[:, rank] * np.exp(table.log_scale - 0.5 * t * t))

    values = np.empty_like(x)
    left = x <= 0.0
    values[left] = _in_chunks(lambda t: density(t, k), x[left], _ORDERED_CHUNK)
    values[~left] = _in_chunks(lambda t: density(t, n - 1 - k), -x[~left], _ORDERED_CHUNK)
    return scalar_or_array(math.sqrt(n) * values.reshape(points.shape))


def kth_eigenvalue_cdf(eigenvalue: ArrayLike, n: int, index: int) -> Any:
    r"""Return the probability that one of the ordered eigenvalues of an n x n GOE matrix is below ``eigenvalue``.

    Parameters
    ----------
    eigenvalue : float or array
        Points at which to evaluate; infinities are allowed.
    n : int
        Size of the matrix, from 1 to 20000.
    index : int
        Rank of the eigenvalue: 0 for the smallest, ``n - 1`` for the largest.

    Returns
    -------
    float or array
        The probability, in the shape of ``eigenvalue``; measured absolute error below 1e-13 for n up to 100.

    Raises
    ------
    ValueError
        If ``n`` and ``index`` are not whole numbers with ``0 <= index < n``, ``n`` exceeds 20000, ``eigenvalue`` holds
        NaN, or the points inside the spectrum would take more than two minutes.

    References
    ----------
    de Bruijn (1955) for the Pfaffian; its evaluation is derived in :mod:`theory.kac_rice.ordered_eigenvalues`.

    Examples
    --------
    >>> round(kth_eigenvalue_cdf(0.0, 2, 0), 12)  # 1/2 + 1/sqrt 8: P(not positive definite)
    0.853553390593
    """
    n, k = _checked_rank(n, index)
    points = real_numbers("eigenvalue", eigenvalue, infinite=True)
    x = _in_units_of_spacing(points, n)
    _refuse_slow(x[np.isfinite(x)], n)
    values = np.where(x > 0.0, 1.0, 0.0)
    left, right = (x <= 0.0) & np.isfinite(x), (x > 0.0) & np.isfinite(x)
    values[left] = _in_chunks(lambda t: _at_least(k + 1, t, n), x[left], _ORDERED_CHUNK)
    values[right] = 1.0 - _in_chunks(lambda t: _at_least(n - k, t, n), -x[right], _ORDERED_CHUNK)
    return scalar_or_array(np.clip(values, 0.0, 1.0).reshape(points.shape))


def _checked_size(n: int) -> int:
    n = whole_number("n", n, 1, SIZE_HINT)
    if n > _LARGEST:
        raise ValueError(
            f"n must be at most {_LARGEST}, not {n}; for larger n use the semicircle (theory.semicircle_fraction)"
        )
    return n


def _in_units_of_spacing(points: Array, n: int) -> Array:
    """Return sqrt(n) times the eigenvalues, clipped at 1e6: beyond it every law is 0 or 1, and squares may overflow."""
    with np.errstate(over="ignore"):
        x = math.sqrt(n) * points.ravel()
    return np.asarray(np.where(np.isfinite(points.ravel()), np.clip(x, -1e6, 1e6), x))


def _refuse_slow(x: Array, n: int) -> None:
    if x.size == 0:
        return
    seconds = x.size * seconds_per_point(-float(np.abs(x).min()), n)
    if seconds > _SECONDS:
        raise ValueError(
            f"{x.size} points at n = {n} would take about {seconds / 60:.0f} minutes of dense eigenproblems; give "
            "fewer points, points nearer to the edges of the spectrum, or a smaller n"
        )


def _checked_rank(n: int, index: int) -> tuple[int, int]:
    n = _checked_size(n)
    index = whole_number("index", index, 0, "it is the rank of an eigenvalue, 0 for the smallest")
    if index >= n:
        raise ValueError(f"index must be below n, as the ranks are 0..n-1; given index={index}, n={n}")
    return n, index


def _at_least(count: int, t: Array, n: int) -> Array:
    """Return P(at least ``count`` eigenvalues below t), count >= 1, from the laws of ``floor(N/2)`` and of odd N."""
    table = order_table(t, n)
    j = (count - 1) // 2
    if j >= table.pairs.shape[1]:
        return np.zeros_like(t)
    beyond = table.pairs[:, j + 1 :].sum(axis=1)
    return np.asarray(beyond if count % 2 == 0 else beyond + table.odd[:, j])


def _in_chunks(function: Callable[[Array], Array], t: Array, size: int) -> Array:
    # The points are sorted so that those of a chunk need about the same number of nodes.
    order = np.argsort(t)
    values = np.empty_like(t)
    for start in range(0, t.size, size):
        rows = order[start : start + size]
        values[rows] = function(t[rows])
    return values
