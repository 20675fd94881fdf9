"""The page of all figures, each drawn while the documentation is built."""

import os
from pathlib import Path

from validation.figures.gallery import GALLERY, save, select

_HEAD = """# Gallery

All figures of the project, with their captions. `spinglass figures NAME` draws one and writes its data; see
[Make figures for a paper](figures-for-papers.md).

"""


def write_gallery(folder: Path, pictures: Path) -> None:
    """Write ``gallery.md`` into ``folder``, and draw the figures that are not yet in ``pictures``.

    The environment variable ``SPINGLASS_GALLERY`` restricts the page to some figures, for example
    ``SPINGLASS_GALLERY=counts-to-complexity``; several names are separated by spaces.
    """
    names = select(os.environ.get("SPINGLASS_GALLERY", "").split() or None)
    for name in names:
        if not (pictures / f"{name}.png").is_file():
            save(name, pictures, formats=("png",))
    sources = {name: Path(os.path.relpath(pictures / f"{name}.png", folder)).as_posix() for name in names}
    cards = "\n".join(
        f":::{{grid-item-card}} {name}\n:img-top: {source}\n:img-alt: {name}\n:link: figure-{name}\n:link-type: ref\n:::"
        for name, source in sources.items()
    )
    grid = f"::::{{grid}} 1 2 3 3\n:gutter: 2\n\n{cards}\n::::\n\n"
    sections = [
        f"(figure-{name})=\n\n## {name}\n\n```{{image}} {source}\n:alt: {name}\n```\n\n{GALLERY[name].caption}\n"
        for name, source in sources.items()
    ]
    (folder / "gallery.md").write_text(_HEAD + grid + "\n".join(sections), encoding="utf-8")
