"""The command that makes figures."""

import sys
from pathlib import Path
from textwrap import fill, indent
from typing import TYPE_CHECKING, Annotated

import typer

from validation.cli.paths import path
from validation.cli.tables import Csv, Json, output

if TYPE_CHECKING:
    import pandas as pd

    from validation.series import Effort


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
    data: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            help="Train the networks of the choromanska figures on these images: a folder of MNIST's IDX or Parquet "
            "files, or an npz file.",
        ),
    ] = None,
    side: Annotated[
        int | None,
        typer.Option(help="Pixels along each side, to which images of --data are averaged; default: 10."),
    ] = None,
    only_list: Annotated[
        bool, typer.Option("--list", help="List names, costs in seconds of computing, and captions only.")
    ] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Make figures, each with its data and its caption.

    --json and --csv print the list or, without --list, the names of the files.
    """
    import pandas as pd

    from spinglass.networks.data import mnist
    from validation.figures import gallery
    from validation.report.console import working
    from validation.report.progress import TimeLeft
    from validation.series import EFFORTS, one_of

    printed = output(as_json, as_csv)
    chosen = one_of("effort", effort, EFFORTS)
    wide = one_of("width", width, gallery.WIDTHS)
    kinds = [one_of("format", kind.strip(), gallery.FORMATS) for kind in formats.split(",")]
    selected = gallery.select(names)
    if data is not None and source is not None:
        raise ValueError("--from draws saved tables and trains nothing, so it cannot be combined with --data")
    if source is not None and (seed != 0 or chosen != "quick"):
        raise ValueError(
            f"--from draws saved tables, so --seed and --effort would do nothing; given seed {seed}, effort {chosen}: "
            "leave them out, or leave out --from"
        )
    if chosen != "quick" and all(gallery.GALLERY[name].at is None for name in selected):
        several = ", ".join(name for name, entry in gallery.GALLERY.items() if entry.at is not None)
        raise ValueError(f"no figure chosen has the effort {chosen!r}; --effort applies to {several}")
    if side is not None and (data is None or side < 1):
        raise ValueError(f"--side must be at least 1 and applies to --data only; given {side}")
    images = None if data is None else mnist(data, side or 10)
    fitting: list[str] = []
    if images is not None:
        fitting = [name for name in selected if gallery.GALLERY[name].on is not None]
        if not fitting:
            gallery.entry(selected[0], chosen, images)  # raises an error that names the figures that use images
        print(f"{images}; {images.source}", file=sys.stderr)
    if only_list:
        listed = _listed(selected, chosen)
        printed.table(listed, lambda _: _print_list(listed))
        return
    if len(selected) > 1 and source is None:
        _announce(selected, chosen)
    files: list[tuple[str, str]] = []
    with working("starting") as show:
        left, costs = TimeLeft(), _costs(selected, chosen, drawn_again=source is not None)
        for number, name in enumerate(selected):
            done = sum(costs[:number]) / sum(costs)
            show(f"making {name}, figure {number + 1} of {len(selected)}{left.text(done)}")
            paths = gallery.save(
                name,
                out,
                kinds,
                seed,
                style,
                width=wide,
                effort=chosen,
                data_only=data_only,
                source=source,
                data=images if name in fitting else None,
            )
            if printed.form == "text":
                print("\n".join(map(str, paths)))
            files += [(name, str(path)) for path in paths]
    printed.table(pd.DataFrame(files, columns=["figure", "file"]))


def _listed(names: list[str], effort: "Effort") -> "pd.DataFrame":
    """Return names, costs and captions."""
    import pandas as pd

    from validation.figures import gallery

    entries = [gallery.entry(name, effort) for name in names]
    columns = {"figure": names, "seconds": [e.seconds for e in entries], "caption": [e.caption for e in entries]}
    return pd.DataFrame(columns)


def _print_list(listed: "pd.DataFrame") -> None:
    import pandas as pd

    from validation.report.progress import duration

    for name, seconds, caption in listed.itertuples(index=False, name=None):
        cost = "cost not measured" if pd.isna(seconds) else f"about {duration(max(seconds, 1))} on one core"
        print(f"{name} ({cost})", indent(fill(caption, 100), "    "), sep="\n")


def _announce(names: list[str], effort: "Effort") -> None:
    """Tell on standard error, before several figures are made, how long they take."""
    from validation.figures import gallery
    from validation.report.progress import duration

    seconds = [gallery.entry(name, effort).seconds for name in names]
    measured = sum(cost for cost in seconds if cost is not None)
    missing = seconds.count(None)
    left_out = f", without {missing} whose cost was not measured" if missing else ""
    cost = f"about {duration(max(measured, 1))} on one core{left_out}" if missing < len(names) else "not measured"
    print(f"{len(names)} figures; cost: {cost}", file=sys.stderr)


def _costs(names: list[str], effort: "Effort", drawn_again: bool) -> list[float]:
    """Return the relative costs of the figures, or equal ones if a cost is not known."""
    from validation.figures import gallery

    costs = [gallery.entry(name, effort).seconds for name in names]
    known = [cost for cost in costs if cost is not None]
    return [1.0] * len(names) if drawn_again or len(known) < len(names) else known
