"""Means, spreads and correlations of the networks' losses by size, with confidence intervals over networks."""

import numpy as np
import pandas as pd
from scipy import stats

from spinglass._common.seeds import child, seed_sequence
from spinglass._common.types import Array
from validation.experiments.networks.shapes import Fit, fitted_glass
from validation.statistics.evidence import CONFIDENCE

_FITS = 4  # child of the seed; smaller numbers belong to the simulations


def by_size(losses: pd.DataFrame) -> pd.DataFrame:
    """Return mean, standard deviation and train/test correlation of the losses by start and size, with intervals.

    Diverged networks are counted in ``diverged`` and left out of the rest. Intervals are Student's for the mean, and
    those of a normal distribution for the standard deviation (chi squared) and the correlation (Fisher's z), at the
    confidence level of the project's verdicts.

    Parameters
    ----------
    losses : pandas.DataFrame
        Columns starts, hidden, train_loss, test_loss, status.

    Returns
    -------
    pandas.DataFrame
        One row per kind of starts and size: starts, hidden, networks, diverged, and for mean, deviation and correlation
        the value, _low and _high.

    Examples
    --------
    >>> losses = {"train_loss": [1.0, 2, 3, 4], "test_loss": [1.0, 2, 4, 3], "status": "finished"}
    >>> table = by_size(pd.DataFrame({"starts": "fan-in", "hidden": 5, **losses}))
    >>> table[["mean", "deviation", "correlation"]].round(3).values.tolist()
    [[2.5, 1.291, 0.8]]
    """
    groups = losses.groupby(["starts", "hidden"], sort=False)
    return pd.DataFrame([_row(starts, hidden, group) for (starts, hidden), group in groups])


def _row(starts: object, hidden: object, group: pd.DataFrame) -> dict[str, object]:
    sound = group[group["status"] != "diverged"]
    count, test = len(sound), sound["test_loss"].to_numpy()
    row: dict[str, object] = {"starts": starts, "hidden": hidden, "networks": count, "diverged": len(group) - count}
    if count < 4:
        return row
    mean, deviation = float(test.mean()), float(test.std(ddof=1))
    tail = (1 - CONFIDENCE) / 2
    half = float(stats.t.ppf(1 - tail, count - 1)) * deviation / np.sqrt(count)
    spread = np.sqrt((count - 1) / stats.chi2.ppf([1 - tail, tail], count - 1))
    correlation = float(np.corrcoef(sound["train_loss"], test)[0, 1])
    z = np.arctanh(correlation) + stats.norm.ppf([tail, 1 - tail]) / np.sqrt(count - 3)
    row |= {"mean": mean, "mean_low": mean - half, "mean_high": mean + half}
    row |= {"deviation": deviation, "deviation_low": deviation * spread[0], "deviation_high": deviation * spread[1]}
    return row | {"correlation": correlation, "correlation_low": np.tanh(z[0]), "correlation_high": np.tanh(z[1])}


def paths(history: pd.DataFrame) -> pd.DataFrame:
    """Return mean losses over networks, with their extremes, by optimiser, data and epoch.

    Parameters
    ----------
    history : pandas.DataFrame
        Columns optimiser, data, epoch, loss.

    Returns
    -------
    pandas.DataFrame
        Columns optimiser, data, epoch, mean, lowest, highest; epoch 0 is left out. They are NaN from the epoch on in
        which a network diverged.
    """
    later = history[history["epoch"] > 0]
    grouped = later.groupby(["optimiser", "data", "epoch"], sort=False)["loss"]
    found = grouped.agg(mean="mean", lowest="min", highest="max")
    return found.where(grouped.count() == grouped.size()).reset_index()


def fitted_glasses(losses: pd.DataFrame, energies: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the spin glass whose energies, shifted and scaled, are distributed most like the losses of each size.

    Parameters
    ----------
    losses : pandas.DataFrame
        Columns starts, hidden, test_loss, status; diverged networks are left out.
    energies : pandas.DataFrame
        Columns n, sample, energy_per_spin, with equally many descents in every landscape of a size.
    seed : int
        Seed of the p-values.

    Returns
    -------
    pandas.DataFrame
        Columns starts, hidden, size, distance, p_value, critical, see :class:`.shapes.Fit`.
    """
    sound, landscapes, root = losses[losses["status"] != "diverged"], by_landscape(energies), seed_sequence(seed)
    groups = sound.groupby(["starts", "hidden"], sort=False)["test_loss"]
    rows = [
        (*key, *fitted_glass(group.to_numpy(), landscapes, child(root, _FITS, number)))
        for number, (key, group) in enumerate(groups)
    ]
    return pd.DataFrame(rows, columns=["starts", "hidden", *Fit._fields])


def by_landscape(energies: pd.DataFrame) -> dict[int, Array]:
    """Return the energies as arrays of shape (landscapes, starts), by number of spins."""
    found = {}
    for n in energies["n"].unique().tolist():
        samples = energies[energies["n"] == n].groupby("sample")["energy_per_spin"]
        found[int(n)] = np.stack([ends.to_numpy() for _, ends in samples])
    return found
