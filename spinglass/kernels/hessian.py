"""The dense Hessian of a packed form at one point, in one pass over the couplings.

With f = sum_m x_m R^T A_m Q, the Hessian is the sum of products of first derivatives of the pairs (R, Q), (x_m, R) and
(x_m, Q), and of the second derivatives of R and of Q.
"""

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import FloatArray, IntArray
from spinglass._common.widening import in_type_of
from spinglass.kernels.monomials import level_starts
from spinglass.kernels.point import add_multiple, dot, point_monomials


@jit
def _add_gradient(
    x: FloatArray,
    levels: FloatArray,
    weights: FloatArray,
    counts: IntArray,
    factor: float | np.floating,
    out: FloatArray,
) -> None:
    """Add ``factor`` times the gradient of ``weights . top level`` to ``out`` (n,); weights are for a prefix of it."""
    current = in_type_of(weights, x)
    for d in range(counts.shape[0] - 1, 1, -1):
        variables = np.searchsorted(counts[d], current.size)
        start = counts[1 : d - 1, -1].sum()
        lower = np.zeros(counts[d - 1, variables], x.dtype)
        for v in range(variables):
            block = current[counts[d, v] : counts[d, v + 1]]
            monomials = levels[start : start + block.size]
            out[v] += factor * dot(block, monomials)
            add_multiple(x[v], block, lower)
        current = lower
    for v in range(current.size):
        out[v] += factor * current[v]


@jit
def _add_half_curvature(
    x: FloatArray, levels: FloatArray, weights: FloatArray, counts: IntArray, out: FloatArray
) -> None:
    """Add a matrix to ``out`` (n, n) whose sum with its transpose is the Hessian of ``weights . top level``."""
    n = x.size
    current = weights
    for d in range(counts.shape[0] - 1, 1, -1):
        lower = np.zeros(counts[d - 1, n], x.dtype)
        for v in range(n):
            block = current[counts[d, v] : counts[d, v + 1]]
            _add_gradient(x, levels, block, counts[:d], x.dtype.type(1), out[v])
            add_multiple(x[v], block, lower)
        current = lower


@jit
def _add_outer(
    reversed_x: FloatArray, levels: FloatArray, mixed: FloatArray, counts: IntArray, out: FloatArray
) -> None:
    """Add ``sum_r dR_r/dx (x) mixed[r]`` to ``out`` (n, n), for ``mixed`` (rows, n) on a prefix of R."""
    n = reversed_x.size
    starts = level_starts(counts)
    current = mixed
    for d in range(counts.shape[0] - 1, 1, -1):
        variables = np.searchsorted(counts[d], current.shape[0])
        lower = np.zeros((counts[d - 1, variables], n), out.dtype)
        for v in range(variables):
            for k in range(counts[d - 1, v + 1]):
                row = current[counts[d, v] + k]
                add_multiple(levels[starts[d - 1] + k], row, out[n - 1 - v])
                add_multiple(reversed_x[v], row, lower[k])
        current = lower
    for v in range(current.shape[0]):
        add_multiple(out.dtype.type(1), current[v], out[n - 1 - v])


@jit
def add_hessian(
    packed: FloatArray,
    above: IntArray,
    below: IntArray,
    offsets: IntArray,
    x: FloatArray,
    scale: float | np.floating,
    out: FloatArray,
) -> None:
    """Add ``scale`` times the Hessian (n, n) of the form at x (n,) to ``out``."""
    n = x.size
    one = x.dtype.type(1)
    reversed_x = x[::-1].copy()
    R_levels, Q_levels = point_monomials(reversed_x, above), point_monomials(x, below)
    R, Q = R_levels[R_levels.size - above[-1, n] :], Q_levels[Q_levels.size - below[-1, n] :]
    R_weights, Q_weights = np.zeros_like(R), np.zeros_like(Q)
    half = np.zeros((n, n), x.dtype)  # half + half^T is the Hessian
    reversed_half = np.zeros((n, n), x.dtype)
    linear_R = above.shape[0] == 2  # then the rows of d(A Q)/dx are added directly to the Hessian
    for m in range(n):
        rows, columns = above[-1, n - m], below[-1, m + 1]
        P, transposed_R = np.zeros(rows, x.dtype), np.zeros(columns, x.dtype)
        mixed = np.zeros((0 if linear_R else rows, n), x.dtype)
        for r in range(rows):
            A = packed[offsets[m] + r * columns : offsets[m] + (r + 1) * columns]
            P[r] = dot(A, Q)
            add_multiple(R[r], A, transposed_R)
            _add_gradient(x, Q_levels, A, below, x[m], half[n - 1 - r] if linear_R else mixed[r])
        if not linear_R:
            _add_outer(reversed_x, R_levels, mixed, above, half)
        _add_gradient(x, Q_levels, transposed_R, below, one, half[m])
        _add_gradient(reversed_x, R_levels, P, above, one, reversed_half[n - 1 - m])
        add_multiple(x[m], P, R_weights)
        add_multiple(x[m], transposed_R, Q_weights)
    _add_half_curvature(x, Q_levels, Q_weights, below, half)
    _add_half_curvature(reversed_x, R_levels, R_weights, above, reversed_half)
    for i in range(n):
        for j in range(n):
            mirrored = reversed_half[n - 1 - i, n - 1 - j] + reversed_half[n - 1 - j, n - 1 - i]
            out[i, j] += scale * (half[i, j] + half[j, i] + mirrored)
