"""Planted models, starts of given overlap with the signal, and the mutant that plants too little."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from spinglass import SphericalSpinGlass, plant, sphere
from spinglass._common.types import Array
from validation.claims._shared.perturbations import Function
from validation.mutant import Mutant


def opposite_noise(
    weights: Mapping[int, float], signal: Mapping[int, float], v: Array, seed: np.random.SeedSequence
) -> Iterator[SphericalSpinGlass]:
    """Yield two planted models, whose glasses are minus one another.

    Both have the same law. In the mean of a measurement over the two, fluctuations that are linear in the couplings
    cancel; without this they would dominate.

    Examples
    --------
    >>> one, other = opposite_noise({3: 1.0}, {2: 0.5, 3: 0.5}, np.ones(10), np.random.SeedSequence(1))
    >>> round(float(one.energy(np.ones(10)) + other.energy(np.ones(10))), 9)
    -20.0
    """
    for sign in (1, -1):
        glass = SphericalSpinGlass.mixed(v.size, {k: sign * a for k, a in weights.items()}, seed)
        yield plant(glass, v, signal)


def near(v: Array, overlap: float, size: int, seed: np.random.SeedSequence) -> Array:
    """Return random points (size, n) of the sphere that have a given overlap with the point v.

    Examples
    --------
    >>> v = np.ones(10)
    >>> (near(v, 0.3, 2, np.random.SeedSequence(0)) @ v / 10).round(12)
    array([0.3, 0.3])
    """
    across = sphere.project(sphere.tangent(v, sphere.random_points(v.size, size, seed)))
    return np.asarray(overlap * v + np.sqrt(1 - overlap**2) * across)


def weaker(by: float) -> Callable[[Function], Function]:
    """Return the patch that divides the planted signal by a number."""
    return lambda add_spike: lambda packed, v, H, factor: add_spike(packed, v, H, factor / by)


HALF_SIGNAL = Mutant(
    "half the signal",
    "the signal is planted with half of its strength",
    {"spinglass.planted._add_spike": weaker(2.0)},
    upstream=True,
)
