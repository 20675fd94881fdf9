"""Checks of the arguments of samplers."""

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number
from spinglass._common.types import Array
from spinglass.descent.row_kernels import normalise
from spinglass.landscape import check_on_sphere


def positive_temperature(value: object, name: str = "temperature") -> float:
    """Return a temperature as a float, or raise ``ValueError`` unless it is finite and positive.

    >>> positive_temperature(0)
    Traceback (most recent call last):
    ...
    ValueError: temperature must be positive, not 0; at T = 0 use descend(landscape, x0)
    """
    number = real_number(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be positive, not {value!r}; at T = 0 use descend(landscape, x0)")
    return number


def check_connected(n: int) -> None:
    """Raise ``ValueError`` for n = 1, where the sphere consists of two points that no chain can connect.

    >>> check_connected(1)
    Traceback (most recent call last):
    ...
    ValueError: chains need n >= 2: at n = 1 the sphere is the points -1 and 1, of Gibbs weights exp(-energy/T)
    """
    if n < 2:
        raise ValueError(
            "chains need n >= 2: at n = 1 the sphere is the points -1 and 1, of Gibbs weights exp(-energy/T)"
        )


def starts(x: npt.ArrayLike, n: int) -> Array:
    """Return a copy of the starting points as rows (B, n) on the sphere, or raise ``ValueError``."""
    points = np.atleast_2d(check_on_sphere(x, n)).copy()
    if points.ndim != 2 or not len(points):
        raise ValueError(f"starting points must have shape (n,) or (B, n), not {np.shape(x)}; reshape to (-1, {n})")
    normalise(points)
    return points
