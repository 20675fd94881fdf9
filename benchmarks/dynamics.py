"""The integrator of the dynamical equations: a uniform grid to t = 100, a dilating grid to 1e7, a published program.

Published integrators on a uniform grid of N steps take O(N^3) operations, as the uniform grid here does. Those whose
step doubles again and again (Kim and Latz 2001, after Fuchs, Goetze, Hofacker and Latz 1991) keep a fixed number
of steps an octave, so that their cost, like that of the dilating grid here, grows with log t instead of a power of t.
"""

import numpy as np

from benchmarks.published_integrator import published_integrator
from benchmarks.timing import Result, duration, isolated
from theory.covariance import Covariance
from theory.dynamics.dilating_steps import continued
from theory.dynamics.resolution import fastest_rate
from theory.dynamics.uniform_grid import Protocol, integrate

_REQUIRED, _LATEST_REQUIRED = 60.0, 300.0
_UNIFORM, _STEP, _SPACING, _UNIT = 32.0, 0.025, 0.1, 0.2  # the defaults of theory.relaxation


def on_uniform_grid(end: float, step: float) -> float:
    """Seconds to integrate gradient descent at H = 3 up to a time in equal steps, after a run that compiles."""
    import time

    protocol = Protocol(Covariance.of(3))
    integrate(protocol, 20 * step, step)
    start = time.perf_counter()
    integrate(protocol, end, step)
    return time.perf_counter() - start


def on_dilating_grid(end: float) -> float:
    """Seconds to integrate gradient descent at H = 3 up to a time on a dilating grid, after a run that compiles."""
    import time

    protocol = Protocol(Covariance.of(3))
    rate = fastest_rate(protocol)

    def work(until: float) -> None:
        run = integrate(protocol, _UNIFORM / rate, _STEP / rate)
        continued(run, protocol, until, _SPACING, _UNIT / rate)

    work(1.2 * _UNIFORM / rate)
    start = time.perf_counter()
    work(end)
    return time.perf_counter() - start


def dynamics() -> list[Result]:
    """Measure a uniform grid of 2000 steps, a dilating one, the growth of their costs, and a published integrator."""
    uniform, half = isolated(on_uniform_grid, 100.0, 0.05), isolated(on_uniform_grid, 50.0, 0.05)
    # The last time is the latest allowed, 1e7 / rate with the rate sqrt(6).
    early, middle, late, last = (isolated(on_dilating_grid, end) for end in (1e2, 1e4, 1e5, 1e7 / 6**0.5))
    power, dilating_power = np.log2(uniform / half), np.log10(late / middle)
    return [
        Result("equations to t = 100, dt = 0.05", duration(uniform), "allowed", "60 s", _REQUIRED / uniform, 1.0),
        Result("to t = 100, dilating grid", duration(early), "uniform grid", duration(uniform), uniform / early),
        Result(
            "to t = 1e5, dilating grid",
            f"{duration(late)}, cost ~ t^{dilating_power:.1f} from 1e4 on",
            "uniform grid, extrapolated",
            f"{duration(uniform * 1e3**power)}, cost ~ t^{power:.1f}",
            uniform * 1e3**power / late,
        ),
        Result("to t = 1e7 / rate, dilating grid", duration(last), "allowed", "300 s", _LATEST_REQUIRED / last, 1.0),
        *published_integrator(),
    ]
