"""Kernels of the dilating grid: interpolation in two times, graded quadrature, and the equations of one row.

A *row* is C(t, .) and R(t, .) at one time t, from its youngest node t' = t (number 0) to its oldest, t' = 0.
Interpolation between nodes and between rows is in the lag ``t - t'`` (for the younger half, where it is at most ``t'``)
or in ``t'`` (for the older half). Rows then change on the scale of t only, however fast they vary along themselves.

``grid`` is ``(h, end, unit, logs, sizes, young, old, C, R, uniform_C, uniform_R)``: the step and the end of the uniform
grid; the lag at which the distances of nodes change from constant to proportional; for each row its log time, its
number of nodes, the nodes as ``asinh(lag / unit)`` and ``asinh(t' / unit)``, and C and R; C and R on the uniform grid.
"""

from typing import Any

import numpy as np

from spinglass._common.assignment import assign
from spinglass._common.jit import jit
from spinglass._common.types import Array
from theory.dynamics.uniform_kernels import dot, power_law

NODES = 6  # number of nodes for interpolation along a row
ROWS = 4  # number of rows for interpolation between rows


@jit
def lagrange(x: float, places: Array, out: Array) -> None:
    """Write the weights of values at ``places`` for the interpolating polynomial at x."""
    for i in range(places.size):
        above, below = 1.0, 1.0
        for j in range(places.size):
            if j != i:
                above *= x - places[j]
                below *= places[i] - places[j]
        out[i] = above / below


@jit
def lagrange_slope(at: int, places: Array, out: Array) -> None:
    """Write the weights of values at ``places`` for the slope of the interpolating polynomial at place ``at``."""
    x = places[at]
    for i in range(places.size):
        if i == at:
            continue
        weight = 1.0 / (places[i] - x)
        for j in range(places.size):
            if j not in (i, at):
                weight *= (x - places[j]) / (places[i] - places[j])
        out[i] = weight
    out[at] = 0.0
    out[at] = -np.sum(out)


@jit
def first_node(places: Array, x: float) -> int:
    """Return the first of the nodes, with monotone places, for interpolation at x along a row."""
    rising = places[-1] > places[0]
    low, high = 0, places.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if (places[middle] <= x) == rising:
            low = middle
        else:
            high = middle
    return min(max(low - NODES // 2 + 1, 0), places.size - NODES)


@jit
def along_row(grid: Any, row: int, lag: float, other: float, out: Array) -> int:
    """Write interpolation weights along a row used for time ``other + lag``, at the same lag or the same other time.

    The first node that they belong to is returned.
    """
    unit, sizes, young, old = grid[2], grid[4], grid[5], grid[6]
    places = young[row, : sizes[row]] if lag <= other else old[row, : sizes[row]]
    x = np.arcsinh((lag if lag <= other else other) / unit)
    start = first_node(places, x)
    lagrange(x, places[start : start + NODES], out)
    return start


@jit
def on_uniform(grid: Any, time: float, lag: float, other: float, out: Array) -> None:
    """Write C and R by cubic interpolation in the uniform grid, which uses only pairs with ``other <= time``."""
    h, C, R = grid[0], grid[9], grid[10]
    last = C.shape[0] - 4
    young = lag <= other
    x, y = time / h, (lag if young else other) / h
    column = min(max(int(y) - 1, 0), last)
    # The rows must have all these columns; at y = 0 only one column is used.
    row = min(max(int(x) - 1, column if y == 0.0 else column + 3), last)
    places, down, across = np.arange(4.0), np.empty(4), np.empty(4)
    lagrange(x - row, places, down)
    lagrange(y - column, places, across)
    out[:2] = 0.0
    for a in range(4):
        for b in range(4):
            i = row + a
            j = i - column - b if young else column + b
            out[0] += down[a] * across[b] * C[i, j]
            out[1] += down[a] * across[b] * R[i, j]


@jit
def stencil(logs: Array, last: int, z: float) -> int:
    """Return the first of the rows, none after ``last``, for interpolation at log time z."""
    found = int(np.searchsorted(logs[: last + 1], z, side="right")) - 1
    return min(max(found - ROWS // 2 + 1, 0), last + 1 - ROWS)


@jit
def same(first: Array, second: Array) -> bool:
    """Return whether all numbers of two arrays are equal."""
    equal = True
    for k in range(first.size):
        equal = equal and first[k] == second[k]
    return equal


@jit
def between_rows(
    grid: Any, last: int, unknown: int, time: float, lag: float, other: float, out: Array, share: Array
) -> int:
    """Write C and R between ``time`` and ``other`` into ``out[:2]``, without the contribution of the unknown row.

    The unknown row contributes with the weight ``out[2]`` times the weights ``share``, from the returned node on.
    The difference ``lag`` of the two times is an argument of its own: late in a descent C leaves 1 so slowly that the
    rounding error of a computed difference would matter.
    """
    logs, C, R = grid[3], grid[7], grid[8]
    out[2] = 0.0
    if time <= grid[1]:
        on_uniform(grid, time, lag, other, out)
        return 0
    out[:2] = 0.0
    z = np.log(time)
    first, node = stencil(logs, last, z), 0
    rows, weights, used = np.empty(ROWS), np.empty(NODES), np.full(NODES, np.nan)
    lagrange(z, logs[first : first + ROWS], rows)
    sizes, places = grid[4], grid[5] if lag <= other else grid[6]
    x = np.arcsinh((lag if lag <= other else other) / grid[2])
    for i in range(ROWS):
        start = first_node(places[first + i, : sizes[first + i]], x)
        near = places[first + i, start : start + NODES]
        if not same(near, used):  # far from the middle, successive rows have the same nodes
            lagrange(x, near, weights)
            assign(used, near)
        if first + i == unknown:
            out[2], node = rows[i], start
            assign(share, weights)
            continue
        for k in range(NODES):
            out[0] += rows[i] * weights[k] * C[first + i, start + k]
            out[1] += rows[i] * weights[k] * R[first + i, start + k]
    return node


@jit
def read(grid: Any, last: int, times: Array, others: Array, out: Array) -> None:
    """Write C and R at pairs of times into the rows of ``out``."""
    share = np.empty(NODES)
    for k in range(times.size):
        between_rows(grid, last, -1, times[k], times[k] - others[k], others[k], out[k], share)


@jit
def row_at_nodes(grid: Any, row: int, lags: Array, others: Array, out: Array) -> None:
    """Write C and R of an earlier row at the nodes of a new one."""
    C, R = grid[7], grid[8]
    weights = np.empty(NODES)
    for k in range(others.size):
        start = along_row(grid, row, lags[k], others[k], weights)
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

    They are, for each point: the node whose equation it belongs to, whether it is older than that node, its weight, C
    and R between the two with the contribution of the new row, and the interpolation weights of the new row at the
    point.
    """
    served, older = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.bool_)
    weight, known = np.empty(room), np.empty((room, 3))
    here, there = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    reading, sharing = np.empty((room, NODES)), np.zeros((room, NODES))
    away, weights = np.empty(room), np.empty(room)
    p, time = 0, others[0]
    for k in range(others.size):
        lag, other = lags[k], others[k]
        for end in range(4):
            # The four ends: from t' towards t, from t towards t', from t' towards 0, from 0 towards t'.
            count = panels(grid[2], width, rule, 0.5 * (lag if end < 2 else other), away, weights)
            for q in range(count):
                a = away[q]
                served[p], older[p], weight[p] = k, end > 1, weights[q]
                if end < 2:
                    s = other + a if end == 0 else time - a
                    here[p] = along_row(grid, row, lag - a if end == 0 else a, s, reading[p])
                    apart = a if end == 0 else lag - a
                    there[p] = between_rows(grid, row, row, s, apart, other, known[p], sharing[p])
                else:
                    s = other - a if end == 2 else a
                    here[p] = along_row(grid, row, lag + a if end == 2 else time - a, s, reading[p])
                    apart = a if end == 2 else other - a
                    there[p] = between_rows(grid, row, row, other, apart, s, known[p], sharing[p])
                p += 1
    return served[:p], older[:p], weight[:p], known[:p], here[:p], there[:p], reading[:p], sharing[:p]


@jit
def memory(squares: Array, orders: Array, points: Any, c: Array, r: Array, F: Array, J: Array) -> float:
    """Subtract the memory integrals from the equations F of a row, and their derivatives from J; return the energy.

    The unknowns are C and R at nodes 1.. and mu. The equations are those of C and R at nodes 1.., and that of mu, which
    is the equation of C at node 0.
    """
    served, older, weight, known, here, there, reading, sharing = points
    K = c.size - 1
    energy = 0.0
    for p in range(served.size):
        k, w, i, j, share = served[p], weight[p], here[p], there[p], known[p, 2]
        C, R = dot(reading[p], c[i : i + NODES]), dot(reading[p], r[i : i + NODES])
        A, B = known[p, 0], known[p, 1]
        if share != 0.0:
            A += share * dot(sharing[p], c[j : j + NODES])
            B += share * dot(sharing[p], r[j : j + NODES])
        second, third = power_law(squares, orders, 2, C), power_law(squares, orders, 3, C)
        line = k - 1 if k > 0 else 2 * K
        F[line] -= w * second * R * A
        by_C, by_R, by_share = w * third * R * A, w * second * A, 0.0
        if older[p]:
            force = w * power_law(squares, orders, 1, C)
            F[line] -= force * B
            by_C += w * second * B
            by_share = force * share
            if k == 0:
                energy -= force * B
        elif k > 0:
            F[K + k - 1] -= w * second * R * B
            _spread(J[K + k - 1, :K], i, reading[p], w * third * R * B)
            _spread(J[K + k - 1, K : 2 * K], i, reading[p], w * second * B)
            _spread(J[K + k - 1, K : 2 * K], j, sharing[p], w * second * R * share)
        _spread(J[line, :K], i, reading[p], by_C)
        _spread(J[line, K : 2 * K], i, reading[p], by_R)
        if share != 0.0:
            _spread(J[line, :K], j, sharing[p], w * second * R * share)
            _spread(J[line, K : 2 * K], j, sharing[p], by_share)
    return energy


@jit
def _spread(line: Array, start: int, weights: Array, factor: float) -> None:
    """Subtract a factor times weights from a line of unknowns, which begins at node 1."""
    for i in range(NODES):
        if start + i > 0:
            line[start + i - 1] -= factor * weights[i]
