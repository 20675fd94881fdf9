"""Handwritten digits: the data set in scikit-learn, and MNIST from local files. Nothing is downloaded."""

import gzip
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.seeds import Seed, generator
from spinglass._common.types import Array

_IMAGES, _LABELS = 2051, 2049  # magic numbers of IDX files of bytes with three dimensions and with one


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Digits:
    """Square images of handwritten digits, with their labels.

    Attributes
    ----------
    train, test
        Pairs of images, shape (N, side^2) with pixels in [0, 1], and labels 0 to 9, shape (N,).
    side
        Number of pixels along each side of an image.
    """

    train: tuple[Array, npt.NDArray[np.int64]]
    test: tuple[Array, npt.NDArray[np.int64]]
    side: int

    def __repr__(self) -> str:
        """Return a summary of the sizes."""
        return f"Digits: {len(self.train[0])} to train and {len(self.test[0])} to test, {self.side} x {self.side}"


def digits(test_share: float = 0.2, seed: Seed = 0) -> Digits:
    """Return the 1797 handwritten digits of 8 x 8 pixels from scikit-learn, split at random.

    Parameters
    ----------
    test_share
        Share of the images that is used for testing, in (0, 1). Default: 0.2.
    seed
        Seed of the split. Default: 0.

    Returns
    -------
    Digits
        The images and labels.

    Raises
    ------
    ValueError
        If the training or the test set would be empty.

    References
    ----------
    Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI repository (1998), its test part.

    Examples
    --------
    >>> digits()
    Digits: 1438 to train and 359 to test, 8 x 8
    """
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    tested = round(test_share * len(images)) if 0 < test_share < 1 else 0
    if not 0 < tested < len(images):
        raise ValueError(
            f"test_share must lie strictly between 0 and 1 and leave images in both sets, not {test_share!r}"
        )
    order = generator(seed).permutation(len(images))
    X, y = images[order] / 16, labels[order].astype(np.int64)
    return Digits(train=(X[tested:], y[tested:]), test=(X[:tested], y[:tested]), side=8)


def mnist(folder: str | Path, side: int = 10) -> Digits:
    """Read MNIST from its four IDX files and average the images to ``side x side`` pixels.

    Parameters
    ----------
    folder
        Folder that contains train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
        t10k-labels-idx1-ubyte, each optionally compressed as ``.gz``.
    side
        Number of pixels along each side, at most 28. A new pixel is the mean over its area in the original image.
        Default: 10.

    Returns
    -------
    Digits
        The images and labels.

    Raises
    ------
    ValueError
        If ``folder`` is not a folder, a file is missing or of another kind, or its length does not match its header.

    References
    ----------
    LeCun, Cortes and Burges, "The MNIST database"; 10 x 10 pixels as in Choromanska et al. (2015), section 5.
    """
    if not isinstance(folder, str | Path) or Path(folder).is_file():
        raise ValueError(f"folder must be the path of the folder with MNIST's four files, not {folder!r}")
    parts = []
    for part in ("train", "t10k"):
        images = _idx(_file(Path(folder), f"{part}-images-idx3-ubyte"), _IMAGES)
        labels = _idx(_file(Path(folder), f"{part}-labels-idx1-ubyte"), _LABELS)
        if len(images) != len(labels):
            raise ValueError(
                f"{folder}: {len(images)} {part} images but {len(labels)} labels; use files from the same source"
            )
        parts.append((averaged(images, side).reshape(len(images), -1) / 255, labels.astype(np.int64)))
    return Digits(train=parts[0], test=parts[1], side=side)


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


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise ValueError(f"there is no {name} or {name}.gz in {folder}; the folder must contain MNIST's four files")


def _idx(path: Path, magic: int) -> npt.NDArray[np.uint8]:
    """Read an IDX file of bytes, which consists of a magic number, the sizes of its dimensions, and the data."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    dimensions = 3 if magic == _IMAGES else 1
    begin = 4 * (1 + dimensions)
    head = [int.from_bytes(content[at : at + 4]) for at in range(0, begin, 4)]
    if len(content) < begin or head[0] != magic:
        kind = "images" if dimensions == 3 else "labels"
        raise ValueError(f"{path} is not an IDX file of {kind}: it should begin with {magic}, not {head[0]}")
    size = math.prod(head[1:])
    if len(content) != begin + size:
        raise ValueError(f"{path} has the wrong length: {len(content) - begin} numbers, but its header says {size}")
    return np.frombuffer(content, dtype=np.uint8, offset=begin, count=size).reshape(head[1:])
