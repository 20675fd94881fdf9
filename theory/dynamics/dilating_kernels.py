"""Kernels of the dilating grid: interpolation in two times, graded quadrature, and the equations of one row.

A *row* is C(t, .) and R(t, .) at one time t, from its youngest node t' = t (number 0) to its oldest, t' = 0. Nodes are
equidistant in ``x = asinh(lag / unit) - asinh(t' / unit)``, where the lag is t - t', from -X to X with
``X = asinh(t / unit)``: equidistant in time near both ends, at distances proportional to the lag or to t' elsewhere.

Interpolation along a row is in x, that between rows in X at fixed ``sinh(x / 2) / sinh(X / 2)``: at fixed lag where
the lag is small, at fixed t' where t' is small, and at ratios of t' and lag that change little between them. Rows then
change on the scale of t only, however fast they vary along themselves.

``grid`` is ``(h, end, unit, origin, ratio, sizes, lengths, C, R, uniform_C, uniform_R)``: the step and the end of the
uniform grid; the lag at which the distances of nodes change from constant to proportional; X of the first row and the
difference of X between successive rows; for each row its number of nodes, ``X / 2`` and ``sinh(X / 2)``, C and R; C and
R on the uniform grid.
"""

from typing import Any

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import Array
from theory.dynamics.uniform_kernels import dot, power_law

NODES = 8  # number of nodes for interpolation along a row
ROWS = 6  # number of rows for interpolation between rows
CELLS = 4  # number of nodes of the uniform grid for interpolation in one time


@jit
def weights_at(x: float, out: Array) -> None:
    """Write the weights of values at 0, 1, 2, ... for the interpolating polynomial at x."""
    count = out.size
    product = 1.0
    for i in range(count):
        out[i] = product
        product *= (x - i) / (i + 1)
    product = 1.0
    for i in range(count - 1, -1, -1):
        out[i] *= product
        product *= (i - x) / (count - i)


@jit
def first_of(x: float, count: int, size: int) -> int:
    """Return the first of ``count`` successive integers below ``size`` for interpolation at x."""
    return min(max(int(x) - count // 2 + 1, 0), size - count)


@jit
def slant(unit: float, lag: float, other: float) -> float:
    """Return ``sinh(x / 2)``."""
    young, old = lag / unit, other / unit
    root = np.sqrt((young + np.sqrt(young * young + 1.0)) / (old + np.sqrt(old * old + 1.0)))
    return float(0.5 * (root - 1.0 / root))


@jit
def half_length(unit: float, time: float) -> float:
    """Return ``sinh(X / 2)`` at a time."""
    return slant(unit, time, 0.0)


@jit
def along_row(grid: Any, row: int, slanted: float, out: Array) -> int:
    """Write interpolation weights along a row at ``sinh(x / 2) = slanted``; return the first node they belong to."""
    size = grid[5][row]
    x = 0.5 * (size - 1) * (1.0 + np.arcsinh(slanted) / grid[6][row, 0])
    node = first_of(x, NODES, size)
    weights_at(x - node, out)
    return node


@jit
def on_uniform(grid: Any, time: float, lag: float, other: float, out: Array) -> None:
    """Write C and R by cubic interpolation in the uniform grid, which uses only pairs with ``other <= time``."""
    h, C, R = grid[0], grid[9], grid[10]
    size = C.shape[0]
    young = lag <= other
    x, y = time / h, (lag if young else other) / h
    column = first_of(y, CELLS, size)
    # The rows must have all these columns; at y = 0 only one column is used.
    row = min(max(int(x) - 1, column if y == 0.0 else column + CELLS - 1), size - CELLS)
    down, across = np.empty(CELLS), np.empty(CELLS)
    weights_at(x - row, down)
    weights_at(y - column, across)
    out[:2] = 0.0
    for a in range(CELLS):
        for b in range(CELLS):
            i = row + a
            j = i - column - b if young else column + b
            out[0] += down[a] * across[b] * C[i, j]
            out[1] += down[a] * across[b] * R[i, j]


@jit
def slope_weights(at: int, out: Array) -> None:
    """Write the weights of values at 0, 1, 2, ... for the slope of the interpolating polynomial at place ``at``."""
    for i in range(out.size):
        if i == at:
            continue
        weight = 1.0 / (i - at)
        for j in range(out.size):
            if j not in (i, at):
                weight *= (at - j) / (i - j)
        out[i] = weight
    out[at] = 0.0
    out[at] = -np.sum(out)


@jit
def between_rows(
    grid: Any, last: int, unknown: int, time: float, lag: float, other: float, out: Array, share: Array
) -> int:
    """Write C and R between ``time`` and ``other`` into ``out[:2]``, without the contribution of the unknown row.

    The unknown row contributes with the weight ``out[2]`` times the weights ``share``, from the returned node on.
    The difference ``lag`` of the two times is an argument of its own: late in a descent C leaves 1 so slowly that the
    rounding error of a computed difference would matter.
    """
    C, R = grid[7], grid[8]
    out[2] = 0.0
    if time <= grid[1]:
        on_uniform(grid, time, lag, other, out)
        return 0
    z = (np.arcsinh(time / grid[2]) - grid[3]) / grid[4]
    # No later row than the one after this time: when more rows are known, the function of two times that earlier
    # memory integrals have used does not change.
    first, node = min(max(int(z) + 2 - ROWS, 0), last + 1 - ROWS), 0
    rows, weights = np.empty(ROWS), np.empty(NODES)
    weights_at(z - first, rows)
    part = slant(grid[2], lag, other) / half_length(grid[2], time)
    sum_C, sum_R = 0.0, 0.0
    for i in range(first, first + ROWS):
        if i == unknown:
            out[2], node = rows[i - first], along_row(grid, i, part * grid[6][i, 1], share)
            continue
        start = along_row(grid, i, part * grid[6][i, 1], weights)
        sum_C += rows[i - first] * dot(weights, C[i, start : start + NODES])
        sum_R += rows[i - first] * dot(weights, R[i, start : start + NODES])
    out[0], out[1] = sum_C, sum_R
    return node


@jit
def read(grid: Any, last: int, times: Array, others: Array, out: Array) -> None:
    """Write C and R at pairs of times into the rows of ``out``."""
    share = np.empty(NODES)
    for k in range(times.size):
        between_rows(grid, last, -1, times[k], times[k] - others[k], others[k], out[k], share)


@jit
def row_at_nodes(grid: Any, row: int, slants: Array, out: Array) -> None:
    """Write C and R of an earlier row where ``sinh(x / 2) / sinh(X / 2)`` is the same as at the nodes of a new one."""
    C, R = grid[7], grid[8]
    weights = np.empty(NODES)
    stretched = grid[6][row, 1] / slants[-1]
    for k in range(slants.size):
        start = along_row(grid, row, slants[k] * stretched, weights)
        out[0, k] = dot(weights, C[row, start : start + NODES])
        out[1, k] = dot(weights, R[row, start : start + NODES])


@jit
def start_at_nodes(grid: Any, row: int, others: Array, known: Array, share: Array) -> None:
    """Write C(t', 0) at the nodes t' of a new row: the known part, and the matrix of the row's own contribution."""
    weights = np.empty(NODES)
    for k in range(others.size):
        start = between_rows(grid, row, row, others[k], others[k], 0.0, known[k], weights)
        if known[k, 2] != 0.0:
            for i in range(NODES):
                share[k, start + i] = known[k, 2] * weights[i]


@jit
def panels(unit: float, width: float, rule: Array, half: float, away: Array, weights: Array) -> int:
    """Write Gauss's rule on panels that lengthen from the end of an interval to its middle; return the point count.

    All panels but the last are the same for every interval, so that quadrature errors do not change from row to row.
    """
    if half <= 0.0:
        return 0
    count = max(1, int(np.ceil(np.arcsinh(half / unit) / width - 1e-9)))
    points = int(rule.shape[1])
    for panel in range(count):
        low, high = unit * np.sinh(width * panel), min(unit * np.sinh(width * (panel + 1)), half)
        for g in range(points):
            away[panel * points + g] = low + (high - low) * rule[0, g]
            weights[panel * points + g] = (high - low) * rule[1, g]
    return count * points


@jit
def plan(grid: Any, row: int, lags: Array, others: Array, width: float, rule: Array, room: int) -> Any:
    """Return the quadrature points of the memory integrals of a new row.

    The points of node k are those from ``bounds[2k]`` to ``bounds[2k+1]``, which are younger than it, and those from
    there to ``bounds[2k+2]``, which are older. They have: a weight, C and R between point and node with the
    contribution of the new row, and the interpolation weights of the new row at the point.
    """
    bounds = np.zeros(2 * others.size + 1, dtype=np.int64)
    weight, known = np.empty(room), np.empty((room, 3))
    here, there = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    reading, sharing = np.empty((room, NODES)), np.zeros((room, NODES))
    away, weights = np.empty(room), np.empty(room)
    p, time, size = 0, others[0], others.size
    for k in range(size):
        lag, other = lags[k], others[k]
        for end in range(4):
            # The four ends: from t' towards t, from t towards t', from t' towards 0, from 0 towards t'.
            count = panels(grid[2], width, rule, 0.5 * (lag if end < 2 else other), away, weights)
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
                here[p] = along_row(grid, row, slant(grid[2], back, s), reading[p])
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
                B += share * dot(sharing[p], r[j : j + NODES])
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
                    _spread(line_C[n:], j, sharing[p], force * share)
                else:
                    _spread(line_R[n:], j, sharing[p], second * R * share)
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
