"""Checks of single arguments, for the doors of public functions."""

import numpy as np


def whole_number(name: str, value: object, least: int) -> int:
    """Return ``value`` as an int, or raise ``ValueError`` unless it is a whole number of at least ``least``.

    >>> whole_number("parts", 2.5, 1)
    Traceback (most recent call last):
    ...
    ValueError: parts must be a whole number of at least 1, not 2.5
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")
    return int(value)


def real_number(name: str, value: object) -> float:
    """Return ``value`` as a float, or raise ``ValueError`` unless it is a finite real number."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | np.integer | np.floating)
        or not np.isfinite(value)
    ):
        raise ValueError(f"{name} must be a finite number, not {value!r}")
    return float(value)
