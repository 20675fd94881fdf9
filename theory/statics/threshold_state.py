"""The state that a quench to a temperature T > 0 approaches: plateau, effective temperature, energy and exponents."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import rgamma

from theory.arguments import Model, real_numbers, scalar_or_array
from theory.covariance import Covariance

_FIELDS = (
    "overlap",
    "lower_overlap",
    "fluctuation_ratio",
    "effective_temperature",
    "energy",
    "exponent_parameter",
    "a",
    "b",
    "gamma",
    "energy_exponent",
)
# Grid in -log(1 - q) that brackets the plateau, relative to the largest value that it can have.
_EXPONENTS = np.concatenate([[0.0], np.geomspace(1e-8, 40.0, 3000)])
_ROUNDING = 1e-9
_LARGEST_B = 50.0
_ELSE = "; theory.equilibrium gives its properties"


@dataclass(frozen=True)
class ThresholdState:
    r"""State that the dynamics approaches after a quench from infinite temperature.

    All attributes are floats, or arrays in the shape of the temperatures.

    Attributes
    ----------
    temperature : float or array
        Temperature T of the heat bath.
    overlap : float or array
        Plateau q of the correlation: its limit at long times and time differences that are long, but much shorter than
        the age.
    lower_overlap : float or array
        Limit of the correlation when the time difference is much longer than the age; 0 without a field.
    fluctuation_ratio : float or array
        Ratio X in ``R(t,t') = X dC(t,t')/dt' / T`` where the correlation is below the plateau; above it X is 1.
    effective_temperature : float or array
        ``T / X``.
    energy : float or array
        Limit of the energy per spin at long times.
    exponent_parameter : float or array
        ``lambda = T nu'''(q) / (2 nu''(q)^(3/2))``.
    a : float or array
        Exponent of the approach to the plateau: ``C - q`` falls as ``(t - t')^(-a)``.
    b : float or array
        Exponent of the departure from the plateau: ``q - C`` grows as ``((t - t')/t')^b``.
    gamma : float or array
        ``1/(2a) + 1/(2b)``. At the dynamical temperature it is the exponent with which the relaxation time diverges.
    energy_exponent : float or array
        ``2ab/(a+b)``: the energy approaches its limit as this power of 1/t.
    """

    temperature: Any
    overlap: Any
    lower_overlap: Any
    fluctuation_ratio: Any
    effective_temperature: Any
    energy: Any
    exponent_parameter: Any
    a: Any
    b: Any
    gamma: Any
    energy_exponent: Any


def threshold_state(T: ArrayLike, H: Model) -> ThresholdState:
    r"""Return the state that Langevin dynamics approaches after a quench from random points to temperature ``T``.

    .. math:: T^2 = \nu''(q) (1-q)^2, \qquad e = -\frac1T \left[\nu(1) - \nu(q) + X (\nu(q) - \nu(q_0))\right]

    q is the larger root. Without a field :math:`q_0 = 0` and :math:`X = \frac{1-q}{q} (q \nu''(q)/\nu'(q) - 1)`, which
    is :math:`(H-2)(1-q)/q` for a pure model. In general, with :math:`w = 1 - q + X(q - q_0)`,

    .. math:: w = \frac{T^2 (q - q_0)}{(1-q) (\nu'(q) - \nu'(q_0))}, \qquad \nu'(q_0)\, w^2 = T^2 q_0

    The exponents solve

    .. math:: \lambda = \frac{\Gamma(1-a)^2}{\Gamma(1-2a)} = X \frac{\Gamma(1+b)^2}{\Gamma(1+2b)}

    Parameters
    ----------
    T : float or array
        Temperature, above 0 and at most the dynamical temperature, in units in which total energies have variance n.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.

    Returns
    -------
    ThresholdState
        Overlaps, fluctuation ratio, energy and exponents, in the shape of ``T``, accurate to about 1e-12; from
        ``T = 1e-9`` of the scale of energies on downwards exponents a are those of T = 0 to 1e-9.

    Raises
    ------
    ValueError
        If a temperature is not positive, or so high that the dynamics reaches equilibrium; if ``H`` is neither an order
        of at least 2 nor a mixture; or if ageing has more than one effective temperature, as for 2 + 4
        with the weights 1 and 0.5.

    Notes
    -----
    The energy exponent follows from matching. While C is close to the plateau, a distance of the energy from its limit
    acts like a distance sigma from the transition: C - q is of order ``sigma^(1/2)`` at time differences of order
    ``sigma^(-1/(2a))``. There the departure, ``((t-t')/t)^b``, must be of the same order. This is a derivation in the
    sense of physics, not a proof. Solutions of the dynamical equations up to t = 3e4 agree with it: at H = 3, T = 0.4
    and 0.7, and H = 4, T = 0.4, the exponents of the last decade are 0.649(1), 0.615(1) and 0.640(2), and predicted are
    0.650, 0.620 and 0.643. That at T = 0.7 still increases.

    The limits assume that the start is forgotten. For pure models the energy of the dynamical equations, extrapolated
    from t = 300, agrees with them within 3e-5 of its value. For mixtures this is disputed: for 3 + 4 with equal weights
    at T = 0.5 the plateau agrees within 4e-5, but the extrapolated energy is 2.4e-4 above the limit given here, and
    does not come closer from t = 300 to 1000.

    In a field the approach is slower than the energy exponent says, because the correlation with early times falls
    slowly to the lower overlap. At H = 3, h = 0.5 and T = 0.5 the energy of the dynamical equations at t = 1.4e4 is
    0.0028 above the limit given here, and falls as a power 0.29 of time that still decreases: the limit is not
    confirmed to better than 0.002 there. At h = 0.1 and t = 1700 it is 0.0035 above, and falls with the
    exponent 0.61; 0.64 is predicted.

    References
    ----------
    Cugliandolo and Kurchan (1993), Phys. Rev. Lett. 71, 173; exponents: Bouchaud, Cugliandolo, Kurchan and Mezard
    (1996), Physica A 226, 243; Goetze (2009), Complex Dynamics of Glass-Forming Liquids, chapter 4. Memory of the start
    in mixtures: Folena and Zamponi (2023), SciPost Phys. 15, 109.

    Examples
    --------
    >>> state = threshold_state(0.4, 3)
    >>> round(state.overlap, 6), round(state.fluctuation_ratio, 6), round(state.energy, 7)
    (0.819625, 0.22007, -1.4264046)
    >>> round(state.a, 4), round(state.b, 4), round(state.energy_exponent, 4)
    (0.4816, 1.0, 0.6501)
    """
    temperatures = real_numbers("T", T)
    if np.any(temperatures <= 0):
        raise ValueError(f"T must be positive, not {temperatures.min():g}; at temperature 0 use theory.E_th")
    nu, scale = Covariance.with_scale(H)
    rows = [_row(float(t) / scale, nu, float(t)) for t in temperatures.ravel()]
    columns = np.array(rows, dtype=np.float64).reshape(-1, len(_FIELDS)).T.reshape(len(_FIELDS), *temperatures.shape)
    columns[[3, 4]] *= scale
    return ThresholdState(scalar_or_array(temperatures), *(scalar_or_array(column) for column in columns))


def _row(T: float, nu: Covariance, shown: float) -> tuple[float, ...]:
    rest = _plateau(T, nu)
    if rest is None:
        raise ValueError(f"at T = {shown:g} the correlation has no plateau: the dynamics reaches equilibrium{_ELSE}")
    q = 1 - rest
    lower = _lower(q, rest, T, nu)
    if lower is None:
        raise ValueError(f"at T = {shown:g} in this field the dynamics reaches equilibrium{_ELSE}")
    wide = T * (T / rest) * (q - lower) / float(nu(q, 1) - nu(lower, 1))
    X = (wide - rest) / (q - lower)
    if X > 1 + _ROUNDING:
        raise ValueError(
            f"T = {shown:g} is above the dynamical temperature, where the dynamics reaches equilibrium{_ELSE}"
        )
    if wide - rest <= _ROUNDING * rest:  # X is small at low temperatures, too, but not relative to 1 - q
        raise ValueError(
            f"at T = {shown:g} the effective temperature of this model is infinite: it coarsens, and its energy tends "
            "to that of theory.equilibrium"
        )
    parameter = T * float(nu(q, 3)) / (2 * float(nu(q, 2)) ** 1.5)
    if parameter >= X or not _single_scale(q, rest, lower, X, T, nu):
        raise ValueError(
            f"at T = {shown:g} this model ages with more than one effective temperature, which is not solved here; if "
            "its replica symmetry breaks continuously, the energy of the dynamics tends to that of theory.equilibrium"
        )
    kept = float(nu.missing(rest)) + X * float(nu(q) - nu(lower))
    a, b = _exponents(parameter, parameter / X)
    return q, lower, X, T / X, -kept / T, parameter, a, b, 1 / (2 * a) + 1 / (2 * b), 2 * a * b / (a + b)


def _plateau(T: float, nu: Covariance) -> float | None:
    """Return 1 - q for the larger root of ``T^2 = nu''(q) (1-q)^2``, or None."""

    def mismatch(y: float) -> float:
        return 2 * (math.log(T) + y) - math.log(float(nu(-math.expm1(-y), 2)) or 1e-300)

    # The largest q that is possible, at which nu'' is at most nu''(1).
    highest = max(0.5 * math.log(float(nu(1.0, 2))) - math.log(T), 0.0)
    grid = highest - _EXPONENTS[highest >= _EXPONENTS]
    values = np.array([mismatch(float(y)) for y in grid])
    inside = np.flatnonzero(values < 0)
    if not inside.size:
        return None
    k = int(inside[0])
    y = float(grid[0]) if k == 0 else float(brentq(mismatch, grid[k], grid[k - 1], xtol=1e-16, rtol=1e-15))
    return math.exp(-y)


def _lower(q: float, rest: float, T: float, nu: Covariance) -> float | None:
    """Return the smaller overlap, 0 without a field; None if there is none below q."""
    if not nu.has_field:
        return 0.0

    def mismatch(lower: float) -> float:
        wide = (q - lower) / (rest * float(nu(q, 1) - nu(lower, 1)))
        return float(nu(lower, 1)) * (wide * T) ** 2 - lower

    nearest = q * (1 - 1e-7)
    if mismatch(nearest) >= 0:
        return None
    return float(brentq(mismatch, 0.0, nearest, xtol=1e-300, rtol=1e-15))


def _single_scale(q: float, rest: float, lower: float, X: float, T: float, nu: Covariance) -> bool:
    r"""Whether the correlation does not stop at a value between the two overlaps.

    With :math:`\hat x(s) = 1 - q + X(q - s)` it would stop where :math:`\nu'(s)/T^2 = \int_0^s \hat x^{-2}`. The left
    side must be smaller between the overlaps, and increase more slowly at the lower one.
    """
    wide = rest + X * (q - lower)
    if float(nu(lower, 2)) * (wide / T) ** 2 > 1 + _ROUNDING:
        return False
    s = lower + (q - lower) * np.linspace(0.002, 0.998, 500)
    load = lower * (T / wide) ** 2 + (s - lower) * (T / wide) * (T / (rest + X * (q - s)))
    return bool(np.all(nu(s, 1) <= load * (1 + _ROUNDING)))


def _exponents(approach: float, departure: float) -> tuple[float, float]:
    """Return a and b of ``Gamma(1-a)^2 / Gamma(1-2a) = approach`` and ``Gamma(1+b)^2 / Gamma(1+2b) = departure``."""

    def ratio(z: float) -> float:
        return float(rgamma(1 + 2 * z) / rgamma(1 + z) ** 2)

    a = float(brentq(lambda a: ratio(-a) - approach, 0.0, 0.5, xtol=1e-15, rtol=1e-15))
    return a, float(brentq(lambda b: ratio(b) - departure, 0.0, _LARGEST_B, xtol=1e-15, rtol=1e-15))
