"""Mistakes that people make in the code of a sampler."""

from collections.abc import Callable
from typing import Any

import numpy as np

from spinglass import sampling, sphere
from spinglass._common.types import Array
from validation.claims._shared.mutants import MULTIPLICITY, NORMALISATION
from validation.mutant import Mutant
from validation.subjects import own

_SAMPLE = "validation.subjects.own.sample"
Patch = Callable[[Callable[..., Any]], Callable[..., Any]]


def _mutant(name: str, statement: str, patch: Patch) -> Mutant:
    return Mutant(name, statement, {_SAMPLE: patch}, upstream=True)


def _at_temperature(change: Callable[[float, int], float]) -> Patch:
    """Return a patch that samples at another temperature; ``change(T, n)`` gives it."""
    return lambda sample: lambda n, H, seed, temperature, draws: sample(n, H, seed, change(temperature, n), draws)


def _langevin(dt: float, steps: int) -> Patch:
    """Return a patch that samples by Euler steps of Langevin dynamics, without accepting or rejecting them."""

    def patch(_: Callable[..., Any]) -> Callable[..., Any]:
        def unadjusted(n: int, H: int, seed: int, temperature: float, draws: int) -> dict[str, Array]:
            chain = sampling.Langevin(own.landscape(n, H, seed), temperature, dt, scheme="euler")
            state = chain.init(sphere.random_points(n, draws, np.random.SeedSequence((seed, 1))), seed)
            state, _ = chain.step(state, steps)
            return {"points": state.x, "energies": state.energy}

        return unadjusted

    return patch


def _energies(change: Callable[[Array, int], Array]) -> Patch:
    def patch(sample: Callable[..., Any]) -> Callable[..., Any]:
        def changed(n: int, H: int, seed: int, temperature: float, draws: int) -> dict[str, Array]:
            found = sample(n, H, seed, temperature, draws)
            return {**found, "energies": change(found["energies"], n)}

        return changed

    return patch


def _stuck(sample: Callable[..., Any]) -> Callable[..., Any]:
    def repeated(n: int, H: int, seed: int, temperature: float, draws: int) -> dict[str, Array]:
        found = sample(n, H, seed, temperature, draws)
        return {name: np.repeat(values[:1], draws, axis=0) for name, values in found.items()}

    return repeated


PHYSICS = Mutant(
    "variance n/2",
    "energies are smaller by sqrt 2, and the temperature is not: the variance is n/2, as in the physics convention; "
    "declare variance = 'n/2'",
    NORMALISATION.patches,
    upstream=True,
)
HOTTER = _mutant(
    "temperature of the physics convention",
    "the temperature is too high by sqrt 2: it is that of the physics convention, energies are not",
    _at_temperature(lambda T, n: T * 2**0.5),  # noqa: ARG005
)
_COLDER = _mutant(
    "temperature too low by sqrt 2",
    "the temperature is too low by sqrt 2: it is converted to the physics convention, energies are not",
    _at_temperature(lambda T, n: T * 2**-0.5),  # noqa: ARG005
)
_TWICE = _mutant(
    "temperature too high by 2",
    "the temperature is too high by 2, as with noise 2 sqrt(T) dW",
    _at_temperature(lambda T, n: T * 2),  # noqa: ARG005
)
_HALF = _mutant(
    "temperature too low by 2",
    "the temperature is too low by 2, as with noise sqrt(T) dW in place of sqrt(2T) dW",
    _at_temperature(lambda T, n: T / 2),  # noqa: ARG005
)
_PER_SPIN = _mutant(
    "Boltzmann factor per spin",
    "the Boltzmann factor contains the energy per spin, so that the temperature is too high by n",
    _at_temperature(lambda T, n: T * n),
)
_INVERSE = _mutant(
    "inverse temperature",
    "the temperature is taken for the inverse temperature",
    _at_temperature(lambda T, n: 1 / T),  # noqa: ARG005
)
UNADJUSTED = _mutant(
    "no Metropolis step",
    "Langevin dynamics has a large time step and no Metropolis step",
    _langevin(dt=0.25, steps=60),
)
_NOT_EQUILIBRATED = _mutant(
    "no equilibration",
    "draws are taken soon after a random start",
    _langevin(dt=0.02, steps=5),
)
ENERGY_PER_SPIN = _mutant("energy per spin", "energies are divided by n", _energies(lambda e, n: e / n))
TWO_TEMPERATURES = (HOTTER, _COLDER, _TWICE, _HALF, _PER_SPIN, _INVERSE, UNADJUSTED, _NOT_EQUILIBRATED, ENERGY_PER_SPIN)
MEAN_ENERGIES = (PHYSICS, MULTIPLICITY, HOTTER, _COLDER, _TWICE, _HALF, _PER_SPIN, _NOT_EQUILIBRATED, ENERGY_PER_SPIN)
ONE_LANDSCAPE = (
    HOTTER,
    _COLDER,
    _TWICE,
    _HALF,
    _PER_SPIN,
    _INVERSE,
    UNADJUSTED,
    _NOT_EQUILIBRATED,
    ENERGY_PER_SPIN,
    _mutant(
        "another landscape",
        "the landscape is not the one that the role landscape returns for this seed",
        lambda sample: lambda n, H, seed, temperature, draws: sample(n, H, seed + 1, temperature, draws),
    ),
)
OVERLAPS = (
    PHYSICS,
    MULTIPLICITY,
    HOTTER,
    _COLDER,
    _NOT_EQUILIBRATED,
    _mutant("chain does not move", "all draws of a request are the same point", _stuck),
)
