"""The seven assumptions of the path model on real networks of several depths, before and after training."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass.networks import ReLUNetwork, data, training
from spinglass.networks.paths.assumptions import AssumptionDeviations, assumption_deviations
from spinglass.networks.training.optimisers import Adam
from spinglass.networks.training.trained_networks import TrainedNetworks

ASSUMPTIONS = {
    "rates": "rates",
    "redundancy": "few weights",
    "uniformity": "uniform use",
    "inputs": "normal X",
    "dependence_on_inputs": "A and X",
    "dependence_between_paths": "two paths",
    "radius": "sphere",
}


def pair_of_networks(
    digits: data.Digits, widths: Sequence[int], epochs: int, seed: Seed
) -> tuple[ReLUNetwork, ReLUNetwork, float]:
    """Return one network before and after training on whether a digit is below 5, and its test error.

    Parameters
    ----------
    digits : Digits
        Training and test data.
    widths : sequence of int
        Widths of the hidden layers.
    epochs : int
        Epochs of training by Adam with the hinge loss, in mini-batches of 10.
    seed : int, SeedSequence or Generator
        Seed of the weights and the order of the data.

    Returns
    -------
    before, after : ReLUNetwork
        The network, without biases, and with a linear output.
    error : float
        Share of test digits that are misclassified after training.
    """
    X, y = digits.train
    start, end = (
        training.train(
            X,
            y < 5,
            hidden=widths,
            test=(digits.test[0], digits.test[1] < 5),
            loss="hinge",
            biases=False,
            optimiser=Adam(rate=0.002),
            epochs=count,
            measure_every=max(count, 1),
            seed=seed,
        )
        for count in (0, epochs)
    )
    return _relu(start), _relu(end), float(end.test_error[0])


def deviations(
    depths: Sequence[int], width: int, networks: int, epochs: int, seed: int, inputs: int = 300
) -> pd.DataFrame:
    """Return the deviation from each assumption by depth, before and after training.

    Parameters
    ----------
    depths : sequence of int
        Numbers H of weight layers.
    width : int
        Width of all hidden layers.
    networks : int
        Networks per depth.
    epochs : int
        Epochs of training.
    seed : int
        Seed of all random numbers.
    inputs : int, default 300
        Number of test digits on which activities are measured.

    Returns
    -------
    pandas.DataFrame
        One row per depth, network, state (before or after training) and assumption: H, network, state, assumption,
        deviation, test_error (of the trained network).
    """
    root = seed_sequence(seed)
    digits = data.digits(seed=child(root, 0))
    X = digits.test[0][:inputs]
    rows: list[tuple[Any, ...]] = []
    for H in depths:
        for k in range(networks):
            before, after, error = pair_of_networks(digits, [width] * (H - 1), epochs, child(root, 1, H, k))
            for state, net in (("before", before), ("after", after)):
                found = assumption_deviations(net, X, reference=before)
                rows += [(H, k, state, name, getattr(found, name), error) for name in ASSUMPTIONS]
    return pd.DataFrame(rows, columns=["H", "network", "state", "assumption", "deviation", "test_error"])


def table_of(found: AssumptionDeviations) -> pd.DataFrame:
    """Return the deviations of one network as a table.

    Parameters
    ----------
    found : AssumptionDeviations
        The deviations.

    Returns
    -------
    pandas.DataFrame
        One row per assumption: assumption, deviation.
    """
    rows = [(label, getattr(found, name)) for name, label in ASSUMPTIONS.items()]
    return pd.DataFrame(rows, columns=["assumption", "deviation"])


def _relu(found: TrainedNetworks) -> ReLUNetwork:
    return ReLUNetwork([layer[0] for layer in found.weights], last_relu=False)
