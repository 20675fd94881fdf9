"""Energy and correlations of an infinite glass in time, downhill or in a bath: the Cugliandolo-Kurchan equations."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline

from theory.arguments import Floats, real_numbers, scalar_or_array
from theory.covariance import Covariance
from theory.transition_temperatures import static_temperature
from theory.two_time import Protocol, Run, integrate, refuse_too_long

# In units of 1/rate, the time in which a velocity is forgotten.
_FINE, _COARSE, _SHORT = 0.025, 0.05, 32.0
_NARROW, _SPACING = 0.02, 0.035
# In these units energies are still within 3% of sqrt(nu'(1)); at twice this the coarser integration is unstable.
_LONGEST = 0.25
# Third order in the step, second in the spacing of nodes: steps halve while spacings shrink by 2^(3/2).
_GAIN = 8.0


@dataclass(frozen=True)
class Relaxation:
    """An infinite glass in time.

    ``energy`` is per spin, ``multiplier`` the force that keeps points on the sphere, ``correlation[w, t]`` and
    ``response[w, t]`` are C and R between ``times[t]`` and ``waiting_times[w]``, NaN before the latter. Each ``_error``
    is the estimated error, from two steps and two spacings of the memory's nodes; values are extrapolated from these.
    """

    times: Floats
    energy: Floats
    energy_error: Floats
    multiplier: Floats
    waiting_times: Floats
    correlation: Floats
    correlation_error: Floats
    response: Floats
    step: float


def relaxation(
    times: ArrayLike,
    H: Any,
    T: float = 0.0,
    start: float | None = None,
    waiting_times: ArrayLike = (),
    step: float | None = None,
    spacing: float | None = None,
) -> Relaxation:
    r"""Solve the large-n equations of ``dx = -grad(energy) dt + sqrt(2T) dW`` on the sphere.

    .. math:: \partial_t C(t,t') = -\mu C + \int_0^t \nu''(C(t,s)) R(t,s) C(s,t') ds
              + \int_0^{t'} \nu'(C(t,s)) R(t',s) ds + \beta_0 \nu'(C(t,0)) C(t',0)

    .. math:: \partial_t R(t,t') = -\mu R + \int_{t'}^t \nu''(C(t,s)) R(t,s) R(s,t') ds, \quad
              e = -\int_0^t \nu'(C) R\, ds - \beta_0 \nu(C(t,0))

    with C(t,t) = R(t,t^-) = 1, from uniformly random points (beta_0 = 0) or from equilibrium at ``start``. Time is that
    of energies with variance n; physics papers, with n/2, have times longer by sqrt(2). The fastest motion has the rate
    ``max(sqrt(nu''(1)), sqrt(nu'(1)), (T + beta_0 nu'(1)) / 2)``, which is ``sqrt(H (H-1))`` for descent at order H.

    Parameters
    ----------
    times : array
        When to report, at least 0.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.
    T : float
        Temperature of the bath; 0 is gradient descent.
    start : float, optional
        Temperature at which the points that are started from are equilibrated, at least the static one.
    waiting_times : array
        Second times of the correlations; rounded to twice the step.
    step : float, optional
        Time step of the finer of the two integrations; by default ``0.05 / rate``, half of that for times up to
        ``32 / rate``; at most ``0.25 / rate``.
    spacing : float, optional
        How far apart nodes of the memory may lie, relative to their age: 0.035, or 0.02 up to those times; 0 keeps
        every step, a uniform grid, at a cost that grows as the cube of their number.

    Raises
    ------
    ValueError
        If a time or a temperature is negative, ``start`` lies below the static temperature or in a field, ``step`` is
        too long for the rate, or steps are too many: more than 1e7, or than a uniform grid has room for.
    ArithmeticError
        If energies come out beyond ``sqrt(nu'(1))``, which none exceeds.

    References
    ----------
    Cugliandolo and Kurchan (1993), Phys. Rev. Lett. 71, 173; for mixtures and thermal starts Folena, Franz and
    Ricci-Tersenghi (2020), Phys. Rev. X 10, 031045. Merging nodes by hat functions is this project's own.

    Examples
    --------
    >>> found = relaxation([0.0, 0.5], 3, waiting_times=[0.0])
    >>> found.energy.round(4), found.correlation.round(4)
    (array([ 0.    , -0.9681]), array([[1.    , 0.7977]]))
    """
    asked = np.atleast_1d(real_numbers("times", times))
    waiting = np.atleast_1d(real_numbers("waiting_times", waiting_times))
    if asked.ndim > 1 or not asked.size or asked.min() < 0 or (waiting.size and waiting.min() < 0):
        raise ValueError(
            f"times must be a list of numbers of at least 0; given {times!r} and waiting {waiting_times!r}"
        )
    protocol = _protocol(H, T, start)
    end = max(float(asked.max()), float(waiting.max(initial=0.0)))
    step, spacing = _resolution(protocol, end, step, spacing)
    refuse_too_long(end, step, spacing, waiting.size)
    coarse, fine = _pair(protocol, end, step, spacing, tuple(waiting.tolist()))
    return _extrapolated(asked, coarse, fine, step, 2 * step * np.rint(waiting / (2 * step)))


def gradient_descent_energy(t: ArrayLike, H: Any) -> Any:
    r"""Energy per spin at time ``t`` of gradient descent from a random point of an infinite glass.

    Time is that of ``dx/dt = -grad(energy)`` on the sphere, energies having variance n. With physics' variance n/2

    .. math:: e(t) = \sqrt2\, e_{phys}(\sqrt2\, t)

    Parameters
    ----------
    t : float or array
        Time, at least 0.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.

    Returns
    -------
    float or array
        The energy, in the shape of ``t``; within 2e-5 for times up to ``32 / rate``, and within 5e-4 beyond, in units
        of ``sqrt(nu(1))``. :func:`relaxation` has error estimates, and says what the rate is.
        At order 3 a time of 1000 takes half a minute; one of 1e5, 5e6 steps, about two hours, counted and not run.

    Raises
    ------
    ValueError
        If a time is negative, not finite or more than 1e7 steps away, or ``H`` neither an order of at least 2 nor a
        mixture.

    References
    ----------
    Cugliandolo and Kurchan (1993), Phys. Rev. Lett. 71, 173.

    Examples
    --------
    >>> round(gradient_descent_energy(0.5**0.5, 3) / 2**0.5, 5)  # physics' e(1)
    -0.78251
    """
    times = real_numbers("t", t)
    if times.size and times.min() < 0:
        raise ValueError(f"t must be at least 0, the time of the random start; given {times.min():g}")
    if not times.size:
        return times
    protocol = _protocol(H, 0.0, None)
    end = float(times.max())
    # One integration serves all short times.
    end = max(end, _SHORT / fastest_rate(protocol))
    step, spacing = _resolution(protocol, end, None, None)
    refuse_too_long(end, step, spacing, 0)
    pair = _pair(protocol, end, step, spacing, ())
    found = _extrapolated(times.ravel(), *pair, step, np.empty(0))
    return scalar_or_array(found.energy.reshape(times.shape))


def one_number(name: str, value: Any) -> float:
    """Return ``value`` as a float, refusing arrays, NaN and the infinities."""
    number = real_numbers(name, value)
    if number.ndim:
        raise ValueError(f"{name} must be one number, not {value!r}; call once for each")
    return float(number)


def fastest_rate(protocol: Protocol) -> float:
    """Return half of the largest multiplier that is met on the way, up to a few percent.

    It is ``2 sqrt(nu'')`` at marginal states, at most ``2 sqrt(nu')`` in a strong field, ``T + beta_0 nu'`` at the
    start; all at 1.
    """
    first, second = float(protocol.nu(1.0, 1)), float(protocol.nu(1.0, 2))
    return max(math.sqrt(second), math.sqrt(first), (protocol.temperature + protocol.inverse_start * first) / 2)


def _positive(name: str, value: Any) -> float:
    number = one_number(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be positive, not {number:g}")
    return number


def _protocol(H: Any, T: Any, start: Any) -> Protocol:
    nu, bath = Covariance.of(H), one_number("T", T)
    if bath < 0:
        raise ValueError(f"T must be at least 0, not {bath:g}; 0 is gradient descent")
    if start is None:
        return Protocol(nu, bath)
    if nu.has_field:
        raise ValueError("a thermal start in an external field is not solved here; leave start out for random points")
    beginning, frozen = _positive("start", start), float(static_temperature(H))
    if beginning < frozen * (1 - 1e-12):
        raise ValueError(f"start must be at least the static temperature {frozen:.6g}, not {beginning:g}")
    return Protocol(nu, bath, 1 / beginning)


def _resolution(protocol: Protocol, end: float, step: Any, spacing: Any) -> tuple[float, float]:
    """Return step and spacing, those asked for or the default ones."""
    rate = fastest_rate(protocol)
    short = end * rate <= _SHORT * (1 + 1e-12)
    step = (_FINE if short else _COARSE) / rate if step is None else _positive("step", step)
    if step * rate > _LONGEST:
        raise ValueError(
            f"step must be at most {_LONGEST / rate:.4g}, a quarter of the time of the fastest motion, not {step:g}"
        )
    spacing = (_NARROW if short else _SPACING) if spacing is None else one_number("spacing", spacing)
    if not 0 <= spacing <= 0.1:
        raise ValueError(f"spacing must lie between 0 (a uniform grid) and 0.1, not {spacing:g}; try {_SPACING}")
    return step, spacing


@lru_cache(maxsize=16)
def _pair(protocol: Protocol, end: float, step: float, spacing: float, waiting: tuple[float, ...]) -> tuple[Run, Run]:
    """Integrate with steps 2h and h; both see the same waiting times."""
    end = max(end, 8 * step)
    later = 2 * step * np.rint(np.array(waiting, dtype=np.float64) / (2 * step))
    coarse = _possible(integrate(protocol, end, 2 * step, spacing * math.sqrt(_GAIN), later), protocol.nu, 2 * step)
    return coarse, _possible(integrate(protocol, end, step, spacing, later), protocol.nu, step)


def _possible(run: Run, nu: Covariance, step: float) -> Run:
    """Return the run, refusing energies that no point has.

    ``nu(1) - nu(q) <= nu'(1) (1-q)``, so by Sudakov and Fernique no point lies deeper than in a field of that strength.
    """
    bound = math.sqrt(nu(1.0, 1))
    if not np.all(np.abs(run.energy) <= 1.02 * bound):
        raise ArithmeticError(
            f"the integration with step {step:.3g} is unstable: its energies leave [-{bound:.4g}, {bound:.4g}], "
            "where all points lie; set a shorter step"
        )
    return run


def _extrapolated(times: Floats, coarse: Run, fine: Run, step: float, waiting: Floats) -> Relaxation:
    energy, energy_error = _richardson(times, coarse, fine, coarse.energy, fine.energy)
    multiplier, _ = _richardson(times, coarse, fine, coarse.multiplier, fine.multiplier)
    shape = (waiting.size, times.size)
    correlation, error, response = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    for w, begin in enumerate(waiting):
        after = times >= begin - 1e-9 * step
        correlation[w, after], error[w, after] = _richardson(
            times[after], coarse, fine, coarse.correlation[w], fine.correlation[w]
        )
        response[w, after], _ = _richardson(times[after], coarse, fine, coarse.response[w], fine.response[w])
    return Relaxation(times, energy, energy_error, multiplier, waiting, correlation, error, response, step)


def _richardson(times: Floats, coarse: Run, fine: Run, rough: Floats, good: Floats) -> tuple[Floats, Floats]:
    known, other = np.isfinite(good), np.isfinite(rough)
    one = CubicSpline(fine.times[known], good[known])(times)
    two = CubicSpline(coarse.times[other], rough[other])(times)
    difference = (one - two) / (_GAIN - 1)
    # More than the extrapolation's own size: where the difference changes its sign it would be no guide.
    return np.asarray(one + difference), np.abs(one - two) / 3
