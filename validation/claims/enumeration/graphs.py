"""The graph of a landscape: saddles of index 1 connect all its minima."""

from typing import Any

import numpy as np

from spinglass.critical_points import graph
from validation.claim import Claim
from validation.claims._shared import perturbations
from validation.claims._shared.complete_landscapes import Model, every_point
from validation.claims._shared.efforts import settings, sizes
from validation.claims._shared.perturbations import Function
from validation.claims._shared.rounding import UNIT_ROUNDOFF
from validation.mutant import Mutant
from validation.statistics.estimators import Identity


def separate_minima(seed: np.random.SeedSequence, n: int, H: Model) -> int:
    """Return the number of groups of minima that no saddle connects, minus one."""
    landscape = graph.landscape_graph(every_point(seed, n, H))
    return len(landscape.minima) - 1 - len(landscape.merges.saddle)


def whole(**_: object) -> float:
    """Return the tolerance for a whole number: one rounding, so that no error is allowed."""
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
        statement="In every disorder sample saddles of index 1 connect all minima: between any two minima there is a "
        "path over such saddles.",
        formula=r"b_0\{E \le E(x)\} \text{ falls only at saddles } x \text{ of index } 1, \text{ to } b_0(S^{n-1}) = 1",
        source="Morse theory; Milnor 1963, Thms 3.1 and 3.2",
        measured="the number of groups of minima that remain separate after gradient flow down both sides of every "
        "saddle has connected them, minus one",
        measure=separate_minima,
        predict=whole,
        delta=1e-4,
        sizes=sizes(
            (5, 60, 100),
            settings("n H", (2, 4), (3, 3), (5, 3), (7, 3), (8, 3), (4, 4), (3, 5), (6, 2), (4, _FIELD), (3, _MIXTURE)),
            settings("n H", (3, 3), (5, 3), (7, 3), (9, 3), (10, 3), (5, 4), (4, 5), (6, _FIELD), (4, _MIXTURE)),
            settings("n H", (8, 3), (10, 3), (11, 3), (6, 4), (5, 5), (8, _FIELD), (5, _MIXTURE)),
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
                "gradient flow leaves each saddle on one side only",
                {"spinglass.critical_points.graph.minimum_of_flow": _one_way_down},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
)
