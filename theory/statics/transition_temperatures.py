"""The dynamical and the static transition temperature of a spherical spin glass."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from spinglass._common.types import Array, IntArray
from theory.arguments import ORDER_HINT, is_many, is_symbolic, parameter, precision, refuse_digits
from theory.covariance import Covariance
from theory.large_n import closed_forms
from theory.statics.log_remainder import log_remainder

# Grid in log(-log(1-q)), from q = 1e-9 to 1 - q = 1e-15.
_GRID = np.linspace(math.log(1e-9), math.log(34.0), 6000)


def dynamical_temperature(H: Any, digits: int | None = None) -> Any:
    r"""Return the temperature below which dynamics from random points does not equilibrate, for large n.

    .. math:: T_d^2 = \max_{0 \le q < 1} \frac{(1-q)\,\nu'(q)}{q}
              = \frac{H (H-2)^{H-2}}{(H-1)^{H-1}} \ \text{for a pure model, at } q = \frac{H-2}{H-1}

    Energies have variance n here. In physics papers they have variance n/2, and temperatures are smaller by sqrt(2).

    Parameters
    ----------
    H : int, array, SymPy number or symbol, or mapping
        Order of a pure model, or a mixture ``{order: weight}`` without a term of order 1.
    digits : int, optional
        Significant digits of an mpmath result, for one pure model.

    Returns
    -------
    float, array, ``mpmath.mpf`` or SymPy expression
        The temperature: float64 for numbers, arrays and mixtures, exact for a SymPy integer or symbol. If the maximum
        is at ``q = 0``, the transition is continuous and coincides with the static one.

    Raises
    ------
    ValueError
        If ``H`` is neither an order of at least 2 nor a mixture without a term of order 1.

    References
    ----------
    Crisanti, Horner and Sommers (1993), Z. Phys. B 92, 257, section 3; for mixtures Crisanti and Leuzzi (2006),
    Phys. Rev. B 73, 014412.

    Examples
    --------
    >>> import sympy
    >>> round(dynamical_temperature(3), 9), dynamical_temperature(sympy.Integer(3))
    (0.866025404, sqrt(3)/2)
    >>> round(dynamical_temperature({3: 1.0, 4: 0.5}), 9)
    0.937773825
    """
    if isinstance(H, Mapping):
        _refuse_digits_of_a_mixture(digits)
        return _dynamical_of(H)
    exactly = is_symbolic(H)
    H = parameter("H", H, 2, ORDER_HINT)
    if is_many(H):
        refuse_digits(digits)
        return _dynamical_of_orders(H)
    if digits is None and not exactly:
        return float(_dynamical_of_orders(np.asarray(H)))
    exact = closed_forms.dynamical_temperature(H)
    return exact if digits is None else closed_forms.to_mpf(exact, precision(digits))


def static_temperature(H: Any, digits: int | None = None) -> Any:
    r"""Return the temperature below which few deep valleys dominate the Gibbs measure, for large n.

    .. math:: T_s^2 = \max_{0 < q < 1} \frac{\nu(q)}{-\log(1-q) - q}

    Above it the free energy is the annealed one. Energies have variance n, as in :func:`dynamical_temperature`.

    Parameters
    ----------
    H : int, array or mapping
        Order of a pure model, or a mixture ``{order: weight}`` without a term of order 1.
    digits : int, optional
        Significant digits of an mpmath result, for one pure model.

    Returns
    -------
    float, array, ``mpmath.mpf`` or SymPy expression
        The temperature: a float for one order or a mixture. Only ``H = 2`` has a closed form, ``sqrt(2)``, which is
        returned for a SymPy integer.

    Raises
    ------
    ValueError
        If ``H`` is a symbol, or neither an order of at least 2 nor a mixture without a term of order 1.

    References
    ----------
    Crisanti and Sommers (1992), Z. Phys. B 87, 341; the maximum is Talagrand's criterion for replica symmetry (2006),
    Probab. Theory Relat. Fields 134, 339, Proposition 2.2.

    Examples
    --------
    >>> round(static_temperature(3), 9)
    0.828805476
    """
    if isinstance(H, Mapping):
        _refuse_digits_of_a_mixture(digits)
        return _static_of(H)
    given, exactly = H, is_symbolic(H)
    H = parameter("H", H, 2, ORDER_HINT)
    if is_symbolic(H):
        raise ValueError(f"the static temperature has no closed form, so H must be a number; given H={H}")
    if is_many(H):
        refuse_digits(digits)
        return np.array([_static_of_order(int(p)) for p in H.ravel()]).reshape(H.shape)
    if H == 2 and (exactly or digits is not None):
        return dynamical_temperature(given, digits)
    return _static_of_order(H) if digits is None else _refined(H, precision(digits))


def _refuse_digits_of_a_mixture(digits: int | None) -> None:
    if digits is not None:
        raise ValueError("digits is available for pure models only; for a mixture omit digits")


def _dynamical_of_orders(H: IntArray) -> Array:
    # ((H-2)/(H-1))^(H-2), written without cancellation; it is 1 for H = 2.
    power = np.exp((H - 2) * np.log1p(-1 / np.maximum(H - 1, 2)))
    return np.asarray(np.sqrt(H / (H - 1) * power))


def _dynamical_of(H: Mapping[int, float]) -> float:
    nu, scale = Covariance.with_scale(H)
    nu.refuse_field("the dynamical temperature")
    # At q = 0 the ratio is nu''(0).
    return scale * math.sqrt(_largest(lambda q, rest: rest * _over_power(nu, q, 1), float(nu(0.0, 2))))


def _static_of(H: Mapping[int, float]) -> float:
    nu, scale = Covariance.with_scale(H)
    nu.refuse_field("the static temperature")
    return scale * static_temperature_of(nu)


def static_temperature_of(nu: Covariance) -> float:
    """Return the static temperature of a covariance without a field, accurate to a few units in the last place."""
    if nu.pure_order is not None:
        return math.sqrt(nu.squares[0][1]) * _static_of_order(nu.pure_order)
    return math.sqrt(_largest(lambda q, _: _over_power(nu, q, 0) / log_remainder(q), float(nu(0.0, 2))))


def _over_power(nu: Covariance, q: Array, derivative: int) -> Array:
    """Return ``nu(q) / q^2`` or, with ``derivative``, ``nu'(q) / q``; there is no term of order 1."""
    return np.asarray(sum(square * (p if derivative else 1) * q ** (p - 2) for p, square in nu.squares))


def _largest(function: Callable[[Array, Array], Array], at_zero: float) -> float:
    """Return the maximum over [0, 1) of a function of q and 1 - q, from a grid and a search around its maxima."""

    def of_log(z: Any) -> Array:
        y = np.exp(z)
        return function(-np.expm1(-y), np.exp(-y))

    values = of_log(_GRID)
    # A maximum between grid points exceeds the larger neighbour by far less than this.
    high = np.flatnonzero(values[1:-1] >= max(float(values.max()), at_zero) * (1 - 1e-2)) + 1
    peaks = [i for i in high if values[i] >= values[i - 1] and values[i] >= values[i + 1]]
    found = [at_zero, float(values.max())]
    for i in peaks:
        bounds = (_GRID[i - 1], _GRID[i + 1])
        best = minimize_scalar(lambda z: -float(of_log(z)), bounds=bounds, method="bounded", options={"xatol": 1e-9})
        found.append(-float(best.fun))
    return max(found)


def _stationary(H: int, exp: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return ``H (1-q) (-log(1-q) - q) - q^2`` as a function of ``y = -log(1-q)``, zero at the static q."""

    def equation(y: Any) -> Any:
        rest = exp(-y)
        return H * rest * (y - 1 + rest) - (1 - rest) ** 2

    return equation


def _static_overlap_exponent(H: int) -> float:
    return float(brentq(_stationary(H, math.exp), 1e-2, 2 * math.log(H) + 2, xtol=1e-15, rtol=1e-15))


def _static_of_order(H: int) -> float:
    if H == 2:
        return math.sqrt(2.0)
    y = _static_overlap_exponent(H)
    q = -math.expm1(-y)
    return math.sqrt(q**H / (y - q))


def _refined(H: int, digits: int) -> Any:
    import mpmath

    with mpmath.workdps(digits + 10):
        y = mpmath.findroot(_stationary(H, mpmath.exp), _static_overlap_exponent(H))
        q = 1 - mpmath.exp(-y)
        value = mpmath.sqrt(q**H / (y - q))
    with mpmath.workdps(digits):
        return +value
