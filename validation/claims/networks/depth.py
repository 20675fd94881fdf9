"""Networks of real depth on digits, the assumptions on their activities, and the exact size of these in a random layer.

Several claims read the same networks.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import stats

from spinglass._common.seeds import child, generator
from spinglass._common.types import Array
from spinglass.networks import ReLUNetwork, data
from spinglass.networks.architecture import Architecture
from spinglass.networks.paths import assumptions
from theory.networks import path_activities
from validation.claim import Claim
from validation.claims._shared.efforts import deltas, sizes
from validation.claims.networks.mutants import ONE_GATE, STUCK_GATES
from validation.experiments.networks import path_assumptions
from validation.mutant import Mutant
from validation.reading import Reading
from validation.series import EFFORTS, Between, Effort, Series

INPUTS = 200
_TRAINING_DIGITS = 400
_DEPTHS = ((5,), (2, 4, 6), (2, 3, 4, 5, 6))


def network_on_digits(
    seed: np.random.SeedSequence, H: int, trained: bool, width: int
) -> assumptions.AssumptionDeviations:
    """Return the deviations from the seven assumptions of one network on digits; its radius is that at the start."""
    digits = few_digits()
    before, after, _ = path_assumptions.pair_of_networks(digits, [width] * (H - 1), 2 if trained else 0, seed)
    chosen = generator(child(seed, 7)).permutation(len(digits.test[0]))[:INPUTS]
    net = after if trained else before
    return assumptions.assumption_deviations(net, digits.test[0][chosen], reference=before)


@lru_cache(maxsize=1)
def few_digits() -> data.Digits:
    """Return fewer digits to train on; networks are the independent units, not the digits."""
    digits = data.digits(test_share=0.3, seed=0)
    X, y = digits.train
    return data.Digits(train=(X[:_TRAINING_DIGITS], y[:_TRAINING_DIGITS]), test=digits.test, side=digits.side)


def architecture(H: int, width: int) -> Architecture:
    """Return the architecture of a network on digits."""
    return Architecture.of((few_digits().test[0].shape[1], *[width] * (H - 1), 1))


def series_at_depth(states: Sequence[bool], *, shallowest: bool = False) -> dict[Effort, list[Series]]:
    """Return the series of all claims that read these networks, so that they share them.

    Parameters
    ----------
    states
        Whether networks are trained.
    shallowest
        Whether only the first depth is measured.

    Returns
    -------
    dict
        Series for every effort; at ``paper`` layers are wider.
    """
    return {
        effort: [
            Series(samples, H=H, trained=trained, width=width)
            for H in (depths[:1] if shallowest else depths)
            for trained in states
        ]
        for effort, samples, width, depths in zip(EFFORTS, (30, 100, 400), (32, 32, 100), _DEPTHS, strict=True)
    }


def of_activities(found: assumptions.AssumptionDeviations) -> Array:
    """Return the deviations from the three assumptions on activities."""
    return np.array([found.rates, found.dependence_on_inputs, found.dependence_between_paths])


def independent_gates(H: int, width: int) -> Between:
    """Return the deviations if all hidden gates were independent, with probability 1/2; their scale is 1.

    Two paths share each of their H - 1 hidden units with probability 1/n. With s common units their activities have the
    correlation ``(2^s - 1)/(2^(H-1) - 1)``.
    """
    shared = np.arange(H)
    correlation = (2.0**shared - 1) / (2.0 ** (H - 1) - 1)
    two_paths = float(stats.binom.pmf(shared, H - 1, 1 / width) @ correlation**2)
    expected = np.array([0.0, 0.0, two_paths])
    return Between(expected, expected, scale=1.0)


def random_layer(seed: np.random.SeedSequence, inputs: int, units: int) -> Array:
    """Return the three deviations of a random network with one hidden layer at normal inputs."""
    net = ReLUNetwork.random((inputs, units, 1), child(seed, 0), last_relu=False)
    X = generator(child(seed, 1)).standard_normal((INPUTS, inputs))
    return of_activities(assumptions.assumption_deviations(net, X, size=2))


def predicted_random_layer(inputs: int, units: int) -> Between:
    """Return the exact deviations; those of the rates, which are 0, are relative to 1/10."""
    law = path_activities.gate_correlations(inputs, units)
    expected = np.array([0.0, law.with_input, law.between_units])
    return Between(expected, expected, scale=np.array([0.1, *expected[1:]]))


def drawn_hidden_gates(activities: Callable[..., Any]) -> Callable[..., Any]:
    """Draw every hidden gate independently with probability 1/2, from a seed that depends on the network."""

    def drawn(net: Any, X: Any) -> Any:
        gates = activities(net, X)
        numbers = np.frombuffer(np.ascontiguousarray(net.weights[0]).tobytes(), dtype=np.uint32)[:64]
        random = np.random.default_rng(numbers)
        return [*(random.random(gate.shape) < 0.5 for gate in gates[:-1]), gates[-1]]

    return drawn


def cosines(law: Callable[..., Any]) -> Callable[..., Any]:
    """Take the cosine of two units' weights for the correlation of their activities."""
    return lambda d, n: path_activities.GateCorrelations(law(d, n).with_input, 1 / n + (1 - 1 / n) / d)


CLAIMS = (
    Claim(
        id="networks/random-layer",
        kind="theorem",
        statement="In a random network with one hidden layer and normal inputs all paths have the same rate; the "
        "squared correlation of a path's activity with its input is 2/(πd), and that of two paths follows from "
        "Sheppard's formula.",
        formula=r"\frac{2}{\pi d}, \quad \frac1n + \left(1-\frac1n\right) \mathbb{E} "
        r"\left(\tfrac{2}{\pi} \arcsin c\right)^2",
        source="Sheppard 1899; derived for this project (theory.networks.path_activities.gate_correlations)",
        measured="exact sums over all paths, without bias from 200 inputs, in random networks",
        measure=random_layer,
        predict=predicted_random_layer,
        components=("rates", "activity and input", "two paths"),
        # Pilot, 100 samples with other seeds: standard deviations of 0.02 (of 0.1), 0.08 and 0.05 of the predictions.
        delta=deltas(0.05, 0.016, 0.005),
        sizes=sizes((100, 1000, 10000), [{"inputs": 6, "units": 12}, {"inputs": 20, "units": 40}]),
        mutants=(
            STUCK_GATES,
            ONE_GATE,
            Mutant(
                "cosine",
                "theory takes the cosine of two weight vectors for the correlation of the activities",
                {"theory.networks.path_activities.gate_correlations": cosines},
            ),
        ),
    ),
    Claim(
        id="networks/activities-at-depth",
        kind="assumption",
        statement="In real networks of any depth units are active with probability 1/2, independently of the inputs "
        "and of each other, before and after training.",
        formula=r"A_{ij} \sim \mathrm{Bernoulli}(\rho) \text{ iid, independent of } X",
        source="Choromanska et al. 2015, assumptions A1p, A5u, A6u; paths that share units are dependent nevertheless",
        measured="relative variance of the paths' rates, and squared correlations of a path's activity with its input "
        "and with that of another path, on digits",
        measure=Reading(network_on_digits, of_activities),
        predict=independent_gates,
        components=("rates", "activity and input", "two paths"),
        delta=0.025,
        sizes=series_at_depth((False, True)),
        mutants=(
            STUCK_GATES,
            Mutant(
                "not squared",
                "correlations are not squared",
                {"spinglass.networks.paths.assumptions._squared_correlation": lambda f: lambda K, L: f(K, L) ** 0.5},
                upstream=True,
            ),
            Mutant(
                "drawn hidden gates",
                "every hidden gate is drawn independently, with probability 1/2",
                {"spinglass.networks.relu.ReLUNetwork.activities": drawn_hidden_gates},
                upstream=True,
                verdict="agrees",
            ),
        ),
    ),
)
