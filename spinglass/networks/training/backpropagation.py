"""Kernels: forward and backward pass for one block of data rows, on panels (:mod:`.panels`)."""

from spinglass._common.jit import jit, jit_without_references
from spinglass._common.types import Array, IntArray
from spinglass.kernels.tile import panel
from spinglass.kernels.vectors import STEP
from spinglass.networks.training.compiled_losses import activate, differentiate, times_slope
from spinglass.networks.training.panels import BLOCK, LANES, NARROW, Shape, Workspace, panel_width

_WIDE = 2 * STEP  # columns that the register tile computes together


@jit_without_references
def _add_product(
    a: Array,
    a_start: int,
    a_row: int,
    a_step: int,
    b: Array,
    b_start: int,
    c: Array,
    c_start: int,
    rows: int,
    depth: int,
    lanes: int,
) -> None:
    """``C[i, :] += sum_k A[i, k] B[k, :]`` as in :func:`spinglass.kernels.tile.multiply_add`, for ``lanes`` columns."""
    lane = 0
    while lane < lanes:
        b_at, c_at, left = b_start + lane, c_start + lane, lanes - lane
        if left >= _WIDE:
            lane += panel(_WIDE, a, a_start, a_row, a_step, b, b_at, c, c_at, rows, depth, lanes)
        elif left >= STEP:
            lane += panel(STEP, a, a_start, a_row, a_step, b, b_at, c, c_at, rows, depth, lanes)
        else:
            lane += panel(NARROW, a, a_start, a_row, a_step, b, b_at, c, c_at, rows, depth, lanes)


@jit_without_references
def _gather(X: Array, order: IntArray, first: int, rows: int, units: Array) -> None:
    """Copy rows order[first], order[first + 1], ... of X into the panels of the inputs."""
    for q in range(0, X.shape[1], LANES):
        lanes, count = panel_width(X.shape[1], q), min(LANES, X.shape[1] - q)
        for r in range(rows):
            source = X[order[first + r]][q : q + count]
            target = units[q * BLOCK + r * lanes :][:count]
            for i in range(count):
                target[i] = source[i]


@jit_without_references
def _forward(parameters: Array, shape: Shape, units: Array, rows: int) -> None:
    """Compute the units of all layers above the inputs; no activation is applied to the last layer."""
    last = shape.widths.size - 2
    for layer in range(last + 1):
        below, above = shape.widths[layer], shape.widths[layer + 1]
        for p in range(0, above, LANES):
            lanes = panel_width(above, p)
            weights, to = shape.layers[layer] + p * (below + 1), shape.units[layer + 1] + p * BLOCK
            result, biases = units[to : to + rows * lanes], parameters[weights + below * lanes :][:lanes]
            for r in range(rows):
                row = result[r * lanes :][:lanes]
                for k in range(lanes):
                    row[k] = biases[k]
            for q in range(0, below, LANES):
                start, stride = shape.units[layer] + q * BLOCK, panel_width(below, q)
                depth, at = min(LANES, below - q), weights + q * lanes
                _add_product(units, start, stride, 1, parameters, at, units, to, rows, depth, lanes)
            if layer < last:
                activate(shape.activation, result)


@jit_without_references
def _copy_outputs(shape: Shape, units: Array, rows: int, outputs: Array) -> None:
    """Copy the units of the last layer to ``outputs``, one class after the other."""
    for c in range(shape.widths[-1]):
        lanes = panel_width(shape.widths[-1], c - c % LANES)
        start = shape.units[-2] + (c - c % LANES) * BLOCK + c % LANES
        for r in range(rows):
            outputs[c * BLOCK + r] = units[start + r * lanes]


@jit_without_references
def _top_deltas(shape: Shape, work: Workspace, T: Array, order: IntArray, first: int, rows: int, scale: float) -> None:
    """Write ``scale`` times the derivatives of the loss with respect to the outputs."""
    count = shape.widths[-1]
    _copy_outputs(shape, work.units, rows, work.outputs)
    for r in range(rows):
        row = T[order[first + r]]
        for c in range(count):
            work.targets[c * BLOCK + r] = row[c]
    differentiate(shape.loss, work.outputs, work.targets, count, rows, work.sums, work.sums[0, :0])
    for c in range(count):
        lanes = panel_width(count, c - c % LANES)
        start = shape.units[-2] + (c - c % LANES) * BLOCK + c % LANES
        for r in range(rows):
            work.deltas[start + r * lanes] = scale * work.outputs[c * BLOCK + r]


@jit_without_references
def _transpose(parameters: Array, start: int, stride: int, height: int, width: int, transposed: Array) -> None:
    """Write the transpose of ``height`` rows of a panel, with rows of panels of their own width."""
    lanes = panel_width(height, 0)
    for j in range(width):
        row = transposed[j * lanes :][:lanes]
        for k in range(height):
            row[k] = parameters[start + k * stride + j]
        for k in range(height, lanes):
            row[k] = 0.0


@jit_without_references
def _deltas_below(parameters: Array, shape: Shape, work: Workspace, layer: int, rows: int) -> None:
    """Backpropagate the deltas of a layer's outputs through its weights and the activation of its inputs."""
    below, above = shape.widths[layer], shape.widths[layer + 1]
    for q in range(0, below, LANES):
        height, lanes = min(LANES, below - q), panel_width(below, q)
        to = shape.units[layer] + q * BLOCK
        deltas = work.deltas[to : to + rows * lanes]
        deltas[:] = 0.0
        for p in range(0, above, LANES):
            depth, stride = min(LANES, above - p), panel_width(above, p)
            block = shape.layers[layer] + p * (below + 1) + q * stride
            _transpose(parameters, block, stride, height, depth, work.transposed)
            start = shape.units[layer + 1] + p * BLOCK
            _add_product(work.deltas, start, stride, 1, work.transposed, 0, work.deltas, to, rows, depth, lanes)
        times_slope(shape.activation, work.units[to : to + rows * lanes], deltas)


@jit_without_references
def _add_layer_gradient(shape: Shape, work: Workspace, layer: int, rows: int, target: Array) -> None:
    below, above = shape.widths[layer], shape.widths[layer + 1]
    for p in range(0, above, LANES):
        lanes, weights = panel_width(above, p), shape.layers[layer] + p * (below + 1)
        start = shape.units[layer + 1] + p * BLOCK
        for q in range(0, below, LANES):
            count, stride = min(LANES, below - q), panel_width(below, q)
            source, at = shape.units[layer] + q * BLOCK, weights + q * lanes
            _add_product(work.units, source, 1, stride, work.deltas, start, target, at, count, rows, lanes)
        if shape.biased:
            _add_product(work.one, 0, 0, 0, work.deltas, start, target, weights + below * lanes, 1, rows, lanes)


@jit_without_references
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
) -> None:
    """Add ``scale`` times the gradient of the sum of the losses of rows order[first:first+rows] of X.

    ``target`` may be the parameters themselves if rows <= BLOCK: they are not read after the first number is added.
    """
    for begin in range(first, first + rows, BLOCK):
        count = min(BLOCK, first + rows - begin)
        _gather(X, order, begin, count, work.units)
        _forward(parameters, shape, work.units, count)
        _top_deltas(shape, work, T, order, begin, count, scale)
        for layer in range(shape.widths.size - 2, 0, -1):
            _deltas_below(parameters, shape, work, layer, count)
        for layer in range(shape.widths.size - 1):
            _add_layer_gradient(shape, work, layer, count, target)


@jit
def outputs(parameters: Array, shape: Shape, work: Workspace, X: Array, order: IntArray, out: Array) -> None:
    """Write the outputs of all rows, shape (N, n_L)."""
    for first in range(0, order.size, BLOCK):
        rows = min(BLOCK, order.size - first)
        _gather(X, order, first, rows, work.units)
        _forward(parameters, shape, work.units, rows)
        _copy_outputs(shape, work.units, rows, work.outputs)
        for r in range(rows):
            for c in range(out.shape[1]):
                out[first + r, c] = work.outputs[c * BLOCK + r]
