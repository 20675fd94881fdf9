"""Energy and gradient of a packed form at a single point: one pass over the couplings, bounded by memory.

The hinges are cut into `tasks` runs of about equal work, each with weights of its own that are summed in a fixed
order: the bits do not depend on how many threads take the tasks.
"""

import numpy as np

from spinglass.couplings import FloatArray
from spinglass.jit import jit
from spinglass.kernels.monomials import monomials, pull_back
from spinglass.layout import IntArray


@jit
def sweep_hinges(
    packed: FloatArray,
    above: IntArray,
    below: IntArray,
    offsets: IntArray,
    first: int,
    stop: int,
    x: FloatArray,
    R: FloatArray,
    Q: FloatArray,
    R_weights: FloatArray,
    Q_weights: FloatArray,
    gradient: FloatArray,
) -> None:
    """Add rectangles first..stop-1 to the weights of the top monomials R, Q; write df/dx_m at fixed R, Q."""
    n = x.size
    for m in range(first, stop):
        rows, columns = above[-1, n - m], below[-1, m + 1]
        total = x[m] - x[m]  # zero of x's type
        row = 0
        while row + 4 <= rows:
            A0 = offsets[m] + row * columns
            A1, A2, A3 = A0 + columns, A0 + 2 * columns, A0 + 3 * columns
            Y0, Y1, Y2, Y3 = x[m] * R[row], x[m] * R[row + 1], x[m] * R[row + 2], x[m] * R[row + 3]
            P0 = P1 = P2 = P3 = x[m] - x[m]
            for q in range(columns):
                a0, a1, a2, a3 = packed[A0 + q], packed[A1 + q], packed[A2 + q], packed[A3 + q]
                P0 += a0 * Q[q]
                P1 += a1 * Q[q]
                P2 += a2 * Q[q]
                P3 += a3 * Q[q]
                Q_weights[q] += (Y0 * a0 + Y1 * a1) + (Y2 * a2 + Y3 * a3)
            for i, P in enumerate((P0, P1, P2, P3)):
                R_weights[row + i] += x[m] * P
                total += R[row + i] * P
            row += 4
        while row < rows:
            A0 = offsets[m] + row * columns
            Y0, P0 = x[m] * R[row], x[m] - x[m]
            for q in range(columns):
                P0 += packed[A0 + q] * Q[q]
                Q_weights[q] += Y0 * packed[A0 + q]
            R_weights[row] += x[m] * P0
            total += R[row] * P0
            row += 1
        gradient[m] = total


@jit
def point_monomials(x: FloatArray, counts: IntArray) -> FloatArray:
    """All levels of the monomials of one point, shape (monomials,)."""
    return monomials(x.reshape(-1, 1), counts).reshape(-1)


@jit
def gather_point(
    x: FloatArray,
    above: IntArray,
    below: IntArray,
    R: FloatArray,
    Q: FloatArray,
    R_parts: FloatArray,
    Q_parts: FloatArray,
    gradient: FloatArray,
) -> float:
    """Sum the tasks' weights (tasks, monomials) in order, pull them back onto ``gradient`` and return the energy."""
    n = x.size
    energy = np.dot(x, gradient)
    R_weights, Q_weights = np.zeros((R.size, 1), x.dtype), np.zeros((Q.size, 1), x.dtype)
    for task in range(R_parts.shape[0]):
        for k in range(R_parts.shape[1]):
            R_weights[R.size - R_parts.shape[1] + k, 0] += R_parts[task, k]
        for k in range(Q_parts.shape[1]):
            Q_weights[Q.size - Q_parts.shape[1] + k, 0] += Q_parts[task, k]
    column = gradient.reshape(-1, 1)
    pull_back(x.reshape(-1, 1), Q.reshape(-1, 1), Q_weights, below, column)
    reversed_gradient = np.zeros((n, 1), x.dtype)
    pull_back(x[::-1].copy().reshape(-1, 1), R.reshape(-1, 1), R_weights, above, reversed_gradient)
    gradient += reversed_gradient[::-1, 0]
    return energy
