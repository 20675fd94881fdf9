"""Losses without compiled code in training: their gradient is handed to the compiled squared loss.

The squared loss ``(z - t)^2/2`` has the gradient z - t with respect to the outputs z. With the targets t = z - g it
therefore passes any gradient g back through the network, and one compiled epoch serves all losses.
"""

import numpy as np

from spinglass._common.types import Array
from spinglass.networks.loss_checks import check_own_loss
from spinglass.networks.losses import LOSSES, AnyArray, Loss
from spinglass.networks.training import backpropagation, compiled_losses
from spinglass.networks.training.panels import Shape, Workspace
from spinglass.networks.training.targets import Examples


def code(loss: Loss) -> int:
    """Return the number of the loss in compiled code, that of the squared loss for losses without compiled code."""
    return loss.code if loss.code >= 0 else LOSSES["squared"].code


def outputs(parameters: Array, shape: Shape, work: Workspace, X: Array) -> Array:
    """Return the outputs of one network for all rows of X, shape (N, n_L)."""
    out = np.empty((len(X), int(shape.widths[-1])))
    backpropagation.outputs(parameters, shape, work, X, np.arange(len(X)), out)
    return out


def targets_of(loss: Loss, T: Array) -> AnyArray:
    """Return the targets that the functions of a loss expect, from rows of training targets."""
    return T if loss.classes is None else T.argmax(axis=1)


def targets_of_squared_loss(loss: Loss, parameters: Array, shape: Shape, work: Workspace, X: Array, T: Array) -> Array:
    """Return targets with which the squared loss has the gradient of ``loss`` at the present parameters."""
    z = outputs(parameters, shape, work, X)
    return z - np.asarray(loss.gradient(z, targets_of(loss, T)), dtype=np.float64)


def mean_loss_and_error(
    loss: Loss, parameters: Array, shape: Shape, work: Workspace, data: Examples
) -> tuple[float, float]:
    """Return the mean loss and the share of misclassified rows (NaN if the targets are values)."""
    z = outputs(parameters, shape, work, data.X)
    total, wrong = compiled_losses.loss_and_errors(shape.loss, z, data.T)
    error = wrong / len(data.X) if data.classes is not None else np.nan
    if loss.code >= 0:
        return total / len(data.X), error
    return float(np.mean(loss.value(z, targets_of(loss, data.T)))), error


def check_at(loss: Loss, parameters: Array, shape: Shape, work: Workspace, data: Examples) -> None:
    """Check the derivatives of a user's own loss at the outputs of one network."""
    few = data.X[:20]
    check_own_loss(loss, outputs(parameters, shape, work, few), targets_of(loss, data.T[:20]))
