"""Check at a claim's own effort that a theory which is wrong by three delta is rejected.

Measures the claims of the catalogue with the given IDs, and judges the same numbers three times: with the prediction,
and with predictions that are larger and smaller by three times the delta of the effort. The two must disagree, because
a theory at this distance is to be detected almost surely. With --out the run is saved, and a finished one is read. The
exit status is 1 if a wrong theory is not rejected, or the claim itself does not agree.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.table import Table

from validation import Report, verify
from validation.engine.judgement import judge
from validation.engine.trial import Trial
from validation.report.console import print_table, terminal
from validation.report.formatting import outcome
from validation.series import EFFORTS, Between
from validation.statistics.verdict import Verdict

STEPS = 3.0  # of delta


def shifted(trial: Trial, deltas: float) -> Trial:
    """Return a trial of the same measurements whose predictions are larger by this number of deltas."""

    def moved(given: Between) -> Between:
        by = deltas * trial.delta * given.reference
        return Between(np.asarray(given.low) + by, np.asarray(given.high) + by, given.reference)

    outcomes = (
        one if one.prediction is None else replace(one, prediction=moved(one.prediction)) for one in trial.outcomes
    )
    return replace(trial, outcomes=tuple(outcomes))


def judged(report: Report) -> list[tuple[Verdict, Verdict, Verdict]]:
    """Return, for every claim of a run whose result depends on chance, its verdict and those on the wrong theories.

    Parameters
    ----------
    report
        A run of claims without mutants.

    Returns
    -------
    list of tuple of Verdict
        The verdicts with the prediction, with a larger one, and with a smaller one.
    """
    return [
        (verdict, judge(shifted(trial, STEPS), report.root), judge(shifted(trial, -STEPS), report.root))
        for trial, verdict in zip(report.trials, report.all_verdicts, strict=True)
        if not trial.claim.deterministic
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the claims, print a table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shifted_theory", description=__doc__)
    parser.add_argument("ids", nargs="+", metavar="ID", help="id of a claim, such as circle/mean-count")
    parser.add_argument("--effort", choices=EFFORTS, default="standard", help="default: standard")
    parser.add_argument("--workers", type=int, help="number of worker processes; default: all cores")
    parser.add_argument("--out", type=Path, help="folder of the run")
    asked = parser.parse_args(arguments)
    finished = asked.out is not None and asked.out.exists()
    try:
        report = verify(asked.ids, asked.effort, workers=asked.workers, out=asked.out, resume=finished)
    except ValueError as error:
        parser.error(str(error))
    table = Table(
        "claim", "delta", "theory", "larger by 3 delta", "smaller by 3 delta", box=SIMPLE_HEAD, pad_edge=False
    )
    rows = judged(report)
    for right, larger, smaller in rows:
        delta = f"{100 * report.catalogue[right.claim_id].at(report.effort).delta:.3g}%"
        table.add_row(right.claim_id, delta, outcome(right.status, right.resolution), larger.status, smaller.status)
    print_table(terminal(), table)
    sound = all(
        right.status == "agrees" and {larger.status, smaller.status} == {"disagrees"} for right, larger, smaller in rows
    )
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
