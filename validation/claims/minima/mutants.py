"""Errors that mutants of the minima family introduce."""

from collections.abc import Callable
from typing import Any

import numpy as np

from spinglass import sphere
from validation.claims._shared.perturbations import Function


def losing_one_in(some: int) -> Callable[[Function], Function]:
    """Drop one critical point in ``some``, at random but fixed by the points themselves."""

    def wrap(search: Function) -> Function:
        def lossy(*arguments: Any) -> Any:
            x, energy = search(*arguments)
            # Digits far behind the point are as good as random, and the same in every process.
            kept = np.floor(np.abs(energy) * 1e6) % some != 0
            return x[kept], energy[kept]

        return lossy

    return wrap


def at_one_point(random_points: Function) -> Function:
    """Draw all points at one place, up to a millionth, where they are asked for all over the sphere."""

    def close(n: int, size: int, seed: Any) -> Any:
        return sphere.project(np.eye(n)[0] + 1e-6 * random_points(n, size, seed))

    return close
