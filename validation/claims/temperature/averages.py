"""Sampling at finite temperature, compared with averages that are exact at finite n."""

from collections.abc import Mapping

import numpy as np

from spinglass import SphericalSpinGlass, sampling, sphere
from spinglass._common.seeds import child
from spinglass._common.types import Array
from validation.claim import Claim
from validation.claims._shared import gibbs
from validation.claims._shared.efforts import deltas, settings, sizes
from validation.claims.temperature import mutants
from validation.claims.temperature.mutants import HOTTER
from validation.mutant import Mutant
from validation.series import Between

LADDER = (0.3, 0.45, 0.7, 1.1, 1.8)
MODELS: Mapping[str, Mapping[int, float]] = {
    "H=2": {2: 1.0},
    "H=3": {3: 1.0},
    "mixed": {1: 0.3, 3: 1.0, 4: 0.5},
}
_STEPS = (0.08, 0.04)
_TIME, _COLD = 16.0, 0.2


def exact_mean_energy(glass: SphericalSpinGlass, temperature: float) -> float:
    """Return ``<energy>/n`` of one landscape without sampling: from eigenvalues at H = 2, else by quadrature."""
    if glass.orders == (2,):
        values = np.linalg.eigvalsh(glass.to_tensor() / np.sqrt(glass.n))
        return gibbs.two_spin_mean_energy(values, temperature)
    return gibbs.mean_energy(glass, temperature)


def tempered_errors(seed: np.random.SeedSequence, n: int, model: str, sweeps: int) -> Array:
    """Return mean energies per spin by parallel tempering at ``LADDER`` in one landscape, minus the exact ones."""
    glass = SphericalSpinGlass.mixed(n, MODELS[model], child(seed, 0))
    found = sampling.temper([glass], LADDER, sweeps, adapt=False, seed=child(seed, 1))
    exact = [exact_mean_energy(glass, T) for T in LADDER]
    return np.asarray(found.energy_per_spin[0] - exact)


def no_error(**_: object) -> Between:
    """Return zeros: sampling has no systematic error. Deviations are in energy per spin."""
    return Between(np.zeros(len(LADDER)), np.zeros(len(LADDER)), scale=1.0)


def langevin_errors(seed: np.random.SeedSequence, n: int, chains: int) -> float:
    """Return the mean energy of Langevin chains at low temperature and H = 2 minus the exact one.

    The second-order scheme has an error ``c dt^2``, which ``(4 e(dt/2) - e(dt))/3`` removes.
    """
    glass = SphericalSpinGlass.pure(n, 2, child(seed, 0))
    means = [langevin_mean(glass, dt, chains, child(seed, 1)) for dt in _STEPS]
    return (4 * means[1] - means[0]) / 3 - exact_mean_energy(glass, _COLD)


def langevin_mean(glass: SphericalSpinGlass, dt: float, chains: int, seed: np.random.SeedSequence) -> float:
    """Return the mean energy per spin over chains and over the second half of the time."""
    chain = sampling.Langevin(glass, _COLD, dt)
    state = chain.init(sphere.random_points(glass.n, chains, child(seed, 0)), child(seed, 1))
    state, _ = chain.step(state, round(_TIME / dt))
    energies = []
    for _ in range(round(_TIME)):
        state, _ = chain.step(state, round(1 / dt))
        energies.append(state.energy.mean() / glass.n)
    return float(np.mean(energies))


def no_langevin_error(**_: object) -> Between:
    """Return zero: Langevin dynamics has no systematic error. Deviations are in energy per spin."""
    return Between(0.0, 0.0, scale=1.0)


CLAIMS = (
    # Pilot (seed 79, 400 sweeps): standard deviations up to 0.04 over landscapes; 150 of them give 0.0033 = delta/6.
    Claim(
        id="temperature/tempering",
        kind="theorem",
        statement="Parallel tempering samples the Gibbs measure: its mean energies agree with quadrature at n = 2 and "
        "3, and with the eigenvalue problem at H = 2.",
        formula=r"\langle E \rangle = \frac{\int E(x)\, e^{-E(x)/T}\, dx}{\int e^{-E(x)/T}\, dx}, \quad |x|^2 = n",
        source="definition; Kosterlitz, Thouless & Jones 1976 for H = 2",
        measured="mean energy per spin at five temperatures, minus the exact one of the same landscape",
        measure=tempered_errors,
        predict=no_error,
        components=tuple(f"T={T:g}" for T in LADDER),
        delta=deltas(0.02, 0.0066, 0.002),
        sizes=sizes(
            (150, 1400, 15000),
            settings("n model sweeps", (2, "H=3", 500), (3, "mixed", 500), (16, "H=2", 500)),
        ),
        mutants=(
            HOTTER,
            Mutant(
                "physics' temperature",
                "T is the temperature of the physics convention, in which energies have variance n/2",
                {"validation.claims.temperature.averages.exact_mean_energy": mutants.physics_temperature},
            ),
        ),
    ),
    # Pilot (seed 79): a standard deviation of 0.0025 over landscapes; 40 landscapes give 0.0004.
    Claim(
        id="temperature/langevin",
        kind="theorem",
        statement="Langevin dynamics at low temperature equilibrates to the Gibbs measure of the eigenvalue problem "
        "at H = 2.",
        formula=r"dx = -\nabla_R E\,dt + \sqrt{2T}\,P \circ dW \;\Rightarrow\; \langle E \rangle = "
        r"n \sum_i \lambda_i \langle y_i^2 \rangle",
        source="Fokker-Planck equation; Kosterlitz, Thouless & Jones 1976",
        measured="mean energy per spin at T = 0.2 minus the exact one, extrapolated from two time steps to zero",
        measure=langevin_errors,
        predict=no_langevin_error,
        delta=deltas(0.004, 0.0014, 0.001),
        sizes=sizes((40, 360, 1000), settings("n chains", (12, 32))),
        mutants=(
            Mutant(
                "weak noise",
                "the noise corresponds to nine tenths of the temperature",
                {"spinglass.sampling.langevin.diffuse_rows": mutants.weak_noise},
                upstream=True,
            ),
            Mutant(
                "slow drift",
                "the gradient acts for four fifths of each step",
                {"spinglass.sampling.langevin.drift_rows": mutants.slow_drift},
                upstream=True,
            ),
            Mutant(
                "physics' temperature",
                "T is the temperature of the physics convention, in which energies have variance n/2",
                {"validation.claims.temperature.averages.exact_mean_energy": mutants.physics_temperature},
            ),
        ),
    ),
)
