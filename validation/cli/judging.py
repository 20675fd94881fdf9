"""The command that judges a simulation or theory that was written elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from validation.cli.paths import path
from validation.cli.tables import Csv, Json, output

if TYPE_CHECKING:
    import pandas as pd

    from validation.judging.judge import Judgement
    from validation.subjects.subject import Subject


def judge(
    file: Annotated[
        Path | None, typer.Argument(parser=path, help="Python file with functions such as landscape(n, H, seed).")
    ] = None,
    program: Annotated[
        str | None, typer.Option(help="Command of a program that answers JSON requests, one per line.")
    ] = None,
    own: Annotated[bool, typer.Option("--self", help="Judge this project's own code.")] = False,
    order: Annotated[int, typer.Option("--H", help="Order H of the landscapes.")] = 3,
    effort: Annotated[str, typer.Option(help="quick (a minute), standard (an hour) or paper (a day).")] = "quick",
    seed: Annotated[int, typer.Option(help="Random seed; the same seed gives the same numbers.")] = 0,
    time_limit: Annotated[float, typer.Option(help="Seconds that one request may take.")] = 60.0,
    minutes: Annotated[
        float | None, typer.Option(help="Ask nothing after this time; default: 10 at effort quick.")
    ] = None,
    declare: Annotated[
        list[str] | None, typer.Option(help="A convention, such as variance=n/2, radius=1 or gradient=riemannian.")
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Test code that was written elsewhere by the claims of theory, and name what is wrong with it.

    The code offers functions by name (landscape, relax, sample, critical_points, counts, thresholds, relaxation,
    equilibrium, network); each is tested by all claims that concern it. Exit status: 0 if no identity, theorem or bound
    disagrees; 1 if one disagrees; 2 for invalid input; 3 if nothing could be judged; 130 after Ctrl-C.
    """
    from contextlib import ExitStack, closing

    from validation.judging.judge import judge as judge_subject
    from validation.report.console import print_table, working
    from validation.report.terminal import LiveTable, verdict_table
    from validation.series import EFFORTS, one_of

    printed = output(as_json, as_csv)
    console = printed.console
    with ExitStack() as stack:
        subject = stack.enter_context(closing(_subject(file, program, own, time_limit, _declared(declare or []))))
        show = None if console.is_terminal else stack.enter_context(working("starting"))
        table = stack.enter_context(LiveTable(console, show))
        found = judge_subject(
            subject, order, one_of("effort", effort, EFFORTS), seed, minutes=minutes, watch=table, tell=table.show
        )
    if found.report is not None:
        rows = zip(found.report.trials, found.report.all_verdicts, strict=True)
        printed.table(_frame(found), lambda text: print_table(text, verdict_table(rows)))
    for line in _lines(found):
        printed.note(line)
    raise typer.Exit(found.exit_status)


def _subject(
    file: Path | None, program: str | None, own: bool, time_limit: float, declared: dict[str, str]
) -> "Subject":
    from validation.subjects.current import own as own_subject
    from validation.subjects.program import from_file, from_program

    if (file is not None) + (program is not None) + own != 1:
        raise ValueError("give one of: a Python file, --program COMMAND, or --self")
    if own and declared:
        raise ValueError("--declare is for a file or --program; the conventions of this project are known")
    if not time_limit > 0:
        raise ValueError(f"--time-limit must be positive, not {time_limit:g}")
    if own:
        return own_subject()
    if program is not None:
        return from_program(program, time_limit, **declared)
    assert file is not None
    return from_file(file, time_limit, **declared)


def _declared(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for name, equals, _ in pairs:
        if not equals:
            raise ValueError(f"--declare expects name=value, such as variance=n/2; given {name!r}")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _frame(found: "Judgement") -> "pd.DataFrame":
    """Return the verdicts with the names of the mistakes that explain them."""
    from validation.report import frames

    assert found.report is not None
    frame = frames.verdicts(found.report)
    names = {claim_id: " or ".join(one.name for one in known) for claim_id, known in found.explanations.items()}
    return frame.assign(explanation=[names.get(verdict.claim_id, "") for verdict in found.report.all_verdicts])


def _lines(found: "Judgement") -> list[str]:
    """Return what is wrong, and what was not judged, one line each."""
    return [*found.findings, *found.notes, *found.reasons, f"{found.summary} ({found.seconds:.0f} s)"]
