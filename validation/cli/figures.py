"""The command that makes figures."""

from pathlib import Path
from textwrap import fill, indent
from typing import Annotated

import typer

from validation.cli.paths import path


def figures(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names of figures, or first words of names; default: all.")
    ] = None,
    out: Annotated[Path, typer.Option(parser=path, help="Output folder for figures, data (CSV) and captions.")] = Path(
        "figures"
    ),
    formats: Annotated[str, typer.Option("--format", help="pdf, png or svg; several separated by commas.")] = "pdf,png",
    style: Annotated[str, typer.Option(help="Widths and fonts: screen, aps, neurips or thesis.")] = "screen",
    width: Annotated[
        str, typer.Option(help="column or full: width of one column or of the page; own: that which suits the figure.")
    ] = "own",
    seed: Annotated[int, typer.Option(help="Random seed; the same seed gives the same files.")] = 0,
    effort: Annotated[str, typer.Option(help="quick, standard or paper, for figures that support it.")] = "quick",
    data_only: Annotated[bool, typer.Option("--data-only", help="Write only the data and captions.")] = False,
    source: Annotated[
        Path | None, typer.Option("--from", parser=path, help="Draw the figures from the data in this folder.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="List names and captions only.")] = False,
) -> None:
    """Make figures, each with its data and its caption."""
    from validation.figures import gallery
    from validation.report.console import working
    from validation.series import EFFORTS, one_of

    chosen = one_of("effort", effort, EFFORTS)
    wide = one_of("width", width, gallery.WIDTHS)
    kinds = [one_of("format", kind.strip(), gallery.FORMATS) for kind in formats.split(",")]
    for name in gallery.select(names):
        if show:
            print(name, indent(fill(gallery.entry(name, chosen).caption, 100), "    "), sep="\n")
            continue
        with working(f"making {name}"):
            paths = gallery.save(
                name, out, kinds, seed, style, width=wide, effort=chosen, data_only=data_only, source=source
            )
        print("\n".join(map(str, paths)))
