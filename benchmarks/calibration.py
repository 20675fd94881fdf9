"""Does the catalogue keep its error level? Many quick runs, each on a seed of its own, collected over time.

``python -m benchmarks.calibration --runs 5`` makes five more runs, from the first seed on that is not yet
in ``benchmarks/calibration.jsonl``; each is appended there when done, and ``benchmarks/calibration.md`` sums them up.
200 runs take some hours in all. With right theory at most 8 of 200 may show any disagreement: 2 are expected, and more
than 8 have probability 2e-4. Runs of another catalogue (other claims or sizes) are kept, and left out of the sum.
"""

import argparse
import json
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from scipy import stats

from benchmarks import machine
from validation import Mean, Report, verify
from validation.claims import catalogue

RECORD = Path(__file__).with_name("calibration.jsonl")
OUTPUT = Path(__file__).with_name("calibration.md")
FIRST_SEED = 10_000  # far from the seeds that sizes were chosen with


def catalogue_digest() -> int:
    """Return a number that changes with the claims or their quick sizes."""
    text = repr([(claim.id, claim.weight, claim.delta, claim.sizes["quick"]) for claim in catalogue().values()])
    return zlib.crc32(text.encode())


def record(report: Report, seed: int) -> dict[str, Any]:
    """Return what is kept of a run: per claim its status, p-values, and how fine its errors are against delta."""
    claims = []
    for verdict in report.verdicts:
        halves = [
            (p.tolerated[1] - p.tolerated[0]) / 2 / p.standard_error for _, p in verdict.points if p.standard_error
        ]
        p_values = [p for p in verdict.p_values if np.isfinite(p)]
        claims.append(
            {
                "claim": verdict.claim_id,
                "status": verdict.status,
                "p_values": p_values,
                "resolution": min(halves, default=None),
                "exact": _has_uniform_p(report, verdict.claim_id),
            }
        )
    return {"seed": seed, "catalogue": catalogue_digest(), "claims": claims}


def _has_uniform_p(report: Report, claim_id: str) -> bool:
    """Whether a right theory's p-values are uniform: not for events, ranges, bias bounds and extrapolations."""
    claim, verdict = report.catalogue[claim_id], report[claim_id]
    return isinstance(claim.estimator, Mean) and all(p.null[0] == p.null[1] for _, p in verdict.points)


def read() -> list[dict[str, Any]]:
    """Return the runs recorded, without a last line that was cut short."""
    runs = []
    if RECORD.exists():
        for line in RECORD.read_text().splitlines():
            try:
                runs.append(json.loads(line))
            except ValueError:
                continue
    return runs


def smallest(p_values: list[float]) -> float:
    """Return the p-value of the smallest of independent ones, uniform if they are: ``1 - (1 - min p)^k`` (Sidak 1967).

    The verdict's own ``k min p`` (Bonferroni) is uniform only far from 1.
    """
    return float(-np.expm1(len(p_values) * np.log1p(-min(p_values)))) if min(p_values) < 1 else 1.0


def summary(runs: list[dict[str, Any]]) -> str:
    """Describe the runs of today's catalogue as Markdown."""
    mine = [run for run in runs if run["catalogue"] == catalogue_digest()]
    table = pd.DataFrame([{"seed": run["seed"], **claim} for run in mine for claim in run["claims"]])
    bad = table.loc[table["status"] == "disagrees", "seed"].nunique()
    lines = [
        "# Calibration of the catalogue",
        "",
        f"{len(mine)} quick runs, seeds {table['seed'].min()} to {table['seed'].max()}, on {machine.description()}.",
        f"Runs with any disagreement: **{bad}** (expected {0.01 * len(mine):.1f} at most; allowed in 200: 8).",
        "",
        "The smallest delta/error over runs should be 4.3 or more. The last column tests the p-values by Kolmogorov",
        "and Smirnov: that they are uniform (=), or, for events, ranges, bias bounds and extrapolations, whose",
        "p-values are discrete or cautious, that small ones are no more frequent than uniform (<=). A claim's p-value",
        "is that of the smallest of its series', 1 - (1 - min p)^k; the numbers of one sample that a Proportion",
        "compares may depend on each other, which makes it cautious too.",
        "",
        "| claim | agrees | disagrees | undecided | smallest delta/error | uniform p |",
        "|---|---|---|---|---|---|",
    ]
    for claim, rows in table.groupby("claim", sort=False):
        counts = Counter(rows["status"])
        p = [smallest(values) for values in rows["p_values"] if values]
        exact = bool(rows["exact"].all())
        uniform = stats.kstest(p, "uniform", alternative="two-sided" if exact else "greater").pvalue if p else np.nan
        lines.append(
            f"| {claim} | {counts['agrees']} | {counts['disagrees']} | {counts['undecided']} "
            f"| {rows['resolution'].min():.1f} | {'=' if exact else '<='} {uniform:.2f} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Make more runs, and keep the record and its sum up to date."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=200, help="how many more")
    options.add_argument("--workers", type=int, default=None)
    asked = options.parse_args()
    ids = [claim.id for claim in catalogue().values() if not claim.deterministic]
    console = Console()
    for _ in range(asked.runs):
        done = {run["seed"] for run in read() if run["catalogue"] == catalogue_digest()}
        seed = next(seed for seed in range(FIRST_SEED, FIRST_SEED + len(done) + 1) if seed not in done)
        report = verify(ids, seed=seed, workers=asked.workers)
        if report.interrupted:
            break
        with RECORD.open("a") as file:
            file.write(json.dumps(record(report, seed)) + "\n")
        OUTPUT.write_text(summary(read()))
        console.print(f"seed {seed}: {report.summary} ({report.seconds:.0f} s)")
    if OUTPUT.exists():
        console.print(OUTPUT.read_text())


if __name__ == "__main__":
    main()
