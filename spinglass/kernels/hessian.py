"""The dense Hessian of a packed form at one point, in one sweep of the couplings.

With f = sum_m x_m R^T A_m Q, second derivatives come from pairs of factors: (R, Q), (x_m, R), (x_m, Q), and from
R and Q alone through their second derivatives.
"""

import numpy as np

from spinglass.couplings import FloatArray
from spinglass.jit import jit
from spinglass.kernels.monomials import level_starts
from spinglass.kernels.point import point_monomials
from spinglass.layout import IntArray


@jit
def _gradient_of_top(
    x: FloatArray, levels: FloatArray, weights: FloatArray, counts: IntArray, out: FloatArray
) -> None:
    """Add to ``out`` the x-derivative of ``weights . top level``, for weights of a prefix of the top level.

    The prefix is a whole number of variables' blocks; ``weights`` of degree d >= 2 are lowered level by level.
    """
    starts = level_starts(counts)
    current = weights
    for d in range(counts.shape[0] - 1, 1, -1):
        variables = np.searchsorted(counts[d], current.size)
        lower = np.zeros(counts[d - 1, variables], x.dtype)
        for v in range(variables):
            begin = counts[d, v]
            total = x[0] - x[0]
            for k in range(counts[d - 1, v + 1]):
                total += current[begin + k] * levels[starts[d - 1] + k]
                lower[k] += x[v] * current[begin + k]
            out[v] += total
        current = lower
    for v in range(current.size):
        out[v] += current[v]


@jit
def _curvature_of_top(x: FloatArray, levels: FloatArray, weights: FloatArray, counts: IntArray, out: FloatArray) -> None:
    """Add to ``out`` (n, n) the matrix whose symmetrised double is the Hessian of ``weights . top level``."""
    n = x.size
    current = weights
    for d in range(counts.shape[0] - 1, 1, -1):
        lower = np.zeros(counts[d - 1, n], x.dtype)
        for v in range(n):
            block = current[counts[d, v] : counts[d, v + 1]]
            _gradient_of_top(x, levels, block, counts[:d], out[v])
            lower[: block.size] += x[v] * block
        current = lower


@jit
def add_hessian(
    packed: FloatArray, above: IntArray, below: IntArray, offsets: IntArray, x: FloatArray, scale: float, out: FloatArray
) -> None:
    """Add ``scale`` times the Hessian (n, n) of the form at x (n,) to ``out``."""
    n = x.size
    reversed_x = x[::-1].copy()
    R_levels, Q_levels = point_monomials(reversed_x, above), point_monomials(x, below)
    R, Q = R_levels[R_levels.size - above[-1, n] :], Q_levels[Q_levels.size - below[-1, n] :]
    R_weights, Q_weights = np.zeros_like(R), np.zeros_like(Q)
    half = np.zeros((n, n), x.dtype)  # half + half^T is the Hessian
    reversed_half = np.zeros((n, n), x.dtype)
    for m in range(n):
        rows, columns = above[-1, n - m], below[-1, m + 1]
        A = packed[offsets[m] : offsets[m + 1]].reshape(rows, columns)
        P = np.zeros(rows, x.dtype)
        transposed_R = np.zeros(columns, x.dtype)
        mixed = np.zeros((above[-1, n - m], n), x.dtype)  # d/dx of (A Q), a row of R each
        for r in range(rows):
            total = x[m] - x[m]
            for q in range(columns):
                total += A[r, q] * Q[q]
                transposed_R[q] += A[r, q] * R[r]
            P[r] = total
            _gradient_of_top(x, Q_levels, A[r], below, mixed[r])
        _add_rows_of_top(reversed_x, R_levels, x[m], mixed, above, half)
        _gradient_of_top(x, Q_levels, transposed_R, below, half[m])
        _gradient_of_top(reversed_x, R_levels, P, above, reversed_half[n - 1 - m])
        R_weights[:rows] += x[m] * P
        Q_weights[:columns] += x[m] * transposed_R
    _curvature_of_top(x, Q_levels, Q_weights, below, half)
    _curvature_of_top(reversed_x, R_levels, R_weights, above, reversed_half)
    for i in range(n):
        for j in range(n):
            mirrored = reversed_half[n - 1 - i, n - 1 - j] + reversed_half[n - 1 - j, n - 1 - i]
            out[i, j] += scale * (half[i, j] + half[j, i] + mirrored)


@jit
def _add_rows_of_top(
    reversed_x: FloatArray, levels: FloatArray, factor: float, mixed: FloatArray, counts: IntArray, out: FloatArray
) -> None:
    """Add ``factor * sum_r dR_r/dx (x) mixed[r]`` to ``out`` (n, n); ``mixed`` (rows, n) is overwritten."""
    n = reversed_x.size
    starts = level_starts(counts)
    current = mixed
    for d in range(counts.shape[0] - 1, 1, -1):
        variables = np.searchsorted(counts[d], current.shape[0])
        lower = np.zeros((counts[d - 1, variables], n), out.dtype)
        for v in range(variables):
            for k in range(counts[d - 1, v + 1]):
                row = counts[d, v] + k
                monomial = factor * levels[starts[d - 1] + k]
                for j in range(n):
                    out[n - 1 - v, j] += monomial * current[row, j]
                    lower[k, j] += reversed_x[v] * current[row, j]
        current = lower
    for v in range(current.shape[0]):
        for j in range(n):
            out[n - 1 - v, j] += factor * current[v, j]
