"""How the documentation is built: `make docs`, with warnings as errors and without asking any other host."""

import sys
import zlib
from importlib.metadata import version as installed_version
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from gallery import write_gallery  # noqa: E402

project = "spinglass"
author = "The spinglass authors"
version = release = installed_version("spinglass")
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_design",
]
nb_execution_mode = "off"  # the notebooks are shown as they are stored; the tests execute them
myst_enable_extensions = ["dollarmath", "attrs_inline", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "pydata_sphinx_theme"
html_title = "spinglass"
html_theme_options = {"navigation_with_keys": False, "show_toc_level": 2, "logo": {"text": "spinglass"}}
html_show_sourcelink = False
html_math_renderer = "mathml"
autodoc_typehints = "none"  # types stand in the Parameters sections
autodoc_member_order = "bysource"
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# Cross references to other projects work without a connection: their pages have regular addresses.
_ELSEWHERE = {
    "python": ("https://docs.python.org/3/", {
        "concurrent.futures.Executor": "library/concurrent.futures.html#concurrent.futures.Executor",
    }),
    "numpy": ("https://numpy.org/doc/stable/", {
        name: f"reference/generated/{name}.html#{name}" for name in ("numpy.ndarray",)
    } | {
        name: f"reference/random/{page}.html#{name}" for name, page in (
            ("numpy.random.Generator", "generator"),
            ("numpy.random.SeedSequence", "bit_generators/generated/numpy.random.SeedSequence"),
        )
    }),
    "pandas": ("https://pandas.pydata.org/docs/", {
        name: f"reference/api/{name}.html#{name}" for name in ("pandas.DataFrame",)
    }),
    "scipy": ("https://docs.scipy.org/doc/scipy/", {
        name: f"reference/generated/{name}.html#{name}" for name in ("scipy.optimize.minimize",)
    }),
}


def _inventory(name, pages):
    """Write a Sphinx inventory of a few objects of another project, and return its path."""
    lines = "".join(f"{target} py:obj 1 {page} -\n" for target, page in pages.items())
    head = f"# Sphinx inventory version 2\n# Project: {name}\n# Version:\n# The rest is compressed with zlib.\n"
    path = HERE.parent / "build" / "inventories" / f"{name}.inv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head.encode() + zlib.compress(lines.encode()))
    return str(path)


intersphinx_mapping = {name: (site, _inventory(name, pages)) for name, (site, pages) in _ELSEWHERE.items()}


def _inline_formula(translator, node):
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def _displayed_formula(translator, node):
    # A formula that is wider than the window scrolls by itself.
    translator.body.append(f'<div style="overflow-x: auto">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def _add_pages(app, config):
    """Add what is not written by hand: the notebooks and the gallery of figures."""
    tours = HERE / "tours"
    tours.mkdir(exist_ok=True)
    for notebook in (HERE.parent / "notebooks").glob("*.ipynb"):
        (tours / notebook.name).write_bytes(notebook.read_bytes())
    write_gallery(HERE, HERE.parent / "build" / "gallery")


def setup(app):
    """Write formulas as MathML, which browsers draw without a script."""
    app.add_html_math_renderer("mathml", (_inline_formula, None), (_displayed_formula, None))
    app.connect("config-inited", _add_pages)
