"""Versions of the libraries and a digest of the project's code, on which results depend."""

import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("spinglass", "numpy", "scipy", "numba", "sympy")
_HOME = Path(__file__).parents[2]
PACKAGES = ("spinglass", "theory", "validation")


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries on which results depend, by name."""
    return {"Python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


@cache
def code() -> str:
    """Return a short digest of the project's source files; installations with equal digests have the same code.

    Examples
    --------
    >>> len(code())
    12
    """
    digest = sha256()
    for file in _sources():
        digest.update(file.relative_to(_HOME).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _sources() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((_HOME / package).rglob("*.py"))]
