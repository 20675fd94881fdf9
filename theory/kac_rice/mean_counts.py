"""Exact mean numbers of critical points of a spherical glass at finite n, by the Kac-Rice formula."""

import math
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

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
from theory.kac_rice.energy_average import averaged
from theory.kac_rice.weighted_laws import ONE_POINT_ERROR, Known

# Counts of one index are refused where the bound of their relative error exceeds this ...
_WORST = 1e-3
# ... unless there are fewer points than this: then the absolute error is.
_TOO_FEW = 1e-12
# Beyond these sizes memory or time run out; beyond this order float64 does not tell H - 1 from H well enough.
_MOST_SPINS, _HIGHEST_ORDER = 3000, 10**6


def mean_critical_points(
    n: int,
    H: int | Mapping[int, float],
    index: int | None = None,
    below: ArrayLike | None = None,
    log: bool = False,
    unknown: Literal["raise", "nan"] = "raise",
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
        Number of spins, at most 3000.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.
    index : int, optional
        Count only points whose Hessian has this many negative eigenvalues; otherwise all.
    below : float or array, optional
        Count only points with energy per spin below this; infinities are allowed.
    log : bool
        Return the natural logarithm: the counts themselves overflow near n = 2000.
    unknown : {"raise", "nan"}
        What to do where float64 cannot hold the number to a relative 1e-3: refuse, or return NaN there.

    Returns
    -------
    float or array
        The mean number, in the shape of ``below``. All indices together: measured relative error below 2e-12
        for n up to 2000 and H from 2 to 20 at any energy; a logarithm keeps 15 digits, and is -inf where it lies
        beyond floats. One index: relative error below 1e-3 by a bound computed with each value, or below 1e-12
        points unless ``log``; where the law is not rare (half of the points lie below, say) the measured error is
        below 1e-11 for n up to 100. float64 loses an index where its points are far rarer than those of others.

    Raises
    ------
    ValueError
        If an argument is not as described, the index is not below ``n``, a count overflows, float64 cannot hold it,
        or it would take minutes: indices from about 50 to n - 50 for n above 400.

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
    n, moments, index = _checked(n, H, index, unknown)
    u = real_numbers("below", math.inf if below is None else below, infinite=True)
    return _answer(_log_counts(n, moments, index, u.ravel()), u.shape, index, log, unknown)


def mean_critical_point_density(
    u: ArrayLike,
    n: int,
    H: int | Mapping[int, float],
    index: int | None = None,
    log: bool = False,
    unknown: Literal["raise", "nan"] = "raise",
) -> Any:
    r"""Exact mean number of critical points per unit of energy per spin.

    .. math:: \frac{d}{du} E\, N_k(\le u)

    Parameters
    ----------
    u : float or array
        Energy per spin.
    n : int
        Number of spins, at most 3000.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.
    index : int, optional
        Count only points whose Hessian has this many negative eigenvalues; otherwise all.
    log : bool
        Return the natural logarithm.
    unknown : {"raise", "nan"}
        What to do where float64 cannot hold the number to a relative 1e-3: refuse, or return NaN there.

    Returns
    -------
    float or array
        The density, in the shape of ``u``; its integral is :func:`mean_critical_points`, whose accuracy it shares.
        It is symmetric: the density at ``u`` and index k is that at ``-u`` and index ``n - 1 - k``.

    Raises
    ------
    ValueError
        If an argument is not as described, the index is not below ``n``, a value overflows, float64 cannot hold it,
        or it would take minutes: indices from about 50 to n - 50 for n above 400.

    References
    ----------
    Auffinger, Ben Arous and Černý (2013), Theorem 2.1, differentiated.

    Examples
    --------
    >>> round(mean_critical_point_density(0.0, 1, 3), 12)  # two points, each of normal energy
    0.797884560803
    """
    n, moments, index = _checked(n, H, index, unknown)
    points = real_numbers("u", u)
    return _answer(_log_density(n, moments, index, points.ravel()), points.shape, index, log, unknown)


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
        return self.first / (self.first + self.second) * math.sqrt(2.0 * self.second / n)

    def width(self, n: int) -> float:
        """Return the standard deviation of the energy per spin given x, over ``slope``."""
        return math.sqrt(self.free / n) / self.slope(n)


def _checked(n: int, H: int | Mapping[int, float], index: int | None, unknown: str) -> tuple[int, _Moments, int | None]:
    if unknown not in ("raise", "nan"):
        raise ValueError(f'unknown must be "raise" or "nan", not {unknown!r}')
    n = whole_number("n", n, 1, SIZE_HINT)
    if n > _MOST_SPINS:
        raise ValueError(f"n must be at most {_MOST_SPINS} here, not {n}; beyond, see theory.complexity for the rate")
    if index is not None:
        index = whole_number("index", index, 0, INDEX_HINT)
        if index >= n:
            raise ValueError(f"index must be below n, as the Hessian has n-1 eigenvalues; given {index}, n={n}")
    weights = mixture(H)
    if max(weights) > _HIGHEST_ORDER:
        raise ValueError(f"orders must be at most {_HIGHEST_ORDER} here, not {max(weights)}; give a smaller order")
    return n, _moments(weights), index


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


def _log_counts(n: int, moments: _Moments, index: int | None, u: Floats) -> Known:
    """Return the logarithms of the counts below u."""
    y = _eigenvalue_at(n, moments, u)
    prefactor = moments.log_prefactor(n)
    if index is not None or not np.any(y > 0.0):
        return _shifted(_mean(n, moments, index, y, integral=True), prefactor)
    # The energies have a symmetric law: what lies above u > 0 is as much as what lies below -u.
    total = _mean(n, moments, None, np.array([math.inf]), integral=True)
    below = _mean(n, moments, None, -np.abs(y), integral=True)
    with np.errstate(invalid="ignore"):
        rest = total.log_value + np.log1p(-np.exp(below.log_value - total.log_value))
    value = np.where(y > 0.0, rest, below.log_value)
    return _shifted(Known(value, value + math.log(ONE_POINT_ERROR)), prefactor)


def _log_density(n: int, moments: _Moments, index: int | None, u: Floats) -> Known:
    """Return the logarithms of the densities at u.

    Couplings and their negatives have the same law, so the density of all indices is symmetric; it is evaluated left
    of the origin, where the tables are accurate. The panels of single eigenvalues are mirrored one by one.
    """
    y = _eigenvalue_at(n, moments, u)
    result = _mean(n, moments, index, -np.abs(y) if index is None else y, integral=False)
    return _shifted(result, moments.log_prefactor(n) - math.log(moments.slope(n)) - math.log(moments.unit))


def _eigenvalue_at(n: int, moments: _Moments, u: Floats) -> Floats:
    """Return the eigenvalues at which the mean energies are u; beyond floats they are infinite."""
    with np.errstate(over="ignore"):
        return np.asarray(u / moments.unit / moments.slope(n))


def _mean(n: int, moments: _Moments, index: int | None, y: Floats, *, integral: bool) -> Known:
    return averaged(n, moments.decay(), moments.width(n), index, y, integral=integral)


def _shifted(known: Known, by: float) -> Known:
    return Known(known.log_value + by, known.log_error + by)


def _answer(known: Known, shape: tuple[int, ...], index: int | None, log: bool, unknown: str) -> Any:
    value, error = known
    with np.errstate(invalid="ignore"):
        # Logarithms this large no longer show errors; such values come from the far tail, which is accurate.
        lost = (error - value > math.log(_WORST)) & ~(np.isfinite(value) & (value < -1e12))
    if not log:
        lost &= error > math.log(_TOO_FEW)
    if np.any(lost) and unknown == "raise":
        raise ValueError(
            f"float64 cannot hold the number of points of index {index} at {np.count_nonzero(lost)} of the "
            f"{value.size} energies asked for: it is known to be below exp({error[lost].max():.4g}), but not to a "
            f"relative {_WORST:g}. Points of this index are very rare there; ask for energies nearer to where they "
            'lie, for all indices together (index=None), or for NaN in their place (unknown="nan")'
        )
    value = np.where(lost, math.nan, value)
    if log:
        return scalar_or_array(value.reshape(shape))
    if np.any(value > 709.0):
        raise ValueError(
            f"the mean number is about exp({np.nanmax(value):.0f}) and overflows a float; ask for log=True"
        )
    return scalar_or_array(np.exp(value).reshape(shape))
