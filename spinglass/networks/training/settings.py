"""Checks of what training is told, shared by all that train or look at its losses."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number


def one_of(what: str, given: str, names: dict[str, int] | Sequence[str]) -> None:
    """Raise ``ValueError`` unless ``given`` is one of the names."""
    if not isinstance(given, str) or given not in names:
        raise ValueError(f"{what} must be one of {', '.join(names)}, not {given!r}")


def hidden_widths(hidden: object) -> list[int]:
    """Return the units of the hidden layers, of which one number is one layer, or raise ``ValueError``.

    >>> hidden_widths(25), hidden_widths((8, 4)), hidden_widths(())
    ([25], [8, 4], [])
    """
    # An array of no axes claims to be iterable, and is not.
    layers = hidden if isinstance(hidden, Iterable) and np.iterable(hidden) else [hidden]
    return [whole_number("hidden", n, 1) for n in layers]


def pair(name: str, given: tuple[npt.ArrayLike, npt.ArrayLike]) -> tuple[npt.ArrayLike, npt.ArrayLike]:
    """Return ``given`` if it is inputs and targets, or raise ``ValueError``."""
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise ValueError(f"{name} must be a pair (X, y) of inputs and targets, not {type(given).__name__}")
    return given[0], given[1]
