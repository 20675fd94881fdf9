"""The page of all figures, each drawn while the documentation is built."""

from pathlib import Path

from validation.gallery import GALLERY, save

_HEAD = """# Gallery

Every figure that the project makes, with its caption. `spinglass figures NAME` makes one with its data; see
[figures for papers](figures-for-papers.md).

"""


def write_gallery(folder: Path) -> None:
    """Write ``gallery.md`` and the pictures that are not there yet."""
    pictures = folder / "gallery"
    for name in GALLERY:
        if not (pictures / f"{name}.png").is_file():
            save(name, pictures, formats=("png",))
    cards = "\n".join(
        f":::{{grid-item-card}} {name}\n:img-top: gallery/{name}.png\n:link: figure-{name}\n:link-type: ref\n:::"
        for name in GALLERY
    )
    grid = f"::::{{grid}} 1 2 3 3\n:gutter: 2\n\n{cards}\n::::\n\n"
    sections = [
        f"(figure-{name})=\n\n## {name}\n\n```{{image}} gallery/{name}.png\n:alt: {name}\n```\n\n{entry.caption}\n"
        for name, entry in GALLERY.items()
    ]
    (folder / "gallery.md").write_text(_HEAD + grid + "\n".join(sections), encoding="utf-8")
