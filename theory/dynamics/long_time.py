"""The energy at which gradient descent ends at large n, extrapolated from finite times."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import curve_fit

from spinglass._common.types import Array
from theory.arguments import Model, one_number
from theory.covariance import Covariance
from theory.dynamics.relaxation import relaxation
from theory.dynamics.resolution import fastest_rate, refuse_scale
from theory.dynamics.uniform_grid import Protocol

EXPONENT = 2 / 3
_POINTS = 60
_SHORTEST, _LONG = 100.0, 1e4
# Multiple of the fall after the last time that is added to the error where the power of time is not known. With a
# power p the limit lies lower than fitted by 2/(3p) - 1 of this fall.
_UNKNOWN_POWER = 2.0


@dataclass(frozen=True)
class LongTimeEnergy:
    """The energy per spin of gradient descent as time tends to infinity, from a fit of ``e + a t^(-2/3)``.

    Attributes
    ----------
    energy : float
        Limit e of the energy per spin, from a fit over the last factor of 4 in time.
    error : float
        Estimated error of the limit: its changes with the window of the fit and with a correction ``t^(-4/3)``, and
        the error of the integration. For mixtures and in a field, twice the fall of the energy after ``until`` is
        added, because the power of time is not known.
    exponent : float
        Exponent of the best fit with a free exponent, over a factor of 16 in time; NaN if that fit does not converge.
    amplitude : float
        Amplitude a.
    until : float
        Last time of the integration.
    """

    energy: float
    error: float
    exponent: float
    amplitude: float
    until: float


def long_time_energy(H: Model, until: float | None = None) -> LongTimeEnergy:
    r"""Return the limit at long times of the energy of gradient descent from a random point.

    .. math:: e(t) = e_\infty + a\, t^{-2/3}

    For pure models :math:`e_\infty = -E_\infty(H)`, and the power is 2/3 from order 3 on.

    Parameters
    ----------
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.
    until : float, optional
        Last time of the integration. Default: ``1e4 / rate``, with the rate defined in :func:`relaxation`.

    Returns
    -------
    LongTimeEnergy
        The limit, its estimated error, and the parameters of the fit.

    Raises
    ------
    ValueError
        If ``until`` is below ``100 / rate``, or ``H`` is neither an order of at least 2 nor a mixture.

    Notes
    -----
    For mixtures and in a field the power is not known, and can decrease with time: for 2 + 4 with the weights 1 and
    0.28 it is 0.67 up to t = 1944 and 0.60 up to t = 5831, and the fits end 1.8e-3 and 1.6e-3 above the ground-state
    energy, which is the expected limit there. Matching (see :func:`threshold_state`) predicts 0.653 for 3 + 4 with
    equal weights. The error covers powers from 0.25 on.

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
        raise ValueError(f"until must be at least {_SHORTEST / rate:.4g} for an extrapolation, not {until:g}")
    # Two windows of the same ratio of times.
    times = np.geomspace(until / 16, until, _POINTS)
    found = relaxation(times, H)
    late = times >= until / 4
    energy, amplitude = _fitted(times[late], found.energy[late], (-EXPONENT,))
    earlier, _ = _fitted(times[~late], found.energy[~late], (-EXPONENT,))
    bent, *_ = _fitted(times, found.energy, (-EXPONENT, -2 * EXPONENT))
    spread = max(abs(energy - earlier), abs(energy - bent)) + float(found.energy_error.max())
    if protocol.nu.pure_order is None:
        spread += _UNKNOWN_POWER * abs(float(found.energy[-1]) - energy)
    return LongTimeEnergy(
        float(energy), float(spread), _free_exponent(times, found.energy, energy, amplitude), float(amplitude), until
    )


def _fitted(times: Array, energies: Array, powers: tuple[float, ...]) -> Array:
    """Return the coefficients of 1 and of these powers of time, by least squares."""
    design = np.column_stack([np.ones_like(times), *(times**power for power in powers)])
    return np.asarray(np.linalg.lstsq(design, energies, rcond=None)[0], dtype=np.float64)


def _free_exponent(times: Array, energies: Array, energy: float, amplitude: float) -> float:
    def law(t: Array, e: float, a: float, power: float) -> Array:
        return np.asarray(e + a * t**-power)

    try:
        (_, _, exponent), _ = curve_fit(law, times, energies, p0=(energy, amplitude, EXPONENT), xtol=1e-12)
    except RuntimeError:
        return math.nan
    return float(exponent)
