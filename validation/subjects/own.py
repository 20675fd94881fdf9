"""The roles of this project's own code."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import theory
from spinglass import SphericalSpinGlass, descend, enumerate_critical_points, sampling, sphere
from spinglass._common.seeds import child
from spinglass._common.types import Array
from spinglass.networks import ReLUNetwork
from theory.statics.equilibrium import Equilibrium
from validation.subjects.functions import Functions
from validation.subjects.own_network import OwnNetwork
from validation.subjects.subject import Model, Subject

_SHORT = 5.0  # time
_LONGEST_STEP = 0.12  # of Langevin dynamics, in units of 1/sqrt(H(H-1)); energies are then exact to 0.3%
_TUNING, _BURN_IN = 30, 10  # trajectories before the draws


def landscape(n: int, H: Model, seed: int) -> SphericalSpinGlass:
    """Return the spherical spin glass of this seed."""
    couplings = child(np.random.SeedSequence(seed), 0)
    if isinstance(H, Mapping):
        return SphericalSpinGlass.mixed(n, H, couplings)
    return SphericalSpinGlass.pure(n, H, couplings)


def start(glass: SphericalSpinGlass, seed: int) -> Array:
    """Return the random start of the dynamics, shape (1, n)."""
    return sphere.random_points(glass.n, 1, child(np.random.SeedSequence(seed), 1))


def relax(n: int, H: Model, seed: int, times: Array, temperature: float = 0.0) -> dict[str, Array]:
    """Return energies per spin and overlaps with the start of gradient flow, or of Langevin dynamics."""
    glass = landscape(n, H, seed)
    x = start(glass, seed)
    if temperature:
        return _heated(glass, x, times, temperature, seed)
    # With accuracy=1e-3 the relative error of the energies is 1e-4; 0 is the first of the recorded times.
    grid = np.unique(np.append(0.0, times))
    found = descend(glass, x, method="gradient", times=grid, correlations=True, accuracy=1e-3, max_iterations=10_000)
    assert found.energies is not None
    assert found.correlations is not None
    # A flow that has converged ends before the last time, and records NaN from then on.
    reached = np.minimum(np.searchsorted(grid, times), np.isfinite(found.energies[0]).sum() - 1)
    return {"energies": found.energies[0, reached], "overlaps": found.correlations[0, reached, 0]}


def _heated(glass: SphericalSpinGlass, x: Array, times: Array, temperature: float, seed: int) -> dict[str, Array]:
    chain = sampling.Langevin(glass, temperature)
    state = chain.init(x, child(np.random.SeedSequence(seed), 2))
    longest = _LONGEST_STEP / math.sqrt(sum(H * (H - 1) * a**2 for H, a in glass.weights.items()) or 1.0)
    energies = []
    overlaps = []
    for interval in np.diff(times, prepend=0.0):
        steps = math.ceil(interval / longest)
        if steps:
            state, _ = sampling.Langevin(glass, temperature, interval / steps).step(state, steps)
        energies.append(state.energy[0] / glass.n)
        overlaps.append(state.x[0] @ x[0] / glass.n)
    return {"energies": np.array(energies), "overlaps": np.array(overlaps)}


def sample(n: int, H: Model, seed: int, temperature: float, draws: int) -> dict[str, Array]:
    """Return points at equilibrium and their energies, by Hamiltonian Monte Carlo from random starts."""
    glass, root = landscape(n, H, seed), np.random.SeedSequence(seed)
    chain = sampling.HMC(glass, temperature, leaps=4)
    # One chain per draw: all draws are independent.
    state = chain.init(sphere.random_points(n, draws, child(root, 3)), child(root, 4))
    state, _ = chain.step(state, _TUNING, tune=True)
    state, _ = chain.step(state, _BURN_IN)
    return {"points": state.x, "energies": state.energy}


def critical_points(n: int, H: Model, seed: int) -> Array:
    """Return all critical points of the landscape."""
    return enumerate_critical_points(landscape(n, H, seed), certify=None).x


def counts(n: int, H: Model, index: int | None, below: float | None) -> float:
    """Return the exact mean number of critical points."""
    return float(theory.mean_critical_points(n, H, index=index, below=below))


def thresholds(H: Model) -> dict[str, Any]:
    """Return threshold energies and transition temperatures; E_inf and E_k exist for pure models only."""
    found = {
        "E_0": -theory.ground_state_energy(H),
        "E_th": theory.E_th(H),
        "E_alg": theory.E_alg(H),
        "T_d": theory.dynamical_temperature(H),
        "T_s": theory.static_temperature(H),
    }
    if isinstance(H, Mapping):
        return found
    return found | {"E_inf": theory.E_inf(H), "E_1": theory.E_k(H, 1), "E_2": theory.E_k(H, 2)}


def relaxation(times: Array, H: Model) -> Array:
    """Return the energies per spin of gradient descent at large n."""
    # By default the solution continues to late times, at a cost of seconds; a uniform grid ends at the last time.
    spacing = 0.0 if np.max(times) <= _SHORT else None
    return np.asarray(theory.relaxation(times, H, spacing=spacing).energy)


def equilibrium(T: float, H: Model) -> Equilibrium:
    """Return the thermodynamics at large n."""
    return theory.equilibrium(T, H)


def network(widths: Sequence[int], seed: int) -> OwnNetwork:
    """Return the ReLU network of this seed, with weights of variance 2/n_in, for which signals keep their size."""
    return OwnNetwork([W * math.sqrt(2 / len(W)) for W in ReLUNetwork.random(widths, seed).weights])


def subject() -> Subject:
    """Return this project's own code as a subject."""
    # Functions are looked up at every call: a mutant may have replaced them.
    roles = {
        "landscape": lambda **given: landscape(**given),
        "relax": lambda **given: relax(**given),
        "sample": lambda **given: sample(**given),
        "critical_points": lambda **given: critical_points(**given),
        "counts": lambda **given: counts(**given),
        "thresholds": lambda **given: thresholds(**given),
        "relaxation": lambda **given: relaxation(**given),
        "equilibrium": lambda **given: equilibrium(**given),
        "network": lambda **given: network(**given),
    }
    return Subject(Functions(roles, name="spinglass", batched=True))
