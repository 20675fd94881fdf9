"""Mistakes that people make in a search for the critical points of a landscape."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from spinglass import sphere
from spinglass._common.types import Array
from validation.claims._shared.mutants import MULTIPLICITY, NORMALISATION
from validation.mutant import Mutant
from validation.subjects import own
from validation.subjects.declaration import Declaration

_POINTS = "validation.subjects.own.critical_points"
Change = Callable[[Array, Any, int], Array]


def _mutant(name: str, statement: str, change: Change) -> Mutant:
    """Return a mutant that changes the list of points; ``change(points, glass, seed)`` gives the new one."""

    def patch(critical_points: Callable[..., Any]) -> Callable[..., Any]:
        return lambda n, H, seed: change(critical_points(n, H, seed), own.landscape(n, H, seed), seed)

    return Mutant(name, statement, {_POINTS: patch}, upstream=True)


def _moved(x: Array, by: float, seed: int) -> Array:
    return sphere.project(x + by * np.random.default_rng(seed).standard_normal(x.shape))


REPEATED = _mutant(
    "duplicates kept",
    "points that the search finds several times are listed several times",
    lambda x, glass, seed: np.concatenate([x, _moved(x[::3], 1e-9, seed)]),  # noqa: ARG005
)
_TWICE = _mutant(
    "every point twice",
    "the distance below which two points count as one is smaller than the error of the points",
    lambda x, glass, seed: np.concatenate([x, _moved(x, 1e-6, seed)]),  # noqa: ARG005
)
_HALF = _mutant(
    "one point of each pair",
    "of the points x and -x only one is listed",
    lambda x, glass, seed: x[x[:, 0] > 0],  # noqa: ARG005
)
_LOST = _mutant(
    "points lost",
    "the search misses one point in ten, and at least one",
    lambda x, glass, seed: x[np.arange(len(x)) % 10 != 0],  # noqa: ARG005
)
_MINIMA = _mutant(
    "minima only",
    "only minima are listed; declare points = 'minima'",
    lambda x, glass, seed: x[sphere.index(glass, x) == 0],  # noqa: ARG005
)
_SADDLES_ONLY = _mutant(
    "saddles only",
    "minima and maxima are left out",
    lambda x, glass, seed: x[np.abs(sphere.index(glass, x) - (glass.n - 1) / 2) < (glass.n - 1) / 2],  # noqa: ARG005
)
_EARLY = _mutant(
    "search stopped early",
    "the search stops at a distance of a hundredth from the points",
    lambda x, glass, seed: _moved(x, 0.01, seed),  # noqa: ARG005
)
_ELSEWHERE = Mutant(
    "another landscape",
    "the landscape is not the one that the role landscape returns for this seed",
    {_POINTS: lambda critical_points: lambda n, H, seed: critical_points(n, H, seed + 1)},
    upstream=True,
)
_SADDLES = Mutant(
    "saddles counted as minima",
    "saddles and maxima are listed although the points are declared as minima; remove them, or declare points = 'all'",
    {"validation.subjects.current.own": lambda code: lambda: replace(code(), declaration=Declaration(points="minima"))},
    upstream=True,
)
PHYSICS = Mutant(
    "variance n/2",
    "energies are smaller by sqrt 2: the variance is n/2, as in the physics convention; declare variance = 'n/2'",
    NORMALISATION.patches,
    upstream=True,
)
CRITICAL = (_EARLY, _ELSEWHERE)
DISTINCT = (REPEATED, _TWICE)
ANTIPODES = (_HALF, _LOST, _MINIMA)
INDICES = (_SADDLES, _LOST, _MINIMA, _SADDLES_ONLY)
NUMBERS = (REPEATED, _TWICE, _HALF, _LOST, _MINIMA, _SADDLES_ONLY)
# Numbers that are 0 in every landscape have no standard error: minima or saddles alone are found by their total number.
PER_INDEX = (REPEATED, _TWICE, _HALF, MULTIPLICITY)
BELOW = (PHYSICS, REPEATED, _TWICE, _HALF, _SADDLES_ONLY, _ELSEWHERE)
EIGENVECTORS = (REPEATED, _TWICE, _HALF, _LOST, _MINIMA, _SADDLES)
