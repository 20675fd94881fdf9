"""All critical points of small landscapes: the number of complex solutions, and the Morse relation of the real ones."""

from collections.abc import Mapping

import numpy as np

from spinglass import SphericalSpinGlass, critical_points
from validation.claim import Claim
from validation.claims._shared import perturbations
from validation.claims._shared.complete_landscapes import Model
from validation.claims._shared.efforts import settings, sizes
from validation.claims._shared.mutants import INDEX
from validation.claims._shared.rounding import UNIT_ROUNDOFF
from validation.claims.enumeration.mutants import PATH_LOST
from validation.mutant import Mutant
from validation.statistics.estimators import Identity

_FIELD = {1: 1.0, 3: 1.0}
_MIXTURE = {3: 1.0, 4: 0.5}


def number_of_solutions(n: int, H: Model) -> int:
    """Return the number of complex critical points up to a factor, ``((H-1)^n - 1)/(H-2)``.

    A mixed model of highest order H has twice as many, because x and -x are not equivalent.
    """
    degree = max(H) if isinstance(H, Mapping) else H
    classes: int = sum((degree - 1) ** k for k in range(n))  # the quotient above, whose limit at H = 2 is n
    return 2 * classes if isinstance(H, Mapping) else classes


def missing_solutions(seed: np.random.SeedSequence, n: int, H: Model) -> float:
    """Return the relative difference between a landscape's number of complex critical points and the exact number."""
    every = critical_points.enumerate_critical_points(_glass(seed, n, H))
    return float(abs(every.found / number_of_solutions(n, H) - 1))


def morse_defect(seed: np.random.SeedSequence, n: int, H: Model) -> int:
    """Return the difference between ``sum_k (-1)^k N_k`` and the Euler characteristic of the sphere."""
    every = critical_points.enumerate_critical_points(_glass(seed, n, H))
    signed = int(np.sum((-1) ** every.index))
    return int(abs(signed - 1 - (-1) ** (n - 1)))


def rounding(**_: object) -> float:
    """Return the tolerance for whole numbers and their quotients: one rounding, so that no number may differ."""
    return UNIT_ROUNDOFF


def _glass(seed: np.random.SeedSequence, n: int, H: Model) -> SphericalSpinGlass:
    return SphericalSpinGlass.mixed(n, H, seed) if isinstance(H, dict) else SphericalSpinGlass.pure(n, H, seed)


CLAIMS = (
    Claim(
        id="enumeration/complete",
        kind="identity",
        statement="Every landscape has exactly ((H-1)^n - 1)/(H-2) complex critical points up to a factor, and a "
        "mixed model of highest order H, with or without a field, has twice as many.",
        formula=r"\frac{(H-1)^n - 1}{H-2} \text{ (pure)}, \quad 2\,\frac{(H-1)^n - 1}{H-2} \text{ (mixed)}",
        source="Cartwright & Sturmfels 2013, Thm 1.2; Nie & Ranestad 2009, Thm 2.2",
        measured="the number of distinct regular solutions found by homotopy continuation, over a grid of n and models",
        measure=missing_solutions,
        predict=rounding,
        delta=1e-4,
        sizes=sizes(
            (5, 60, 100),
            settings(
                "n H", (3, 3), (5, 3), (6, 3), (8, 3), (10, 3), (3, 4), (5, 4), (3, 5), (3, _FIELD), (3, _MIXTURE)
            ),
            settings("n H", (4, 3), (7, 3), (9, 3), (11, 3), (4, 4), (6, 4), (4, 5), (5, _FIELD), (4, _MIXTURE)),
            settings("n H", (8, 3), (10, 3), (12, 3), (13, 3), (7, 4), (5, 5), (7, _FIELD), (5, _MIXTURE)),
        ),
        mutants=(
            PATH_LOST,
            Mutant(
                "Bezout's number",
                "theory counts as many solutions as the degrees of the equations allow, (H-1)^n",
                {
                    "validation.claims.enumeration.solutions.number_of_solutions": lambda _: (
                        lambda n, H: ((max(H) if isinstance(H, Mapping) else H) - 1) ** n
                    )
                },
            ),
        ),
        estimator=Identity(),
    ),
    Claim(
        id="enumeration/morse",
        kind="identity",
        statement="In every disorder sample the numbers of critical points of each index satisfy the Morse relation "
        "of the sphere.",
        formula=r"\sum_k (-1)^k N_k = 1 + (-1)^{n-1}",
        source="Morse theory; Milnor 1963, Thm 5.2",
        measured="the alternating sum of these numbers over all critical points of a sample",
        measure=morse_defect,
        predict=rounding,
        delta=1e-4,
        # For odd H and even n the points x and -x cancel whatever is found, so that such sizes would prove nothing.
        sizes=sizes(
            (8, 60, 100),
            settings("n H", (3, 3), (5, 3), (7, 3), (9, 3), (4, 4), (4, _FIELD | {2: 0.5}), (3, _MIXTURE)),
            settings("n H", (5, 3), (7, 3), (9, 3), (11, 3), (5, 4), (4, 6), (5, _FIELD | {2: 0.5}), (4, _MIXTURE)),
            settings("n H", (7, 3), (9, 3), (11, 3), (13, 3), (6, 4), (4, 6), (6, _FIELD | {2: 0.5}), (5, _MIXTURE)),
        ),
        mutants=(
            INDEX,
            Mutant(
                "points lost",
                "one real critical point in fifty is lost",
                {"spinglass.critical_points.enumerate_critical_points": perturbations.losing_rows(50)},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
)
