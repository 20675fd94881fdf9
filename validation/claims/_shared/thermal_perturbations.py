"""Errors in sampling and in what is expected of it, for mutants."""

from dataclasses import replace
from typing import Any

import numpy as np

from validation.claims._shared.perturbations import Function


def hotter(sweep: Function) -> Function:
    """Run the replicas at temperatures a tenth higher than those they are reported at."""

    def wrong(forms: Any, replicas: Any, records: Any, temperatures: Any, *rest: Any) -> None:
        sweep(forms, replicas, records, 1.1 * temperatures, *rest)

    return wrong


def weak_noise(diffuse: Function) -> Function:
    """Diffuse at nine tenths of the temperature."""
    return lambda x, xi, temperature, dt: diffuse(x, xi, 0.9 * temperature, dt)


def slow_drift(drift: Function) -> Function:
    """Let the gradient act for four fifths of each step."""
    return lambda start, x, gradient, dt: drift(start, x, gradient, 0.8 * dt)


def physics_temperature(mean_energy: Function) -> Function:
    """Take T for the physics papers' temperature, that of energies with variance n/2."""
    return lambda model, temperature, *rest: mean_energy(model, temperature * np.sqrt(2), *rest)


def without_annealing(anneal: Function) -> Function:  # noqa: ARG001
    """Descend without annealing, from two starts."""
    from spinglass import descend

    return lambda glass, x0, *rest, **options: descend(glass, x0[:2])  # noqa: ARG005


def physics_temperature_of_theory(equilibrium: Function) -> Function:
    """Take T for that of energies with variance n/2, and keep the energies."""
    return lambda T, H: equilibrium(T * np.sqrt(2), H)


def never_broken(equilibrium: Function) -> Function:
    """Give the replica-symmetric energy at any temperature."""
    return lambda T, H: replace(equilibrium(T, H), energy=-1 / T)


def without_valleys(equilibrium: Function) -> Function:
    """Give the overlap 0 all the weight, and keep the valleys' overlap."""
    return lambda T, H: replace(equilibrium(T, H), breakpoint=1.0)


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
    import theory

    return lambda n, H: -float(theory.E_inf(H))  # noqa: ARG005
