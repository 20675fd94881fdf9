"""The training loss of a network as a landscape over its parameters."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array
from spinglass.landscape import check_points
from spinglass.networks.activations import ACTIVATIONS
from spinglass.networks.losses import LOSSES, Loss, loss_named
from spinglass.networks.training import steps, uncompiled_losses
from spinglass.networks.training.panels import pack, shape_of, unpack, workspace
from spinglass.networks.training.settings import hidden_widths, one_of
from spinglass.networks.training.targets import examples


class TrainingLoss:
    """The mean loss over a data set as a function of all parameters.

    It is computed by the same compiled code as in :func:`spinglass.networks.train`, and can be used wherever a
    landscape (`spinglass.landscape`) is accepted. The parameters form one vector, layer by layer: the matrix W_l
    (n_{l-1}, n_l) with the biases, if any, as its last row, flattened row by row. This is the order of
    :class:`spinglass.networks.layers.LayeredNetwork`.

    Parameters
    ----------
    X
        Inputs, shape (N, d).
    y
        Labels (N,), integers or texts; for losses of values, such as the squared one, also values, (N,) or (N, C).
    hidden
        Number of units of each hidden layer. Default: one layer of 25.
    activation
        Name of the activation function of the hidden units. Default: ``"relu"``.
    loss
        ``"cross_entropy"`` (default), ``"hinge"``, ``"squared"``, ``"absolute"``, or a
        :class:`spinglass.networks.Loss` of your own.
    biases
        Whether units have biases. Default: True.

    Raises
    ------
    ValueError
        If an argument is not as described, or the data are not finite.

    Examples
    --------
    >>> from spinglass import check_derivatives
    >>> rng = np.random.default_rng(0)
    >>> loss = TrainingLoss(rng.normal(size=(20, 3)), rng.integers(3, size=20), hidden=[4], activation="tanh")
    >>> loss.n, check_derivatives(loss, where="space").passed
    (31, True)
    """

    def __init__(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        hidden: int | Sequence[int] = (25,),
        activation: str = "relu",
        loss: str | Loss = "cross_entropy",
        biases: bool = True,
    ) -> None:
        one_of("activation", activation, ACTIVATIONS)
        self._loss = loss_named(loss)
        self._data = examples(X, y, self._loss)
        widths = (self._data.X.shape[1], *hidden_widths(hidden), self._data.T.shape[1])
        self._shape = shape_of(widths, ACTIVATIONS[activation].code, uncompiled_losses.code(self._loss), bool(biases))
        if self._loss is not LOSSES.get(self._loss.name):
            start = np.random.default_rng(0).standard_normal(int(self._shape.layers[-1]))
            uncompiled_losses.check_at(self._loss, start, self._shape, workspace(self._shape), self._data)
        self._sizes = [(below + bool(biases)) * above for below, above in pairwise(widths)]

    @property
    def n(self) -> int:
        """Number of parameters."""
        return sum(self._sizes)

    def energy_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """Return the losses and their gradients.

        Parameters
        ----------
        x
            One row of parameters per point, shape (B, n).

        Returns
        -------
        losses
            Mean losses over the data set, shape (B,).
        gradients
            Derivatives with respect to the parameters, shape (B, n).
        """
        rows = check_points(x, self.n)
        work = workspace(self._shape)
        losses, gradients = np.empty(len(rows)), np.empty(rows.shape)
        for b, row in enumerate(rows):
            data, packed, targets = self._data, self._packed(row), self._data.T
            if self._loss.code < 0:
                targets = uncompiled_losses.targets_of_squared_loss(
                    self._loss, packed, self._shape, work, data.X, targets
                )
            gradients[b] = self._row(steps.gradient(packed, self._shape, work, data.X, targets))
            losses[b] = uncompiled_losses.mean_loss_and_error(self._loss, packed, self._shape, work, data)[0]
        return losses, gradients

    def _packed(self, row: Array) -> Array:
        parts = np.split(row, np.cumsum(self._sizes)[:-1])
        layers = [part.reshape(-1, above) for part, above in zip(parts, self._shape.widths[1:], strict=True)]
        if not self._shape.biased:
            return pack(self._shape, layers, None)
        return pack(self._shape, [layer[:-1] for layer in layers], [layer[-1] for layer in layers])

    def _row(self, packed: Array) -> Array:
        weights, biases = unpack(self._shape, packed)
        pairs = zip(weights, biases, strict=True)
        return np.concatenate([part.ravel() for W, b in pairs for part in ([W, b] if self._shape.biased else [W])])
