"""How much control variates reduce the variance of claims, at equal time."""

import time
from collections.abc import Callable

import numpy as np

from benchmarks.timing import Result
from spinglass._common.types import Array
from validation.claims._shared.complete_landscapes import every_point, points
from validation.claims.dynamics import flows, langevin
from validation.claims.dynamics.start_controls import start_controls
from validation.claims.enumeration import hessians, trivialisation
from validation.experiments import gradient_flow
from validation.statistics.control_variates import controlled

_REQUIRED = 1.5
Sample = tuple[float, Callable[[], Array], Array]  # a number, what calculates its controls, and their shares


def _flow(seed: np.random.SeedSequence, n: int) -> Sample:
    glass, x = gradient_flow.start(seed, n, 3, 32)
    flow = flows.Flow(*gradient_flow.flow_from(glass, x, flows.TIMES), np.zeros(4))
    return float(flows.relative_energies(flow, 3).mean()), lambda: start_controls(glass, x), np.array(flows.SHARES)


def _bath(seed: np.random.SeedSequence, n: int) -> Sample:
    glass, x = gradient_flow.start(seed, n, 3, 32)
    controls = start_controls(glass, x)
    reduced = langevin.quenched_energies(seed, n, 3, 0.4, 32).mean()
    return (
        float(reduced + np.dot(langevin.SHARES, controls)),
        lambda: start_controls(glass, x),
        np.array(langevin.SHARES),
    )


def _fraction(seed: np.random.SeedSequence, n: int) -> Sample:
    every = points(seed, n, 3)
    number = hessians.weighted_index_fraction(every, n, 3)
    return number, lambda: hessians.band_controls(every, n, 3), np.array(hessians.SHARES)


def _count(seed: np.random.SeedSequence, n: int, H: int, field: float) -> Sample:
    number = float(len(every_point(seed, n, {1: field, H: 1.0})))
    control = lambda: trivialisation.harmonic_control(seed, n, H, field)  # noqa: E731
    return number, control, trivialisation.shares(n, H)[0]


_TASKS: tuple[tuple[str, Callable[..., Sample], int, tuple[float, ...]], ...] = (
    ("dynamics/energy, n=20", _flow, 100, (20,)),
    ("dynamics/energy, n=80", _flow, 60, (80,)),
    ("dynamics/cold-langevin, n=20", _bath, 100, (20,)),
    ("dynamics/cold-langevin, n=80", _bath, 40, (80,)),
    ("enumeration/semicircle, n=6", _fraction, 300, (6,)),
    ("enumeration/semicircle, n=8", _fraction, 150, (8,)),
    ("enumeration/field, n=4, field=0.5", _count, 300, (4, 3, 0.5)),
    ("enumeration/field, n=4, field=3", _count, 300, (4, 3, 3.0)),
    ("enumeration/field, n=6, H=2, field=2", _count, 300, (6, 2, 2.0)),
)


def variance() -> list[Result]:
    """Measure the standard deviations without and with controls, and the ratio of variances at equal time."""
    results = []
    for name, task, samples, parameters in _TASKS:
        task(np.random.SeedSequence(0), *parameters)  # compiles
        numbers: list[tuple[float, float]] = []
        plain_time = extra_time = 0.0
        for k in range(samples):
            start = time.process_time()
            number, controls, shares = task(np.random.SeedSequence((2606, k)), *parameters)
            middle = time.process_time()
            numbers.append((number, float(controlled(number, controls(), shares))))
            plain_time += middle - start
            extra_time += time.process_time() - middle
        plain, reduced = np.std(numbers, axis=0, ddof=1) / abs(np.mean(numbers))
        ratio = (plain / reduced) ** 2 * plain_time / (plain_time + extra_time)
        results.append(Result(name, f"{reduced:.3g}", "without controls", f"{plain:.3g}", float(ratio), _REQUIRED))
    return results
