"""Train many layered networks at once, each independently in compiled code, on all cores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, child, generator, seed_sequence
from spinglass._common.threads import run_in_threads
from spinglass._common.types import Array
from spinglass.networks.activations import ACTIVATIONS
from spinglass.networks.losses import LOSSES, Loss, loss_named
from spinglass.networks.training import steps, uncompiled_losses
from spinglass.networks.training.optimisers import Optimiser, as_optimiser
from spinglass.networks.training.panels import Shape, Workspace, pack, shape_of, unpack, workspace
from spinglass.networks.training.settings import hidden_widths, one_of, pair
from spinglass.networks.training.targets import Examples, examples
from spinglass.networks.training.trained_networks import Measured, TrainedNetworks, TrainingStatus

Augment = Callable[[Array, np.random.Generator], npt.ArrayLike]
Data = tuple[npt.ArrayLike, npt.ArrayLike]
_START, _ORDER, _AUGMENTED = range(3)  # keys of the children of a network's seed


def train(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    hidden: int | Sequence[int] = 25,
    networks: int = 1,
    test: Data | None = None,
    validation: Data | None = None,
    activation: str = "relu",
    loss: str | Loss = "cross_entropy",
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
    """Train networks of one architecture from independent random weights.

    The last layer is linear. The loss of a data set is the mean over its rows. Each step uses the gradient of the mean
    loss over a mini-batch; mini-batches are drawn without replacement, so every epoch passes through all rows once, in
    a new random order. Network k is bit-for-bit the same for any number of networks and threads.

    Parameters
    ----------
    X
        Inputs, shape (N, d).
    y
        Labels (N,), integers or texts; for losses of values, such as the squared one, also values, (N,) or (N, C).
    hidden
        Number of units of each hidden layer; ``()`` for none. Default: one layer of 25.
    networks
        Number of networks K. Default: 1.
    test, validation
        Pairs (X, y) on which losses are measured; early stopping uses the validation data. Default: None.
    activation
        Activation function of the hidden units: ``"relu"`` (default), ``"leaky_relu"`` (slope 0.01), ``"tanh"``,
        ``"sigmoid"``, ``"softplus"`` or ``"linear"``.
    loss
        ``"cross_entropy"`` of the softmax (default); ``"hinge"``, ``sum_c max(0, 1 - t_c z_c)`` with t_c = 1 for the
        class and -1 for the others (two classes share one output); ``"squared"``, ``sum_c (z_c - t_c)^2 / 2``;
        ``"absolute"``, ``sum_c |z_c - t_c|``; or a :class:`spinglass.networks.Loss` of your own. The last two are
        computed by NumPy for each mini-batch, which makes small networks about ten times slower to train.
    biases
        Whether units have biases, which start at 0 and do not decay. Default: True.
    initial
        Initial weights are uniform in ``sqrt(6/n) [-1, 1]`` with n the number of the layer's inputs (``"fan-in"``,
        default), or uniform in [-1, 1] (``"uniform"``).
    optimiser
        ``"sgd"`` (default), ``"momentum"``, ``"rmsprop"``, ``"adam"``, or an `Optimiser` object.
    epochs
        Number of passes through the data. Default: 200.
    batch
        Number of rows of a mini-batch: 1 is online learning, None is the full batch. Default: 10.
    weight_decay
        Factor c of the penalty ``(c/2) |weights|^2`` that is added to the loss in each step. Default: 0.
    patience
        Stop after this many epochs without a lower validation loss, and keep the weights of the best epoch. None (the
        default) means no early stopping.
    augment
        Function ``augment(X, rng)`` that returns changed inputs of the same shape, called in each epoch of each
        network. Networks are trained in several threads, so it must take its random numbers from ``rng`` and keep no
        state of its own. Default: None.
    measure_every
        Number of epochs between two measurements of the losses; the first and the last epoch are always measured.
        Default: 1.
    seed
        Seed of the initial weights, the orders and the augmentation. Default: 0.

    Returns
    -------
    TrainedNetworks
        The networks, with their losses during training.

    Raises
    ------
    ValueError
        If an argument is not as described, or the results do not fit into memory.

    References
    ----------
    Rumelhart, Hinton and Williams, Nature 323 (1986) 533; initial weights: He et al. (2015), section 2.2.

    Examples
    --------
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> found = train(X, y, hidden=8, networks=3, epochs=500, batch=None, activation="tanh", seed=1)
    >>> found.predict(X).tolist()
    [[0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 1, 0]]
    """
    one_of("activation", activation, ACTIVATIONS)
    chosen = loss_named(loss)
    one_of("initial", initial, ("fan-in", "uniform"))
    data = examples(X, y, chosen)
    count = whole_number("networks", networks, 1)
    widths = (data.X.shape[1], *hidden_widths(hidden), data.T.shape[1])
    if real_number("weight_decay", weight_decay) < 0:
        raise ValueError(f"weight_decay must not be negative, not {weight_decay!r}")
    if patience is not None and validation is None:
        raise ValueError("early stopping needs validation=(X, y); the test data must not decide when to stop")
    run = _Run(
        shape=shape_of(widths, ACTIVATIONS[activation].code, uncompiled_losses.code(chosen), bool(biases)),
        loss=chosen,
        data=data,
        others=tuple(
            None if other is None else examples(*pair(name, other), chosen, data)
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
    return run.result(count, activation)


def _measured_epochs(last: int, every: int) -> npt.NDArray[np.int64]:
    return np.union1d(np.arange(0, last + 1, every), [last])


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    """The settings that all networks of one call share."""

    shape: Shape
    loss: Loss
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

    @property
    def own(self) -> bool:
        """Whether the loss is the user's own."""
        return self.loss is not LOSSES.get(self.loss.name)

    def result(self, networks: int, activation: str) -> TrainedNetworks:
        """Train all networks and collect the result."""
        size = int(self.shape.layers[-1])
        require_memory(
            8 * networks * (2 * size + 6 * self.epochs.size), f"training {networks} networks", "fewer networks"
        )
        parameters = np.empty((networks, size))
        # Last axis: loss and error on the training, then the validation, then the test data.
        measured = np.full((networks, self.epochs.size, 6), np.nan)
        chosen = np.zeros(networks, dtype=np.int64)
        status = np.empty(networks, dtype="<U16")

        if self.own:
            first = starting_parameters(self.shape, self.initial, child(child(self.seed, 0), _START))
            uncompiled_losses.check_at(self.loss, first, self.shape, workspace(self.shape), self.data)

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
        found = TrainedNetworks(
            weights=weights,
            biases=biases if self.shape.biased else None,
            activation=activation,
            loss=self.loss.name,
            epochs=self.epochs,
            train=train_set,
            validation=validation,
            test=test,
            chosen_epoch=chosen,
            status=status,
            training_data=self.data,
        )
        if self.own:
            object.__setattr__(found, "own_loss", self.loss)
        return found


class _Trainee:
    """One network during training; its measurements go to its own rows of the result."""

    def __init__(self, run: _Run, seed: np.random.SeedSequence, measured: Array) -> None:
        self.run, self.seed, self.measured = run, seed, measured
        self.parameters = starting_parameters(run.shape, run.initial, child(seed, _START))
        self.work: Workspace = workspace(run.shape)
        self.means = np.zeros((2, self.parameters.size))

    def train(self) -> tuple[Array, int, str]:
        """Train, and return the parameters kept, their epoch, and how training ended."""
        run, kept, best, lowest = self.run, self.parameters.copy(), 0, np.inf
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
        rule = (run.optimiser.kind, run.optimiser.rate_at(epoch), run.optimiser.factors, run.weight_decay)
        rows = order.permutation(len(X))
        if run.loss.code >= 0:
            return steps.epoch(
                self.parameters, run.shape, self.work, X, run.data.T, rows, run.batch, *rule, step, *self.means
            )
        for start in range(0, len(X), run.batch):
            part = rows[start : start + run.batch]
            x = np.ascontiguousarray(X[part])
            targets = uncompiled_losses.targets_of_squared_loss(
                run.loss, self.parameters, run.shape, self.work, x, run.data.T[part]
            )
            every = np.arange(len(part))
            step = steps.epoch(
                self.parameters, run.shape, self.work, x, targets, every, len(part), *rule, step, *self.means
            )
        return step

    def _measure(self, row: int) -> None:
        for i, data in enumerate((self.run.data, *self.run.others)):
            if data is not None:
                self.measured[row, 2 * i : 2 * i + 2] = uncompiled_losses.mean_loss_and_error(
                    self.run.loss, self.parameters, self.run.shape, self.work, data
                )


def _augmented(augment: Augment, X: Array, rng: np.random.Generator) -> Array:
    found = np.asarray(augment(X.copy(), rng))
    if found.shape != X.shape:
        raise ValueError(f"augment must return inputs of shape {X.shape}, not {found.shape}")
    if found.dtype.kind not in "fiub" or not np.isfinite(found).all():
        raise ValueError(f"augment must return finite numbers; some of the returned {found.dtype} are not")
    return np.ascontiguousarray(found, dtype=np.float64)


def starting_parameters(shape: Shape, initial: str, seed: np.random.SeedSequence) -> Array:
    """Draw a network's initial weights, laid out in panels; the biases are 0."""
    rng = generator(seed)
    weights = [
        rng.uniform(-1, 1, (below, above)) * (np.sqrt(6 / below) if initial == "fan-in" else 1.0)
        for below, above in zip(shape.widths[:-1], shape.widths[1:], strict=True)
    ]
    return pack(shape, weights, None)
