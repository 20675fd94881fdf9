"""A register tile: ``C += A B`` for a few rows of C, held in vector registers over the whole sum.

Every product of the batched kernels is of this shape, with B and C as wide as a chunk of points (`LANES`) and
A a rectangle of couplings or its transpose, which differ only by their strides. General matrix libraries copy
such small operands into packed panels first; here nothing is copied, and the vector width is this machine's own.
"""

from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import types

from spinglass.couplings import FloatArray
from spinglass.jit import intrinsic, jit

LANES = 32  # points a chunk; a batch is padded to a multiple of it


def _registers() -> tuple[int, int]:
    """Return the bytes of a vector register and how many of them one row of the tile may take."""
    features = llvmlite.binding.get_host_cpu_features()
    if features.get("avx512f"):
        return 64, 4
    if features.get("avx2"):
        return 32, 2
    return 16, 4 if llvmlite.binding.get_default_triple().startswith(("aarch64", "arm64")) else 2


_BYTES, _VECTORS = _registers()
_INTEGER = ir.IntType(64)
_ROWS = 6  # with _VECTORS a row the accumulators, B's vectors and one of A's numbers just fit the registers


def _data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


class _Vectors:
    """Emits loads and stores of ``count`` consecutive vectors, and their fused multiply-adds."""

    def __init__(self, context: Any, builder: Any, scalar: Any, width: int, count: int) -> None:
        self.builder, self.count, self.width = builder, count, width
        self.align = scalar.bitwidth // 8
        self.type = ir.VectorType(context.get_value_type(scalar), width)
        name = f"llvm.fma.v{width}f{scalar.bitwidth}"
        known = builder.module.globals.get(name)
        self._fma = known or ir.Function(builder.module, ir.FunctionType(self.type, [self.type] * 3), name)

    def pointers(self, base: Any, start: Any) -> list[Any]:
        places = [self.builder.add(start, _INTEGER(v * self.width)) for v in range(self.count)]
        return [self.builder.bitcast(self.builder.gep(base, [at]), self.type.as_pointer()) for at in places]

    def load(self, pointers: list[Any]) -> list[Any]:
        return [self.builder.load(pointer, align=self.align) for pointer in pointers]

    def store(self, values: list[Any], pointers: list[Any]) -> None:
        for value, pointer in zip(values, pointers, strict=True):
            self.builder.store(value, pointer, align=self.align)

    def spread(self, place: Any) -> Any:
        number = self.builder.load(place, align=self.align)
        vector = self.builder.insert_element(ir.Constant(self.type, ir.Undefined), number, _INTEGER(0))
        return self.builder.shuffle_vector(vector, vector, ir.Constant(ir.VectorType(ir.IntType(32), self.width), None))

    def multiply_add(self, a: Any, b: Any, c: Any) -> Any:
        return self.builder.call(self._fma, [a, b, c])


@intrinsic
def add_products(typingctx: Any, a: Any, a_at: Any, b: Any, b_at: Any, c: Any, c_at: Any) -> Any:
    """``c[c_at + lane] += a[a_at + lane] * b[b_at + lane]`` for all LANES, on flat arrays that may be one another."""
    signature = types.void(a, types.int64, b, types.int64, c, types.int64)
    width = _BYTES * 8 // c.dtype.bitwidth

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vectors = _Vectors(context, builder, c.dtype, width, LANES // width)
        pointers = [
            vectors.pointers(_data(context, builder, kind, array), start)
            for kind, array, start in zip(signature.args[::2], args[::2], args[1::2], strict=True)
        ]
        loaded = [vectors.load(row) for row in pointers]
        sums = [vectors.multiply_add(*abc) for abc in zip(*loaded, strict=True)]
        vectors.store(sums, pointers[2])
        return context.get_dummy_value()

    return signature, codegen


@intrinsic
def _tile(
    typingctx: Any,
    rows: Any,
    a: Any,
    a_start: Any,
    a_row: Any,
    a_step: Any,
    b: Any,
    b_start: Any,
    c: Any,
    c_start: Any,
    depth: Any,
) -> Any:
    """``C[i, :lanes] += sum_k A[i, k] B[k, :lanes]`` for ``rows`` rows and depth >= 1; returns the lanes it has done.

    Flat arrays: A[i, k] is ``a[a_start + i a_row + k a_step]``; rows of B and C are LANES numbers apart.
    """
    if not isinstance(rows, types.IntegerLiteral):
        return None  # Numba tries literal types first
    height, width = rows.literal_value, _BYTES * 8 // a.dtype.bitwidth
    count = min(_VECTORS, LANES // width)
    signature = types.int64(rows, a, *[types.int64] * 3, b, types.int64, c, types.int64, types.int64)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _, a_array, a_start, a_row, a_step, b_array, b_start, c_array, c_start, depth = args
        vectors = _Vectors(context, builder, a.dtype, width, count)
        a_data, b_data, c_data = (
            _data(context, builder, kind, array) for kind, array in ((a, a_array), (b, b_array), (c, c_array))
        )
        row_starts = [builder.add(c_start, _INTEGER(i * LANES)) for i in range(height)]
        targets = [pointer for start in row_starts for pointer in vectors.pointers(c_data, start)]
        before = vectors.load(targets)

        entry, loop, done = (
            builder.block,
            *(builder.append_basic_block(name) for name in ("tile", "tile.done")),
        )
        builder.branch(loop)
        builder.position_at_end(loop)
        k, a_at, b_at = (builder.phi(_INTEGER) for _ in range(3))
        sums = [builder.phi(vectors.type) for _ in targets]
        b_row = vectors.load(vectors.pointers(b_data, b_at))
        after = []
        for i in range(height):
            place = builder.add(a_at, builder.mul(_INTEGER(i), a_row))
            number = vectors.spread(builder.gep(a_data, [place]))
            row_sums = sums[i * count : (i + 1) * count]
            after += [vectors.multiply_add(number, *pair) for pair in zip(b_row, row_sums, strict=True)]
        following_k = builder.add(k, _INTEGER(1))
        for variable, first, following in [
            (k, _INTEGER(0), following_k),
            (a_at, a_start, builder.add(a_at, a_step)),
            (b_at, b_start, builder.add(b_at, _INTEGER(LANES))),
            *zip(sums, before, after, strict=True),
        ]:
            variable.add_incoming(first, entry)
            variable.add_incoming(following, loop)
        builder.cbranch(builder.icmp_signed("<", following_k, depth), loop, done)
        builder.position_at_end(done)
        vectors.store(after, targets)
        return _INTEGER(count * width)

    return signature, codegen


@jit
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
) -> None:
    """``C[i, :] += sum_k A[i, k] B[k, :]`` on flat arrays: A strided by (a_row, a_step), rows of B and C LANES wide."""
    if depth == 0:
        return
    lane = 0
    while lane < LANES:
        i = 0
        step = 0
        while i < rows:
            a_at = a_start + i * a_row
            c_at = (c_start + i * LANES) + lane
            if i + _ROWS <= rows:
                step = _tile(_ROWS, a, a_at, a_row, a_step, b, b_start + lane, c, c_at, depth)
                i += _ROWS
            elif i + 2 <= rows:
                step = _tile(2, a, a_at, a_row, a_step, b, b_start + lane, c, c_at, depth)
                i += 2
            else:
                step = _tile(1, a, a_at, a_row, a_step, b, b_start + lane, c, c_at, depth)
                i += 1
        lane += step if rows else LANES
