"""Measurements of the curvature of networks, each compared with a calculation by another method."""

from itertools import pairwise

import numpy as np

from spinglass._common.seeds import child
from spinglass._common.types import Array
from spinglass.networks.curvature import Curvature, curvature
from validation.claims.curvature.random_networks import at_random, magnitude


def recursion_errors(seed: np.random.SeedSequence, activation: str, loss: str) -> float:
    """Return the relative difference between layer blocks from the recursion and from Hessian-vector products."""
    found = at_random(seed, activation, loss, output=activation)
    full = found.hessian_vector(np.eye(found.network.size))
    ends = np.cumsum((0, *found.network.layer_sizes))
    worst = 0.0
    for layer, (start, end) in enumerate(pairwise(ends), 1):
        block = found.block(layer)
        worst = max(worst, float(np.abs(block - full[start:end, start:end]).max()))
    return worst / max(float(np.abs(full).max()), np.finfo(float).tiny)


def negative_curvature(seed: np.random.SeedSequence, activation: str, loss: str, output: str) -> float:
    """Return the most negative eigenvalue of any layer's block relative to its largest; 0 if there is none."""
    found = at_random(seed, activation, loss, output)
    spectra = [found.spectrum(layer) for layer in range(1, found.network.H + 1)]
    return max(max(0.0, -float(e[0])) / max(float(np.abs(e).max()), np.finfo(float).tiny) for e in spectra)


def bend_errors(seed: np.random.SeedSequence, activation: str) -> float:
    """Return the relative difference between second differences of E along one layer and the Gauss-Newton block.

    Between kinks E is a quadratic function of each layer alone, so that second differences are exact for any step; the
    step is halved until no unit crosses its kink.
    """
    found = at_random(seed, activation, "squared")
    net, rng = found.network, np.random.default_rng(child(seed, 1))
    ends = np.cumsum((0, *net.layer_sizes))
    worst = 0.0
    for layer in range(1, net.H + 1):
        v = np.zeros(net.size)
        v[ends[layer - 1] : ends[layer]] = rng.standard_normal(net.layer_sizes[layer - 1])
        up, down, step = _on_the_same_side(found, v)
        bend = up.loss + down.loss - 2 * found.loss
        expected = step**2 * float(v @ found.hessian_vector(v, "gauss_newton"))
        worst = max(worst, abs(bend - expected) / (magnitude(up) + magnitude(down)))
    return worst


def _on_the_same_side(found: Curvature, v: Array) -> tuple[Curvature, Curvature, float]:
    net, step = found.network, 1.0
    sides = [h > 0 for h in found.preactivations]
    while True:
        ends = [curvature(net.with_parameters(net.parameters + s * v), found.x, found.targets) for s in (step, -step)]
        if all(np.array_equal(h > 0, side) for end in ends for h, side in zip(end.preactivations, sides, strict=True)):
            return ends[0], ends[1], step
        step /= 2


def negative_trace(seed: np.random.SeedSequence, activation: str, loss: str, output: str) -> float:
    """Return minus the trace of the full Hessian over the sum of the absolute values of its diagonal; 0 if positive."""
    found = at_random(seed, activation, loss, output)
    diagonal = np.diag(found.hessian_vector(np.eye(found.network.size)))
    return max(0.0, -float(diagonal.sum())) / max(float(np.abs(diagonal).sum()), np.finfo(float).tiny)
