"""The form of order 2, ``x^T S x``, with a dense symmetric matrix S (its packed triangle has no rectangles)."""

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import FloatArray
from spinglass.kernels.products import fma
from spinglass.kernels.tile import multiply_add


@jit
def symmetric_matrix(packed: FloatArray, n: int) -> FloatArray:
    """Return S (n, n) with ``x^T S x = sum_(i<=j) packed_ij x_i x_j``."""
    S = np.empty((n, n), packed.dtype)
    k = 0
    for j in range(n):
        for i in range(j):
            S[i, j] = S[j, i] = packed[k] / 2
            k += 1
        S[j, j] = packed[k]
        k += 1
    return S


@jit
def quadratic_chunk(
    S: FloatArray, part: int, parts: int, x: FloatArray, energy: FloatArray, gradient: FloatArray
) -> None:
    """Write the energy (lanes,) and gradient (n, lanes) at x (n, lanes) of the rows ``i % parts == part`` of S."""
    n, lanes = x.shape
    rows = (n - part + parts - 1) // parts
    flat_S, flat_x = S.reshape(-1), x.reshape(-1)
    product = np.zeros((rows, lanes), x.dtype)
    multiply_add(flat_S, part * n, parts * n, 1, flat_x, 0, product.reshape(-1), 0, rows, n, lanes)
    energy[:] = 0
    gradient[:] = 0
    if parts > 1:
        part_x = x[part::parts].copy()
        multiply_add(flat_S, part * n, 1, parts * n, part_x.reshape(-1), 0, gradient.reshape(-1), 0, n, rows, lanes)
    for r in range(rows):
        i = part + r * parts
        for lane in range(lanes):
            energy[lane] = fma(x[i, lane], product[r, lane], energy[lane])
            gradient[i, lane] += product[r, lane] if parts > 1 else 2 * product[r, lane]


@jit
def multiply_rows(S: FloatArray, x: FloatArray, first: int, stop: int, out: FloatArray) -> None:
    """``out[i] = S[i] . x`` for rows first..stop-1."""
    for i in range(first, stop):
        total = x[0] - x[0]
        for j in range(x.size):
            total += S[i, j] * x[j]
        out[i] = total
