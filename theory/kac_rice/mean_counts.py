"""Exact mean numbers of critical points of a spherical spin glass at finite n, by the Kac-Rice formula."""

import math
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import INDEX_HINT, SIZE_HINT, Model, mixture, real_numbers, scalar_or_array, whole_number
from theory.kac_rice.energy_average import averaged
from theory.kac_rice.weighted_laws import Known, total_error

# Counts of one index are refused if the bound on their relative error exceeds this value, ...
_WORST = 1e-3
# ... unless the bound on their absolute error is below this value.
_TOO_FEW = 1e-12
# Larger sizes need too much memory or time; at higher orders float64 does not resolve H - 1 from H well enough.
_MOST_SPINS, _HIGHEST_ORDER = 3000, 10**6


def mean_critical_points(
    n: int,
    H: Model,
    index: int | None = None,
    below: ArrayLike | None = None,
    log: bool = False,
    unknown: Literal["raise", "nan"] = "raise",
) -> Any:
    r"""Return the exact mean number of critical points of a spherical spin glass with ``n`` spins.

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
        Count only points whose Hessian has this number of negative eigenvalues. Default: all points.
    below : float or array, optional
        Count only points with energy per spin below this value; infinities are allowed. Default: all energies.
    log : bool
        Return the natural logarithm, as the counts themselves overflow near n = 2000; default False.
    unknown : {"raise", "nan"}
        Whether to raise an error (default) or to return NaN where float64 cannot determine the number to a relative
        accuracy of 1e-3.

    Returns
    -------
    float or array
        The mean number, in the shape of ``below``.

        All indices together: the measured relative error is below 2e-12 for n up to 200, and below 1e-14 n for larger
        n, at any energy and for H from 2 to 20. A logarithm has this absolute error, and 15 correct digits; it is -inf
        where it is beyond the range of floats.

        One index: a bound is computed with each value, by which the relative error is below 1e-3 or, unless ``log``,
        the absolute error is below 1e-12. Where points of the index are not rare (if half of them lie below, for
        example) the measured relative error is below 1e-12 for n up to 100. float64 loses an index where its points
        are far rarer than those of other indices.

    Raises
    ------
    ValueError
        If an argument is not as described, ``index`` is not below ``n``, a count overflows, float64 cannot determine
        it, or it would take minutes, as for indices from about 50 to n - 50 with n above 400.

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
    H: Model,
    index: int | None = None,
    log: bool = False,
    unknown: Literal["raise", "nan"] = "raise",
) -> Any:
    r"""Return the exact mean number of critical points per unit of energy per spin.

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
        Count only points whose Hessian has this number of negative eigenvalues. Default: all points.
    log : bool
        Return the natural logarithm; default False.
    unknown : {"raise", "nan"}
        Whether to raise an error (default) or to return NaN where float64 cannot determine the density to a relative
        accuracy of 1e-3.

    Returns
    -------
    float or array
        The density, in the shape of ``u``. Its integral is :func:`mean_critical_points`, and it has the same accuracy.
        The density at ``u`` and index k equals that at ``-u`` and index ``n - 1 - k``.

    Raises
    ------
    ValueError
        If an argument is not as described, ``index`` is not below ``n``, a value overflows, float64 cannot determine
        it, or it would take minutes, as for indices from about 50 to n - 50 with n above 400.

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
    """Quantities that determine the counts, in units of the largest weight ``unit``.

    ``first`` and ``second`` are derivatives of nu at 1; ``free`` is n times the variance of the part of the energy that
    is independent of the Hessian.
    """

    first: float
    second: float
    free: float
    unit: float

    def log_prefactor(self, n: int) -> float:
        ratio = 2.0 * self.second / (self.first + self.second)
        return math.log(2.0) + 0.5 * math.log(ratio) + 0.5 * (n - 1) * math.log(self.second / self.first)

    def decay(self) -> float:
        """Return 1/2 + (nu''-nu')/(2(nu''+nu')), the rate of the Gaussian factor."""
        return self.second / (self.first + self.second)

    def slope(self, n: int) -> float:
        """Return d(mean energy per spin)/dx."""
        return self.first / (self.first + self.second) * math.sqrt(2.0 * self.second / n)

    def width(self, n: int) -> float:
        """Return the standard deviation of the energy per spin given x, over ``slope``."""
        return math.sqrt(self.free / n) / self.slope(n)


def _checked(n: int, H: Model, index: int | None, unknown: str) -> tuple[int, _Moments, int | None]:
    if unknown not in ("raise", "nan"):
        raise ValueError(f'unknown must be "raise" or "nan", not {unknown!r}')
    n = whole_number("n", n, 1, SIZE_HINT)
    if n > _MOST_SPINS:
        raise ValueError(f"n must be at most {_MOST_SPINS} here, not {n}; theory.complexity is the large-n growth rate")
    if index is not None:
        index = whole_number("index", index, 0, INDEX_HINT)
        if index >= n:
            raise ValueError(f"index must be below n, as the Hessian has n-1 eigenvalues; given {index}, n={n}")
    weights = mixture(H)
    if max(weights) > _HIGHEST_ORDER:
        raise ValueError(f"orders must be at most {_HIGHEST_ORDER} here, not {max(weights)}; give a lower order")
    return n, _moments(weights), index


def _moments(weights: dict[int, float]) -> _Moments:
    unit = max(abs(a) for a in weights.values())
    squares = {p: (a / unit) ** 2 for p, a in weights.items()}
    first = sum(p * s for p, s in squares.items())
    second = sum(p * (p - 1) * s for p, s in squares.items())
    if second < 1e-200:
        raise ValueError(
            f"the terms of order 2 and above are too small next to the field for floating point; given {weights} "
            "(a field alone always has exactly two critical points)"
        )
    # nu (nu'+nu'') - nu'^2, written without cancellation; it is exactly 0 for a pure model.
    free = sum(s * t * (p - q) ** 2 for p, s in squares.items() for q, t in squares.items() if p < q)
    return _Moments(first, second, free / (first + second), unit)


def _log_counts(n: int, moments: _Moments, index: int | None, u: Array) -> Known:
    """Return the logarithms of the numbers of points with energy per spin below u."""
    y = _eigenvalue_at(n, moments, u)
    prefactor = moments.log_prefactor(n)
    if index is not None or not np.any(y > 0.0):
        return _shifted(_mean(n, moments, index, y, integral=True), prefactor)
    # The law of the energies is symmetric: as many points lie above u > 0 as below -u.
    total = _mean(n, moments, None, np.array([math.inf]), integral=True)
    below = _mean(n, moments, None, -np.abs(y), integral=True)
    with np.errstate(invalid="ignore"):
        rest = total.log_value + np.log1p(-np.exp(below.log_value - total.log_value))
    value = np.where(y > 0.0, rest, below.log_value)
    return _shifted(Known(value, value + math.log(total_error(n))), prefactor)


def _log_density(n: int, moments: _Moments, index: int | None, u: Array) -> Known:
    """Return the logarithms of the densities at u.

    Couplings and their negatives have the same law, so the density of all indices is symmetric. It is evaluated left of
    the origin, where the tables are accurate. For a single index each panel uses this symmetry.
    """
    y = _eigenvalue_at(n, moments, u)
    result = _mean(n, moments, index, -np.abs(y) if index is None else y, integral=False)
    return _shifted(result, moments.log_prefactor(n) - math.log(moments.slope(n)) - math.log(moments.unit))


def _eigenvalue_at(n: int, moments: _Moments, u: Array) -> Array:
    """Return the eigenvalues at which the mean energies are u; infinite if beyond the largest float."""
    with np.errstate(over="ignore"):
        return np.asarray(u / moments.unit / moments.slope(n))


def _mean(n: int, moments: _Moments, index: int | None, y: Array, *, integral: bool) -> Known:
    return averaged(n, moments.decay(), moments.width(n), index, y, integral=integral)


def _shifted(known: Known, by: float) -> Known:
    return Known(known.log_value + by, known.log_error + by)


def _answer(known: Known, shape: tuple[int, ...], index: int | None, log: bool, unknown: str) -> Any:
    value, error = known
    with np.errstate(invalid="ignore"):
        # Logarithms below -1e12 have too few digits to show errors; they come from the far tail, which is accurate.
        lost = (error - value > math.log(_WORST)) & ~(np.isfinite(value) & (value < -1e12))
    if not log:
        lost &= error > math.log(_TOO_FEW)
    if np.any(lost) and unknown == "raise":
        raise ValueError(
            f"float64 cannot determine the number of points of index {index} at {np.count_nonzero(lost)} of the "
            f"{value.size} energies: it is below exp({error[lost].max():.4g}), but not known to a relative accuracy of "
            f"{_WORST:g}. Points of this index are very rare there; give energies at which they are less rare, "
            'index=None for all indices together, or unknown="nan" to return NaN for these energies'
        )
    value = np.where(lost, math.nan, value)
    if log:
        return scalar_or_array(value.reshape(shape))
    if np.any(value > 709.0):
        raise ValueError(f"the mean number is about exp({np.nanmax(value):.0f}) and overflows a float; use log=True")
    return scalar_or_array(np.exp(value).reshape(shape))
