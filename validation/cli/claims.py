"""Commands that test claims, list them, and compare two runs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from validation.cli.paths import path
from validation.cli.tables import Csv, Json, output


def verify(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of the claims to test; default: all.")] = None,
    family: Annotated[str | None, typer.Option(help="Test only the claims of this family.")] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Test only as many claims as fit in this time at effort quick.")
    ] = None,
    effort: Annotated[str, typer.Option(help="quick (minutes), standard (hours) or paper (days).")] = "quick",
    seed: Annotated[int, typer.Option(help="Random seed; the same seed gives the same numbers.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Number of worker processes; default: all cores.")] = None,
    out: Annotated[Path | None, typer.Option(parser=path, help="Output folder for the report and the data.")] = None,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Also test every claim on deliberately wrong code.")
    ] = False,
    claims: Annotated[Path | None, typer.Option(parser=path, help="Python file with your own claims.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the unfinished run in --out.")] = False,
    cluster: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:port, or mpi.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Test the claims of theory by simulation.

    The table has one row per claim and mutant, with the number that is farthest from its prediction; --out has all.
    Exit status: 0 if no identity, theorem or bound disagrees; 1 if one disagrees or a mutant survives; 3 if a claim
    could not be tested because of an error or because there is no estimate; 130 after Ctrl-C.
    """
    from contextlib import ExitStack

    import validation
    from validation.claims import catalogue
    from validation.durations import fitting, forecast
    from validation.engine import executors
    from validation.report import frames
    from validation.report.console import working
    from validation.report.terminal import LiveTable, print_report
    from validation.series import EFFORTS, one_of

    printed = output(as_json, as_csv)
    console = printed.console
    if claims is None and effort == "quick" and not mutants and not resume and cluster is None:
        cores = executors.cores_in_use(workers)
        chosen = catalogue().select(ids or None, family)
        chosen = chosen if minutes is None else fitting(chosen, minutes, cores)
        print(forecast(chosen, cores), file=sys.stderr)
    with ExitStack() as stack:
        executor = stack.enter_context(executors.cluster(cluster)) if cluster is not None else None
        show = None if console.is_terminal else stack.enter_context(working("starting"))
        table = stack.enter_context(LiveTable(console, show))
        report = validation.verify(
            ids or None,
            one_of("effort", effort, EFFORTS),
            seed,
            workers,
            out,
            family=family,
            minutes=minutes,
            claims=claims,
            mutants=mutants,
            watch=table,
            executor=executor,
            resume=resume,
        )
    print_report(console, report)
    printed.table(frames.verdicts(report))
    if out is not None:
        printed.note(f"written to {out}")
        if report.interrupted:
            printed.note("continue with --resume")
    raise typer.Exit(report.exit_status)


def claims(
    name: Annotated[
        str | None, typer.Argument(metavar="[ID|FAMILY]", help="Show this claim in full, or list this family.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--claims", parser=path, help="Python file with your own claims.")
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List all claims or those of one family, or show one claim in full."""
    from validation.catalogue import read_claims
    from validation.claims import catalogue
    from validation.report import frames
    from validation.report.terminal import print_claim, print_claims

    printed = output(as_json, as_csv)
    known = catalogue() if file is None else read_claims(file)
    listed = [claim for claim in known.values() if name in (None, claim.family)]
    recorded = file is None  # runs of claims in a user's file are not recorded
    if listed:
        printed.table(frames.claims(listed, recorded), lambda console: print_claims(console, listed))
    else:
        claim = known[str(name)]
        printed.table(frames.claims([claim], recorded), lambda console: print_claim(console, claim, recorded))


def compare(
    before: Annotated[Path, typer.Argument(parser=path, help="Folder of a run, written by verify --out.")],
    after: Annotated[Path, typer.Argument(parser=path, help="Folder of a later run.")],
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Show the differences between two runs.

    Exit status: 1 if a verdict changed, otherwise 0.
    """
    from validation.report import comparison, frames
    from validation.report.terminal import print_comparison

    printed = output(as_json, as_csv)
    differ, changes = comparison.compare(before, after)
    print_comparison(printed.console, differ, changes)
    printed.table(frames.changes(changes))
    raise typer.Exit(int(any(change.statuses[0] != change.statuses[1] for change in changes)))
