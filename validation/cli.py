"""The command line, one function a command of ``spinglass``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="spinglass",
    help="Spin-glass landscapes: simulate them, and hold what comes out against theory.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Orders = Annotated[list[int], typer.Option("--H", help="Interaction order; give it again for more rows.")]


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Take the options that all commands share; ``main`` reads them itself."""


@app.command()
def verify(
    ids: Annotated[list[str] | None, typer.Argument(help="Claims to check; all by default.")] = None,
    family: Annotated[str | None, typer.Option(help="Only the claims of this family.")] = None,
    effort: Annotated[str, typer.Option(help="quick (minutes), standard, or paper (a day).")] = "quick",
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Processes; all cores by default.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the report and the data.")] = None,
    mutants: Annotated[bool, typer.Option("--mutants", help="Run every claim on wrong code, too.")] = False,
    claims: Annotated[Path | None, typer.Option(help="A Python file with claims of your own.")] = None,
) -> None:
    """Check the claims of theory against simulation; the exit status is 1 if one is refuted."""
    from rich.console import Console

    import validation
    from validation.claim import EFFORTS, one_of
    from validation.terminal import LiveTable, print_report

    console = Console()
    with LiveTable(console) as table:
        report = validation.verify(
            ids or None,
            one_of("effort", effort, EFFORTS),
            seed,
            workers,
            out,
            family=family,
            claims=claims,
            mutants=mutants,
            watch=table,
        )
    print_report(console, report)
    if out is not None:
        console.print(f"written to {out}", highlight=False, soft_wrap=True)
    raise typer.Exit(report.exit_status)


@app.command()
def claims(
    claim_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One claim, in full.")] = None,
    file: Annotated[Path | None, typer.Option("--claims", help="A Python file with claims of your own.")] = None,
) -> None:
    """List the claims, or show one in full."""
    from rich.console import Console

    from validation.catalogue import read_claims
    from validation.claims import catalogue
    from validation.terminal import print_claim, print_claims

    known = catalogue() if file is None else read_claims(file)
    if claim_id is None:
        print_claims(Console(), known)
    else:
        print_claim(Console(), known[claim_id])


@app.command()
def descend(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 100,
    H: Annotated[int, typer.Option("--H", help="Interaction order.")] = 3,
    starts: Annotated[int, typer.Option(help="Descents, from uniform random points.")] = 64,
    seed: Annotated[int, typer.Option(help="Fixes the couplings and the starts.")] = 0,
    method: Annotated[str, typer.Option(help="lbfgs, cg, gradient, sgd or newton.")] = "lbfgs",
    dtype: Annotated[str, typer.Option(help="float64, or float32 for half the memory, with --tol 1e-5.")] = "float64",
    tol: Annotated[float, typer.Option(help="On the gradient norm divided by sqrt(n).")] = 1e-8,
    out: Annotated[Path | None, typer.Option(help="Parquet file, one row per start.")] = None,
) -> None:
    """Descend one random landscape from many starts."""
    from rich.console import Console

    from spinglass import SphericalSpinGlass, sphere
    from spinglass import descend as run
    from spinglass.couplings import check_dtype
    from spinglass.descent import DescentInterrupted
    from validation.archive import prepare_file

    if starts < 1:
        raise ValueError(f"starts must be at least 1, not {starts}")
    if out is not None:
        prepare_file(out)
    glass = SphericalSpinGlass.pure(n, H, seed, check_dtype(dtype))
    interrupted = False
    with Console(stderr=True).status("descending") as status:
        try:
            found = run(
                glass,
                sphere.random_points(n, starts, seed),
                method=method,
                tol=tol,
                callback=lambda p: status.update(f"descending: step {p.iteration}, {p.active} starts under way"),
            )
        except DescentInterrupted as error:
            found, interrupted = error.found, True
    print(f"{glass!r}, seed {seed}\n{found!r}")
    if out is not None:
        found.to_frame().to_parquet(out)
        print(f"{len(found)} rows written to {out}")
    raise typer.Exit(130 if interrupted else 0)


@app.command("enumerate")
def enumerate_samples(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 8,
    H: Annotated[int, typer.Option("--H", help="Interaction order.")] = 3,
    samples: Annotated[int, typer.Option(help="Independent landscapes.")] = 1,
    seed: Annotated[int, typer.Option(help="Fixes the couplings of every sample.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Parquet file, one row per critical point.")] = None,
) -> None:
    """Find every critical point, with certificates; the exit status is 1 if a sample is not complete."""
    from rich.console import Console

    from spinglass.critical_points import Progress
    from validation.archive import prepare_file
    from validation.landscape_tables import print_survey
    from validation.survey import survey

    if out is not None:
        prepare_file(out)
    with Console(stderr=True).status("enumerating") as status:

        def tell(sample: int, points: int, progress: Progress | None) -> None:
            paths = f", {progress.done} of {progress.paths} paths" if progress else ""
            status.update(f"sample {sample + 1} of {samples}{paths}; {points} critical points so far")

        found = survey(n, H, samples, seed, tell)
    print_survey(Console(), found, seed)
    if out is not None and found.finished:
        found.points.to_parquet(out, index=False)
        print(f"{len(found.points)} rows written to {out}")
    raise typer.Exit(130 if found.finished < samples else int(bool(found.failures)))


@app.command()
def graph(
    n: Annotated[int, typer.Option("--n", help="Number of spins.")] = 10,
    H: Annotated[int, typer.Option("--H", help="Interaction order.")] = 3,
    seed: Annotated[int, typer.Option(help="Fixes the couplings and the starts.")] = 0,
    starts: Annotated[int, typer.Option(help="Gradient flows from uniform points, for basin volumes.")] = 1000,
    out: Annotated[Path | None, typer.Option(help="Folder for the disconnectivity graph and the tables.")] = None,
) -> None:
    """Show one landscape as a graph: minima, the saddles that join them, barriers and basins."""
    from rich.console import Console

    from spinglass import SphericalSpinGlass, critical_points
    from spinglass.critical_points.basins import basin_volumes
    from spinglass.critical_points.graph import landscape_graph
    from validation import gallery
    from validation.archive import prepare
    from validation.landscape_tables import print_minima

    if starts < 1:
        raise ValueError(f"starts must be at least 1, not {starts}")
    if out is not None:
        prepare(out)
    glass = SphericalSpinGlass.pure(n, H, seed)
    with Console(stderr=True).status("enumerating") as status:
        every = critical_points.enumerate_critical_points(
            glass, callback=lambda p: status.update(f"enumerating: {p.done} of {p.paths} paths")
        )
        status.update("descending from the saddles")
        joined = landscape_graph(every)
        print(f"{glass!r}, seed {seed}\n{joined!r}")
        status.update(f"flowing down from {starts} uniform starts")
        try:
            basins = basin_volumes(joined, starts, seed)
        except KeyboardInterrupt:
            if out is not None:
                joined.to_frame().to_csv(out / "saddles.csv")
            raise
    print(basins)
    print_minima(Console(), basins)
    if out is not None:
        print("\n".join(map(str, gallery.save_graph(basins, H, out))))
    raise typer.Exit(0 if joined.settled.all() and not basins.unsettled else 1)


@app.command()
def thresholds(
    H: Orders = [3],  # noqa: B006  typer reads it, nothing writes it
    k: Annotated[int, typer.Option("--k", help="Thresholds E_0 to E_k.")] = 2,
) -> None:
    """Print the energies per spin that organise the landscape of the pure model, as -E."""
    from rich.console import Console
    from rich.table import Table

    if k < 0:
        raise ValueError(f"k must be at least 0, not {k}; k = 0 is the ground state's threshold")
    import theory

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("H", "E_inf", "", *(f"E_{i}" for i in range(k + 1))):
        table.add_column(name, justify="right")
    for order in H:
        exact = theory.E_inf(order)
        values = [float(exact), *(float(theory.E_k(order, i)) for i in range(k + 1))]
        table.add_row(str(order), f"{values[0]:.8f}", f"= {exact}", *(f"{value:.8f}" for value in values[1:]))
    Console().print(table)


@app.command()
def figures(
    names: Annotated[list[str] | None, typer.Argument(help="Figures to make, or first words; all by default.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for figures, their data as CSV, and captions.")] = Path("figures"),
    formats: Annotated[str, typer.Option("--format", help="Any of pdf, png, svg, with commas.")] = "pdf,png",
    style: Annotated[str, typer.Option(help="Width and fonts: screen, aps, neurips or thesis.")] = "screen",
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 0,
    data_only: Annotated[bool, typer.Option("--data-only", help="Only write the tables and captions.")] = False,
    source: Annotated[Path | None, typer.Option("--from", help="Draw the tables saved in this folder again.")] = None,
    show: Annotated[bool, typer.Option("--list", help="Only list names and captions.")] = False,
) -> None:
    """Make the project's figures, with the data and the caption beside each."""
    from rich.console import Console

    from validation import gallery

    console = Console(stderr=True)
    for name in gallery.select(names):
        if show:
            print(f"{name}: {gallery.entry(name).caption}")
            continue
        with console.status(f"making {name}"):
            paths = gallery.save(name, out, formats.split(","), seed, style, data_only=data_only, source=source)
        print("\n".join(map(str, paths)))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status: one line for an error, a traceback only with ``--debug``."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    debug = "--debug" in given
    ordered = ["--debug"] * debug + [argument for argument in given if argument != "--debug"]
    try:
        return int(app(ordered, standalone_mode=False) or 0)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except Exception as error:
        if debug:
            raise
        print(f"spinglass: error: {_one_line(error)}", file=sys.stderr)
        return 2 if _is_bad_input(error) else 70


def _is_bad_input(error: Exception) -> bool:
    return isinstance(error, (ValueError, OSError)) or getattr(error, "exit_code", None) == 2


def _one_line(error: Exception) -> str:
    if hasattr(error, "format_message"):
        return " ".join(error.format_message().split())
    text = " ".join(str(error).split())
    return text if _is_bad_input(error) else f"{type(error).__name__}: {text} (--debug shows where)"
