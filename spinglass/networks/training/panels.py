"""Memory layout of a network's parameters during training: panels of at most LANES columns.

Layer l maps n_{l-1} units to n_l units. Its weights (n_{l-1}, n_l) are cut into panels of LANES columns; the last panel
has only as many columns as it needs, rounded up to a multiple of NARROW with zeros, which stay zero. Each panel has one
more row, which holds the biases (zero in a network without biases). Units and their derivatives are stored as panels
with BLOCK rows of data. Every matrix product of training is therefore a product of panels, computed by one register
tile (:mod:`spinglass.kernels.tile`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from spinglass._common.jit import jit_without_references
from spinglass._common.types import Array

LANES = 64  # columns of a panel
NARROW = 8  # the columns of the last panel are a multiple of it
BLOCK = 128  # rows of data that are processed together; larger mini-batches are summed block by block


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
    transposed: Array  # (LANES LANES,), a block of weights
    gradient: Array  # laid out as the parameters
    outputs: Array  # (n_L BLOCK,), the outputs of a block and then their derivatives, one class after the other
    targets: Array  # (n_L BLOCK,), laid out as the outputs
    sums: Array  # (2, BLOCK), sums over the outputs of each row
    one: Array  # (1,), the number 1


@jit_without_references
def panel_width(n: int, first: int) -> int:
    """Return the number of columns, zeros included, of the panel that begins at column ``first`` of n columns."""
    return min(LANES, -(-(n - first) // NARROW) * NARROW)


def shape_of(widths: Sequence[int], activation: int, loss: int, biased: bool) -> Shape:
    """Return the shape of a network with these widths, and the codes of its activation and loss."""
    columns = [-(-n // NARROW) * NARROW for n in widths]
    layers = [(below + 1) * count for below, count in zip(widths[:-1], columns[1:], strict=True)]
    units = [BLOCK * count for count in columns]
    return Shape(np.array(widths, dtype=np.int64), _starts(layers), _starts(units), activation, loss, biased)


def _starts(sizes: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.cumsum([0, *sizes], dtype=np.int64)


def workspace(shape: Shape) -> Workspace:
    """Return scratch memory for one network of this shape."""
    units, parameters, outputs = int(shape.units[-1]), int(shape.layers[-1]), int(shape.widths[-1]) * BLOCK
    return Workspace(
        units=np.zeros(units),
        deltas=np.zeros(units),
        transposed=np.zeros(LANES * LANES),
        gradient=np.zeros(parameters),
        outputs=np.zeros(outputs),
        targets=np.zeros(outputs),
        sums=np.zeros((2, BLOCK)),
        one=np.ones(1),
    )


def pack(shape: Shape, weights: Sequence[Array], biases: Sequence[Array] | None) -> Array:
    """Return weights (n_{l-1}, n_l) and biases (n_l,) laid out in panels."""
    packed = np.zeros(int(shape.layers[-1]))
    for layer, panels in enumerate(_panels(shape, packed)):
        for first, panel in zip(range(0, int(shape.widths[layer + 1]), LANES), panels, strict=True):
            columns = weights[layer][:, first : first + LANES]
            panel[:-1, : columns.shape[1]] = columns
            if biases is not None:
                panel[-1, : columns.shape[1]] = biases[layer][first : first + LANES]
    return packed


def unpack(shape: Shape, packed: Array) -> tuple[list[Array], list[Array]]:
    """Return weights (n_{l-1}, n_l) and biases (n_l,), as lists over the layers."""
    weights = []
    biases = []
    for panels, above in zip(_panels(shape, packed), shape.widths[1:], strict=True):
        whole = np.concatenate(panels, axis=1)[:, :above]
        weights.append(whole[:-1].copy())
        biases.append(whole[-1].copy())
    return weights, biases


def _panels(shape: Shape, packed: Array) -> list[list[Array]]:
    """Return views (n_{l-1} + 1, columns) of the panels of each layer's parameters."""
    layers: list[list[Array]] = []
    for start, below, above in zip(shape.layers[:-1], shape.widths[:-1], shape.widths[1:], strict=True):
        height = int(below) + 1
        panels: list[Array] = []
        for first in range(0, int(above), LANES):
            begin, columns = int(start) + first * height, panel_width(int(above), first)
            panels.append(packed[begin : begin + height * columns].reshape(height, columns))
        layers.append(panels)
    return layers
