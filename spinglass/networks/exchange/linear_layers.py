"""Layers in PyTorch's orientation: pairs of a weight of shape (outputs, inputs) and a bias."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array
from spinglass.networks.layer_checks import matrix

LinearLayers = Iterable[tuple[npt.ArrayLike, npt.ArrayLike | None]]
_CONVENTIONS = (
    "PyTorch, and from_linear_layers, store weights as (outputs, inputs); the arguments of LayeredNetwork are "
    "(inputs, outputs)"
)


def from_linear(layers: LinearLayers) -> tuple[list[Array], list[npt.ArrayLike] | None]:
    """Return weights of shape (inputs, outputs) and biases, or None if no layer has one.

    Parameters
    ----------
    layers
        Pairs (weight, bias) in PyTorch's orientation, the first layer first.

    Returns
    -------
    weights
        Matrices of shape (inputs, outputs) in float64.
    biases
        The biases as given, or None.

    Raises
    ------
    ValueError
        If ``layers`` is not a sequence of pairs, shapes do not fit each other, or only some layers have a bias.

    Examples
    --------
    >>> from_linear([([[1.0, 2.0]], None)])[0][0].tolist()
    [[1.0], [2.0]]
    """
    pairs = list(layers)
    if not pairs or not all(isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in pairs):
        raise ValueError(
            "layers must be pairs (weight, bias), with None for no bias, such as "
            f"[(W1, b1), (W2, b2)]; given {[type(pair).__name__ for pair in pairs]}"
        )
    weights = [matrix(f"the weight of layer {number}", W) for number, (W, _) in enumerate(pairs, 1)]
    biases = [None if b is None else np.asarray(b) for _, b in pairs]
    _check_shapes(weights, biases)
    missing = [number for number, b in enumerate(biases, 1) if b is None]
    if 0 < len(missing) < len(biases):
        raise ValueError(
            f"layers {missing} have no bias but the others do; give all layers a bias (zeros add parameters that can "
            "be trained) or none"
        )
    return [W.T.copy() for W in weights], None if missing else [b for b in biases if b is not None]


def to_linear(weights: Sequence[Array], biases: Sequence[Array] | None) -> list[tuple[Array, Array | None]]:
    """Return pairs (weight, bias) in PyTorch's orientation.

    Parameters
    ----------
    weights
        Matrices of shape (inputs, outputs).
    biases
        Vectors of shape (outputs,), or None.

    Returns
    -------
    list of tuple
        Copies of the arrays.
    """
    rows = [None] * len(weights) if biases is None else [b.copy() for b in biases]
    return [(W.T.copy(), b) for W, b in zip(weights, rows, strict=True)]


def _check_shapes(weights: Sequence[Array], biases: Sequence[npt.NDArray[np.generic] | None]) -> None:
    for number, (W, b) in enumerate(zip(weights, biases, strict=True), 1):
        if b is not None and b.shape != W.shape[:1]:
            turned = "; transpose?" if b.shape == W.shape[1:] else ""
            raise ValueError(
                f"the bias of layer {number} has shape {b.shape}, but its weight of shape {W.shape} has {W.shape[0]} "
                f"outputs{turned} {_CONVENTIONS}"
            )
    for number, (below, above) in enumerate(pairwise(weights), 1):
        if above.shape[1] != below.shape[0]:
            turned = "; transpose?" if above.shape[0] == below.shape[1] else ""
            raise ValueError(
                f"layer {number} of weight shape {below.shape} has {below.shape[0]} outputs, but layer {number + 1} of "
                f"shape {above.shape} expects {above.shape[1]} inputs{turned} {_CONVENTIONS}"
            )
