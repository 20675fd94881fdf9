"""Memory and time of the largest model that the project supports: n = 2000, H = 3 in double precision, in 14 GiB."""

import resource
import sys
import time

import numpy as np

from benchmarks.timing import Result, duration, isolated
from spinglass import SphericalSpinGlass, couplings, sphere
from spinglass._common.memory import available_memory
from spinglass._common.threads import run_in_threads

_GIB = 2**30
N, LIMIT = 2000, 14 * _GIB
_DRAW = 8.0  # seconds that a draw should take
_BLOCK = 2**18


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


def touched() -> float:
    """Return the seconds to fill new memory of the size of the couplings with zeros, in threads as the draw does."""
    start = time.perf_counter()
    numbers = np.empty(couplings.size(N, 3))
    run_in_threads(lambda first: numbers[first : first + _BLOCK].fill(0.0), range(0, numbers.size, _BLOCK))
    return time.perf_counter() - start


def memory() -> list[Result]:
    """Peak memory and time of the draw compared with their limits; no result if the machine has too little memory.

    On a virtual machine new memory can cost more than the numbers, because the host has to provide it.
    """
    if available_memory() < LIMIT:
        print(f"skipped: the memory benchmark needs {LIMIT / _GIB:.0f} GiB")
        return []
    most, draw, batch = isolated(largest)
    zeros = isolated(touched)
    task = f"n={N}, H=3: draw in {duration(draw)}, batch of 32 in {duration(batch)}"
    return [
        Result(task, f"{most / _GIB:.1f} GiB at most", "limit", f"{LIMIT / _GIB:.0f} GiB", LIMIT / most, 1.0),
        Result(f"draw of n={N}, H=3", duration(draw), "limit", duration(_DRAW), _DRAW / draw, 1.0),
        Result(f"draw of n={N}, H=3", duration(draw), "zeros in new memory", duration(zeros), zeros / draw),
    ]
