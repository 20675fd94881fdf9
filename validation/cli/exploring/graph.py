"""The command that shows one landscape as a graph: tables, a figure and a page."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from validation.cli.exploring.explore import MAX_PATHS, Paths
from validation.cli.models import ChosenModel, Mixture, Orders, read_model
from validation.cli.paths import path
from validation.cli.tables import Csv, Json, output

if TYPE_CHECKING:
    from spinglass import SphericalSpinGlass
    from spinglass.critical_points import Basins, LandscapeGraph


def graph(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 10,
    H: Orders = None,
    mixture: Mixture = None,
    seed: Annotated[int, typer.Option(help="Random seed of the couplings and the starts.")] = 0,
    starts: Annotated[int, typer.Option(help="Gradient flows from uniform points, for the volumes of basins.")] = 1000,
    max_paths: Paths = MAX_PATHS,
    out: Annotated[
        Path | None, typer.Option(parser=path, help="Output folder for the disconnectivity graph and the tables.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            parser=path,
            metavar="FILE",
            help="Page that shows the landscape in a browser, without a server: choose a saddle and see the minima "
            "that it joins and the path between them.",
        ),
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Show which minima are connected by which saddles.

    The landscape as a graph: minima, the saddles that connect them, energy barriers and basins of attraction. The table
    shows the minima. Exit status: 1 if a gradient flow did not settle at a minimum, 130 after Ctrl-C, otherwise 0.
    """
    from validation.cli.exploring.landscape_tables import minima, print_minima
    from validation.figures import gallery
    from validation.report.files import prepare, prepare_file

    printed, model = output(as_json, as_csv), read_model(H, mixture)
    if starts < 1:
        raise ValueError(f"starts must be at least 1, not {starts}")
    if out is not None:
        prepare(out)
    if html is not None:
        if html.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"--html writes a page for a browser: give a name that ends in .html, not {str(html)!r}")
        prepare_file(html)
    joined = _enumerated(model.glass(n, seed), max_paths)
    printed.note(f"n = {n}, {model.text}, seed {seed}\n{joined!r}")
    basins = _with_basins(joined, starts, seed, out)
    printed.note(basins)
    printed.table(minima(basins), lambda console: print_minima(console, basins))
    if out is not None:
        printed.note("\n".join(map(str, gallery.save_graph(basins, model.text, out))))
    if html is not None:
        chosen = ["--mixture", mixture] if mixture is not None else ["--H", H if H is not None else "3"]
        words = ["spinglass", "graph", "--n", str(n), *chosen, "--seed", str(seed), "--starts", str(starts)]
        _write_page(basins, model, f"n = {n}, {model.text}, seed {seed}", [*words, "--html", html.name], html)
        printed.note(html)
    raise typer.Exit(0 if joined.settled.all() and not basins.unsettled else 1)


def _enumerated(glass: "SphericalSpinGlass", max_paths: int) -> "LandscapeGraph":
    """Find all critical points and the minima that each saddle joins."""
    from spinglass import critical_points
    from spinglass.critical_points.graph import landscape_graph
    from validation.report.console import working
    from validation.report.progress import TimeLeft

    with working("enumerating") as show:
        left = TimeLeft()

        def tell(p: critical_points.Progress) -> None:
            show(f"enumerating: {p.done} of {p.paths} paths{left.text(p.done / p.paths)}")

        every = critical_points.enumerate_critical_points(glass, callback=tell, max_paths=max_paths)
        show("descending from the saddles")
        return landscape_graph(every)


def _with_basins(joined: "LandscapeGraph", starts: int, seed: int, out: Path | None) -> "Basins":
    """Measure the basins; after Ctrl-C the saddles, which are known already, are written."""
    from spinglass.critical_points.basins import basin_volumes
    from validation.engine.run_folder import write_whole
    from validation.report.console import working

    with working(f"gradient flow from {starts} uniform starts"):
        try:
            return basin_volumes(joined, starts, seed)
        except KeyboardInterrupt:
            if out is not None:
                write_whole(out / "saddles.csv", joined.to_frame().to_csv().encode())
            raise


def _write_page(basins: "Basins", model: ChosenModel, title: str, command: list[str], file: Path) -> None:
    """Write the page of the landscape."""
    from validation.engine.run_folder import write_whole
    from validation.report.console import working
    from validation.report.one_landscape import landscape_page

    with working("writing the page"):
        write_whole(file, landscape_page(basins, model.H, title, shlex.join(command)).encode())
