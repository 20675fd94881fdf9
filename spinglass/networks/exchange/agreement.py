"""Comparison of a network with outputs from elsewhere, which finds layers that are transposed."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array
from spinglass.networks.layer_checks import check_inputs

TOLERANCE = 1e-3  # of `difference`; single precision is off by about 1e-5, a transposed layer by about 1
_MOST_TRIALS = 64


def difference(outputs: Array, expected: Array) -> float:
    """Return the largest difference of two arrays of outputs (M, n_H), relative to the spread of the expected ones.

    A thousandth of their size is added to the spread, because outputs are rounded in proportion to their size.
    """
    spread = np.abs(expected - expected.mean(axis=0)).max()
    scale = float(spread + 1e-3 * np.abs(expected).max())
    return float(np.abs(outputs - expected).max()) / (scale if scale > 0 else 1.0)


def require(
    forward: Callable[[Array], Array],
    with_weights: Callable[[Sequence[Array]], Any],
    weights: Sequence[Array],
    X: npt.ArrayLike,
    outputs: npt.ArrayLike,
) -> None:
    """Raise ``ValueError`` unless a network returns the given outputs; the message names transposed square layers.

    Parameters
    ----------
    forward
        The network's forward pass.
    with_weights
        Function that returns the network with other weights.
    weights
        Its weights, of shape (inputs, outputs).
    X
        Inputs, shape (M, n_0).
    outputs
        Expected outputs, shape (M, n_H).

    Raises
    ------
    ValueError
        If the shapes do not fit or the outputs differ.
    """
    inputs, expected = check_inputs(X, weights[0].shape[0]), np.asarray(outputs)
    found = forward(inputs)
    if expected.shape != found.shape or expected.dtype.kind not in "fiu" or not np.isfinite(expected).all():
        raise ValueError(
            f"agrees_with must hold finite outputs of shape {found.shape} for {len(inputs)} inputs, "
            f"not {expected.dtype} of shape {expected.shape}"
        )
    off = difference(found, expected)
    if off <= TOLERANCE:
        return
    turned = _transposed(with_weights, weights, inputs, expected)
    hint = (
        f"they agree if the weight of layer {' and '.join(map(str, turned))} is transposed: transpose? "
        "from_linear_layers and PyTorch have (outputs, inputs), LayeredNetwork has (inputs, outputs)"
        if turned
        else "check the activation functions and the order of the layers"
    )
    raise ValueError(f"the network's outputs differ from those given by {off:.2g} of their spread; {hint}")


def _transposed(
    with_weights: Callable[[Sequence[Array]], Any], weights: Sequence[Array], X: Array, expected: Array
) -> tuple[int, ...]:
    """Return the smallest set of square layers whose transposition explains the outputs, or nothing."""
    square = [number for number, W in enumerate(weights, 1) if W.shape[0] == W.shape[1] > 1]
    trials = [chosen for size in range(1, len(square) + 1) for chosen in combinations(square, size)]
    for chosen in trials[:_MOST_TRIALS]:
        turned = [W.T if number in chosen else W for number, W in enumerate(weights, 1)]
        if difference(with_weights(turned).forward(X), expected) <= TOLERANCE:
            return chosen
    return ()
