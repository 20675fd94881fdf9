"""Checks that numbers lie within the range of float64; others raise an error instead of becoming infinity or zero."""

import math
import sys

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array


def as_floats(name: str, values: ArrayLike, remedy: str = "give digits for an mpmath number") -> Array:
    """Return whole numbers as float64; those beyond the largest float raise ``ValueError``."""
    try:
        return np.asarray(values, dtype=np.float64)
    except OverflowError as error:
        raise ValueError(f"{name} is beyond the largest float, {sys.float_info.max:.2g}; {remedy}") from error


def as_float(name: str, value: int, remedy: str) -> float:
    """Return one whole number as a float; one beyond the largest float raises ``ValueError``."""
    return float(as_floats(name, value, remedy))


def refuse_overflow(values: ArrayLike, allowed: ArrayLike, what: str, remedy: str) -> None:
    """Raise ``ValueError`` if values are not finite, except where ``allowed`` is true."""
    if not np.all(np.isfinite(values) | np.asarray(allowed)):
        raise ValueError(f"{what} is beyond the largest float, {sys.float_info.max:.2g}; {remedy}")


def exponential(what: str, logarithm: float, remedy: str) -> float:
    """Return ``exp(logarithm)``; a value that no float holds to full precision raises ``ValueError``."""
    if not math.log(sys.float_info.min) <= logarithm <= math.log(sys.float_info.max):
        size = "small" if logarithm < 0 else "large"
        raise ValueError(f"{what} = exp({logarithm:.6g}) is too {size} for a float; {remedy}")
    return math.exp(logarithm)


def refuse_huge(name: str, values: ArrayLike, unit: float) -> None:
    """Raise ``ValueError`` if finite values exceed 1e100 units, as their squares would overflow."""
    array = np.asarray(values)
    size = np.abs(array[np.isfinite(array)]).max(initial=0.0)
    if size > 1e100 * unit:
        raise ValueError(f"{name} must be at most {1e100 * unit:.2g} in absolute value, not {size:.2g}")
