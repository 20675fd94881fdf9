"""Tables of small networks with hard landscapes: the smallest saddle, minima of a neuron, final losses by size."""

from typing import TYPE_CHECKING

import numpy as np

from spinglass import toy_data
from spinglass._common.seeds import Seed, child, generator, seed_sequence
from spinglass._common.types import Array
from spinglass.networks import training
from spinglass.networks.small import neuron, neuron_minima
from spinglass.networks.small.two_parameter import TwoParameterSurface
from spinglass.networks.training.optimisers import Adam

if TYPE_CHECKING:
    import pandas as pd


def noisy_line(points: int, seed: Seed) -> TwoParameterSurface:
    """Draw the loss surface of ``y = 100 x + e`` with x uniform in [0, 1] and e standard normal.

    Parameters
    ----------
    points : int
        Data points.
    seed : int, SeedSequence or Generator
        Source of all random numbers.

    Returns
    -------
    TwoParameterSurface
        The loss of two weights in series.
    """
    random = generator(seed)
    x = random.uniform(size=points)
    return TwoParameterSurface(x, 100 * x + random.standard_normal(points))


def surface_grid(surface: TwoParameterSurface, side: int, count: int) -> "pd.DataFrame":
    """Return the loss on a square grid.

    Parameters
    ----------
    surface : TwoParameterSurface
        The loss surface.
    side : float
        The grid covers [-side, side] in both weights.
    count : int
        Grid points per axis.

    Returns
    -------
    pandas.DataFrame
        One row per grid point: w1, w2, loss.
    """
    import pandas as pd

    line = np.linspace(-side, side, count)
    w = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    return pd.DataFrame({"w1": w[:, 0], "w2": w[:, 1], "loss": surface.energy(w)})


def descents(surface: TwoParameterSurface, starts: Array, steps: int = 400) -> "pd.DataFrame":
    """Follow gradient flow from each start.

    Parameters
    ----------
    surface : TwoParameterSurface
        The loss surface.
    starts : ndarray, shape (m, 2)
        Starting weights.
    steps : int, default 400
        Points recorded per descent.

    Returns
    -------
    pandas.DataFrame
        One row per recorded point: descent, w1, w2.
    """
    import pandas as pd
    from scipy.integrate import solve_ivp

    tables = []
    for k, start in enumerate(starts):
        flow = solve_ivp(
            lambda _, w: -surface.energy_and_gradient(w)[1], (0, 0.05), start, method="LSODA", rtol=1e-8, atol=1e-10,
            t_eval=np.r_[0, np.geomspace(1e-7, 0.05, steps)],
        )  # fmt: skip
        tables.append(pd.DataFrame({"descent": k, "w1": flow.y[0], "w2": flow.y[1]}))
    return pd.concat(tables, ignore_index=True)


def neuron_on_a_plane(per_axis: int, count: int) -> "tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]":
    """Return the loss of a hard neuron over one weight and over two, and its minima in two dimensions.

    Parameters
    ----------
    per_axis : int
        Minima per axis.
    count : int
        Grid points per axis, equally spaced in ln w.

    Returns
    -------
    line : pandas.DataFrame
        log_w, loss.
    plane : pandas.DataFrame
        log_w1, log_w2, loss.
    minima : pandas.DataFrame
        log_w1, log_w2.
    """
    import pandas as pd

    middle = np.log(np.log(3)) + np.log(neuron.RATIO) * (per_axis - 1) / 2
    half = np.log(neuron.RATIO) * per_axis / 2
    logs = np.linspace(middle - half, middle + half, count)
    line = neuron.hard_neuron(1, per_axis).loss(np.exp(logs)[:, None])
    plane = neuron.hard_neuron(2, per_axis)
    w = np.stack(np.meshgrid(logs, logs), axis=-1).reshape(-1, 2)
    found = neuron_minima.find_minima(plane, np.exp(w[:: max(1, count**2 // 400)]))
    return (
        pd.DataFrame({"log_w": logs, "loss": line}),
        pd.DataFrame({"log_w1": w[:, 0], "log_w2": w[:, 1], "loss": plane.loss(np.exp(w))}),
        pd.DataFrame(np.log(found.w), columns=["log_w1", "log_w2"]),
    )


def starting_weights(hard: neuron.SingleNeuron, per_axis: int, size: int, seed: Seed) -> Array:
    """Draw weights that cover all dips of a hard neuron evenly in ln w.

    Parameters
    ----------
    hard : SingleNeuron
        The neuron and its examples.
    per_axis : int
        Dips per axis.
    size : int
        Number of starts.
    seed : int, SeedSequence or Generator
        Source of all random numbers.

    Returns
    -------
    ndarray, shape (size, d)
        Weights; the preactivations on the first input of each axis are spread evenly on a log scale.
    """
    exponents = generator(seed).uniform(-0.5, per_axis - 0.5, (size, hard.d))
    preactivations = np.log(3) * neuron.RATIO**exponents
    return np.asarray(np.linalg.solve(hard.X[::per_axis], preactivations.T).T, dtype=np.float64)


def counted_minima(sizes: list[tuple[int, int]], seed: Seed) -> "pd.DataFrame":
    """Count the minima of hard neurons with mixed inputs by descents.

    Parameters
    ----------
    sizes : list of (int, int)
        Pairs (d, per_axis) of weights and minima per axis.
    seed : int, SeedSequence or Generator
        Source of all random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per pair: d, per_axis, found, predicted.
    """
    import pandas as pd

    root = seed_sequence(seed)
    rows = []
    for d, k in sizes:
        hard = neuron.hard_neuron(d, k, seed=child(root, d, k, 0))
        starts = 100 * (5 if k > 2 else 3) ** d
        w = starting_weights(hard, k, starts, child(root, d, k, 1))
        rows.append((d, k, len(neuron_minima.find_minima(hard, w)), k**d))
    return pd.DataFrame(rows, columns=["d", "per_axis", "found", "predicted"])


def ends_by_size(units: tuple[int, ...], networks: int, epochs: int, seed: Seed) -> "pd.DataFrame":
    """Train many networks of each size on one small data set.

    Parameters
    ----------
    units : tuple of int
        Numbers of hidden units.
    networks : int
        Networks per size.
    epochs : int
        Epochs of full-batch Adam.
    seed : int, SeedSequence or Generator
        Source of all random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per network: units, train_loss.
    """
    import pandas as pd

    root = seed_sequence(seed)
    mixture = toy_data.GaussianMixture.drawn(10, child(root, 0))
    X, y = mixture.draw(40, child(root, 1))
    tables = []
    for hidden in units:
        found = training.train(
            X, y, hidden=hidden, networks=networks, activation="tanh", optimiser=Adam(rate=0.02), batch=None,
            epochs=epochs, measure_every=epochs, seed=child(root, 2, hidden),
        )  # fmt: skip
        tables.append(pd.DataFrame({"units": hidden, "train_loss": found.train_loss}))
    return pd.concat(tables, ignore_index=True)
