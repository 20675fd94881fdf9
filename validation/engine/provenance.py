"""What results depend on besides their configuration: versions, and the code itself."""

import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("spinglass", "numpy", "scipy", "numba", "sympy")
_ROOMS = ("spinglass", "theory", "validation")


def versions() -> dict[str, str]:
    """Return the versions that results depend on."""
    return {"Python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


@cache
def code() -> str:
    """Return a short digest of the project's own source files: two that agree compute the same.

    Examples
    --------
    >>> len(code())
    12
    """
    home = Path(__file__).parent.parent
    digest = sha256()
    for room in _ROOMS:
        for file in sorted((home / room).rglob("*.py")):
            digest.update(file.relative_to(home).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
