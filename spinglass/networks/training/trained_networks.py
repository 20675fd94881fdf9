"""The result of training: networks, their losses during training, and how each training ended."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spinglass._common.threads import run_in_threads
from spinglass._common.types import Array
from spinglass.networks.activations import ACTIVATIONS
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.losses import LOSSES, Loss
from spinglass.networks.training import backpropagation, uncompiled_losses
from spinglass.networks.training.panels import Shape, pack, shape_of, workspace
from spinglass.networks.training.targets import Examples, _inputs, examples
from spinglass.saving import Saved

if TYPE_CHECKING:
    import pandas as pd


class TrainingStatus(StrEnum):
    """How the training of one network ended; a member equals its text, such as ``"finished"``."""

    FINISHED = "finished"
    STOPPED_EARLY = "stopped early"
    DIVERGED = "diverged"


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured(Saved):
    """Losses of K networks on one data set, at the E epochs of `TrainedNetworks.epochs`.

    Attributes
    ----------
    loss
        Mean loss over the rows of the data set, shape (K, E); axis 0 is the network, axis 1 the epoch. NaN at epochs
        after the end of a network's training.
    error
        Share of misclassified rows, shape (K, E), same axes. NaN also if the targets are values instead of classes.
    """

    loss: Array
    error: Array


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TrainedNetworks(Saved):
    """K trained networks of one architecture, with their losses at E epochs.

    The weights kept are those at the end of training or, with early stopping, those of the epoch with the lowest
    validation loss. Losses are means over the rows of a data set and do not include weight decay.

    Attributes
    ----------
    weights
        ``weights[l]`` has shape (K, n_l, n_{l+1}), l = 0..L-1; axis 0 is the network. Not finite if diverged.
    biases
        ``biases[l]`` has shape (K, n_{l+1}); None for networks without biases.
    activation, loss
        Names of the activation function of the hidden units and of the loss.
    epochs
        Epochs after which losses were measured, shape (E,); 0 is the start.
    train, test, validation
        Losses on each data set (`Measured`); None for a data set that was not given.
    chosen_epoch
        Epoch of the weights kept, shape (K,).
    status
        How training ended, texts of `TrainingStatus`, shape (K,).
    training_data
        The data that the networks were trained on.
    own_loss
        The loss, if it is not built in; it is not saved. Otherwise None.

    Examples
    --------
    >>> from spinglass.networks import train
    >>> found = train([[0.0], [1.0]], [0, 1], hidden=2, networks=3, epochs=20, seed=0)
    >>> found.widths, found.weights[0].shape, found.train.loss.shape, found.status.tolist()
    ((1, 2, 2), (3, 1, 2), (3, 21), ['finished', 'finished', 'finished'])
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...] | None
    activation: str
    loss: str
    epochs: npt.NDArray[np.int64]
    train: Measured
    test: Measured | None
    validation: Measured | None
    chosen_epoch: npt.NDArray[np.int64]
    status: npt.NDArray[np.str_]
    training_data: Examples = field(repr=False)
    own_loss: Loss | None = field(default=None, init=False, repr=False)

    def __len__(self) -> int:
        """Return the number of networks."""
        return len(self.weights[0])

    @property
    def widths(self) -> tuple[int, ...]:
        """Number of units of each layer, the inputs first."""
        return (self.weights[0].shape[1], *(layer.shape[2] for layer in self.weights))

    @property
    def diverged(self) -> npt.NDArray[np.bool_]:
        """Which networks diverged, shape (K,)."""
        return np.asarray(self.status == TrainingStatus.DIVERGED)

    @property
    def train_loss(self) -> Array:
        """Mean loss of the weights kept on the training data, shape (K,)."""
        return self._kept(self.train.loss)

    @property
    def train_error(self) -> Array:
        """Share of training rows that the weights kept misclassify, shape (K,)."""
        return self._kept(self.train.error)

    @property
    def test_loss(self) -> Array:
        """Mean loss of the weights kept on the test data, shape (K,)."""
        return self._kept(self._tested().loss)

    @property
    def test_error(self) -> Array:
        """Share of test rows that the weights kept misclassify, shape (K,)."""
        return self._kept(self._tested().error)

    def outputs(self, X: npt.ArrayLike) -> Array:
        """Return the outputs of all networks, before any softmax.

        Parameters
        ----------
        X
            Inputs, shape (N, d).

        Returns
        -------
        ndarray
            Outputs, shape (K, N, C); axis 0 is the network, axis 1 the row of X, axis 2 the class or value.

        Raises
        ------
        ValueError
            If ``X`` is not finite or does not have d columns.
        """
        inputs = _inputs(X, self.widths[0])
        out = np.empty((len(self), len(inputs), self.widths[-1]))
        rows = np.arange(len(inputs))

        def one(k: int) -> None:
            backpropagation.outputs(self._packed[k], self.shape, workspace(self.shape), inputs, rows, out[k])

        run_in_threads(one, range(len(self)))
        return out

    def evaluate(self, X: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
        """Return the mean loss and the share of misclassified rows of all networks on other data.

        Parameters
        ----------
        X
            Inputs, shape (N, d).
        y
            Labels or values of the same kind as in training, N rows.

        Returns
        -------
        loss
            Mean loss over the rows, shape (K,).
        error
            Share of misclassified rows, shape (K,); NaN if the targets are values or the loss is not finite.

        Raises
        ------
        ValueError
            If the data do not fit the training data, a label is unknown, or the networks were loaded from a file and
            their loss is not built in.
        """
        data = examples(X, y, self._loss, self.training_data)
        measured = np.empty((len(self), 2))
        run_in_threads(partial(self._measure, data, measured), range(len(self)))
        loss, error = measured.T
        return loss, np.where(np.isfinite(loss), error, np.nan)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[np.generic]:
        """Return the label with the largest output for each network and row; of equal outputs, the first counts.

        Where two classes share one output, a positive output means the second class.

        Parameters
        ----------
        X
            Inputs, shape (N, d).

        Returns
        -------
        ndarray
            Labels, shape (K, N), of the type of the training labels.

        Raises
        ------
        ValueError
            If the networks were trained on values instead of labels, ``X`` does not fit, or an output is not finite,
            as of networks that diverged.
        """
        classes = self.training_data.classes
        if classes is None:
            raise ValueError("these networks were trained on values, not labels; use outputs")
        found = self.outputs(X)
        if bad := int((~np.isfinite(found)).any(axis=(1, 2)).sum()):
            raise ValueError(f"{bad} of {len(self)} networks have outputs that are not finite; see diverged")
        return np.asarray(classes[(found[..., 0] > 0).astype(int) if found.shape[2] == 1 else found.argmax(axis=2)])

    def network(self, k: int) -> LayeredNetwork:
        """Return one of the networks as a `LayeredNetwork`.

        Its derivatives are computed by :func:`spinglass.networks.curvature.curvature`.

        Parameters
        ----------
        k
            Row of the network, 0..K-1.

        Returns
        -------
        LayeredNetwork
            The network with the weights kept.
        """
        biases = None if self.biases is None else tuple(layer[k] for layer in self.biases)
        return LayeredNetwork(tuple(layer[k] for layer in self.weights), biases, self.activation)

    @property
    def shape(self) -> Shape:
        """Layout of one network's parameters and units in compiled code."""
        # Outputs do not depend on the loss, so that they are available even if the loss is not.
        known = self.own_loss or LOSSES.get(self.loss, LOSSES["squared"])
        code = uncompiled_losses.code(known)
        return shape_of(self.widths, ACTIVATIONS[self.activation].code, code, self.biases is not None)

    @cached_property
    def _packed(self) -> Array:
        def row(k: int) -> Array:
            biases = None if self.biases is None else [layer[k] for layer in self.biases]
            return pack(self.shape, [layer[k] for layer in self.weights], biases)

        return np.array([row(k) for k in range(len(self))])

    def _measure(self, data: Examples, measured: Array, k: int) -> None:
        measured[k] = uncompiled_losses.mean_loss_and_error(
            self._loss, self._packed[k], self.shape, workspace(self.shape), data
        )

    @property
    def _loss(self) -> Loss:
        if self.own_loss is not None:
            return self.own_loss
        if self.loss not in LOSSES:
            raise ValueError(
                f"the loss {self.loss!r} is not built in and was not saved with the networks; "
                "use curvature(found.network(k), X, y, loss).loss"
            )
        return LOSSES[self.loss]

    def _tested(self) -> Measured:
        if self.test is None:
            raise ValueError("no test data were given; pass test=(X, y) to train, or call evaluate(X, y)")
        return self.test

    def _kept(self, values: Array) -> Array:
        return values[np.arange(len(self)), np.searchsorted(self.epochs, self.chosen_epoch)]

    def to_frame(self) -> "pd.DataFrame":
        """Return a table with one row per network.

        Returns
        -------
        pandas.DataFrame
            Index ``network``; columns ``train_loss``, ``train_error``, ``test_loss`` and ``test_error`` (only if test
            data were given), ``chosen_epoch`` and ``status``.
        """
        import pandas as pd

        columns: dict[str, npt.NDArray[np.generic]] = {"train_loss": self.train_loss, "train_error": self.train_error}
        if self.test is not None:
            columns |= {"test_loss": self.test_loss, "test_error": self.test_error}
        columns |= {"chosen_epoch": self.chosen_epoch, "status": self.status}
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self), name="network"))

    def history(self) -> "pd.DataFrame":
        """Return the losses during training as a table with one row per network, epoch and data set.

        Returns
        -------
        pandas.DataFrame
            Columns ``network``, ``epoch``, ``data`` (train, validation or test), ``loss`` and ``error``.
        """
        import pandas as pd

        network, epoch = np.meshgrid(np.arange(len(self)), self.epochs, indexing="ij")
        tables = [
            pd.DataFrame(
                {
                    "network": network.ravel(),
                    "epoch": epoch.ravel(),
                    "data": name,
                    "loss": measured.loss.ravel(),
                    "error": measured.error.ravel(),
                }
            )
            for name, measured in (("train", self.train), ("validation", self.validation), ("test", self.test))
            if measured is not None
        ]
        return pd.concat(tables, ignore_index=True)

    def __repr__(self) -> str:
        """Return a summary in a few lines."""
        kinds, counts = np.unique(self.status, return_counts=True)
        lines = [
            f"TrainedNetworks: {len(self)} of widths {'-'.join(map(str, self.widths))}, {self.activation}, {self.loss}",
            "  status      " + ", ".join(f"{c} {k}" for k, c in zip(kinds, counts, strict=True)),
        ]
        for name, measured in (("train", self.train), ("test", self.test)):
            if measured is not None and not self.diverged.all():
                loss = self._kept(measured.loss)[~self.diverged]
                lines.append(f"  {name:5} loss  {loss.min():.4f} to {loss.max():.4f}, mean {loss.mean():.4f}")
        return "\n".join(lines)
