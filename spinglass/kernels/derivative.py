"""Small forms through the matrix D of their derivatives.

``df/dx_i = sum_q D_iq mu_q(x)``, where mu are the monomials of degree H-1. D has about H times as many numbers as there
are couplings, but a single large matrix product is faster than many small ones while D stays in the cache.
"""

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import Array, FloatArray, IntArray
from spinglass.kernels.monomials import monomials
from spinglass.kernels.products import fma
from spinglass.kernels.tile import multiply_add


@jit
def derivative_matrix(packed: Array, indices: IntArray, counts: IntArray) -> Array:
    """Return D, flat (n, monomials of degree H-1), for the sorted index tuples (couplings, H) of the couplings."""
    H, n = indices.shape[1], counts.shape[1] - 1
    D = np.zeros(n * counts[-1, n], packed.dtype)
    for k in range(packed.size):
        for left_out in range(H):
            rank = 0
            for j in range(H - 1):
                rank += counts[j + 1, indices[k, j if j < left_out else j + 1]]
            D[indices[k, left_out] * counts[-1, n] + rank] += packed[k]
    return D


@jit
def derivative_chunk(D: FloatArray, counts: IntArray, x: FloatArray, energy: FloatArray, gradient: FloatArray) -> None:
    """Write the energies (lanes,) and gradients (n, lanes) at x (n, lanes)."""
    n, lanes = x.shape
    levels = monomials(x, counts)
    columns = counts[-1, n]
    top = (levels.shape[0] - columns) * lanes
    gradient[:] = 0
    multiply_add(D, 0, columns, 1, levels.reshape(-1), top, gradient.reshape(-1), 0, n, columns, lanes)
    energy[:] = 0
    for i in range(n):
        for lane in range(lanes):
            energy[lane] = fma(x[i, lane], gradient[i, lane], energy[lane])
    for lane in range(lanes):
        energy[lane] /= counts.shape[0]
