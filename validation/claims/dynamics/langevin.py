"""Langevin dynamics after a quench into the cold, beside the dynamical equations in a bath."""

import numpy as np
from numpy.typing import NDArray

import theory
from spinglass import SphericalSpinGlass, sampling, sphere
from spinglass._common.seeds import child
from validation.claim import Claim, Mutant
from validation.claims._shared.mutants import MULTIPLICITY
from validation.claims.dynamics import mutants
from validation.claims.dynamics.flows import SERIES_IN_1_OVER_N, TIMES, one
from validation.series import Series

Array = NDArray[np.float64]
_STEPS = (0.1, 0.05)


def infinite_bath(H: int, T: float) -> tuple[Array, Array]:
    """Return an infinite glass's energies per spin and overlaps with its random start at ``TIMES``, in a bath."""
    found = theory.relaxation(TIMES, H, T=T, waiting_times=[0.0])
    return found.energy, found.correlation[0]


def langevin_energies(seed: np.random.SeedSequence, n: int, H: int, T: float, starts: int, dt: float) -> Array:
    """Return one landscape's energies per spin at 0 and ``TIMES``, means over chains from random points."""
    glass = SphericalSpinGlass.pure(n, H, child(seed, 0))
    chain = sampling.Langevin(glass, T, dt)
    state = chain.init(sphere.random_points(n, starts, child(seed, 1)), child(seed, 2))
    energies = [state.energy.mean()]
    for t in TIMES:
        state, _ = chain.step(state, round(t / dt) - state.age)
        energies.append(state.energy.mean())
    return np.array(energies) / n


def quenched_energies(seed: np.random.SeedSequence, n: int, H: int, T: float, starts: int) -> Array:
    """Return energies per spin at ``TIMES`` over those of an infinite system, extrapolated to small time steps.

    The scheme is off by ``c dt^2``, so that ``(4 e(dt/2) - e(dt))/3`` is free of it. The start's energy, of mean 0, is
    taken off as far as it is remembered, ``C(t,0)^H``, to lower the spread.
    """
    coarse, fine = (langevin_energies(seed, n, H, T, starts, dt) for dt in _STEPS)
    energies = (4 * fine - coarse) / 3
    infinite, overlaps = infinite_bath(H, T)
    return np.asarray((energies[1:] - overlaps**H * energies[0]) / infinite)


CLAIMS = (
    # Pilots (seeds (7171, n, k) and (7172, n, k), 40 to 100 landscapes a size): mean over times 0.942, 0.964, 0.980 at
    # n = 20, 40, 80 and dt = 0.05, standard deviations 0.041, 0.021, 0.014; fits from 0.996 to 0.999, a standard error
    # of 0.007. With dt = 0.1 energies are 1.1% too small, with dt = 0.05 0.2% to 0.3%.
    Claim(
        id="dynamics/cold-langevin",
        kind="theorem",
        statement="After a quench from infinite temperature to T = 0.4, below the transitions, the energy of Langevin "
        "dynamics follows, as n grows, the Cugliandolo-Kurchan equations in a bath: their ratio, averaged over times, "
        "tends to 1.",
        formula=r"dx = -\nabla_R E\,dt + \sqrt{2T}\,P \circ dW: \quad \lim_{n\to\infty} \frac{E(x_t)}{n} = e(t) = "
        r"-\int_0^t \nu'(C(t,s))\, R(t,s)\, ds, \quad T = 0.4 < T_s",
        source="Cugliandolo & Kurchan 1993; Ben Arous, Dembo & Guionnet 2006",
        measured="energies per spin over the infinite system's, averaged over times 0.2 to 5, extrapolated in dt, then "
        "in n",
        measure=quenched_energies,
        predict=one,
        components=tuple(f"t={t:g}" for t in TIMES),
        delta=0.035,
        sizes={
            "quick": [Series(m, n=n, H=3, T=0.4, starts=32) for n, m in ((20, 60), (40, 80), (80, 50))],
            "standard": [Series(m, n=n, H=3, T=0.4, starts=32) for n, m in ((40, 200), (80, 240), (160, 180))],
            "paper": [Series(m, n=n, H=3, T=0.4, starts=32) for n, m in ((50, 400), (100, 300), (200, 200))],
        },
        mutants=(
            Mutant(
                "half the noise",
                "points diffuse by sqrt(T) dW, not by sqrt(2T) dW",
                {"spinglass.sampling.langevin.diffuse_rows": mutants.half_the_noise},
                upstream=True,
            ),
            Mutant(
                "physics' temperature",
                "theory's T is that of energies with variance n/2",
                {"theory.relaxation": mutants.physics_temperature},
            ),
            MULTIPLICITY,
        ),
        estimator=SERIES_IN_1_OVER_N,
    ),
)
