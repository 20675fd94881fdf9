"""Claims and verdicts in the terminal: live table, report, lists and comparison."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from validation.claim import Claim
from validation.engine.trial import Trial
from validation.report.comparison import Change
from validation.report.console import print_table
from validation.report.formatting import outcome, percents, prediction, verb, with_error
from validation.report.progress import Progress
from validation.report.report import Report
from validation.resolutions import described
from validation.series import EFFORTS, by_effort
from validation.statistics.verdict import Verdict

_COLOURS = {"agrees": "green", "disagrees": "bold red", "undecided": "yellow"}
_COLOURS_OF_FATES = {"killed": "green", "holds": "green", "proves nothing": "yellow"}


def _cells(trial: Trial, verdict: Verdict | None) -> list[RenderableType]:
    name = Text(trial.claim.id) if trial.mutant is None else Text(f"  {trial.mutant_name}", style="dim")
    if verdict is None:
        waiting = trial.samples == 0
        bar = ProgressBar(total=1.0, completed=trial.done, width=16)
        return [name, "", "", "" if waiting else bar, Text("waiting" if waiting else "measuring", style="dim")]
    where, point = verdict.worst or ("", None)
    numbers = (prediction(point), with_error(point.estimate, point.standard_error)) if point else ("–", "–")
    return [name, Text(where), *map(Text, numbers), _outcome(verdict)]


def _outcome(verdict: Verdict) -> Text:
    if verdict.mutant is None:
        return Text(outcome(verdict.status, verdict.resolution), style=_COLOURS[verdict.status])
    return Text(verdict.fate or "", style=_COLOURS_OF_FATES.get(verdict.fate or "", "bold red"))


def verdict_table(rows: Iterable[tuple[Trial, Verdict | None]]) -> Table:
    """Return a table of verdicts; of several compared numbers, it shows the one farthest from its prediction.

    Parameters
    ----------
    rows
        Trials and their verdicts; None for a trial that is not complete.

    Returns
    -------
    rich.table.Table
        The columns are claim, at, predicted, measured and verdict.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("claim", overflow="fold")
    table.add_column("at", min_width=10, overflow="fold")
    table.add_column("predicted", justify="right", no_wrap=True)
    table.add_column("measured", justify="right", no_wrap=True)
    rows = list(rows)
    table.add_column("verdict", no_wrap=True, min_width=max([15, *(len(v.fate or "") for _, v in rows if v)]))
    for trial, verdict in rows:
        table.add_row(*_cells(trial, verdict))
    return table


class LiveTable:
    """A table that shows the progress of a run and its verdicts while claims are measured.

    If the output is not a terminal, one line is printed for each claim that finishes. Use it as a context manager and
    pass it to :func:`validation.verify` as ``watch``.

    Parameters
    ----------
    console
        Where to print.
    show
        Called with the numbers of units done, rate and remaining time as one line after every change, where the
        output is not a terminal. Default None.
    """

    def __init__(self, console: Console, show: Callable[[str], object] | None = None) -> None:
        self.console, self.show = console, show
        self.rows: dict[tuple[str, str | None], tuple[Trial, Verdict | None]] = {}
        self.progress: Progress | None = None
        self._counts: dict[tuple[str, str | None], tuple[int, int, int]] = {}
        self.live = Live(console=console, transient=True, refresh_per_second=8, get_renderable=self._drawing)

    def __enter__(self) -> "LiveTable":
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.live.stop()

    def __call__(self, trial: Trial, verdict: Verdict | None) -> None:
        """Update the row of a trial.

        Parameters
        ----------
        trial
            The trial with the measurements so far.
        verdict
            Its verdict; None if it is not complete.
        """
        key = trial.key
        self.rows[key] = (trial, verdict)
        failed = sum(bool(outcome.errors) for outcome in trial.outcomes)
        self._counts[key] = (len(trial.units), len(trial.outcomes), failed)
        line = self._line()
        if self.console.is_terminal:
            return
        if self.show is not None:
            self.show(line)
        if verdict is not None:
            self.console.print(Text(f"{trial.name}: {_outcome(verdict)} ({trial.seconds:.1f} s)"), soft_wrap=True)

    def _line(self) -> str:
        """Return the progress as one line; `verify` reports every trial once before it measures."""
        total, done, failed = (sum(column) for column in zip(*self._counts.values(), strict=True))
        if self.progress is None or self.progress.total != total:
            self.progress = Progress(total, before=done)
        return self.progress.line(done, failed)

    def _drawing(self) -> RenderableType:
        if not self.rows:
            return ""
        return Group(verdict_table(list(self.rows.values())), Text(self._line(), style="dim"))


def print_report(console: Console, report: Report) -> None:
    """Print the verdicts of a finished run, explanations and a summary.

    Parameters
    ----------
    console
        Where to print.
    report
        The run.
    """
    print_table(console, verdict_table(zip(report.trials, report.all_verdicts, strict=True)))
    unfinished = [trial.claim.id for trial in report.trials if not report.complete(trial)]
    if unfinished:
        console.print(Text(f"interrupted; unfinished: {', '.join(dict.fromkeys(unfinished))}", style="yellow"))
    for trial, verdict in zip(report.trials, report.all_verdicts, strict=True):
        note = _note(report, verdict) if report.complete(trial) else ""
        if note:
            console.print(Text(note))
    if report.left_out:
        console.print(Text(f"not tested: {', '.join(report.left_out)}; run without --minutes to test all claims"))
    seconds = f"{report.seconds:.0f} s, effort {report.effort}, seed {report.seed}"
    console.print(Text(f"{report.summary} ({seconds})", style="bold"))


def _note(report: Report, verdict: Verdict) -> str:
    if verdict.fate in ("killed", "holds") or (verdict.mutant is None and verdict.status == "agrees"):
        return ""
    claim = report.catalogue[verdict.claim_id]
    if verdict.fate == "proves nothing":
        return (
            f"{verdict.claim_id} {verb(verdict.status)} both with the correct code and with mutant {verdict.mutant!r}."
        )
    who = verdict.claim_id if verdict.mutant is None else f"{verdict.claim_id}, mutant {verdict.mutant!r},"
    parts = [f"{who} {verb(verdict.status)}"]
    if verdict.status == "disagrees":
        parts.append(f"p = {verdict.p_value:.1e}, error level {verdict.alpha:.1e}")
    if not claim.decides:
        parts.append(f"its kind is {claim.kind!r}, so the run does not fail")
    if verdict.reason:
        parts.append(verdict.reason)
    if verdict.needed:
        parts.append(f"about {verdict.needed} samples per series would decide it")
    return "; ".join(parts) + "."


def print_claims(console: Console, claims: Iterable[Claim]) -> None:
    """Print a list of claims: id and kind on one line, the statement below.

    Parameters
    ----------
    console
        Where to print.
    claims
        The claims.
    """
    for claim in claims:
        console.print(Text.assemble((claim.id, "bold"), (f"  {claim.kind}", "dim")))
        console.print(Padding(Text(claim.statement), (0, 0, 0, 4), expand=False))


def print_claim(console: Console, claim: Claim, recorded: bool) -> None:
    """Print all details of one claim.

    Parameters
    ----------
    console
        Where to print.
    claim
        The claim.
    recorded
        Whether the project records what runs of the claim have reached.
    """
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    deltas, biases = by_effort("delta", claim.delta), by_effort("bias", claim.bias)
    resolution = "up to rounding" if claim.deterministic else f"relative deviations of {percents(deltas)}"
    bias = f"{percents(biases)}: {claim.bias_reason}" if claim.bias_reason else "none: the prediction is exact"
    rows = {
        "kind": claim.kind + ("" if claim.decides else " (does not decide the exit status)"),
        "statement": claim.statement,
        "formula": claim.formula,
        "source": claim.source,
        "measured": claim.measured,
        "resolution": resolution,
        **({"reached": described(claim)} if recorded and described(claim) else {}),
        "bias": bias,
        "error level": "none: the result does not depend on chance" if claim.deterministic else f"{claim.alpha:.1e}",
    }
    for name, text in rows.items():
        grid.add_row(name, Text(text))
    for effort in EFFORTS:
        runs = [
            f"{series.samples} samples" + f" at {series.label}" * bool(series.label) for series in claim.sizes[effort]
        ]
        grid.add_row(effort, Text("; ".join(runs)))
    for mutant in claim.mutants:
        grid.add_row("control" if mutant.control else "mutant", Text(f"{mutant.name}: {mutant.statement}"))
    console.print(Text(claim.id, style="bold underline"))
    print_table(console, grid)


def print_comparison(console: Console, differ: Mapping[str, tuple[Any, Any]], changes: Sequence[Change]) -> None:
    """Print the differences between two runs.

    Parameters
    ----------
    console
        Where to print.
    differ
        Effort, seed and versions, before and after, if they differ.
    changes
        The claims and mutants of both runs.
    """
    for name, (before, after) in differ.items():
        if isinstance(before, dict) and isinstance(after, dict):
            names = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
            before, after = ({key: side.get(key) for key in names} for side in (before, after))
        console.print(Text(f"{name}: {before} before, {after} after"), soft_wrap=True)
    moved = [change for change in changes if not change.same]
    if moved:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for heading in ("claim", "before", "after", "largest change at"):
            table.add_column(heading, no_wrap=heading in ("before", "after"))
        table.add_column("change (s.e.)", justify="right", no_wrap=True)
        for change in moved:
            colours = [_COLOURS.get(status, "dim") for status in change.statuses]
            statuses = [Text(status, style=style) for status, style in zip(change.outcomes, colours, strict=True)]
            where, shift = change.largest_shift or ("", math.nan)
            table.add_row(Text(change.name), *statuses, Text(where), "–" if math.isnan(shift) else f"{shift:+.1f}")
        print_table(console, table)
        if "seed" not in differ and any(change.shifts for change in moved):
            console.print(
                Text("The seeds are equal: s.e. is that of two independent runs and overstates the error of a change."),
                soft_wrap=True,
            )
    verdicts = sum(change.statuses[0] != change.statuses[1] for change in changes)
    same = len(changes) - len(moved)
    summary = f"{verdicts} of {len(changes)} verdicts changed; {same} are equal to the last bit"
    console.print(Text(summary, style="bold"))
