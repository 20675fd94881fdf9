"""Checks of single arguments, for the doors of public functions."""

import difflib
import reprlib
from collections.abc import Iterable

import numpy as np

_LIKENESS = 0.6  # the least ratio of matching letters at which a name counts as a misspelling of another
_LONGEST_NAME = 100  # comparing longer texts takes long, and none is a misspelling
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80


def quoted(value: object) -> str:
    """Return ``repr(value)`` for an error message: long texts shortened in the middle, deep nesting left out.

    >>> quoted("lbgfs"), len(quoted("x" * 10**7))
    ("'lbgfs'", 80)
    """
    return _SHORT.repr(value)


def nearest(given: object, known: Iterable[str]) -> str | None:
    """Return the known name that ``given`` looks like a misspelling of, upper and lower case alike, or None.

    >>> nearest("LBGFS", ["cg", "lbfgs"]), nearest("flow", ["cg", "lbfgs"])
    ('lbfgs', None)
    """
    if not isinstance(given, str) or len(given) > _LONGEST_NAME:
        return None
    names = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(given.casefold(), names, 1, _LIKENESS)
    return names[near[0]] if near else None


def unknown(what: str, given: object, known: Iterable[str]) -> ValueError:
    """Return the error for a name that is none of the known ones: the nearest one is suggested, all are listed.

    >>> unknown("method", "lbgfs", ["cg", "lbfgs"])
    ValueError("unknown method 'lbgfs'; did you mean 'lbfgs'? There are cg, lbfgs")
    >>> unknown("method", "flow", ["cg", "lbfgs"])
    ValueError("unknown method 'flow'; there are cg, lbfgs")
    """
    names = list(known)
    near = nearest(given, names)
    hint = f"did you mean {near!r}? There are" if near is not None else "there are"
    return ValueError(f"unknown {what} {quoted(given)}; {hint} {', '.join(names)}")


def whole_number(name: str, value: object, least: int) -> int:
    """Return ``value`` as an int, or raise ``ValueError`` unless it is a whole number of at least ``least``.

    >>> whole_number("parts", 2.5, 1)
    Traceback (most recent call last):
    ...
    ValueError: parts must be a whole number of at least 1, not 2.5
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {quoted(value)}")
    return int(value)


def real_number(name: str, value: object) -> float:
    """Return ``value`` as a float, or raise ``ValueError`` unless it is a finite real number."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | np.integer | np.floating)
        or not np.isfinite(value)
    ):
        raise ValueError(f"{name} must be a finite number, not {quoted(value)}")
    return float(value)
