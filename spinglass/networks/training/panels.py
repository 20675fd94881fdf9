"""Memory layout of a network's parameters during training: panels of LANES columns.

Layer l maps n_{l-1} units to n_l units. Its weights (n_{l-1}, n_l) are cut into panels of LANES columns; the last panel
is padded with zeros, which stay zero. Each panel has one more row, which holds the biases (zero in a network without
biases). Units and their derivatives are stored as panels with BLOCK rows of data. Every matrix product of training is
therefore a product of panels, computed by one register tile (:mod:`spinglass.kernels.tile`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array
from spinglass.kernels.tile import LANES

BLOCK = 64  # rows of data that are processed together; larger mini-batches are summed block by block


class Shape(NamedTuple):
    """Shape of a network in compiled code; a named tuple, because Numba reads its fields by name."""

    widths: npt.NDArray[np.int64]  # (L+1,), n_0, ..., n_L
    layers: npt.NDArray[np.int64]  # (L+1,), offset of each layer's parameters, and the total size
    units: npt.NDArray[np.int64]  # (L+2,), offset of each layer's units, the inputs first, and the total size
    activation: int
    loss: int
    biased: bool


class Workspace(NamedTuple):
    """Scratch memory for the training of one network."""

    units: Array
    deltas: Array  # derivatives of the loss with respect to the preactivations, laid out as the units
    transposed: Array  # (LANES LANES,)
    gradient: Array  # laid out as the parameters
    row: Array  # (2, n_L), one row of outputs and of their derivatives


def shape_of(widths: Sequence[int], activation: int, loss: int, biased: bool) -> Shape:
    """Return the shape of a network with these widths, and the codes of its activation and loss."""
    panels = [-(-n // LANES) for n in widths]
    layers = [LANES * (below + 1) * count for below, count in zip(widths[:-1], panels[1:], strict=True)]
    units = [LANES * BLOCK * count for count in panels]
    return Shape(np.array(widths, dtype=np.int64), _starts(layers), _starts(units), activation, loss, biased)


def _starts(sizes: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.cumsum([0, *sizes], dtype=np.int64)


def workspace(shape: Shape) -> Workspace:
    """Return scratch memory for one network of this shape."""
    units, parameters = int(shape.units[-1]), int(shape.layers[-1])
    return Workspace(
        np.zeros(units), np.zeros(units), np.zeros(LANES * LANES), np.zeros(parameters), np.zeros((2, shape.widths[-1]))
    )


def pack(shape: Shape, weights: Sequence[Array], biases: Sequence[Array] | None) -> Array:
    """Return weights (n_{l-1}, n_l) and biases (n_l,) laid out in panels."""
    packed = np.zeros(int(shape.layers[-1]))
    for layer, panels in enumerate(_panels(shape, packed)):
        below, above = weights[layer].shape
        whole = np.zeros((below + 1, panels.shape[0] * LANES))
        whole[:below, :above] = weights[layer]
        if biases is not None:
            whole[below, :above] = biases[layer]
        panels[:] = whole.reshape(below + 1, -1, LANES).transpose(1, 0, 2)
    return packed


def unpack(shape: Shape, packed: Array) -> tuple[list[Array], list[Array]]:
    """Return weights (n_{l-1}, n_l) and biases (n_l,), as lists over the layers."""
    weights = []
    biases = []
    for panels, above in zip(_panels(shape, packed), shape.widths[1:], strict=True):
        whole = panels.transpose(1, 0, 2).reshape(panels.shape[1], -1)[:, :above]
        weights.append(whole[:-1].copy())
        biases.append(whole[-1].copy())
    return weights, biases


def _panels(shape: Shape, packed: Array) -> list[Array]:
    """Return views (panels, n_{l-1} + 1, LANES) of each layer's parameters."""
    ends = zip(shape.layers[:-1], shape.layers[1:], shape.widths[:-1], strict=True)
    return [packed[start:stop].reshape(-1, below + 1, LANES) for start, stop, below in ends]
