"""Several numbers in one option, separated by commas."""

from collections.abc import Callable
from typing import TypeVar

_Number = TypeVar("_Number", int, float)


def numbers(name: str, text: str) -> list[float]:
    """Return the numbers in a text.

    Parameters
    ----------
    name : str
        Name of the option, for the error.
    text : str
        Numbers separated by commas.

    Returns
    -------
    list of float
        The numbers.

    Raises
    ------
    ValueError
        If a part of the text is not a number.

    Examples
    --------
    >>> numbers("times", "0.1,1,10")
    [0.1, 1.0, 10.0]
    """
    return _read(name, text, float, "a number")


def whole_numbers(name: str, text: str) -> list[int]:
    """Return the whole numbers in a text.

    Parameters
    ----------
    name : str
        Name of the option, for the error.
    text : str
        Whole numbers separated by commas.

    Returns
    -------
    list of int
        The numbers.

    Raises
    ------
    ValueError
        If a part of the text is not a whole number.

    Examples
    --------
    >>> whole_numbers("index", "0,1")
    [0, 1]
    """
    return _read(name, text, int, "a whole number")


def _read(name: str, text: str, kind: Callable[[str], _Number], wanted: str) -> list[_Number]:
    from spinglass._common.arguments import quoted

    found = []
    for part in text.split(","):
        try:
            found.append(kind(part))
        except ValueError:
            raise ValueError(f"{name} must be {wanted}, or several separated by commas; not {quoted(text)}") from None
    return found
