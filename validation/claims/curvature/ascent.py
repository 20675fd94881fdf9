"""Gradient ascent on a network's loss in search of strict local maxima, and a classification of where it ends."""

from itertools import pairwise

import numpy as np

from spinglass._common.seeds import child
from spinglass.networks.curvature import Curvature, curvature
from spinglass.networks.layers import LayeredNetwork

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
    """Return the classes of the ends of ascents from random parameters, for one random set of six data points."""
    rng = np.random.default_rng(child(seed, 0))
    x, y = rng.standard_normal((6, widths[0])), rng.choice([-0.9, 0.9], (6, widths[-1]))
    found = []
    for start in range(starts):
        draw = np.random.default_rng(child(seed, 1, start))
        weights = [draw.standard_normal((a, b)) for a, b in pairwise(widths)]
        # The output has the activation too: a linear output would rule out maxima whatever the hidden activations.
        found.append(named(climb(curvature(LayeredNetwork(weights, None, activation, activation), x, y))))
    return found


def climb(at: Curvature) -> Curvature:
    """Step along the normalised gradient until it vanishes; steps grow after a success and shrink after a failure."""
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
    """Classify the end of an ascent: escaped to large weights, a plateau of dead units, a strict maximum, or a kink."""
    eigenvalues, slope = end.spectrum(), float(np.abs(end.gradient).max())
    if np.abs(end.network.parameters).max() > _FAR:
        return ESCAPED
    if slope == 0 and not eigenvalues.any():
        return PLATEAU
    # The last steps are 1e-9 long. At this distance from a maximum the slope is at most 1e-9 times the curvature.
    if slope < 1e-5 and eigenvalues[-1] < -1e-4:
        return STRICT_MAXIMUM
    # If every kink is much farther away than the length of the last steps, no kink has stopped the ascent.
    return KINK if end.kink_distance < 1e-5 else UNEXPLAINED
