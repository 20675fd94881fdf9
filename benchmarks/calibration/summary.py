"""The verdicts of a calibration as a page of Markdown."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from scipy import stats

from benchmarks import machine
from benchmarks.calibration.judging import Judged, smallest
from benchmarks.calibration.known_laws import with_interval
from validation import Mean, Verdict
from validation.claims import catalogue
from validation.reading import Reading

_ALLOWED = 1e-3  # probability, under right theory, of more disagreements than are called too many
_LEVELS = (0.01, 0.05)
_KEY = """\
Verdicts are counted as agrees / disagrees / undecided. delta/error is the smallest of the measured runs, 4.3 or more by
plan. "As one run" has the claim's p-value, over all of its numbers. The last column tests the p-values of drawn runs by
Kolmogorov and Smirnov: that they are uniform (=), or, for events, ranges, bias bounds, extrapolations and bounded
numbers, whose p-values are discrete or cautious, that small ones are no more frequent than uniform (<=). There, the
p-value of a run is that of the smallest of the claim's series, 1 - (1 - min p)^k; the numbers of one sample that a
Proportion compares may depend on each other, which makes it cautious too. Of all claims, one in twenty is expected
below 0.05."""


def summary(judged: Sequence[Judged], claims: int, mutants: Sequence[Verdict], options: Sequence[str] = ()) -> str:
    """Describe all verdicts on the judged ones of so many claims, and those on mutants, judged with these options."""
    level, runs = sum(catalogue()[one.claim_id].alpha for one in judged), len(judged[0].drawn)
    expected = sum(catalogue()[one.claim_id].alpha * len(one.measured) for one in judged)
    refuted = Counter({one.claim_id: _disagreeing(one.measured) for one in judged})
    pooled = Counter({one.claim_id: _disagreeing([one.pooled]) for one in judged})
    wrong = {run for one in judged for run, verdict in enumerate(one.drawn) if verdict.status == "disagrees"}
    most = int(stats.poisson.ppf(1 - _ALLOWED, runs * level))
    measured = [verdict for one in judged for verdict in one.measured]
    agreed = sum(verdict.status == "agrees" for verdict in measured)
    lines = [
        "# Calibration of the catalogue",
        "",
        f"{len(judged)} of {claims} claims that must hold and could fail by chance, at effort quick, on "
        f"{machine.description()}.",
        f"Written by `{' '.join(['python -m benchmarks.calibration', *options])}`, whose `--help` says what is done.",
        "",
        f"- **{len(measured)} measured verdicts**, of seeds {_range(seed for one in judged for seed in one.seeds)}: "
        f"{refuted.total()} disagree{_named(refuted)}. At most {expected:.2g} are expected. {agreed} agree "
        f"({with_interval(agreed, len(measured))}).",
        *(f"- Their p-values are at most {one:g} in {small_p_values(judged, one)}." for one in _LEVELS),
        f"- **All runs of a claim as one**: {pooled.total()} of {len(judged)} verdicts disagree{_named(pooled)}. "
        f"At most {level:.2g} are expected.",
        f"- **{runs} runs drawn from them**, theory put right: {len(wrong)} with any disagreement. At most "
        f"{runs * level:.2g} are expected, and more than {most} in fewer than one of a thousand calibrations.",
        *_of_mutants(mutants),
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


def small_p_values(judged: Sequence[Judged], level: float) -> str:
    """Return the share of measured p-values that are at most ``level``, with its 95% interval.

    Claims that read the same simulation depend on each other in one run. The number of verdicts is divided by the
    factor by which this increases the variance of the share (the design effect), at least 1.
    """
    low: dict[tuple[str, int], list[bool]] = {}
    for one in judged:
        measure = catalogue()[one.claim_id].measure
        source = measure.simulation.__qualname__ if isinstance(measure, Reading) else one.claim_id
        for seed, verdict in zip(one.seeds, one.measured, strict=True):
            p = smallest(verdict.p_values) if verdict.p_values else verdict.p_value
            low.setdefault((source, seed), []).append(p <= level)
    number, hits = sum(map(len, low.values())), sum(map(sum, low.values()))
    share = hits / number
    spread = sum((sum(group) - share * len(group)) ** 2 for group in low.values())
    effect = max(1.0, spread / (number * share * (1 - share))) if 0 < hits < number else 1.0
    return f"{with_interval(hits / effect, number / effect)} of {number} cases"


def _of_mutants(mutants: Sequence[Verdict]) -> list[str]:
    """Return a line on the mutants, if there are any."""
    if not mutants:
        return []
    counts = Counter(verdict.fate for verdict in mutants)
    alive = [f"{verdict.claim_id}, {verdict.mutant}" for verdict in mutants if verdict.fate in ("survived", "fails")]
    claims = len({verdict.claim_id for verdict in mutants})
    rest = f" Alive: {'; '.join(alive)}." if alive else ""
    fates = ", ".join(f"{number} {fate}" for fate, number in counts.most_common())
    return [f"- **{len(mutants)} mutants** of the {claims} cheapest of these claims, one run: {fates}.{rest}"]


def _range(seeds: Iterable[int]) -> str:
    known = set(seeds)
    return f"{min(known)} to {max(known)}" if len(known) > 1 else str(min(known))


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
