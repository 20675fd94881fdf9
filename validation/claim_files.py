"""The user's own modules: a claim file and what it imports, told apart by their content and read again once changed."""

import ast
import importlib
import importlib.util
import site
import sys
import sysconfig
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

CLAIM_FILE = "__claim_file__"  # marks the modules made from claim files, and keeps the digests they were read with
_READING = threading.RLock()
_READ: dict[str, str] = {}  # digests of the sources that modules were compiled from


class _FromSource(SourceFileLoader):
    """Compiles what a file says now: Python takes bytecode for current if the file's second and size are the same."""

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        content = self.get_data(path)
        _READ[fullname] = _digest(content)
        return self.source_to_code(content, path)


class _OwnSources(MetaPathFinder):
    """Has every module of the user's own loaded from its source."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,  # noqa: ARG002  part of the protocol
    ) -> ModuleSpec | None:
        spec = _found(sys.meta_path[sys.meta_path.index(self) + 1 :], fullname, path)
        if spec is not None and type(spec.loader) is SourceFileLoader and _is_own(spec):
            spec.loader = _FromSource(spec.loader.name, str(spec.loader.path))
        return spec


_OWN_SOURCES = _OwnSources()


def run_claim_file(file: Path) -> tuple[ModuleType, dict[str, str]]:
    """Run a claim file, and return its module and the digest of every module of the user's own that it rests on.

    A file that was run before is not run again unless it or one of these modules has changed since: its functions would
    no longer be those of claims read earlier. A changed module and all modules that import it are imported anew.

    Raises
    ------
    ValueError
        If the file does not run, has the name of a module, or changes while it is read.
    """
    name = file.stem
    with _READING:
        if _OWN_SOURCES not in sys.meta_path:
            sys.meta_path.insert(sys.meta_path.index(PathFinder), _OWN_SOURCES)
        known = sys.modules.get(name)
        if known is not None and not hasattr(known, CLAIM_FILE):
            raise ValueError(f"{file} has the name of the module {name!r}; give the file another name")
        spec = _spec_of_file(name, file)
        found = _digests(spec)
        changed = [module for module in found if module != name and not _is_current(module, found[module])]
        if changed:
            _forget_modules(changed)
        elif known is not None and getattr(known, CLAIM_FILE) == (file, found):
            return known, found
        module = _executed(spec, file)
        found = _digests(spec)  # the file itself may have said where its modules are
        if any(_read_digest(one) not in (None, digest) for one, digest in found.items()):
            raise ValueError(f"{file} or a module that it imports changed while it was read; run it again")
        setattr(module, CLAIM_FILE, (file, found))
        return module, found


def modules_of_claim_files() -> set[str]:
    """Return the names of all claim files that were run, and of the user's own modules that they rest on."""
    read = [getattr(module, CLAIM_FILE, None) for module in list(sys.modules.values())]
    return {name for mark in read if isinstance(mark, tuple) for name in mark[1]}


def _spec_of_file(name: str, file: Path) -> ModuleSpec:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ValueError(f"{file} is not a Python file; its name should end in .py")
    if type(spec.loader) is SourceFileLoader:
        spec.loader = _FromSource(name, str(file))
    return spec


def _executed(spec: ModuleSpec, file: Path) -> ModuleType:
    importlib.invalidate_caches()  # a module's file may be newer than what Python remembers of its folder
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # so that mutants can patch the file's own functions, by its name
    try:
        assert spec.loader is not None
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[spec.name]
        raise ValueError(f"{file} does not run: {type(error).__name__}: {error}") from error
    except BaseException:
        del sys.modules[spec.name]  # or the next reading would take what ran before Ctrl-C for the whole file
        raise
    return module


def _forget_modules(changed: Iterable[str]) -> None:
    """Have these modules imported anew, and every module read here that imports one of them, directly or not."""
    stale = {*changed}
    for name in list(_READ):
        spec = _spec(name, None) if name in sys.modules else None
        if spec is not None and not stale.isdisjoint(_digests(spec)):
            stale.add(name)
    for name in stale:
        sys.modules.pop(name, None)
        _READ.pop(name, None)


def _is_current(name: str, digest: str) -> bool:
    """Whether a module, if it is imported, is what its file says now."""
    read = _read_digest(name)
    if read is not None or name not in sys.modules:
        return read in (None, digest)
    file = getattr(sys.modules[name], "__file__", None)
    try:  # imported before a claim file was: current if its file is older than this process, with a second's play
        return not isinstance(file, str) or Path(file).stat().st_mtime < _beginning() - 1
    except OSError:
        return True


def _read_digest(name: str) -> str | None:
    """Return the digest of the source that an imported module was compiled from, where it was compiled here."""
    return _READ.get(name) if name in sys.modules else None


@cache
def _beginning() -> float:
    import psutil

    return float(psutil.Process().create_time())


def _digests(claim_file: ModuleSpec) -> dict[str, str]:
    """Return the digests of a claim file and of the user's own modules that it imports, directly or not, by name.

    Imports are read from the sources, also those within functions, so that every process finds the same ones. Modules
    that a module holds under a global name are found too, however they were imported.
    """
    found: dict[str, str] = {}
    waiting = [claim_file]
    while waiting:
        spec = waiting.pop()
        content = _content(spec)
        if content is None or spec.name in found:
            continue
        found[spec.name] = _digest(content)
        names = _imported(content, spec) if Path(spec.origin or "").suffix == ".py" else ()
        values = list(getattr(sys.modules.get(spec.name), "__dict__", {}).values())
        held = [value.__name__ for value in values if isinstance(value, ModuleType)]
        for name in {*names, *held}:
            waiting += _own_specs(name)
    return dict(sorted(found.items()))


def _imported(source: bytes, spec: ModuleSpec) -> Iterator[str]:
    """Yield the full names of what a source imports; of ``from a import b``, also a.b, which may be a module."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute("." * node.level + (node.module or ""), spec.parent)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _name_of(node.func) in ("import_module", "__import__"):
            constants = [argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)]
            yield from (value for value in constants if isinstance(value, str))


def _absolute(name: str, package: str | None) -> str:
    try:
        return importlib.util.resolve_name(name, package)
    except ImportError:
        return ""


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _own_specs(name: str) -> Iterator[ModuleSpec]:
    """Yield the user's own modules among those that importing ``name`` runs: a.b.c runs a and a.b first."""
    path: Sequence[str] | None = None
    full = ""
    for part in name.split("."):
        full = f"{full}.{part}" if full else part
        spec = _spec(full, path)
        if spec is None or (spec.has_location and not _is_own(spec)):
            return
        if spec.has_location:
            yield spec
        if spec.submodule_search_locations is None:
            return
        path = list(spec.submodule_search_locations)


def _spec(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    """Return where a module is, or would be found, without importing anything."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    if isinstance(spec, ModuleSpec):
        return spec
    if name in ("", "__main__") or (path is None and name in sys.stdlib_module_names):
        return None
    return _found(sys.meta_path, name, path)


def _found(finders: Sequence[Any], name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    for finder in finders:
        spec: ModuleSpec | None = finder.find_spec(name, path)
        if spec is not None:
            return spec
    return None


def _content(spec: ModuleSpec) -> bytes | None:
    """Return a module's source or machine code."""
    try:
        return bytes(spec.loader.get_data(spec.origin))  # type: ignore[union-attr]
    except (OSError, AttributeError, TypeError):
        return None


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]


def _is_own(spec: ModuleSpec) -> bool:
    return _is_own_file(spec.origin or "")


@cache
def _is_own_file(origin: str) -> bool:
    """Whether a file belongs to the user: to no installed package, not to Python, and not to this project."""
    path = Path(origin).resolve()
    installed = {"site-packages", "dist-packages"} & {*path.parts}
    return not installed and not any(path.is_relative_to(folder) for folder in _others())


@cache
def _others() -> tuple[Path, ...]:
    home = Path(__file__).resolve().parent.parent
    folders = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    ours = [home / room for room in ("spinglass", "theory", "validation")]
    return (*(Path(folder).resolve() for folder in folders if folder), *ours)
