"""Errors that mutants of the ground-states family introduce."""

from typing import Any

import numpy as np

import theory
from validation.claims._shared.perturbations import Function


def without_annealing(anneal: Function) -> Function:  # noqa: ARG001
    """Descend without annealing, from two starts."""
    from spinglass import descend

    return lambda glass, x0, *rest, **options: descend(glass, x0[:2])  # noqa: ARG005


def half_the_variance(scale: Function) -> Function:
    """Draw couplings of half their variance, as physics' conventions have it."""

    def wrong(packed: Any, *sizes: Any) -> None:
        scale(packed, *sizes)
        packed *= 2**-0.5

    return wrong


def physics_energies(count: Function) -> Function:
    """Count points below energies per spin of variance n/2, taken for ours."""
    return lambda n, H, below, **options: count(n, H, below=below / np.sqrt(2), **options)


def of_index_one(count: Function) -> Function:
    """Count saddles of index 1 in the place of minima."""
    return lambda n, H, index, **options: count(n, H, index=index + 1, **options)


def as_it_is(centred: Function) -> Function:  # noqa: ARG001
    """Leave the energy as it is."""
    return lambda energy_per_spin, n, H: energy_per_spin  # noqa: ARG005


def radii_after_steps(radii: Function) -> Function:
    """Take the radii where steps end."""
    return lambda steps: radii(steps) + 1 / steps


def threshold(deepest: Function) -> Function:  # noqa: ARG001
    """Put the ground state at the threshold energy."""
    return lambda n, H: -float(theory.E_inf(H))  # noqa: ARG005
