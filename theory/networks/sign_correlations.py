"""Correlation of two random signs that differ with a given probability: the published bound, and the sharp one."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import real_numbers, scalar_or_array


def sign_correlation_bound(epsilon: ArrayLike) -> Any:
    r"""Return the published lower bound on the correlation of two signs that differ with probability ``epsilon``.

    .. math:: \mathrm{corr} \ge \frac{1 - 2\epsilon}{1 + 2\epsilon}

    The bound holds if the signs are balanced and, more generally, if the absolute value of their mean is at most
    :func:`largest_imbalance`. It is false for signs that are less balanced; :func:`least_sign_correlation` is the
    sharp bound for every mean.

    Parameters
    ----------
    epsilon : float or array
        Probability that the two signs differ, between 0 and 1/2.

    Returns
    -------
    float or array
        The bound, in the shape of ``epsilon``.

    Raises
    ------
    ValueError
        If ``epsilon`` lies outside [0, 1/2].

    References
    ----------
    Choromanska et al. (2015), Theorem 3.2, which states the bound without the hypothesis on the mean.

    Examples
    --------
    >>> sign_correlation_bound(0.05)
    0.818181...
    """
    e = _error_rate(epsilon)
    return scalar_or_array(np.asarray((1 - 2 * e) / (1 + 2 * e)))


def least_sign_correlation(epsilon: ArrayLike, mean: ArrayLike) -> Any:
    r"""Return the least correlation of a sign of given mean with a sign that differs from it with given probability.

    .. math:: \mathrm{corr} \ge \begin{cases}
              \sqrt{\frac{c^2 - m^2}{1 - m^2}} & m \le c \\
              -\sqrt{\frac{(m-c)(1-m)}{(1+m)(2-m+c)}} & m > c \end{cases}
              \qquad c = 1 - 2\epsilon, \quad m = |\mathrm{mean}|

    In the first case the bound is reached if the other sign has mean ``mean / c``. In the second case it is reached if
    the second sign never takes the rarer value of the first at the same time; the signs may then be anticorrelated.

    Parameters
    ----------
    epsilon : float or array
        Probability that the two signs differ, between 0 and 1/2.
    mean : float or array
        Mean of the first sign, strictly between -1 and 1; broadcasts against ``epsilon``.

    Returns
    -------
    float or array
        The least correlation. Its relative error is below 1e-14; next to its zero at ``m = c``, for ``m < 1/2``, it is
        as accurate as if c had an error of 1e-16.

    Raises
    ------
    ValueError
        If ``epsilon`` lies outside [0, 1/2] or ``mean`` outside (-1, 1).

    Notes
    -----
    The correlation is ``(c - m m')/sqrt((1-m^2)(1-m'^2))``, where m' is the mean of the other sign. Its derivative in
    m' has the sign of ``c m' - m``, and it is minimised over all m' that are possible for signs that differ with
    probability epsilon.

    Examples
    --------
    >>> least_sign_correlation(0.05, 0.0), least_sign_correlation(0.05, 0.8), least_sign_correlation(0.2, 0.8)
    (0.9, 0.687184..., -0.111111...)
    """
    e, m = _error_rate(epsilon), np.abs(real_numbers("mean", mean))
    if np.any(m >= 1):
        raise ValueError(f"the mean of a sign that takes both values lies in (-1, 1); given {mean!r}")
    c, rest = 1 - 2 * e, 1 - m
    ahead = rest - 2 * e  # c - m without cancellation: for m > 1/2 the difference 1 - m is exact
    balanced = np.sqrt(np.maximum(ahead, 0.0) * (c + m) / (rest * (1 + m)))
    unbalanced = -np.sqrt(np.maximum(-ahead, 0.0) * rest / ((1 + m) * (2 - m + c)))
    return scalar_or_array(np.where(ahead >= 0, balanced, unbalanced))


def largest_imbalance(epsilon: ArrayLike) -> Any:
    r"""Return the largest absolute mean of a sign for which the published bound holds.

    .. math:: |\mathrm{mean}| = (1 - 2\epsilon)\sqrt{\frac{1 + \epsilon}{2}}

    At this mean :func:`least_sign_correlation` equals :func:`sign_correlation_bound`.

    Parameters
    ----------
    epsilon : float or array
        Probability that the two signs differ, above 0 and at most 1/2.

    Returns
    -------
    float or array
        The largest absolute mean, in the shape of ``epsilon``, accurate to 4e-16.

    Raises
    ------
    ValueError
        If ``epsilon`` lies outside (0, 1/2].

    Examples
    --------
    >>> largest_imbalance(0.05)
    0.652...
    """
    e = _error_rate(epsilon)
    if np.any(e == 0):
        raise ValueError("at epsilon = 0 the signs are equal and every bound holds; give epsilon > 0")
    return scalar_or_array(np.asarray((1 - 2 * e) * np.sqrt((1 + e) / 2)))


def _error_rate(epsilon: ArrayLike) -> Array:
    e = real_numbers("epsilon", epsilon)
    if np.any((e < 0) | (e > 0.5)):
        raise ValueError(f"epsilon, the probability that the signs differ, must lie in [0, 1/2]; given {epsilon!r}")
    return e
