"""Does the catalogue keep its error level? Its claims are tested repeatedly at effort quick, with other seeds.

Those are judged that must hold and could fail by chance: identities, theorems and bounds on random samples.
A claim is measured in as many runs as fit in --seconds by its recorded time, at most --runs; claims that take longer
are left out. The seeds begin at 10000, far from those that the sizes were chosen with. These runs are kept in
benchmarks/calibration/runs; an interrupted one is taken up again, and claims of other sizes are measured again. Then
every claim is judged, by the tests as they are now,

- in each of its runs;
- by all of them together, as if they were one run: a theory that is off by little shows there;
- in runs --drawn from them with replacement. There theory is put right first, moved by the least that makes it true of
  what is drawn from: drawn runs show whether the tests keep their level with the catalogue's own laws and sizes.

A run takes minutes to measure and seconds to judge. About theory only the measured ones say something, and values so
rare that none of these has one are missing in all. Runs of at most so many --samples a series are drawn as well.

Mutants of claims that take at most --mutants seconds are tested once. Last, the tests are applied to numbers of known
laws (benchmarks/calibration/known_laws.py), also to small samples. All is summed up in
benchmarks/calibration/results.md.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.calibration.judging import Judged, weigh
from benchmarks.calibration.known_laws import LAWS, RUNS_OF_LAWS, Counts, of_law, table
from benchmarks.calibration.summary import line, summary
from spinglass._common.threads import available_cores
from validation import Verdict, verify
from validation.claim import FEWEST_CLUSTERS
from validation.claims import catalogue
from validation.durations import recorded
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


def held(folder: Path) -> set[str]:
    """Return the ids of the claims that a run has measured in their current sizes."""
    header = read_manifest(folder).header
    sizes = header["sizes"] if header is not None else {}
    return {claim_id for claim_id in IDS if sizes.get(claim_id) == repr(catalogue()[claim_id].sizes["quick"])}


def wanted(runs: int, seconds: float) -> dict[str, int]:
    """Return how often to measure each claim: as often as its recorded time allows, at most ``runs`` times."""
    return {claim_id: min(runs, int(seconds / max(recorded().get(claim_id, 0.0), 0.01))) for claim_id in IDS}


def measure(times: Mapping[str, int], workers: int, say: Callable[[str], None]) -> dict[str, list[Path]]:
    """Measure claims until each is in so many complete runs; return the folders of these by claim.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C came; what has been measured is kept.
    ValueError
        If an interrupted run was begun by other code.
    """
    done = {folder: held(folder) for folder in RUNS.glob("[0-9]*") if not interrupted(folder)}
    for seed in count(FIRST_SEED):
        lacking = [one for one in IDS if sum(one in claims for claims in done.values()) < times[one]]
        if not lacking:
            break
        folder = RUNS / str(seed)
        if folder in done:
            continue
        say(f"measuring {len(lacking)} claims, seed {seed}")
        try:
            report = verify(lacking, seed=seed, workers=workers, out=folder, resume=(folder / MANIFEST).exists())
        except ValueError as error:
            raise ValueError(f"{error}, or remove {folder}") from error
        if report.interrupted:
            raise KeyboardInterrupt
        done[folder] = set(lacking)
    folders = sorted(done, key=lambda folder: int(folder.name))
    found = {claim_id: [folder for folder in folders if claim_id in done[folder]] for claim_id in IDS}
    return {claim_id: places for claim_id, places in found.items() if places}


def fates(seconds: float, workers: int) -> list[Verdict]:
    """Test the mutants of the claims that take at most so many seconds; return their verdicts."""
    quick = [claim_id for claim_id in IDS if recorded().get(claim_id, 0.0) <= seconds]
    report = verify(quick, seed=FIRST_SEED, workers=workers, mutants=True) if quick else None
    if report is not None and report.interrupted:
        raise KeyboardInterrupt
    return list(report.mutant_verdicts) if report is not None else []


def main() -> None:
    """Measure what is missing, judge, and write the summary."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.calibration",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--runs", type=int, default=10, help="measured runs of a claim, at most (default 10)")
    options.add_argument("--seconds", type=float, default=10.0, help="time for the runs of a claim (default 10)")
    options.add_argument("--drawn", type=int, default=20, help="runs drawn from them (default 20)")
    options.add_argument("--samples", type=int, nargs="*", default=[30], help="fewer samples (default 30)")
    options.add_argument("--mutants", type=float, default=1.0, help="seconds of claims with mutants (default 1)")
    options.add_argument("--known", type=float, default=1.0, help="share of the runs on known laws (default 1)")
    options.add_argument("--workers", type=int, default=available_cores())
    asked = options.parse_args()
    if min(asked.runs, asked.drawn) < 1 or min(asked.samples, default=FEWEST_CLUSTERS) < FEWEST_CLUSTERS:
        options.error(f"--runs and --drawn take 1 or more, --samples {FEWEST_CLUSTERS} or more")
    times = wanted(asked.runs, asked.seconds)
    if not any(times.values()):
        options.error(f"no claim fits in --seconds {asked.seconds:g}")
    console = terminal()
    try:
        folders = measure(times, asked.workers, console.print)
        judged = weighed(folders, asked, console.print)
        OUTPUT.write_text(
            summary(judged, len(IDS), fates(asked.mutants, asked.workers), sys.argv[1:])
            + "\n".join(["", *table(known(asked.known, asked.workers)), ""])
        )
    except KeyboardInterrupt:
        sys.exit(f"interrupted; {OUTPUT.name} is left as it was, and measured samples are kept")
    except ValueError as error:
        sys.exit(str(error))
    console.print(OUTPUT.read_text(), soft_wrap=True)


def weighed(
    folders: Mapping[str, Sequence[Path]], asked: argparse.Namespace, say: Callable[[str], None]
) -> list[Judged]:
    """Judge all claims in these folders; ``ValueError`` if one cannot be judged."""
    judged: dict[str, Judged] = {}
    failed = []
    work = partial(weigh, folders, asked.drawn, asked.samples)
    for claim_id, result in sweep(work, list(folders), asked.workers):
        if isinstance(result, Failure):
            failed.append(f"{claim_id}: {result.text}")
        else:
            judged[claim_id] = result
            say(line(result))
    if failed:
        raise ValueError("\n".join([*failed, f"{OUTPUT.name} is left as it was"]))
    return [judged[claim_id] for claim_id in folders]


def known(share: float, workers: int) -> list[Counts]:
    """Test numbers of known laws, with this share of the usual numbers of runs."""
    tasks = [(law.name, samples, max(1, round(share * runs))) for law in LAWS for samples, runs in RUNS_OF_LAWS.items()]
    found: dict[tuple[str, int, int], Counts] = {}
    for task, result in sweep(of_law, tasks, workers):
        if isinstance(result, Failure):
            raise ValueError(f"{task}: {result.text}")
        found[task] = result
    return [found[task] for task in tasks]


if __name__ == "__main__":
    main()
