"""The verdicts of a calibration as a page of Markdown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy import stats

from benchmarks import machine
from benchmarks.calibration.judging import Judged, smallest
from validation import Mean, Verdict
from validation.claims import catalogue

_ALLOWED = 1e-3  # probability, under right theory, of more disagreements than are called too many
_KEY = """\
Verdicts are counted as agrees / disagrees / undecided. delta/error is the smallest of the measured runs, 4.3 or more by
plan. "As one run" has the claim's p-value, over all of its numbers. The last column tests the p-values of drawn runs by
Kolmogorov and Smirnov: that they are uniform (=), or, for events, ranges, bias bounds, extrapolations and bounded
numbers, whose p-values are discrete or cautious, that small ones are no more frequent than uniform (<=). There, the
p-value of a run is that of the smallest of the claim's series, 1 - (1 - min p)^k; the numbers of one sample that a
Proportion compares may depend on each other, which makes it cautious too. Of all claims, one in twenty is expected
below 0.05."""


def summary(judged: Sequence[Judged], folders: Sequence[Path]) -> str:
    """Describe all verdicts on claims that were judged in these folders and equally many drawn runs each."""
    level, runs = sum(catalogue()[one.claim_id].alpha for one in judged), len(judged[0].drawn)
    refuted = Counter({one.claim_id: _disagreeing(one.measured) for one in judged})
    pooled = Counter({one.claim_id: _disagreeing([one.pooled]) for one in judged})
    wrong = {run for one in judged for run, verdict in enumerate(one.drawn) if verdict.status == "disagrees"}
    most = int(stats.poisson.ppf(1 - _ALLOWED, runs * level))
    lines = [
        "# Calibration of the catalogue",
        "",
        f"{len(judged)} claims that must hold and could fail by chance, at effort quick, on {machine.description()}.",
        "Written by `python -m benchmarks.calibration`, whose `--help` says what is done.",
        "",
        f"- **{len(folders)} measured runs**, of seeds {', '.join(folder.name for folder in folders)}: "
        f"{refuted.total()} of {sum(len(one.measured) for one in judged)} verdicts disagree{_named(refuted)}. "
        f"At most {len(folders) * level:.2g} are expected.",
        f"- **All of them as one run**: {pooled.total()} of {len(judged)} verdicts disagree{_named(pooled)}. "
        f"At most {level:.2g} are expected.",
        f"- **{runs} runs drawn from them**, theory put right: {len(wrong)} with any disagreement. At most "
        f"{runs * level:.2g} are expected, and more than {most} in fewer than one of a thousand calibrations.",
        "",
        _KEY,
        "",
        "| claim | measured | delta/error | as one run: p | drawn | uniform p |",
        "|---|---|---|---|---|---|",
        *map(line, judged),
    ]
    for few in judged[0].fewer:
        alarms = Counter({one.claim_id: _disagreeing(one.fewer[few]) for one in judged})
        lines += [
            "",
            f"**At most {few} samples a series**, in {runs} runs drawn so: {alarms.total()} of {runs * len(judged)} "
            f"verdicts disagree{_named(alarms)}. At most {runs * level:.2g} are expected.",
        ]
    return "\n".join([*lines, ""])


def line(judged: Judged) -> str:
    """Return a claim's row of the table."""
    estimator = catalogue()[judged.claim_id].estimator
    points = [point for verdict in judged.measured for _, point in verdict.points]
    resolved = [(p.predicted[0] - p.tolerated[0]) / p.standard_error for p in points if p.standard_error]
    exact = isinstance(estimator, Mean) and estimator.between is None and all(p.null[0] == p.null[1] for p in points)
    p = [smallest(verdict.p_values) for verdict in judged.drawn if verdict.p_values]
    uniform = stats.kstest(p, "uniform", alternative="two-sided" if exact else "greater").pvalue if p else np.nan
    return (
        f"| {judged.claim_id} | {_tally(judged.measured)} | {min(resolved, default=np.nan):.1f} "
        f"| {judged.pooled.status}: {judged.pooled.p_value:.2g} | {_tally(judged.drawn)} "
        f"| {'=' if exact else '<='} {uniform:{'.2f' if uniform > 0.01 else '.1g'}} |"
    )


def _tally(verdicts: Sequence[Verdict]) -> str:
    counts = Counter(verdict.status for verdict in verdicts)
    return " / ".join(str(counts[status]) for status in ("agrees", "disagrees", "undecided"))


def _disagreeing(verdicts: Iterable[Verdict]) -> int:
    return sum(verdict.status == "disagrees" for verdict in verdicts)


def _named(counts: "Counter[str]") -> str:
    named = ", ".join(f"{name} {number}" for name, number in (+counts).most_common())
    return f" ({named})" if named else ""
