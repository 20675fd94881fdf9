"""Where gradient descent of an infinite glass ends: its energy, extrapolated from finite times."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import curve_fit

from theory.arguments import Floats
from theory.covariance import Covariance
from theory.dynamics.relaxation import fastest_rate, one_number, refuse_scale, relaxation
from theory.dynamics.uniform_grid import Protocol

EXPONENT = 2 / 3
_POINTS = 60
_SHORTEST, _LONG = 100.0, 1e4


@dataclass(frozen=True)
class LongTimeEnergy:
    """The energy per spin as t grows, and how it was read off.

    ``energy`` is the intercept of ``e + a t^(-2/3)`` over the last factor of 4 in time, ``error`` covers its moving
    with the window, a correction ``t^(-4/3)``, and the integration. ``exponent`` is the best fit's if
    free, NaN if there is none.
    """

    energy: float
    error: float
    exponent: float
    amplitude: float
    until: float


def long_time_energy(H: Any, until: float | None = None) -> LongTimeEnergy:
    r"""Extrapolate the energy of gradient descent from a random point, ``e(t) = e_inf + a t^(-2/3)``.

    For pure models :math:`e_\infty = -E_\infty(H)`.

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.
    until : float, optional
        Last time integrated to; by default ``1e4 / rate``, the rate being that of :func:`relaxation`.

    Raises
    ------
    ValueError
        If ``until`` is below ``100 / rate``, or ``H`` not an order of at least 2 nor a mixture.

    References
    ----------
    Cugliandolo and Kurchan (1993), Phys. Rev. Lett. 71, 173, for the exponent; Sellke (2024), Comm. Pure Appl. Math.
    77, 4065, for the limit.

    Examples
    --------
    >>> import theory
    >>> found = long_time_energy(3, until=45.0)
    >>> abs(found.energy + float(theory.E_inf(3))) < found.error < 0.01
    True
    """
    protocol = Protocol(Covariance.of(H))
    refuse_scale(protocol)
    rate = fastest_rate(protocol)
    until = _LONG / rate if until is None else one_number("until", until)
    if not until * rate >= _SHORTEST:
        raise ValueError(f"until must be at least {_SHORTEST / rate:.4g} to extrapolate from, not {until:g}")
    # Two windows of the same ratio.
    times = np.geomspace(until / 16, until, _POINTS)
    found = relaxation(times, H)
    late = times >= until / 4
    energy, amplitude = _fitted(times[late], found.energy[late], (-EXPONENT,))
    earlier, _ = _fitted(times[~late], found.energy[~late], (-EXPONENT,))
    bent, *_ = _fitted(times, found.energy, (-EXPONENT, -2 * EXPONENT))
    spread = max(abs(energy - earlier), abs(energy - bent)) + float(found.energy_error.max())
    return LongTimeEnergy(
        float(energy), float(spread), _free_exponent(times, found.energy, energy, amplitude), float(amplitude), until
    )


def _fitted(times: Floats, energies: Floats, powers: tuple[float, ...]) -> Floats:
    """Return the coefficients of 1 and of these powers of time, by least squares."""
    design = np.column_stack([np.ones_like(times), *(times**power for power in powers)])
    return np.asarray(np.linalg.lstsq(design, energies, rcond=None)[0], dtype=np.float64)


def _free_exponent(times: Floats, energies: Floats, energy: float, amplitude: float) -> float:
    def law(t: Floats, e: float, a: float, power: float) -> Floats:
        return np.asarray(e + a * t**-power)

    try:
        (_, _, exponent), _ = curve_fit(law, times, energies, p0=(energy, amplitude, EXPONENT), xtol=1e-12)
    except RuntimeError:
        return math.nan
    return float(exponent)
