"""Product of a rectangle of couplings with a vector, and of its transpose with another, for a single point.

Every coupling is loaded once. Rows are processed together, so that the weights are loaded and stored only once for all
of them, or one by one, which reads memory in its order.
"""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba import types

from spinglass._common.jit import intrinsic
from spinglass.kernels.vectors import INTEGER, SUMS, Vectors, emit_blocks, emit_rounds

_ROWS = 8 if SUMS > 12 else 4  # rows that are processed together: their sums must fit in registers


class _Rows:
    """Emits ``P[i] = A[i] Q`` and ``W += sum_i Y[i] A[i]`` for a few rows, a vector of columns at a time.

    The last vector of columns overlaps the one before. Only its new lanes count.
    """

    def __init__(self, vectors: Vectors, a: Any, q: Any, w: Any, columns: Any) -> None:
        self.vectors, self.builder = vectors, vectors.builder
        self.a, self.q, self.w, self.columns = a, q, w, columns
        self.zero, self.width = ir.Constant(vectors.type, None), INTEGER(vectors.width)
        self.new = self._new_lanes()

    def _new_lanes(self) -> Any:
        """Return which lanes of the last vector are not in the vector before: the last columns % width."""
        builder, width = self.builder, self.vectors.width
        lanes = ir.Constant(ir.VectorType(INTEGER, width), list(range(width)))
        old = builder.sub(self.width, builder.srem(self.columns, self.width))
        first = builder.insert_element(ir.Constant(lanes.type, ir.Undefined), old, INTEGER(0))
        everywhere = builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(ir.IntType(32), width), None))
        return builder.icmp_signed(">=", lanes, everywhere)

    def both(self, starts: Sequence[Any], factors: Sequence[Any]) -> list[Any]:
        """Emit both products of the rows at ``starts``; return a vector for each row, whose lanes add up to P."""

        def step(at: Any, *sums: Any) -> list[Any]:
            return [self.builder.add(at, self.width), *self._add_columns(at, starts, factors, sums)]

        rounds = self.builder.sdiv(self.columns, self.width)
        _, *sums = emit_rounds(self.builder, rounds, [INTEGER(0), *[self.zero] * len(starts)], step)
        return self._add_columns(self.builder.sub(self.columns, self.width), starts, factors, sums, self.new)

    def _add_columns(
        self, at: Any, starts: Sequence[Any], factors: Sequence[Any], sums: Sequence[Any], new: Any = None
    ) -> list[Any]:
        """Add a vector of columns to the sums and to W; with ``new`` only these lanes of the couplings count."""
        q, weight = self.vectors.load(self.q, at), self.vectors.load(self.w, at)
        after: list[Any] = []
        for start, factor, total in zip(starts, factors, sums, strict=True):
            row = self.vectors.load(self.a, self.builder.add(start, at))
            if new is not None:
                row = [self.builder.select(new, row[0], self.zero)]
            after += self.vectors.multiply_add(row, q, [total])
            weight = self.vectors.multiply_add(row, [factor], weight)
        self.vectors.store(weight, self.w, at)
        return after


def _emit_totals(vectors: Vectors, sums: Sequence[Any]) -> list[Any]:
    """Return the sum over the lanes of each vector; neighbouring lanes of all vectors are added at the same time."""
    builder, width = vectors.builder, vectors.width

    def halves(a: Any, b: Any) -> Any:
        kind = ir.VectorType(ir.IntType(32), width)
        places = [ir.Constant(kind, list(range(first, 2 * width, 2))) for first in (0, 1)]
        return builder.fadd(*(builder.shuffle_vector(a, b, place) for place in places))

    left, added = list(sums), 1
    while added < width:
        left = [halves(a, b) for a, b in zip(left[::2], left[1::2] or left, strict=True)]
        added *= 2
    return [builder.extract_element(left[0], INTEGER(i)) for i in range(len(sums))]


def _plain_products(
    a: Any, start: int, q: Any, y: Any, q_weights: Any, p: Any, together: int, rows: int, columns: int
) -> None:
    A = a[start : start + rows * columns].reshape(rows, columns)
    p[:rows] = A @ q[:columns]
    q_weights[:columns] += y[:rows] @ A


@intrinsic(_plain_products)
def add_products(
    typingctx: Any, a: Any, start: Any, q: Any, y: Any, q_weights: Any, p: Any, together: Any, rows: Any, columns: Any
) -> Any:
    """``P[i] = sum_k A[i, k] Q[k]`` and ``W[k] += sum_i Y[i] A[i, k]``, where A (rows, columns) begins at ``start``.

    Of the first ``together`` rows, as many as possible are processed in groups; the others are processed one by one.
    There must be at least as many columns as a vector register has numbers of Q. A may be in float32 where the
    others are in float64.
    """
    signature = types.void(a, types.int64, q, y, q_weights, p, *[types.int64] * 3)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_array, start, q_array, y_array, w_array, p_array, together, rows, columns = args
        vectors = Vectors(context, builder, q.dtype, 1)
        arrays = zip((a, q, q_weights, y, p), (a_array, q_array, w_array, y_array, p_array), strict=True)
        a_data, q_data, w_data, y_data, p_data = (vectors.data(kind, array) for kind, array in arrays)
        emitter = _Rows(vectors, a_data, q_data, w_data, columns)
        i = INTEGER(0)
        for height, stop in ((_ROWS, together), (1, rows)):

            def block(i: Any, height: int = height) -> None:
                places = [builder.add(i, INTEGER(row)) for row in range(height)]
                starts = [builder.add(start, builder.mul(place, columns)) for place in places]
                sums = emitter.both(starts, [vectors.spread(builder.gep(y_data, [place])) for place in places])
                for place, total in zip(places, _emit_totals(vectors, sums), strict=True):
                    builder.store(total, builder.gep(p_data, [place]))

            i = emit_blocks(builder, i, stop, height, block)
        return context.get_dummy_value()

    return signature, codegen
