"""Timing, rows of results, and measurements in separate processes."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any


def best_time(
    work: Callable[[], Any], seconds: float = 1.5, most: int = 200, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Return the shortest of repeated runs, after one that compiles and warms the caches.

    For work on one thread, the clock ``time.process_time`` does not count the time that other processes take.
    """
    work()
    best, begin, runs = float("inf"), time.perf_counter(), 0
    while runs < 3 or (time.perf_counter() - begin < seconds and runs < most):
        start = clock()
        work()
        best = min(best, clock() - start)
        runs += 1
    return best


def best_times(works: Sequence[Callable[[], Any]], seconds: float = 3.0) -> list[float]:
    """Return the shortest run of each, after one that compiles; they run in turn, so that all meet the same load."""
    for work in works:
        work()
    best, begin, rounds = [float("inf")] * len(works), time.perf_counter(), 0
    while rounds < 3 or time.perf_counter() - begin < seconds:
        for k, work in enumerate(works):
            start = time.perf_counter()
            work()
            best[k] = min(best[k], time.perf_counter() - start)
        rounds += 1
    return best


def isolated(function: Callable[..., Any], *arguments: Any, environment: dict[str, str] | None = None) -> Any:
    """Call a module-level function in a fresh process: so that idle threads of one library slow no other."""
    saved = dict(os.environ)
    os.environ.update(environment or {})
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(function, *arguments).result()
    finally:
        os.environ.clear()
        os.environ.update(saved)


@dataclass(frozen=True)
class Result:
    """One comparison: how many times better than ``peer``, or which fraction of a limit, and the requirement."""

    task: str
    ours: str
    peer: str
    theirs: str
    ratio: float
    required: float | None = None
    goal: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the ratio meets the requirement and the goal."""
        if self.required is None:
            return ""
        if self.ratio < self.required:
            return "short of what is required"
        return "goal reached" if self.goal is not None and self.ratio >= self.goal else "as required"

    def cells(self) -> list[str]:
        """The row's cells for a table."""
        asked = ["" if value is None else f"{value:g}" for value in (self.required, self.goal)]
        return [self.task, self.ours, self.peer, self.theirs, f"{self.ratio:.2f}", *asked, self.verdict]


def duration(seconds: float) -> str:
    """Write seconds in a unit that keeps three digits readable."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
