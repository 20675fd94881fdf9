"""The cost of distributing and storing one unit of a run: at most 5% of 0.1 s, independent of the number of units."""

import tempfile
import time
from itertools import islice
from pathlib import Path

import pyarrow as pa

from benchmarks.timing import Result, duration, isolated
from validation.engine.executors import sweep
from validation.engine.run_folder import open_run

_LIMIT = 0.05 * 0.1


def keeping(units: int) -> float:
    """Seconds per unit to write its rows, checksum and line of the manifest."""
    table = pa.table({"sample": [0, 1, 2, 3], "value": [0.1, 0.2, 0.3, 0.4]})
    with tempfile.TemporaryDirectory() as folder, open_run(Path(folder), {"task": "benchmark"}, units) as run:
        start = time.perf_counter()
        for number in range(units):
            run.save(number, table)
        return (time.perf_counter() - start) / units


def handing(units: int) -> float:
    """Seconds per unit to send it to one of two running processes and to receive its result."""
    results = sweep(abs, range(units), workers=2)
    begun = sum(1 for _ in islice(results, 100))
    start = time.perf_counter()
    for _ in results:
        pass
    return (time.perf_counter() - start) / (units - begun)


def runs() -> list[Result]:
    """Measure short and long runs."""
    results = []
    for what, measured in (("keeping", keeping), ("handing out", handing)):
        for units in (1_000, 100_000):
            seconds = isolated(measured, units)
            task = f"{what} one of {units} units"
            results.append(Result(task, duration(seconds), "5% of 0.1 s", duration(_LIMIT), _LIMIT / seconds, 1.0))
    return results
