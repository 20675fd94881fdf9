"""Symmetries of a network: changes of its weights that do not change its output."""

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.arguments import real_number, whole_number
from spinglass.networks.relu import ReLUNetwork


def rescale(net: ReLUNetwork, layer: int, alpha: float) -> ReLUNetwork:
    """Return the network with ``W_layer`` multiplied and ``W_{layer+1}`` divided by alpha > 0; its output is the same.

    Parameters
    ----------
    net
        A network.
    layer
        Number of a hidden layer, 1..H-1.
    alpha
        The positive factor.

    Returns
    -------
    ReLUNetwork
        The rescaled network.

    Raises
    ------
    ValueError
        If ``layer`` is not a hidden layer, or alpha is not positive and finite.

    Examples
    --------
    >>> net, X = ReLUNetwork.random((3, 4, 1), seed=0), np.eye(3)
    >>> bool(np.allclose(rescale(net, 1, 10.0).forward(X), net.forward(X)))
    True
    """
    _check_hidden(net, layer)
    if not (factor := real_number("alpha", alpha)) > 0:
        raise ValueError(f"alpha must be positive, not {alpha!r}: relu(-h) is not -relu(h)")
    weights = list(net.weights)
    weights[layer - 1] = weights[layer - 1] * factor
    weights[layer] = weights[layer] / factor
    return ReLUNetwork(weights, last_relu=net.last_relu)


def permute(net: ReLUNetwork, layer: int, order: ArrayLike) -> ReLUNetwork:
    """Return the network with the units of a hidden layer in another order; its output is the same.

    Parameters
    ----------
    net
        A network.
    layer
        Number of a hidden layer, 1..H-1.
    order
        The new order of its units, a permutation of 0..n_layer - 1.

    Returns
    -------
    ReLUNetwork
        The permuted network.

    Raises
    ------
    ValueError
        If ``layer`` is not a hidden layer, or ``order`` is not a permutation of its units.

    Examples
    --------
    >>> net, X = ReLUNetwork.random((3, 2, 1), seed=0), np.eye(3)
    >>> bool(np.allclose(permute(net, 1, [1, 0]).forward(X), net.forward(X)))
    True
    """
    _check_hidden(net, layer)
    units = np.asarray(order)
    if units.dtype.kind not in "iu" or not np.array_equal(np.sort(units.ravel()), np.arange(net.widths[layer])):
        raise ValueError(f"order must contain each of 0..{net.widths[layer] - 1} once, not {order!r}")
    weights = list(net.weights)
    weights[layer - 1] = weights[layer - 1][:, units]
    weights[layer] = weights[layer][units]
    return ReLUNetwork(weights, last_relu=net.last_relu)


def _check_hidden(net: ReLUNetwork, layer: int) -> None:
    if whole_number("layer", layer, 1) >= net.H:
        raise ValueError(f"layer must be a hidden layer, 1..{net.H - 1} in {net!r}, not {layer}")
