"""Pairs of critical points: all pairs of enumerated samples, and their exact mean density, compared with limits."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import theory
from benchmarks.timing import Result, duration
from validation.experiments.pairs_of_points import survey_pairs

_SAMPLES, _N = 100, 12
_SAMPLES_LIMIT = 60.0  # seconds, on two cores, after compilation
_DENSITIES = {10: 10.0, 40: 300.0}  # seconds for one overlap to 1%
_OVERLAP = 0.3


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def pairs() -> list[Result]:
    """Measure each computation once, after small ones that compile the kernels."""
    edges = np.linspace(-1.0, 1.0, 11)
    survey_pairs(4, 3, 1, 0, edges)
    theory.mean_pairs(5, 3, _OVERLAP, accuracy=0.1)
    seconds = _seconds(lambda: survey_pairs(_N, 3, _SAMPLES, 0, edges))
    rows = [_row(f"all pairs of {_SAMPLES} samples, n = {_N}, H = 3", seconds, _SAMPLES_LIMIT)]
    for n, limit in _DENSITIES.items():
        seconds = _seconds(lambda n=n: theory.mean_pairs(n, 3, _OVERLAP, accuracy=0.01))
        rows.append(_row(f"density of pairs at one overlap to 1%, n = {n}, H = 3", seconds, limit))
    return rows


def _row(task: str, seconds: float, limit: float) -> Result:
    return Result(task, duration(seconds), "limit", duration(limit), limit / seconds, required=1.0)
