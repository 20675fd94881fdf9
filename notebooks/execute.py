"""Execute the notebooks in place: ``python notebooks/execute.py [NAME...]``.

What is kept is the same on every machine: sources, outputs and counts, without times, paths or widths of a terminal.
"""

import sys
from pathlib import Path

import nbformat
from jupyter_client import KernelManager
from nbclient import NotebookClient

FOLDER = Path(__file__).parent


def executed(path: Path, kernel: KernelManager | None = None) -> nbformat.NotebookNode:
    """Return the notebook at ``path``, run from the top; a cell that raises raises here.

    The kernel is a new one, unless one is given that has just been started or reset.
    """
    notebook = nbformat.read(path, as_version=4)
    options = {"kernel_name": "python3", "resources": {"metadata": {"path": FOLDER}}}
    client = NotebookClient(notebook, kernel, timeout=300, **options)
    try:
        client.execute()
    finally:
        if kernel is not None:
            client.kc.stop_channels()  # those to a kernel of its own end with it
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata = {}
        for output in cell.get("outputs", []):
            output.pop("metadata", None) if output.output_type == "stream" else output.update(metadata={})
    return notebook


if __name__ == "__main__":
    wanted = [FOLDER / f"{name.removesuffix('.ipynb')}.ipynb" for name in sys.argv[1:]] or sorted(
        FOLDER.glob("*.ipynb")
    )
    for path in wanted:
        nbformat.write(executed(path), path)
        print(path.name)
