"""Mistakes that people make in the code of a relaxation."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from spinglass import sphere
from spinglass._common.types import Array
from validation.claims._shared.mutants import MULTIPLICITY, NORMALISATION
from validation.mutant import Mutant
from validation.subjects import own

_RELAX = "validation.subjects.own.relax"
Patch = Callable[[Callable[..., Any]], Callable[..., Any]]


def _at(change: Callable[[Array, int, int], Array]) -> Patch:
    """Return a patch that records at other times; ``change(times, n, H)`` gives these."""
    return lambda relax: lambda n, H, seed, times, **bath: relax(n, H, seed, change(times, n, H), **bath)


def _energies(change: Callable[[Array, int, int], Array]) -> Patch:
    return _changed("energies", change)


def _changed(name: str, change: Callable[[Array, int, int], Array]) -> Patch:
    """Return a patch that changes the recorded energies or overlaps; ``change(values, n, H)`` gives the new ones."""

    def patch(relax: Callable[..., Any]) -> Callable[..., Any]:
        def changed(n: int, H: int, seed: int, times: Array, **bath: float) -> dict[str, Array]:
            found = relax(n, H, seed, times, **bath)
            return {**found, name: change(found[name], n, H)}

        return changed

    return patch


def _at_temperature(change: Callable[[float], float]) -> Patch:
    return lambda relax: (
        lambda n, H, seed, times, temperature=0.0: relax(n, H, seed, times, temperature=change(temperature))
    )


def _without_projection(start: Callable[..., Any]) -> Callable[..., Any]:  # noqa: ARG001
    """Follow the Euclidean gradient away from the sphere, until the length has tripled."""

    def free(n: int, H: int, seed: int, times: Array) -> dict[str, Array]:
        glass = own.landscape(n, H, seed)
        x = own.start(glass, seed)[0]
        begin, step = x.copy(), times[1] / 10
        energies = []
        overlaps = []
        for interval in np.diff(times, prepend=0.0):
            for _ in range(round(interval / step)):
                if x @ x < 9 * n:
                    x = x - step * glass.gradient(x)
            energies.append(float(glass.energy(x)) / n)
            overlaps.append(float(begin @ x) / n)
        return {"energies": np.array(energies), "overlaps": np.array(overlaps)}

    return free


def _in_large_steps(relax: Callable[..., Any]) -> Callable[..., Any]:  # noqa: ARG001
    """Make Euler steps as long as the third time, and record at the nearest step."""

    def coarse(n: int, H: int, seed: int, times: Array) -> dict[str, Array]:
        glass = own.landscape(n, H, seed)
        points = [own.start(glass, seed)]
        for _ in range(math.ceil(times[-1] / times[2])):
            points.append(sphere.project(points[-1] - times[2] * sphere.riemannian_gradient(glass, points[-1])))
        path = np.concatenate(points)[np.rint(times / times[2]).astype(int)]
        return {"energies": glass.energy(path) / n, "overlaps": path @ path[0] / n}

    return coarse


def _one_run_per_time(relax: Callable[..., Any]) -> Callable[..., Any]:
    def restarted(n: int, H: int, seed: int, times: Array) -> dict[str, Array]:
        runs = [relax(n, H, seed + 1000 * k, times) for k in range(len(times))]
        return {name: np.array([run[name][k] for k, run in enumerate(runs)]) for name in runs[0]}

    return restarted


def _first_couplings(start: Callable[..., Any]) -> Callable[..., Any]:  # noqa: ARG001
    def same(glass: Any, seed: int) -> Array:  # noqa: ARG001
        (packed,) = glass.couplings.values()
        return sphere.project(packed[None, : glass.n])

    return same


def _start_off_the_sphere(relax: Callable[..., Any]) -> Callable[..., Any]:
    """Give the start the length of a vector of n normal numbers."""

    def stretched(n: int, H: int, seed: int, times: Array) -> dict[str, Array]:
        found = relax(n, H, seed, times)
        length = np.random.default_rng(seed).chisquare(n) / n
        return {**found, "energies": np.append(length ** (H / 2) * found["energies"][0], found["energies"][1:])}

    return stretched


def _mutant(name: str, statement: str, patch: Patch, target: str = _RELAX) -> Mutant:
    return Mutant(name, statement, {target: patch}, upstream=True)


PHYSICS = Mutant(
    "variance n/2",
    "energies are smaller by sqrt 2, and the flow is slower by sqrt 2: the variance is n/2, as in the physics "
    "convention; declare variance = 'n/2'",
    NORMALISATION.patches,
    upstream=True,
)
_TOTAL = _mutant("total energy", "energies are not divided by n", _energies(lambda e, n, H: n * e))  # noqa: ARG005
_ASCENT = _mutant("ascent", "the flow goes up the gradient", _energies(lambda e, n, H: -e))  # noqa: ARG005
_LACKS_H = _mutant(
    "factor H of the gradient missing",
    "the flow is slower by a factor H: only one of the H equal terms of the energy is differentiated",
    _at(lambda t, n, H: t / H),  # noqa: ARG005
)
_SLOW = _mutant(
    "time slower by sqrt 2",
    "the flow is slower by sqrt 2: times are those of the physics convention, energies are not",
    _at(lambda t, n, H: t * 2**-0.5),  # noqa: ARG005
)
_CLOCKS = (
    _SLOW,
    _mutant(
        "time faster by sqrt 2",
        "the flow is faster by sqrt 2: times are converted to the physics convention twice",
        _at(lambda t, n, H: t * 2**0.5),  # noqa: ARG005
    ),
    _mutant("time slower by 2", "the flow is slower by 2, as for dx/dt = -grad E/2", _at(lambda t, n, H: t / 2)),  # noqa: ARG005
    _mutant("time faster by 2", "the flow is faster by 2, as for dx/dt = -2 grad E", _at(lambda t, n, H: t * 2)),  # noqa: ARG005
    _LACKS_H,
    _mutant(
        "gradient per spin",
        "the flow is slower by n: it follows the gradient of the energy per spin",
        _at(lambda t, n, H: t / n),  # noqa: ARG005
    ),
    _mutant(
        "time step too large",
        "the time step is as long as the first of the times asked for, so that these are missed",
        _in_large_steps,
    ),
)
_NOT_PROJECTED = _mutant(
    "flow not projected",
    "the flow follows the Euclidean gradient and leaves the sphere",
    _without_projection,
)
START = (
    PHYSICS,
    _mutant(
        "variance 2n",
        "energies are larger by sqrt 2: their variance is 2n",
        _energies(lambda e, n, H: 2**0.5 * e),  # noqa: ARG005
    ),
    _TOTAL,
    MULTIPLICITY,
    _mutant(
        "start off the sphere",
        "the start is a normal vector that is not projected onto the sphere",
        _start_off_the_sphere,
    ),
    _mutant(
        "start made of couplings",
        "the start is drawn from the same random numbers as the couplings, not from further ones",
        _first_couplings,
        "validation.subjects.own.start",
    ),
    _mutant(
        "recorded one step late",
        "energies are recorded after a step, although the first time is 0",
        _at(lambda t, n, H: t + t[1]),  # noqa: ARG005
    ),
)
SLOPE = (PHYSICS, _TOTAL, _ASCENT, *_CLOCKS, _NOT_PROJECTED)
CURVATURE = (
    PHYSICS,
    *_CLOCKS,
    _mutant("overlap squared", "overlaps are squared", _changed("overlaps", lambda q, n, H: q**2)),  # noqa: ARG005
)
DOWNHILL = (
    _ASCENT,
    _mutant(
        "one run per time", "every energy comes from a run of its own, in a landscape of its own", _one_run_per_time
    ),
    _mutant("noise", "the flow is noisy, as at temperature 0.3", _at_temperature(lambda _: 0.3)),
)
ENERGY_LIMIT = (PHYSICS, _ASCENT, _LACKS_H, MULTIPLICITY)
OVERLAP_LIMIT = (
    _LACKS_H,
    _mutant("overlap squared", "overlaps are squared", _changed("overlaps", lambda q, n, H: q**2)),  # noqa: ARG005
    _mutant(
        "overlap of successive times",
        "overlaps are those with the point at the time before",
        _changed("overlaps", lambda q, n, H: q / np.append(1.0, q[:-1])),  # noqa: ARG005
    ),
)
BATH = (
    _mutant(
        "physics' temperature",
        "the temperature is too high by sqrt 2: it is that of the physics convention, energies are not",
        _at_temperature(lambda T: T * 2**0.5),
    ),
    _mutant(
        "noise sqrt(T) dW",
        "the temperature is too low by 2: the noise is sqrt(T) dW in place of sqrt(2T) dW",
        _at_temperature(lambda T: T / 2),
    ),
    _mutant("noise 2 sqrt(T) dW", "the temperature is too high by 2", _at_temperature(lambda T: 2 * T)),
    _mutant("temperature ignored", "there is no noise", _at_temperature(lambda _: 0.0)),
    MULTIPLICITY,
)
