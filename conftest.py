"""Modules are imported once, and as any program imports them, before pytest looks for their doctests."""

from importlib import import_module
from pathlib import Path

PACKAGES = ("spinglass", "theory", "validation")


def pytest_collect_file(file_path: Path) -> None:
    """Import a module of the packages by its name.

    Where pytest is given a module's path and its package has not been imported, it runs the module a second time and
    puts it in the place of a function of the same name: ``theory.ground_state`` would be a module in all other tests.
    """
    inside = file_path.relative_to(Path(__file__).parent).with_suffix("").parts if file_path.suffix == ".py" else ()
    if inside and inside[0] in PACKAGES:
        import_module(".".join(inside[:-1] if inside[-1] == "__init__" else inside))
