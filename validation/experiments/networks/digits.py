"""The experiment of Choromanska et al. (2015), section 5: networks of several sizes on digits.

Networks have one hidden layer of ReLUs without biases and a softmax output. They are trained with mini-batches of ten
and a decaying learning rate. The paper used MNIST; here the 1797 real digits that scikit-learn ships are used, or MNIST
if its files are given.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass.networks.curvature import curvature
from spinglass.networks.curvature.spectrum import solution_index
from spinglass.networks.data import Digits, digits
from spinglass.networks.training.many import train
from spinglass.networks.training.optimisers import SGD, Optimiser, as_optimiser
from spinglass.networks.training.trained_networks import TrainedNetworks
from validation.experiments.networks.digits_efforts import EFFORTS
from validation.series import Effort

if TYPE_CHECKING:
    import pandas as pd

Initial = Literal["fan-in", "uniform"]
STARTS: tuple[Initial, ...] = ("fan-in", "uniform")
_DATA, _NETWORKS = range(2)


def digit_data(seed: Seed, images: int | None) -> Digits:
    """Return the digits, split at random into training and test data.

    Parameters
    ----------
    seed : int, SeedSequence or Generator
        Source of all random numbers.
    images : int or None
        Number of training digits to keep, the first ones; None for all.

    Returns
    -------
    Digits
        Training and test data.
    """
    data = digits(seed=child(seed_sequence(seed), _DATA))
    X, y = data.train
    return Digits(train=(X[:images], y[:images]), test=data.test, side=data.side)


def trained(
    data: Digits,
    hidden: int,
    networks: int,
    seed: Seed,
    *,
    epochs: int = 200,
    initial: Initial = "fan-in",
    optimiser: str | Optimiser = SGD(rate=0.1, decay=0.05),  # noqa: B008  frozen
    batch: int | None = 10,
    measure_every: int | None = None,
) -> TrainedNetworks:
    """Train networks of one size as the experiment does.

    Parameters
    ----------
    data : Digits
        Training and test data.
    hidden : int
        Hidden units.
    networks : int
        Networks to train, from independent starts.
    seed : int, SeedSequence or Generator
        Source of all random numbers.
    epochs : int, default 200
        Epochs of training.
    initial : {"fan-in", "uniform"}, default "fan-in"
        Starting weights: uniform in sqrt(6/fan-in) [-1, 1], or in [-1, 1].
    optimiser : str or Optimiser, default SGD(rate=0.1, decay=0.05)
        Optimiser.
    batch : int or None, default 10
        Rows per step; None for all.
    measure_every : int or None, default None
        Epochs between measurements of the losses; None for start and end only.

    Returns
    -------
    TrainedNetworks
        The networks with their losses.
    """
    return train(
        *data.train,
        hidden=hidden,
        networks=networks,
        test=data.test,
        epochs=epochs,
        initial=initial,
        optimiser=optimiser,
        batch=batch,
        biases=False,
        measure_every=measure_every or max(epochs, 1),
        seed=child(seed_sequence(seed), _NETWORKS, hidden),
    )


@lru_cache(maxsize=8)
def losses(effort: Effort, seed: int, initial: Initial = "fan-in", data: Digits | None = None) -> "pd.DataFrame":
    """Return the final losses of networks of all sizes.

    Parameters
    ----------
    effort : {"quick", "standard", "paper"}
        How much to simulate.
    seed : int
        Seed of all random numbers.
    initial : {"fan-in", "uniform"}, default "fan-in"
        Starting weights, see :func:`trained`.
    data : Digits or None, default None
        Data; None for :func:`digit_data`.

    Returns
    -------
    pandas.DataFrame
        One row per network: hidden, network, train_loss, train_error, test_loss, test_error, status, ...
    """
    import pandas as pd

    size = EFFORTS[effort]
    data = digit_data(seed, size.images) if data is None else data
    tables = [
        trained(data, hidden, size.networks, seed, epochs=size.epochs, initial=initial).to_frame().assign(hidden=hidden)
        for hidden in size.sizes
    ]
    return pd.concat(tables).reset_index()


def indices(effort: Effort, seed: int, initial: Initial = "uniform", data: Digits | None = None) -> "pd.DataFrame":
    """Return bounds on the number of negative eigenvalues of the training loss's Hessian, by network.

    Parameters
    ----------
    effort : {"quick", "standard", "paper"}
        How much to simulate.
    seed : int
        Seed of all random numbers.
    initial : {"fan-in", "uniform"}, default "uniform"
        Starting weights, see :func:`trained`.
    data : Digits or None, default None
        Data; None for :func:`digit_data`.

    Returns
    -------
    pandas.DataFrame
        One row per network: hidden, network, parameters, low, high, relative_low, relative_high, largest,
        gradient_norm. ``low`` and ``high`` bound the number of eigenvalues below -0.001, ``relative_low`` and
        ``relative_high`` that below -0.001 times the largest; the bounds are equal where the number is exact.
    """
    import pandas as pd

    size = EFFORTS[effort]
    data = digit_data(seed, size.images) if data is None else data
    rows = []
    for hidden in size.sizes:
        found = trained(data, hidden, size.indexed, seed, epochs=size.epochs, initial=initial)
        for k in np.flatnonzero(~found.diverged):
            index = solution_index(
                curvature(found.network(int(k)), *data.train, "cross_entropy"), exact_up_to=size.exact_up_to
            )
            (low, high), (relative_low, relative_high) = index.absolute, index.relative
            rows.append(
                {
                    "hidden": hidden,
                    "network": k,
                    "parameters": index.parameters,
                    "low": low,
                    "high": high,
                    "relative_low": relative_low,
                    "relative_high": relative_high,
                    "largest": index.largest,
                    "gradient_norm": index.gradient_norm,
                }
            )
    return pd.DataFrame(rows)


OPTIMISERS: tuple[tuple[str, str | Optimiser, int | None], ...] = (
    ("SGD, batches of 10", SGD(rate=0.1, decay=0.05), 10),
    ("SGD, online", SGD(rate=0.01, decay=0.05), 1),
    ("SGD, full batch", SGD(rate=0.5), None),
    ("momentum, batches of 10", "momentum", 10),
    ("RMSProp, batches of 10", "rmsprop", 10),
    ("Adam, batches of 10", "adam", 10),
)


def optimisers(
    effort: Effort, seed: int, hidden: int = 50, networks: int = 8, data: Digits | None = None
) -> "pd.DataFrame":
    """Return losses and errors by epoch for each of ``OPTIMISERS``.

    Parameters
    ----------
    effort : {"quick", "standard", "paper"}
        How much to simulate.
    seed : int
        Seed of all random numbers.
    hidden : int, default 50
        Hidden units.
    networks : int, default 8
        Networks per optimiser.
    data : Digits or None, default None
        Data; None for :func:`digit_data`.

    Returns
    -------
    pandas.DataFrame
        One row per network, epoch and data: optimiser, network, epoch, data, loss, error.
    """
    import pandas as pd

    size = EFFORTS[effort]
    data = digit_data(seed, size.images) if data is None else data
    tables = [
        trained(
            data,
            hidden,
            networks,
            seed,
            epochs=size.epochs,
            optimiser=as_optimiser(optimiser),
            batch=batch,
            measure_every=max(1, size.epochs // 40),
        )
        .history()
        .assign(optimiser=name)
        for name, optimiser, batch in OPTIMISERS
    ]
    return pd.concat(tables, ignore_index=True)
