"""Labelled square images, and averages of images at a lower resolution."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.types import Array


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Digits:
    """Square images of handwritten digits, with their labels.

    Attributes
    ----------
    train, test
        Pairs of images, shape (N, side^2) with pixels in [0, 1], and labels 0 to 9, shape (N,).
    side
        Number of pixels along each side of an image.
    source
        Where the images come from: a name, or the files with their SHA-256 checksums.
    """

    train: tuple[Array, npt.NDArray[np.int64]]
    test: tuple[Array, npt.NDArray[np.int64]]
    side: int
    source: str = "arrays of the user"

    def __repr__(self) -> str:
        """Return a summary of the sizes."""
        return f"Digits: {len(self.train[0])} to train and {len(self.test[0])} to test, {self.side} x {self.side}"


def averaged(images: npt.NDArray[np.generic], side: int) -> Array:
    """Return images averaged to a lower resolution; each pixel is weighted by its overlap with the new pixel.

    Parameters
    ----------
    images
        Square images, shape (N, a, a).
    side
        New number of pixels along each side, at most a.

    Returns
    -------
    ndarray
        Averaged images, shape (N, side, side).

    Raises
    ------
    ValueError
        If the images are not square, or ``side`` is not a whole number from 1 to a.

    Examples
    --------
    >>> averaged(np.array([[[0, 0, 3], [0, 0, 3], [0, 0, 3]]]), 2).tolist()
    [[[0.0, 2.0], [0.0, 2.0]]]
    """
    old = images.shape[1]
    if images.ndim != 3 or images.shape[2] != old:
        raise ValueError(f"images must be square, of shape (N, a, a), not {images.shape}")
    if whole_number("side", side, 1) > old:
        raise ValueError(f"side must be at most {old}, the side of the images, not {side}: averaging cannot add pixels")
    new_edges, old_edges = np.arange(side + 1)[:, None] * (old / side), np.arange(old + 1)
    # The overlap of two intervals a..b and c..d is min(b, d) - max(a, c) if that is positive, and 0 otherwise.
    overlap = np.minimum(new_edges[1:], old_edges[1:]) - np.maximum(new_edges[:-1], old_edges[:-1])
    share = np.maximum(overlap, 0) * (side / old)
    return np.asarray(np.einsum("ik,nkl,jl->nij", share, images.astype(np.float64), share, optimize=True))
