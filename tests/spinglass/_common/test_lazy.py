"""Importing a package is fast; its public names are those of its modules, in whatever order they are asked for."""

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

import spinglass
import theory

PACKAGES = [spinglass, theory]


def run(script):
    return subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.parametrize("name", ["spinglass", "theory", "spinglass._common.threads", "spinglass._common.seeds"])
def test_importing_loads_nothing_that_takes_long(name):
    # numba, scipy and sympy take 0.2 s to 1 s each.
    slow = run(f"import sys, {name}; print(*{{'numba', 'scipy.special', 'sympy', 'llvmlite'}} & set(sys.modules))")
    assert slow == []


@pytest.mark.parametrize("package", PACKAGES)
def test_what_type_checkers_see_is_what_there_is(package):
    tree = ast.parse(Path(package.__file__).read_text(encoding="utf-8"))
    (checked,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name for line in checked.body for alias in line.names}
    assert seen == set(package.__all__)
    assert seen <= set(dir(package))
    for line in checked.body:
        home = sys.modules[line.module] if line.module in sys.modules else __import__(line.module, fromlist=["_"])
        for alias in line.names:
            assert getattr(package, alias.name) is getattr(home, alias.name)


@pytest.mark.parametrize("package", PACKAGES)
def test_other_names_are_refused_and_modules_are_found(package):
    assert not hasattr(package, "no_such_name")
    assert not hasattr(package, "_no_such_name")
    assert spinglass.couplings.__name__ == "spinglass.couplings"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_has_the_name_of_a_public_function_or_class(package):
    # Importing such a module would hide the function: Python stores imported submodules in their package.
    objects = [name for name in package.__all__ if not isinstance(getattr(package, name), ModuleType)]
    assert [name for name in objects if find_spec(f"{package.__name__}.{name}") is not None] == []


def test_a_patch_in_the_defining_module_is_not_kept_after_it_is_taken_back(monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("theory.large_n.thresholds.E_k", len)
        assert theory.E_k is len
    assert theory.E_k(3, 0) > 1.6
