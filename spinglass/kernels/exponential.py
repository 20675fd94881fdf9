"""The exponential function in a form that the compiler can vectorise, which it cannot do with the C library's."""

import math
from typing import Any

from llvmlite import ir
from numba import types

from spinglass._common.jit import intrinsic

_LOWEST = -708.0  # below, the exponential is hardly larger than the smallest normal number
_HIGH = 0.693147180369123816490  # log 2 without its last 21 bits, so that products with small integers are exact
_LOW = 1.90821492927058770002e-10  # the rest of log 2
_TERMS = 14  # the first omitted term of the series is below 2e-17 for |r| <= log(2)/2
_SHIFT = 1.5 * 2.0**52 + 1023  # k + _SHIFT has k, plus the bias of exponents, in its last bits


def _plain_exponential(x: float) -> float:
    return x if math.isnan(x) else math.exp(max(x, _LOWEST))


@intrinsic(_plain_exponential)
def exponential(typingctx: Any, x: Any) -> Any:  # noqa: ARG001
    """Return ``exp(x)`` for x <= 0 within two units in the last place; below -708 return ``exp(-708)``, about 3e-308.

    With ``x = k log 2 + r`` and an integer k, ``exp(x) = 2^k exp(r)``, and ``exp(r)`` is its Taylor polynomial.
    """
    if not isinstance(x, types.Float) or x.bitwidth != 64:
        return None

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
        real, integer = ir.DoubleType(), ir.IntType(64)

        def call(name: str, *numbers: Any) -> Any:
            kind = ir.FunctionType(real, [real] * len(numbers))
            known = builder.module.globals.get(name)
            return builder.call(known or ir.Function(builder.module, kind, name), numbers)

        def fma(a: Any, b: Any, c: Any) -> Any:
            return call("llvm.fma.f64", a, b, c)

        # This comparison is false for NaN, which is therefore kept.
        low = builder.fcmp_ordered("<", args[0], real(_LOWEST))
        x = builder.select(low, real(_LOWEST), args[0])
        k = call("llvm.floor.f64", fma(x, real(1 / math.log(2)), real(0.5)))
        r = fma(k, real(-_LOW), fma(k, real(-_HIGH), x))
        series = real(1 / math.factorial(_TERMS - 1))
        for power in range(_TERMS - 2, -1, -1):
            series = fma(series, r, real(1 / math.factorial(power)))
        exponent = builder.bitcast(builder.fadd(k, real(_SHIFT)), integer)
        return builder.fmul(series, builder.bitcast(builder.shl(exponent, integer(52)), real))

    return types.float64(types.float64), codegen
