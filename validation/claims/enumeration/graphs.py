"""The graph of a landscape: saddles of index 1 join all its minima."""

from typing import Any

import numpy as np

from spinglass.critical_points import graph
from validation.claim import Claim, Mutant
from validation.claims._shared import perturbations
from validation.claims._shared.perturbations import Function
from validation.claims.covariance import UNIT_ROUNDOFF
from validation.claims.enumeration.complete_landscapes import Model, every_point, settings, sizes
from validation.statistics.estimators import Identity


def separate_minima(seed: np.random.SeedSequence, n: int, H: Model) -> int:
    """Return how many groups of minima are left that no saddle joins, the first not counted."""
    landscape = graph.landscape_graph(every_point(seed, n, H))
    return len(landscape.minima) - 1 - len(landscape.merges.saddle)


def whole(n: int, H: Model) -> float:  # noqa: ARG001
    """Return the error allowed of a whole number: one rounding, so none."""
    return UNIT_ROUNDOFF


def _one_way_down(minimum_of_flow: Function) -> Function:
    def half(every: Any, minima: Any, starts: Any, accuracy: float) -> Any:
        ends = minimum_of_flow(every, minima, starts[: len(starts) // 2], accuracy)
        return np.concatenate([ends, ends])

    return half


_FIELD: Model = {1: 0.5, 3: 1.0}
_MIXTURE: Model = {3: 1.0, 4: 0.5}

CLAIMS = (
    Claim(
        id="enumeration/connected",
        kind="theorem",
        statement="On every sample saddles of index 1 join all minima: between any two there is a path of valleys and "
        "passes.",
        formula=r"b_0\{E \le E(x)\} \text{ falls only at saddles } x \text{ of index } 1, \text{ to } b_0(S^{n-1}) = 1",
        source="Morse theory; Milnor 1963, Thms 3.1 and 3.2",
        measured="groups of minima left apart when the gradient flows down both sides of every saddle have joined them",
        measure=separate_minima,
        predict=whole,
        delta=1e-4,
        sizes=sizes(
            (5, 60, 100),
            settings((2, 4), (3, 3), (5, 3), (7, 3), (8, 3), (4, 4), (3, 5), (6, 2), (4, _FIELD), (3, _MIXTURE)),
            settings((3, 3), (5, 3), (7, 3), (9, 3), (10, 3), (5, 4), (4, 5), (6, _FIELD), (4, _MIXTURE)),
            settings((8, 3), (10, 3), (11, 3), (6, 4), (5, 5), (8, _FIELD), (5, _MIXTURE)),
        ),
        mutants=(
            Mutant(
                "saddles lost",
                "one saddle of index 1 in three is lost",
                {"spinglass.critical_points.enumerate_critical_points": perturbations.losing_saddles(3)},
                upstream=True,
            ),
            Mutant(
                "one way down",
                "flows leave a saddle on one side only",
                {"spinglass.critical_points.graph.minimum_of_flow": _one_way_down},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
)
