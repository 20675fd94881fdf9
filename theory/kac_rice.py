"""Exact mean numbers of critical points of a spherical glass at finite n, by the Kac-Rice formula."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from theory.arguments import (
    INDEX_HINT,
    SIZE_HINT,
    Floats,
    mixture,
    real_numbers,
    scalar_or_array,
    whole_number,
)
from theory.panels import WeightedLaw, weighted_law


def mean_critical_points(
    n: int,
    H: int | Mapping[int, float],
    index: int | None = None,
    below: ArrayLike | None = None,
    log: bool = False,
) -> Any:
    r"""Exact mean number of critical points of the spherical glass with ``n`` spins.

    .. math:: E\,N_k(B) = 2\sqrt{\frac{2\nu''}{\nu'+\nu''}} \left(\frac{\nu''}{\nu'}\right)^{(n-1)/2}
              E\left[ e^{-x_k^2 (\nu''-\nu')/(2(\nu''+\nu'))}\; P(u \in B \mid x_k) \right]

    with :math:`\nu(t) = \sum_H a_H^2 t^H` and its derivatives at 1, :math:`x_k` the k-th smallest of the n GOE
    eigenvalues of density :math:`\prod|x_i-x_j| \prod e^{-x_i^2/2}`, and the energy per spin given it normal with
    mean :math:`\frac{\nu'}{\nu'+\nu''}\sqrt{2\nu''/n}\, x_k` and variance
    :math:`(\nu - \nu'^2/(\nu'+\nu''))/n`, which is 0 for a pure model.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.
    index : int, optional
        Count only points whose Hessian has this many negative eigenvalues; otherwise all.
    below : float or array, optional
        Count only points with energy per spin below this; infinities are allowed.
    log : bool
        Return the natural logarithm: the counts themselves overflow near n = 2000.

    Returns
    -------
    float or array
        The mean number, in the shape of ``below``. The total keeps a relative accuracy of about 1e-12 at any
        energy. So do counts of one index for H = 3 and n up to 100; what float64 loses grows with n and H
        where index-k points sit above their typical place (relative 1e-10 for the minima at n = 1000, H = 3,
        1e-6 at H = 10), and far below -E_k, where a count that is 1e-20 of the minima's is known to 1e-4 only.

    Raises
    ------
    ValueError
        If an argument is not as described, the index is not below ``n``, or a count overflows.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), Theorem 2.1, for pure models.

    Examples
    --------
    >>> round(mean_critical_points(3, 3), 8)
    10.55235974
    >>> mean_critical_points(3, 3, index=0, below=[-1.5, 0.0]).round(8)
    array([0.22343148, 3.02527729])
    """
    n, moments, index = _checked(n, H, index)
    u = real_numbers("below", math.inf if below is None else below, infinite=True)
    values = _log_counts(n, moments, index, u.ravel()).reshape(u.shape)
    return _answer(values, log)


def mean_critical_point_density(
    u: ArrayLike,
    n: int,
    H: int | Mapping[int, float],
    index: int | None = None,
    log: bool = False,
) -> Any:
    r"""Exact mean number of critical points per unit of energy per spin.

    .. math:: \frac{d}{du} E\, N_k(\le u)

    Parameters
    ----------
    u : float or array
        Energy per spin.
    n : int
        Number of spins.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.
    index : int, optional
        Count only points whose Hessian has this many negative eigenvalues; otherwise all.
    log : bool
        Return the natural logarithm.

    Returns
    -------
    float or array
        The density, in the shape of ``u``; its integral is :func:`mean_critical_points`.

    Raises
    ------
    ValueError
        If an argument is not as described, the index is not below ``n``, or a value overflows.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), Theorem 2.1, differentiated.

    Examples
    --------
    >>> round(mean_critical_point_density(0.0, 1, 3), 12)  # two points, each of normal energy
    0.797884560803
    """
    n, moments, index = _checked(n, H, index)
    points = real_numbers("u", u)
    values = _log_density(n, moments, index, points.ravel()).reshape(points.shape)
    return _answer(values, log)


class _Moments(NamedTuple):
    """What the counts depend on, in units of the largest weight.

    The derivatives of nu at 1, and ``free``, the variance (times n) of the energy that the Hessian leaves free.
    """

    first: float
    second: float
    free: float
    unit: float

    def log_prefactor(self, n: int) -> float:
        ratio = 2.0 * self.second / (self.first + self.second)
        return math.log(2.0) + 0.5 * math.log(ratio) + 0.5 * (n - 1) * math.log(self.second / self.first)

    def decay(self) -> float:
        """Return 1/2 + (nu''-nu')/(2(nu''+nu')), the Gaussian rate left beside the bare polynomial."""
        return self.second / (self.first + self.second)

    def slope(self, n: int) -> float:
        """Return d(mean energy per spin)/dx."""
        return self.unit * self.first / (self.first + self.second) * math.sqrt(2.0 * self.second / n)

    def spread(self, n: int) -> float:
        """Return the standard deviation of the energy per spin given x."""
        return self.unit * math.sqrt(self.free / n)


def _checked(n: int, H: int | Mapping[int, float], index: int | None) -> tuple[int, _Moments, int | None]:
    n = whole_number("n", n, 1, SIZE_HINT)
    if index is not None:
        index = whole_number("index", index, 0, INDEX_HINT)
        if index >= n:
            raise ValueError(f"index must be below n, as the Hessian has n-1 eigenvalues; given {index}, n={n}")
    return n, _moments(mixture(H)), index


def _moments(weights: dict[int, float]) -> _Moments:
    unit = max(abs(a) for a in weights.values())
    squares = {p: (a / unit) ** 2 for p, a in weights.items()}
    first = sum(p * s for p, s in squares.items())
    second = sum(p * (p - 1) * s for p, s in squares.items())
    if second < 1e-200:
        raise ValueError(
            f"beside the field the orders from 2 on vanish in floating point; given {weights} "
            "(a field alone always has exactly two critical points)"
        )
    # nu (nu'+nu'') - nu'^2 without its cancellation: 0, exactly, for a pure model.
    free = sum(s * t * (p - q) ** 2 for p, s in squares.items() for q, t in squares.items() if p < q)
    return _Moments(first, second, free / (first + second), unit)


def _log_counts(n: int, moments: _Moments, index: int | None, u: Floats) -> Floats:
    law, y, log_weights = _law(n, moments, index, u)
    return moments.log_prefactor(n) + _log_sum(law.log_integral(y) + log_weights)


def _log_density(n: int, moments: _Moments, index: int | None, u: Floats) -> Floats:
    law, y, log_weights = _law(n, moments, index, u)
    return moments.log_prefactor(n) - math.log(moments.slope(n)) + _log_sum(law.log_value(y) + log_weights)


def _law(n: int, moments: _Moments, index: int | None, u: Floats) -> tuple[WeightedLaw, Floats, Floats]:
    """Return g, the places at which each u asks for it, shape (len(u), nodes), and the nodes' log weights.

    Given x the energy is normal about ``slope x``; turned round, u asks for the mean of g over a normal law of x.
    """
    slope, spread = moments.slope(n), moments.spread(n)
    z, log_weights = _normal_rule(n, spread / slope)
    y = (u[:, None] - spread * z) / slope
    lowest = float(y.min(initial=math.inf, where=np.isfinite(y)))
    law = weighted_law(n, moments.decay(), index, lowest, float(y.max(initial=-math.inf)))
    return law, y, log_weights


def _normal_rule(n: int, width: float) -> tuple[Floats, Floats]:
    """Nodes and log weights of a trapezoidal rule for the normal law, fine enough for g at ``width z``."""
    if width == 0.0:
        return np.zeros(1), np.zeros(1)
    # The error is exp(-2 pi^2/(h^2 (1 + (width/scale)^2))), scale half a level spacing at the origin.
    scale = 0.4 * math.pi / math.sqrt(2.0 * n)
    h = 0.7 / math.sqrt(1.0 + (width / scale) ** 2)
    z = h * np.arange(-math.ceil(9.0 / h), math.ceil(9.0 / h) + 1, dtype=np.float64)
    return z, np.asarray(-0.5 * z * z + math.log(h / math.sqrt(2.0 * math.pi)))


def _log_sum(values: Floats) -> Floats:
    return np.asarray(np.logaddexp.reduce(values, axis=1))


def _answer(log_values: Floats, log: bool) -> Any:
    if log:
        return scalar_or_array(log_values)
    if np.any(log_values > 709.0):
        raise ValueError(
            f"the mean number is about exp({log_values.max():.0f}) and overflows a float; ask for log=True"
        )
    return scalar_or_array(np.exp(log_values))
