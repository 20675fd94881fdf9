"""What the site is built from besides its own pages: the notebooks, the gallery, and formulas as MathML."""

import re
from pathlib import Path

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


def _pages(notebook):
    """Return a notebook as it was executed: a page, and the pictures on it."""
    page, resources = MarkdownExporter().from_filename(str(notebook))
    pictures = {f"{notebook.stem}-{name}": content for name, content in resources["outputs"].items()}
    for name in resources["outputs"]:
        page = page.replace(f"({name})", f"({notebook.stem}-{name})")
    return {f"{notebook.stem}.md": page, **pictures}


def _with_formulas(text):
    text = re.sub(r"\$\$(.+?)\$\$", lambda m: convert(m[1], display="block"), text, flags=re.DOTALL)
    return re.sub(r"(?<![\\$])\$([^$]+)\$", lambda m: convert(m[1]), text)


def _gallery():
    from validation.gallery import GALLERY

    lines = ["# Gallery", "", "Every figure of the project by name; `spinglass figures NAME` makes it with its data.", ""]
    for name, entry in GALLERY.items():
        lines += [f"## {name}", ""]
        if (FIGURES / f"{name}.png").is_file():
            lines += [f"![{name}](gallery/{name}.png)", ""]
        lines += [entry.caption, ""]
    return "\n".join(lines)
