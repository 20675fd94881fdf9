"""Mistakes that people make in the code of a network."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from spinglass._common.types import Array
from spinglass.networks.architecture import Architecture
from validation.claims.network_code.mistakes import (
    Mistaken,
    backwards,
    by_columns,
    dropped_out,
    fisher,
    normalised,
    passed,
    relu,
    slope,
    transposed_squares,
    with_bias,
)
from validation.mutant import Mutant
from validation.subjects.declaration import Declaration


def _mutant(name: str, statement: str, **changes: Callable[..., Any]) -> Mutant:
    patch = lambda network: lambda widths, seed: Mistaken(network(widths, seed), **changes)  # noqa: E731
    return Mutant(name, statement, {"validation.subjects.own.network": patch}, upstream=True)


def _units(unit: Callable[[Array, int], Array]) -> Callable[..., Array]:
    """Return a change of the forward pass to other hidden units."""
    return lambda _output, net, x: passed(net.weights, x, unit)


def _declared(name: str, statement: str, **declared: str) -> Mutant:
    patch = lambda own: lambda: replace(own(), declaration=Declaration(**declared))  # noqa: E731
    return Mutant(name, statement, {"validation.subjects.current.own": patch}, upstream=True)


def _single(answer: Any, *_: Any) -> Any:
    return [np.float32(part) for part in answer] if isinstance(answer, list) else np.float32(answer)


def _q(net: Any) -> float:
    return Architecture.of((len(net.weights[0]), *(W.shape[1] for W in net.weights))).q


TRANSPOSED = _mutant(
    "square layer transposed",
    "square weight matrices are used transposed; declare weights = 'out,in', or transpose them",
    forward=lambda _, net, x: net.with_weights(transposed_squares(net.weights)).forward(x),
)
BIAS = _mutant(
    "biases left in",
    "the hidden layers have biases, which are not among the weights; use layers without biases, or set them to zero",
    forward=_units(with_bias),
)
DROPOUT = _mutant(
    "dropout left on",
    "units are dropped, as in training mode; switch to evaluation mode",
    forward=_units(dropped_out),
)
LEAKY = _mutant(
    "leaky units",
    "hidden units are leaky ReLUs of slope 0.01",
    forward=_units(lambda h, _: np.where(h > 0, h, 0.01 * h)),
)
SMOOTH = _mutant(
    "softplus units",
    "hidden units are softplus, a smooth function, and not ReLU",
    forward=_units(lambda h, _: np.logaddexp(0, h)),
)
NORMALISED = _mutant(
    "batch normalisation",
    "preactivations are normalised over the batch, so that an output depends on the other inputs",
    forward=_units(normalised),
)
SINGLE = _mutant(
    "single precision",
    "numbers are calculated in single precision (float32); declare precision = 'single'",
    forward=_single,
    gradient=_single,
    hessian_blocks=_single,
)

OUTPUTS = (
    TRANSPOSED,
    _mutant(
        "ReLU at the output",
        "the output is rectified as well; declare output_unit = 'relu', or leave out the last activation",
        forward=lambda output, _net, _x: relu(output),
    ),
    _declared(
        "no ReLU at the output",
        "the output is declared as rectified and is not; declare output_unit = 'linear'",
        output_unit="relu",
    ),
    _mutant(
        "no activation",
        "hidden units have no activation: the network is linear",
        forward=_units(lambda h, _: h),
    ),
    _mutant(
        "one activation missing",
        "the first hidden layer has no activation",
        forward=_units(lambda h, layer: h if layer == 1 else relu(h)),
    ),
    _mutant(
        "factor q",
        "outputs are smaller by q = Lambda^(-(H-1)/2), as in the paper; declare output_factor = 'q'",
        forward=lambda output, net, _: _q(net) * output,
    ),
    _declared(
        "factor q missing",
        "the factor q = Lambda^(-(H-1)/2) is declared but missing; declare output_factor = '1'",
        output_factor="q",
    ),
    BIAS,
    DROPOUT,
    LEAKY,
    SMOOTH,
    NORMALISED,
    SINGLE,
)


def _gradient(name: str, statement: str, change: Callable[..., Any]) -> Mutant:
    """Return a mutant of the gradient; ``change`` receives the correct one, the network and the inputs."""
    return _mutant(name, statement, gradient=change)


MEAN = _gradient(
    "mean over the inputs",
    "the gradient is that of the mean output over the inputs, not of the sum",
    lambda found, _net, x: [G / len(x) for G in found],
)
DECAY = _gradient(
    "weight decay included",
    "the gradient contains weight decay, 0.01 times the weights",
    lambda found, net, _: [G + 0.01 * W for G, W in zip(found, net.weights, strict=True)],
)
NOT_MULTIPLIED = _gradient(
    "one layer not multiplied",
    "the gradient of the first layer is not multiplied by the weights of the second",
    lambda _found, net, x: backwards(net.weights, x, slope, lambda W, layer: np.ones_like(W) if layer == 2 else W),
)
NO_SLOPES = _gradient(
    "slopes of ReLU forgotten",
    "the backward pass takes all units for active",
    lambda _found, net, x: backwards(net.weights, x, lambda h, layer: np.ones_like(h[layer - 1])),
)
SIGN = _gradient("sign of the gradient", "the gradient has the wrong sign", lambda found, *_: [-G for G in found])
LAST = _gradient(
    "last input only",
    "the gradient is that of the output of the last input: it is overwritten, not summed",
    lambda _found, net, x: net.gradient(x[-1:]),
)
GRADIENTS = (
    SIGN,
    MEAN,
    LAST,
    NO_SLOPES,
    _gradient(
        "slope at the wrong place",
        "the slope of each ReLU is taken at the preactivation of the unit of the same number in the layer below",
        lambda _found, net, x: backwards(
            net.weights, x, lambda h, layer: slope(h, layer - 1) if layer > 1 and _fits(h, layer) else slope(h, layer)
        ),
    ),
    NOT_MULTIPLIED,
    _gradient(
        "square layer transposed",
        "the gradient of square weight matrices is transposed",
        lambda found, *_: transposed_squares(found),
    ),
    _gradient(
        "gradient of the loss",
        "the gradient is that of half the squared outputs, not of the outputs",
        lambda _found, net, x: _of_squares(net, x),
    ),
    DECAY,
    SINGLE,
)
HOMOGENEITY = (BIAS, SMOOTH, NORMALISED, SIGN, MEAN, LAST, DECAY, NOT_MULTIPLIED, NO_SLOPES, SINGLE)
SYMMETRIES = (TRANSPOSED, DROPOUT, BIAS, SMOOTH, NORMALISED, SINGLE)


def _fits(preactivations: list[Array], layer: int) -> bool:
    return preactivations[layer - 1].shape == preactivations[layer - 2].shape


def _of_squares(net: Any, x: Array) -> list[Array]:
    rows = [(float(net.forward(row[None])[0]), net.gradient(row[None])) for row in x]
    return [np.asarray(sum(value * found[layer] for value, found in rows)) for layer in range(len(net.weights))]


def _blocks(name: str, statement: str, change: Callable[..., Any]) -> Mutant:
    """Return a mutant of the blocks; ``change`` receives the correct ones, the network, inputs and targets."""
    return _mutant(name, statement, hessian_blocks=change)


BLOCKS = (
    _blocks(
        "sum over the inputs",
        "the loss is summed over the inputs instead of averaged",
        lambda found, _net, x, _y: [len(x) * block for block in found],
    ),
    _blocks(
        "loss without the factor 1/2",
        "blocks are too large by a factor 2: the loss is the squared difference, not half of it",
        lambda found, *_: [2 * block for block in found],
    ),
    _blocks("sign of the Hessian", "the Hessian has the wrong sign", lambda found, *_: [-block for block in found]),
    _blocks(
        "weights numbered by columns",
        "the weights of a layer are numbered column by column and not row by row as they are stored",
        lambda found, net, _x, _y: by_columns(found, net.weights),
    ),
    _blocks(
        "outer products of loss gradients",
        "blocks are the mean outer products of the gradients of the loss (empirical Fisher matrix), not its Hessian",
        lambda _found, net, x, y: fisher(net, x, y),
    ),
    _blocks(
        "diagonal only",
        "only the diagonal of each block is filled",
        lambda found, *_: [np.diag(np.diag(block)) for block in found],
    ),
    SINGLE,
)
