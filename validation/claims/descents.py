"""Where descents from random points end."""

import numpy as np
from numpy.typing import NDArray

import spinglass
from spinglass import SphericalSpinGlass, sphere
from spinglass._common.seeds import child
from validation.claim import Claim
from validation.claims._shared import perturbations
from validation.claims._shared.mutants import CURVATURE, INDEX
from validation.mutant import Mutant
from validation.series import Series
from validation.statistics.estimators import Identity

METHODS = ("lbfgs", "cg", "gradient")


def fractions_elsewhere(seed: np.random.SeedSequence, n: int, H: int, starts: int) -> NDArray[np.float64]:
    """Return, per method, the fraction of descents that do not converge to a point of index 0."""
    glass = SphericalSpinGlass.pure(n, H, child(seed, 0))
    x0 = sphere.random_points(n, starts, child(seed, 1))
    ends = [spinglass.descend(glass, x0, method=method, tol=1e-6) for method in METHODS]
    return np.array([np.mean(~found.converged | (sphere.index(glass, found.x) != 0)) for found in ends])


def none(**_: object) -> float:
    """Return the predicted fraction: the starts from which a descent ends at a saddle have probability 0."""
    return 0.0


# In a pilot of 256 descents per method at n = 20 (seed 555) all ended at minima, for H = 3 and 4. Of descents stopped
# at a gradient norm of 0.1, one in six (H = 3) and one in eight (H = 4) still has a negative eigenvalue; at 0.01, one
# in a hundred. The 128 descents of a series therefore detect the mutant.
CLAIMS = (
    Claim(
        id="descents/index-zero",
        kind="theorem",
        statement="From almost every start a descent ends at a minimum, that is at index 0, and never at a saddle.",
        formula=r"\mathbb{P}(\text{index of the end} = 0) = 1",
        source="Lee, Simchowitz, Jordan & Recht 2016, Thm 4, for gradient descent; for gradient flow by the stable "
        "manifold theorem; L-BFGS and conjugate gradients, for which it is not proven, are tested as well",
        measured="the fraction of descents that do not end at index 0, over landscapes and random starts",
        measure=fractions_elsewhere,
        predict=none,
        components=METHODS,
        delta=1e-3,
        sizes={
            "quick": [Series(4, n=20, H=3, starts=32), Series(4, n=20, H=4, starts=32)],
            "standard": [Series(30, n=50, H=3, starts=64), Series(10, n=30, H=4, starts=64)],
            "paper": [Series(100, n=100, H=3, starts=256), Series(100, n=40, H=4, starts=256)],
        },
        mutants=(
            INDEX,
            CURVATURE,
            Mutant(
                "descent stops early",
                "descents stop at a gradient norm of 0.1, far from a critical point",
                {"spinglass.descend": perturbations.stopping_at(0.1)},
                upstream=True,
            ),
            Mutant(
                "saddles taken for minima",
                "descents search for the nearest critical point of any index",
                {"spinglass.descend": perturbations.by_newton},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
)
