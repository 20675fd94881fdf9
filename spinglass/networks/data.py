"""Handwritten digits: those that scikit-learn ships, and MNIST from its four files. Nothing is downloaded."""

import gzip
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.seeds import Seed, generator
from spinglass.landscape import Array

_IMAGES, _LABELS = 2051, 2049  # the magic numbers of the IDX format: bytes, in three dimensions or one


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Digits:
    """Square images as rows of pixels in [0, 1], and their digits 0 to 9."""

    train: tuple[Array, npt.NDArray[np.int64]]  # (N, side^2), (N,)
    test: tuple[Array, npt.NDArray[np.int64]]
    side: int

    def __repr__(self) -> str:
        """Return the sizes."""
        return f"Digits: {len(self.train[0])} to train and {len(self.test[0])} to test, {self.side} x {self.side}"


def digits(test_share: float = 0.2, seed: Seed = 0) -> Digits:
    """Return the 1797 real digits of 8 x 8 pixels that scikit-learn ships, split at random.

    Parameters
    ----------
    test_share
        The share of images set aside for testing, in (0, 1).
    seed
        For the split.

    Raises
    ------
    ValueError
        If the share leaves nothing to train on or nothing to test on.

    Examples
    --------
    >>> digits()
    Digits: 1438 to train and 359 to test, 8 x 8

    Notes
    -----
    Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI repository (1998), its test part.
    """
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    tested = round(test_share * len(images)) if 0 < test_share < 1 else 0
    if not 0 < tested < len(images):
        raise ValueError(
            f"test_share must lie strictly between 0 and 1 and leave images on both sides, not {test_share!r}"
        )
    order = generator(seed).permutation(len(images))
    X, y = images[order] / 16, labels[order].astype(np.int64)
    return Digits(train=(X[tested:], y[tested:]), test=(X[:tested], y[:tested]), side=8)


def mnist(folder: str | Path, side: int = 10) -> Digits:
    """Read MNIST from its four IDX files, gzipped or not, and average the images over areas to ``side x side`` pixels.

    Parameters
    ----------
    folder
        Where train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte lie
        (``.gz`` may follow).
    side
        Pixels a side, at most the images' own 28. Every new pixel is the mean over its square of the old image.

    Raises
    ------
    ValueError
        If the folder is none, or a file is missing, is not what its name says, or its length is not what its head says.

    Notes
    -----
    Source: LeCun, Cortes and Burges, "The MNIST database"; 10 x 10 pixels as in Choromanska et al. (2015), section 5.
    """
    if not isinstance(folder, str | Path) or Path(folder).is_file():
        raise ValueError(f"folder must be the path of the folder in which MNIST's four files lie, not {folder!r}")
    parts = []
    for part in ("train", "t10k"):
        images = _idx(_file(Path(folder), f"{part}-images-idx3-ubyte"), _IMAGES)
        labels = _idx(_file(Path(folder), f"{part}-labels-idx1-ubyte"), _LABELS)
        if len(images) != len(labels):
            raise ValueError(
                f"{folder}: {len(images)} {part} images but {len(labels)} labels; take both from one source"
            )
        parts.append((averaged(images, side).reshape(len(images), -1) / 255, labels.astype(np.int64)))
    return Digits(train=parts[0], test=parts[1], side=side)


def averaged(images: npt.NDArray[np.generic], side: int) -> Array:
    """Return images (N, a, a) averaged over areas to (N, side, side): every pixel counts by its overlap.

    Examples
    --------
    >>> averaged(np.array([[[0, 0, 3], [0, 0, 3], [0, 0, 3]]]), 2).tolist()
    [[[0.0, 2.0], [0.0, 2.0]]]
    """
    old = images.shape[1]
    if images.ndim != 3 or images.shape[2] != old:
        raise ValueError(f"images must be square, of shape (N, a, a), not {images.shape}")
    if whole_number("side", side, 1) > old:
        raise ValueError(f"side must be at most the images' own {old}, not {side}: averaging cannot add pixels")
    new_edges, old_edges = np.arange(side + 1)[:, None] * (old / side), np.arange(old + 1)
    # The overlap of two intervals of edges a..b and c..d is min(b, d) - max(a, c), where that is positive.
    overlap = np.minimum(new_edges[1:], old_edges[1:]) - np.maximum(new_edges[:-1], old_edges[:-1])
    share = np.maximum(overlap, 0) * (side / old)
    return np.asarray(np.einsum("ik,nkl,jl->nij", share, images.astype(np.float64), share, optimize=True))


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise ValueError(f"there is no {name} (nor {name}.gz) in {folder}; put MNIST's four files there")


def _idx(path: Path, magic: int) -> npt.NDArray[np.uint8]:
    """Read an IDX file of bytes: a magic number, the sizes of its dimensions, the numbers."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    dimensions = 3 if magic == _IMAGES else 1
    begin = 4 * (1 + dimensions)
    head = [int.from_bytes(content[at : at + 4]) for at in range(0, begin, 4)]
    if len(content) < begin or head[0] != magic:
        kind = "images" if dimensions == 3 else "labels"
        raise ValueError(f"{path} is no IDX file of {kind}: it should begin with {magic}, not {head[0]}")
    size = math.prod(head[1:])
    if len(content) != begin + size:
        raise ValueError(
            f"{path} is cut off or too long: {len(content) - begin} numbers where its head promises {size}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=begin, count=size).reshape(head[1:])
