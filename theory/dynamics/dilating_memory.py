"""Kernels of the memory integrals of a row of the dilating grid: graded quadrature, residuals and derivatives."""

from typing import Any

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import Array
from theory.dynamics.dilating_kernels import NODES, along_row, between_rows, place
from theory.dynamics.uniform_kernels import dot, power_law


@jit
def next_row(grid: Any, start: float) -> int:
    """Return the number of the first row that is later than a time and not earlier than the end of the uniform grid."""
    after = int(np.floor((np.arcsinh(start / grid[2]) - grid[3]) / grid[4] + 1e-9)) + 1
    return int(max(after, round((np.arcsinh(grid[1] / grid[2]) - grid[3]) / grid[4])))


@jit
def panels(grid: Any, row: int, end: int, start: float, half: float, rule: Array, away: Array, weights: Array) -> int:
    """Write Gauss's rule on panels that lengthen from the end of an interval to its middle; return the point count.

    From ``end`` 0, at the time ``start``, the interval extends to later times, from ``end`` 1 to earlier ones. There,
    panels also end at the times of rows, because functions that are interpolated between rows have kinks at them.

    Panels are as long as the spacing of the grid. With the ratios of all times fixed, the points are then the same for
    all rows. Otherwise errors of the quadrature, which differ from row to row, move the clocks of the rows against each
    other (see ``dilating_kernels``).
    """
    unit, low, count = grid[2], 0.0, 0
    forward = 1 if end == 0 else -1
    first = next_row(grid, 0.0)
    number = row - 1 if end == 1 else next_row(grid, start)
    while low < half:
        high = min(unit * np.sinh(np.arcsinh(low / unit) + grid[4]), half)
        while end < 2 and first <= number <= row:
            cut = forward * (unit * np.sinh(grid[3] + number * grid[4]) - start)
            if cut > low * (1.0 + 1e-9) + 1e-9 * unit:
                high = min(high, cut)
                break
            number += forward
        if high > half * (1.0 - 1e-9):
            high = half
        for g in range(rule.shape[1]):
            away[count] = low + (high - low) * rule[0, g]
            weights[count] = (high - low) * rule[1, g]
            count += 1
        low = high
    return count


@jit
def plan(grid: Any, row: int, lags: Array, others: Array, rule: Array, room: int) -> Any:
    """Return the quadrature points of the memory integrals of a new row.

    The points of node k are those from ``bounds[2k]`` to ``bounds[2k+1]``, which are younger than it, and those from
    there to ``bounds[2k+2]``, which are older. They have: a weight, C and R between point and node with the
    contribution of the new row, and the interpolation weights of the new row at the point.
    """
    bounds = np.zeros(2 * others.size + 1, dtype=np.int64)
    weight, known = np.empty(room), np.empty((room, 4))
    here, there = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    reading, sharing = np.empty((room, NODES)), np.zeros((room, NODES))
    away, weights = np.empty(room), np.empty(room)
    p, time, size = 0, others[0], others.size
    for k in range(size):
        lag, other = lags[k], others[k]
        for end in range(4):
            # The four ends: from t' towards t, from t towards t', from t' towards 0, from 0 towards t'.
            half = 0.5 * (lag if end < 2 else other)
            count = panels(grid, row, end, other if end == 0 else time, half, rule, away, weights)
            for q in range(count):
                a = away[q]
                weight[p] = weights[q]
                if end < 2:
                    s = other + a if end == 0 else time - a
                    back = lag - a if end == 0 else a
                    apart = a if end == 0 else lag - a
                    there[p] = between_rows(grid, row, row, s, apart, other, known[p], sharing[p])
                else:
                    s = other - a if end == 2 else a
                    back = lag + a if end == 2 else time - a
                    apart = a if end == 2 else other - a
                    there[p] = between_rows(grid, row, row, other, apart, s, known[p], sharing[p])
                here[p] = along_row(grid, row, place(grid[2], back, s), reading[p])
                p += 1
            if end % 2 == 1:
                bounds[2 * k + (end + 1) // 2] = p
    return bounds, weight[:p], known[:p], here[:p], there[:p], reading[:p], sharing[:p]


@jit
def memory(squares: Array, orders: Array, points: Any, c: Array, r: Array, sloping: bool, F: Array, J: Array) -> float:
    """Subtract the memory integrals from the equations F of a row; return the energy.

    The equations are those of C at each node, then those of R; the equation of C at node 0 is that of mu. If
    ``sloping``, derivatives with respect to C and R at each node are subtracted from J.
    """
    bounds, weight, known, here, there, reading, sharing = points
    n = c.size
    energy = 0.0
    for half in range(2 * n):
        k, older = half // 2, half % 2 == 1
        line_C, line_R = J[k], J[n + k]
        sum_C, sum_R, work = 0.0, 0.0, 0.0
        for p in range(bounds[half], bounds[half + 1]):
            w, i, j, share = weight[p], here[p], there[p], known[p, 2]
            C, R = dot(reading[p], c[i : i + NODES]), dot(reading[p], r[i : i + NODES])
            A, B = known[p, 0], known[p, 1]
            if share != 0.0:
                A += share * dot(sharing[p], c[j : j + NODES])
                B += known[p, 3] * dot(sharing[p], r[j : j + NODES])
            second = w * power_law(squares, orders, 2, C)
            force = w * power_law(squares, orders, 1, C) if older else 0.0
            sum_C += second * R * A + force * B
            sum_R += second * R * B
            work += force * B
            if not sloping:
                continue
            third = w * power_law(squares, orders, 3, C) * R
            _spread(line_C[:n], i, reading[p], third * A + (second * B if older else 0.0))
            _spread(line_C[n:], i, reading[p], second * A)
            if not older:
                _spread(line_R[:n], i, reading[p], third * B)
                _spread(line_R[n:], i, reading[p], second * B)
            if share != 0.0:
                _spread(line_C[:n], j, sharing[p], second * R * share)
                if older:
                    _spread(line_C[n:], j, sharing[p], force * known[p, 3])
                else:
                    _spread(line_R[n:], j, sharing[p], second * R * known[p, 3])
        F[k] -= sum_C
        if not older:
            F[n + k] -= sum_R
        if k == 0:
            energy -= work
    return energy


@jit
def _spread(line: Array, start: int, weights: Array, factor: float) -> None:
    """Subtract a factor times weights from the derivatives with respect to successive nodes."""
    for i in range(NODES):
        line[start + i] -= factor * weights[i]
