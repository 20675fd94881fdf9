"""Kernels: activations and losses of networks in training.

``kind`` is the ``code`` of an entry of :data:`spinglass.networks.activations.ACTIVATIONS` or
:data:`spinglass.networks.losses.LOSSES`. The loss of one row of outputs z with targets t is
``-sum_c t_c log softmax(z)_c`` (cross-entropy, t one-hot),
``sum_c max(0, 1 - t_c z_c)`` (hinge, t_c = 1 for the class and -1 for the others), or ``sum_c (z_c - t_c)^2 / 2``.
"""

import math

from spinglass._common.jit import jit
from spinglass._common.types import Array
from spinglass.networks.activations import LEAK


@jit
def activate(kind: int, units: Array, start: int, stop: int) -> None:
    """Replace preactivations by activations."""
    if kind == 0:
        for i in range(start, stop):
            # Written so that NaN stays NaN.
            units[i] = 0.0 if units[i] <= 0 else units[i]
    elif kind == 1:
        for i in range(start, stop):
            units[i] = LEAK * units[i] if units[i] <= 0 else units[i]
    elif kind == 2:
        for i in range(start, stop):
            units[i] = math.tanh(units[i])
    elif kind == 3:
        for i in range(start, stop):
            units[i] = 1 / (1 + math.exp(-units[i]))
    elif kind == 4:
        for i in range(start, stop):
            units[i] = max(units[i], 0.0) + math.log1p(math.exp(-abs(units[i])))


@jit
def times_slope(kind: int, units: Array, deltas: Array, start: int, stop: int) -> None:
    """Multiply derivatives by the slope of the activation; at the kink the slope is 0 (leaky ReLU: LEAK)."""
    if kind == 0:
        for i in range(start, stop):
            deltas[i] = 0.0 if units[i] <= 0 else deltas[i]
    elif kind == 1:
        for i in range(start, stop):
            deltas[i] = LEAK * deltas[i] if units[i] <= 0 else deltas[i]
    elif kind == 2:
        for i in range(start, stop):
            deltas[i] *= 1 - units[i] * units[i]
    elif kind == 3:
        for i in range(start, stop):
            deltas[i] *= units[i] * (1 - units[i])
    elif kind == 4:
        for i in range(start, stop):
            deltas[i] *= -math.expm1(-units[i])


@jit
def loss_of_row(kind: int, outputs: Array, targets: Array, slopes: Array) -> float:
    """Return the loss of one row and write its derivatives with respect to the outputs into ``slopes``."""
    if kind == 0:
        return _cross_entropy(outputs, targets, slopes)
    loss = 0.0
    if kind == 1:
        for c in range(outputs.size):
            slopes[c] = -targets[c] if targets[c] * outputs[c] < 1 else 0.0
        for c in range(outputs.size):
            # Written so that NaN stays NaN.
            margin = 1 - targets[c] * outputs[c]
            loss += 0.0 if margin <= 0 else margin
        return loss
    for c in range(outputs.size):
        slopes[c] = outputs[c] - targets[c]
    for c in range(outputs.size):
        loss += slopes[c] * slopes[c]
    return loss / 2


@jit
def _cross_entropy(outputs: Array, targets: Array, slopes: Array) -> float:
    highest = outputs[0]
    for c in range(1, outputs.size):
        highest = max(highest, outputs[c])
    for c in range(outputs.size):
        slopes[c] = math.exp(outputs[c] - highest)
    total = 0.0
    for c in range(outputs.size):
        total += slopes[c]
    score = 0.0
    for c in range(outputs.size):
        score += targets[c] * outputs[c]
    for c in range(outputs.size):
        slopes[c] = slopes[c] / total - targets[c]
    return math.log(total) + float(highest) - score


@jit
def misclassified(outputs: Array, targets: Array) -> bool:
    """Return whether the largest output belongs to a wrong class (for one output: whether its sign is wrong)."""
    if outputs.size == 1:
        return not outputs[0] * targets[0] > 0
    given, wanted = 0, 0
    for c in range(1, outputs.size):
        if outputs[c] > outputs[given]:
            given = c
        if targets[c] > targets[wanted]:
            wanted = c
    return given != wanted
