r"""Deep linear networks with squared loss: the values of the loss at critical points.

The loss is ``E = |X W_1 ... W_H - Y|^2 / 2`` with X (M, n_0), Y (M, n_H), one row per data point, and W_l
(n_(l-1), n_l). *Directions* are the singular directions of the least-squares prediction of Y from X, numbered from 0 in
the order of descending singular value s.
"""

from collections.abc import Sequence
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import one_number, real_numbers
from theory.float_range import refuse_overflow
from theory.networks.linear_data import NEGLIGIBLE, chosen_directions, data_tables, fitting_widths, whole_widths


def singular_values(X: ArrayLike, Y: ArrayLike) -> Array:
    r"""Return the nonzero singular values of the least-squares prediction of Y from X.

    Their squares are the eigenvalues of :math:`Y^T X (X^T X)^+ X^T Y`; X may be singular.

    Parameters
    ----------
    X : array, shape (M, n_0)
        Inputs, one row per data point.
    Y : array, shape (M, n_H)
        Targets, one row per data point.

    Returns
    -------
    array, shape (m,)
        The singular values in descending order, without zeros.

    Raises
    ------
    ValueError
        If X and Y are not tables of finite numbers with the same number of rows, or the largest entry of one of them
        is not zero and lies outside 1e-100 .. 1e100.

    Examples
    --------
    >>> singular_values([[1.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [0.0, 4.0]]).round(12).tolist()
    [4.0, 3.0]
    """
    x, y = data_tables(X, Y)
    s = np.asarray(np.linalg.svd(_prediction(x, y), compute_uv=False), dtype=np.float64)
    kept: Array = s[s > NEGLIGIBLE * max(np.linalg.norm(y), np.finfo(float).tiny)]
    return kept


def _prediction(x: Array, y: Array) -> Array:
    return np.asarray(x @ np.linalg.lstsq(x, y, rcond=None)[0])


def critical_loss(X: ArrayLike, Y: ArrayLike, chosen: Sequence[int]) -> float:
    r"""Return the loss of the critical points at which the network passes on the chosen directions.

    .. math:: E = \tfrac12 |Y|^2 - \tfrac12 \sum_{i \in \text{chosen}} s_i^2

    Parameters
    ----------
    X : array, shape (M, n_0)
        Inputs, one row per data point.
    Y : array, shape (M, n_H)
        Targets, one row per data point.
    chosen : sequence of int
        Different direction numbers, from 0 for the largest singular value.

    Returns
    -------
    float
        The loss.

    Raises
    ------
    ValueError
        As for :func:`singular_values`, or if the directions are not different numbers below the number of nonzero
        singular values.

    References
    ----------
    Baldi and Hornik (1989), fact 4; Achour, Malgouyres and Gerchinovitz (2024), Proposition 1.

    Examples
    --------
    >>> critical_loss(np.eye(2), np.diag([4.0, 1.0]), [1])
    8.0
    """
    picked = chosen_directions(chosen, len(singular_values(X, Y)))
    x, y = data_tables(X, Y)
    prediction = _prediction(x, y)
    # |Y|^2 is the squared residual plus all squared singular values, so the loss is a sum without cancellation.
    left_out = np.delete(np.linalg.svd(prediction, compute_uv=False), picked)
    return float(np.sum((y - prediction) ** 2) + np.sum(left_out**2)) / 2


def global_loss(X: ArrayLike, Y: ArrayLike, widths: Sequence[int]) -> float:
    r"""Return the least loss of a linear network of given widths, which is that of reduced-rank regression.

    .. math:: \min E = \tfrac12 |Y|^2 - \tfrac12 \sum_{i \le r} s_i^2, \qquad r = \min_l n_l

    Every local minimum has this loss.

    Parameters
    ----------
    X : array, shape (M, n_0)
        Inputs, one row per data point.
    Y : array, shape (M, n_H)
        Targets, one row per data point.
    widths : sequence of int
        Widths ``(n_0, ..., n_H)`` of the layers.

    Returns
    -------
    float
        The least loss.

    Raises
    ------
    ValueError
        As for :func:`singular_values`, or if the widths do not begin with the number of columns of X and end with
        that of Y.

    References
    ----------
    Izenman (1975); Kawaguchi (2016) and Lu and Kawaguchi (2017) for local minima.

    Examples
    --------
    >>> global_loss(np.eye(2), np.diag([4.0, 1.0]), (2, 1, 2))
    0.5
    """
    r = min(fitting_widths(widths, *data_tables(X, Y)))
    return critical_loss(X, Y, range(min(r, len(singular_values(X, Y)))))


def critical_values(X: ArrayLike, Y: ArrayLike, widths: Sequence[int]) -> int:
    r"""Return the number of critical values of the loss.

    .. math:: \sum_{k \le r} \binom{m}{k}, \qquad r = \min_l n_l

    with m nonzero singular values. The critical values are all different unless two sums of squared singular values
    coincide.

    Parameters
    ----------
    X : array, shape (M, n_0)
        Inputs, one row per data point.
    Y : array, shape (M, n_H)
        Targets, one row per data point.
    widths : sequence of int
        Widths ``(n_0, ..., n_H)`` of the layers.

    Returns
    -------
    int
        The number of choices of directions, each of which has a critical value.

    Raises
    ------
    ValueError
        As for :func:`global_loss`.

    Examples
    --------
    >>> critical_values(np.eye(3), np.diag([3.0, 2.0, 1.0]), (3, 2, 3))
    7
    """
    m = len(singular_values(X, Y))
    return sum(comb(m, k) for k in range(min(min(fitting_widths(widths, *data_tables(X, Y))), m) + 1))


def sphere_critical_values(s: ArrayLike, widths: Sequence[int], norm: float) -> Array:
    r"""Return the critical values of ``E - |Y|^2/2`` on a sphere of weights, for a network with one hidden unit.

    The network has two layers of widths (m, 1, m), the inputs are orthonormal, :math:`X^T X = I`, the m singular values
    are nonzero and different, and the squared norm of all weights is fixed at :math:`|w|^2 = \rho`. For each singular
    value s there are

    * two points with the value :math:`\rho^2/8 - s\rho/2` and two with :math:`\rho^2/8 + s\rho/2`, at which each layer
      has half of the squared norm and the two signs of the product differ;
    * where :math:`2s < \rho`, four more points with the value :math:`-s^2/2`, the optimum of that direction, at which
      the layers' norms differ.

    Parameters
    ----------
    s : array, shape (m,)
        Singular values, all positive and different, in any order.
    widths : sequence of int
        Widths ``(m, 1, m)`` of the layers.
    norm : float
        Squared norm rho of all weights, above 0.

    Returns
    -------
    array
        The values at all critical points in ascending order; equal values are repeated, once per point.

    Raises
    ------
    ValueError
        If ``norm`` or a singular value is not positive, two singular values are equal, the widths are not ``(m, 1, m)``
        with as many inputs and outputs as singular values, or a loss is beyond the largest float.

    Notes
    -----
    These points are critical points of the loss with a ridge penalty whose strength is the Lagrange multiplier of the
    sphere. The multiplier is zero at the points of the second kind.

    Other data have further critical points, which in general form continuous families: weights of one layer alone that
    read inputs, or write outputs, which are uncorrelated with all others, and rotations of directions with equal
    singular values.

    Examples
    --------
    >>> sphere_critical_values([1.0], (1, 1, 1), 4.0).tolist()
    [-0.5, -0.5, -0.5, -0.5, 0.0, 0.0, 4.0, 4.0]
    """
    values, rho = real_numbers("s", s), one_number("norm", norm)
    if rho <= 0 or np.any(values <= 0) or values.ndim != 1:
        raise ValueError(f"norm and all singular values must be positive; given {norm!r} and {s!r}")
    if len(np.unique(values)) < len(values):
        raise ValueError(f"singular values must differ, or critical points are not isolated; given {s!r}")
    sizes, m = whole_widths(widths), len(values)
    if sizes != [m, 1, m]:
        raise ValueError(
            f"widths must be ({m}, 1, {m}) with {m} nonzero singular values, not {tuple(sizes)}; with more inputs or "
            "outputs there are further critical points, in general not isolated"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        # rho/2 (rho/4 -+ s); this form of the smaller value does not cancel
        balanced = np.concatenate([rho / 2 * (rho / 4 - values), rho / 2 * (rho / 4 + values)])
    refuse_overflow(balanced, False, "the largest loss", "scale the norm and the singular values down")
    unbalanced = -(values[2 * values < rho] ** 2) / 2
    return np.sort(np.concatenate([np.repeat(balanced, 2), np.repeat(unbalanced, 4)]))
