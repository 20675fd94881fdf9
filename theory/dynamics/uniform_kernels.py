"""Kernels of the two-time integration on a uniform grid: memory integrals as sums over nodes, and steps.

``moments[0][j, k] = int C(s, t_j) hat_k(s) ds``, ``moments[1][j, k] = int R(s, t_j) hat_k(s) ds`` over s > t_j and
``moments[2][j, k] = int R(t_j, s) hat_k(s) ds`` over s < t_j, where hat_k is the piecewise linear function that is 1 at
node k and 0 at all other nodes; Gregory's corrections are added at the ends.
"""

from typing import Any

import numpy as np

from spinglass._common.assignment import assign
from spinglass._common.jit import jit
from spinglass._common.types import Array


@jit
def power_law(squares: Array, orders: Array, derivative: int, q: float) -> float:
    """Return nu or a derivative at overlap q."""
    total = 0.0
    for p in range(orders.size):
        if orders[p] >= derivative:
            total += _coefficient(squares[p], orders[p], derivative) * q ** (int(orders[p]) - derivative)
    return total


@jit
def _coefficient(square: float, order: float, derivative: int) -> float:
    """Return the coefficient of ``q^(order - derivative)`` in a derivative of ``square q^order``."""
    for d in range(derivative):
        square *= order - d
    return square


@jit
def covariance(squares: Array, orders: Array, derivative: int, q: Array, out: Array) -> None:
    """Write nu or a derivative at overlaps q."""
    out[:] = 0.0
    for p in range(orders.size):
        if orders[p] < derivative:
            continue
        factor = _coefficient(squares[p], orders[p], derivative)
        power = int(orders[p]) - derivative
        for k in range(q.size):
            out[k] += factor * q[k] ** power


@jit
def weighted(first: Array, second: Array, third: Array) -> float:
    """Return ``sum first second third``."""
    total = 0.0
    for k in range(first.size):
        total += first[k] * second[k] * third[k]
    return total


@jit
def dot(first: Array, second: Array) -> float:
    """Return ``sum first second``."""
    total = 0.0
    for k in range(first.size):
        total += first[k] * second[k]
    return total


@jit
def slopes(
    glass: Any,
    moments: Array,
    weights: Array,
    rows: Array,
    trial: Array,
    h: float,
    overlap: float,
    out: Array,
    work: Array,
) -> tuple[float, float, float]:
    """Write dC(t, t_j)/dt and dR(t, t_j)/dt at the m nodes of ``trial``; return the energy per spin, mu and dm/dt.

    Time t is one step h after the last node. ``trial`` holds C(t, .) and R(t, .), and ``overlap`` is m(t); ``rows``
    holds the same functions at the last node and at the one before. Stored moments end at the last node. The open cell
    is integrated by the trapezoidal rule with Gregory's correction ``-h/24 (3 F_m - 4 F_{m-1} + F_{m-2})`` at its end.
    """
    squares, orders, temperature, inverse_start, initial, strengths, powers, overlaps = glass
    m = trial.shape[1]
    C, R = trial[0], trial[1]
    force, memory, weight = work[0, :m], work[1, :m], work[2, :m]
    covariance(squares, orders, 1, C, force)
    covariance(squares, orders, 2, C, memory)
    memory *= R
    assign(weight, weights)
    ends = np.ones(2)
    diagonal = np.empty(2)
    covariance(squares, orders, 1, ends, diagonal)
    last_force = diagonal[0]
    covariance(squares, orders, 2, ends, diagonal)
    last_memory = diagonal[0]
    # Weights of F at t, at the last node and at the one before.
    third, second, first = h / 2, h / 2, 0.0
    if m > 1:
        third, second, first = h * 3 / 8, h * 2 / 3, -h / 24
        weight[m - 2] += first
    weight[m - 1] += second
    if m == 2:  # the moments do not include the start's correction yet; with it the sum is Simpson's rule
        weight[0] -= h / 8
        weight[1] += h / 6
        third -= h / 24
    work_rate = weighted(weight, force, R) + third * last_force
    mu = temperature + work_rate + weighted(weight, memory, C) + third * last_memory
    past = np.empty(1)
    covariance(squares, orders, 0, C[:1], past)
    energy = -work_rate - inverse_start * past[0]
    covariance(squares, orders, 1, C[:1], past)
    pull = inverse_start * past[0]
    mu += pull * C[0]
    drift = weighted(weight, memory, overlaps) + third * last_memory * overlap + pull * overlaps[0]
    force_of_signal = power_law(strengths, powers, 1, overlap)
    if strengths.size:
        energy -= power_law(strengths, powers, 0, overlap)
        mu += force_of_signal * overlap
    before = m - 2 if m > 1 else 0
    for j in range(m):
        stored = dot(memory, moments[0, j, :m]) + dot(force[: j + 1], moments[2, j, : j + 1])
        response = dot(memory[j:], moments[1, j, j:m])
        open_C = third * last_memory * C[j] + second * memory[m - 1] * rows[0, 0, j]
        if m == 2:
            open_C += (weight[0] - weights[0]) * memory[0] * rows[1, 0, j] + h / 6 * memory[1] * rows[0, 0, j]
        else:
            open_C += first * memory[before] * rows[1, 0, j]
        if j == m - 1:
            open_R = h / 2 * (memory[j] + last_memory * R[j])
        elif j == m - 2:
            open_R = h / 3 * last_memory * R[j] + h * 5 / 6 * memory[m - 1] * rows[0, 1, j] - h / 6 * memory[j]
        else:
            open_R = third * last_memory * R[j] + second * memory[m - 1] * rows[0, 1, j]
            open_R += first * memory[m - 2] * rows[1, 1, j]
        out[0, j] = -mu * C[j] + stored + open_C + pull * initial[j]
        out[1, j] = -mu * R[j] + response + open_R
    if strengths.size:
        for j in range(m):
            out[0, j] += force_of_signal * overlaps[j]
    return energy, mu, drift + force_of_signal - mu * overlap


@jit
def append(glass: Any, moments: Array, weights: Array, rows: Array, new: Array, h: float, m: int) -> None:
    """Complete the cell after the last of m nodes and add node m, where the functions are ``new``."""
    for j in range(m):
        for part in range(2):
            moments[part, j, m - 1] += 0.5 * h * rows[0, part, j]
            moments[part, j, m] = 0.5 * h * new[part, j]
        moments[2, j, m] = 0.0
    weights[m - 1] += 0.5 * h
    weights[m] = 0.5 * h
    if m == 2:
        _correct_start(moments[0], 0, m, h, rows[1, 0], rows[0, 0], new[0])
        _correct_start(moments[0], 1, m, h, rows[1, 0], rows[0, 0], new[0])
        weights[0] -= h / 8
        weights[1] += h / 6
        weights[2] -= h / 24
    if m >= 2:  # R(s, t_{m-2}) starts at s = t_{m-2}
        _correct_start(moments[1], m - 2, m, h, rows[1, 1], rows[0, 1], new[1])
    for k in range(m + 1):
        moments[0, m, k] = weights[k] * new[0, k]
        moments[1, m, k] = 0.0
        moments[2, m, k] = weights[k] * new[1, k]
    if m >= 2:
        moments[2, m, m] -= h / 8 * new[1, m]
        moments[2, m, m - 1] += h / 6 * new[1, m - 1]
        moments[2, m, m - 2] -= h / 24 * new[1, m - 2]
    # C(s, t_m) has a cusp at s = t_m: its slope jumps by -2 T.
    moments[0, m, m] -= h * h / 6 * glass[2]


@jit
def _correct_start(moment: Array, j: int, last: int, h: float, oldest: Array, middle: Array, newest: Array) -> None:
    """Add Gregory's correction at the start of the range of column j, for functions at the nodes up to ``last``."""
    moment[j, last - 2] -= h / 8 * oldest[j]
    moment[j, last - 1] += h / 6 * middle[j]
    moment[j, last] -= h / 24 * newest[j]


@jit
def predict(rows: Array, slope: Array, bend: Array, h: float, m: int, trial: Array) -> None:
    """Extrapolate by the Adams-Bashforth rule of order 2, the youngest column by its Taylor series."""
    for part in range(2):
        for j in range(m - 1):
            trial[part, j] = rows[0, part, j] + h * (1.5 * slope[0, part, j] - 0.5 * slope[1, part, j])
        trial[part, m - 1] = 1.0 + h * slope[0, part, m - 1] + 0.5 * h * h * bend[part]


@jit
def correct(rows: Array, slope: Array, there: Array, bend: Array, h: float, m: int, trial: Array) -> None:
    """Correct by the Adams-Moulton rule of order 3, the youngest column by Hermite's with its second derivative."""
    for part in range(2):
        for j in range(m - 1):
            mean = 5.0 * there[part, j] + 8.0 * slope[0, part, j] - slope[1, part, j]
            trial[part, j] = rows[0, part, j] + h / 12.0 * mean
        if bend[part] == 0.0:
            trial[part, m - 1] = 1.0 + h / 2.0 * (slope[0, part, m - 1] + there[part, m - 1])
        else:
            mean = 2.0 * slope[0, part, m - 1] + there[part, m - 1]
            trial[part, m - 1] = 1.0 + h / 3.0 * mean + h * h / 6.0 * bend[part]


@jit
def advance(glass: Any, moments: Array, weights: Array, h: float, record: Array, C: Array, R: Array) -> None:
    """Integrate over the whole grid, and record energy, mu and the overlap with the signal, C and R at each time.

    The first row of ``record``, the overlap at the start and ones on the diagonals of C and R must be set before. Each
    step is an Adams predictor and corrector, each followed by an evaluation of the slopes.
    """
    squares, orders, temperature, initial, overlaps = glass[0], glass[1], glass[2], glass[4], glass[7]
    size = record.shape[0]
    work, trial, there, bend = np.empty((3, size)), np.empty((2, size)), np.empty((2, size)), np.empty(2)
    # C(t, .) and R(t, .) and their slopes, now and one step before.
    rows, slope = np.ones((2, 2, size)), np.zeros((2, 2, size))
    slope[0, 0, 0], slope[0, 1, 0] = -temperature, -record[0, 1]
    stiffness = power_law(squares, orders, 2, 1.0)
    # dm/dt now and one step before; at the start, the memory is empty.
    drift = power_law(glass[5], glass[6], 1, overlaps[0]) * (1.0 - overlaps[0] ** 2) - temperature * overlaps[0]
    earlier = drift
    for m in range(1, size):
        # Second derivatives of C and R in t at t' = t. Without noise that of C is -|velocity|^2, the energy's slope.
        bend[:] = 0.0
        if m > 1:
            bend[1] = record[m - 1, 1] ** 2 - (record[m - 1, 1] - record[m - 2, 1]) / h + stiffness
            if temperature == 0.0:
                bend[0] = (record[m - 1, 0] - record[m - 2, 0]) / h
        predict(rows, slope, bend, h, m, trial)
        guess = overlaps[m - 1] + h * (1.5 * drift - 0.5 * earlier)
        ahead = slopes(glass, moments, weights, rows, trial[:, :m], h, guess, there, work)[2]
        correct(rows, slope, there, bend, h, m, trial)
        overlap = overlaps[m - 1] + h / 12.0 * (5.0 * ahead + 8.0 * drift - earlier)
        if m == 1:
            overlap = overlaps[0] + h / 2.0 * (ahead + drift)
        earlier = drift
        for part in range(2):
            assign(slope[1, part], slope[0, part])
        energy, mu, drift = slopes(glass, moments, weights, rows, trial[:, :m], h, overlap, slope[0], work)
        record[m, 0], record[m, 1], overlaps[m] = energy, mu, overlap
        trial[:, m] = 1.0
        slope[0, 0, m], slope[0, 1, m] = -temperature, -record[m, 1]
        append(glass, moments, weights, rows, trial, h, m)
        for part in range(2):
            assign(rows[1, part, :m], rows[0, part])
            assign(rows[0, part, : m + 1], trial[part])
        initial[m] = rows[0, 0, 0]
        assign(C[m, :m], trial[0])
        assign(R[m, :m], trial[1])
