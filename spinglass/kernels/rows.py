"""Evaluation of batches of points stored as rows, one chunk at a time; the last chunk is padded with its last point.

The bits of a row depend on its own point only, not on the batch, its order or the thread.
"""

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import FloatArray, IntArray
from spinglass.kernels.chunk import sweep_chunk, tangent_chunk
from spinglass.kernels.derivative import derivative_chunk
from spinglass.kernels.products import fma
from spinglass.kernels.quadratic import quadratic_chunk
from spinglass.kernels.tile import LANES, multiply_add
from spinglass.kernels.vectors import STEP


@jit
def _width(left: int) -> int:
    """Return the width of the next chunk if ``left`` points are left: LANES, or less for at most 3 STEP points."""
    return -(-left // STEP) * STEP if left <= 3 * STEP else LANES


@jit
def _lanes(rows: FloatArray, first: int, lanes: int) -> FloatArray:
    """Return rows first..first+lanes-1 as columns (n, lanes); the last row is repeated beyond the end."""
    n = rows.shape[1]
    out = np.empty((n, lanes), rows.dtype)
    for lane in range(lanes):
        row = min(first + lane, rows.shape[0] - 1)
        for i in range(n):
            out[i, lane] = rows[row, i]
    return out


@jit
def _add_chunk(
    scale: float | np.floating,
    chunk_energy: FloatArray,
    chunk_gradient: FloatArray,
    begin: int,
    stop: int,
    energy: FloatArray,
    gradient: FloatArray,
    whole_gradient: bool,
) -> None:
    """Add ``scale`` times the first columns of a chunk to the rows begin..stop-1."""
    for row in range(begin, stop):
        energy[row] = fma(scale, chunk_energy[row - begin], energy[row])
        if whole_gradient:
            for i in range(gradient.shape[1]):
                gradient[row, i] = fma(scale, chunk_gradient[i, row - begin], gradient[row, i])


@jit
def sweep_rows(
    operand: FloatArray,
    above: IntArray,
    below: IntArray,
    offsets: IntArray,
    scale: float | np.floating,
    part: int,
    parts: int,
    x: FloatArray,
    first: int,
    stop: int,
    energy: FloatArray,
    gradient: FloatArray,
    whole_gradient: bool,
) -> None:
    """Add ``scale`` times energies and gradients at rows first..stop-1 of x (B, n) to (B,) and (B, n).

    ``operand`` contains the packed couplings, or the flattened matrix S for order 2.
    """
    n = x.shape[1]
    order = above.shape[0] + below.shape[0] - 1
    begin = first
    while begin < stop:
        width = _width(stop - begin)
        lanes = _lanes(x, begin, width)
        chunk_energy = np.empty(width, x.dtype)
        chunk_gradient = np.empty((n, width), x.dtype)
        if order == 1:
            chunk_energy[:] = 0
            chunk_gradient[:] = 0
            for i in range(part, n, parts):
                for lane in range(width):
                    chunk_energy[lane] = fma(operand[i], lanes[i, lane], chunk_energy[lane])
                chunk_gradient[i] = operand[i]
        elif order == 2:
            quadratic_chunk(operand.reshape(n, n), part, parts, lanes, chunk_energy, chunk_gradient)
        else:
            sweep_chunk(
                operand,
                above,
                below,
                offsets,
                part,
                parts,
                lanes,
                chunk_energy,
                chunk_gradient,
                whole_gradient,
            )
        last = min(begin + width, stop)
        _add_chunk(scale, chunk_energy, chunk_gradient, begin, last, energy, gradient, whole_gradient)
        begin += width


@jit
def derivative_rows(
    D: FloatArray,
    counts: IntArray,
    scale: float | np.floating,
    x: FloatArray,
    first: int,
    stop: int,
    energy: FloatArray,
    gradient: FloatArray,
    whole_gradient: bool,
) -> None:
    """Do the same as `sweep_rows` for a small form, from the matrix D of `derivative_matrix`."""
    begin = first
    while begin < stop:
        width = _width(stop - begin)
        lanes = _lanes(x, begin, width)
        chunk_energy = np.empty(width, x.dtype)
        chunk_gradient = np.empty((x.shape[1], width), x.dtype)
        derivative_chunk(D, counts, lanes, chunk_energy, chunk_gradient)
        last = min(begin + width, stop)
        _add_chunk(scale, chunk_energy, chunk_gradient, begin, last, energy, gradient, whole_gradient)
        begin += width


@jit
def tangent_rows(
    operand: FloatArray,
    above: IntArray,
    below: IntArray,
    offsets: IntArray,
    scale: float | np.floating,
    x: FloatArray,
    v: FloatArray,
    first: int,
    stop: int,
    product: FloatArray,
) -> None:
    """Add ``scale`` times the Hessian-vector products at rows first..stop-1 of x, v (B, n) to ``product`` (B, n)."""
    n = x.shape[1]
    order = above.shape[0] + below.shape[0] - 1
    begin = first
    while begin < stop and order > 1:
        width = _width(stop - begin)
        x_lanes, v_lanes = _lanes(x, begin, width), _lanes(v, begin, width)
        chunk_product = np.empty((n, width), x.dtype)
        if order == 2:
            chunk_product[:] = 0
            multiply_add(operand, 0, n, 1, v_lanes.reshape(-1), 0, chunk_product.reshape(-1), 0, n, n, width)
            chunk_product *= 2
        else:
            tangent_chunk(operand, above, below, offsets, x_lanes, v_lanes, chunk_product)
        for lane in range(min(width, stop - begin)):
            for i in range(n):
                product[begin + lane, i] = fma(scale, chunk_product[i, lane], product[begin + lane, i])
        begin += width
