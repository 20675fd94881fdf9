"""Chains, batches of chains and replicas use independent random numbers."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from spinglass import SphericalSpinGlass, sampling, sphere
from spinglass._common.seeds import child
from spinglass._common.types import Array
from validation.claim import Claim
from validation.claims._shared.efforts import deltas, settings, sizes
from validation.claims._shared.perturbations import Function
from validation.claims.temperature import mutants
from validation.mutant import Mutant
from validation.series import Between

LADDER = (1.5, 2.0, 3.0)
KINDS: Mapping[str, Callable[[SphericalSpinGlass], Any]] = {
    "HMC": partial(sampling.HMC, temperature=2.0, leaps=4),
    "Langevin": partial(sampling.Langevin, temperature=2.0, dt=0.05),
}
COMPONENTS = (*(f"{kind}, {where}" for kind in KINDS for where in ("one batch", "two batches")), "tempering")
_STEPS, _SWEEPS = 8, 20


def mean_overlaps(seed: np.random.SeedSequence, n: int, chains: int) -> Array:
    """Return mean overlaps of chains in one landscape of order 2.

    They are the overlaps within a batch and between two batches, for each kind of chain, and those of the two replicas
    of parallel tempering.
    """
    glass = SphericalSpinGlass.pure(n, 2, child(seed, 0))
    found: list[float] = []
    for number, kind in enumerate(KINDS.values(), 1):
        one, other = (_batch(kind(glass), n, chains, child(seed, number, batch)) for batch in range(2))
        pairs = np.triu_indices(chains, 1)
        found += [float((one @ one.T / n)[pairs].mean()), float(sphere.overlap(one, other).mean())]
    replicas = sampling.ParallelTempering([glass], LADDER)
    _, info = replicas.step(replicas.init(child(seed, len(KINDS) + 1)), _SWEEPS)
    return np.array([*found, info.overlaps.mean()])


def _batch(chain: Any, n: int, chains: int, seed: np.random.SeedSequence) -> Array:
    state = chain.init(sphere.random_points(n, chains, child(seed, 0)), child(seed, 1))
    return np.asarray(chain.step(state, _STEPS)[0].x)


def no_overlap(**_: object) -> Between:
    """Return zeros: mean overlaps vanish. Deviations are in overlap."""
    return Between(np.zeros(len(COMPONENTS)), np.zeros(len(COMPONENTS)), scale=1.0)


def _keys(change: Function, *modules: str) -> dict[str, Function]:
    return {f"spinglass.sampling.{module}.row_keys": change for module in modules}


CLAIMS = (
    # Pilot (seed 77, 100 landscapes): standard deviations of at most 0.14; 200 landscapes give 0.0097 = delta/5.
    Claim(
        id="temperature/independent-chains",
        kind="theorem",
        statement="Chains with independent noise have mean overlap 0 in a landscape of even order: within a batch, "
        "between batches, and between the two replicas of parallel tempering.",
        formula=r"E(-x) = E(x), \quad x_1, x_2 \text{ independent} \;\Rightarrow\; "
        r"\mathbb{E} \left\langle \frac{x_1 \cdot x_2}{n} \right\rangle = 0",
        source="the dynamics commutes with x -> -x, and the distribution of the starts is symmetric",
        measured="overlaps of chains that start at random points of one landscape of order 2",
        measure=mean_overlaps,
        predict=no_overlap,
        components=COMPONENTS,
        delta=deltas(0.05, 0.016, 0.005),
        sizes=sizes((200, 2000, 20000), settings("n chains", (12, 8))),
        mutants=(
            Mutant(
                "one noise for all chains",
                "all chains of a batch use the same random numbers",
                _keys(mutants.one_key_for_all_rows, "hmc", "langevin"),
                upstream=True,
            ),
            Mutant(
                "one noise for all batches",
                "every batch of chains starts the same sequence of random numbers again",
                _keys(mutants.keys_without_seed, "hmc", "langevin"),
                upstream=True,
            ),
            Mutant(
                "one noise for both copies",
                "the two replicas of parallel tempering use the same random numbers",
                _keys(mutants.keys_of_half_the_rows, "tempering"),
                upstream=True,
            ),
        ),
    ),
)
