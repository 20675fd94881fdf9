"""Augmentation of images by small random shifts and rotations, which leave the label unchanged."""

import math
from collections.abc import Callable

import numpy as np

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.jit import jit
from spinglass._common.types import Array


def shifts_and_rotations(
    side: int, pixels: float = 1.0, degrees: float = 10.0
) -> Callable[[Array, np.random.Generator], Array]:
    """Return a function for ``train(augment=...)`` that shifts and rotates every image at random.

    Parameters
    ----------
    side
        Number of pixels along each side; an image is a vector of ``side^2`` pixels, row by row.
    pixels
        Shifts along both axes are uniform in [-pixels, pixels]. Default: 1.
    degrees
        Rotation angles about the centre are uniform in [-degrees, degrees]. Default: 10.

    Returns
    -------
    callable
        Function ``augment(X, rng)`` of images X, shape (N, side^2), and a NumPy generator; it returns new images of the
        same shape. Values between pixels are interpolated bilinearly; values outside the image are 0.

    Raises
    ------
    ValueError
        If ``side`` is not a whole number >= 1, or a range is negative.

    Examples
    --------
    >>> dot = np.zeros((1, 9)); dot[0, 4] = 1.0
    >>> moved = shifts_and_rotations(3, pixels=0.5, degrees=0.0)(dot, np.random.default_rng(0))
    >>> bool(moved[0, 4] < 1), round(float(moved.sum()), 12)
    (True, 1.0)
    """
    side = whole_number("side", side, 1)
    if real_number("pixels", pixels) < 0 or real_number("degrees", degrees) < 0:
        raise ValueError(f"pixels and degrees must not be negative, not {pixels} and {degrees}")

    def augment(X: Array, rng: np.random.Generator) -> Array:
        if X.shape[1] != side * side:
            raise ValueError(f"images of side {side} have {side * side} pixels, not {X.shape[1]}; change side")
        shifts = rng.uniform(-pixels, pixels, (len(X), 2))
        angles = np.radians(rng.uniform(-degrees, degrees, len(X)))
        moved = np.empty((len(X), side, side))
        _move(X.reshape(-1, side, side), shifts, angles, moved)
        return moved.reshape(X.shape)

    return augment


@jit
def _move(images: Array, shifts: Array, angles: Array, moved: Array) -> None:
    side = images.shape[1]
    centre = (side - 1) / 2
    for k in range(images.shape[0]):
        c, s = math.cos(angles[k]), math.sin(angles[k])
        for i in range(side):
            for j in range(side):
                y, x = i - centre - shifts[k, 0], j - centre - shifts[k, 1]
                moved[k, i, j] = _between(images[k], c * y + s * x + centre, c * x - s * y + centre)


@jit
def _between(image: Array, y: float, x: float) -> float:
    """Interpolate bilinearly, with zeros outside."""
    top, left = math.floor(y), math.floor(x)
    down, right = y - top, x - left
    upper = (1 - right) * _pixel(image, top, left) + right * _pixel(image, top, left + 1)
    lower = (1 - right) * _pixel(image, top + 1, left) + right * _pixel(image, top + 1, left + 1)
    return (1 - down) * upper + down * lower


@jit
def _pixel(image: Array, i: int, j: int) -> float:
    inside = 0 <= i < image.shape[0] and 0 <= j < image.shape[1]
    return image[i, j] if inside else 0.0
