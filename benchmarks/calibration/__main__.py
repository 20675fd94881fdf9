"""Does the catalogue keep its error level? Its claims are judged again and again at effort quick, on other seeds.

Those are judged that must hold and could fail by chance: identities, theorems and bounds on random samples.
The catalogue is measured until there are --runs of it, with seeds from 10000 on, far from those that its sizes were
chosen with. These runs are kept in benchmarks/calibration/runs; an interrupted one is taken up again. Then every claim
is judged, by the tests as they are now,

- in each of these runs;
- by all of them together, as if they were one run: a theory that is off by little shows there;
- in runs --drawn from them with replacement. There theory is put right first, moved by the least that makes it true of
  what is drawn from. With right theory 2 of 200 runs are expected to show any disagreement at most, and more than 8
  have probability 2e-4.

200 measured runs take a day of one core. What drawn runs cannot show is an error of theory that the measured ones are
too few for, and values so rare that none of these has one.

--samples 30 100 300 adds how well the tests hold with at most so many samples a series.
All is summed up in benchmarks/calibration/results.md.
"""

import argparse
import json
import sys
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

from rich.console import Console

from benchmarks.calibration.judging import Judged, weigh
from benchmarks.calibration.summary import line, summary
from spinglass.threads import available_cores
from validation import verify
from validation.claim import DECIDING_KINDS
from validation.claims import catalogue
from validation.sweep import Failure, sweep

RUNS = Path(__file__).with_name("runs")
OUTPUT = Path(__file__).with_name("results.md")
FIRST_SEED = 10_000
IDS = [claim.id for claim in catalogue().values() if claim.kind in DECIDING_KINDS and not claim.deterministic]


def complete() -> list[Path]:
    """Return the folders of the complete runs, in the order of their seeds."""
    verdicts = sorted(RUNS.glob("*/claims.json"), key=lambda file: int(file.parent.name))
    return [file.parent for file in verdicts if not json.loads(file.read_text())["interrupted"]]


def measure(runs: int, workers: int) -> None:
    """Measure the catalogue until there are so many complete runs."""
    for seed in count(FIRST_SEED):
        done, folder = complete(), RUNS / str(seed)
        if len(done) >= runs:
            return
        if folder not in done:
            report = verify(IDS, seed=seed, workers=workers, out=folder, resume=(folder / "manifest.jsonl").exists())
            if report.interrupted:
                raise KeyboardInterrupt


def main() -> None:
    """Measure what is missing, judge, and write the summary."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.calibration",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--runs", type=int, default=12, help="measured runs, one at least (default 12)")
    options.add_argument("--drawn", type=int, default=200, help="runs drawn from them (default 200)")
    options.add_argument("--samples", type=int, nargs="*", default=[], help="draw runs of at most so many, too")
    options.add_argument("--workers", type=int, default=available_cores())
    asked = options.parse_args()
    measure(asked.runs, asked.workers)
    folders, console = complete(), Console()
    judged: dict[str, Judged] = {}
    with suppress(KeyboardInterrupt):  # what has been judged by then is summed up
        for claim_id, result in sweep(partial(weigh, folders, asked.drawn, asked.samples), IDS, asked.workers):
            if isinstance(result, Failure):
                sys.exit(f"{claim_id}: {result.text}")
            judged[claim_id] = result
            console.print(line(result))
    OUTPUT.write_text(summary([judged[claim_id] for claim_id in IDS if claim_id in judged], folders, asked.drawn))
    console.print(OUTPUT.read_text())


if __name__ == "__main__":
    main()
