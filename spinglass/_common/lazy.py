"""Lazy loading (SPEC 1): the public names of a package are imported on first use, so that importing it is fast."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def lazy_names(package: str, homes: Mapping[str, list[str]]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package; ``homes`` maps each module to the public names it defines.

    Functions and classes are not stored in the package, so that a change of the attribute of their module, as in
    mutation tests, takes effect and can be undone. No submodule of the package may have the name of a public function
    or class, because Python would store the submodule under that name on import.
    """
    module_of = {name: home for home, names in homes.items() for name in names}

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
