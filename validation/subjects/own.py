"""The roles of this project's own code."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import theory
from spinglass import SphericalSpinGlass
from spinglass._common.seeds import child
from spinglass._common.types import Array
from spinglass.networks import ReLUNetwork
from theory.statics.equilibrium import Equilibrium
from validation.subjects.functions import Functions
from validation.subjects.own_network import OwnNetwork
from validation.subjects.subject import Model, Subject

_SHORT = 5.0


def landscape(n: int, H: Model, seed: int) -> SphericalSpinGlass:
    """Return the spherical spin glass of this seed."""
    couplings = child(np.random.SeedSequence(seed), 0)
    if isinstance(H, Mapping):
        return SphericalSpinGlass.mixed(n, H, couplings)
    return SphericalSpinGlass.pure(n, H, couplings)


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
        "counts": lambda **given: counts(**given),
        "thresholds": lambda **given: thresholds(**given),
        "relaxation": lambda **given: relaxation(**given),
        "equilibrium": lambda **given: equilibrium(**given),
        "network": lambda **given: network(**given),
    }
    return Subject(Functions(roles, name="spinglass", batched=True))
