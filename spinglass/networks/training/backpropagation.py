"""Kernels: forward and backward pass for one block of data rows, on panels (:mod:`.panels`)."""

from spinglass._common.assignment import assign
from spinglass._common.jit import jit
from spinglass._common.types import Array, IntArray
from spinglass.kernels.tile import LANES, multiply_add
from spinglass.networks.training.compiled_losses import activate, loss_of_row, misclassified, times_slope
from spinglass.networks.training.panels import BLOCK, Shape, Workspace

_PANEL = BLOCK * LANES  # numbers in one panel of units


@jit
def gather(X: Array, order: IntArray, first: int, rows: int, units: Array) -> None:
    """Copy rows order[first], order[first + 1], ... of X into the panels of the inputs."""
    for r in range(rows):
        source = X[order[first + r]]
        for i in range(source.size):
            units[(i // LANES) * _PANEL + r * LANES + i % LANES] = source[i]


@jit
def forward(parameters: Array, shape: Shape, units: Array, rows: int) -> None:
    """Compute the units of all layers above the inputs; no activation is applied to the last layer."""
    count = shape.widths.size - 1
    for layer in range(count):
        below = shape.widths[layer]
        panel, from_panel = shape.layers[layer], shape.units[layer]
        for to in range(shape.units[layer + 1], shape.units[layer + 2], _PANEL):
            bias = panel + below * LANES
            for r in range(rows):
                assign(units[to + r * LANES : to + (r + 1) * LANES], parameters[bias : bias + LANES])
            for q in range(0, below, LANES):
                depth = min(LANES, below - q)
                start = from_panel + q * BLOCK
                multiply_add(units, start, LANES, 1, parameters, panel + q * LANES, units, to, rows, depth, LANES)
            if layer < count - 1:
                activate(shape.activation, units, to, to + rows * LANES)
            panel += (below + 1) * LANES


@jit
def _outputs(shape: Shape, units: Array, r: int, row: Array) -> None:
    for c in range(row.size):
        row[c] = units[shape.units[-2] + (c // LANES) * _PANEL + r * LANES + c % LANES]


@jit
def _top_deltas(shape: Shape, work: Workspace, T: Array, order: IntArray, first: int, rows: int, scale: float) -> float:
    """Write ``scale`` times the derivatives with respect to the outputs; return the sum of the rows' losses."""
    loss = 0.0
    top, above = shape.units[-2], shape.widths[-1]
    for r in range(rows):
        _outputs(shape, work.units, r, work.row[0])
        loss += loss_of_row(shape.loss, work.row[0], T[order[first + r]], work.row[1])
        for c in range(above):
            work.deltas[top + (c // LANES) * _PANEL + r * LANES + c % LANES] = scale * work.row[1, c]
    return loss


@jit
def _deltas_below(parameters: Array, shape: Shape, work: Workspace, layer: int, rows: int) -> None:
    """Backpropagate the deltas of a layer's outputs through its weights and the activation of its inputs."""
    below, above = shape.widths[layer], shape.widths[layer + 1]
    for q in range(0, below, LANES):
        width = min(LANES, below - q)
        to = shape.units[layer] + q * BLOCK
        work.deltas[to : to + rows * LANES] = 0
        for p in range(0, above, LANES):
            depth = min(LANES, above - p)
            block = shape.layers[layer] + p * (below + 1) + q * LANES
            for j in range(depth):
                for k in range(width):
                    work.transposed[j * LANES + k] = parameters[block + k * LANES + j]
                for k in range(width, LANES):
                    work.transposed[j * LANES + k] = 0
            start = shape.units[layer + 1] + p * BLOCK
            multiply_add(work.deltas, start, LANES, 1, work.transposed, 0, work.deltas, to, rows, depth, LANES)
        times_slope(shape.activation, work.units, work.deltas, to, to + rows * LANES)


@jit
def _add_gradient(shape: Shape, work: Workspace, layer: int, rows: int, target: Array) -> None:
    below, above = shape.widths[layer], shape.widths[layer + 1]
    for p in range(0, above, LANES):
        panel = shape.layers[layer] + p * (below + 1)
        start = shape.units[layer + 1] + p * BLOCK
        for q in range(0, below, LANES):
            width = min(LANES, below - q)
            source = shape.units[layer] + q * BLOCK
            multiply_add(
                work.units, source, 1, LANES, work.deltas, start, target, panel + q * LANES, width, rows, LANES
            )
        if shape.biased:
            bias = panel + below * LANES
            for r in range(rows):
                for k in range(LANES):
                    target[bias + k] += work.deltas[start + r * LANES + k]


@jit
def add_gradient(
    parameters: Array,
    shape: Shape,
    work: Workspace,
    X: Array,
    T: Array,
    order: IntArray,
    first: int,
    rows: int,
    scale: float,
    target: Array,
) -> float:
    """Add ``scale`` times the gradient of the sum of the losses of ``rows <= BLOCK`` rows; return that sum.

    ``target`` may be the parameters themselves, because they are not read after the first number is added.
    """
    gather(X, order, first, rows, work.units)
    forward(parameters, shape, work.units, rows)
    loss = _top_deltas(shape, work, T, order, first, rows, scale)
    for layer in range(shape.widths.size - 2, 0, -1):
        _deltas_below(parameters, shape, work, layer, rows)
    for layer in range(shape.widths.size - 1):
        _add_gradient(shape, work, layer, rows, target)
    return loss


@jit
def loss_and_errors(
    parameters: Array, shape: Shape, work: Workspace, X: Array, T: Array, order: IntArray
) -> tuple[float, int]:
    """Return the sum of the losses over all rows, and how many are misclassified."""
    loss, wrong = 0.0, 0
    for first in range(0, order.size, BLOCK):
        rows = min(BLOCK, order.size - first)
        gather(X, order, first, rows, work.units)
        forward(parameters, shape, work.units, rows)
        for r in range(rows):
            _outputs(shape, work.units, r, work.row[0])
            target = T[order[first + r]]
            loss += loss_of_row(shape.loss, work.row[0], target, work.row[1])
            wrong += misclassified(work.row[0], target)
    return loss, wrong


@jit
def outputs(parameters: Array, shape: Shape, work: Workspace, X: Array, order: IntArray, out: Array) -> None:
    """Write the outputs of all rows, shape (N, n_L)."""
    for first in range(0, order.size, BLOCK):
        rows = min(BLOCK, order.size - first)
        gather(X, order, first, rows, work.units)
        forward(parameters, shape, work.units, rows)
        for r in range(rows):
            _outputs(shape, work.units, r, out[first + r])
