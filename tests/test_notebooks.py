"""The notebooks run from the top at the size they are kept at, and are kept with what they showed."""

import runpy
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LARGEST = 2**20


def outputs(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def check(notebook):
    """Every cell has run in order, nothing was raised or warned of, and there are a figure and a verdict table."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    shown = outputs(notebook)
    assert not [output for output in shown if output.output_type == "error" or output.get("name") == "stderr"]
    assert any("image/png" in output.get("data", {}) for output in shown)
    tables = [
        output.data["text/plain"] for output in shown if "verdict" in output.get("data", {}).get("text/plain", "")
    ]
    assert any(" agrees" in table or "agrees " in table for table in tables)


def kinds_of_output(cell):
    # What is printed arrives in one piece or several, as it happens.
    return sorted({output.output_type for output in cell.get("outputs", [])})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_with_its_outputs(path):
    check(nbformat.read(path, as_version=4))
    text = path.read_text(encoding="utf-8")
    assert len(text) < LARGEST
    # Nothing in it depends on where it was run.
    assert str(Path.home()) not in text or Path.home() == Path("/")
    assert str(FOLDER.parent) not in text
    assert "ipykernel_" not in text


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, monkeypatch, tmp_path):
    monkeypatch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", str(tmp_path))
    executed = runpy.run_path(str(FOLDER / "execute.py"))["executed"](path)
    nbformat.validate(executed)
    check(executed)
    before = nbformat.read(path, as_version=4)
    assert [kinds_of_output(cell) for cell in executed.cells] == [kinds_of_output(cell) for cell in before.cells]
