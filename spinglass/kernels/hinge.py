"""Product of a rectangle of couplings with a vector, and of its transpose with another, for a single point.

Every coupling is loaded once. Rows are processed in groups, so that the weights are loaded and stored only once for all
of them. The rows of a group are far apart: the rectangle is divided into as many parts, one below the other, and a
group consists of the next row of each part. The processor then sees a few long streams and loads what follows in
advance. It does not do so for rows that follow each other, where short streams begin anew with every group.
"""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba import types

from spinglass._common.jit import intrinsic
from spinglass.kernels.vectors import INTEGER, INTEGER32, SUMS, Vectors, emit_blocks

_HEIGHTS = (8, 4, 2, 1) if SUMS > 12 else (4, 2, 1)  # rows of a group, whose sums must fit in registers


class _Rows:
    """Emits ``P[i] = A[i] Q`` and ``W += sum_i Y[i] A[i]`` for a few rows, a vector of columns at a time.

    Of the last vector of columns, which begins where the one before ends, only the lanes in ``self.last`` are read and
    stored. A vector that overlapped the one before would have to wait until the weights of that one are stored.
    """

    def __init__(self, vectors: Vectors, a: Any, q: Any, w: Any, columns: Any) -> None:
        self.vectors, self.builder = vectors, vectors.builder
        self.a, self.q, self.w, self.columns = a, q, w, columns
        before = self.builder.srem(self.builder.sub(columns, INTEGER(1)), INTEGER(vectors.width))
        self.last = vectors.first_lanes(self.builder.add(before, INTEGER(1)))

    def both(self, starts: Sequence[Any], factors: Sequence[Any]) -> list[Any]:
        """Emit both products of the rows at ``starts``; return a vector for each row, whose lanes add up to P."""

        def step(at: Any, *sums: Any) -> list[Any]:
            return self._add_columns(at, starts, factors, sums)

        zeros = [ir.Constant(self.vectors.type, None)] * len(starts)
        all_but_one = self.builder.sub(self.columns, INTEGER(1))
        at, *sums = emit_blocks(self.builder, INTEGER(0), all_but_one, self.vectors.width, step, zeros)
        return self._add_columns(at, starts, factors, sums, self.last)

    def _add_columns(
        self, at: Any, starts: Sequence[Any], factors: Sequence[Any], sums: Sequence[Any], mask: Any = None
    ) -> list[Any]:
        """Add a vector of columns, or its lanes in ``mask``, to the sums and to W."""
        q, weight = self._load(self.q, at, mask), self._load(self.w, at, mask)
        after: list[Any] = []
        for start, factor, total in zip(starts, factors, sums, strict=True):
            row = self._load(self.a, self.builder.add(start, at), mask)
            after += self.vectors.multiply_add(row, q, [total])
            weight = self.vectors.multiply_add(row, [factor], weight)
        if mask is None:
            self.vectors.store(weight, self.w, at)
        else:
            self.vectors.store_lanes(weight[0], self.w, at, mask)
        return after

    def _load(self, base: Any, at: Any, mask: Any) -> list[Any]:
        return self.vectors.load(base, at) if mask is None else [self.vectors.load_lanes(base, at, mask)]


def _emit_totals(vectors: Vectors, sums: Sequence[Any]) -> list[Any]:
    """Return the sum over the lanes of each vector; neighbouring lanes of all vectors are added at the same time."""
    builder, width = vectors.builder, vectors.width

    def halves(a: Any, b: Any) -> Any:
        kind = ir.VectorType(INTEGER32, width)
        places = [ir.Constant(kind, list(range(first, 2 * width, 2))) for first in (0, 1)]
        return builder.fadd(*(builder.shuffle_vector(a, b, place) for place in places))

    left, added = list(sums), 1
    while added < width:
        left = [halves(a, b) for a, b in zip(left[::2], left[1::2] or left, strict=True)]
        added *= 2
    return [builder.extract_element(left[i // width], INTEGER(i % width)) for i in range(len(sums))]


def _plain_products(
    a: Any, start: int, q: Any, y: Any, q_weights: Any, p: Any, by_eight: int, rows: int, columns: int
) -> None:
    A = a[start : start + rows * columns].reshape(rows, columns)
    p[:rows] = A @ q[:columns]
    q_weights[:columns] += y[:rows] @ A


@intrinsic(_plain_products)
def add_products(
    typingctx: Any, a: Any, start: Any, q: Any, y: Any, q_weights: Any, p: Any, by_eight: Any, rows: Any, columns: Any
) -> Any:
    """``P[i] = sum_k A[i, k] Q[k]`` and ``W[k] += sum_i Y[i] A[i, k]``, where A (rows, columns) begins at ``start``.

    The first ``by_eight`` rows are processed in groups of eight if the processor has enough registers, all others in
    groups of at most four. A may be in float32 where the others are in float64.
    """
    signature = types.void(a, types.int64, q, y, q_weights, p, *[types.int64] * 3)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_array, start, q_array, y_array, w_array, p_array, by_eight, rows, columns = args
        vectors = Vectors(context, builder, q.dtype, 1)
        arrays = zip((a, q, q_weights, y, p), (a_array, q_array, w_array, y_array, p_array), strict=True)
        a_data, q_data, w_data, y_data, p_data = (vectors.data(kind, array) for kind, array in arrays)
        emitter, first = _Rows(vectors, a_data, q_data, w_data, columns), INTEGER(0)
        for height in _HEIGHTS:
            stop = by_eight if height == 8 else rows
            part = builder.sdiv(builder.sub(stop, first), INTEGER(height))

            def group(r: Any, height: int = height, first: Any = first, part: Any = part) -> tuple[()]:
                top = builder.add(first, r)
                places = [builder.add(top, builder.mul(part, INTEGER(k))) for k in range(height)]
                starts = [builder.add(start, builder.mul(place, columns)) for place in places]
                sums = emitter.both(starts, [vectors.spread(builder.gep(y_data, [place])) for place in places])
                for place, total in zip(places, _emit_totals(vectors, sums), strict=True):
                    builder.store(total, builder.gep(p_data, [place]))
                return ()

            emit_blocks(builder, INTEGER(0), part, 1, group)
            first = builder.add(first, builder.mul(part, INTEGER(height)))
        return context.get_dummy_value()

    return signature, codegen
