"""Energy, gradient and Hessian-vector product of a packed form at a chunk of points, a multiple of STEP of them.

With R the monomials of the reversed x and Q those of x (prefixes that match the shape of the rectangle A_m),

    f = sum_m x_m R^T A_m Q,   P = A_m Q,   Y = x_m R,
    dQ-weights += A_m^T Y,   dR-weights += x_m P,   df/dx_m += R.P,

and finally the weights are pulled back to x. Rectangles are processed in blocks that stay in cache between the product
with A_m and that with its transpose, so that each coefficient is read from memory once.
"""

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import FloatArray, IntArray
from spinglass.kernels.monomials import monomial_tangents, monomials, pull_back, pull_back_tangents
from spinglass.kernels.products import add_scaled, add_sums
from spinglass.kernels.tile import multiply_add
from spinglass.kernels.vectors import STEP

_BLOCK_ROWS = 96
_BLOCK_COLUMNS = 192


@jit
def add_rows_scaled(
    a: FloatArray,
    a_at: int,
    b: FloatArray,
    b_at: int,
    b_row: int,
    c: FloatArray,
    c_at: int,
    c_row: int,
    rows: int,
    lanes: int,
) -> None:
    """``C[r] += a B[r]`` lane by lane."""
    for lane in range(0, lanes, STEP):
        add_scaled(a, a_at + lane, b, b_at + lane, b_row, c, c_at + lane, c_row, rows)


@jit
def add_row_sums(
    a: FloatArray,
    a_at: int,
    a_row: int,
    b: FloatArray,
    b_at: int,
    b_row: int,
    c: FloatArray,
    c_at: int,
    rows: int,
    lanes: int,
) -> None:
    """``c += sum_r A[r] B[r]`` lane by lane."""
    for lane in range(0, lanes, STEP):
        add_sums(a, a_at + lane, a_row, b, b_at + lane, b_row, c, c_at + lane, rows)


@jit
def sweep_chunk(
    packed: FloatArray,
    above: IntArray,
    below: IntArray,
    offsets: IntArray,
    part: int,
    parts: int,
    x: FloatArray,
    energy: FloatArray,
    gradient: FloatArray,
    whole_gradient: bool,
) -> None:
    """Write the energy (lanes,) and the gradient (n, lanes) of the form's part ``part`` of ``parts`` at x (n, lanes).

    Part p consists of the rows r of rectangle m with ``(r + m) % parts == p``. Without ``whole_gradient`` only the
    energy is computed, in half the time, and ``gradient`` is work space.
    """
    n, lanes = x.shape
    top_above, top_below = above[-1], below[-1]
    reversed_x = x[::-1].copy()
    R, Q = monomials(reversed_x, above), monomials(x, below)
    R_weights, Q_weights = np.zeros_like(R), np.zeros_like(Q)
    P, Y = np.empty((top_above[n], lanes), x.dtype), np.empty((top_above[n], lanes), x.dtype)
    flat_x, flat_gradient = x.reshape(-1), gradient.reshape(-1)
    flat_R, flat_R_weights, R_top = R.reshape(-1), R_weights.reshape(-1), (R.shape[0] - top_above[n]) * lanes
    flat_Q, flat_Q_weights, Q_top = Q.reshape(-1), Q_weights.reshape(-1), (Q.shape[0] - top_below[n]) * lanes
    flat_P, flat_Y = P.reshape(-1), Y.reshape(-1)
    gradient[:] = 0
    energy[:] = 0
    for m in range(n):
        first = (part - m) % parts
        rows = (top_above[n - m] - first + parts - 1) // parts
        if rows < 1:
            continue
        columns = top_below[m + 1]
        stride, m_at, R_at, R_row = parts * columns, m * lanes, R_top + first * lanes, parts * lanes
        P[:rows] = 0
        Y[:rows] = 0
        add_rows_scaled(flat_x, m_at, flat_R, R_at, R_row, flat_Y, 0, lanes, rows, lanes)
        for r in range(0, rows, _BLOCK_ROWS):
            height = min(_BLOCK_ROWS, rows - r)
            for q in range(0, columns, _BLOCK_COLUMNS):
                width = min(_BLOCK_COLUMNS, columns - q)
                A = offsets[m] + first * columns + r * stride + q
                Q_at, r_at = Q_top + q * lanes, r * lanes
                multiply_add(packed, A, stride, 1, flat_Q, Q_at, flat_P, r_at, height, width, lanes)
                if whole_gradient:
                    multiply_add(packed, A, 1, stride, flat_Y, r_at, flat_Q_weights, Q_at, width, height, lanes)
        add_rows_scaled(flat_x, m_at, flat_P, 0, lanes, flat_R_weights, R_at, R_row, rows, lanes)
        add_row_sums(flat_R, R_at, R_row, flat_P, 0, lanes, flat_gradient, m_at, rows, lanes)
        add_rows_scaled(flat_x, m_at, flat_gradient, m_at, lanes, energy, 0, lanes, 1, lanes)
    if not whole_gradient:
        return
    pull_back(x, Q, Q_weights, below, gradient)
    reversed_gradient = np.zeros_like(x)
    pull_back(reversed_x, R, R_weights, above, reversed_gradient)
    gradient += reversed_gradient[::-1]


@jit
def tangent_chunk(
    packed: FloatArray,
    above: IntArray,
    below: IntArray,
    offsets: IntArray,
    x: FloatArray,
    v: FloatArray,
    product: FloatArray,
) -> None:
    """Write the Hessian-vector product (n, lanes) of the form at x along v: the tangent of `sweep_chunk`."""
    n, lanes = x.shape
    top_above, top_below = above[-1], below[-1]
    reversed_x, reversed_v = x[::-1].copy(), v[::-1].copy()
    R, Q = monomials(reversed_x, above), monomials(x, below)
    dR, dQ = monomial_tangents(reversed_x, reversed_v, R, above), monomial_tangents(x, v, Q, below)
    R_weights, dR_weights = np.zeros_like(R), np.zeros_like(R)
    Q_weights, dQ_weights = np.zeros_like(Q), np.zeros_like(Q)
    P, dP = np.empty((top_above[n], lanes), x.dtype), np.empty((top_above[n], lanes), x.dtype)
    Y, dY = np.empty_like(P), np.empty_like(P)
    flat_x, flat_v, flat_product = x.reshape(-1), v.reshape(-1), product.reshape(-1)
    flat_R, flat_dR, R_top = R.reshape(-1), dR.reshape(-1), (R.shape[0] - top_above[n]) * lanes
    flat_Q, flat_dQ, Q_top = Q.reshape(-1), dQ.reshape(-1), (Q.shape[0] - top_below[n]) * lanes
    flat_R_weights, flat_dR_weights = R_weights.reshape(-1), dR_weights.reshape(-1)
    flat_Q_weights, flat_dQ_weights = Q_weights.reshape(-1), dQ_weights.reshape(-1)
    flat_P, flat_dP, flat_Y, flat_dY = P.reshape(-1), dP.reshape(-1), Y.reshape(-1), dY.reshape(-1)
    product[:] = 0
    for m in range(n):
        rows, columns, m_at = top_above[n - m], top_below[m + 1], m * lanes
        for array in (P, dP, Y, dY):
            array[:rows] = 0
        add_rows_scaled(flat_x, m_at, flat_R, R_top, lanes, flat_Y, 0, lanes, rows, lanes)
        add_rows_scaled(flat_v, m_at, flat_R, R_top, lanes, flat_dY, 0, lanes, rows, lanes)
        add_rows_scaled(flat_x, m_at, flat_dR, R_top, lanes, flat_dY, 0, lanes, rows, lanes)
        for r in range(0, rows, _BLOCK_ROWS):
            height = min(_BLOCK_ROWS, rows - r)
            for q in range(0, columns, _BLOCK_COLUMNS):
                width = min(_BLOCK_COLUMNS, columns - q)
                A, Q_at, r_at = offsets[m] + r * columns + q, Q_top + q * lanes, r * lanes
                multiply_add(packed, A, columns, 1, flat_Q, Q_at, flat_P, r_at, height, width, lanes)
                multiply_add(packed, A, columns, 1, flat_dQ, Q_at, flat_dP, r_at, height, width, lanes)
                multiply_add(packed, A, 1, columns, flat_dY, r_at, flat_dQ_weights, Q_at, width, height, lanes)
                if below.shape[0] > 2:  # the weights themselves matter only where monomials are not linear
                    multiply_add(packed, A, 1, columns, flat_Y, r_at, flat_Q_weights, Q_at, width, height, lanes)
        add_rows_scaled(flat_x, m_at, flat_P, 0, lanes, flat_R_weights, R_top, lanes, rows, lanes)
        add_rows_scaled(flat_v, m_at, flat_P, 0, lanes, flat_dR_weights, R_top, lanes, rows, lanes)
        add_rows_scaled(flat_x, m_at, flat_dP, 0, lanes, flat_dR_weights, R_top, lanes, rows, lanes)
        for r_at in range(0, rows * lanes, lanes):
            add_rows_scaled(flat_dR, R_top + r_at, flat_P, r_at, lanes, flat_product, m_at, lanes, 1, lanes)
            add_rows_scaled(flat_R, R_top + r_at, flat_dP, r_at, lanes, flat_product, m_at, lanes, 1, lanes)
    pull_back_tangents(x, v, Q, dQ, Q_weights, dQ_weights, below, product)
    reversed_product = np.zeros_like(x)
    pull_back_tangents(reversed_x, reversed_v, R, dR, R_weights, dR_weights, above, reversed_product)
    product += reversed_product[::-1]
