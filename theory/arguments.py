"""Checks of the arguments of public functions, each named after what it accepts."""

import sys
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.arguments import quoted, signal_strengths
from spinglass._common.types import Array, IntArray

# The order of a pure model, or a mixture {order: weight}.
Model: TypeAlias = int | Mapping[int, float]
# Orders and strengths of a planted signal, {k: lambda_k}.
Signal: TypeAlias = Mapping[int, float]

ORDER_HINT = "H is the interaction order of a pure spherical spin glass, 2, 3, 4, ..."
MIXTURE_HINT = "give the order of a pure model, such as 3, or a mixture {order: weight}, such as {3: 1.0, 4: 0.5}"
INDEX_HINT = "the index is the number of negative eigenvalues of the Hessian, 0 for minima"
SIZE_HINT = "n is the number of spins, or the size of the matrix"

# The largest float below 2^63.
_LARGEST_INTEGER = 2**63 - 1024


def is_symbolic(value: object) -> bool:
    """Return whether ``value`` is a SymPy object, without importing SymPy."""
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(value, sympy.Basic)


def is_many(value: object) -> bool:
    """Return whether ``value`` is an array, list or tuple, for which the answer is an array."""
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def whole_number(name: str, value: Any, least: int, why: str) -> int:
    """Return ``value`` as an int; fractions, NaN, truth values and numbers below ``least`` raise ``ValueError``.

    Unlike the check in ``spinglass._common.arguments`` this one accepts whole floats and SymPy integers, and its
    message explains the argument.
    """
    whole = isinstance(value, Integral) or (isinstance(value, Real) and float(value).is_integer())
    if isinstance(value, bool | np.bool_) or not whole:
        raise ValueError(f"{name} must be a whole number, not {quoted(value)}; {why}")
    number = int(value)  # pyrefly: ignore[bad-argument-type]  # numbers of NumPy and SymPy define __int__
    if number < least:
        raise ValueError(f"{name} must be at least {least}, not {quoted(number)}; {why}")
    return number


def whole_numbers(name: str, values: ArrayLike, least: int, why: str) -> IntArray:
    """Return ``values`` as an integer array, with the checks of :func:`whole_number`."""
    array = np.asarray(values)
    if array.dtype.kind not in "iuf" or not np.all(np.isfinite(array)) or np.any(array != np.floor(array)):
        raise ValueError(f"{name} must hold whole numbers only, not {quoted(values)}; {why}")
    if np.any(array < least):
        raise ValueError(f"{name} must be at least {least}, not {array.min()}; {why}")
    if np.any(array > _LARGEST_INTEGER):
        raise ValueError(f"an array of {name} holds numbers up to 9.2e18, not {array.max():g}; {why}")
    return array.astype(np.int64)


def real_numbers(name: str, values: ArrayLike, *, infinite: bool = False) -> Array:
    """Return ``values`` as float64; NaN and, unless ``infinite``, infinities raise ``ValueError``."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be real numbers, not {quoted(values)}; give a float or an array") from error
    if np.any(np.isnan(array)) or not (infinite or np.all(np.isfinite(array))):
        raise ValueError(f"{name} must be finite, without NaN; given {quoted(values)}")
    return array


def one_number(name: str, value: ArrayLike) -> float:
    """Return ``value`` as a float; arrays, NaN and infinities raise ``ValueError``."""
    number = real_numbers(name, value)
    if number.ndim:
        raise ValueError(f"{name} must be one number, not an array of shape {number.shape}; call once for each")
    return float(number)


def positive_number(name: str, value: ArrayLike) -> float:
    """Return ``value`` as a float above 0."""
    number = one_number(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be positive, not {number:g}")
    return number


def parameter(name: str, value: Any, least: int, why: str) -> Any:
    """Return a SymPy symbol unchanged, several whole numbers as an array, and one whole number as an int."""
    if isinstance(value, Mapping):
        raise ValueError(
            f"{name} is a mixture, {dict(value)!r}, and this function is for pure models; theory.mixed_complexity, "
            "theory.E_th and theory.ground_state_energy take mixtures"
        )
    if is_symbolic(value) and not value.is_number:
        return value
    if is_many(value):
        return whole_numbers(name, value, least, why)
    return whole_number(name, value, least, why)


def precision(digits: object) -> int:
    """Return the number of significant decimal digits that was asked for."""
    return whole_number("digits", digits, 1, "it is the number of significant decimal digits, such as 50")


def refuse_digits(digits: int | None) -> None:
    """Raise ``ValueError`` if digits are asked for along with arrays."""
    if digits is not None:
        raise ValueError("digits is available for one number only; give single values instead of arrays")


def mixture(H: object) -> dict[int, float]:
    """Return the orders and weights of a pure model (a number) or a mixture (``{order: weight}``)."""
    if not isinstance(H, Mapping):
        return {whole_number("H", H, 2, MIXTURE_HINT): 1.0}
    weights: dict[int, float] = {}
    for order, weight in H.items():
        p = whole_number("an order of the mixture", order, 1, "a mixture looks like {1: 0.5, 3: 1.0}")
        a = real_numbers(f"the weight of order {p}", weight)
        if a.ndim:
            raise ValueError(f"the weight of order {p} must be one number, not {weight!r}")
        if a != 0.0:
            weights[p] = float(a)
    if not any(p >= 2 for p in weights):
        raise ValueError(
            f"a mixture needs an order of at least 2 with a non-zero weight; given {dict(H)!r} "
            "(a field alone always has exactly two critical points)"
        )
    return weights


def signal_terms(signal: object) -> tuple[tuple[int, float], ...]:
    """Return the orders and strengths of a planted signal as pairs, in ascending order."""
    return tuple(sorted(signal_strengths(signal).items()))


def scalar_or_array(values: Array) -> Any:
    """Return a float for a zero-dimensional array and the array itself otherwise."""
    return float(values) if values.ndim == 0 else values
