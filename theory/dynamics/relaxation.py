"""Energy and correlations of an infinite glass in time, downhill or in a bath: the Cugliandolo-Kurchan equations."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.arguments import Floats, real_numbers, scalar_or_array
from theory.covariance import Covariance
from theory.dynamics.dilating_grid import Rows
from theory.dynamics.dilating_steps import continued
from theory.dynamics.uniform_grid import Protocol, integrate, refuse_too_long
from theory.statics.transition_temperatures import static_temperature

# In units of 1/rate, the time in which a velocity is forgotten: step, end of the uniform grid, and the lag below which
# nodes of the dilating one are equally far apart. In half of that time what decays by exponentials, not by powers, is
# gone: the dilating grid would not resolve it.
_STEP, _UNIFORM, _UNIT = 0.025, 32.0, 0.2
_SPACING, _NARROWEST, _WIDEST = 0.1, 0.05, 0.15
# In these units energies are still within 3% of sqrt(nu'(1)); at twice this the coarser integration is unstable.
_LONGEST = 0.25
# Errors of the uniform grid, of third order, shrink by this much as steps halve.
_GAIN = 8.0
# Late rows are soft: what their integrals miss moves them by as much times t, and from some 3e5 / rate on (measured at
# orders 3 and 4 and their mixture, spacing 0.14) their equations are no longer solved.
_LATEST = 2.5e5
# Kernels form third powers of the rate and of its inverse.
_SLOWEST, _FASTEST = 1e-60, 1e60
# How much wider the second dilating grid's spacings are.
_WIDER = 2**0.5
# An error is the largest difference of the two integrations between times smaller and larger by this factor.
_WINDOW = 1.5


@dataclass(frozen=True)
class Relaxation:
    """An infinite glass in time.

    ``energy`` is per spin, ``multiplier`` the force that keeps points on the sphere, ``correlation[w, t]`` and
    ``response[w, t]`` are C and R between ``times[t]`` and ``waiting_times[w]``, NaN before the latter. Each ``_error``
    is by how much two integrations differ, one with twice the step and sqrt(2) times the spacing of the other.
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
        Second times of the correlations.
    step : float, optional
        Time step of the finer of the two integrations up to ``32 / rate``, on a uniform grid; by default
        ``0.025 / rate``, at most ``0.25 / rate``.
    spacing : float, optional
        Relative distance of the times of the dilating grid that takes over there, and of its nodes, relative to their
        age: by default 0.1, between 0.05 and 0.15, at a cost that grows with powers of log t. With 0 the grid stays
        uniform, at a cost that grows as the cube of t.

    Raises
    ------
    ValueError
        If a time or a temperature is negative, ``start`` lies below the static temperature or in a field, ``step`` is
        too long for the rate, a uniform grid needs more steps than there is room for, the rate lies outside
        1e-60 .. 1e60, or a time lies beyond ``2.5e5 / rate``, where the dilating grid has not been checked.
    ArithmeticError
        If energies come out beyond ``sqrt(nu'(1))``, which none exceeds, or the equations of a time are not solved: at
        order 10 beyond ``9e4 / rate``.

    References
    ----------
    Cugliandolo and Kurchan (1993), Phys. Rev. Lett. 71, 173; for mixtures and thermal starts Folena, Franz and
    Ricci-Tersenghi (2020), Phys. Rev. X 10, 031045. Grids that dilate with time: Kim and Latz (2001), Europhys. Lett.
    53, 660; solving for a whole row at once is this project's own.

    Notes
    -----
    Errors are absolute, in units of ``sqrt(nu'(1))``: with the default step and spacing below 1e-4 at all times
    (order 2, beside its exact solution; equilibrium at orders 3 to 20).

    Examples
    --------
    >>> found = relaxation([0.0, 0.5], 3, waiting_times=[0.0])
    >>> found.energy.round(4), found.correlation.round(4)
    (array([ 0.    , -0.9681]), array([[1.    , 0.7977]]))
    """
    asked = np.atleast_1d(real_numbers("times", times))
    waiting = np.atleast_1d(real_numbers("waiting_times", waiting_times))
    if max(asked.ndim, waiting.ndim) > 1 or not asked.size or min(asked.min(), waiting.min(initial=0.0)) < 0:
        raise ValueError(
            f"times must be a list of numbers of at least 0; given {times!r} and waiting {waiting_times!r}"
        )
    protocol = _protocol(H, T, start)
    refuse_scale(protocol)
    end = max(float(asked.max()), float(waiting.max(initial=0.0)))
    step, spacing, end = _resolution(protocol, end, step, spacing)
    coarse, fine = _pair(protocol, end, step, spacing)
    return _compared(asked, waiting, coarse, fine)


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
        The energy, in the shape of ``t``; :func:`relaxation` has error estimates, and says what the rate is. At order
        3 all times up to 1e5 take some ten seconds together.

    Raises
    ------
    ValueError
        If a time is negative, not finite or beyond ``2.5e5 / rate``, or ``H`` neither an order of at least 2 nor a
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
    return scalar_or_array(relaxation(times.ravel(), H).energy.reshape(times.shape))


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


def refuse_scale(protocol: Protocol) -> None:
    """Raise ``ValueError`` where powers of the rate, which the kernels form, are not floats."""
    rate = fastest_rate(protocol)
    if not _SLOWEST <= rate <= _FASTEST:
        raise ValueError(
            f"the rate of the fastest motion must lie between {_SLOWEST:g} and {_FASTEST:g}, not be {rate:.3g}; divide "
            "all weights and temperatures by the largest: energies shrink, and times grow, by the same factor"
        )


def _resolution(protocol: Protocol, end: float, step: Any, spacing: Any) -> tuple[float, float, float]:
    """Return step and spacing, those asked for or the default ones, and until when to integrate."""
    rate = fastest_rate(protocol)
    chosen = _STEP / rate if step is None else _positive("step", step)
    if chosen * rate > _LONGEST * (1 + 1e-9):
        raise ValueError(
            f"step must be at most {_LONGEST / rate:.4g}, a quarter of the time of the fastest motion, not {chosen:g}"
        )
    width = _SPACING if spacing is None else one_number("spacing", spacing)
    if width != 0 and not _NARROWEST <= width <= _WIDEST:
        raise ValueError(
            f"spacing must be 0 (a uniform grid) or between {_NARROWEST} and {_WIDEST}, not {width:g}; try {_SPACING}"
        )
    if width and end * rate > _LATEST:
        raise ValueError(
            f"times must be at most {_LATEST / rate:.4g}, not {end:g}: later than {_LATEST:.2g} / rate "
            "the dilating grid has not been checked"
        )
    uniform = _UNIFORM / rate if width else end
    refuse_too_long(min(end, uniform), chosen)
    if step is None and width:
        end = max(end, uniform)  # one integration serves all short times
    return chosen, width, end


@lru_cache(maxsize=4)
def _pair(protocol: Protocol, end: float, step: float, spacing: float) -> tuple[Rows, Rows]:
    """Integrate with longer steps and wider spacings, and with those given."""
    rate = fastest_rate(protocol)
    uniform = min(end, _UNIFORM / rate) if spacing else end
    twice = max(8, math.ceil(uniform / (2 * step) - 1e-9))  # both end at the same time, after at least 8 steps
    rows = []
    for factor, width in ((2, spacing * _WIDER), (1, spacing)):
        run = integrate(protocol, twice * 2 * step, factor * step)
        _refuse_impossible(run.energy, protocol.nu, run.step)
        later = max(end, float(run.times[-1]))
        rows.append(continued(run, protocol, later, width or _SPACING, _UNIT / rate))
        _refuse_impossible(rows[-1].energy, protocol.nu, run.step)
    return rows[0], rows[1]


def _refuse_impossible(energy: Floats, nu: Covariance, step: float) -> None:
    """Raise ``ArithmeticError`` where there are energies that no point has.

    ``nu(1) - nu(q) <= nu'(1) (1-q)``, so by Sudakov and Fernique no point lies deeper than in a field of that strength.
    """
    bound = math.sqrt(nu(1.0, 1))
    if not np.all(np.abs(energy) <= 1.02 * bound):
        raise ArithmeticError(
            f"the integration with step {step:.3g} is unstable: its energies leave "
            f"[-{bound:.4g}, {bound:.4g}], where all points lie; set a shorter step, or a smaller spacing"
        )


def _compared(times: Floats, waiting: Floats, coarse: Rows, fine: Rows) -> Relaxation:
    """Read both off: on the uniform grid extrapolated in the step, beyond it the finer one, with their difference."""
    early = times <= fine.run.times[-1]
    energy, multiplier = (_extrapolated(early, *both) for both in zip(coarse.at(times), fine.at(times), strict=True))
    shape = (waiting.size, times.size)
    correlation, error, response = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    for w, begin in enumerate(waiting):
        after = times >= begin
        rough, good = coarse.read(times[after], begin), fine.read(times[after], begin)
        correlation[w, after] = _extrapolated(early[after], rough[0], good[0])
        response[w, after] = _extrapolated(early[after], rough[1], good[1])
        error[w, after] = np.abs(good[0] - rough[0])
    energy_error = _largest_nearby(times, coarse, fine)
    return Relaxation(times, energy, energy_error, multiplier, waiting, correlation, error, response, fine.run.step)


def _extrapolated(early: Any, rough: Floats, good: Floats) -> Floats:
    return good + np.where(early, (good - rough) / (_GAIN - 1), 0.0)


def _largest_nearby(times: Floats, coarse: Rows, fine: Rows) -> Floats:
    """Return the largest difference of the two energies at nearby times; one alone may be where it changes sign."""
    join = coarse.run.times[-1]
    found = np.empty(times.size)
    for side, grid in ((times <= join, coarse.run.times), (times > join, coarse.times[coarse.times <= fine.last])):
        difference = np.abs(fine.at(grid)[0] - coarse.at(grid)[0])
        first = np.maximum(np.searchsorted(grid, times[side] / _WINDOW) - 1, 0)
        last = np.searchsorted(grid, times[side] * _WINDOW, side="right") + 1
        found[side] = [difference[low:high].max() for low, high in zip(first, last, strict=True)]
    return found
