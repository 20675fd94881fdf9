"""The checks that public functions make at their door, each named after what it lets in."""

import sys
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]


# The largest float below 2^63.
_LARGEST_INTEGER = 2**63 - 1024


def is_symbolic(value: object) -> bool:
    """Whether ``value`` is a SymPy object, asked without importing SymPy."""
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(value, sympy.Basic)


def whole_number(name: str, value: Any, least: int, why: str) -> int:
    """Return ``value`` as an int, refusing fractions, NaN, truth values and anything below ``least``."""
    whole = isinstance(value, Integral) or (isinstance(value, Real) and float(value).is_integer())
    if isinstance(value, bool | np.bool_) or not whole:
        raise ValueError(f"{name} must be a whole number, not {value!r}; {why}")
    number = int(value)
    if number < least:
        raise ValueError(f"{name} must be at least {least}, not {number}; {why}")
    return number


def whole_numbers(name: str, values: ArrayLike, least: int, why: str) -> Integers:
    """Return ``values`` as an integer array, checked like :func:`whole_number`."""
    array = np.asarray(values)
    if array.dtype.kind not in "iuf" or not np.all(np.isfinite(array)) or np.any(array != np.floor(array)):
        raise ValueError(f"{name} must hold whole numbers only, not {values!r}; {why}")
    if np.any(array < least):
        raise ValueError(f"{name} must be at least {least}, not {array.min()}; {why}")
    if np.any(array > _LARGEST_INTEGER):
        raise ValueError(f"an array of {name} holds numbers up to 9.2e18, not {array.max():g}; {why}")
    return array.astype(np.int64)


ORDER_HINT = "H is the interaction order of a pure spherical glass, 2, 3, 4, ..."
MIXTURE_HINT = "give the order of a pure model, such as 3, or a mixture {order: weight}, such as {3: 1.0, 4: 0.5}"
INDEX_HINT = "k counts negative eigenvalues of the Hessian, 0 for minima"
SIZE_HINT = "n is the number of spins, or the size of the matrix"


def is_many(value: object) -> bool:
    """Whether ``value`` is an array, list or tuple, and so asks for an array back."""
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def real_numbers(name: str, values: ArrayLike, *, infinite: bool = False) -> Floats:
    """Return ``values`` as float64, refusing NaN and, unless ``infinite``, the infinities."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be real numbers, not {values!r}; give a float or an array") from error
    if np.any(np.isnan(array)) or not (infinite or np.all(np.isfinite(array))):
        raise ValueError(f"{name} must be finite, without NaN; given {values!r}")
    return array


def parameter(name: str, value: Any, least: int, why: str) -> Any:
    """Return a SymPy symbol as it is, an array of whole numbers as an array, one number as an int."""
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
    """Return the number of decimal digits asked for."""
    return whole_number("digits", digits, 1, "it is the number of significant decimal digits, such as 50")


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


def scalar_or_array(values: Floats) -> Any:
    """Return a float for a zero-dimensional array and the array itself otherwise."""
    return float(values) if values.ndim == 0 else values
