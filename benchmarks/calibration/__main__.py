"""Does the catalogue keep its error level? Its claims are tested repeatedly at effort quick, with other seeds.

Those are judged that must hold and could fail by chance: identities, theorems and bounds on random samples.
The catalogue is measured until there are --runs of it, with seeds from 10000 on, far from those that its sizes were
chosen with. These runs are kept in benchmarks/calibration/runs; an interrupted one is taken up again, and those of
other sizes are left out. Then every claim is judged, by the tests as they are now,

- in each of these runs;
- by all of them together, as if they were one run: a theory that is off by little shows there;
- in runs --drawn from them with replacement. There theory is put right first, moved by the least that makes it true of
  what is drawn from: drawn runs show whether the tests keep their level with the catalogue's own laws and sizes.

A run takes minutes to measure and seconds to judge, so that 200 are drawn, not measured. About theory only the measured
ones say something, and values so rare that none of these has one are missing in all.

Runs of at most so many --samples a series are drawn as well, to show how many the tests need.
All is summed up in benchmarks/calibration/results.md.
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.calibration.judging import Judged, weigh
from benchmarks.calibration.summary import line, summary
from spinglass._common.threads import available_cores
from validation import verify
from validation.claim import FEWEST_CLUSTERS
from validation.claims import catalogue
from validation.engine.executors import Failure, sweep
from validation.engine.manifest import MANIFEST, read_manifest
from validation.report.console import terminal
from validation.report.files import CLAIMS

RUNS = Path(__file__).with_name("runs")
OUTPUT = Path(__file__).with_name("results.md")
FIRST_SEED = 10_000
IDS = [claim.id for claim in catalogue().values() if claim.decides and not claim.deterministic]


def interrupted(folder: Path) -> bool:
    """Whether a run can be resumed."""
    verdicts = folder / CLAIMS
    return not verdicts.exists() or json.loads(verdicts.read_text())["interrupted"]


def current(folder: Path) -> bool:
    """Whether a run has the catalogue's current sizes."""
    header = read_manifest(folder).header
    sizes = {claim_id: repr(catalogue()[claim_id].sizes["quick"]) for claim_id in IDS}
    return header is not None and header["sizes"] == sizes


def measure(runs: int, workers: int, say: Callable[[str], None]) -> list[Path]:
    """Measure the catalogue until there are at least this many complete runs; return their folders.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C came; what has been measured is kept.
    ValueError
        If an interrupted run was begun by other code.
    """
    done = [folder for folder in RUNS.glob("*") if not interrupted(folder)]
    folders = [folder for folder in done if current(folder)]
    for seed in count(FIRST_SEED):
        if len(folders) >= runs:
            break
        folder = RUNS / str(seed)
        if folder in done:
            continue
        say(f"measuring run {len(folders) + 1} of {runs}, seed {seed}")
        report = verify(IDS, seed=seed, workers=workers, out=folder, resume=(folder / MANIFEST).exists())
        if report.interrupted:
            raise KeyboardInterrupt
        folders.append(folder)
    return sorted(folders, key=lambda folder: int(folder.name))


def main() -> None:
    """Measure what is missing, judge, and write the summary."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.calibration",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--runs", type=int, default=10, help="measured runs, at least (default 10)")
    options.add_argument("--drawn", type=int, default=200, help="runs drawn from them (default 200)")
    options.add_argument("--samples", type=int, nargs="*", default=[30, 100], help="fewer samples (default 30 100)")
    options.add_argument("--workers", type=int, default=available_cores())
    asked = options.parse_args()
    if min(asked.runs, asked.drawn) < 1 or min(asked.samples, default=FEWEST_CLUSTERS) < FEWEST_CLUSTERS:
        options.error(f"--runs and --drawn take 1 or more, --samples {FEWEST_CLUSTERS} or more")
    console = terminal()
    judged: dict[str, Judged] = {}
    failed = []
    try:
        folders = measure(asked.runs, asked.workers, console.print)
        for claim_id, result in sweep(partial(weigh, folders, asked.drawn, asked.samples), IDS, asked.workers):
            if isinstance(result, Failure):
                failed.append(f"{claim_id}: {result.text}")
            else:
                judged[claim_id] = result
                console.print(line(result), soft_wrap=True)
    except KeyboardInterrupt:
        sys.exit(f"interrupted; {OUTPUT.name} is left as it was, and measured samples are kept")
    except ValueError as error:
        sys.exit(f"{error}, or remove it")
    if failed:
        sys.exit("\n".join([*failed, f"{OUTPUT.name} is left as it was"]))
    OUTPUT.write_text(summary([judged[claim_id] for claim_id in IDS], folders))
    console.print(OUTPUT.read_text(), soft_wrap=True)


if __name__ == "__main__":
    main()
