"""Critical points of landscapes with a planted signal: their density by overlap, measured, exact and at large n."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

import theory
from spinglass import SphericalSpinGlass, enumerate_critical_points, plant, sphere
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass._common.types import Array
from theory.arguments import Model, Signal, mixture
from validation.experiments.landscape_means import mean_and_error


def densities_by_overlap(
    n: int, H: Model, signal: Signal, samples: int, bins: int, indices: Sequence[int | None], seed: Seed = 0
) -> pd.DataFrame:
    """Return the number of critical points per unit of overlap with the signal, by complete enumeration.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.
    signal : mapping
        Orders and strengths of the signal, ``{k: lambda_k}``.
    samples : int
        Number of landscapes, each with its own direction of the signal.
    bins : int
        Number of intervals of overlap, between -1 and 1.
    indices : sequence of int or None
        Indices to count, None for all.
    seed : int, SeedSequence or Generator, default 0
        Source of all random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per index and interval: points ("all" or the index), low, high, density, standard_error over landscapes,
        landscapes (the number of those whose enumeration is complete; only they are counted).

    Examples
    --------
    >>> table = densities_by_overlap(3, 3, {3: 1.0}, 4, 5, [None, 0])
    >>> len(table), bool(table["density"].min() >= 0)
    (10, True)
    """
    root, edges = seed_sequence(seed), np.linspace(-1.0, 1.0, bins + 1)
    drawn = (_counts(n, H, signal, child(root, k), edges, indices) for k in range(samples))
    complete = [counts for counts in drawn if counts is not None]
    densities = np.reshape(complete, (-1, len(indices), bins)) / (edges[1] - edges[0])
    tables = []
    for number, index in enumerate(indices):
        density, error = mean_and_error(densities[:, number])
        columns = {
            "points": _name(index),
            "low": edges[:-1],
            "high": edges[1:],
            "density": density,
            "standard_error": error,
            "landscapes": len(complete),
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def _counts(
    n: int, H: Model, signal: Signal, seed: np.random.SeedSequence, edges: Array, indices: Sequence[int | None]
) -> list[Array] | None:
    """Draw a planted landscape; return its numbers of points in each interval, for each index; None if incomplete."""
    v = sphere.random_points(n, 1, child(seed, 0))[0]
    every = enumerate_critical_points(
        plant(SphericalSpinGlass.mixed(n, mixture(H), child(seed, 1)), v, signal), certify=None
    )
    if not every.complete:
        return None
    m = sphere.overlap(every.x, v)
    chosen = [m if index is None else m[every.index == index] for index in indices]
    return [np.histogram(overlaps, edges)[0] for overlaps in chosen]


def exact_densities(
    n: int, H: Model, signal: Signal, overlaps: Array, indices: Sequence[int | None] = (None,)
) -> pd.DataFrame:
    """Return the exact mean number of critical points per unit of overlap: points, n, overlap, density.

    Examples
    --------
    >>> list(exact_densities(3, 3, {3: 1.0}, np.array([0.1]))["density"].round(6))
    [5.373247]
    """
    tables = [
        pd.DataFrame(
            {
                "points": _name(index),
                "n": n,
                "overlap": overlaps,
                "density": theory.planted_point_density(overlaps, n, H, signal, index=index),
            }
        )
        for index in indices
    ]
    return pd.concat(tables, ignore_index=True)


def means_in_intervals(exact: pd.DataFrame, low: Array, high: Array) -> Array:
    """Return the mean of a density over each interval of overlaps, by the trapezoidal rule.

    Parameters
    ----------
    exact : pandas.DataFrame
        Columns overlap (increasing, and dense compared with the intervals) and density, which is 0 beyond its ends.
    low, high : ndarray, shape (intervals,)
        Ends of the intervals.

    Returns
    -------
    ndarray, shape (intervals,)
        The means.

    Examples
    --------
    >>> line = pd.DataFrame({"overlap": [0.0, 1.0], "density": [0.0, 2.0]})
    >>> means_in_intervals(line, np.array([0.0, 1.0]), np.array([1.0, 2.0])).tolist()
    [1.0, 0.0]
    """
    m, density = exact["overlap"].to_numpy(), exact["density"].to_numpy()
    below = np.append(0.0, np.cumsum(np.diff(m) * (density[1:] + density[:-1]) / 2))
    return np.asarray((np.interp(high, m, below) - np.interp(low, m, below)) / (high - low))


def growth_rates(H: Model, strengths: Sequence[float], order: int, overlaps: Array) -> pd.DataFrame:
    """Return the growth rates of all points and of minima for signals of one order: strength, points, overlap, rate.

    Examples
    --------
    >>> growth_rates(3, [1.0], 3, np.array([0.0]))["rate"].round(6).tolist()
    [0.346574, 0.01324]
    """
    tables = [
        pd.DataFrame(
            {
                "strength": strength,
                "points": _name(index),
                "overlap": overlaps,
                "rate": theory.planted_complexity(overlaps, None, H, {order: strength}, index=index),
            }
        )
        for strength in strengths
        for index in (None, 0)
    ]
    return pd.concat(tables, ignore_index=True)


def _name(index: int | None) -> str:
    return "all" if index is None else str(index)
