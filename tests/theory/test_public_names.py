"""The names that ``theory`` offers: functions and classes, none of which a submodule hides."""

import inspect
import pkgutil

import pytest

import theory


@pytest.mark.parametrize("name", theory.__all__)
def test_public_names_are_functions_or_classes(name):
    assert name in dir(theory)
    assert callable(getattr(theory, name))
    assert not inspect.ismodule(getattr(theory, name))


def test_no_module_has_the_name_of_a_public_function():
    modules = {module.name for module in pkgutil.iter_modules(theory.__path__)}
    assert not modules & set(theory.__all__)


@pytest.mark.parametrize("name", theory.__all__)
def test_the_energy_comes_first_and_the_index_last(name):
    """Arguments keep one order: what is evaluated at, then n, then H, then index."""
    names = [p for p in inspect.signature(getattr(theory, name)).parameters if p in ("u", "n", "H", "index")]
    if inspect.isfunction(getattr(theory, name)):
        assert "k" not in inspect.signature(getattr(theory, name)).parameters
        assert names == [p for p in ("u", "n", "H", "index") if p in names]
