"""The two-time integrator: time to t = 100 on a uniform grid, and how its cost grows with time."""

import numpy as np

from benchmarks.timing import Result, duration, isolated
from theory.covariance import Covariance
from theory.two_time import Protocol, integrate

_REQUIRED = 60.0


def to_time(end: float, step: float, spacing: float) -> float:
    """Seconds to integrate gradient descent at H = 3 to a time, after a run that compiles."""
    import time

    protocol, none = Protocol(Covariance.of(3)), np.empty(0)
    integrate(protocol, 20 * step, step, spacing, none)
    start = time.perf_counter()
    integrate(protocol, end, step, spacing, none)
    return time.perf_counter() - start


def dynamics() -> list[Result]:
    """Measure a uniform grid of 2000 steps, and the growth of cost with time on both grids."""
    uniform, half = isolated(to_time, 100.0, 0.05, 0.0), isolated(to_time, 50.0, 0.05, 0.0)
    thin, later = isolated(to_time, 100.0, 0.05, 0.035), isolated(to_time, 1000.0, 0.05, 0.035)
    power_uniform, power_thin = np.log2(uniform / half), np.log10(later / thin)
    return [
        Result("equations to t = 100, dt = 0.05", duration(uniform), "allowed", "60 s", _REQUIRED / uniform, 1.0),
        Result("the same, memory thinned out", duration(thin), "every step kept", duration(uniform), uniform / thin),
        Result(
            "to t = 1000, memory thinned out",
            f"{duration(later)}, cost ~ t^{power_thin:.1f}",
            "every step kept, extrapolated",
            f"{duration(uniform * 10**power_uniform)}, cost ~ t^{power_uniform:.1f}",
            uniform * 10**power_uniform / later,
        ),
    ]
