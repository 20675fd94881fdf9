"""The potential of Franz and Parisi at finite n: the overlap with a reference configuration that attracts."""

import numpy as np
from scipy.optimize import minimize_scalar

from spinglass import SphericalSpinGlass, sampling, sphere
from spinglass._common.seeds import child
from spinglass.planted import plant
from theory.statics import potential
from validation.claim import Claim
from validation.claims._shared.efforts import deltas
from validation.claims._shared.mutants import MULTIPLICITY
from validation.claims.temperature import mutants
from validation.mutant import Mutant
from validation.series import Between, Effort, Series
from validation.statistics.extrapolation import Extrapolation

_CHAINS, _TUNING, _RECORDS, _GAP, _LEAPS = 4, 30, 10, 3, 5


def attracted_overlap(seed: np.random.SeedSequence, n: int, T: float, pull: float) -> float:
    """Return the mean overlap with a reference from equilibrium at T whose energy is lowered by ``pull n q^3``.

    The reference is drawn first. Couplings with the weight ``exp(-energy/T)`` of it are Gaussian ones with a signal of
    strength 1/T, to which the pull is added.
    """
    glass = SphericalSpinGlass.pure(n, 3, child(seed, 0))
    reference = sphere.random_points(n, 1, child(seed, 1))[0]
    chain = sampling.HMC(plant(glass, reference, {3: 1 / T + pull}), T, _LEAPS)
    state = chain.init(np.tile(reference, (_CHAINS, 1)), child(seed, 2))
    state, _ = chain.step(state, _TUNING, tune=True)
    overlaps = []
    for _ in range(_RECORDS):
        state, _ = chain.step(state, _GAP)
        overlaps.append(sphere.overlap(state.x, reference).mean())
    return float(np.mean(overlaps))


def lowest(T: float, pull: float, **_: object) -> Between:
    """Return the overlap at which the potential less the pull is lowest; deviations are absolute."""

    def height(q: float) -> float:
        return float(potential.franz_parisi(q, T, 3)) - pull * q**3

    q = float(minimize_scalar(height, bounds=(0.3, 0.97), method="bounded", options={"xatol": 1e-6}).x)
    return Between(q, q, scale=1.0)


_COUNTS: dict[Effort, int] = {"quick": 40, "standard": 400, "paper": 4000}

CLAIMS = (
    # Pilot (seeds (77, n, k), 40 landscapes, T = 1, pull 0.8): 0.746(27), 0.820(8) and 0.827(4) at n = 12, 24 and 48;
    # predicted is 0.828. A stronger pull reduces the scatter.
    Claim(
        id="temperature/potential",
        kind="theorem",
        statement="A pull towards an equilibrium configuration moves the overlap with it to the minimum of the "
        "potential of Franz and Parisi less the pull.",
        formula=r"\lim_{n\to\infty} \mathbb{E} \langle q \rangle = \operatorname{argmin}_q \left[V(q) - r q^3\right], "
        r"\quad "
        r"V(q) = -\lim_{n\to\infty} \frac{T}{n} \mathbb{E} \log P\!\left(\tfrac{x \cdot y}{n} = q\right)",
        source="Franz & Parisi 1995",
        measured="mean overlap with a planted configuration at T = 1 whose energy is lowered by n q^3, at H = 3, by "
        "Hamiltonian Monte Carlo at growing n, extrapolated",
        measure=attracted_overlap,
        predict=lowest,
        delta=deltas(0.07, 0.022, 0.007),
        sizes={effort: [Series(m, n=n, T=1.0, pull=1.0) for n in (20, 30, 45)] for effort, m in _COUNTS.items()},
        mutants=(
            MULTIPLICITY,
            Mutant(
                "physics' temperature",
                "theory takes T for the temperature of the physics convention, in which energies have variance n/2",
                {"theory.statics.potential.franz_parisi": mutants.potential_at_physics_temperature},
            ),
            Mutant(
                "only entropy",
                "the potential is that of the volume of the sphere alone",
                {"theory.statics.potential.franz_parisi": mutants.potential_of_volume},
            ),
        ),
        estimator=Extrapolation({"1/n": lambda n: 1 / n, "1/n^2": lambda n: n**-2.0}),
    ),
)
