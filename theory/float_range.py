"""What lies beyond the floats: refused with an error, neither rounded to infinity nor to zero."""

import math
import sys
from typing import Any

import numpy as np

from theory.arguments import Floats


def as_floats(name: str, values: Any, remedy: str = "give digits for an mpmath number") -> Floats:
    """Return whole numbers as float64, refusing those beyond the largest float."""
    try:
        return np.asarray(values, dtype=np.float64)
    except OverflowError as error:
        raise ValueError(f"{name} is beyond the largest float, {sys.float_info.max:.2g}; {remedy}") from error


def as_float(name: str, value: Any, remedy: str) -> float:
    """Return one whole number as a float, refusing it beyond the largest float."""
    return float(as_floats(name, value, remedy))


def refuse_overflow(values: Any, allowed: Any, what: str, remedy: str) -> None:
    """Raise ``ValueError`` where values are not finite, other than where that is allowed."""
    if not np.all(np.isfinite(values) | allowed):
        raise ValueError(f"{what} is beyond the largest float, {sys.float_info.max:.2g}; {remedy}")


def exponential(what: str, logarithm: float, remedy: str) -> float:
    """Return ``exp(logarithm)``, refusing what a float does not hold to full precision."""
    if not math.log(sys.float_info.min) <= logarithm <= math.log(sys.float_info.max):
        size = "small" if logarithm < 0 else "large"
        raise ValueError(f"{what} = exp({logarithm:.6g}) is too {size} for a float; {remedy}")
    return math.exp(logarithm)
