"""Errors that mutants of the ground-states family introduce."""

from typing import Any

import numpy as np

import theory
from validation.claims._shared.perturbations import Function


def without_annealing(anneal: Function) -> Function:  # noqa: ARG001
    """Descend from two starts in place of annealing."""
    from spinglass import descend

    return lambda glass, x0, *rest, **options: descend(glass, x0[:2])  # noqa: ARG005


def half_the_variance(scale: Function) -> Function:
    """Draw couplings of half their variance, as in the physics convention."""

    def wrong(packed: Any, *sizes: Any) -> None:
        scale(packed, *sizes)
        packed *= 2**-0.5

    return wrong


def physics_energies(count: Function) -> Function:
    """Take energies for those of the physics convention, with variance n/2."""
    return lambda n, H, below, **options: count(n, H, below=below / np.sqrt(2), **options)


def of_index_one(count: Function) -> Function:
    """Count saddles of index 1 in place of minima."""
    return lambda n, H, index, **options: count(n, H, index=index + 1, **options)


def as_it_is(centred: Function) -> Function:  # noqa: ARG001
    """Leave the energy as it is."""
    return lambda energy_per_spin, n, H: energy_per_spin  # noqa: ARG005


def radii_after_steps(radii: Function) -> Function:
    """Return the radii at the ends of the steps."""
    return lambda steps: radii(steps) + 1 / steps


def threshold(deepest: Function) -> Function:  # noqa: ARG001
    """Predict the threshold energy as the ground-state energy."""
    return lambda n, H: -float(theory.E_inf(H))  # noqa: ARG005
