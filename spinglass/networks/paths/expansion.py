"""A ReLU network's output as a sum over the paths from its inputs to its output.

The expansion is ``Y = q sum_i sum_j X_i A_ij prod_k w_ij^(k)``. A path passes through one unit of every layer, and
``A_ij`` is 1 if all these units are active, else 0. Paths are numbered in row-major order of their units
``(i_0, i_1, ..., i_H)``. The expansion is exact for every input, including kinks.

Reference: Choromanska et al. (2015), eq. 2.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.jit import jit
from spinglass._common.memory import require_memory
from spinglass._common.threads import one_blas_thread, run_in_threads
from spinglass._common.types import Array, IntArray
from spinglass.networks.architecture import Architecture
from spinglass.networks.relu import Gates, ReLUNetwork

_MOST_PATHS = 10**10  # take about a minute for each point


@dataclass(frozen=True, eq=False)
class PathExpansion:
    """All paths of a network at a batch of inputs.

    Attributes
    ----------
    activity
        The activities A, 0.0 or 1.0, shape (batch, paths).
    weight_product
        Product of the weights along each path, shape (paths,).
    input_index
        Index i of the input where each path starts, shape (paths,).
    path_input
        The input X_i of each path, shape (batch, paths).
    q
        The factor of the sum.
    """

    activity: Array
    weight_product: Array
    input_index: IntArray
    path_input: Array
    q: float

    def output(self) -> Array:
        """Return ``q sum X_i A_ij prod w`` for every input, shape (batch,)."""
        return np.asarray(self.q * np.einsum("bp,bp,p->b", self.path_input, self.activity, self.weight_product))


def path_expansion(net: ReLUNetwork, X: ArrayLike) -> PathExpansion:
    """Return the expansion of a network's output over its paths, with all paths in memory.

    If there are too many paths, use `path_sum`, which gives the same sum without storing them.

    Parameters
    ----------
    net
        The network.
    X
        Inputs, shape (batch, d) or (d,).

    Returns
    -------
    PathExpansion
        The activities, weights and inputs of all paths.

    Raises
    ------
    ValueError
        If X does not have d columns or is not finite, or the paths do not fit in memory.

    Examples
    --------
    >>> net, X = ReLUNetwork.random((3, 2, 1), seed=0), np.eye(3)
    >>> paths = path_expansion(net, X)
    >>> paths.activity.shape, bool(np.allclose(paths.output(), net.forward(X)))
    ((3, 6), True)
    """
    gates = net.activities(X)
    rows = np.atleast_2d(np.asarray(X, dtype=np.float64))
    layers = net.architecture
    require_memory(
        8 * layers.paths * (3 * len(rows) + 2), f"{len(rows)} inputs with {layers.paths} paths", "path_sum(net, X)"
    )
    start = input_index(layers)
    return PathExpansion(
        activity=_along_paths(gates, len(rows), layers.widths[0]),
        weight_product=weight_product(net.weights),
        input_index=start,
        path_input=rows[:, start],
        q=net.q,
    )


def path_gradient(net: ReLUNetwork, X: ArrayLike) -> list[Array]:
    """Return the derivatives of the path expansion with respect to the weights, at fixed activities.

    The derivative ``dY/dw`` is q times the sum of ``X_i A_ij`` times the product of the other weights, over all paths
    that contain w. It equals the result of backpropagation (``net.gradient``), also at kinks, where both treat the unit
    as inactive.

    Parameters
    ----------
    net
        The network.
    X
        Inputs, shape (batch, d) or (d,).

    Returns
    -------
    list of ndarray
        H arrays of shape (batch, n_{l-1}, n_l).

    Raises
    ------
    ValueError
        As `path_expansion`.

    Examples
    --------
    >>> net, X = ReLUNetwork.random((3, 2, 1), seed=0), np.eye(3)
    >>> bool(np.allclose(path_gradient(net, X)[0], net.gradient(X)[0]))
    True
    """
    paths = path_expansion(net, X)
    active = net.q * paths.path_input * paths.activity
    widths = net.widths
    gradients = []
    for layer, W in enumerate(net.weights):
        others = [np.ones_like(W) if k == layer else V for k, V in enumerate(net.weights)]
        by_units = (active * weight_product(others)).reshape(len(active), *widths)
        elsewhere = tuple(1 + k for k in range(len(widths)) if k not in (layer, layer + 1))
        gradients.append(by_units.sum(axis=elsewhere))
    return gradients


def path_sum(
    net: ReLUNetwork, X: ArrayLike, *, by: Literal["layers", "paths"] = "layers", gates: Sequence[Gates] | None = None
) -> Array:
    """Return the sum over paths ``q sum_i sum_j X_i A_ij prod w`` without storing the paths.

    Parameters
    ----------
    net
        The network.
    X
        Inputs, shape (batch, d) or (d,).
    by
        ``"layers"`` (default) sums layer by layer, with N operations per input (dynamic programming: all paths into a
        unit are summed before the next layer). ``"paths"`` sums over all Psi paths one at a time. Both give the same
        sum.
    gates
        Which units are active, H boolean arrays of shape (batch, n_l). Default: ``net.activities(X)``.

    Returns
    -------
    ndarray
        Sums, shape (batch,).

    Raises
    ------
    ValueError
        If X does not have d columns or is not finite, ``by`` is unknown, the gates have other shapes, or there are more
        than 1e10 paths to add one by one.

    Examples
    --------
    >>> net, X = ReLUNetwork.random((100, 100, 100, 100, 1), seed=0), np.ones((1, 100))  # 10^8 paths
    >>> bool(np.allclose(path_sum(net, X), net.forward(X)))
    True
    """
    own = net.activities(X)
    rows = np.atleast_2d(np.asarray(X, dtype=np.float64))
    chosen = own if gates is None else _checked(gates, [gate.shape for gate in own])
    if by == "layers":
        return _sum_by_layers(net, rows, chosen)
    if by == "paths":
        return _sum_by_paths(net, rows, chosen)
    raise ValueError(f'by must be "layers" or "paths", not {by!r}')


def input_index(layers: Architecture) -> IntArray:
    """Return the input where each path starts, shape (paths,)."""
    return np.repeat(np.arange(layers.widths[0]), layers.paths // layers.widths[0])


def edge_index(layers: Architecture, paths: IntArray) -> IntArray:
    """Return the positions of the weights of paths in the vector (W_1, ..., W_H), shape (len(paths), H)."""
    units = np.stack(np.unravel_index(paths, layers.widths), axis=1)
    first = np.cumsum([0, *(a * b for a, b in layers.shapes[:-1])])
    columns = [first[k] + units[:, k] * layers.widths[k + 1] + units[:, k + 1] for k in range(layers.H)]
    return np.stack(columns, axis=1).astype(np.int64)


def weight_product(weights: Sequence[Array]) -> Array:
    """Return the product of the weights along every path, shape (paths,)."""
    product = np.ones((1, weights[0].shape[0]))
    for W in weights:
        product = (product[:, :, None] * W).reshape(-1, W.shape[1])
    return product.reshape(-1)


def _along_paths(gates: Sequence[Gates], batch: int, d: int) -> Array:
    active = np.ones((batch, d))
    for gate in gates:
        active = (active[:, :, None] * gate[:, None, :]).reshape(batch, -1)
    return active


def _checked(gates: Sequence[Gates], shapes: list[tuple[int, ...]]) -> list[Gates]:
    arrays = [np.asarray(gate, dtype=bool) for gate in gates]
    if [gate.shape for gate in arrays] != shapes:
        raise ValueError(f"gates must have the shapes {shapes}, not {[gate.shape for gate in arrays]}")
    return arrays


def _sum_by_layers(net: ReLUNetwork, rows: Array, gates: Sequence[Gates]) -> Array:
    carried = rows
    with one_blas_thread():
        for W, gate in zip(net.weights, gates, strict=True):
            carried = (carried @ W) * gate
    return net.q * carried[:, 0]


def _sum_by_paths(net: ReLUNetwork, rows: Array, gates: Sequence[Gates]) -> Array:
    if (paths := math.prod(net.widths)) > _MOST_PATHS:
        raise ValueError(
            f'{paths:.3g} paths are more than {_MOST_PATHS:g}, too many to add one by one; use by="layers"'
        )
    widths = np.array(net.widths)
    weights = np.concatenate([W.reshape(-1) for W in net.weights])
    first = np.cumsum([0, *(W.size for W in net.weights[:-1])])
    active = np.concatenate(gates, axis=1)
    total = np.empty(len(rows))

    def walk(row: int) -> None:
        total[row] = net.q * _walk(rows[row], active[row], weights, first, widths)

    run_in_threads(walk, range(len(rows)))
    return total


@jit
def _walk(x: Array, active: Gates, weights: Array, first: IntArray, widths: IntArray) -> float:
    """Sum over all paths, each from its last unit back to its first; a path ends at its first inactive unit."""
    H = widths.size - 1
    paths = np.int64(1)
    for width in widths:
        paths *= width
    total = 0.0
    for path in range(paths):
        rest, above = path // widths[H], path % widths[H]
        end = active.size - widths[H]
        product = 1.0
        for layer in range(H, 0, -1):
            if not active[end + above]:
                product = 0.0
                break
            below = rest % widths[layer - 1]
            rest //= widths[layer - 1]
            product *= weights[first[layer - 1] + below * widths[layer] + above]
            end -= widths[layer - 1] if layer > 1 else 0
            above = below
        if product != 0.0:
            total += x[above] * product
    return total
