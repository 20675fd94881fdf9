"""Memory of the largest model that the project supports: n = 2000, H = 3 in double precision, within 14 GiB."""

import resource
import sys
import time

from benchmarks.timing import Result, duration, isolated
from spinglass import SphericalSpinGlass, sphere
from spinglass._common.memory import available_memory

_GIB = 2**30
N, LIMIT = 2000, 14 * _GIB


def peak() -> int:
    """Return the largest memory of this process so far, in bytes."""
    # Linux counts in KiB, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def largest() -> tuple[int, float, float]:
    """Return the peak memory of drawing the glass and using it, and seconds for the draw and for a batch of 32."""
    start = time.perf_counter()
    glass = SphericalSpinGlass.pure(N, 3, seed=0)
    drawn = time.perf_counter()
    glass.energy_and_gradient(sphere.random_points(N, 32, seed=1))
    return peak(), drawn - start, time.perf_counter() - drawn


def memory() -> list[Result]:
    """Peak memory compared with the limit; no result if the machine has too little memory."""
    if available_memory() < LIMIT:
        print(f"skipped: the memory benchmark needs {LIMIT / _GIB:.0f} GiB")
        return []
    most, draw, batch = isolated(largest)
    task = f"n={N}, H=3: draw in {duration(draw)}, batch of 32 in {duration(batch)}"
    return [Result(task, f"{most / _GIB:.1f} GiB at most", "limit", f"{LIMIT / _GIB:.0f} GiB", LIMIT / most, 1.0)]
