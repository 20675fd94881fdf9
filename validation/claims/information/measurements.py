"""Overlaps of message passing with a planted signal, and posterior means by quadrature."""

from collections.abc import Mapping
from functools import cache

import numpy as np

import spinglass
import theory
from spinglass import SphericalSpinGlass, sphere
from spinglass._common.seeds import child
from spinglass._common.types import Array
from validation.claims._shared.gibbs import sphere_nodes
from validation.claims._shared.planted import near, opposite_noise

WEIGHTS: Mapping[int, float] = {2: 1.0, 3: 0.5}
SIGNAL: Mapping[int, float] = {2: 1.0, 3: 0.5}
STEPS, START = 6, 0.8


@cache
def infinite_overlaps() -> Array:
    """Return the overlaps of message passing with the signal after each step, for large n."""
    return np.asarray(theory.state_evolution(SIGNAL, WEIGHTS, STEPS, START**2).overlap[1:])


def message_passing_overlaps(seed: np.random.SeedSequence, n: int, starts: int) -> Array:
    """Return overlaps of message passing after each step, divided by those of state evolution."""
    v = sphere.random_points(n, 1, child(seed, 1))[0]
    x0 = START * near(v, START, starts, child(seed, 2))
    both = [passed_overlaps(glass, x0, v) for glass in opposite_noise(WEIGHTS, SIGNAL, v, child(seed, 0))]
    return np.asarray(np.mean(both, axis=0) / infinite_overlaps())


def passed_overlaps(glass: SphericalSpinGlass, x0: Array, v: Array) -> Array:
    """Return the overlaps with v after each step of message passing from x0, averaged over starts."""
    found = spinglass.pass_messages(glass, SIGNAL, x0, steps=STEPS, tol=0.0, direction=v)
    if found.overlaps is None:
        raise ArithmeticError("message passing recorded no overlaps")
    return np.asarray(found.overlaps[:, 1:].mean(axis=0))


def posterior_overlaps(seed: np.random.SeedSequence, n: int) -> float:
    """Return the overlap of the posterior mean with the signal, minus its squared length, by quadrature."""
    v = sphere.random_points(n, 1, child(seed, 1))[0]
    x, weights = sphere_nodes(n, order=20)
    found = []
    for glass in opposite_noise(WEIGHTS, SIGNAL, v, child(seed, 0)):
        energy = spinglass.posterior(glass, SIGNAL).energy(x)
        law = weights * np.exp(energy.min() - energy)
        mean = law @ x / law.sum()
        found.append((mean @ v - mean @ mean) / n)
    return float(np.mean(found))
