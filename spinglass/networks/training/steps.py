"""Kernels: one epoch of training of one network, with one optimiser step per mini-batch."""

import math

from spinglass._common.jit import jit
from spinglass._common.types import Array, IntArray
from spinglass.kernels.tile import LANES
from spinglass.networks.training.backpropagation import add_gradient
from spinglass.networks.training.panels import BLOCK, Shape, Workspace

_SGD, _MOMENTUM, _RMSPROP = 0, 1, 2  # kinds of optimiser, as in optimisers.py; any other kind is Adam


@jit
def whole_gradient(
    parameters: Array, shape: Shape, work: Workspace, X: Array, T: Array, order: IntArray, first: int, rows: int
) -> float:
    """Write the gradient of the mean loss of rows order[first:first+rows] to ``work.gradient``; return that mean."""
    work.gradient[:] = 0
    loss = 0.0
    for begin in range(0, rows, BLOCK):
        count = min(BLOCK, rows - begin)
        loss += add_gradient(parameters, shape, work, X, T, order, first + begin, count, 1 / rows, work.gradient)
    return loss / rows


@jit
def _add_decay(parameters: Array, shape: Shape, weight_decay: float, gradient: Array) -> None:
    """Add the gradient of ``(weight_decay/2) |weights|^2``; biases do not decay."""
    for layer in range(shape.widths.size - 1):
        height = shape.widths[layer] + 1
        for panel in range(shape.layers[layer], shape.layers[layer + 1], height * LANES):
            for i in range(panel, panel + (height - 1) * LANES):
                gradient[i] += weight_decay * parameters[i]


@jit
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
    """Pass through the rows of X (N, n_0) and T (N, n_L) in the given order; return the number of steps so far."""
    for begin in range(0, order.size, batch):
        rows = min(batch, order.size - begin)
        step += 1
        if kind == _SGD and weight_decay == 0 and rows <= BLOCK:
            # The step is proportional to the gradient, which is therefore added directly to the parameters.
            add_gradient(parameters, shape, work, X, T, order, begin, rows, -rate / rows, parameters)
            continue
        whole_gradient(parameters, shape, work, X, T, order, begin, rows)
        if weight_decay != 0:
            _add_decay(parameters, shape, weight_decay, work.gradient)
        _step(kind, rate, factors, step, parameters, work.gradient, first, second)
    return step
