"""Commands about claims: check them, list them, compare two runs."""

from pathlib import Path
from typing import Annotated

import typer

from validation.cli.paths import path


def verify(
    ids: Annotated[list[str] | None, typer.Argument(help="Claims to check; all by default.")] = None,
    family: Annotated[str | None, typer.Option(help="Only the claims of this family.")] = None,
    effort: Annotated[str, typer.Option(help="quick (minutes), standard (hours) or paper (days).")] = "quick",
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Processes; all cores by default.")] = None,
    out: Annotated[Path | None, typer.Option(parser=path, help="Folder for the report and the data.")] = None,
    mutants: Annotated[bool, typer.Option("--mutants", help="Run every claim on wrong code, too.")] = False,
    claims: Annotated[Path | None, typer.Option(parser=path, help="A Python file with claims of your own.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the unfinished run in --out.")] = False,
    cluster: Annotated[str | None, typer.Option(help="Run on a Dask scheduler, tcp://host:port, or mpi.")] = None,
) -> None:
    """Check the claims of theory against simulation.

    The exit status is 0 if nothing speaks against theory, 1 if a deciding claim disagrees or a mutant survives, 3 if a
    claim cannot be judged as something raised or gave no estimate, 130 after Ctrl-C.
    """
    from contextlib import ExitStack

    import validation
    from validation.engine import executors
    from validation.report.console import terminal
    from validation.report.terminal import LiveTable, print_report
    from validation.series import EFFORTS, one_of

    console = terminal()
    with ExitStack() as stack:
        executor = stack.enter_context(executors.cluster(cluster)) if cluster is not None else None
        table = stack.enter_context(LiveTable(console))
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
            executor=executor,
            resume=resume,
        )
    print_report(console, report)
    if out is not None:
        print(f"written to {out}")
    raise typer.Exit(report.exit_status)


def claims(
    name: Annotated[str | None, typer.Argument(metavar="[ID|FAMILY]", help="One claim in full, or a family.")] = None,
    file: Annotated[
        Path | None, typer.Option("--claims", parser=path, help="A Python file with claims of your own.")
    ] = None,
) -> None:
    """List the claims, those of a family, or show one in full."""
    from validation.catalogue import read_claims
    from validation.claims import catalogue
    from validation.report.console import terminal
    from validation.report.terminal import print_claim, print_claims

    known = catalogue() if file is None else read_claims(file)
    listed = [claim for claim in known.values() if name in (None, claim.family)]
    if listed:
        print_claims(terminal(), listed)
    else:
        print_claim(terminal(), known[str(name)])


def compare(
    before: Annotated[Path, typer.Argument(parser=path, help="Folder of a run, as verify --out wrote it.")],
    after: Annotated[Path, typer.Argument(parser=path, help="Folder of a later one.")],
) -> None:
    """Show what changed between two runs.

    The exit status is 1 if a verdict did.
    """
    from validation.report import comparison
    from validation.report.console import terminal
    from validation.report.terminal import print_comparison

    differ, changes = comparison.compare(before, after)
    print_comparison(terminal(), differ, changes)
    raise typer.Exit(int(any(change.statuses[0] != change.statuses[1] for change in changes)))
