"""Kernels: one epoch of training of one network, with one optimiser step per mini-batch."""

import math

import numpy as np

from spinglass._common.jit import jit, jit_without_references
from spinglass._common.types import Array, IntArray
from spinglass.networks.training.backpropagation import add_gradient
from spinglass.networks.training.panels import BLOCK, LANES, Shape, Workspace, panel_width

NONE = -1  # no step
_SGD, _MOMENTUM, _RMSPROP = 0, 1, 2  # kinds of optimiser, as in optimisers.py; any other kind is Adam


@jit_without_references
def _add_decay(parameters: Array, shape: Shape, weight_decay: float, gradient: Array) -> None:
    """Add the gradient of ``(weight_decay/2) |weights|^2``; biases do not decay."""
    for layer in range(shape.widths.size - 1):
        below, above = shape.widths[layer], shape.widths[layer + 1]
        for p in range(0, above, LANES):
            start, count = shape.layers[layer] + p * (below + 1), below * panel_width(above, p)
            for i in range(start, start + count):
                gradient[i] += weight_decay * parameters[i]


@jit_without_references
def _step(
    kind: int,
    rate: float,
    factors: tuple[float, float, float],
    step: int,
    parameters: Array,
    gradient: Array,
    first: Array,
    second: Array,
) -> None:
    """Take one step; ``first`` and ``second`` are the running means of gradients and of their squares."""
    a, b, epsilon = factors
    if kind == _SGD:
        for i in range(parameters.size):
            parameters[i] -= rate * gradient[i]
    elif kind == _MOMENTUM:
        for i in range(parameters.size):
            first[i] = a * first[i] - rate * gradient[i]
            parameters[i] += first[i]
    elif kind == _RMSPROP:
        for i in range(parameters.size):
            second[i] = b * second[i] + (1 - b) * gradient[i] * gradient[i]
            parameters[i] -= rate * gradient[i] / (math.sqrt(second[i]) + epsilon)
    else:
        begun, begun_squares = 1 - a**step, 1 - b**step
        for i in range(parameters.size):
            first[i] = a * first[i] + (1 - a) * gradient[i]
            second[i] = b * second[i] + (1 - b) * gradient[i] * gradient[i]
            parameters[i] -= rate * (first[i] / begun) / (math.sqrt(second[i] / begun_squares) + epsilon)


@jit
def epoch(
    parameters: Array,
    shape: Shape,
    work: Workspace,
    X: Array,
    T: Array,
    order: IntArray,
    batch: int,
    kind: int,
    rate: float,
    factors: tuple[float, float, float],
    weight_decay: float,
    step: int,
    first: Array,
    second: Array,
) -> int:
    """Pass through the rows of X (N, n_0) and T (N, n_L) in the given order; return the number of steps so far.

    Optimiser ``NONE`` leaves the parameters, and the gradient of the last mini-batch remains in ``work.gradient``.
    """
    for begin in range(0, order.size, batch):
        rows = min(batch, order.size - begin)
        step += 1
        # A step of gradient descent is proportional to the gradient, which is then added directly to the parameters, if
        # they are no longer read because all rows form one block.
        direct = kind == _SGD and weight_decay == 0 and rows <= BLOCK
        target, scale = (parameters, -rate) if direct else (work.gradient, 1.0)
        if not direct:
            work.gradient[:] = 0
        add_gradient(parameters, shape, work, X, T, order, begin, rows, scale / rows, target)
        if direct or kind == NONE:
            continue
        if weight_decay != 0:
            _add_decay(parameters, shape, weight_decay, work.gradient)
        _step(kind, rate, factors, step, parameters, work.gradient, first, second)
    return step


def gradient(parameters: Array, shape: Shape, work: Workspace, X: Array, T: Array) -> Array:
    """Return the gradient of the mean loss over all rows, in the scratch memory ``work``.

    It is computed as an epoch of one mini-batch without a step, so that no other kernel has to be compiled.
    """
    every, none = np.arange(len(X)), (0.0, 0.0, 0.0)
    epoch(parameters, shape, work, X, T, every, len(X), NONE, 0.0, none, 0.0, 0, work.gradient, work.gradient)
    return work.gradient
