"""Lane-by-lane products and sums over the rows of flat arrays, which may overlap; every multiply-add is fused."""

from typing import Any

from llvmlite import ir
from numba import types

from spinglass._common.jit import intrinsic
from spinglass.kernels.vectors import BYTES, STEP, Vectors, emit_rounds


def _count(kind: Any) -> int:
    """Return how many vectors hold STEP numbers of an array of this kind."""
    return STEP * int(kind.dtype.bitwidth) // (8 * BYTES)


def _plain_fma(a: Any, b: Any, c: Any) -> Any:
    return a * b + c


@intrinsic(_plain_fma)
def fma(typingctx: Any, a: Any, b: Any, c: Any) -> Any:
    """Return ``a b + c``, rounded once, whether or not the enclosing loop is vectorised.

    In ``a b + c d`` the compiler may choose which product is not rounded, and its choice can differ between the
    vectorised part of a loop and its remainder. The last bits of a lane would then depend on the number of lanes.
    """
    if not isinstance(c, types.Float):
        return None

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = context.get_value_type(c)
        name = f"llvm.fma.f{c.bitwidth}"
        known = builder.module.globals.get(name)
        return builder.call(known or ir.Function(builder.module, ir.FunctionType(kind, [kind] * 3), name), args)

    return c(c, c, c), codegen


def _plain_add_scaled(
    a: Any, a_at: int, b: Any, b_at: int, b_row: int, c: Any, c_at: int, c_row: int, rows: int
) -> None:
    for r in range(rows):
        c[c_at + r * c_row :][:STEP] += a[a_at:][:STEP] * b[b_at + r * b_row :][:STEP]


@intrinsic(_plain_add_scaled)
def add_scaled(
    typingctx: Any, a: Any, a_at: Any, b: Any, b_at: Any, b_row: Any, c: Any, c_at: Any, c_row: Any, rows: Any
) -> Any:
    """``C[r] += a B[r]`` lane by lane, STEP lanes, rows >= 1; rows of B and C are b_row and c_row apart."""
    signature = types.void(a, types.int64, b, *[types.int64] * 2, c, *[types.int64] * 3)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_array, a_at, b_array, b_at, b_row, c_array, c_at, c_row, rows = args
        vectors = Vectors(context, builder, c.dtype, _count(c))
        a_data, b_data, c_data = map(vectors.data, (a, b, c), (a_array, b_array, c_array))
        factor = vectors.load(a_data, a_at)

        def row(b_at: Any, c_at: Any) -> list[Any]:
            sums = vectors.multiply_add(factor, vectors.load(b_data, b_at), vectors.load(c_data, c_at))
            vectors.store(sums, c_data, c_at)
            return [builder.add(b_at, b_row), builder.add(c_at, c_row)]

        emit_rounds(builder, rows, [b_at, c_at], row)
        return context.get_dummy_value()

    return signature, codegen


def _plain_add_sums(a: Any, a_at: int, a_row: int, b: Any, b_at: int, b_row: int, c: Any, c_at: int, rows: int) -> None:
    for r in range(rows):
        c[c_at:][:STEP] += a[a_at + r * a_row :][:STEP] * b[b_at + r * b_row :][:STEP]


@intrinsic(_plain_add_sums)
def add_sums(
    typingctx: Any, a: Any, a_at: Any, a_row: Any, b: Any, b_at: Any, b_row: Any, c: Any, c_at: Any, rows: Any
) -> Any:
    """``c += sum_r A[r] B[r]`` lane by lane, STEP lanes, rows >= 1; rows of A and B are a_row and b_row apart."""
    signature = types.void(a, *[types.int64] * 2, b, *[types.int64] * 2, c, *[types.int64] * 2)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_array, a_at, a_row, b_array, b_at, b_row, c_array, c_at, rows = args
        vectors = Vectors(context, builder, c.dtype, _count(c))
        a_data, b_data, c_data = map(vectors.data, (a, b, c), (a_array, b_array, c_array))

        def row(a_at: Any, b_at: Any, *sums: Any) -> list[Any]:
            after = vectors.multiply_add(vectors.load(a_data, a_at), vectors.load(b_data, b_at), sums)
            return [builder.add(a_at, a_row), builder.add(b_at, b_row), *after]

        _, _, *sums = emit_rounds(builder, rows, [a_at, b_at, *vectors.load(c_data, c_at)], row)
        vectors.store(sums, c_data, c_at)
        return context.get_dummy_value()

    return signature, codegen
