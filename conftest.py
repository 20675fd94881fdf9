"""How doctests are collected, and one BLAS thread for each of several test processes."""

import os
from importlib import import_module
from pathlib import Path

import pytest

# Set before NumPy is imported. There are as many test processes as cores, and BLAS threads that wait for a core keep it
# busy: the eigenvalues of a matrix of size 400 then take up to a hundred times as long.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"

PACKAGES = ("spinglass", "theory", "validation")
# Modules whose examples take a fifth of a second to two seconds.
SLOW_EXAMPLES = (
    "theory.dynamics.",
    "theory.pairs.pair_counts.",
    "theory.planted.field_window.",
    "theory.planted.overlap_counts.",
    "validation.experiments.pairs_of_points.",
    "validation.testing.",
)


def pytest_collect_file(file_path: Path) -> None:
    """Import a module of the three packages by its name.

    Otherwise pytest would load the file itself, and if its package is not imported yet, store the module in the package
    afterwards. It would replace a function of the same name: ``spinglass.sampling.ground_state`` would be a module.
    """
    inside = file_path.relative_to(Path(__file__).parent).with_suffix("").parts if file_path.suffix == ".py" else ()
    if inside and inside[0] in PACKAGES:
        import_module(".".join(inside[:-1] if inside[-1] == "__init__" else inside))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark slow examples, which cannot carry a marker of their own."""
    if item.name.startswith(SLOW_EXAMPLES):
        item.add_marker(pytest.mark.slow)
