"""The experiment of Choromanska et al. (2015), section 5: networks of several sizes on digits, the glass beside them.

Networks have one hidden layer of ReLUs without biases and a softmax; mini-batches of ten, a rate that decays. What the
paper did on MNIST is done here on the 1797 real digits that scikit-learn ships, or on MNIST where its files are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from spinglass import SphericalSpinGlass, descend, sphere
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass.networks.curvature import curvature
from spinglass.networks.curvature.spectrum import solution_index
from spinglass.networks.data import Digits, digits
from spinglass.networks.training.many import train
from spinglass.networks.training.optimisers import SGD, Optimiser, as_optimiser
from spinglass.networks.training.trained_networks import TrainedNetworks
from validation.series import Effort

PUBLISHED_SIZES = (25, 50, 100, 250, 500)
STARTS = ("fan-in", "uniform")
_DATA, _NETWORKS, _GLASS, _POINTS = range(4)


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How much of the experiment an effort does."""

    networks: int  # of each size
    epochs: int
    images: int | None  # for training; None for all
    indexed: int  # networks of each size whose Hessian is examined
    exact_up_to: int  # parameters
    sizes: tuple[int, ...]
    glasses: int  # disorder samples of each size
    starts: int  # descents in each


EFFORTS: dict[Effort, Sizes] = {
    "quick": Sizes(
        networks=48,
        epochs=40,
        images=500,
        indexed=4,
        exact_up_to=2000,
        sizes=(10, 25, 50, 100, 250),
        glasses=4,
        starts=64,
    ),
    "standard": Sizes(
        networks=50, epochs=200, images=None, indexed=5, exact_up_to=4000, sizes=PUBLISHED_SIZES, glasses=8, starts=125
    ),
    "paper": Sizes(
        networks=1000,
        epochs=200,
        images=None,
        indexed=20,
        exact_up_to=8000,
        sizes=PUBLISHED_SIZES,
        glasses=1,
        starts=1000,
    ),
}
GLASS_SIZES: dict[Effort, tuple[int, ...]] = {
    "quick": (15, 25, 50, 100),
    "standard": (25, 50, 100, 250),
    "paper": PUBLISHED_SIZES,
}


def digit_data(seed: Seed, images: int | None) -> Digits:
    """Return the digits split by the seed, and of the training part only the first ``images`` (None: all)."""
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
    initial: str = "fan-in",
    optimiser: str | Optimiser = SGD(rate=0.1, decay=0.05),  # noqa: B008  frozen
    batch: int | None = 10,
    measure_every: int | None = None,
) -> TrainedNetworks:
    """Train networks of one size as the experiment does; losses are measured at the start and the end by default."""
    return train(
        *data.train,
        hidden=hidden,
        networks=networks,
        test=data.test,
        epochs=epochs,
        initial="uniform" if initial == "uniform" else "fan-in",
        optimiser=optimiser,
        batch=batch,
        biases=False,
        measure_every=measure_every or max(epochs, 1),
        seed=child(seed_sequence(seed), _NETWORKS, hidden),
    )


@lru_cache(maxsize=8)
def losses(effort: Effort, seed: int, initial: str = "fan-in", data: Digits | None = None) -> pd.DataFrame:
    """Return one row a network: hidden, network, train_loss, train_error, test_loss, test_error, status, ..."""
    size = EFFORTS[effort]
    data = digit_data(seed, size.images) if data is None else data
    tables = [
        trained(data, hidden, size.networks, seed, epochs=size.epochs, initial=initial).to_frame().assign(hidden=hidden)
        for hidden in size.sizes
    ]
    return pd.concat(tables).reset_index()


def indices(effort: Effort, seed: int, initial: str = "uniform", data: Digits | None = None) -> pd.DataFrame:
    """Return one row a network: hidden, network, parameters, low, high, relative_low, relative_high, largest, ...

    ``low`` and ``high`` bound the number of eigenvalues of the training loss's Hessian below -0.001,
    ``relative_low`` and ``relative_high`` of those below -0.001 times the largest; they are equal where it is exact.
    """
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


def optimisers(effort: Effort, seed: int, hidden: int = 50, networks: int = 8) -> pd.DataFrame:
    """Return one row a network and epoch for each optimiser: columns optimiser, network, epoch, data, loss, error."""
    size = EFFORTS[effort]
    data = digit_data(seed, size.images)
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


def glass_ends(n: int, H: int, starts: int, method: str, seed: Seed) -> pd.DataFrame:
    """Return where descents of one glass from random points end: columns n, method, energy_per_spin, status.

    ``method`` is ``"sgd"`` (the couplings in ten parts, one used a step, a decaying rate, 200 epochs) or ``"gradient"``
    (gradient flow).
    """
    root = seed_sequence(seed)
    glass = SphericalSpinGlass.pure(n, H, child(root, _GLASS, n))
    x0 = sphere.random_points(n, starts, child(root, _POINTS, n))
    options: dict[str, Any] = {"seed": child(root, _POINTS, n, 1)} if method == "sgd" else {}
    found = descend(glass, x0, method=method, tol=1e-5, **options)
    return pd.DataFrame({"n": n, "method": method, "energy_per_spin": found.energy_per_spin, "status": found.status})


def glasses(effort: Effort, seed: int, H: int = 3, methods: Sequence[str] = ("sgd", "gradient")) -> pd.DataFrame:
    """Return where descents end, for all sizes and methods: columns n, sample, method, energy_per_spin, status."""
    size, root = EFFORTS[effort], seed_sequence(seed)
    tables = [
        glass_ends(n, H, size.starts, method, child(root, sample)).assign(sample=sample)
        for n in GLASS_SIZES[effort]
        for sample in range(size.glasses)
        for method in methods
    ]
    return pd.concat(tables, ignore_index=True)
