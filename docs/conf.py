"""Settings of the documentation, which `make docs` builds with warnings as errors and without network access."""

import re
import sys
import zlib
from importlib.metadata import version as installed_version
from pathlib import Path
from shutil import rmtree

from docutils import nodes
from latex2mathml.converter import convert

import theory  # noqa: F401  before this folder, which has a folder theory/, is searched for modules

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
html_theme = "pydata_sphinx_theme"
html_title = "spinglass"
html_theme_options = {"navigation_with_keys": False, "show_toc_level": 2, "logo": {"text": "spinglass"}}
html_sidebars = {"index": [], "gallery": []}
html_show_sourcelink = False
html_math_renderer = "mathml"
autodoc_typehints = "none"  # the Parameters sections give the types
autodoc_member_order = "bysource"
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# Cross references to other projects work without a connection: the addresses of their pages follow rules.
_ELSEWHERE = {
    "python": ("https://docs.python.org/3/", {
        "py:class concurrent.futures.Executor": "library/concurrent.futures.html",
        "py:class pathlib.Path": "library/pathlib.html",
        **{f"py:class {name}": "library/functions.html" for name in ("int", "float", "complex", "bool", "dict")},
        **{f"py:class {name}": "library/stdtypes.html" for name in ("str", "list", "tuple")},
        **{f"py:data {name}": "library/constants.html" for name in ("None", "True", "False")},
        **{f"py:exception {name}": "library/exceptions.html" for name in ("ValueError", "TypeError", "OSError")},
        **{f"std:term {name}": "glossary.html" for name in ("iterable", "sequence", "generator")},
        "py:function callable": "library/functions.html",
        "std:label bltin-boolean-values": "library/stdtypes.html",
    }),
    "numpy": ("https://numpy.org/doc/stable/", {
        "py:class numpy.ndarray": "reference/generated/numpy.ndarray.html",
        "py:class numpy.random.Generator": "reference/random/generator.html",
        "py:class numpy.random.SeedSequence":
            "reference/random/bit_generators/generated/numpy.random.SeedSequence.html",
        "std:term array_like": "glossary.html",
        "std:label arrays.scalars": "reference/arrays.scalars.html",
    }),
    "pandas": ("https://pandas.pydata.org/docs/", {
        "py:class pandas.DataFrame": "reference/api/pandas.DataFrame.html",
    }),
    "scipy": ("https://docs.scipy.org/doc/scipy/", {
        "py:function scipy.optimize.minimize": "reference/generated/scipy.optimize.minimize.html",
    }),
}
numpydoc_xref_param_type = True
numpydoc_xref_ignore = {  # words of types that are no names, or that the inventories above do not have
    "optional", "default", "shape", "of", "or", "a", "an", "with", "and", "index", "n", "H", "size", "array",
}
numpydoc_xref_aliases = {
    **{name: f":obj:`{name} <{name}>`" for name in ("bool", "str", "int", "float", "complex", "tuple", "list", "dict")},
    "ndarray": ":obj:`ndarray <numpy.ndarray>`",
    "Generator": ":obj:`Generator <numpy.random.Generator>`",
    "SeedSequence": ":obj:`SeedSequence <numpy.random.SeedSequence>`",
    "DataFrame": ":obj:`DataFrame <pandas.DataFrame>`",
    "Executor": ":obj:`Executor <concurrent.futures.Executor>`",
    "Path": ":obj:`Path <pathlib.Path>`",
    "SphericalSpinGlass": ":obj:`SphericalSpinGlass <spinglass.SphericalSpinGlass>`",
}


def _inventory(name, pages):
    """Write a Sphinx inventory of some objects of another project, and return its path."""
    parts = [(*key.split(), page) for key, page in pages.items()]
    lines = "".join(
        f"{target} {kind} 1 {page}#{'term-' * (kind == 'std:term')}{target} -\n" for kind, target, page in parts
    )
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
    translator.body.append(f'<div style="overflow-x: auto; margin: 1em 0">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def _add_pages(app, config):
    """Add what is not written by hand: the notebooks and the gallery of figures."""
    tours = HERE / "tours"
    rmtree(tours, ignore_errors=True)
    tours.mkdir()
    for notebook in (HERE.parent / "notebooks").glob("*.ipynb"):
        (tours / notebook.name).write_bytes(notebook.read_bytes())
    write_gallery(HERE, HERE.parent / "build" / "gallery")


def _keep_bars(app, what, name, obj, options, lines):
    """Keep the bars of norms and absolute values in docstrings: |x| is not a substitution of reStructuredText."""
    for number, line in enumerate(lines):
        if "\\" not in line:  # leave LaTeX alone
            plain = line.split("`")
            plain[::2] = [re.sub(r"(?<![\w|])\|([^\s|]|[^\s|][^|]*[^\s|])\|", r"\|\1\|", part) for part in plain[::2]]
            lines[number] = "`".join(plain)


def setup(app):
    """Write formulas as MathML, which browsers draw without a script."""
    app.add_html_math_renderer("mathml", (_inline_formula, None), (_displayed_formula, None))
    app.connect("config-inited", _add_pages)
    app.connect("autodoc-process-docstring", _keep_bars)
