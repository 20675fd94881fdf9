"""Measurements at special points of piecewise linear networks: ends of ascents, smooth saddles, dead units."""

import numpy as np

from spinglass._common.types import Array
from spinglass.networks.activations import leaky_relu
from spinglass.networks.curvature import curvature
from spinglass.networks.layers import LayeredNetwork
from validation.claims.curvature import ascent

_ZERO = 1e-10  # eigenvalues below this fraction of the largest count as zero


def ascents(seed: np.random.SeedSequence, activation: str, widths: tuple[int, ...], starts: int) -> tuple[float, float]:
    """Return whether an ascent found a strict maximum, and whether one ended at a point of no known class."""
    ends = ascent.ends(seed, activation, widths, starts)
    return float(ascent.STRICT_MAXIMUM in ends), float(ascent.UNEXPLAINED in ends)


def layered_saddle(seed: np.random.SeedSequence, inputs: int, hidden: int, activation: str) -> tuple[float, float]:
    """Return the relative size of the gradient, and the error of the index, at a smooth saddle between two layers.

    All inputs and first-layer weights are positive, so that no unit is near its kink. The second layer is zero, so that
    the output is zero and the gradient of the first layer vanishes. The gradient of the second layer vanishes because
    the weights of every hidden unit are orthogonal to c, the mean of y x. The Hessian couples each second-layer weight
    to its unit's weights along c by -|c|, and the first layer's diagonal block is zero. Every hidden unit therefore has
    exactly one direction of negative curvature.
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.5, 1.5, (12, inputs))
    first, y = orthogonal_weights(x, rng.standard_normal(12), hidden, rng)
    found = curvature(LayeredNetwork([first, np.zeros((hidden, 1))], None, activation), x, y)
    eigenvalues = found.spectrum()
    index = int(np.sum(eigenvalues < -_ZERO * np.abs(eigenvalues).max()))
    smooth = found.kink_distance > 0.01
    slope = float(np.abs(found.gradient).max() * len(x) / (np.linalg.norm(x) * np.linalg.norm(y)))
    return slope, abs(index - hidden) + float(not smooth)


def orthogonal_weights(x: Array, y: Array, hidden: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return positive weights (inputs, hidden) and targets such that the weights are orthogonal to the mean of y x."""
    middle: Array = rng.uniform(0.5, 1.5, x.shape[1:])
    y = y - (x @ middle) * (middle @ x.T @ y) / np.sum((x @ middle) ** 2)
    y = y * len(x) / np.linalg.norm(x.T @ y)  # so that |c| = 1
    c = np.asarray(x.T @ y) / len(x)
    change = 0.1 * rng.uniform(-1, 1, (x.shape[1], hidden))
    weights: Array = middle[:, None] + change
    return weights - np.outer(c, c @ weights), y


def rank_losses(seed: np.random.SeedSequence, inputs: int, hidden: int, dead: int) -> tuple[float, float]:
    """Return errors of the rank of the first layer's block: ReLU with dead units, and leaky ReLU on the same weights.

    Inputs are positive; a unit with negative weights is dead on all data. Theory: the ranks are ``inputs (hidden -
    dead)`` and ``inputs hidden`` if there are more data points and outputs than a unit has weights.
    """
    rng = np.random.default_rng(seed)
    first = rng.uniform(0.5, 1.5, (inputs, hidden)) * np.where(np.arange(hidden) < dead, -1, 1)
    second = np.linalg.qr(rng.standard_normal((hidden, hidden)))[0]  # orthogonal, therefore well-conditioned
    x, y = rng.uniform(0.1, 2.0, (20, inputs)), rng.standard_normal((20, hidden))
    ranks = [curvature(LayeredNetwork([first, second], None, f), x, y).rank(1) for f in ("relu", leaky_relu(0.1))]
    return abs(ranks[0] - inputs * (hidden - dead)), abs(ranks[1] - inputs * hidden)
