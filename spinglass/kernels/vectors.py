"""Generation of vector code in LLVM: loads, fused multiply-adds and stores of rows of lanes, and loops.

Arrays in float32 can be read into vectors of float64, so that float32 couplings are multiplied and summed in float64.

The code uses the vector width of the machine. Lanes are points. Their number is a multiple of ``STEP``, and they are
independent: the bits of a lane depend neither on the number of lanes nor on the vector width.
"""

from collections.abc import Callable, Sequence
from typing import Any

import llvmlite.binding
from llvmlite import ir

STEP = 16  # the number of lanes is a multiple of it


def _registers() -> tuple[int, int, int]:
    """Return the bytes of a vector register, the number of registers for sums, and the largest number per row."""
    features = llvmlite.binding.get_host_cpu_features()
    if features.get("avx512f"):
        return 64, 24, 6
    if features.get("avx2"):
        return 32, 12, 2
    return (16, 24, 4) if llvmlite.binding.get_default_triple().startswith(("aarch64", "arm64")) else (16, 12, 2)


BYTES, SUMS, VECTORS = _registers()
INTEGER, INTEGER32 = ir.IntType(64), ir.IntType(32)
_FLOAT32_BYTES = 4


class Vectors:
    """Emits loads and stores of ``count`` consecutive vectors, and their fused multiply-adds."""

    def __init__(self, context: Any, builder: Any, scalar: Any, count: int) -> None:
        self.context, self.builder, self.count = context, builder, count
        self.align = scalar.bitwidth // 8
        self.width = BYTES // self.align
        self.type = ir.VectorType(context.get_value_type(scalar), self.width)
        self._fma = self._intrinsic(f"llvm.fma.v{self.width}f{scalar.bitwidth}", self.type, [self.type] * 3)

    def data(self, kind: Any, array: Any) -> Any:
        """Return the pointer to the data of a Numba array."""
        return self.context.make_array(kind)(self.context, self.builder, array).data

    def pointers(self, base: Any, start: Any) -> list[Any]:
        """Return the pointers to consecutive vectors from element ``start`` on."""
        places = [self.builder.add(start, INTEGER(v * self.width)) for v in range(self.count)]
        kind = ir.VectorType(base.type.pointee, self.width).as_pointer()
        return [self.builder.bitcast(self.builder.gep(base, [at]), kind) for at in places]

    def load(self, base: Any, start: Any) -> list[Any]:
        """Load consecutive vectors from element ``start`` on."""
        align = self._align(base)
        return [self._converted(self.builder.load(pointer, align=align)) for pointer in self.pointers(base, start)]

    def store(self, values: Sequence[Any], base: Any, start: Any) -> None:
        """Store consecutive vectors from element ``start`` on."""
        for value, pointer in zip(values, self.pointers(base, start), strict=True):
            self.builder.store(value, pointer, align=self.align)

    def first_lanes(self, number: Any) -> Any:
        """Return a mask of the first ``number`` lanes of a vector."""
        lanes = ir.Constant(ir.VectorType(INTEGER, self.width), list(range(self.width)))
        return self.builder.icmp_signed("<", lanes, self._everywhere(number))

    def load_lanes(self, base: Any, start: Any, mask: Any) -> Any:
        """Load the lanes of one vector that are in the mask; the others are zero, and their memory is not read."""
        (pointer,) = self.pointers(base, start)
        kind, align = pointer.type.pointee, INTEGER32(self._align(base))
        name = f"llvm.masked.load.v{self.width}f{8 * self._align(base)}.p0"
        load = self._intrinsic(name, kind, [pointer.type, INTEGER32, mask.type, kind])
        return self._converted(self.builder.call(load, [pointer, align, mask, ir.Constant(kind, None)]))

    def store_lanes(self, value: Any, base: Any, start: Any, mask: Any) -> None:
        """Store the lanes of one vector that are in the mask; the memory of the others is not touched."""
        (pointer,) = self.pointers(base, start)
        name = f"llvm.masked.store.v{self.width}f{8 * self.align}.p0"
        store = self._intrinsic(name, ir.VoidType(), [self.type, pointer.type, INTEGER32, mask.type])
        self.builder.call(store, [value, pointer, INTEGER32(self.align), mask])

    def spread(self, place: Any) -> Any:
        """Return a vector whose elements are all equal to the number at ``place``."""
        return self._converted(self._everywhere(self.builder.load(place, align=self._align(place))))

    def _everywhere(self, number: Any) -> Any:
        undefined = ir.Constant(ir.VectorType(number.type, self.width), ir.Undefined)
        vector = self.builder.insert_element(undefined, number, INTEGER(0))
        return self.builder.shuffle_vector(vector, vector, ir.Constant(ir.VectorType(INTEGER32, self.width), None))

    def _intrinsic(self, name: str, result: Any, arguments: Sequence[Any]) -> Any:
        known = self.builder.module.globals.get(name)
        return known or ir.Function(self.builder.module, ir.FunctionType(result, arguments), name)

    def _converted(self, vector: Any) -> Any:
        """Return a vector that may be in float32 as a vector of this object's type."""
        return vector if vector.type == self.type else self.builder.fpext(vector, self.type)

    def _align(self, pointer: Any) -> int:
        return self.align if pointer.type.pointee == self.type.element else _FLOAT32_BYTES

    def multiply_add(self, a: Sequence[Any], b: Sequence[Any], c: Sequence[Any]) -> list[Any]:
        """Return ``a b + c`` for each vector, rounded once."""
        return [self.builder.call(self._fma, abc) for abc in zip(a, b, c, strict=True)]


def emit_rounds(builder: Any, rounds: Any, first: Sequence[Any], body: Callable[..., Sequence[Any]]) -> list[Any]:
    """Emit ``state = body(*state)`` from ``first`` on, for at least one round; return the last state."""
    entry, loop, done = builder.block, *(builder.append_basic_block(name) for name in ("round", "rounds.done"))
    builder.branch(loop)
    builder.position_at_end(loop)
    k = builder.phi(INTEGER)
    state = [builder.phi(value.type) for value in first]
    after = list(body(*state))
    following = builder.add(k, INTEGER(1))
    for variable, begin, end in zip([k, *state], [INTEGER(0), *first], [following, *after], strict=True):
        variable.add_incoming(begin, entry)
        variable.add_incoming(end, builder.block)
    builder.cbranch(builder.icmp_signed("<", following, rounds), loop, done)
    builder.position_at_end(done)
    return after


def emit_blocks(
    builder: Any, first: Any, stop: Any, height: int, body: Callable[..., Sequence[Any]], state: Sequence[Any] = ()
) -> list[Any]:
    """Emit ``state = body(i, *state)`` for i = first, first + height, ... as long as i + height <= stop.

    Returns the next i and the last state.
    """
    entry, check = builder.block, builder.append_basic_block("block.check")
    loop, done = builder.append_basic_block("block"), builder.append_basic_block("blocks.done")
    builder.branch(check)
    builder.position_at_end(check)
    i, *current = variables = [builder.phi(value.type) for value in (first, *state)]
    following = builder.add(i, INTEGER(height))
    builder.cbranch(builder.icmp_signed("<=", following, stop), loop, done)
    builder.position_at_end(loop)
    after = body(i, *current)
    for variable, begin, end in zip(variables, [first, *state], [following, *after], strict=True):
        variable.add_incoming(begin, entry)
        variable.add_incoming(end, builder.block)
    builder.branch(check)
    builder.position_at_end(done)
    return variables
