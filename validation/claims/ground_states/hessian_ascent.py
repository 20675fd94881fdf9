"""The energy that Hessian ascent reaches in polynomial time."""

import numpy as np

from spinglass import SphericalSpinGlass
from spinglass._common.seeds import child
from spinglass._common.types import Array
from spinglass.descent import hessian_ascent
from validation.claim import Claim
from validation.claims._shared.efforts import deltas
from validation.claims._shared.mutants import MULTIPLICITY
from validation.claims.ground_states import mutants
from validation.mutant import Mutant
from validation.series import Series
from validation.statistics.extrapolation import Extrapolation


def walk_energy(seed: np.random.SeedSequence, n: int, H: int, steps: int) -> float:
    """Return the mean energy per spin at which Hessian ascents of one landscape reach the sphere."""
    glass = SphericalSpinGlass.pure(n, H, child(seed, 0))
    return float(hessian_ascent(glass, steps=steps, starts=2, seed=child(seed, 1)).energy_per_spin.mean())


def radii_before_steps(steps: int) -> Array:
    """Return ``|x|^2/n`` at the beginning of each step of an ascent."""
    return np.arange(steps) / steps


def walk_limit(H: int, steps: int, **_: object) -> float:
    """Return the energy per spin that the ascent reaches as n grows, with ``nu'' = H (H-1) q^(H-2)``."""
    edges = np.sqrt(H * (H - 1) * radii_before_steps(steps) ** (H - 2))
    return -float(edges.mean())


CLAIMS = (
    # Pilot (seed 78, 10 steps): -1.415(8), -1.457(6), -1.475(4) and -1.490(4) at n = 50, 100, 200 and 400. The limit is
    # -1.4954, so that the differences are 0.080, 0.038, 0.021 and 0.005. The standard deviations per landscape of two
    # walks are 0.05, 0.027 and 0.014.
    Claim(
        id="ground-states/hessian-ascent",
        kind="theorem",
        statement="Hessian ascent in K steps reaches the mean over radii of the spectral edge of the Hessian, which "
        "tends to -E_inf as K grows: polynomial time suffices to reach the threshold energy. Statistics and the spread "
        "of the laws of approach contribute equally to the resolution.",
        formula=r"\frac{E(x_K)}{n} \to -\frac{1}{K} \sum_{k<K} \sqrt{\nu''(k/K)} \to -\int_0^1 \sqrt{\nu''(q)}\,dq "
        r"= -E_\infty",
        source="Subag 2021, Theorem 4 and its proof",
        measured="energy per spin after 10 steps at growing n, extrapolated to infinite n",
        measure=walk_energy,
        predict=walk_limit,
        delta=deltas(0.036, 0.012, 0.0045),
        sizes={
            "quick": [
                Series(40, n=50, H=3, steps=10),
                Series(40, n=80, H=3, steps=10),
                Series(40, n=160, H=3, steps=10),
            ],
            "standard": [Series(240, n=n, H=3, steps=10) for n in (100, 150, 300)],
            "paper": [Series(400, n=n, H=3, steps=20) for n in (200, 300, 600)],
        },
        mutants=(
            MULTIPLICITY,
            Mutant(
                "wrong edge",
                "the spectral edge is evaluated at the end of each step",
                {"validation.claims.ground_states.hessian_ascent.radii_before_steps": mutants.radii_after_steps},
            ),
        ),
        # The edge of the spectrum is too high by n^-2/3, and the choice of the steps' signs gains n^-1/2; the sum of
        # the two corrections falls faster than either.
        estimator=Extrapolation({"1/n": lambda n: 1 / n, "n^-2": lambda n: n**-2}),
    ),
)
