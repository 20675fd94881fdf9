"""The data files of an atlas, as its documents list them."""

from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from validation.atlas.landscape_sets import Part
from validation.engine.provenance import versions


class DataFile(NamedTuple):
    """One data file.

    Attributes
    ----------
    table
        Name of its table.
    part
        Order and size of its landscapes.
    place
        Path relative to the folder of the atlas, with slashes.
    rows, size
        Number of rows, and size in bytes.
    sha256
        Checksum.
    """

    table: str
    part: Part
    place: str
    rows: int
    size: int
    sha256: str


def place_of(table: str, part: Part) -> str:
    """Return the path of a data file relative to the folder of the atlas.

    Examples
    --------
    >>> place_of("minima", Part(3, 8, 100))
    'minima/H3_n08.parquet'
    """
    return f"{table}/{part.name}.parquet"


def checksum(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def libraries() -> dict[str, str]:
    """Return the versions of the libraries on which the bytes of an atlas depend, by name."""
    return versions() | {"pyarrow": version("pyarrow")}
