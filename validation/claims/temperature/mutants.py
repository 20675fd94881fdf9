"""Errors in sampling that mutants of the temperature family introduce, and a mutant that two of its claims share."""

from dataclasses import replace
from typing import Any

import numpy as np

from validation.claims._shared.perturbations import Function
from validation.mutant import Mutant


def hotter(sweep: Function) -> Function:
    """Run the replicas at temperatures a tenth higher than those they are reported at."""

    def wrong(forms: Any, replicas: Any, records: Any, temperatures: Any, *rest: Any) -> None:
        sweep(forms, replicas, records, 1.1 * temperatures, *rest)

    return wrong


def weak_noise(diffuse: Function) -> Function:
    """Diffuse at nine tenths of the temperature."""
    return lambda x, xi, temperature, dt: diffuse(x, xi, 0.9 * temperature, dt)


def slow_drift(drift: Function) -> Function:
    """Let the gradient act during four fifths of each step."""
    return lambda start, x, gradient, dt: drift(start, x, gradient, 0.8 * dt)


def physics_temperature(mean_energy: Function) -> Function:
    """Take T for the temperature of the physics convention, in which energies have variance n/2."""
    return lambda model, temperature, *rest: mean_energy(model, temperature * np.sqrt(2), *rest)


def without_valleys(equilibrium: Function) -> Function:
    """Give all the weight to overlap 0, and keep the overlap of the valleys."""
    return lambda T, H: replace(equilibrium(T, H), breakpoint=1.0)


def potential_at_physics_temperature(potential: Function) -> Function:
    """Take T for the temperature of the physics convention, in which energies have variance n/2."""
    return lambda q, T, H: potential(q, T * np.sqrt(2), H)


def potential_of_volume(potential: Function) -> Function:  # noqa: ARG001
    """Keep the volume of the sphere at a fixed overlap, and leave out the energy."""
    return lambda q, T, H: -T / 2 * np.log1p(-q * q)  # noqa: ARG005


def one_key_for_all_rows(row_keys: Function) -> Function:
    """Give all rows the random numbers of the first."""
    return lambda seed, rows, first=0: np.repeat(row_keys(seed, 1, first), rows, axis=0)


def keys_without_seed(row_keys: Function) -> Function:
    """Give every batch of rows the random numbers of the same seed."""
    return lambda seed, rows, first=0: row_keys(0, rows, first)  # noqa: ARG005


def keys_of_half_the_rows(row_keys: Function) -> Function:
    """Give the second half of the rows the random numbers of the first half."""
    return lambda seed, rows, first=0: np.tile(row_keys(seed, rows // 2, first), (2, 1))


HOTTER = Mutant(
    "too hot",
    "replicas move at temperatures a tenth too high",
    {"spinglass.sampling.tempering.sweep_replicas": hotter},
    upstream=True,
)
