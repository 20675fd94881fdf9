"""Experiments with small trained networks: decision boundaries, overfitting in time, and choices that reduce it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from spinglass._common.seeds import child, seed_sequence
from spinglass.networks import data, training
from spinglass.networks.training import augment
from spinglass.networks.training.optimisers import Adam
from spinglass.networks.training.trained_networks import TrainedNetworks
from spinglass.toy_data import GaussianMixture

_ADAM = Adam(rate=0.02)
_TEST_POINTS = 1000


class TwoClasses:
    """A two-class Gaussian mixture with a small training set and a large test set, drawn from one seed.

    Parameters
    ----------
    points : int
        Number of training points.
    seed : int
        Seed of all random numbers.
    """

    def __init__(self, points: int, seed: int) -> None:
        root = seed_sequence(seed)
        self.mixture = GaussianMixture.drawn(10, child(root, 0))
        self.X, self.y = self.mixture.draw(points, child(root, 1))
        self.test = self.mixture.draw(_TEST_POINTS, child(root, 2))
        self._start = child(root, 3)

    def train(self, **options: Any) -> TrainedNetworks:
        """Train networks of 20 tanh units by full-batch Adam; every call uses the same starting weights.

        Parameters
        ----------
        **options
            Options of :func:`spinglass.networks.training.train`, which replace these defaults.

        Returns
        -------
        TrainedNetworks
            The networks with their losses.
        """
        usual: dict[str, Any] = {
            "hidden": 20,
            "activation": "tanh",
            "optimiser": _ADAM,
            "batch": None,
            "seed": self._start,
        }
        return training.train(self.X, self.y, test=self.test, **{**usual, **options})

    def points(self) -> pd.DataFrame:
        """Return the training points.

        Returns
        -------
        pandas.DataFrame
            One row per point: x1, x2, label.
        """
        return pd.DataFrame({"x1": self.X[:, 0], "x2": self.X[:, 1], "label": self.y})


def boundaries(classes: TwoClasses, settings: Mapping[str, Mapping[str, Any]], side: int = 70) -> pd.DataFrame:
    """Return the log odds of a network on a grid, for each setting.

    Parameters
    ----------
    classes : TwoClasses
        Training and test data.
    settings : mapping of str to mapping
        Training options by the name of the panel.
    side : int, default 70
        Grid points per axis.

    Returns
    -------
    pandas.DataFrame
        One row per panel and grid point: panel, x1, x2, log_odds, bayes (log odds of Bayes' rule), test_error.
    """
    low, high = classes.X.min(axis=0) - 0.5, classes.X.max(axis=0) + 0.5
    grid = np.stack(np.meshgrid(*np.linspace(low, high, side).T), axis=-1).reshape(-1, 2)
    bayes = classes.mixture.log_odds(grid)
    tables = []
    for panel, options in settings.items():
        network = classes.train(**{"measure_every": 100, **options})
        out = network.outputs(grid)[0]
        columns = {"x1": grid[:, 0], "x2": grid[:, 1], "log_odds": out[:, 1] - out[:, 0], "bayes": bayes}
        tables.append(pd.DataFrame({"panel": panel, **columns, "test_error": network.test_error[0]}))
    return pd.concat(tables, ignore_index=True)


def bayes_error(classes: TwoClasses) -> float:
    """Return the share of test points that Bayes' rule misclassifies.

    Parameters
    ----------
    classes : TwoClasses
        Training and test data.

    Returns
    -------
    float
        Error rate on the test data.
    """
    X, labels = classes.test
    return float(np.mean((classes.mixture.log_odds(X) > 0) != labels))


def losses_in_time(settings: Mapping[str, TrainedNetworks]) -> pd.DataFrame:
    """Return mean losses over networks by epoch, with standard errors.

    Parameters
    ----------
    settings : mapping of str to TrainedNetworks
        Trained networks by the name of their setting.

    Returns
    -------
    pandas.DataFrame
        Columns setting, data, epoch, loss, error.
    """
    tables = []
    for name, networks in settings.items():
        history = networks.history().groupby(["data", "epoch"])["loss"]
        table = history.agg(loss="mean", error="sem").reset_index()
        tables.append(table.assign(setting=name))
    return pd.concat(tables, ignore_index=True)[["setting", "data", "epoch", "loss", "error"]]


def losses_on_a_log_axis(
    classes: TwoClasses, settings: Mapping[str, Mapping[str, Any]], networks: int, every: int
) -> pd.DataFrame:
    """Return mean losses in every one of the first epochs and in one of ``every`` epochs later.

    Parameters
    ----------
    classes : TwoClasses
        The data.
    settings : mapping of str to mapping
        Options of :meth:`TwoClasses.train` by the name of the setting.
    networks : int
        Networks per setting.
    every : int
        Epochs between later measurements; the first ``2 * every`` are all measured.

    Returns
    -------
    pandas.DataFrame
        Columns setting, data, epoch, loss, error.
    """
    tables: list[pd.DataFrame] = []
    for name, options in settings.items():
        # The same starting weights and batches: a short training repeats the beginning of a long one.
        early = {"epochs": 2 * every, "measure_every": 1}
        first = classes.train(networks=networks, **{**options, **early})
        whole = losses_in_time({name: classes.train(networks=networks, measure_every=every, **options)})
        tables += [losses_in_time({name: first}), whole[whole["epoch"] > 2 * every]]
    return pd.concat(tables, ignore_index=True)


def by_choice(choice: str, values: Sequence[Any], trained: Sequence[TrainedNetworks]) -> pd.DataFrame:
    """Return final losses over networks for each value of a choice.

    Parameters
    ----------
    choice : str
        Name of the choice.
    values : sequence
        Its values.
    trained : sequence of TrainedNetworks
        Networks trained with each value.

    Returns
    -------
    pandas.DataFrame
        One row per value and data: choice, value, data, loss, error.
    """
    rows = []
    for value, networks in zip(values, trained, strict=True):
        for name, losses in (("train", networks.train_loss), ("test", networks.test_loss)):
            rows.append((choice, value, name, losses.mean(), losses.std(ddof=1) / np.sqrt(len(losses))))
    return pd.DataFrame(rows, columns=["choice", "value", "data", "loss", "error"])


def digits_with_augmentation(images: int, networks: int, epochs: int, seed: int) -> pd.DataFrame:
    """Train on few digits as they are, shifted, rotated, and both.

    Parameters
    ----------
    images : int
        Training digits.
    networks : int
        Networks per kind of augmentation.
    epochs : int
        Epochs of training.
    seed : int
        Seed of all random numbers.

    Returns
    -------
    pandas.DataFrame
        The same columns as :func:`by_choice`.
    """
    root = seed_sequence(seed)
    digits = data.digits(seed=child(root, 0))
    X, y = digits.train
    augmentations = {
        "as they are": None,
        "shifted": augment.shifts_and_rotations(digits.side, pixels=0.5, degrees=0.0),
        "rotated": augment.shifts_and_rotations(digits.side, pixels=0.0, degrees=8.0),
        "both": augment.shifts_and_rotations(digits.side, pixels=0.5, degrees=8.0),
    }
    trained = [
        training.train(
            X[:images],
            y[:images],
            hidden=40,
            networks=networks,
            optimiser=Adam(rate=0.005),
            epochs=epochs,
            measure_every=epochs,
            test=digits.test,
            augment=augment,
            seed=child(root, 1),
        )
        for augment in augmentations.values()
    ]
    return by_choice("digits for training", list(augmentations), trained)
