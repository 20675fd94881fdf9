"""Checks of the data, widths, layers and singular directions that the theory of deep linear networks starts from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.types import Array
from theory.arguments import real_numbers, whole_number

NEGLIGIBLE = 1e-9  # relative size below which a singular value is rounding error
# Range of a table's largest entry in which products of three tables, and their squares, are floats.
SMALLEST, LARGEST = 1e-100, 1e100


def data_tables(X: ArrayLike, Y: ArrayLike) -> tuple[Array, Array]:
    """Return X and Y as tables with one row per data point."""
    x, y = real_numbers("X", X), real_numbers("Y", Y)
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or 0 in (*x.shape, *y.shape):
        raise ValueError(f"X and Y must be tables with one row per data point, not of shapes {x.shape} and {y.shape}")
    for name, table in (("X", x), ("Y", y)):
        largest = float(np.abs(table).max())
        if largest and not SMALLEST <= largest <= LARGEST:
            raise ValueError(
                f"the largest entry of {name} must lie between {SMALLEST:g} and {LARGEST:g}, not be {largest:.3g}; "
                "scale the table: losses scale as the square of Y, and do not depend on the scale of X"
            )
    return x, y


def whole_widths(widths: Sequence[int]) -> list[int]:
    """Return widths as a list of positive ints."""
    return [whole_number("a width", n, 1, "widths are n_0, ..., n_H") for n in widths]


def fitting_widths(widths: Sequence[int], x: Array, y: Array) -> list[int]:
    """Return widths that begin with the number of columns of X and end with that of Y."""
    sizes = whole_widths(widths)
    if len(sizes) < 2 or (sizes[0], sizes[-1]) != (x.shape[1], y.shape[1]):
        raise ValueError(
            f"widths must begin with the {x.shape[1]} columns of X and end with the {y.shape[1]} of Y, not {sizes}"
        )
    return sizes


def layer_matrices(weights: Sequence[ArrayLike], x: Array, y: Array) -> list[Array]:
    """Return the weights as matrices that can be multiplied in order, from the columns of X to those of Y."""
    layers = [real_numbers("weights", W) for W in weights]
    shapes = [W.shape for W in layers]
    columns = [x.shape[1], *(shape[-1] for shape in shapes if shape)]
    if any(W.ndim != 2 or W.shape[0] != below for W, below in zip(layers, columns, strict=False)):
        raise ValueError(f"weights must be matrices W_1, ..., W_H that can be multiplied, X first; given {shapes}")
    fitting_widths(columns, x, y)
    return layers


def chosen_directions(chosen: Sequence[int], m: int) -> list[int]:
    """Return different direction numbers below m."""
    picked = [whole_number("a direction", i, 0, "directions are numbered from 0") for i in chosen]
    if len(set(picked)) < len(picked) or max(picked, default=-1) >= m:
        raise ValueError(f"chosen directions must be different numbers below {m}, not {picked}")
    return picked
