"""Run every benchmark, print one table and write it to ``benchmarks/results.md`` with the machine described."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import enumeration, machine, memory, minima, sweeps
from benchmarks.timing import Result

COLUMNS = ("task", "spinglass", "beside", "theirs", "ratio", "required", "goal", "")


def _markdown(results: list[Result], bandwidth: float) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make benchmark`; float64, every peer in a process of its own, best of repeated runs.",
        "",
        f"Machine: {machine.description()}; memory read at {bandwidth / 1e9:.1f} GB/s.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|" + "---|" * len(COLUMNS),
        *("| " + " | ".join(result.cells()) + " |" for result in results),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, write."""
    bandwidth = machine.read_bandwidth()
    results = [
        *sweeps.one_point(bandwidth),
        *sweeps.batches(machine.product_peaks()),
        *minima.minima(),
        *enumeration.enumeration(),
        *memory.memory(),
    ]
    table = Table(*COLUMNS, title=machine.description())
    for result in results:
        table.add_row(*result.cells())
    Console(width=180).print(table)
    Path(__file__).with_name("results.md").write_text(_markdown(results, bandwidth))


if __name__ == "__main__":
    main()
