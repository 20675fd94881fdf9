"""Import modules by name before pytest collects their doctests."""

from importlib import import_module
from pathlib import Path

PACKAGES = ("spinglass", "theory", "validation")


def pytest_collect_file(file_path: Path) -> None:
    """Import a module of the three packages by its name.

    Otherwise pytest would load the file itself, and if its package is not imported yet, store the module in the package
    afterwards. It would replace a function of the same name: ``spinglass.sampling.ground_state`` would be a module.
    """
    inside = file_path.relative_to(Path(__file__).parent).with_suffix("").parts if file_path.suffix == ".py" else ()
    if inside and inside[0] in PACKAGES:
        import_module(".".join(inside[:-1] if inside[-1] == "__init__" else inside))
