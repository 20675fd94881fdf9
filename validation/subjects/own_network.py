"""The ReLU network of this project in the form in which claims ask a subject for a network."""

from collections.abc import Sequence

from spinglass._common.types import Array
from spinglass.networks import LayeredNetwork, ReLUNetwork
from spinglass.networks.curvature import curvature


class OwnNetwork:
    """A ReLU network with a linear output and without the factor q.

    Parameters
    ----------
    weights
        The matrices ``W_1, ..., W_H`` of shape (n_in, n_out).
    """

    def __init__(self, weights: Sequence[Array]) -> None:
        self._net = ReLUNetwork(weights, last_relu=False)
        self.weights = self._net.weights

    def forward(self, x: Array) -> Array:
        """Return one output per row."""
        return self._net.forward(x) / self._net.q

    def gradient(self, x: Array) -> list[Array]:
        """Return the derivatives of the sum of the outputs, by backpropagation."""
        return [each.sum(axis=0) / self._net.q for each in self._net.gradient(x)]

    def hessian_blocks(self, x: Array, y: Array) -> list[Array]:
        """Return the second derivatives of the mean of ``(output - y)^2 / 2``, by the recursion over preactivations."""
        found = curvature(LayeredNetwork(self.weights), x, y[:, None])
        return [found.block(layer) for layer in range(1, len(self.weights) + 1)]

    def with_weights(self, weights: Sequence[Array]) -> "OwnNetwork":
        """Return a network with other weights."""
        return OwnNetwork(weights)
