"""Import of a user's claim file and the user's modules that it imports; they are imported again after a change."""

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

CLAIM_FILE = "__claim_file__"  # attribute of the modules made from claim files; it holds the file and the digests
_READING = threading.RLock()
_READ: dict[str, str] = {}  # digests of the sources from which modules were compiled


class _FromSource(SourceFileLoader):
    """Loads a module from its current source.

    Python's own loader would use outdated bytecode for a file that was changed within one second to the same size.
    """

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        content = self.get_data(path)
        _READ[fullname] = _digest(content)
        return self.source_to_code(content, path)


class _OwnSources(MetaPathFinder):
    """Makes Python load every module of the user from its source."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        _target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        spec = _found(sys.meta_path[sys.meta_path.index(self) + 1 :], fullname, path)
        if spec is not None and type(spec.loader) is SourceFileLoader and _is_own(spec):
            spec.loader = _FromSource(spec.loader.name, str(spec.loader.path))
        return spec


_OWN_SOURCES = _OwnSources()


def run_claim_file(file: Path) -> tuple[ModuleType, dict[str, str]]:
    """Run a claim file; return its module and the digests of all user modules on which it depends.

    A file is run again only if it or one of these modules has changed. Otherwise its functions would differ from those
    of claims that were read earlier. If a module has changed, it and the user modules that import it are imported
    again.

    Parameters
    ----------
    file
        The Python file.

    Returns
    -------
    module
        The module made from the file.
    digests : dict
        Digests of the file and of the user modules that it imports, by module name.

    Raises
    ------
    ValueError
        If the file does not run, has the same name as an imported module, or changes while it is read.
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
        found = _digests(spec)  # running the file may have extended sys.path
        if any(_read_digest(one) not in (None, digest) for one, digest in found.items()):
            raise ValueError(f"{file} or a module that it imports changed while it was read; run it again")
        setattr(module, CLAIM_FILE, (file, found))
        return module, found


def modules_of_claim_files() -> set[str]:
    """Return the module names of all claim files that were run and of the user modules on which they depend."""
    # From the dictionaries: modules that load lazily answer slowly, and mutants need this for every unit of work.
    read = [vars(module).get(CLAIM_FILE) for module in list(sys.modules.values()) if isinstance(module, ModuleType)]
    return {name for mark in read if isinstance(mark, tuple) for name in mark[1]}


def _spec_of_file(name: str, file: Path) -> ModuleSpec:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ValueError(f"{file} is not a Python file; its name should end in .py")
    if type(spec.loader) is SourceFileLoader:
        spec.loader = _FromSource(name, str(file))
    return spec


def _executed(spec: ModuleSpec, file: Path) -> ModuleType:
    importlib.invalidate_caches()  # Python remembers the contents of folders
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # mutants patch the file's functions by this name
    try:
        assert spec.loader is not None
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[spec.name]
        raise ValueError(f"{file} does not run: {type(error).__name__}: {error}") from error
    except BaseException:
        del sys.modules[spec.name]  # Ctrl-C: the module is incomplete
        raise
    return module


def _forget_modules(changed: Iterable[str]) -> None:
    """Remove these modules from ``sys.modules``, and every user module that imports one of them, directly or not."""
    stale = {*changed}
    for name in list(_READ):
        spec = _spec(name, None) if name in sys.modules else None
        if spec is not None and not stale.isdisjoint(_digests(spec)):
            stale.add(name)
    for name in stale:
        sys.modules.pop(name, None)
        _READ.pop(name, None)


def _is_current(name: str, digest: str) -> bool:
    """Whether a module is either not imported or equal to the current content of its file."""
    read = _read_digest(name)
    if read is not None or name not in sys.modules:
        return read in (None, digest)
    file = getattr(sys.modules[name], "__file__", None)
    try:  # imported before any claim file: current if its file is older than this process, to within one second
        return not isinstance(file, str) or Path(file).stat().st_mtime < _beginning() - 1
    except OSError:
        return True


def _read_digest(name: str) -> str | None:
    """Return the digest of the source from which an imported module was compiled; None if another loader did so."""
    return _READ.get(name) if name in sys.modules else None


@cache
def _beginning() -> float:
    import psutil

    return float(psutil.Process().create_time())


def _digests(claim_file: ModuleSpec) -> dict[str, str]:
    """Return the digests of a claim file and of the user modules that it imports directly or indirectly, by name.

    Imports are found in the source text, including those inside functions, so that every process finds the same ones.
    Modules that are bound to global names are found as well.
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
    """Yield the full names of imported modules; for ``from a import b`` both a and a.b, which may be a module."""
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
    """Yield the user modules among those that importing ``name`` runs; importing a.b.c also runs a and a.b."""
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
    """Return the specification of a module without importing it."""
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
    """Return the content of a module's file, source or compiled; None if it has none."""
    try:
        return bytes(spec.loader.get_data(spec.origin))  # pyrefly: ignore[missing-attribute]  # AttributeError is caught
    except (OSError, AttributeError, TypeError):
        return None


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]


def _is_own(spec: ModuleSpec) -> bool:
    return _is_own_file(spec.origin or "")


@cache
def _is_own_file(origin: str) -> bool:
    """Whether a file belongs to the user, and not to an installed package, to Python or to this project."""
    path = Path(origin).resolve()
    installed = {"site-packages", "dist-packages"} & {*path.parts}
    return not installed and not any(path.is_relative_to(folder) for folder in _others())


@cache
def _others() -> tuple[Path, ...]:
    home = Path(__file__).resolve().parent.parent
    folders = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    ours = [home / package for package in ("spinglass", "theory", "validation")]
    return (*(Path(folder).resolve() for folder in folders if folder), *ours)
