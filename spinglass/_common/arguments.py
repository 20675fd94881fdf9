"""Checks of single arguments of public functions."""

import difflib
import reprlib
from collections.abc import Iterable, Mapping

import numpy as np

_LIKENESS = 0.6  # smallest ratio of matching letters at which a name counts as a misspelling of another
_LONGEST_NAME = 100  # longer texts are not misspellings, and comparing them is slow
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 80


def quoted(value: object) -> str:
    """Return ``repr(value)`` for an error message, with long texts shortened in the middle and deep nesting omitted.

    >>> quoted("lbgfs"), len(quoted("x" * 10**7))
    ("'lbgfs'", 80)
    """
    return _SHORT.repr(value)


def nearest(given: object, known: Iterable[str]) -> str | None:
    """Return the known name that is most similar to ``given``, ignoring case, or None if no name is similar.

    >>> nearest("LBGFS", ["cg", "lbfgs"]), nearest("flow", ["cg", "lbfgs"])
    ('lbfgs', None)
    """
    if not isinstance(given, str) or len(given) > _LONGEST_NAME:
        return None
    names = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(given.casefold(), names, 1, _LIKENESS)
    return names[near[0]] if near else None


def unknown(what: str, given: object, known: Iterable[str]) -> ValueError:
    """Return the error for an unknown name; its message suggests the nearest known name and lists all of them.

    >>> unknown("method", "lbgfs", ["cg", "lbfgs"])
    ValueError("unknown method 'lbgfs'; did you mean 'lbfgs'? Choose from cg, lbfgs")
    >>> unknown("method", "flow", ["cg", "lbfgs"])
    ValueError("unknown method 'flow'; choose from cg, lbfgs")
    """
    names = list(known)
    near = nearest(given, names)
    hint = f"did you mean {near!r}? Choose from" if near is not None else "choose from"
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


def signal_strengths(signal: object) -> dict[int, float]:
    """Return the strength of each order of a planted signal, or raise ``ValueError`` if it is none."""
    hint = "a signal gives each order k its strength, {k: lambda_k}, such as {2: 0.9, 3: 1.2}"
    if not isinstance(signal, Mapping) or not signal:
        raise ValueError(f"the signal must be a mapping with at least one order, not {quoted(signal)}; {hint}")
    return {
        whole_number("an order of the signal", k, 1): real_number(f"the signal's strength of order {k}", strength)
        for k, strength in signal.items()
    }
