"""Random networks and data on which statements about curvature are tested."""

from itertools import pairwise

import numpy as np

from spinglass._common.seeds import child
from spinglass.networks.curvature import Curvature, curvature
from spinglass.networks.layers import LayeredNetwork

POINTS = 8
MOST_PARAMETERS = 5 * 4 * 3
WIDEST = 4


def at_random(seed: np.random.SeedSequence, activation: str, loss: str, output: str = "linear") -> Curvature:
    """Return the curvature of a random network of two or three layers, with biases, at random data."""
    rng = np.random.default_rng(child(seed, 0))
    widths = rng.integers(2, WIDEST + 1, rng.integers(3, 5))
    weights = [rng.standard_normal((a, b)) / np.sqrt(a) * rng.uniform(0.5, 2) for a, b in pairwise(widths)]
    biases = [rng.standard_normal(n) / 2 for n in widths[1:]]
    x = rng.standard_normal((POINTS, widths[0]))
    targets = (
        3 * rng.standard_normal((POINTS, widths[-1])) if loss == "squared" else rng.integers(0, widths[-1], POINTS)
    )
    return curvature(LayeredNetwork(weights, biases, activation, output), x, targets, loss)


def magnitude(found: Curvature) -> float:
    """Return the squared loss with every number replaced by its absolute value, which bounds all intermediate sums."""
    net = found.network
    assert net.biases is not None
    sizes = LayeredNetwork([abs(W) for W in net.weights], [abs(b) for b in net.biases], "linear", "linear")
    return curvature(sizes, abs(found.x), -abs(found.targets)).loss


def rounding_bound(layers: int = 4) -> float:
    """Bound the rounding errors of a block's entries, relative to the block's norm, and of its eigenvalues.

    A block of s parameters is a sum over data points of products of at most ``2 layers`` matrices, each a sum of
    ``WIDEST + 1`` terms; the eigenvalue solver adds s unit roundoffs. Entries of a sum of positive semidefinite
    matrices are bounded by its trace, therefore by s times the norm. The factor 8 allows for cancellation within the
    matrix of one data point.
    """
    terms = POINTS + 2 * layers * (WIDEST + 3) + MOST_PARAMETERS
    return 8 * MOST_PARAMETERS * terms * float(np.finfo(float).eps) / 2
