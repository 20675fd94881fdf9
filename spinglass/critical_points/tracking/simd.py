"""Numba types for vectors of eight numbers (SIMD lanes), one lane per path.

``Real`` is a vector of eight float64; ``Complex`` consists of a real and an imaginary part of eight float64 each.
Arrays of lanes have dtype float64 and shape (rows, ``WIDTH``); a complex entry takes two rows. Inside compiled code:

=====================================  ====================================================================
``load(a, i)``, ``store(a, i, z)``     complex entry i: rows 2i and 2i+1
``load_real(a, i)``, ``store_real``    real entry i: row i
``splat(c)``, ``zero()``               eight times the float c; the complex zero
``choose(c, a, b)``                    a where c > 0, else b; a and b are complex
``conjugate(z)``, ``reciprocal(z)``    of complex lanes
``squared_modulus(z)``, ``root(a)``    |z|^2, and the square root of real lanes; both are real
``+ - *`` and unary minus              complex with complex, real with real, float or real times complex
=====================================  ====================================================================

All operations act on each lane separately, so the numbers of one lane never depend on other lanes. LLVM maps the eight
numbers to the vector registers of the machine.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.cgutils import get_or_insert_function
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import models, register_model

from spinglass._common.jit import intrinsic
from spinglass._common.types import Array

WIDTH = 8
_BYTES = 8 * WIDTH
_VECTOR = ir.VectorType(ir.DoubleType(), WIDTH)
_PAIR = ir.LiteralStructType([_VECTOR, _VECTOR])
# The same flags as in spinglass._common.jit: sums may be reordered and fused; NaN and infinity keep their meaning.
_FLAGS = ("reassoc", "contract", "nsz")


def aligned_rows(*shape: int) -> Array:
    """Return zeros of shape (*shape, WIDTH) in which no row crosses a boundary of cache lines."""
    size = int(np.prod(shape)) * WIDTH
    buffer = np.zeros(size + WIDTH)
    first = (-buffer.ctypes.data % _BYTES) // 8
    return buffer[first : first + size].reshape(*shape, WIDTH)


class _Lanes(types.Type):
    """A type of lanes, identified by its name."""


_REAL, _COMPLEX = _Lanes(f"Real{WIDTH}"), _Lanes(f"Complex{WIDTH}")
_LLVM = {_REAL: _VECTOR, _COMPLEX: _PAIR}


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _LLVM[kind])


class _Builder:
    """Lane arithmetic as LLVM instructions."""

    def __init__(self, builder: Any) -> None:
        self._builder = builder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._builder, name)

    def add(self, a: Any, b: Any) -> Any:
        return self._builder.fadd(a, b, flags=_FLAGS)

    def subtract(self, a: Any, b: Any) -> Any:
        return self._builder.fsub(a, b, flags=_FLAGS)

    def multiply(self, a: Any, b: Any) -> Any:
        return self._builder.fmul(a, b, flags=_FLAGS)

    def divide(self, a: Any, b: Any) -> Any:
        return self._builder.fdiv(a, b, flags=_FLAGS)

    def negative(self, a: Any) -> Any:
        return self._builder.fneg(a, flags=_FLAGS)

    def splat(self, number: Any) -> Any:
        nothing = ir.Constant(_VECTOR, ir.Undefined)
        single = self._builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
        everywhere = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
        return self._builder.shuffle_vector(single, nothing, everywhere)

    def parts(self, z: Any) -> tuple[Any, Any]:
        return self._builder.extract_value(z, 0), self._builder.extract_value(z, 1)

    def pair(self, real: Any, imag: Any) -> Any:
        half = self._builder.insert_value(ir.Constant(_PAIR, ir.Undefined), real, 0)
        return self._builder.insert_value(half, imag, 1)

    def squared_modulus(self, z: Any) -> Any:
        real, imag = self.parts(z)
        return self.add(self.multiply(real, real), self.multiply(imag, imag))

    def root(self, a: Any) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR])
        function = get_or_insert_function(self._builder.module, kind, f"llvm.sqrt.v{WIDTH}f64")
        return self._builder.call(function, [a])

    def conjugate(self, z: Any) -> Any:
        real, imag = self.parts(z)
        return self.pair(real, self.negative(imag))

    def reciprocal(self, z: Any) -> Any:
        scale = self.divide(ir.Constant(_VECTOR, [1.0] * WIDTH), self.squared_modulus(z))
        return self.scale(scale, self.conjugate(z))

    def scale(self, a: Any, z: Any) -> Any:
        real, imag = self.parts(z)
        return self.pair(self.multiply(a, real), self.multiply(a, imag))

    def complex_add(self, a: Any, b: Any) -> Any:
        return self.pair(*map(self.add, self.parts(a), self.parts(b)))

    def complex_subtract(self, a: Any, b: Any) -> Any:
        return self.pair(*map(self.subtract, self.parts(a), self.parts(b)))

    def complex_multiply(self, a: Any, b: Any) -> Any:
        (ar, ai), (br, bi) = self.parts(a), self.parts(b)
        return self.pair(
            self.subtract(self.multiply(ar, br), self.multiply(ai, bi)),
            self.add(self.multiply(ar, bi), self.multiply(ai, br)),
        )

    def complex_negative(self, z: Any) -> Any:
        return self.pair(*map(self.negative, self.parts(z)))

    def scale_float(self, number: Any, z: Any) -> Any:
        return self.scale(self.splat(number), z)

    def choose(self, condition: Any, a: Any, b: Any) -> Any:
        positive = self._builder.fcmp_ordered(">", condition, ir.Constant(_VECTOR, [0.0] * WIDTH))
        return self.pair(
            *(self._builder.select(positive, u, v) for u, v in zip(self.parts(a), self.parts(b), strict=True))
        )

    def zero(self) -> Any:
        return ir.Constant(_PAIR, [[0.0] * WIDTH, [0.0] * WIDTH])


def _lowering(method: str) -> Callable[..., Any]:
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        return getattr(_Builder(builder), method)(*args)

    return lower


def _is_lane_array(kind: Any) -> bool:
    return isinstance(kind, types.Array) and (kind.ndim, kind.dtype, kind.layout) == (2, types.float64, "C")


def _row_pointer(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    offset = builder.mul(row, ir.Constant(row.type, WIDTH))
    return builder.bitcast(builder.gep(data, [offset]), _VECTOR.as_pointer())


def _lower_load(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    pointer = _row_pointer(context, builder, sig.args[0], *args)
    return builder.load(pointer, align=8)


def _lower_store(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    builder.store(args[2], _row_pointer(context, builder, sig.args[0], *args[:2]), align=8)
    return context.get_dummy_value()


def _complex_rows(builder: Any, entry: Any) -> tuple[Any, Any]:
    first = builder.shl(entry, ir.Constant(entry.type, 1))
    return first, builder.add(first, ir.Constant(entry.type, 1))


def _lower_complex_load(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    rows = _complex_rows(builder, args[1])
    return _Builder(builder).pair(*(_lower_load(context, builder, sig, (args[0], row)) for row in rows))


def _lower_complex_store(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    for row, part in zip(_complex_rows(builder, args[1]), _Builder(builder).parts(args[2]), strict=True):
        _lower_store(context, builder, sig, (args[0], row, part))
    return context.get_dummy_value()


def _load(_: Any, array: Any, entry: Any) -> Any:  # noqa: ARG001
    return (_COMPLEX(array, types.intp), _lower_complex_load) if _is_lane_array(array) else None


def _load_real(_: Any, array: Any, entry: Any) -> Any:  # noqa: ARG001
    return (_REAL(array, types.intp), _lower_load) if _is_lane_array(array) else None


def _store(_: Any, array: Any, entry: Any, value: Any) -> Any:  # noqa: ARG001
    return (types.void(array, types.intp, _COMPLEX), _lower_complex_store) if _is_lane_array(array) else None


def _store_real(_: Any, array: Any, entry: Any, value: Any) -> Any:  # noqa: ARG001
    return (types.void(array, types.intp, _REAL), _lower_store) if _is_lane_array(array) else None


def _splat(_: Any, number: Any) -> Any:  # noqa: ARG001
    return _REAL(types.float64), _lowering("splat")


def _choose(_: Any, condition: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    return _COMPLEX(_REAL, _COMPLEX, _COMPLEX), _lowering("choose")


def _conjugate(_: Any, z: Any) -> Any:  # noqa: ARG001
    return _COMPLEX(_COMPLEX), _lowering("conjugate")


def _reciprocal(_: Any, z: Any) -> Any:  # noqa: ARG001
    return _COMPLEX(_COMPLEX), _lowering("reciprocal")


def _squared_modulus(_: Any, z: Any) -> Any:  # noqa: ARG001
    return _REAL(_COMPLEX), _lowering("squared_modulus")


def _root(_: Any, a: Any) -> Any:  # noqa: ARG001
    return _REAL(_REAL), _lowering("root")


def _zero(_: Any) -> Any:
    return _COMPLEX(), _lowering("zero")


def _plain_load(array: Any, entry: int) -> Any:
    return array[2 * entry] + 1j * array[2 * entry + 1]


def _plain_store(array: Any, entry: int, value: Any) -> None:
    array[2 * entry], array[2 * entry + 1] = value.real, value.imag


def _plain_store_real(array: Any, entry: int, value: Any) -> None:
    array[entry] = value


# If compilation is switched off, lanes are NumPy arrays of eight numbers.
load = intrinsic(_plain_load)(_load)
load_real = intrinsic(lambda array, entry: array[entry].copy())(_load_real)
store = intrinsic(_plain_store)(_store)
store_real = intrinsic(_plain_store_real)(_store_real)
splat = intrinsic(lambda number: np.full(WIDTH, number))(_splat)
choose = intrinsic(lambda condition, a, b: np.where(condition > 0, a, b))(_choose)
zero = intrinsic(lambda: np.zeros(WIDTH, np.complex128))(_zero)
conjugate = intrinsic(np.conj)(_conjugate)
reciprocal = intrinsic(np.reciprocal)(_reciprocal)
squared_modulus = intrinsic(lambda z: z.real**2 + z.imag**2)(_squared_modulus)
root = intrinsic(np.sqrt)(_root)

_OPERATORS: dict[Callable[..., Any], dict[Any, str]] = {
    operator.add: {_REAL(_REAL, _REAL): "add", _COMPLEX(_COMPLEX, _COMPLEX): "complex_add"},
    operator.sub: {_REAL(_REAL, _REAL): "subtract", _COMPLEX(_COMPLEX, _COMPLEX): "complex_subtract"},
    operator.mul: {
        _REAL(_REAL, _REAL): "multiply",
        _COMPLEX(_COMPLEX, _COMPLEX): "complex_multiply",
        _COMPLEX(_REAL, _COMPLEX): "scale",
        _COMPLEX(types.float64, _COMPLEX): "scale_float",
    },
    operator.truediv: {_REAL(_REAL, _REAL): "divide"},
    operator.neg: {_REAL(_REAL): "negative", _COMPLEX(_COMPLEX): "complex_negative"},
}


def _teach(operation: Callable[..., Any], methods: dict[Any, str]) -> None:
    class Template(ConcreteTemplate):
        cases = [signature(sig.return_type, *sig.args) for sig in methods]  # noqa: RUF012

    infer_global(operation)(Template)
    for sig, method in methods.items():
        lower_builtin(operation, *sig.args)(_lowering(method))


for _operation, _methods in _OPERATORS.items():
    _teach(_operation, _methods)
_teach(operator.iadd, _OPERATORS[operator.add])
_teach(operator.isub, _OPERATORS[operator.sub])
