"""Train many layered networks at once: each by itself in compiled code, all cores at work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, child, generator, seed_sequence
from spinglass._common.threads import run_in_threads
from spinglass.landscape import Array
from spinglass.networks.training import backpropagation, steps
from spinglass.networks.training.compiled_losses import ACTIVATIONS, LOSSES
from spinglass.networks.training.optimisers import Optimiser, as_optimiser
from spinglass.networks.training.panels import Shape, Workspace, pack, shape_of, unpack, workspace
from spinglass.networks.training.settings import hidden_widths, one_of, pair
from spinglass.networks.training.targets import Examples, examples
from spinglass.networks.training.trained_networks import Measured, TrainedNetworks, TrainingStatus

Augment = Callable[[Array, np.random.Generator], npt.ArrayLike]
Data = tuple[npt.ArrayLike, npt.ArrayLike]
_START, _ORDER, _AUGMENTED = range(3)  # what the children of a network's seed are for


def train(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    hidden: int | Sequence[int] = 25,
    networks: int = 1,
    test: Data | None = None,
    validation: Data | None = None,
    activation: str = "relu",
    loss: str = "cross_entropy",
    biases: bool = True,
    initial: Literal["fan-in", "uniform"] = "fan-in",
    optimiser: str | Optimiser = "sgd",
    epochs: int = 200,
    batch: int | None = 10,
    weight_decay: float = 0.0,
    patience: int | None = None,
    augment: Augment | None = None,
    measure_every: int = 1,
    seed: Seed = 0,
) -> TrainedNetworks:
    r"""Train networks of one architecture from random weights, each with a seed of its own.

    The last layer is linear; the loss of a data set is the mean over its rows, and steps follow the gradient of the
    mean over a mini-batch, drawn without replacement: every epoch goes through all rows in a new order. Network k is
    the same, to the bit, however many others are trained beside it and on however many threads.

    Parameters
    ----------
    X, y
        Inputs (N, d), and labels (N,) (integers or texts), or for the squared loss also values (N,) or (N, C).
    hidden
        Units of the hidden layers; ``()`` for none.
    networks
        How many networks.
    test, validation
        Pairs (X, y) on which losses are measured; the validation data decides on early stopping.
    activation
        ``"relu"``, ``"leaky_relu"`` (slope 0.01), ``"tanh"``, ``"sigmoid"``, ``"softplus"`` or ``"linear"``.
    loss
        ``"cross_entropy"`` (of the softmax), ``"hinge"`` (``sum_c max(0, 1 - t_c z_c)``, t_c = 1 for the class, -1 for
        the others; one output where there are two classes) or ``"squared"`` (``sum_c (z_c - t_c)^2 / 2``).
    biases
        Whether units have biases (they start at 0 and do not decay).
    initial
        Weights uniform in [-1, 1] (``"uniform"``), or in ``sqrt(6/n) [-1, 1]`` with n the layer's inputs.
    optimiser
        ``"sgd"``, ``"momentum"``, ``"rmsprop"``, ``"adam"``, or one of :mod:`spinglass.networks.training`.
    epochs
        Passes through the data.
    batch
        Rows of a mini-batch: 1 is online learning, None the full batch.
    weight_decay
        The factor c of a penalty ``(c/2) |weights|^2`` that steps follow too.
    patience
        Stop after this many epochs without a lower validation loss, and keep the weights of the best epoch.
    augment
        ``augment(X, rng)`` returns inputs of the same shape and meaning; called at each epoch of each network.
    measure_every
        Epochs between two measurements of losses; the first and the last epoch are always measured.
    seed
        For the weights, the orders and the augmentation.

    Raises
    ------
    ValueError
        If an argument is not as above, or the results do not fit into memory.

    Examples
    --------
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> found = train(X, y, hidden=8, networks=3, epochs=500, batch=None, activation="tanh", seed=1)
    >>> found.predict(X).tolist()
    [[0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 1, 0]]

    Notes
    -----
    Source: Rumelhart, Hinton and Williams, Nature 323 (1986) 533; starting weights of He et al. (2015), section 2.2.
    """
    one_of("activation", activation, ACTIVATIONS)
    one_of("loss", loss, LOSSES)
    one_of("initial", initial, ("fan-in", "uniform"))
    data = examples(X, y, loss)
    count = whole_number("networks", networks, 1)
    widths = (data.X.shape[1], *hidden_widths(hidden), data.T.shape[1])
    if real_number("weight_decay", weight_decay) < 0:
        raise ValueError(f"weight_decay must not be negative, not {weight_decay!r}")
    if patience is not None and validation is None:
        raise ValueError("early stopping needs validation=(X, y); the test data must not decide when to stop")
    run = _Run(
        shape=shape_of(widths, ACTIVATIONS[activation], LOSSES[loss], bool(biases)),
        data=data,
        others=tuple(
            None if other is None else examples(*pair(name, other), loss, data)
            for name, other in (("validation", validation), ("test", test))
        ),
        initial=initial,
        optimiser=as_optimiser(optimiser),
        epochs=_measured_epochs(whole_number("epochs", epochs, 0), whole_number("measure_every", measure_every, 1)),
        batch=len(data.X) if batch is None else min(whole_number("batch", batch, 1), len(data.X)),
        weight_decay=float(weight_decay),
        patience=None if patience is None else whole_number("patience", patience, 1),
        augment=augment,
        seed=seed_sequence(seed),
    )
    return run.result(count, activation, loss)


def _measured_epochs(last: int, every: int) -> npt.NDArray[np.int64]:
    return np.union1d(np.arange(0, last + 1, every), [last])


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    """What all networks of one call share."""

    shape: Shape
    data: Examples
    others: tuple[Examples | None, ...]  # validation, test
    initial: str
    optimiser: Optimiser
    epochs: npt.NDArray[np.int64]
    batch: int
    weight_decay: float
    patience: int | None
    augment: Augment | None
    seed: np.random.SeedSequence

    def result(self, networks: int, activation: str, loss: str) -> TrainedNetworks:
        """Train all networks."""
        size = int(self.shape.layers[-1])
        require_memory(
            8 * networks * (2 * size + 6 * self.epochs.size), f"training {networks} networks", "fewer networks"
        )
        parameters = np.empty((networks, size))
        # The last axis: loss and error on the training, validation and test data.
        measured = np.full((networks, self.epochs.size, 6), np.nan)
        chosen = np.zeros(networks, dtype=np.int64)
        status = np.empty(networks, dtype="<U16")

        def one(k: int) -> None:
            parameters[k], chosen[k], status[k] = _Trainee(self, child(self.seed, k), measured[k]).train()

        run_in_threads(one, range(networks))
        layers = [unpack(self.shape, row) for row in parameters]
        weights = tuple(np.array(layer) for layer in zip(*(weights for weights, _ in layers), strict=True))
        biases = tuple(np.array(layer) for layer in zip(*(biases for _, biases in layers), strict=True))
        train_set, validation, test = (
            Measured(loss=measured[..., 2 * i], error=measured[..., 2 * i + 1]) if present else None
            for i, present in enumerate([True, *(other is not None for other in self.others)])
        )
        assert train_set is not None
        return TrainedNetworks(
            weights=weights,
            biases=biases if self.shape.biased else None,
            activation=activation,
            loss=loss,
            epochs=self.epochs,
            train=train_set,
            validation=validation,
            test=test,
            chosen_epoch=chosen,
            status=status,
            training_data=self.data,
        )


class _Trainee:
    """One network under way; what it measures goes to its own rows of the result."""

    def __init__(self, run: _Run, seed: np.random.SeedSequence, measured: Array) -> None:
        self.run, self.seed, self.measured = run, seed, measured
        self.parameters = starting_parameters(run.shape, run.initial, child(seed, _START))
        self.work: Workspace = workspace(run.shape)
        self.means = np.zeros((2, self.parameters.size))

    def train(self) -> tuple[Array, int, str]:
        """Return the parameters kept, their epoch, and how training ended."""
        run, kept, best, lowest = self.run, self.parameters, 0, np.inf
        order, augmented = generator(child(self.seed, _ORDER)), generator(child(self.seed, _AUGMENTED))
        last, step = int(run.epochs[-1]), 0
        for epoch in range(last + 1):
            if epoch > 0:
                step = self._epoch(epoch - 1, order, augmented, step)
            if not np.isfinite(self.parameters).all():
                return self.parameters, epoch, TrainingStatus.DIVERGED
            row = int(np.searchsorted(run.epochs, epoch))
            if run.epochs[row] != epoch:
                continue
            self._measure(row)
            if run.patience is None:
                continue
            if self.measured[row, 2] < lowest:
                kept, best, lowest = self.parameters.copy(), epoch, self.measured[row, 2]
            elif epoch - best >= run.patience:
                return kept, best, TrainingStatus.STOPPED_EARLY
        if run.patience is not None:
            return kept, best, TrainingStatus.FINISHED
        return self.parameters, last, TrainingStatus.FINISHED

    def _epoch(self, epoch: int, order: np.random.Generator, augmented: np.random.Generator, step: int) -> int:
        run, X = self.run, self.run.data.X
        if run.augment is not None:
            X = _augmented(run.augment, X, augmented)
        return steps.epoch(
            self.parameters,
            run.shape,
            self.work,
            X,
            run.data.T,
            order.permutation(len(X)),
            run.batch,
            run.optimiser.kind,
            run.optimiser.rate_at(epoch),
            run.optimiser.factors,
            run.weight_decay,
            step,
            *self.means,
        )

    def _measure(self, row: int) -> None:
        for i, data in enumerate((self.run.data, *self.run.others)):
            if data is not None:
                loss, wrong = backpropagation.loss_and_errors(
                    self.parameters, self.run.shape, self.work, data.X, data.T, data.every
                )
                error = wrong / len(data.X) if data.classes is not None else np.nan
                self.measured[row, 2 * i : 2 * i + 2] = loss / len(data.X), error


def _augmented(augment: Augment, X: Array, rng: np.random.Generator) -> Array:
    found = np.asarray(augment(X.copy(), rng))
    if found.shape != X.shape:
        raise ValueError(f"augment must return inputs of shape {X.shape}, not {found.shape}")
    if found.dtype.kind not in "fiub" or not np.isfinite(found).all():
        raise ValueError(f"augment must return finite numbers; not all of the {found.dtype} that it returned are")
    return np.ascontiguousarray(found, dtype=np.float64)


def starting_parameters(shape: Shape, initial: str, seed: np.random.SeedSequence) -> Array:
    """Draw a network's weights, laid out in panels; its biases are 0."""
    rng = generator(seed)
    weights = [
        rng.uniform(-1, 1, (below, above)) * (np.sqrt(6 / below) if initial == "fan-in" else 1.0)
        for below, above in zip(shape.widths[:-1], shape.widths[1:], strict=True)
    ]
    return pack(shape, weights, None)
