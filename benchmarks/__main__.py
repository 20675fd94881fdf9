"""Run the benchmarks, all or by name, and write each section of ``benchmarks/results.md`` as it is measured."""

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.table import Table

from benchmarks import (
    accuracy,
    accuracy_asymptotics,
    claims,
    curvature,
    dynamics,
    enumeration,
    large_enumeration,
    machine,
    memory,
    minima,
    pairs,
    precision,
    runs,
    sweeps,
    tempering,
    training,
    variance,
)
from benchmarks.timing import Result
from validation.report.console import print_table, terminal

RESULTS = Path(__file__).with_name("results.md")
COLUMNS = ("task", "spinglass", "beside", "theirs", "ratio", "required", "goal", "")
SECTIONS: dict[str, Callable[[], list[Result]]] = {
    "one-point": sweeps.one_point,
    "batches": sweeps.batches,
    "minima": minima.minima,
    "enumeration": enumeration.enumeration,
    "large-enumeration": large_enumeration.large_enumeration,
    "pairs": pairs.pairs,
    "tempering": tempering.tempering,
    "training": training.training,
    "curvature": curvature.curvature,
    "memory": memory.memory,
    "precision": precision.precision,
    "dynamics": dynamics.dynamics,
    "runs": runs.runs,
    "claims": claims.claims,
    "variance": variance.variance,
    "accuracy-finite-n": accuracy.finite_n,
    "accuracy-large-n": accuracy_asymptotics.large_n,
}
BY_NAME_ONLY = {"large-enumeration"}  # takes minutes
_HEAD = """# Benchmarks

Written by `make benchmark`, a section at a time; float64, every peer in a process of its own, best of repeated runs.
`python -m benchmarks NAME` measures one section again.
"""


def _section(name: str, results: Sequence[Result]) -> str:
    lines = [
        f"## {name}",
        "",
        f"{machine.description()}.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|" + "---|" * len(COLUMNS),
        *("| " + " | ".join(result.cells()) + " |" for result in results),
        "",
    ]
    return "\n".join(lines)


def _record(name: str, results: Sequence[Result]) -> None:
    """Replace one section of the file and leave the others as they were measured."""
    written = RESULTS.read_text() if RESULTS.is_file() else _HEAD
    parts = re.split(r"(?m)^(?=## )", written)
    sections = {part.split("\n", 1)[0].removeprefix("## "): part.rstrip() + "\n" for part in parts[1:]}
    sections[name] = _section(name, results)
    RESULTS.write_text("\n".join([_HEAD, *(sections[known] for known in SECTIONS if known in sections)]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    usual = [name for name in SECTIONS if name not in BY_NAME_ONLY]
    known = f"any of {', '.join(SECTIONS)}; all but {', '.join(BY_NAME_ONLY)} by default"
    parser.add_argument("sections", nargs="*", metavar="NAME", help=known)
    chosen = parser.parse_args(arguments).sections or usual
    unknown = [name for name in chosen if name not in SECTIONS]
    if unknown:
        parser.error(f"unknown section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    for name in chosen:
        results = SECTIONS[name]()
        table = Table(*COLUMNS, title=f"{name}: {machine.description()}")
        for result in results:
            table.add_row(*result.cells())
        print_table(terminal(), table)
        _record(name, results)


if __name__ == "__main__":
    main()
