"""Checks of the arrays that make up a layered network and of its inputs."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array

CONVENTIONS = (
    "(LayeredNetwork takes weights of shape (inputs, outputs); PyTorch stores (outputs, inputs), which "
    "LayeredNetwork.from_linear_layers takes)"
)


def check_inputs(x: npt.ArrayLike, width: int) -> Array:
    """Return inputs as finite float64 of shape (M, width), or raise ``ValueError``."""
    inputs = np.asarray(x)
    if inputs.dtype.kind not in "fiu" or inputs.ndim != 2 or inputs.shape[1] != width or not len(inputs):
        raise ValueError(
            f"inputs must be real numbers of shape (M, {width}) with M >= 1, one row per data point, "
            f"not {inputs.dtype} of shape {inputs.shape}"
        )
    if not np.isfinite(inputs).all():
        raise ValueError(f"inputs must be finite; {np.count_nonzero(~np.isfinite(inputs))} are not: drop those rows")
    return inputs.astype(np.float64)


def matrix(name: str, given: npt.ArrayLike) -> Array:
    """Return a weight matrix as finite float64, or raise ``ValueError``."""
    matrix = np.asarray(given)
    if matrix.dtype.kind not in "fiu" or matrix.ndim != 2:
        raise ValueError(f"{name} must be a matrix of real numbers, not {matrix.dtype} of shape {matrix.shape}")
    if 0 in matrix.shape:
        raise ValueError(f"{name} has shape {matrix.shape}: no layer can have width zero; remove this layer")
    if not np.isfinite(matrix).all():
        raise ValueError(f"{name} must be finite; {np.count_nonzero(~np.isfinite(matrix))} of its entries are not")
    return matrix.astype(np.float64)


def check_chain(weights: tuple[Array, ...]) -> None:
    """Raise ``ValueError`` unless the matrices can be multiplied from the first to the last."""
    if not weights:
        raise ValueError("a network needs at least one matrix of weights; given none")
    for layer, (below, above) in enumerate(pairwise(weights), 1):
        if below.shape[1] != above.shape[0]:
            turned = all(above.shape[1] == below.shape[0] for below, above in pairwise(weights))
            hint = "; transposed, they fit: transpose?" if turned else ""
            raise ValueError(
                f"W_{layer} of shape {below.shape} has {below.shape[1]} outputs but W_{layer + 1} of shape "
                f"{above.shape} expects {above.shape[0]} inputs{hint} {CONVENTIONS}"
            )


def checked_biases(biases: Sequence[npt.ArrayLike] | None, weights: tuple[Array, ...]) -> tuple[Array, ...] | None:
    """Return bias vectors that fit the weights as finite float64, or raise ``ValueError``."""
    if biases is None:
        return None
    rows = tuple(np.asarray(b) for b in biases)
    shapes = [W.shape[1:] for W in weights]
    if [b.shape for b in rows] != shapes or any(b.dtype.kind not in "fiu" for b in rows):
        flipped = [b.shape for b in rows] == [W.shape[:1] for W in weights]
        hint = f"; they fit the transposed weights: transpose? {CONVENTIONS}" if flipped else ""
        raise ValueError(
            f"biases must be vectors of real numbers of shapes {shapes}, not {[b.shape for b in rows]}{hint}"
        )
    if not all(np.isfinite(b).all() for b in rows):
        raise ValueError("biases must be finite; some are not")
    return tuple(b.astype(np.float64) for b in rows)
