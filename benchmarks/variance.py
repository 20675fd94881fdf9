"""How much the claims' variance reductions gain: the ratio of variances at equal time.

Each claim's own measurement is compared with the plain one, on the same landscapes and with the same simulation.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import theory
from benchmarks.timing import Result
from spinglass import SphericalSpinGlass, sampling, sphere
from spinglass._common.seeds import child
from theory.statics import equilibrium
from validation import Series
from validation.claims import catalogue
from validation.claims._shared.complete_landscapes import every_point, points
from validation.claims._shared.planted import near, opposite_noise
from validation.claims._shared.tempered import FROZEN, tempered
from validation.claims.dynamics import flows, langevin, planted_flows
from validation.claims.enumeration import hessian_law, hessians
from validation.claims.ground_states import fluctuations, minimum
from validation.experiments import gradient_flow

_REQUIRED = 1.5
_FIRST = 4  # samples before those that are timed
_DRAWS = 2000  # of the bootstrap over samples


class Task(NamedTuple):
    """A claim, one of its settings, and the plain measurement.

    Attributes
    ----------
    claim_id : str
        The claim, whose measurement is that with the smaller variance.
    plain : callable
        ``plain(seed, **parameters)`` returns the number without variance reduction.
    samples : int
        Number of samples.
    parameters : dict
        Those of the series.
    component : int or None
        Which of the claim's numbers is compared; None for their mean.
    """

    claim_id: str
    plain: Callable[..., float]
    samples: int
    parameters: dict[str, float]
    component: int | None = None


def _flow(seed: np.random.SeedSequence, n: int, H: int, starts: int) -> float:
    energies, _ = gradient_flow.flow(seed, n, H, starts, flows.TIMES)
    return float((energies[1:] / flows.infinite_energies(flows.TIMES, H)).mean())


def _bath(seed: np.random.SeedSequence, n: int, H: int, T: float, starts: int) -> float:
    glass, x = gradient_flow.start(seed, n, H, starts)
    coarse, fine = (langevin.langevin_energies(glass, x, T, dt, child(seed, 2)) for dt in (0.1, 0.05))
    return float(((4 * fine - coarse)[1:] / 3 / langevin.infinite_bath(H, T)[0]).mean())


def _recovered(seed: np.random.SeedSequence, n: int, H: int, starts: int) -> float:
    v = sphere.random_points(n, 1, child(seed, 1))[0]
    x = near(v, planted_flows.START, starts, child(seed, 2))
    glass = next(opposite_noise({H: 1.0}, planted_flows.SIGNAL, v, child(seed, 0)))
    return float((planted_flows.flow_overlaps(glass, x, v) / planted_flows.infinite_overlaps(H)).mean())


def _eigenvalue(seed: np.random.SeedSequence, n: int, H: int) -> float:
    every = points(seed, n, H)
    low, high = hessians.BINS[1]
    inside = (every.energy_per_spin > low) & (every.energy_per_spin < high)
    return float(hessian_law.statistics(every.eigenvalues[inside])[:, 0].sum() / hessians.bin_means(n, H)[0][1])


def _fraction(seed: np.random.SeedSequence, n: int, H: int) -> float:
    return hessians.weighted_index_fraction(points(seed, n, H), n, H)


def _count(seed: np.random.SeedSequence, n: int, H: int, field: float) -> float:
    return float(len(every_point(seed, n, {1: field, H: 1.0})))


def _square(seed: np.random.SeedSequence, n: int, H: int) -> float:
    return float((len(points(seed, n, H).index) / theory.mean_critical_points(n, H)) ** 2)


def _valley(seed: np.random.SeedSequence, n: int, sweeps: int, T: float) -> float:
    overlaps = tempered(seed, n, sweeps).at(T)[1]
    return float((overlaps > equilibrium.equilibrium(T, 3).overlap / 2).mean())


def _lowest(seed: np.random.SeedSequence, n: int, H: int) -> float:
    glass = SphericalSpinGlass.pure(n, H, child(seed, 0))
    return minimum.centred(sampling.ground_state(glass, most=128, seed=child(seed, 1)).energy_per_spin, n, H)


def _scatter(seed: np.random.SeedSequence, n: int, H: int) -> float:
    lowest = np.array([fluctuations.minima(child(seed, k), n, H).min() for k in range(8)])
    logs = np.sort(theory.mean_critical_points(n, H, index=0, below=lowest, log=True))
    return float(np.arange(-7, 8, 2) @ logs / 28 / (2 * np.log(2)))


_TASKS = (
    Task("ground-states/limit", _lowest, 150, {"n": 16, "H": 3}),
    Task("ground-states/limit", _lowest, 30, {"n": 72, "H": 3}),
    Task("ground-states/fluctuations", _scatter, 80, {"n": 8, "H": 3}),
    Task("ground-states/fluctuations", _scatter, 60, {"n": 32, "H": 3}),
    Task("temperature/overlap-law", _valley, 80, {"n": 12, "sweeps": 600, "T": FROZEN}),
    Task("dynamics/energy", _flow, 200, {"n": 20, "H": 3, "starts": 32}),
    Task("dynamics/energy", _flow, 60, {"n": 80, "H": 3, "starts": 32}),
    Task("dynamics/cold-langevin", _bath, 150, {"n": 20, "H": 3, "T": 0.4, "starts": 32}),
    Task("dynamics/cold-langevin", _bath, 40, {"n": 80, "H": 3, "T": 0.4, "starts": 32}),
    Task("dynamics/overlap-with-signal", _recovered, 60, {"n": 16, "H": 3, "starts": 16}),
    Task("dynamics/overlap-with-signal", _recovered, 40, {"n": 56, "H": 3, "starts": 16}),
    Task("enumeration/hessian", _eigenvalue, 300, {"n": 6, "H": 3}, component=3),
    Task("enumeration/semicircle", _fraction, 400, {"n": 6, "H": 3}),
    Task("enumeration/semicircle", _fraction, 200, {"n": 8, "H": 3}),
    Task("enumeration/field", _count, 400, {"n": 4, "H": 3, "field": 0.5}, component=0),
    Task("enumeration/field", _count, 400, {"n": 4, "H": 3, "field": 3.0}, component=0),
    Task("enumeration/field", _count, 400, {"n": 6, "H": 2, "field": 2.0}, component=0),
    Task("pairs/second-moment", _square, 400, {"n": 4, "H": 3}, component=0),
)


def variance() -> list[Result]:
    """Measure the standard deviations of one sample without and with the reduction, and the ratio of variances."""
    return [_compared(task) for task in _TASKS]


def _compared(task: Task) -> Result:
    """Measure one claim both ways on the same seeds, alternating, so that both see the same load of the machine."""
    series, claim = Series(30, **task.parameters), catalogue()[task.claim_id]
    ways = (
        lambda seed: task.plain(seed, **task.parameters),
        lambda seed: claim.measurement(seed, series)[slice(None) if task.component is None else task.component].mean(),
    )
    for seed in range(_FIRST):
        for way in ways:
            way(np.random.SeedSequence(seed))  # compiles, also what only some landscapes need
    numbers, seconds = np.empty((task.samples, 2)), np.zeros(2)
    for k in range(task.samples):
        for number, way in enumerate(ways):
            start = time.process_time()
            numbers[k, number] = way(np.random.SeedSequence((2606, k)))
            seconds[number] += time.process_time() - start
    plain, reduced = np.std(numbers, axis=0, ddof=1) / np.abs(np.mean(numbers, axis=0))
    ratio = float((plain / reduced) ** 2 * seconds[0] / seconds[1])
    error = _relative_error(numbers)
    name = ", ".join([task.claim_id, *(f"{key}={value:g}" for key, value in task.parameters.items())])
    spread = f"{reduced:.3g} ({task.samples} samples, ratio +- {error:.0%})"
    return Result(name, spread, "without reduction", f"{plain:.3g}", ratio, _REQUIRED)


def _relative_error(numbers: np.ndarray) -> float:
    """Return the relative standard error of the ratio of variances, by the bootstrap over samples."""
    rows = np.random.default_rng(0).integers(len(numbers), size=(_DRAWS, len(numbers)))
    variances = numbers[rows].var(axis=1)
    return float(np.log(variances[:, 0] / variances[:, 1]).std())
