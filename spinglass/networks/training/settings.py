"""Checks of arguments that `train` and `TrainingLoss` share."""

from collections.abc import Collection, Iterable

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number


def one_of(what: str, given: str, names: Collection[str]) -> None:
    """Raise ``ValueError`` unless ``given`` is one of the names."""
    if not isinstance(given, str) or given not in names:
        raise ValueError(f"{what} must be one of {', '.join(names)}, not {given!r}")


def hidden_widths(hidden: object) -> list[int]:
    """Return the widths of the hidden layers, where one number means one layer, or raise ``ValueError``.

    >>> hidden_widths(25), hidden_widths((8, 4)), hidden_widths(())
    ([25], [8, 4], [])
    """
    # A zero-dimensional array is an Iterable, but iterating over it fails.
    layers = hidden if isinstance(hidden, Iterable) and np.iterable(hidden) else [hidden]
    return [whole_number("hidden", n, 1) for n in layers]


def pair(name: str, given: tuple[npt.ArrayLike, npt.ArrayLike]) -> tuple[npt.ArrayLike, npt.ArrayLike]:
    """Return ``given`` if it is a pair of inputs and targets, or raise ``ValueError``."""
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise ValueError(f"{name} must be a pair (X, y) of inputs and targets, not {type(given).__name__}")
    return given[0], given[1]
