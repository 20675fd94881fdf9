"""Gradient ascent on a network's loss in search of strict local maxima, and names for where ascents end."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spinglass._common.seeds import child
from spinglass.networks.curvature import Curvature, curvature
from spinglass.networks.layers import LayeredNetwork

Array = NDArray[np.float64]

STRICT_MAXIMUM, PLATEAU, KINK, ESCAPED, UNEXPLAINED = (
    "strict maximum",
    "plateau",
    "kink",
    "escaped",
    "unexplained",
)
_FAR = 30.0
_SMALL_STEP = 1e-9
_STEPS = 250


def ends(seed: np.random.SeedSequence, activation: str, widths: tuple[int, ...], starts: int) -> list[str]:
    """Return how ascents from random parameters end, for one random set of six data points."""
    rng = np.random.default_rng(child(seed, 0))
    x, y = rng.standard_normal((6, widths[0])), rng.choice([-0.9, 0.9], (6, widths[-1]))
    found = []
    for start in range(starts):
        draw = np.random.default_rng(child(seed, 1, start))
        weights = [draw.standard_normal((a, b)) for a, b in pairwise(widths)]
        # The output has the activation too: a linear one alone would rule maxima out, whatever lies below.
        found.append(named(climb(curvature(LayeredNetwork(weights, None, activation, activation), x, y))))
    return found


def climb(at: Curvature) -> Curvature:
    """Step along the normalised gradient, longer after a success and shorter after a failure, while it is there."""
    step = 0.1
    for _ in range(_STEPS):
        length = float(np.linalg.norm(at.gradient))
        position = at.network.parameters
        if length == 0 or step < _SMALL_STEP or np.abs(position).max() > _FAR:
            break
        ahead = at.network.with_parameters(position + step * at.gradient / length)
        trial = curvature(ahead, at.x, at.targets)
        if trial.loss > at.loss:
            at, step = trial, 1.5 * step
        else:
            step *= 0.3
    return at


def named(end: Curvature) -> str:
    """Name an end: escaped to large weights, a flat plateau of dead units, a strict maximum, or stuck at a kink."""
    eigenvalues, slope = end.spectrum(), float(np.abs(end.gradient).max())
    if np.abs(end.network.parameters).max() > _FAR:
        return ESCAPED
    if slope == 0 and not eigenvalues.any():
        return PLATEAU
    # Steps end at 1e-9 from the top, where the slope is at most that times the curvature.
    if slope < 1e-5 and eigenvalues[-1] < -1e-4:
        return STRICT_MAXIMUM
    # Far from every kink compared with the last steps means that no kink has stopped the ascent.
    return KINK if end.kink_distance < 1e-5 else UNEXPLAINED
