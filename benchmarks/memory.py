"""Memory and time of the largest model that the project supports: n = 2000, H = 3 in double precision, in 14 GiB."""

import resource
import sys
import time

from benchmarks.timing import Result, duration, isolated
from spinglass import SphericalSpinGlass, sphere
from spinglass._common.memory import available_memory

_GIB = 2**30
N, LIMIT = 2000, 14 * _GIB
_DRAW = 8.0  # seconds that a draw should take


def peak() -> int:
    """Return the largest memory of this process so far, in bytes."""
    # Linux counts in KiB, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _drawn() -> tuple[SphericalSpinGlass, float]:
    start = time.perf_counter()
    return SphericalSpinGlass.pure(N, 3, seed=0), time.perf_counter() - start


def largest() -> tuple[int, float, float, float]:
    """Return the peak memory of drawing the glass and using it, and the seconds of a batch of 32 and of two draws.

    The first draw is into memory that is new to the process; on a virtual machine the host has to provide it, which can
    take longer than the draw. The second draw is into the memory that the first model has just returned.
    """
    glass, first = _drawn()
    start = time.perf_counter()
    glass.energy_and_gradient(sphere.random_points(N, 32, seed=1))
    batch = time.perf_counter() - start
    del glass
    _, second = _drawn()
    return peak(), batch, first, second


def memory() -> list[Result]:
    """Peak memory and times of draws compared with their limits; no result if the machine has too little memory."""
    if available_memory() < LIMIT:
        print(f"skipped: the memory benchmark needs {LIMIT / _GIB:.0f} GiB")
        return []
    most, batch, first, second = isolated(largest)
    task = f"n={N}, H=3"
    return [
        Result(
            f"{task}: draw in {duration(first)}, batch of 32 in {duration(batch)}",
            f"{most / _GIB:.1f} GiB at most",
            "limit",
            f"{LIMIT / _GIB:.0f} GiB",
            LIMIT / most,
            1.0,
        ),
        Result(f"{task}: draw in new memory", duration(first), "goal", duration(_DRAW), _DRAW / first, 0.33, 1.0),
        Result(f"{task}: draw in returned memory", duration(second), "goal", duration(_DRAW), _DRAW / second, 1.0),
    ]
