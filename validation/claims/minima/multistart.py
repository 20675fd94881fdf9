"""All minima of a small landscape, by descents that continue until no basin is likely to be missed."""

import numpy as np
from numpy.typing import NDArray

import spinglass
from spinglass import SphericalSpinGlass, sphere
from spinglass._common.seeds import child
from spinglass._common.types import Array

SEEN_OFTEN = 5
_AT_REST = 1e-6  # gradient norm; descents aim at 1e-8
_SAME = (
    1e-6  # minima whose overlap differs from 1 by less are the same: 1e-3 in distance, far above the descents' error
)
_MOST = 2**14


def minima(glass: SphericalSpinGlass, seed: np.random.SeedSequence, starts: int) -> tuple[Array, Array]:
    """Return the distinct minima (m, n) and their energies per spin (m,).

    At least ``starts`` descents are made. Their number is doubled while some minimum has been found fewer than
    ``SEEN_OFTEN`` times: if every minimum found was found several times, a further one is improbable (Good 1953).

    Raises
    ------
    ArithmeticError
        If a descent does not converge, or some minimum is still found rarely after 16384 descents.
    """
    x, energy = np.empty((0, glass.n)), np.empty(0)
    while True:
        size = max(starts, len(x))
        ends = spinglass.descend(glass, sphere.random_points(glass.n, size, child(seed, len(x))))
        if ends.gradient_norm.max() > _AT_REST:
            raise ArithmeticError(f"{(ends.gradient_norm > _AT_REST).sum()} of {size} descents did not converge")
        x, energy = np.concatenate([x, ends.x]), np.concatenate([energy, ends.energy_per_spin])
        rows, met = _distinct(x)
        if met.min() >= SEEN_OFTEN:
            return x[rows], energy[rows]
        if len(x) >= _MOST:
            raise ArithmeticError(f"a minimum was found only {met.min()} times in {len(x)} descents")


def _distinct(x: Array) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Return the row of one representative of each point, and how often the point occurs."""
    left = np.arange(len(x))
    first = []
    times = []
    while len(left):
        same = np.einsum("bi,i->b", x[left], x[left[0]]) > (1 - _SAME) * x.shape[1]
        first.append(left[0])
        times.append(same.sum())
        left = left[~same]
    return np.array(first), np.array(times)
