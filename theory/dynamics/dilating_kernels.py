"""Kernels of the dilating grid: interpolation in two times.

A *row* is C(t, .) and R(t, .) at one time t, from its youngest node t' = t (number 0) to its oldest, t' = 0. Nodes are
equidistant in ``x = asinh(lag / unit) - asinh(t' / unit)``, where the lag is t - t', from -X to X with
``X = asinh(t / unit)``: equidistant in time near both ends, at distances proportional to the lag or to t' elsewhere.

Interpolation along a row is in x, that between rows in X along curves of fixed *label* ``1/x^2 - 1/X^2`` and sign of x.
Where t' and the lag are of the order of t, x is nearly constant along these curves, that is, t' / t is fixed; only near
the ends of a row are the lag or t' fixed. Late in a descent C depends on t' / t alone and R is 1/t times such a
function. The equations then hold for C(t,t') = c(h(t') / h(t)) with any clock h, and only small terms determine h. An
interpolation that mixes different ratios t' / t violates this symmetry, and its error makes differences between the
clocks of successive rows grow. For the same reason R is interpolated between rows after multiplication by
``(lag / t)^(3/2)``, which at T = 0 leaves it nearly constant at all lags between 1/rate and t, and division by
``exp(g X)``, where g is the rate of growth of this product between earlier rows.

``grid`` is ``(h, end, unit, origin, ratio, sizes, lengths, C, R, uniform_C, uniform_R, growth)``: the step and the end
of the uniform grid; the lag at which the distances of nodes change from constant to proportional; X of the first row
and the difference of X between successive rows; for each row its number of nodes, X and 1/X^2, C and R; C and R on the
uniform grid; the rate of growth of ``(lag / t)^(3/2) R`` in X at each node of each row.
"""

from typing import Any

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import Array
from theory.dynamics.uniform_kernels import dot

NODES = 8  # number of nodes for interpolation along a row
# Number of rows for interpolation between rows. With six, differences between the clocks of rows grow at high orders.
BETWEEN = 5
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
def place(unit: float, lag: float, other: float) -> float:
    """Return x."""
    return float(np.arcsinh(lag / unit) - np.arcsinh(other / unit))


@jit
def along_row(grid: Any, row: int, x: float, out: Array) -> int:
    """Write interpolation weights along a row at x; return the first node they belong to."""
    size = grid[5][row]
    number = 0.5 * (size - 1) * (1.0 + x / grid[6][row, 0])
    node = first_of(number, NODES, size)
    weights_at(number - node, out)
    return node


@jit
def same_label(x: float, shift: float) -> float:
    """Return x on a row where 1/X^2 is larger by ``shift``, at the same label."""
    return float(x / np.sqrt(1.0 + x * x * shift))


@jit
def age_ratio(x: float, other: float) -> float:
    """Return the ratio of ``(lag / t)^(3/2)`` at ``other`` to that at x; lag / t is ``1 / (1 + exp(-x))``."""
    ratio = (1.0 + np.exp(-x)) / (1.0 + np.exp(-other))
    return float(ratio * np.sqrt(ratio))


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

    The unknown row contributes with the weights ``share`` from the returned node on, times ``out[2]`` to C and times
    ``out[3]`` to R. The difference ``lag`` of the two times is an argument of its own: late in a descent C leaves 1 so
    slowly that the rounding error of a computed difference would matter.
    """
    C, R, lengths, growth = grid[7], grid[8], grid[6], grid[11]
    out[2:] = 0.0
    if time <= grid[1]:
        on_uniform(grid, time, lag, other, out)
        return 0
    X, x = np.arcsinh(time / grid[2]), place(grid[2], lag, other)
    z = (X - grid[3]) / grid[4]
    # No later row than the one after this time: when more rows are known, the function of two times that earlier
    # memory integrals have used does not change.
    first, node = min(max(int(z) + 2 - BETWEEN, 0), last + 1 - BETWEEN), 0
    rows, weights = np.empty(BETWEEN), np.empty(NODES)
    weights_at(z - first, rows)
    known, square = first + BETWEEN - 2, 1.0 / (X * X)
    start = along_row(grid, known, same_label(x, lengths[known, 1] - square), weights)
    rate = grid[4] * dot(weights, growth[known, start : start + NODES])
    factor, falling = np.exp(rate * (z - first)), np.exp(-rate)
    sum_C, sum_R = 0.0, 0.0
    for i in range(first, first + BETWEEN):
        along = same_label(x, lengths[i, 1] - square)
        of_C, of_R = rows[i - first], rows[i - first] * factor * age_ratio(x, along)
        factor *= falling
        if i == unknown:
            out[2], out[3], node = of_C, of_R, along_row(grid, i, along, share)
            continue
        start = along_row(grid, i, along, weights)
        sum_C += of_C * dot(weights, C[i, start : start + NODES])
        sum_R += of_R * dot(weights, R[i, start : start + NODES])
    out[0], out[1] = sum_C, sum_R
    return node


@jit
def read(grid: Any, last: int, times: Array, others: Array, out: Array) -> None:
    """Write C and R at pairs of times into the rows of ``out``."""
    share = np.empty(NODES)
    for k in range(times.size):
        between_rows(grid, last, -1, times[k], times[k] - others[k], others[k], out[k], share)


@jit
def row_at_nodes(grid: Any, row: int, places: Array, out: Array, ratios: Array) -> None:
    """Write C and R of an earlier row at the labels of the nodes of a new one, whose places x are given.

    Write also the ratio of ``(lag / t)^(3/2)`` on the earlier row to that on the new one.
    """
    C, R = grid[7], grid[8]
    weights = np.empty(NODES)
    shift = grid[6][row, 1] - 1.0 / places[-1] ** 2
    for k in range(places.size):
        along = same_label(places[k], shift)
        start = along_row(grid, row, along, weights)
        ratios[k] = age_ratio(places[k], along)
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
