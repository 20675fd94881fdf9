"""Redundancy of weights: uniform use of unique weights, and networks reduced to few distinct weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinglass._common.arguments import whole_number
from spinglass._common.types import Array
from spinglass.networks.architecture import Architecture
from spinglass.networks.relu import ReLUNetwork


def unique_weights(layers: Architecture, size: int | None = None) -> int:
    """Return the number Lambda of unique weights, after checking that all H-tuples of them can be used equally often.

    This requires that Lambda is a whole number and that the number of paths Psi is a multiple of ``Lambda^H``.

    Parameters
    ----------
    layers
        The architecture.
    size
        The number Lambda of unique weights. Default: ``Psi^{1/H}``.

    Returns
    -------
    int
        Lambda.

    Raises
    ------
    ValueError
        If Lambda does not satisfy these conditions; the message contains the nearest possible sizes.

    Examples
    --------
    >>> unique_weights(Architecture.of((8, 4, 2, 1))), unique_weights(Architecture.of((8, 4, 2, 1)), size=2)
    (4, 2)
    """
    Psi, H = layers.paths, layers.H
    wanted = layers.Lambda if size is None else whole_number("size", size, 1)
    if wanted == int(wanted) and Psi % int(wanted) ** H == 0:
        return int(wanted)
    possible = np.array(uniform_sizes(layers))
    near = sorted({*possible[possible < wanted][-1:].tolist(), *possible[possible > wanted][:1].tolist()})
    raise ValueError(
        f"{Psi} paths of {H} weights cannot use every {H}-tuple of {wanted:.6g} weights equally often: Lambda must be "
        f"a whole number and Psi a multiple of Lambda^{H}. The nearest sizes for these widths: "
        f"{' or '.join(map(str, near))}; or use widths such that Psi^(1/{H}) is a whole number, such as "
        f"{(3,) * H + (1,)}"
    )


def uniform_sizes(layers: Architecture) -> list[int]:
    """Return every number Lambda of unique weights whose H-tuples the paths can use equally often.

    Parameters
    ----------
    layers
        The architecture.

    Returns
    -------
    list of int
        The possible values of Lambda, ascending.

    Examples
    --------
    >>> uniform_sizes(Architecture.of((8, 8, 1)))
    [1, 2, 4, 8]
    """
    return [size for size in range(1, round(layers.Lambda) + 1) if layers.paths % size**layers.H == 0]


@dataclass(frozen=True, eq=False)
class ReducedNetwork:
    """A network with few distinct weights, and how often its predictions differ from those of the original network.

    Attributes
    ----------
    network
        The reduced network, of the same architecture.
    values
        The distinct weights, ascending, shape (s,).
    epsilon
        Fraction of the inputs for which the sign of the output differs.
    correlation
        Correlation of the two signs over the inputs; NaN if the sign of one network is constant.
    """

    network: ReLUNetwork
    values: Array
    epsilon: float
    correlation: float


def reduce_weights(net: ReLUNetwork, s: int, X: ArrayLike) -> ReducedNetwork:
    """Return a network with s distinct weights, an (s, epsilon)-reduction image with epsilon measured on X.

    The weights are sorted by value and divided into s classes of equal size; every weight is replaced by the mean of
    its class.

    Parameters
    ----------
    net
        A network with ``last_relu=False``.
    s
        Number of distinct weights, from 1 to N.
    X
        Inputs on which predictions are compared, shape (batch, d).

    Returns
    -------
    ReducedNetwork
        The reduced network and its measured epsilon.

    Raises
    ------
    ValueError
        If s is not a whole number in 1..N, X does not fit, or the output is rectified and hence has no sign.

    References
    ----------
    Choromanska et al. (2015), definition 3.1: predictions differ on at most a fraction epsilon of the inputs.

    Examples
    --------
    >>> net = ReLUNetwork.random((5, 4, 1), seed=0, last_relu=False)
    >>> X = np.random.default_rng(0).standard_normal((100, 5))
    >>> reduce_weights(net, 24, X).epsilon, len(reduce_weights(net, 3, X).values)
    (0.0, 3)
    """
    N = net.architecture.size
    if whole_number("s", s, 1) > N:
        raise ValueError(f"a network of {N} weights has at most s = {N} distinct ones, not {s}")
    if net.last_relu:
        raise ValueError("a rectified output has no sign to predict; use a network with last_relu=False")
    flat = np.concatenate([W.reshape(-1) for W in net.weights])
    labels = np.empty(N, np.int64)
    labels[np.argsort(flat, kind="stable")] = np.arange(N) * s // N
    values = np.bincount(labels, weights=flat) / np.bincount(labels)
    ends = np.cumsum([W.size for W in net.weights])[:-1]
    parts = np.split(values[labels], ends)
    shared = [part.reshape(W.shape) for part, W in zip(parts, net.weights, strict=True)]
    reduced = ReLUNetwork(shared, last_relu=False)
    original, image = _signs(net.forward(X)), _signs(reduced.forward(X))
    return ReducedNetwork(reduced, values, float(np.mean(original != image)), sign_correlation(original, image))


def sign_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Return the correlation of two sequences of signs.

    Parameters
    ----------
    first, second
        Signs +1 or -1, of equal shape.

    Returns
    -------
    float
        The correlation coefficient; NaN if one sequence is constant.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> sign_correlation([1, 1, -1, -1], [1, 1, -1, 1]).__round__(4)
    0.5774
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"signs of shapes {a.shape} and {b.shape} cannot be compared")
    spread = float(a.std() * b.std())
    return float(np.mean((a - a.mean()) * (b - b.mean())) / spread) if spread > 0 else float("nan")


def _signs(outputs: Array) -> NDArray[np.int64]:
    """Return +1 or -1, +1 for an output of zero."""
    return np.where(np.atleast_1d(outputs) < 0, -1, 1)
