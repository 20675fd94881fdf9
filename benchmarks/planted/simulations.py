"""Simulations with the roles relax, sample and critical_points: a correct one, and ones with a planted mistake."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.planted import plain_simulation as plain

Array = NDArray[Any]
Roles = dict[str, Callable[..., Any]]

# The search for critical points is not among them: its 100 starts miss points of some landscapes at n = 5.
CORRECT: Roles = {name: getattr(plain, name) for name in ("landscape", "relax", "sample")}


def with_role(name: str, function: Callable[..., Any], *others: str) -> Roles:
    """Return a role in place of the correct one, with the correct ones of the other names."""
    return {name: function} | {other: CORRECT[other] for other in others}


def _flow(drift: Callable[[Any, Array], Array], projected: bool = True) -> Callable[..., Any]:
    """Return the role relax with steps along ``drift(landscape, x)``."""

    def relax(n: int, H: int, seed: int, times: Array) -> list[float]:
        here = plain.landscape(n, H, seed)
        x = here.on_sphere(np.random.default_rng((seed, 1)).standard_normal(n))
        energies = []
        for interval in np.diff(times, prepend=0.0):
            for _ in range(20 if interval else 0):
                x = x + interval / 20 * drift(here, x)
                x = here.on_sphere(x) if projected else x
            energies.append(here.energy(x) / n)
        return energies

    return relax


def _tangential(here: Any, x: Array) -> Array:
    gradient = here.gradient(x)
    return np.asarray(x * (x @ gradient) / (x @ x) - gradient)


def _total(n: int, H: int, seed: int, times: Array) -> Array:
    return n * np.asarray(plain.relax(n, H, seed, times)["energies"])


def _at(factor: Callable[[int], float]) -> Callable[..., Any]:
    """Return the role sample at a temperature multiplied by ``factor(n)``."""
    return lambda n, H, seed, temperature, draws: plain.sample(n, H, seed, temperature * factor(n), draws)


def _unadjusted(n: int, H: int, seed: int, temperature: float, draws: int) -> Array:
    """Langevin dynamics with a large time step and without a Metropolis step; one chain."""
    here, random = plain.landscape(n, H, seed), np.random.default_rng((seed, 2))
    x, dt = here.on_sphere(random.standard_normal(n)), 0.3
    found = []
    for k in range(20 * (draws + 10)):
        x = here.on_sphere(x + dt * _tangential(here, x) + math.sqrt(2 * temperature * dt) * random.standard_normal(n))
        if k >= 200 and k % 20 == 19:
            found.append(x)
    return np.array(found)


def _unequilibrated(n: int, H: int, seed: int, temperature: float, draws: int) -> Array:
    """Metropolis steps from a random point, of which the first ones are kept."""
    here, random = plain.landscape(n, H, seed), np.random.default_rng((seed, 2))
    found = []
    for _ in range(draws):
        x = here.on_sphere(random.standard_normal(n))
        for _ in range(3):
            trial = here.on_sphere(x + 0.3 * random.standard_normal(n))
            if random.random() < math.exp(min(0.0, (here.energy(x) - here.energy(trial)) / temperature)):
                x = trial
        found.append(x)
    return np.array(found)


def _every_find(n: int, H: int, seed: int) -> Array:
    points = plain.critical_points(n, H, seed)
    return np.concatenate([points, points[: len(points) // 2]])


def _one_of_each_pair(n: int, H: int, seed: int) -> Array:
    points = plain.critical_points(n, H, seed)
    return np.asarray(points[::2])  # x and -x follow each other


def _stopped_early(n: int, H: int, seed: int) -> Array:
    points = plain.critical_points(n, H, seed)
    moved = points + 0.01 * np.random.default_rng(seed).standard_normal(points.shape)
    return np.asarray(moved * math.sqrt(n) / np.linalg.norm(moved, axis=1, keepdims=True))


# name of the mistake: roles, what is declared, a word of the explanation
PLANTED: dict[str, tuple[Roles, dict[str, str], str]] = {
    "time of the physics convention": (
        with_role("relax", lambda n, H, seed, times: plain.relax(n, H, seed, times / math.sqrt(2))),
        {},
        "time slower by sqrt 2",
    ),
    "factor H of the flow": (
        with_role("relax", _flow(lambda here, x: _tangential(here, x) / 3)),
        {},
        "factor H of the gradient missing",
    ),
    "flow not projected": (
        with_role("relax", _flow(lambda here, x: -here.gradient(x), projected=False)),
        {},
        "is nan",  # it leaves the sphere and diverges
    ),
    "flow uphill": (with_role("relax", _flow(lambda here, x: -_tangential(here, x))), {}, "ascent"),
    "total energies of the flow": (with_role("relax", _total), {}, "total energy"),
    "temperature of the physics convention": (
        with_role("sample", _at(lambda _: math.sqrt(2)), "landscape"),
        {},
        "temperature of the physics convention",
    ),
    "Boltzmann factor per spin": (with_role("sample", _at(lambda n: n), "landscape"), {}, "Boltzmann factor per spin"),
    "no Metropolis step": (with_role("sample", _unadjusted, "landscape"), {}, "no Metropolis step"),
    "no equilibration": (with_role("sample", _unequilibrated, "landscape"), {}, "no equilibration"),
    "duplicates of critical points": (with_role("critical_points", _every_find, "landscape"), {}, "duplicates kept"),
    "one of x and -x": (with_role("critical_points", _one_of_each_pair, "landscape"), {}, "one point of each pair"),
    "too few starts": (with_role("critical_points", plain.critical_points, "landscape"), {}, "points lost"),
    "search stopped early": (with_role("critical_points", _stopped_early, "landscape"), {}, "search stopped early"),
}
