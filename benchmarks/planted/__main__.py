"""Judge the planted mistakes and the correct subjects; write ``benchmarks/planted/results.md``."""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.planted import landscapes, simulations
from validation.judging.judge import judge
from validation.testing.code_checks import as_subject

RESULTS = Path(__file__).with_name("results.md")


def planted(seed: int) -> Iterator[tuple[str, bool, bool, float]]:
    """Judge every planted mistake; yield its name, whether it was found and named, and the seconds it took."""
    mistakes: dict[str, tuple[Any, dict[str, str], str]] = {**landscapes.PLANTED, **simulations.PLANTED}
    for name, (subject, declared, word) in mistakes.items():
        start = time.perf_counter()
        judgement = judge(as_subject(subject, **declared), seed=seed)
        named = word in "\n".join(judgement.findings)
        yield name, judgement.exit_status != 0, named, time.perf_counter() - start


def false_alarms(seeds: Sequence[int]) -> Iterator[tuple[str, int, int, int]]:
    """Judge every correct subject at these seeds; yield its name, the verdicts, and how many are wrong or undecided."""
    subjects: dict[str, tuple[Any, dict[str, str]]] = {
        **landscapes.CORRECT,
        "relaxation and samples": (simulations.CORRECT, {}),
    }
    for name, (subject, declared) in subjects.items():
        verdicts = [verdict for seed in seeds for verdict in judge(as_subject(subject, **declared), seed=seed).verdicts]
        wrong = sum(verdict.status == "disagrees" for verdict in verdicts)
        yield name, len(verdicts), wrong, sum(verdict.status == "undecided" for verdict in verdicts)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows), ""]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planted", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="number of seeds for the correct subjects")
    seeds = range(parser.parse_args(arguments).seeds)
    mistakes = [
        (name, "yes" if found else "no", "yes" if named else "no", f"{seconds:.1f}")
        for name, found, named, seconds in planted(0)
    ]
    correct = list(false_alarms(seeds))
    total, wrong = sum(row[1] for row in correct), sum(row[2] for row in correct)
    lines = [
        "# Planted mistakes",
        "",
        f"Written by `python -m benchmarks.planted`; {machine.description()}. Example subjects in plain NumPy, one "
        "mistake each, judged at effort quick, H = 3, seed 0. *Named*: an explanation names the mistake.",
        "",
        *_table(("mistake", "found", "named", "seconds"), mistakes),
        "## False alarms",
        "",
        f"Correct subjects at {len(seeds)} seeds: {wrong} of {total} verdicts disagree. A judgement of a correct "
        "subject has a false alarm with a probability of at most 0.01.",
        "",
        *_table(("subject", "verdicts", "disagree", "undecided"), correct),
    ]
    text = "\n".join(lines)
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
