"""Register tiles: ``C += A B`` for a few rows of C, which stay in vector registers during the whole sum.

Every matrix product of the batched kernels has this form. B and C are as wide as a chunk of points; A is a rectangle
of couplings or its transpose, which differ only by their strides. General matrix libraries first copy such small
operands into packed panels; here nothing is copied, and the vector width is that of the machine. Couplings in float32
are converted in registers: B and C set the precision.
"""

from typing import Any

import numpy as np
from numba import types

from spinglass._common.jit import intrinsic, jit_without_references
from spinglass._common.types import FloatArray
from spinglass.kernels.vectors import BYTES, INTEGER, STEP, SUMS, VECTORS, Vectors, emit_blocks, emit_rounds

LANES = 32  # points per chunk, except for the last points of a batch
_WIDE, _MEDIUM = 3 * STEP, 2 * STEP  # lanes of a panel, if there are enough registers


def _heights(count: int) -> list[int]:
    """Return the heights of tiles of ``count`` vectors per row: as many rows as fit in registers, and smaller ones."""
    most = min(12, SUMS // count)
    return sorted({most, most - 1, -(-most // 3), 1}, reverse=True)


def _emit_stop(builder: Any, rows: Any, most: int) -> Any:
    """Emit the number of rows that the highest tiles cover if those with one row less cover the remaining ones.

    Too few rows cannot be divided in this way; then the highest tiles cover as many as they can.
    """
    missing = builder.srem(builder.sub(INTEGER(most), builder.srem(rows, INTEGER(most))), INTEGER(most))
    stop = builder.sub(rows, builder.mul(missing, INTEGER(most - 1)))
    return builder.select(builder.icmp_signed("<", stop, INTEGER(0)), rows, stop)


def _emit_tile(
    vectors: Vectors, height: int, a: Any, a_start: Any, a_row: Any, a_step: Any, b: Any, b_start: Any, lanes: Any,
    c: Any, c_start: Any, depth: Any,
) -> None:  # fmt: skip
    """Emit ``C[i] += sum_k A[i, k] B[k]`` for ``height`` rows."""
    builder, count = vectors.builder, vectors.count
    rows = [builder.add(c_start, builder.mul(INTEGER(i), lanes)) for i in range(height)]
    before = [value for row in rows for value in vectors.load(c, row)]

    def add(a_at: Any, b_at: Any, *sums: Any) -> list[Any]:
        b_row = vectors.load(b, b_at)
        after: list[Any] = []
        for i in range(height):
            place = builder.add(a_at, builder.mul(INTEGER(i), a_row))
            number = [vectors.spread(builder.gep(a, [place]))] * count
            after += vectors.multiply_add(number, b_row, sums[i * count : (i + 1) * count])
        return [builder.add(a_at, a_step), builder.add(b_at, lanes), *after]

    _, _, *sums = emit_rounds(builder, depth, [a_start, b_start, *before], add)
    for i, row in enumerate(rows):
        vectors.store(sums[i * count : (i + 1) * count], c, row)


def _plain_panel(
    widest: int, a: Any, a_start: int, a_row: int, a_step: int, b: Any, b_start: int, c: Any, c_start: int, rows: int,
    depth: int, lanes: int,
) -> int:  # fmt: skip
    i, k, lane = np.arange(rows), np.arange(depth), np.arange(widest)
    A = a[a_start + i[:, None] * a_row + k * a_step]
    c[c_start + i[:, None] * lanes + lane] += A @ b[b_start + k[:, None] * lanes + lane]
    return widest


@intrinsic(_plain_panel)
def panel(
    typingctx: Any,
    widest: Any,
    a: Any,
    a_start: Any,
    a_row: Any,
    a_step: Any,
    b: Any,
    b_start: Any,
    c: Any,
    c_start: Any,
    rows: Any,
    depth: Any,
    lanes: Any,
) -> Any:
    """``C[i, :w] += sum_k A[i, k] B[k, :w]`` for all rows and depth >= 1; returns w, at most ``widest`` lanes.

    Flat arrays: A[i, k] is ``a[a_start + i a_row + k a_step]``; rows of B and C are ``lanes`` numbers apart.
    """
    if not isinstance(widest, types.IntegerLiteral):
        return None  # Numba tries literal types first
    width = BYTES * 8 // c.dtype.bitwidth
    count = min(VECTORS, widest.literal_value // width)
    signature = types.int64(widest, a, *[types.int64] * 3, b, types.int64, c, *[types.int64] * 4)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _, a_array, a_start, a_row, a_step, b_array, b_start, c_array, c_start, rows, depth, lanes = args
        vectors = Vectors(context, builder, c.dtype, count)
        a_data, b_data, c_data = map(vectors.data, (a, b, c), (a_array, b_array, c_array))
        i, heights = INTEGER(0), _heights(count)
        for height in heights:

            def tile(i: Any, height: int = height) -> tuple[()]:
                a_at, c_at = (
                    builder.add(start, builder.mul(i, row)) for start, row in ((a_start, a_row), (c_start, lanes))
                )
                _emit_tile(vectors, height, a_data, a_at, a_row, a_step, b_data, b_start, lanes, c_data, c_at, depth)
                return ()

            stop = _emit_stop(builder, rows, height) if height == heights[0] else rows
            (i,) = emit_blocks(builder, i, stop, height, tile)
        return INTEGER(count * width)

    return signature, codegen


@jit_without_references
def multiply_add(
    a: FloatArray,
    a_start: int,
    a_row: int,
    a_step: int,
    b: FloatArray,
    b_start: int,
    c: FloatArray,
    c_start: int,
    rows: int,
    depth: int,
    lanes: int,
) -> None:
    """``C[i, :] += sum_k A[i, k] B[k, :]`` on flat arrays: A strided by (a_row, a_step), rows of B and C lanes wide.

    ``lanes`` is a multiple of STEP. A may be in float32 where B and C are in float64.
    """
    if depth == 0:
        return
    lane = 0
    while lane < lanes:
        b_at, c_at, left = b_start + lane, c_start + lane, lanes - lane
        if left % _WIDE == 0:
            lane += panel(_WIDE, a, a_start, a_row, a_step, b, b_at, c, c_at, rows, depth, lanes)
        elif left >= _MEDIUM:
            lane += panel(_MEDIUM, a, a_start, a_row, a_step, b, b_at, c, c_at, rows, depth, lanes)
        else:
            lane += panel(STEP, a, a_start, a_row, a_step, b, b_at, c, c_at, rows, depth, lanes)
