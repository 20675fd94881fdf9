"""Does the catalogue keep its error level? Its claims judged again and again at effort quick, on other seeds.

Those are judged that must hold and could fail by chance: identities, theorems and bounds on random samples.

``python -m benchmarks.calibration --minutes 60`` goes on from where it was left: it judges the claim that has had the
least time so far at its next seed, so that cheap claims come to ``--runs`` verdicts first, appends the verdict to
``benchmarks/calibration.jsonl``, and sums all up in ``benchmarks/calibration.md``. A claim's verdict does not depend on
which others are judged with it, so that the verdicts of all claims at one seed are one run of the catalogue. 200 runs
of the whole catalogue take about a day of one core. With right theory 2 of 200 are expected to show any disagreement,
and more than 8 have probability 2e-4. Verdicts of a claim whose sizes or resolution have changed since are kept, and
left out of the sum.

``--samples 30`` draws at most so many samples a series, and shows how far the tests may be trusted with few: skewed
numbers about critical points, for which the catalogue takes hundreds of samples, disagree far too often there.
"""

import argparse
import json
import time
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from scipy import stats

from benchmarks import machine
from validation import Claim, Mean, Report, Series, verify
from validation.claims import catalogue

RECORD = Path(__file__).with_name("calibration.jsonl")
OUTPUT = Path(__file__).with_name("calibration.md")
FIRST_SEED = 10_000  # far from the seeds that sizes were chosen with
_DECIDING = ("identity", "theorem", "bound")
_ALLOWED = 1e-3  # probability, under right theory, of more disagreements than are called too many


def digest(claim: Claim) -> int:
    """Return a number that changes with what a verdict of this claim rests on, but for the code."""
    return zlib.crc32(repr((claim.id, claim.delta, claim.bias, claim.sizes["quick"])).encode())


def fewer(claim: Claim, samples: int | None) -> Claim:
    """Return the claim with at most so many samples a series."""
    if samples is None or claim.deterministic:
        return claim
    cut = {
        effort: [Series(min(one.samples, samples), **one.parameters) for one in series]
        for effort, series in claim.sizes.items()
    }
    return replace(claim, sizes=cut)


def record(report: Report, seed: int) -> dict[str, Any]:
    """Return what is kept of a verdict: its status and p-values, and how fine its errors are against delta."""
    (verdict,) = report.verdicts
    claim = report.catalogue[verdict.claim_id]
    points = [point for _, point in verdict.points]
    halves = [(p.tolerated[1] - p.tolerated[0]) / 2 / p.standard_error for p in points if p.standard_error]
    return {
        "claim": claim.id,
        "seed": seed,
        "digest": digest(claim),
        "status": verdict.status,
        "p_values": [p for p in verdict.p_values if np.isfinite(p)],
        "resolution": min(halves, default=None),
        # Those of events, ranges, bias bounds and extrapolations are discrete or cautious.
        "exact": isinstance(claim.estimator, Mean) and all(p.null[0] == p.null[1] for p in points),
        "seconds": report.seconds,
    }


def read(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """Return the verdicts recorded of these claims as they are today, without a last line that was cut short."""
    known = {claim.id: digest(claim) for claim in claims}
    verdicts = []
    for line in RECORD.read_text().splitlines() if RECORD.exists() else []:
        try:
            verdict = json.loads(line)
        except ValueError:
            continue
        if known.get(verdict["claim"]) == verdict["digest"]:
            verdicts.append(verdict)
    return verdicts


def smallest(p_values: list[float]) -> float:
    """Return the p-value of the smallest of independent ones, uniform if they are: ``1 - (1 - min p)^k`` (Sidak 1967).

    The verdict's own ``k min p`` (Bonferroni) is uniform only far from 1.
    """
    return float(-np.expm1(len(p_values) * np.log1p(-min(p_values)))) if min(p_values) < 1 else 1.0


def next_task(claims: list[Claim], runs: int) -> tuple[Claim, int] | None:
    """Return the claim that has had the least time among those with fewer verdicts than ``runs``, and its next seed."""
    done = pd.DataFrame(read(claims), columns=["claim", "seed", "seconds"]).groupby("claim")
    spent, count, last = done["seconds"].sum(), done["seed"].size(), done["seed"].max()
    waiting = [claim for claim in claims if count.get(claim.id, 0) < runs]
    if not waiting:
        return None
    claim = min(waiting, key=lambda waits: float(spent.get(waits.id, 0.0)))
    return claim, int(last.get(claim.id, FIRST_SEED - 1)) + 1


def summary(claims: list[Claim], samples: int | None) -> str:
    """Describe the verdicts on record as Markdown."""
    sizes = f" of at most {samples} samples a series" if samples else ""
    table = pd.DataFrame(read(claims))
    disagreed = table[table["status"] == "disagrees"]
    expected = 0.01 * sum(claim.weight * sum(table["claim"] == claim.id) for claim in claims)
    whole = table.groupby("seed")["claim"].nunique() == len(claims)
    lines = [
        "# Calibration of the catalogue",
        "",
        f"{len(table)} verdicts at effort quick{sizes}, seeds from {FIRST_SEED}, on {machine.description()}.",
        f"**{len(disagreed)}** of them disagree: {expected:.2g} are expected at most, and more than "
        f"{int(stats.poisson.ppf(1 - _ALLOWED, expected))} would show in one of a thousand calibrations.",
        f"Runs of all {len(claims)} claims: {int(whole.sum())}, with any disagreement: "
        f"{disagreed.loc[disagreed['seed'].map(whole), 'seed'].nunique()}.",
        "",
        "The smallest delta/error over runs is 4.3 or more at the sizes of the catalogue. The last column tests the",
        "p-values by Kolmogorov and Smirnov: that they are uniform (=), or, for events, ranges, bias bounds and",
        "extrapolations, whose p-values are discrete or cautious, that small ones are no more frequent than uniform",
        "(<=). A claim's p-value is that of the smallest of its series', 1 - (1 - min p)^k; the numbers of one sample",
        "that a Proportion compares may depend on each other, which makes it cautious too. Of as many claims as there",
        "are here, one in twenty is expected below 0.05.",
        "",
        "| claim | agrees | disagrees | undecided | smallest delta/error | uniform p |",
        "|---|---|---|---|---|---|",
    ]
    for claim in claims:
        rows = table[table["claim"] == claim.id]
        if len(rows):
            lines.append(_line(claim, rows))
    return "\n".join([*lines, ""])


def _line(claim: Claim, rows: pd.DataFrame) -> str:
    counts = Counter(rows["status"])
    p = [smallest(values) for values in rows["p_values"] if values]
    exact = bool(rows["exact"].all())
    uniform = stats.kstest(p, "uniform", alternative="two-sided" if exact else "greater").pvalue if p else np.nan
    finest = pd.to_numeric(rows["resolution"]).min()
    return (
        f"| {claim.id} | {counts['agrees']} | {counts['disagrees']} | {counts['undecided']} "
        f"| {finest:.1f} | {'=' if exact else '<='} {uniform:.2f} |"
    )


def main() -> None:
    """Judge more claims, and keep the record and its sum up to date."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=60.0, help="how long to go on")
    options.add_argument("--runs", type=int, default=200, help="verdicts that are enough for one claim")
    options.add_argument("--samples", type=int, default=None, help="samples a series at most, 30 or more")
    options.add_argument("--workers", type=int, default=None)
    asked = options.parse_args()
    given = [fewer(claim, asked.samples) for claim in catalogue().values()]
    claims = [claim for claim in given if claim.kind in _DECIDING and not claim.deterministic]
    console, end = Console(), time.monotonic() + 60 * asked.minutes
    while time.monotonic() < end and (task := next_task(claims, asked.runs)) is not None:
        claim, seed = task
        # Claims with other sizes are in no file: they are measured in this process.
        report = verify([claim.id], seed=seed, workers=asked.workers, claims=given if asked.samples else None)
        if report.interrupted:
            break
        with RECORD.open("a") as file:
            file.write(json.dumps(record(report, seed)) + "\n")
        console.print(f"{claim.id}, seed {seed}: {report.verdicts[0].status} ({report.seconds:.1f} s)")
    if RECORD.exists():
        OUTPUT.write_text(summary(claims, asked.samples))
        console.print(OUTPUT.read_text())


if __name__ == "__main__":
    main()
