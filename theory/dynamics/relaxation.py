"""Gradient descent and Langevin dynamics of spherical spin glasses at large n: the Cugliandolo-Kurchan equations."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.arguments import Model, Signal, one_number, positive_number, real_numbers, scalar_or_array, signal_terms
from theory.covariance import Covariance
from theory.dynamics.resolution import refuse_scale, resolution
from theory.dynamics.two_resolutions import Relaxation, compared, integrated_pair
from theory.dynamics.uniform_grid import Protocol
from theory.statics.transition_temperatures import static_temperature


def relaxation(
    times: ArrayLike,
    H: Model,
    T: float = 0.0,
    start: float | None = None,
    waiting_times: ArrayLike = (),
    step: float | None = None,
    spacing: float | None = None,
    signal: Signal | None = None,
    start_overlap: float = 0.0,
) -> Relaxation:
    r"""Return the solution of the large-n equations of ``dx = -grad(energy) dt + sqrt(2T) dW`` on the sphere.

    .. math:: \partial_t C(t,t') = -\mu C + \int_0^t \nu''(C(t,s)) R(t,s) C(s,t') ds
              + \int_0^{t'} \nu'(C(t,s)) R(t',s) ds + \beta_0 \nu'(C(t,0)) C(t',0)

    .. math:: \partial_t R(t,t') = -\mu R + \int_{t'}^t \nu''(C(t,s)) R(t,s) R(s,t') ds, \quad
              e = -\int_0^t \nu'(C) R\, ds - \beta_0 \nu(C(t,0))

    with C(t,t) = R(t,t^-) = 1. With a signal, the energy is that of the glass minus ``n s(m)``, with
    ``s(m) = sum_k lambda_k m^k`` and the overlap ``m = x.v/n`` with a fixed point v of the sphere. The equation of C
    then contains ``s'(m(t)) m(t')`` in addition, the energy ``-s(m(t))``, and

    .. math:: \dot m = -\mu m + \int_0^t \nu''(C(t,s)) R(t,s) m(s) ds + \beta_0 \nu'(C(t,0)) m(0) + s'(m)

    The dynamics starts from uniformly random points (beta_0 = 0) or from equilibrium at
    temperature ``start = 1 / beta_0``. Energies have variance n here. In physics papers they have variance n/2, and
    times are longer by sqrt(2). Steps are set relative to the rate of the fastest motion,
    ``rate = max(sqrt(nu''(1)), sqrt(nu'(1)), (T + beta_0 nu'(1)) / 2)``, which is ``sqrt(H (H-1))`` for gradient
    descent at order H.

    Parameters
    ----------
    times : array
        Times at which to report, at least 0.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``; order 1 is an external field.
    T : float
        Temperature of the heat bath; the default 0 is gradient descent.
    start : float, optional
        Temperature at which the starting points are at equilibrium, at least the static temperature. Default:
        uniformly random points.
    waiting_times : array
        Earlier times of the correlations and responses; default none.
    step : float, optional
        Time step of the finer of the two integrations on the uniform grid, which ends at ``32 / rate``; at most
        ``0.25 / rate``. Default: ``0.025 / rate``.
    spacing : float, optional
        Relative distance of successive times of the dilating grid, which continues the uniform one, and of its nodes
        relative to their age; between 0.05 and 0.12, at a cost that increases as a power of log t. With 0 the grid
        remains uniform, at a cost that increases as the cube of t. Default: 0.1, and 0 with a signal.
    signal : mapping, optional
        Orders and strengths ``{k: lambda_k}`` of a planted signal; order 1 is a field of fixed direction. Default: no
        signal.
    start_overlap : float
        Overlap of the starting points with the signal, between -1 and 1; otherwise they are independent of it. The
        default 0 is the limit of random points, from which only a field (order 1) leads to the signal in a time that
        does not increase with n.

    Returns
    -------
    Relaxation
        Energy, multiplier, correlations, responses and the overlap with the signal, with estimates of their errors.

    Raises
    ------
    ValueError
        If a time or a temperature is negative, ``start`` is below the static temperature or the model has a field,
        ``step`` is too long for the rate, ``spacing`` is given with a signal, a start overlap without one, the signal
        is not a mapping of orders to finite strengths, a uniform grid needs more than 8000 steps, the rate lies outside
        1e-60 .. 1e60, or a time is later than ``1e7 / rate``.
    ArithmeticError
        If absolute energies exceed ``sqrt(nu'(1))``, a bound for all points, or if Newton's method does not solve the
        equations of a time, which can happen late at orders above 20.

    Notes
    -----
    Errors are absolute; those of energies are in units of ``sqrt(nu'(1))``. With the default step and spacing the
    estimated errors of the energies are below 4e-5 at all times of gradient descent from random points. With a bath or
    a thermal start they reach 4e-4 in the first steps, where the true ones are several times smaller. From
    ``1000 / rate`` to ``1e7 / rate`` they are below 4e-7 for energies and 8e-6 for correlations of gradient descent, at
    orders 3, 10 and 20 and for 3 + 4; at orders 5 and 15 wider spacings show the same. Late errors of correlations
    increase in proportion to t. At order 2 and T = 0 energies differ from the exact solution by at most 3e-6, and by
    less than 1e-6 from ``1 / rate`` on. At order 3 the program of Lang, Sachdev and Diehl (2025), with 256 grid points,
    agrees up to t = 118 within 6e-7 for the energy and 7e-6 for correlations; a finer grid here does not change that.

    With a signal the rate is at least ``sum_k k |lambda_k| / 2``, and the errors have the same size (in comparison
    with the exact flow of order 2 with a signal, and with starts from equilibrium). A
    start from equilibrium is the same as a start at a signal ``lambda_k = beta_0 a_k^2``.

    References
    ----------
    Cugliandolo and Kurchan (1993), Phys. Rev. Lett. 71, 173; for mixtures and thermal starts Folena, Franz and
    Ricci-Tersenghi (2020), Phys. Rev. X 10, 031045. Grids that dilate with time: Kim and Latz (2001), Europhys. Lett.
    53, 660; Lang, Sachdev and Diehl (2025), Phys. Rev. Lett., arXiv:2504.06849, with the program DYNAMITE; the
    simultaneous solution for all second times is this project's own. With a signal: Sarao Mannelli, Krzakala, Urbani
    and Zdeborova (2019), ICML, PMLR 97, 4333.

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
    protocol = _with_signal(_protocol(H, T, start), signal, start_overlap)
    refuse_scale(protocol)
    end = max(float(asked.max()), float(waiting.max(initial=0.0)))
    step, spacing, end = resolution(protocol, end, step, spacing)
    coarse, fine = integrated_pair(protocol, end, step, spacing)
    return compared(asked, waiting, coarse, fine)


def gradient_descent_energy(t: ArrayLike, H: Model) -> Any:
    r"""Return the energy per spin at time ``t`` of gradient descent from a random point, for large n.

    Time is that of ``dx/dt = -grad(energy)`` on the sphere, where energies have variance n. In terms of the energy of
    physics papers, with variance n/2,

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
        The energy, in the shape of ``t``. :func:`relaxation` gives error estimates and defines the rate. At order 3
        the computation for all times up to 1e5 takes about 20 seconds, and up to the latest a minute.

    Raises
    ------
    ValueError
        If a time is negative, not finite or later than ``1e7 / rate``, or ``H`` is neither an order of at least 2
        nor a mixture.

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


def _protocol(H: Model, T: float, start: float | None) -> Protocol:
    nu, bath = Covariance.of(H), one_number("T", T)
    if bath < 0:
        raise ValueError(f"T must be at least 0, not {bath:g}; 0 is gradient descent")
    if start is None:
        return Protocol(nu, bath)
    if nu.has_field:
        raise ValueError("a thermal start in an external field is not solved; omit start for random points")
    beginning, frozen = positive_number("start", start), float(static_temperature(H))
    if beginning < frozen * (1 - 1e-12):
        raise ValueError(f"start must be at least the static temperature {frozen:.6g}, not {beginning:g}")
    return Protocol(nu, bath, 1 / beginning)


def _with_signal(protocol: Protocol, signal: Signal | None, start_overlap: float) -> Protocol:
    m = one_number("start_overlap", start_overlap)
    if abs(m) > 1:
        raise ValueError(f"start_overlap must lie between -1 and 1, not {m:g}; it is x.v/n for points of the sphere")
    if signal is None:
        if m != 0.0:
            raise ValueError(f"start_overlap is {m:g}, but there is no signal; give one, such as signal={{3: 1.2}}")
        return protocol
    return replace(protocol, signal=signal_terms(signal), start_overlap=m)
