"""Resolution of the two-time equations: steps and spacings, relative to the rate of the fastest motion."""

import math

from theory.arguments import one_number, positive_number
from theory.dynamics.uniform_grid import Protocol, refuse_too_long

# In units of 1/rate, the time in which a velocity is forgotten: the time step, the end of the uniform grid, and the lag
# below which the nodes of the dilating grid are equidistant. Exponential decay must be over at half of the end of the
# uniform grid, because the dilating grid would not resolve it; it resolves decay by powers of time.
STEP, UNIFORM, UNIT = 0.025, 32.0, 0.2
SPACING, _NARROWEST, _WIDEST = 0.1, 0.05, 0.12
# The error at time t is the largest difference of two integrations between t / WINDOW and t * WINDOW. On the dilating
# grid the difference varies more slowly, and around its zeros the interval must be longer.
WINDOW, LATE_WINDOW = 1.5, 2.5
# With a step this long, in these units, energies are within 3% of sqrt(nu'(1)); at twice this step the coarser
# integration is unstable.
LONGEST = 0.25
# To this time, in these units, errors are measured at orders 3 to 20 and for 3 + 4. Those of late correlations increase
# in proportion to t.
_LATEST = 1e7
# Kernels compute third powers of the rate and of its inverse.
_SLOWEST, _FASTEST = 1e-60, 1e60


def fastest_rate(protocol: Protocol) -> float:
    """Return the rate of the fastest motion: about half of the largest Lagrange multiplier that occurs.

    The multiplier is ``2 sqrt(nu'')`` at marginal states, at most ``2 sqrt(nu')`` in a strong field,
    ``T + beta_0 nu'`` at the start, ``T + nu'/T`` at equilibrium in a hot bath, and up to ``sum k |lambda_k|`` higher
    near a signal, with derivatives at 1. The rate is too low by at most a fifth in a bath, at ``T = 2 sqrt(nu')``.
    """
    first, second = float(protocol.nu(1.0, 1)), float(protocol.nu(1.0, 2))
    signal = float(sum(k * abs(strength) for k, strength in protocol.signal))
    bath = protocol.temperature + protocol.inverse_start * first
    return max(math.sqrt(second), math.sqrt(first), (bath + signal) / 2)


def refuse_scale(protocol: Protocol) -> None:
    """Raise ``ValueError`` if powers of the rate, which the kernels compute, are beyond the range of floats."""
    rate = fastest_rate(protocol)
    if not _SLOWEST <= rate <= _FASTEST:
        raise ValueError(
            f"the rate of the fastest motion must lie between {_SLOWEST:g} and {_FASTEST:g}, not be {rate:.3g}; divide "
            "all weights and temperatures by the largest: energies decrease, and times increase, by the same factor"
        )


def resolution(protocol: Protocol, end: float, step: float | None, spacing: float | None) -> tuple[float, float, float]:
    """Return the step, the spacing, each as given or by default, and the time at which the integration ends."""
    rate = fastest_rate(protocol)
    chosen = STEP / rate if step is None else positive_number("step", step)
    if chosen * rate > LONGEST * (1 + 1e-9):
        raise ValueError(
            f"step must be at most {LONGEST / rate:.4g}, a quarter of the time of the fastest motion, not {chosen:g}"
        )
    default = 0.0 if protocol.signal else SPACING
    width = default if spacing is None else one_number("spacing", spacing)
    if width and protocol.signal:
        raise ValueError(
            f"with a signal only the uniform grid can be used: omit spacing, or set it to 0, not {width:g}; "
            "the approach to a signal is exponential, and the dilating grid would not resolve it"
        )
    if width != 0 and not _NARROWEST <= width <= _WIDEST:
        raise ValueError(
            f"spacing must be 0 (a uniform grid) or between {_NARROWEST} and {_WIDEST}, not {width:g}; try {SPACING}"
        )
    if width and end * rate > _LATEST:
        raise ValueError(
            f"times must be at most {_LATEST / rate:.4g}, not {end:g}: later than {_LATEST:.2g} / rate "
            "errors, which increase with time, have not been measured"
        )
    uniform = UNIFORM / rate if width else end
    refuse_too_long(min(end, uniform), chosen)
    if step is None and width and end < uniform:
        end = _shared_end(end, uniform)
    return chosen, width, end


def _shared_end(end: float, uniform: float) -> float:
    """Return the end of the integration for a time on the uniform grid: its whole, half, quarter or eighth.

    Similar times then share one remembered integration, and early ones do not pay for the whole, whose cost increases
    with the third power of its end. It contains the later times at which the error of the last one is read.
    """
    for halvings in (3, 2, 1):
        if WINDOW * end <= uniform / 2**halvings:
            return uniform / 2**halvings
    return uniform
