"""Execute the notebooks in place: ``python notebooks/execute.py [NAME...]``.

What is kept is the same on every machine: sources, outputs and counts, without times, paths or widths of a terminal.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent


def executed(path: Path) -> nbformat.NotebookNode:
    """Return the notebook at ``path``, run from the top in a new kernel; a cell that raises raises here."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
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
