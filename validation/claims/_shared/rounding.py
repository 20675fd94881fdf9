"""The unit of rounding errors in bounds on float64 arithmetic, and errors of a subject in its declared precision."""

from typing import TypeVar

import numpy as np

from spinglass._common.types import Array
from validation.subjects.subject import Subject

UNIT_ROUNDOFF = float(np.finfo(float).eps) / 2
_SINGLE = float(np.finfo(np.float32).eps) / 2
_Numbers = TypeVar("_Numbers", float, Array)


def in_declared_precision(one: Subject, errors: _Numbers) -> _Numbers:
    """Return errors in double precision; those in declared single precision, divided by the ratio of roundoffs."""
    return errors * (UNIT_ROUNDOFF / _SINGLE) if one.declaration.precision == "single" else errors
