"""Langevin dynamics after a quench to low temperature, compared with the dynamical equations of the infinite system."""

from functools import cache

import numpy as np

import theory
from spinglass import SphericalSpinGlass, sampling
from spinglass._common.seeds import child
from spinglass._common.types import Array
from validation.claim import Claim
from validation.claims._shared.efforts import deltas
from validation.claims._shared.mutants import MULTIPLICITY
from validation.claims.dynamics import mutants
from validation.claims.dynamics.flows import SERIES_IN_1_OVER_N, TIMES, one
from validation.claims.dynamics.start_controls import start_controls
from validation.experiments import gradient_flow
from validation.mutant import Mutant
from validation.series import Series
from validation.statistics.control_variates import controlled

_STEPS = (0.1, 0.05)
SHARES = (-0.14, 0.1, -0.022, 0.14)  # of the controls of the start, from a pilot with other seeds (see below)


@cache
def infinite_bath(H: int, T: float) -> tuple[Array, Array]:
    """Return energies per spin, and overlaps with the random start, of the infinite system at ``TIMES``."""
    found = theory.relaxation(TIMES, H, T=T, waiting_times=[0.0])
    return found.energy, found.correlation[0]


def langevin_energies(glass: SphericalSpinGlass, x: Array, T: float, dt: float, seed: np.random.SeedSequence) -> Array:
    """Return energies per spin at 0 and at ``TIMES``, averaged over chains that start at the points x."""
    chain = sampling.Langevin(glass, T, dt)
    state = chain.init(x, seed)
    energies = [state.energy.mean()]
    for t in TIMES:
        state, _ = chain.step(state, round(t / dt) - state.age)
        energies.append(state.energy.mean())
    return np.array(energies) / glass.n


def quenched_energies(seed: np.random.SeedSequence, n: int, H: int, T: float, starts: int) -> Array:
    """Return energies per spin at ``TIMES`` divided by those of the infinite system, extrapolated to zero time step.

    The scheme has an error ``c dt^2``, which ``(4 e(dt/2) - e(dt))/3`` removes. The energy of the start, of mean 0, is
    subtracted with the share ``C(t,0)^H`` that is remembered, to reduce the variance, and so are fixed shares of the
    controls of the start.
    """
    glass, x = gradient_flow.start(seed, n, H, starts)
    coarse, fine = (langevin_energies(glass, x, T, dt, child(seed, 2)) for dt in _STEPS)
    energies = (4 * fine - coarse) / 3
    infinite, overlaps = infinite_bath(H, T)
    ratios = (energies[1:] - overlaps**H * energies[0]) / infinite
    return controlled(ratios, start_controls(glass, x), SHARES)


CLAIMS = (
    # Pilots (seeds (7171, n, k) and (7172, n, k), 40 to 100 landscapes per size): the ratio averaged over times is
    # 0.942, 0.964 and 0.980 at n = 20, 40 and 80 for dt = 0.05, with standard deviations of 0.041, 0.021 and 0.014; the
    # fits lie between 0.996 and 0.999, with a standard error of 0.007. Energies are 1.1% too small for dt = 0.1 and
    # 0.2% to 0.3% too small for dt = 0.05. The controls of the start reduce the variance by 1.6 at n = 20, 40 and 80
    # (40 to 100 landscapes, seeds (881, n, k)).
    Claim(
        id="dynamics/cold-langevin",
        kind="theorem",
        statement="After a quench from infinite temperature to T = 0.4, below both transitions, the energy of "
        "Langevin dynamics tends, as n grows, to the solution of the Cugliandolo-Kurchan equations at this "
        "temperature: the ratio of the two, averaged over times, tends to 1.",
        formula=r"dx = -\nabla_R E\,dt + \sqrt{2T}\,P \circ dW: \quad \lim_{n\to\infty} \frac{E(x_t)}{n} = e(t) = "
        r"-\int_0^t \nu'(C(t,s))\, R(t,s)\, ds, \quad T = 0.4 < T_s",
        source="Cugliandolo & Kurchan 1993; Ben Arous, Dembo & Guionnet 2006",
        measured="energies per spin divided by those of the infinite system, averaged over times from 0.2 to 5, "
        "extrapolated first in dt, then in n",
        measure=quenched_energies,
        predict=one,
        components=tuple(f"t={t:g}" for t in TIMES),
        delta=deltas(0.03, 0.01, 0.0045),
        sizes={
            "quick": [Series(m, n=n, H=3, T=0.4, starts=32) for n, m in ((20, 60), (40, 80), (80, 50))],
            "standard": [Series(m, n=n, H=3, T=0.4, starts=32) for n, m in ((40, 200), (80, 240), (160, 180))],
            "paper": [Series(m, n=n, H=3, T=0.4, starts=32) for n, m in ((50, 1200), (100, 900), (200, 600))],
        },
        mutants=(
            Mutant(
                "half the noise",
                "the noise is sqrt(T) dW in place of sqrt(2T) dW",
                {"spinglass.sampling.langevin.diffuse_rows": mutants.half_the_noise},
                upstream=True,
            ),
            Mutant(
                "physics' temperature",
                "theory takes T for the temperature of the physics convention, in which energies have variance n/2",
                {"theory.relaxation": mutants.physics_temperature},
            ),
            MULTIPLICITY,
        ),
        estimator=SERIES_IN_1_OVER_N,
    ),
)
