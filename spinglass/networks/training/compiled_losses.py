"""Kernels: activations and losses of networks in training.

``kind`` is the ``code`` of an entry of :data:`spinglass.networks.activations.ACTIVATIONS` or
:data:`spinglass.networks.losses.LOSSES`. The loss of one row of outputs z with targets t is
``-sum_c t_c log softmax(z)_c`` (cross-entropy, t one-hot),
``sum_c max(0, 1 - t_c z_c)`` (hinge, t_c = 1 for the class and -1 for the others), or ``sum_c (z_c - t_c)^2 / 2``.

Blocks of outputs and targets are stored class by class, each with BLOCK rows of data. The loops over the rows are then
the innermost, and the compiler vectorises them.
"""

import math

import numpy as np

from spinglass._common.jit import jit, jit_without_references
from spinglass._common.types import Array
from spinglass.kernels.exponential import exponential
from spinglass.networks.activations import LEAK
from spinglass.networks.training.panels import BLOCK


@jit_without_references
def activate(kind: int, units: Array) -> None:
    """Replace preactivations by activations."""
    if kind == 0:
        for i in range(units.size):
            # Written so that NaN stays NaN.
            units[i] = 0.0 if units[i] <= 0 else units[i]
    elif kind == 1:
        for i in range(units.size):
            units[i] = LEAK * units[i] if units[i] <= 0 else units[i]
    elif kind == 2:
        for i in range(units.size):
            units[i] = math.tanh(units[i])
    elif kind == 3:
        for i in range(units.size):
            units[i] = 1 / (1 + math.exp(-units[i]))
    elif kind == 4:
        for i in range(units.size):
            units[i] = max(units[i], 0.0) + math.log1p(math.exp(-abs(units[i])))


@jit_without_references
def times_slope(kind: int, units: Array, deltas: Array) -> None:
    """Multiply derivatives by the slope of the activation; at the kink the slope is 0 (leaky ReLU: LEAK)."""
    if kind == 0:
        for i in range(deltas.size):
            deltas[i] = 0.0 if units[i] <= 0 else deltas[i]
    elif kind == 1:
        for i in range(deltas.size):
            deltas[i] = LEAK * deltas[i] if units[i] <= 0 else deltas[i]
    elif kind == 2:
        for i in range(deltas.size):
            deltas[i] *= 1 - units[i] * units[i]
    elif kind == 3:
        for i in range(deltas.size):
            deltas[i] *= units[i] * (1 - units[i])
    elif kind == 4:
        for i in range(deltas.size):
            deltas[i] *= -math.expm1(-units[i])


@jit_without_references
def differentiate(kind: int, z: Array, t: Array, classes: int, rows: int, sums: Array, losses: Array) -> None:
    """Replace a block of outputs z by the derivatives of the loss with respect to them.

    ``losses`` receives the losses of the first rows, as many as it can hold: none if it is empty.
    """
    if kind == 0:
        _cross_entropy(z, t, classes, rows, sums[0, :rows], sums[1, :rows], losses)
        return
    losses[:] = 0.0
    for c in range(classes):
        outputs, targets = z[c * BLOCK :][:rows], t[c * BLOCK :][:rows]
        if kind == 1:
            for r in range(losses.size):
                # Written so that NaN stays NaN.
                margin = 1 - targets[r] * outputs[r]
                losses[r] += 0.0 if margin <= 0 else margin
            for r in range(rows):
                outputs[r] = -targets[r] if targets[r] * outputs[r] < 1 else 0.0
        else:
            for r in range(rows):
                outputs[r] -= targets[r]
            for r in range(losses.size):
                losses[r] += outputs[r] * outputs[r] / 2


@jit_without_references
def _cross_entropy(z: Array, t: Array, classes: int, rows: int, highest: Array, total: Array, losses: Array) -> None:
    total[:] = 0.0
    for r in range(rows):
        highest[r] = z[r]
    for c in range(1, classes):
        outputs = z[c * BLOCK :][:rows]
        for r in range(rows):
            highest[r] = max(highest[r], outputs[r])
    for r in range(losses.size):
        losses[r] = highest[r]
    for c in range(classes):
        outputs, targets = z[c * BLOCK :][:rows], t[c * BLOCK :][:rows]
        for r in range(losses.size):
            losses[r] -= targets[r] * outputs[r]
        for r in range(rows):
            outputs[r] = exponential(outputs[r] - highest[r])
        for r in range(rows):
            total[r] += outputs[r]
    for r in range(losses.size):
        losses[r] += math.log(total[r])
    for r in range(rows):
        total[r] = 1 / total[r]
    for c in range(classes):
        outputs, targets = z[c * BLOCK :][:rows], t[c * BLOCK :][:rows]
        for r in range(rows):
            outputs[r] = outputs[r] * total[r] - targets[r]


@jit_without_references
def _misclassified(outputs: Array, targets: Array) -> bool:
    """Return whether the largest output belongs to a wrong class; a single output that is not positive means -1."""
    if outputs.size == 1:
        return bool((outputs[0] > 0) != (targets[0] > 0))
    given, wanted = 0, 0
    for c in range(1, outputs.size):
        if outputs[c] > outputs[given]:
            given = c
        if targets[c] > targets[wanted]:
            wanted = c
    return given != wanted


@jit
def loss_and_errors(kind: int, outputs: Array, targets: Array) -> tuple[float, int]:
    """Return the sum of the losses over all rows of outputs (N, n_L), and how many are misclassified."""
    classes = outputs.shape[1]
    z, t, sums, losses = np.empty(classes * BLOCK), np.empty(classes * BLOCK), np.empty((2, BLOCK)), np.empty(BLOCK)
    loss, wrong = 0.0, 0
    for first in range(0, outputs.shape[0], BLOCK):
        rows = min(BLOCK, outputs.shape[0] - first)
        for r in range(rows):
            for c in range(classes):
                z[c * BLOCK + r], t[c * BLOCK + r] = outputs[first + r, c], targets[first + r, c]
            wrong += _misclassified(outputs[first + r], targets[first + r])
        differentiate(kind, z, t, classes, rows, sums, losses[:rows])
        for r in range(rows):
            loss += losses[r]
    return loss, wrong
