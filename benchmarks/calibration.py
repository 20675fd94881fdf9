"""Does the catalogue keep its error level? Many quick runs, each on a seed of its own.

``python -m benchmarks.calibration --runs 200`` takes some hours; it writes ``benchmarks/calibration.md`` after
every run, so that it can be stopped and read at any time. With right theory at most 8 of 200 runs may show
any disagreement: 2 are expected, and more than 8 have probability 2e-4.
"""

import argparse
from collections import Counter
from pathlib import Path

import pandas as pd
from rich.console import Console
from scipy import stats

from benchmarks import machine
from validation import Report, verify
from validation.claims import catalogue

OUTPUT = Path(__file__).with_name("calibration.md")
FIRST_SEED = 10_000  # far from the seeds that sizes were chosen with


def record(report: Report, seed: int) -> list[dict[str, object]]:
    """Return one row per claim: its status, its p-value, and how fine its errors are against delta."""
    rows = []
    for verdict in report.verdicts:
        halves = [
            (p.tolerated[1] - p.tolerated[0]) / 2 / p.standard_error for _, p in verdict.points if p.standard_error
        ]
        rows.append(
            {
                "seed": seed,
                "claim": verdict.claim_id,
                "status": verdict.status,
                "p_value": verdict.p_value,
                "resolution": min(halves, default=float("nan")),
            }
        )
    return rows


def summary(table: pd.DataFrame) -> str:
    """Describe the runs so far as Markdown."""
    runs = table["seed"].nunique()
    bad = table.loc[table["status"] == "disagrees", "seed"].nunique()
    lines = [
        "# Calibration of the catalogue",
        "",
        f"{runs} quick runs, seeds {FIRST_SEED} to {FIRST_SEED + runs - 1}, on {machine.description()}.",
        f"Runs with any disagreement: **{bad}** (expected {0.01 * runs:.1f} at most; allowed in 200: 8).",
        "",
        "The smallest delta/error over runs should be 4.3 or more; the last column tests the p-values' uniformity "
        "(Kolmogorov-Smirnov), which bounds and claims with a bias bound need not have.",
        "",
        "| claim | agrees | disagrees | undecided | smallest delta/error | uniform p |",
        "|---|---|---|---|---|---|",
    ]
    for claim, rows in table.groupby("claim", sort=False):
        counts = Counter(rows["status"])
        uniform = stats.kstest(rows["p_value"], "uniform").pvalue
        lines.append(
            f"| {claim} | {counts['agrees']} | {counts['disagrees']} | {counts['undecided']} "
            f"| {rows['resolution'].min():.1f} | {uniform:.2f} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Run, and keep the record up to date."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=200)
    runs = options.parse_args().runs
    ids = [claim.id for claim in catalogue().values() if not claim.deterministic]
    rows: list[dict[str, object]] = []
    console = Console()
    for seed in range(FIRST_SEED, FIRST_SEED + runs):
        report = verify(ids, seed=seed)
        rows += record(report, seed)
        OUTPUT.write_text(summary(pd.DataFrame(rows)))
        console.print(f"seed {seed}: {report.summary} ({report.seconds:.0f} s)")
    console.print(OUTPUT.read_text())


if __name__ == "__main__":
    main()
