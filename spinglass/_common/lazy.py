"""Packages whose public names are imported when they are first used (SPEC 1), so that importing the package is fast."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class _LazyPackage(ModuleType):
    """A package that keeps the name of a public function where a module has the same name.

    Python binds every imported submodule in its package: after ``import theory.large_n.complexity`` the function
    ``theory.complexity`` would be hidden by the module that defines it.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in self.__all__):
            super().__setattr__(name, value)


def lazy_names(package: str, homes: Mapping[str, list[str]]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package; ``homes`` maps a module to the public names it defines.

    Nothing is remembered here: a name that is patched in its module, as mutation tests do, is not kept any longer.
    """
    module_of = {name: home for home, names in homes.items() for name in names}
    sys.modules[package].__class__ = _LazyPackage

    def __getattr__(name: str) -> Any:  # noqa: N807
        if name in module_of:
            home = import_module(module_of[name])
            return vars(home)[name] if name in vars(home) else import_module(f"{module_of[name]}.{name}")
        if not name.startswith("_") and find_spec(f"{package}.{name}") is not None:
            return import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def __dir__() -> list[str]:  # noqa: N807
        return sorted({*vars(sys.modules[package]), *module_of})

    return __getattr__, __dir__
