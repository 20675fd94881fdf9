"""Labelled images in the formats in which MNIST is distributed: IDX, npz and Parquet files."""

import gzip
import hashlib
import io
import math
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import quoted
from spinglass._common.types import Array
from spinglass.networks.images import Digits, averaged

_IMAGES, _LABELS = 2051, 2049  # magic numbers of IDX files of bytes with three dimensions and with one
# SHA-256 of the published files (uncompressed for IDX), and of the npz file that Keras distributes.
_PUBLISHED = {
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db": "train-images-idx3-ubyte",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5": "train-labels-idx1-ubyte",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7": "t10k-images-idx3-ubyte",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2": "t10k-labels-idx1-ubyte",
    "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1": "mnist.npz",
}
LAYOUT = (
    "expected is one of: a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
    "t10k-labels-idx1-ubyte (each also as .gz); an .npz file with x_train, y_train, x_test and y_test; a folder with "
    "train*.parquet and test*.parquet, whose columns are label and image, or label and one column per pixel"
)


@dataclass(frozen=True, eq=False)
class _Part:
    """Images (N, a, a) or (N, a^2), their labels, and the files from which they come with their checksums."""

    images: npt.NDArray[Any]
    labels: npt.NDArray[Any]
    files: tuple[str, ...]


def mnist(path: str | Path, side: int = 10) -> Digits:
    """Read labelled square images from files in MNIST's formats, and average them to ``side x side`` pixels.

    Parameters
    ----------
    path
        A folder with MNIST's four IDX files, each also as ``.gz``; an ``.npz`` file with the arrays x_train, y_train,
        x_test and y_test, such as one written from arrays of your own; or a folder with the Parquet files
        train*.parquet and test*.parquet. Their columns are ``label`` and either ``image``, with encoded images or lists
        of numbers, or one numeric column per pixel, row by row.
    side
        Number of pixels along each side, at most that of the images. A new pixel is the mean over its area in the
        original image. Default: 10.

    Returns
    -------
    Digits
        The images, with pixels divided by 255 if they are whole numbers, and the labels. ``source`` states the SHA-256
        checksum of every file, and whether it is that of a published MNIST file.

    Raises
    ------
    ValueError
        If there are no such files, a file is damaged or of another kind, or images and labels do not fit each other.

    References
    ----------
    LeCun, Cortes and Burges, "The MNIST database"; 10 x 10 pixels as in Choromanska et al. (2015), section 5.
    """
    if not isinstance(path, str | Path):
        raise ValueError(f"path must be the name of a file or folder, not {quoted(path)}; {LAYOUT}")
    place = Path(path)
    train, test = _parts(place)
    read = [_averaged(place, name, part, side) for name, part in (("train", train), ("test", test))]
    files = "; ".join(dict.fromkeys((*train.files, *test.files)))
    return Digits(train=read[0], test=read[1], side=side, source=files)


def _parts(place: Path) -> tuple[_Part, _Part]:
    if place.suffix == ".npz":
        return _npz(place)
    if not place.is_dir():
        raise ValueError(f"there are no images in {place}; {LAYOUT}")
    found = {kind: sorted(place.glob(f"{kind}*.parquet")) for kind in ("train", "test")}
    if all(found.values()):
        return _parquet(found["train"]), _parquet(found["test"])
    return _idx_part(place, "train"), _idx_part(place, "t10k")


def _averaged(place: Path, name: str, part: _Part, side: int) -> tuple[Array, npt.NDArray[np.int64]]:
    images, labels = part.images, part.labels
    if images.ndim == 2:
        edge = math.isqrt(images.shape[1])
        images = images.reshape(len(images), edge, -1) if edge**2 == images.shape[1] else images
    if len(images) != len(labels) or not len(images):
        raise ValueError(
            f"{place}: {len(images)} {name} images but {len(labels)} labels; use files from the same source"
        )
    if images.ndim != 3 or images.dtype.kind not in "fiu" or not np.isfinite(images).all():
        raise ValueError(
            f"{place}: {name} images must be finite numbers of shape (N, a, a) or (N, a^2), not {images.dtype} of "
            f"shape {images.shape}"
        )
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise ValueError(f"{place}: {name} labels must be whole numbers (N,), not {labels.dtype} {labels.shape}")
    least, most = float(images.min()), float(images.max())
    whole = images.dtype.kind in "iu" or (most > 1 and bool((images == np.round(images)).all()))
    if least < 0 or most > (255 if whole else 1):
        raise ValueError(
            f"{place}: {name} images must have whole numbers from 0 to 255 or numbers from 0 to 1, not from {least:g} "
            f"to {most:g}; scale them"
        )
    scale = 255 if whole else 1
    return averaged(images, side).reshape(len(images), -1) / scale, labels.astype(np.int64)


def _checksum(name: str, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    known = "as published" if sha256 in _PUBLISHED else "not a published MNIST file"
    return f"{name}, SHA-256 {sha256}, {known}"


def _npz(path: Path) -> tuple[_Part, _Part]:
    names = ("x_train", "y_train", "x_test", "y_test")
    try:
        content = path.read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} cannot be read: {error}; {LAYOUT}") from error
    missing = [name for name in names if name not in arrays]
    if missing:
        raise ValueError(f"{path} has no {', '.join(missing)}, only {', '.join(sorted(arrays)) or 'nothing'}; {LAYOUT}")
    files = (_checksum(path.name, content),)
    return _Part(arrays["x_train"], arrays["y_train"], files), _Part(arrays["x_test"], arrays["y_test"], files)


def _parquet(paths: list[Path]) -> _Part:
    import pandas as pd

    tables = []
    files = []
    for path in paths:
        try:
            content = path.read_bytes()
            tables.append(pd.read_parquet(io.BytesIO(content)))
        except (OSError, ValueError) as error:
            raise ValueError(f"{path} cannot be read: {error}; {LAYOUT}") from error
        files.append(_checksum(path.name, content))
    table = pd.concat(tables, ignore_index=True)
    label = next((name for name in ("label", "class", "y") if name in table), None)
    if label is None:
        raise ValueError(f"{paths[0]} has no column label; its columns are {list(table)[:8]}; {LAYOUT}")
    labels = pd.to_numeric(table[label], errors="coerce").to_numpy()
    if np.isnan(labels.astype(np.float64)).any() or (labels != np.round(labels)).any():
        raise ValueError(f"{paths[0]}: the column {label} must hold whole numbers")
    if "image" in table:
        images = np.array([_decoded(paths[0], image) for image in table["image"]])
    else:
        pixels = sorted(table.columns.drop(label), key=lambda name: [int(k) for k in re.findall(r"\d+", str(name))])
        images = table[pixels].to_numpy()
    return _Part(images, labels.astype(np.int64), tuple(files))


def _decoded(path: Path, image: Any) -> npt.NDArray[Any]:
    """Return one image of a Parquet column: a list of numbers, or an encoded image such as a PNG."""
    encoded = image.get("bytes") if isinstance(image, dict) else image
    if not isinstance(encoded, bytes):
        return np.array([np.asarray(row) for row in image])
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise ValueError(f"{path} holds encoded images, which need Pillow: pip install pillow") from error
    try:
        return np.asarray(Image.open(io.BytesIO(encoded)).convert("L"))
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f"{path} holds an image that cannot be decoded: {error}") from error


def _idx_part(folder: Path, part: str) -> _Part:
    images, first = _idx(_file(folder, f"{part}-images-idx3-ubyte"), _IMAGES)
    labels, second = _idx(_file(folder, f"{part}-labels-idx1-ubyte"), _LABELS)
    return _Part(images, labels, (first, second))


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise ValueError(f"there is no {name} or {name}.gz in {folder}; {LAYOUT}")


def _idx(path: Path, magic: int) -> tuple[npt.NDArray[np.uint8], str]:
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
    numbers = np.frombuffer(content, dtype=np.uint8, offset=begin, count=size).reshape(head[1:])
    return numbers, _checksum(path.name.removesuffix(".gz"), content)
