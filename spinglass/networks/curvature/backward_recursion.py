"""The backward recursion of preactivation gradients and Hessians, and the Hessian blocks computed from them.

Axis 0 of all arrays is the data point. Layers are numbered from 0 here, so that ``h[k]`` belongs to layer k + 1 in the
usual notation.
"""

from dataclasses import dataclass

import numpy as np

from spinglass._common.types import Array
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.losses import AnyArray, Loss


@dataclass(frozen=True, eq=False)
class Sweep:
    """The results of one forward and one backward pass, from which all derivatives of the loss are computed."""

    network: LayeredNetwork
    values: Array  # (M,), losses
    inputs: tuple[Array, ...]  # of each layer, (M, n_(l-1)), with a column of ones if there are biases
    preactivations: tuple[Array, ...]  # (M, n_l)
    slopes: tuple[Array, ...]  # f'(h_l), (M, n_l)
    curvatures: tuple[Array, ...]  # f''(h_l), (M, n_l)
    upstream: tuple[Array, ...]  # dE/da_l, (M, n_l)
    loss_hessian: Array  # (M, n_H, n_H)

    @property
    def gradients(self) -> tuple[Array, ...]:
        """The derivatives ``dE/dh_l``, shape (M, n_l) each."""
        return tuple(s * u for s, u in zip(self.slopes, self.upstream, strict=True))

    @property
    def curved(self) -> tuple[Array, ...]:
        """The diagonals ``f''(h_l) dE/da_l`` of D_l, shape (M, n_l) each."""
        return tuple(c * u for c, u in zip(self.curvatures, self.upstream, strict=True))


def sweep(network: LayeredNetwork, x: Array, targets: AnyArray, loss: Loss) -> Sweep:
    """Do one forward and one backward pass."""
    preactivations, activations = network.pass_forward(x)
    functions = [network.activation_of(layer) for layer in range(1, network.H + 1)]
    slopes = [f.slope(h) for f, h in zip(functions, preactivations, strict=True)]
    upstream = [loss.gradient(activations[-1], targets)]
    for W, slope in zip(network.weights[:0:-1], slopes[:0:-1], strict=True):
        upstream.append((slope * upstream[-1]) @ W.T)
    ones = np.ones((len(x), 0 if network.biases is None else 1))
    return Sweep(
        network,
        loss.value(activations[-1], targets),
        tuple(np.hstack([a, ones]) for a in activations[:-1]),
        tuple(preactivations),
        tuple(slopes),
        tuple(f.curvature(h) for f, h in zip(functions, preactivations, strict=True)),
        tuple(reversed(upstream)),
        loss.hessian(activations[-1], targets),
    )


def preactivation_hessians(swept: Sweep, curved: bool = True) -> list[Array]:
    """Return ``H_l = B_l W_(l+1) H_(l+1) W_(l+1)^T B_l + D_l``, (M, n_l, n_l) each; without D if not ``curved``."""
    inner = swept.loss_hessian
    found = []
    for k in range(swept.network.H - 1, -1, -1):
        slope = swept.slopes[k]
        hessian = slope[:, :, None] * inner * slope[:, None, :]
        if curved:
            hessian = with_diagonal(hessian, swept.curvatures[k] * swept.upstream[k])
        found.append(hessian)
        W = swept.network.weights[k]
        inner = W @ hessian @ W.T
    return found[::-1]


def with_diagonal(matrices: Array, diagonals: Array) -> Array:
    """Return the matrices (M, n, n) with diagonals (M, n) added."""
    total = matrices.copy()
    along = np.arange(matrices.shape[1])
    total[:, along, along] += diagonals
    return total


def diagonal_block(inputs: Array, hessians: Array) -> Array:
    """Return the sum over data points of ``(a a^T) (x) H_l``."""
    a, n = inputs.shape[1], hessians.shape[1]
    points = len(inputs)
    outer = (inputs[:, :, None] * inputs[:, None, :]).reshape(points, a * a)
    total = outer.T @ hessians.reshape(points, n * n)
    return total.reshape(a, a, n, n).transpose(0, 2, 1, 3).reshape(a * n, a * n)


def cross_block(swept: Sweep, hessian: Array, lower: int, upper: int, residual: bool) -> Array:
    """Return the sum over data points of the mixed second derivatives of two layers' parameters.

    A change of h_lower changes dE/dh_upper by ``H_upper T``, with T the derivative of h_upper with respect to h_lower,
    and it changes the inputs of the upper layer. The second contribution belongs to the ``residual`` part.
    """
    weights, slopes = swept.network.weights, swept.slopes
    a, b = swept.inputs[lower], swept.inputs[upper]
    points, n, m = len(a), slopes[lower].shape[1], slopes[upper].shape[1]
    moved = slopes[lower][:, :, None] * np.eye(n)  # derivative of a with respect to h_lower, (M, n, width)
    for k in range(lower + 1, upper):
        moved = (moved @ weights[k]) * slopes[k][:, None, :]
    through = moved @ weights[upper] @ hessian  # (M, n, m)
    outer = (a[:, :, None] * b[:, None, :]).reshape(points, -1)
    total = (outer.T @ through.reshape(points, -1)).reshape(a.shape[1], b.shape[1], n, m).transpose(0, 2, 1, 3)
    if residual:
        delta = slopes[upper] * swept.upstream[upper]
        second = (moved[:, :, :, None] * delta[:, None, None, :]).reshape(points, -1)
        # The input of a bias is always 1, so its row has no such contribution.
        width = moved.shape[2]
        total[:, :, :width, :] += (a.T @ second).reshape(a.shape[1], n, width, m)
    return np.asarray(total.reshape(a.shape[1] * n, b.shape[1] * m))


def directional(swept: Sweep, weights: list[Array], biases: list[Array] | None, residual: bool) -> list[Array]:
    """Return the Hessian (without ``residual``: its Gauss-Newton part) times a direction, layer by layer.

    Reference: Pearlmutter (1994), "Fast exact multiplication by the Hessian".
    """
    H = swept.network.H
    bias = (np.zeros(1) for _ in range(H)) if biases is None else iter(biases)
    extra = np.zeros((len(swept.values), 0 if biases is None else 1))
    moved_inputs: list[Array] = [np.zeros_like(swept.inputs[0])]
    moved: list[Array] = []  # of h_l
    for k, (W, V) in enumerate(zip(swept.network.weights, weights, strict=True)):
        width = W.shape[0]
        field = swept.inputs[k][:, :width] @ V + next(bias)
        if k > 0:  # the inputs of the network do not move
            field = field + moved_inputs[k][:, :width] @ W
        moved.append(field)
        moved_inputs.append(np.hstack([swept.slopes[k] * moved[k], extra]))
    gradients = swept.gradients
    change = np.einsum("mij,mj->mi", swept.loss_hessian, swept.slopes[-1] * moved[-1])  # of dE/da_H
    products: list[Array] = []
    for k in range(H - 1, -1, -1):
        delta = swept.slopes[k] * change
        if residual:
            delta = delta + swept.curved[k] * moved[k]
        product = swept.inputs[k].T @ delta
        if k > 0:
            change = delta @ swept.network.weights[k].T
            if residual:
                product = product + moved_inputs[k].T @ gradients[k]
                change = change + gradients[k] @ weights[k].T
        products.append(product)
    return products[::-1]
