"""The source files that a kernel depends on: its module and every module of this project that it imports."""

import ast
import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_PROJECT = Path(__file__).parents[2]
_PACKAGES = ("spinglass", "theory")


@cache
def sources_digest(file: Path) -> str:
    """Return a digest of the text of ``file`` and of all files of the project that it imports, directly or indirectly.

    Numba checks only whether the file of the kernel itself has changed, not the files of the kernels and constants that
    it uses. The digest depends on texts and not on file times, so it is the same in every copy of the project.
    """
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for path in sorted(_closure(file), key=_place):
        digest.update(f"\0{_place(path)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _place(path: Path) -> str:
    return str(path.relative_to(_PROJECT)) if path.is_relative_to(_PROJECT) else path.name


def _closure(file: Path) -> set[Path]:
    found, waiting = set[Path](), [file]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting.extend(_imported(path))
    return found


@cache
def _imported(path: Path) -> tuple[Path, ...]:
    """Return the files of the project that a file imports when it runs."""
    names = _names(ast.parse(path.read_bytes()))
    return tuple(file for name in names if name.split(".")[0] in _PACKAGES for file in _files(name))


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for below in ast.iter_child_nodes(node):
        yield from _names(below)


def _files(name: str) -> Iterator[Path]:
    """Yield the file of a module or package, if ``name`` is one."""
    place = _PROJECT.joinpath(*name.split("."))
    yield from (path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file())
