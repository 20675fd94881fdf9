"""Numba kernels for single rows, and their application to many rows in threads.

Each row is processed independently, so its bits do not depend on the other rows or on the number of threads. For the
same reason no loop both stores and sums: LLVM vectorises such a loop only if it finds at run time that the arrays do
not overlap in memory, and a change in the order of summation changes the bits.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from spinglass._common.jit import jit
from spinglass._common.threads import available_cores, run_in_threads
from spinglass._common.types import Array, BoolArray, IntArray

# Number of coordinates below which passing a block to a thread costs more time than it saves.
_BLOCK = 4_096


def over_rows(kernel: Callable[..., None], n: int, rows: IntArray, *positional: npt.NDArray[Any]) -> None:
    """Call ``kernel(rows, *positional)`` on blocks of rows in threads; the first axis of all arrays is the rows."""
    fewest = -(-_BLOCK // n)
    if len(rows) <= fewest:
        kernel(rows, *positional)
        return
    size = max(-(-len(rows) // available_cores()), fewest)

    def block(start: int) -> None:
        kernel(rows[start : start + size], *(array[start : start + size] for array in positional))

    run_in_threads(block, range(0, len(rows), size), nothing=len(rows))


@jit
def dot(a: Array, b: Array) -> float:
    """Return the inner product of two vectors."""
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@jit
def tangent_part(x: Array, v: Array, out: Array) -> float:
    """Write ``v - (x.v/n) x`` to ``out`` and return its length."""
    radial = dot(x, v) / x.size
    for i in range(x.size):
        out[i] = v[i] - radial * x[i]
    length: float = np.sqrt(dot(out, out))
    return length


@jit
def step_along(x: Array, v: Array, t: float, out: Array) -> float:
    """Write the retraction of ``t v`` at ``x`` to ``out``; return the factor by which ``x + t v`` was scaled."""
    for i in range(x.size):
        out[i] = x[i] + t * v[i]
    scale: float = np.sqrt(x.size / dot(out, out))
    for i in range(x.size):
        out[i] *= scale
    return scale


@jit
def transport_along(x: Array, y: Array, v: Array, out: Array) -> None:
    """Write the parallel transport of ``v`` from ``x`` to ``y`` to ``out``."""
    share = dot(y, v) / (x.size + dot(x, y))
    for i in range(x.size):
        out[i] = v[i] - share * (x[i] + y[i])


@jit
def tangent_parts(x: Array, gradient: Array, out: Array, norm: Array) -> None:
    """Write the tangent parts (B, n) of gradients, and their lengths (B,)."""
    for row in range(len(x)):
        norm[row] = tangent_part(x[row], gradient[row], out[row])


@jit
def finite_rows(points: Array) -> BoolArray:
    """Return a mask of the rows that are finite."""
    finite = np.empty(len(points), dtype=np.bool_)
    for row in range(len(points)):
        total = 0.0
        for i in range(points.shape[1]):
            total += 0.0 * points[row, i]
        finite[row] = total == 0.0
    return finite


@jit
def normalise(x: Array) -> None:
    """Scale every row to length ``sqrt(n)``, in place."""
    for row in range(len(x)):
        scale = np.sqrt(x.shape[1] / dot(x[row], x[row]))
        for i in range(x.shape[1]):
            x[row, i] *= scale


@jit
def note_progress(rows: IntArray, energy: Array, norm: Array, rounding: float, best: Array, idle: IntArray) -> None:
    """Update the lowest energies and norms ``best`` (2, B), and the steps ``idle`` (B,) since the last progress.

    The reference changes only with real progress, so that many small steps can add up to progress.
    """
    for k in range(rows.size):
        row = rows[k]
        if energy[k] < best[0, row] - rounding * abs(energy[k]) or norm[k] < 0.999 * best[1, row]:
            best[0, row] = min(energy[k], best[0, row])
            best[1, row] = min(norm[k], best[1, row])
            idle[row] = 0
        else:
            idle[row] += 1
