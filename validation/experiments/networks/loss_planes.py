"""Planes of a random ReLU network's parameters, within one layer and across two."""

from itertools import pairwise

import numpy as np

from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass._common.types import Array
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.losses import loss_named
from spinglass.networks.planes import Plane

PLANES = ("W1 = uU + vV", "W2 = uU + vV", "W1 = uU, W2 = vV")
WIDTHS = (2, 3, 2, 1)
POINTS = 6


def random_planes(seed: Seed, activation: str = "relu") -> dict[str, Plane]:
    """Return the three planes of one random network with biases and one random data set.

    U and V are Gaussian with variance 1/n_(l-1). Weights outside the plane, and all biases, keep their random values.

    Parameters
    ----------
    seed : int, SeedSequence or Generator
        Source of all random numbers.
    activation : str, default "relu"
        Activation function.

    Returns
    -------
    dict of str to Plane
        The planes by name, see ``PLANES``.
    """
    root = seed_sequence(seed)
    rng = np.random.default_rng(child(root, 0))
    shapes = list(pairwise(WIDTHS))
    draw = [[rng.standard_normal(shape) / np.sqrt(shape[0]) for shape in shapes] for _ in range(3)]
    biases = [0.5 * rng.standard_normal(n) for n in WIDTHS[1:]]
    network = LayeredNetwork(draw[0], biases, activation)
    x, y = rng.standard_normal((POINTS, WIDTHS[0])), rng.standard_normal((POINTS, 1))
    kept = [W.copy() for W in draw[0]]

    def plane(first: dict[int, Array], second: dict[int, Array]) -> Plane:
        moved = first.keys() | second.keys()
        origin = [np.zeros_like(W) if layer in moved else W for layer, W in enumerate(kept)]
        return Plane(network, x, y, loss_named("squared"), _row(origin, biases), _row(first), _row(second))

    U, V = draw[1], draw[2]
    made = (plane({0: U[0]}, {0: V[0]}), plane({1: U[1]}, {1: V[1]}), plane({0: U[0]}, {1: V[1]}))
    return dict(zip(PLANES, made, strict=True))


def _row(layers: list[Array] | dict[int, Array], biases: list[Array] | None = None) -> Array:
    """Return weights and biases as one row of parameters; those not given are zero."""
    parts: list[Array] = []
    for layer, (a, b) in enumerate(pairwise(WIDTHS)):
        given = layers.get(layer) if isinstance(layers, dict) else layers[layer]
        parts += [np.zeros(a * b) if given is None else given.ravel(), np.zeros(b) if biases is None else biases[layer]]
    return np.concatenate(parts)
