"""Networks with a mistake: the forward pass, the gradient or the Hessian blocks of a correct one are changed."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spinglass._common.types import Array
from spinglass.networks import ReLUNetwork, path_gradient

Change = Callable[[Any, Any, Array], Any]  # of the correct answer, the network and the inputs


class Mistaken:
    """A network some of whose answers are changed.

    Parameters
    ----------
    net
        The correct network.
    **changes
        Functions of the correct answer, the network and the inputs, by the name of a method; those of
        ``hessian_blocks`` receive the targets as well.
    """

    def __init__(self, net: Any, **changes: Callable[..., Any]) -> None:
        self._net, self._changes = net, changes
        self.weights: list[Array] = net.weights

    def _answer(self, name: str, *given: Array) -> Any:
        answer = getattr(self._net, name)(*given)
        return self._changes[name](answer, self._net, *given) if name in self._changes else answer

    def forward(self, x: Array) -> Any:
        """Return the outputs."""
        return self._answer("forward", x)

    def gradient(self, x: Array) -> Any:
        """Return the gradient."""
        return self._answer("gradient", x)

    def hessian_blocks(self, x: Array, y: Array) -> Any:
        """Return the Hessian blocks."""
        return self._answer("hessian_blocks", x, y)

    def with_weights(self, weights: Sequence[Array]) -> "Mistaken":
        """Return the network with other weights and the same mistake."""
        return Mistaken(self._net.with_weights(weights), **self._changes)


def relu(h: Array) -> Array:
    """Return max(h, 0)."""
    return np.maximum(h, 0.0)


def passed(weights: Sequence[Array], x: Array, unit: Callable[[Array, int], Array]) -> Array:
    """Return the outputs of a forward pass with ``unit(preactivation, layer)`` in the hidden layers."""
    for layer, W in enumerate(weights[:-1], 1):
        x = unit(x @ W, layer)
    return np.asarray((x @ weights[-1])[:, 0])


def transposed_squares(weights: Sequence[Array]) -> list[Array]:
    """Return the weights with every square matrix transposed."""
    return [W.T if W.shape[0] == W.shape[1] else W for W in weights]


def with_bias(h: Array, _: int) -> Array:
    """Return a ReLU layer with a bias that differs from unit to unit."""
    return relu(h + 0.3 * np.cos(1.0 + np.arange(h.shape[1])))


def dropped_out(h: Array, _: int) -> Array:
    """Return a ReLU layer without its first unit, the others scaled up."""
    return relu(h) * np.where(np.arange(h.shape[1]) == 0, 0, h.shape[1] / (h.shape[1] - 1))


def normalised(h: Array, _: int) -> Array:
    """Return a ReLU layer with batch normalisation."""
    return relu((h - h.mean(axis=0)) / np.sqrt(h.var(axis=0) + 1e-5))


def backwards(
    weights: Sequence[Array],
    x: Array,
    gate: Callable[[list[Array], int], Array],
    back: Callable[[Array, int], Array] = lambda W, _: W,
) -> list[Array]:
    """Return a gradient with ``gate(preactivations, layer)`` as slopes and ``back(W, layer)`` in the backward pass."""
    values = [x]
    preactivations = []
    for W in weights[:-1]:
        preactivations.append(values[-1] @ W)
        values.append(relu(preactivations[-1]))
    signal = np.ones((len(x), 1))
    found = []
    for layer in range(len(weights), 0, -1):
        if layer < len(weights):
            signal = signal * gate(preactivations, layer)
        found.append(values[layer - 1].T @ signal)
        signal = signal @ back(weights[layer - 1], layer).T
    return found[::-1]


def slope(preactivations: list[Array], layer: int) -> Array:
    """Return the slopes of a layer's ReLUs."""
    return np.asarray(preactivations[layer - 1] > 0, dtype=float)


def fisher(net: Any, x: Array, y: Array) -> list[Array]:
    """Return the mean outer products of the gradients of the losses of single inputs."""
    same = ReLUNetwork(net.weights, last_relu=False)
    residual = net.forward(x) - y
    losses = [each.reshape(len(x), -1) / same.q * residual[:, None] for each in path_gradient(same, x)]
    return [each.T @ each / len(x) for each in losses]


def by_columns(blocks: Sequence[Array], weights: Sequence[Array]) -> list[Array]:
    """Return the blocks with the weights of a layer numbered column by column."""
    orders = [np.arange(W.size).reshape(W.shape).T.ravel() for W in weights]
    return [block[np.ix_(order, order)] for block, order in zip(blocks, orders, strict=True)]
