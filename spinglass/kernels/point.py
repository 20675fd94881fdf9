"""Energy, gradient and Hessian-vector product of a packed form at a single point.

One pass over the couplings is limited by memory bandwidth. The hinges are divided into tasks of about equal work.
Each task has its own weights, which are summed in a fixed order, so the bits do not depend on the number of threads.
"""

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import FloatArray, IntArray
from spinglass.kernels.hinge import add_products
from spinglass.kernels.monomials import monomial_tangents, monomials, pull_back, pull_back_tangents

_CACHED = 2**23  # bytes of couplings that stay in a cache
_SHORT = 1200  # columns for which Q and its weights stay in the first-level cache from one group of rows to the next
_BLOCK = 2**15  # couplings that stay in the second-level cache between two products


@jit
def dot(a: FloatArray, b: FloatArray) -> np.floating:
    """Sum ``a[i] b[i]`` over the length of a.

    Sums always have loops of their own. A loop that also stores is vectorised only if its arrays are found not to
    overlap at run time, and a change in the order of summation changes the bits.
    """
    total: np.floating = b.dtype.type(0)
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@jit
def add_multiple(factor: float | np.floating, a: FloatArray, out: FloatArray) -> None:
    """``out[i] += factor a[i]`` over the length of a."""
    for i in range(a.size):
        out[i] += factor * a[i]


@jit
def multiply_both(
    packed: FloatArray,
    start: int,
    Q: FloatArray,
    Y: FloatArray,
    Q_weights: FloatArray,
    P: FloatArray,
    rows: int,
    columns: int,
) -> None:
    """``P[i] = sum_k A[i, k] Q[k]`` and ``W[k] += sum_i Y[i] A[i, k]``, where A (rows, columns) begins at ``start``."""
    # The processor loads more in advance for four streams than for eight.
    by_eight = 0 if packed.nbytes > _CACHED and columns <= _SHORT else rows
    add_products(packed, start, Q, Y, Q_weights, P, by_eight, rows, columns)


@jit
def sweep_hinges(
    packed: FloatArray,
    above: IntArray,
    below: IntArray,
    offsets: IntArray,
    start: int,
    stop: int,
    x: FloatArray,
    R: FloatArray,
    Q: FloatArray,
    R_weights: FloatArray,
    Q_weights: FloatArray,
    gradient: FloatArray,
) -> None:
    """Add rectangles start..stop-1 to the weights of the top levels of R and Q; write df/dx_m at fixed R and Q."""
    n = x.size
    R, Q = R[R.size - above[-1, n] :], Q[Q.size - below[-1, n] :]
    P, Y = np.empty_like(R), np.empty_like(R)
    for m in range(start, stop):
        rows = above[-1, n - m]
        for row in range(rows):
            Y[row] = x[m] * R[row]
        multiply_both(packed, offsets[m], Q, Y, Q_weights, P, rows, below[-1, m + 1])
        add_multiple(x[m], P[:rows], R_weights)
        gradient[m] = dot(P[:rows], R)


@jit
def tangent_hinges(
    packed: FloatArray,
    above: IntArray,
    below: IntArray,
    offsets: IntArray,
    first: int,
    stop: int,
    x: FloatArray,
    v: FloatArray,
    R: FloatArray,
    dR: FloatArray,
    Q: FloatArray,
    dQ: FloatArray,
    R_weights: FloatArray,
    Q_weights: FloatArray,
    product: FloatArray,
) -> None:
    """Compute the derivative of `sweep_hinges` along v; weights (2, monomials) are values and derivatives."""
    n = x.size
    dR, R = dR[R.size - above[-1, n] :], R[R.size - above[-1, n] :]
    dQ, Q = dQ[Q.size - below[-1, n] :], Q[Q.size - below[-1, n] :]
    P, dP, Y, dY = np.empty_like(R), np.empty_like(R), np.empty_like(R), np.empty_like(R)
    for m in range(first, stop):
        rows, columns = above[-1, n - m], below[-1, m + 1]
        for row in range(rows):
            Y[row] = x[m] * R[row]
            dY[row] = v[m] * R[row] + x[m] * dR[row]
        block = max(_BLOCK // columns, 1)
        for row in range(0, rows, block):
            A, height = offsets[m] + row * columns, min(block, rows - row)
            multiply_both(packed, A, Q, Y[row:], Q_weights[0], P[row:], height, columns)
            multiply_both(packed, A, dQ, dY[row:], Q_weights[1], dP[row:], height, columns)
        add_multiple(x[m], P[:rows], R_weights[0])
        add_multiple(v[m], P[:rows], R_weights[1])
        add_multiple(x[m], dP[:rows], R_weights[1])
        product[m] = dot(P[:rows], dR) + dot(dP[:rows], R)


@jit
def point_monomials(x: FloatArray, counts: IntArray) -> FloatArray:
    """Return the monomials of one point of all levels, shape (monomials,)."""
    return monomials(x.reshape(-1, 1), counts).reshape(-1)


@jit
def point_monomial_tangents(x: FloatArray, v: FloatArray, levels: FloatArray, counts: IntArray) -> FloatArray:
    """Return the derivatives along v of the monomials of one point, shape (monomials,)."""
    return monomial_tangents(x.reshape(-1, 1), v.reshape(-1, 1), levels.reshape(-1, 1), counts).reshape(-1)


@jit
def sum_tasks(parts: FloatArray, top: int, size: int) -> FloatArray:
    """Sum the first ``top`` weights of all tasks in order, as the end of a column (size, 1) of zeros."""
    out = np.zeros((size, 1), parts.dtype)
    begin = size - top
    for task in range(parts.shape[0]):
        for k in range(top):
            out[begin + k, 0] += parts[task, k]
    return out


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
) -> np.floating:
    """Sum the weights (tasks, monomials or more) in order, pull them back to ``gradient`` and return the energy."""
    n = x.size
    energy: np.floating = x[0] - x[0]
    for m in range(n):
        energy += x[m] * gradient[m]
    column = gradient.reshape(-1, 1)
    pull_back(x.reshape(-1, 1), Q.reshape(-1, 1), sum_tasks(Q_parts, below[-1, n], Q.size), below, column)
    reversed_gradient = np.zeros((n, 1), x.dtype)
    reversed_x = x[::-1].copy().reshape(-1, 1)
    pull_back(reversed_x, R.reshape(-1, 1), sum_tasks(R_parts, above[-1, n], R.size), above, reversed_gradient)
    gradient += reversed_gradient[::-1, 0]
    return energy


@jit
def add_point(
    packed: FloatArray,
    above: IntArray,
    below: IntArray,
    offsets: IntArray,
    scale: float | np.floating,
    x: FloatArray,
    gradient: FloatArray,
) -> np.floating:
    """Add ``scale`` times the gradient at one point to ``gradient`` as a single task; return the energy with scale."""
    n = x.size
    R, Q = point_monomials(x[::-1].copy(), above), point_monomials(x, below)
    R_parts, Q_parts = np.zeros((1, above[-1, n]), x.dtype), np.zeros((1, below[-1, n]), x.dtype)
    own = np.empty_like(x)
    sweep_hinges(packed, above, below, offsets, 0, n, x, R, Q, R_parts[0], Q_parts[0], own)
    energy = gather_point(x, above, below, R, Q, R_parts, Q_parts, own)
    add_multiple(scale, own, gradient)
    return scale * energy


@jit
def gather_tangent(
    x: FloatArray,
    v: FloatArray,
    above: IntArray,
    below: IntArray,
    R: FloatArray,
    dR: FloatArray,
    Q: FloatArray,
    dQ: FloatArray,
    R_parts: FloatArray,
    Q_parts: FloatArray,
    product: FloatArray,
) -> None:
    """Sum the weights (tasks, 2, monomials or more) in order and pull their derivatives back to ``product``."""
    n = x.size
    column = product.reshape(-1, 1)
    pull_back_tangents(
        x.reshape(-1, 1),
        v.reshape(-1, 1),
        Q.reshape(-1, 1),
        dQ.reshape(-1, 1),
        sum_tasks(Q_parts[:, 0], below[-1, n], Q.size),
        sum_tasks(Q_parts[:, 1], below[-1, n], Q.size),
        below,
        column,
    )
    reversed_product = np.zeros((n, 1), x.dtype)
    pull_back_tangents(
        x[::-1].copy().reshape(-1, 1),
        v[::-1].copy().reshape(-1, 1),
        R.reshape(-1, 1),
        dR.reshape(-1, 1),
        sum_tasks(R_parts[:, 0], above[-1, n], R.size),
        sum_tasks(R_parts[:, 1], above[-1, n], R.size),
        above,
        reversed_product,
    )
    product += reversed_product[::-1, 0]
