"""Versions of the libraries and a digest of the project's code, on which results depend."""

import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("spinglass", "numpy", "scipy", "numba", "sympy")
_PACKAGES = ("spinglass", "theory", "validation")


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
    home = Path(__file__).parent.parent
    digest = sha256()
    for package in _PACKAGES:
        for file in sorted((home / package).rglob("*.py")):
            digest.update(file.relative_to(home).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
