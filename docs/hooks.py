"""What the site is built from besides its own pages: the notebooks, the gallery, and formulas as MathML."""

import re
from pathlib import Path

import griffe
from latex2mathml.converter import convert
from mkdocs.structure.files import File
from nbconvert import MarkdownExporter

ROOT = Path(__file__).parent.parent
FIGURES = ROOT / "figures"


def on_files(files, config):
    """Add the notebooks and, where `make figures` has run, the figures."""
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for name, content in _pages(notebook).items():
            files.append(File.generated(config, f"notebooks/{name}", content=content))
    for figure in sorted(FIGURES.glob("*.png")):
        files.append(File.generated(config, f"gallery/{figure.name}", abs_src_path=str(figure)))
    files.append(File.generated(config, "gallery.md", content=_gallery()))
    return files


def on_page_markdown(markdown, page, **_):
    """Write formulas between dollar signs as MathML, which needs no script and no other host."""
    if not page.file.src_uri.endswith(".md"):
        return markdown
    parts = re.split(r"(```.*?```|`[^`]*`)", markdown, flags=re.DOTALL)
    return "".join(part if part.startswith("`") else _with_formulas(part) for part in parts)


class Docstrings(griffe.Extension):
    """Writes the formulas of docstrings as MathML, too, and Sphinx's references as code, before they are parsed."""

    def on_object(self, *, obj, **_):
        """Rewrite one docstring."""
        if obj.has_docstring:
            text = obj.docstring.value
            text = re.sub(r"^( *)\.\. math::(.*(?:\n\1 +\S.*)*)", lambda m: _display(m[2]), text, flags=re.MULTILINE)
            text = re.sub(r":math:`([^`]+)`", lambda m: _inline(m[1]), text)
            obj.docstring.value = re.sub(r":(?:class|func|meth|mod):`~?([^`]+)`", r"`\1`", text)

    def on_package(self, *, pkg, **_):
        """Leave out the lists of public names, which the reference itself is."""
        _without_lists(pkg)


def _without_lists(module):
    module.members.pop("__all__", None)
    for inner in module.modules.values():
        if not inner.is_alias:
            _without_lists(inner)


def _pages(notebook):
    """Return a notebook as it was executed: a page, and the pictures on it."""
    page, resources = MarkdownExporter().from_filename(str(notebook))
    page = page.replace('<table border="1" class="dataframe">', "<table>")  # the theme lays out plain tables only
    pictures = {f"{notebook.stem}-{name}": content for name, content in resources["outputs"].items()}
    for name in resources["outputs"]:
        page = page.replace(f"({name})", f"({notebook.stem}-{name})")
    return {f"{notebook.stem}.md": page, **pictures}


def _with_formulas(text):
    text = re.sub(r"\$\$(.+?)\$\$", lambda m: _display(m[1]), text, flags=re.DOTALL)
    return re.sub(r"(?<![\\$])\$([^$]+)\$", lambda m: _inline(m[1]), text)


def _display(latex):
    """Return a formula on its own, scrolling by itself where the window is narrow."""
    return f'<div style="overflow-x: auto">{convert(latex.strip(), display="block")}</div>'


def _inline(latex):
    """Return a formula within a line; a bare <math> that begins a line would end the paragraph."""
    return f"<span>{convert(latex)}</span>"


def _gallery():
    from validation.figures.gallery import GALLERY

    lines = ["# Gallery", "", "Every figure by name; `spinglass figures NAME` makes it with its data.", ""]
    if not any(FIGURES.glob("*.png")):
        lines += ["This site was built without pictures: `make figures docs` builds it with them.", ""]
    for name, entry in GALLERY.items():
        lines += [f"## {name}", ""]
        if (FIGURES / f"{name}.png").is_file():
            lines += [f"![{name}](gallery/{name}.png)", ""]
        lines += [entry.caption, ""]
    return "\n".join(lines)
