"""The notebooks run from the top at the size they are kept at, and are kept with what they showed."""

import runpy
from pathlib import Path

import nbformat
import pytest
from jupyter_client import KernelManager

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


@pytest.fixture(scope="module")
def used_kernel(tmp_path_factory):
    """A kernel for all notebooks: every new one would import all libraries, which takes longer than some notebooks."""
    manager = KernelManager(kernel_name="python3")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HYPOTHESIS_STORAGE_DIRECTORY", str(tmp_path_factory.mktemp("hypothesis")))
        yield manager
    if manager.has_kernel:
        manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(used_kernel):
    """The kernel without names and history of the notebook before; the next one starts it, if it is the first."""
    if used_kernel.has_kernel:
        client = used_kernel.blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        client.execute("get_ipython().reset(new_session=True)", store_history=False, reply=True, timeout=60)
        client.stop_channels()
    return used_kernel


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, kernel):
    executed = runpy.run_path(str(FOLDER / "execute.py"))["executed"](path, kernel)
    nbformat.validate(executed)
    check(executed)
    before = nbformat.read(path, as_version=4)
    assert [kinds_of_output(cell) for cell in executed.cells] == [kinds_of_output(cell) for cell in before.cells]
