r"""Spectra of sample covariance matrices ``X^T X / M``, X an (M, d) matrix of independent standard normal numbers.

This is the Hessian of the mean squared loss of one linear layer with d normal inputs and M data points, once for each
output.
"""

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import positive_number, real_numbers, whole_number


def marchenko_pastur_edges(ratio: float) -> tuple[float, float]:
    r"""Return the ends of the continuous part of the limiting spectrum.

    .. math:: x_\pm = (1 \pm \sqrt{c})^2, \qquad c = d/M

    Parameters
    ----------
    ratio : float
        Number of inputs divided by the number of data points, c > 0.

    Returns
    -------
    lower, upper : float
        The ends. For c > 1 there is also an eigenvalue 0 with the share 1 - 1/c.

    Raises
    ------
    ValueError
        If ``ratio`` is not positive.

    References
    ----------
    Marchenko and Pastur (1967).

    Examples
    --------
    >>> marchenko_pastur_edges(0.25)
    (0.25, 2.25)
    """
    c = positive_number("ratio", ratio)
    return float((1 - np.sqrt(c)) ** 2), float((1 + np.sqrt(c)) ** 2)


def marchenko_pastur_density(x: ArrayLike, ratio: float) -> Array:
    r"""Return the density of the limiting spectrum, without its part at 0.

    .. math:: \rho(x) = \frac{\sqrt{(x_+ - x)(x - x_-)}}{2\pi c x}

    Parameters
    ----------
    x : array
        Points.
    ratio : float
        Number of inputs divided by the number of data points, c > 0.

    Returns
    -------
    array
        The density; its integral is min(1, 1/c).

    Raises
    ------
    ValueError
        If ``ratio`` is not positive or a point is not a real number.

    References
    ----------
    Marchenko and Pastur (1967).

    Examples
    --------
    >>> float(marchenko_pastur_density(1.0, 0.25).round(6))
    0.616404
    """
    c = positive_number("ratio", ratio)
    points = real_numbers("x", x)
    low, high = marchenko_pastur_edges(c)
    inside = (points > max(low, 0.0)) & (points < high)
    safe = np.where(inside, points, 1.0)
    root = np.sqrt(np.maximum((high - safe) * (safe - low), 0))
    return np.asarray(np.where(inside, root / (2 * np.pi * c * safe), 0.0))


def sample_covariance_moments(inputs: int, points: int) -> tuple[float, float, float]:
    r"""Return the exact means of the first three moments of the spectrum, at finite size.

    .. math:: \tfrac1d \mathbb{E}\, \mathrm{tr}\, S = 1, \quad
              \tfrac1d \mathbb{E}\, \mathrm{tr}\, S^2 = 1 + \frac{d+1}{M}, \quad
              \tfrac1d \mathbb{E}\, \mathrm{tr}\, S^3 = 1 + \frac{3(d+1)}{M} + \frac{d^2+3d+4}{M^2}

    Parameters
    ----------
    inputs : int
        Number of inputs d.
    points : int
        Number of data points M.

    Returns
    -------
    first, second, third : float
        The means. They tend to 1, 1 + c and 1 + 3c + c^2 as both numbers grow with c = d/M.

    Raises
    ------
    ValueError
        If a number is not a whole number of at least 1.

    References
    ----------
    Wick's formula for real normal numbers; Letac and Massam (2004) for real Wishart matrices.

    Examples
    --------
    >>> sample_covariance_moments(1, 1)  # moments of the square of a standard normal number
    (1.0, 3.0, 15.0)
    """
    d = whole_number("inputs", inputs, 1, "it is a number of inputs")
    M = whole_number("points", points, 1, "it is a number of data points")
    return 1.0, 1 + (d + 1) / M, 1 + 3 * (d + 1) / M + (d * d + 3 * d + 4) / M**2
