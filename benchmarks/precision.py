"""Couplings stored in float32 and summed in float64, compared with float64 and with the memory bandwidth."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.timing import Result, best_times, duration, isolated
from spinglass import SphericalSpinGlass, couplings, descend, sphere


def models(n: int) -> list[SphericalSpinGlass]:
    """The model with couplings in float32, and the model with the same couplings in float64."""
    single = SphericalSpinGlass.pure(n, 3, seed=0, dtype=np.float32)
    return [single, SphericalSpinGlass(n, single.weights, {3: single.couplings[3].astype(np.float64)})]


def _both(n: int, work: Callable[[SphericalSpinGlass], Any], *others: Callable[[], Any]) -> list[float]:
    return best_times([*(partial(work, glass) for glass in models(n)), *others], 6.0)


def gradients(n: int, batch: int) -> list[float]:
    """Seconds for the energies and gradients of a batch (of one point for batch = 0) in float32 and in float64."""
    x = sphere.random_points(n, max(batch, 1), seed=1)
    return _both(n, lambda glass: glass.energy_and_gradient(x if batch else x[0]))


def gradients_and_bandwidth(n: int) -> list[float]:
    """Seconds for the energy and gradient of one point in float32 and in float64, and bytes per second of reading.

    They are measured in turns, because the bandwidth of a shared machine changes from minute to minute.
    """
    x = sphere.random_points(n, 1, seed=1)[0]
    read, size = machine.memory_reader()
    *seconds, reading = _both(n, lambda glass: glass.energy_and_gradient(x), read)
    return [*seconds, size / reading]


def descents(n: int, starts: int) -> list[float]:
    """Seconds for L-BFGS from all starts to 1e-8 in float32 and in float64."""
    x = sphere.random_points(n, starts, seed=1)

    def work(glass: SphericalSpinGlass) -> None:
        if not descend(glass, x, tol=1e-8).converged.all():
            raise RuntimeError(f"not all of the {starts} starts at n = {n} converged to 1e-8")

    return _both(n, work)


def _row(task: str, times: list[float], required: float | None = None, goal: float | None = None) -> Result:
    single, double = times
    return Result(
        f"float32 couplings, {task}", duration(single), "float64", duration(double), double / single, required, goal
    )


def precision() -> list[Result]:
    """Single points, which are limited by arithmetic at n = 100 and by memory from n = 500 on; batches; descents."""
    results = [
        _row("one point, n=100", isolated(gradients, 100, 0)),
        _row("one point, n=500", isolated(gradients, 500, 0), 1.3, 1.8),
    ]
    *times, bandwidth = isolated(gradients_and_bandwidth, 1000)
    results.append(_row("one point, n=1000", times, 1.3, 1.8))
    for dtype, seconds in zip((np.float32, np.float64), times, strict=True):
        rate = np.dtype(dtype).itemsize * couplings.size(1000, 3) / seconds
        results.append(
            Result(
                f"{dtype.__name__} couplings, one point, n=1000",
                f"{rate / 1e9:.1f} GB/s",
                "memory bandwidth",
                f"{bandwidth / 1e9:.1f} GB/s",
                rate / bandwidth,
                0.7,
                0.9,
            )
        )
    results += [_row(f"batch of 512, n={n}", isolated(gradients, n, 512), 0.9) for n in (25, 100)]
    for n, starts in ((100, 128), (500, 1)):
        results.append(_row(f"{starts} descents to 1e-8, n={n}", isolated(descents, n, starts)))
    return results
