"""Kernels of the two-time integration on a uniform grid: memory integrals as sums over nodes, and steps.

Integrals over the past are trapezoidal sums with Gregory's corrections at the ends. They are computed from the lower
triangles of C and R alone: C is symmetric, and a row of R serves the integrals over both of its arguments.
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
def add_multiple(out: Array, factor: float, row: Array) -> None:
    """Add ``factor row`` to ``out``."""
    for k in range(row.size):
        out[k] += factor * row[k]


@jit
def integrate_past(
    nodes: Any, force: Array, memory: Array, h: float, temperature: float, work: Array
) -> tuple[Array, Array]:
    """Return two integrals at each of the m nodes t_j; they end at the last node.

    The first is ``int memory(s) C(s, t_j) ds`` over all s plus ``int force(s) R(t_j, s) ds`` over s < t_j, the second
    ``int memory(s) R(s, t_j) ds`` over s > t_j.
    """
    C, R, weights = nodes
    m = memory.size
    all_s, after, before, of_C, of_R = work[0, :m], work[1, :m], work[2, :m], work[3, :m], work[4, :m]
    for k in range(m):
        all_s[k], after[k], before[k] = weights[k] * memory[k], h * memory[k], h * force[k]
        of_C[k], of_R[k] = 0.0, 0.0
    after[m - 1] *= 0.5
    if m > 2:
        before[0], before[1], before[2] = before[0] * 3 / 8, before[1] * 7 / 6, before[2] * 23 / 24
    for k in range(m):
        of_C[k] += dot(all_s[: k + 1], C[k, : k + 1])
        add_multiple(of_C, all_s[k], C[k, :k])
        add_multiple(of_R, after[k], R[k, : k + 1])
        if k > 1:
            of_C[k] += dot(before[: k + 1], R[k, : k + 1]) - h * force[k] * 5 / 8
            of_C[k] += h * (force[k - 1] * R[k, k - 1] / 6 - force[k - 2] * R[k, k - 2] / 24)
        if k > 0:  # C(s, t_k) has a cusp at s = t_k: its slope jumps by -2 T
            of_C[k] -= h * h / 6 * temperature * memory[k]
    if m > 1:
        of_C[1] += h / 2 * (force[0] * R[1, 0] + force[1])
    if m > 2:  # Gregory's correction at the start would extrapolate C(s, t_1) across its cusp, so C(0, t_1) is 1 in it
        of_C[1] -= h / 8 * memory[0] * (1.0 - C[1, 0])
    for k in range(m - 1):
        of_R[k] -= h / 2 * memory[k]
    of_R[m - 1] -= after[m - 1]
    for k in range(m - 2):
        of_R[k] += h * (memory[k + 1] * R[k + 1, k] / 6 - memory[k + 2] * R[k + 2, k] / 24 - memory[k] / 8)
    return of_C, of_R


@jit
def slopes(
    glass: Any,
    nodes: Any,
    rows: Array,
    trial: Array,
    h: float,
    overlap: float,
    out: Array,
    work: Array,
) -> tuple[float, float, float]:
    """Write dC(t, t_j)/dt and dR(t, t_j)/dt at the m nodes of ``trial``; return the energy per spin, mu and dm/dt.

    Time t is one step h after the last node. ``trial`` holds C(t, .) and R(t, .), and ``overlap`` is m(t); ``rows``
    holds the same functions at the last node and at the one before. ``nodes`` holds C and R at all pairs of nodes, and
    the nodes' weights in integrals that end at the last node. The open cell after it is integrated by the trapezoidal
    rule with Gregory's correction ``-h/24 (3 F_m - 4 F_{m-1} + F_{m-2})`` at its end.
    """
    squares, orders, temperature, inverse_start, initial, strengths, powers, overlaps = glass
    m = trial.shape[1]
    C, R, weights = trial[0], trial[1], nodes[2]
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
    if m == 2:  # the weights do not include the start's correction yet; with it the sum is Simpson's rule
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
    of_C, of_R = integrate_past(nodes, force, memory, h, temperature, work[3:])
    for j in range(m):
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
        out[0, j] = -mu * C[j] + of_C[j] + open_C + pull * initial[j]
        out[1, j] = -mu * R[j] + of_R[j] + open_R
    if strengths.size:
        for j in range(m):
            out[0, j] += force_of_signal * overlaps[j]
    return energy, mu, drift + force_of_signal - mu * overlap


@jit
def append(nodes: Any, new: Array, h: float, m: int) -> None:
    """Add node m, where the functions are ``new``."""
    C, R, weights = nodes
    assign(C[m, :m], new[0])
    assign(R[m, :m], new[1])
    weights[m - 1] += 0.5 * h
    weights[m] = 0.5 * h
    if m == 2:
        weights[0] -= h / 8
        weights[1] += h / 6
        weights[2] -= h / 24


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
def advance(glass: Any, h: float, record: Array, C: Array, R: Array) -> None:
    """Integrate over the whole grid, and record energy, mu and the overlap with the signal, C and R at each time.

    The first row of ``record``, the overlap at the start and ones on the diagonals of C and R must be set before. Each
    step is an Adams predictor and corrector, each followed by an evaluation of the slopes.
    """
    squares, orders, temperature, initial, overlaps = glass[0], glass[1], glass[2], glass[4], glass[7]
    size = record.shape[0]
    work, trial, there, bend = np.empty((8, size)), np.empty((2, size)), np.empty((2, size)), np.empty(2)
    # C(t, .) and R(t, .) and their slopes, now and one step before.
    rows, slope = np.ones((2, 2, size)), np.zeros((2, 2, size))
    slope[0, 0, 0], slope[0, 1, 0] = -temperature, -record[0, 1]
    nodes = (C, R, np.zeros(size))  # weights of the nodes in integrals over the past
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
        ahead = slopes(glass, nodes, rows, trial[:, :m], h, guess, there, work)[2]
        correct(rows, slope, there, bend, h, m, trial)
        overlap = overlaps[m - 1] + h / 12.0 * (5.0 * ahead + 8.0 * drift - earlier)
        if m == 1:
            overlap = overlaps[0] + h / 2.0 * (ahead + drift)
        earlier = drift
        for part in range(2):
            assign(slope[1, part], slope[0, part])
        energy, mu, drift = slopes(glass, nodes, rows, trial[:, :m], h, overlap, slope[0], work)
        record[m, 0], record[m, 1], overlaps[m] = energy, mu, overlap
        trial[:, m] = 1.0
        slope[0, 0, m], slope[0, 1, m] = -temperature, -record[m, 1]
        append(nodes, trial, h, m)
        for part in range(2):
            assign(rows[1, part, :m], rows[0, part])
            assign(rows[0, part, : m + 1], trial[part])
        initial[m] = rows[0, 0, 0]
