"""What it costs to keep a unit of a run: 5% of 0.1 s at most, and no more when there are many."""

import tempfile
import time
from pathlib import Path

import pyarrow as pa

from benchmarks.timing import Result, duration, isolated
from validation.storage import open_run

_LIMIT = 0.05 * 0.1


def keeping(units: int) -> float:
    """Seconds a unit to write its rows, checksum and line of the manifest."""
    table = pa.table({"sample": [0, 1, 2, 3], "value": [0.1, 0.2, 0.3, 0.4]})
    with tempfile.TemporaryDirectory() as folder, open_run(Path(folder), {"task": "benchmark"}, units) as run:
        start = time.perf_counter()
        for number in range(units):
            run.save(number, table)
        return (time.perf_counter() - start) / units


def runs() -> list[Result]:
    """Measure short runs and long ones."""
    results = []
    for units in (1_000, 100_000):
        seconds = isolated(keeping, units)
        task = f"keeping one of {units} units"
        results.append(Result(task, duration(seconds), "5% of 0.1 s", duration(_LIMIT), _LIMIT / seconds, 1.0))
    return results
