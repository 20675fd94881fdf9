"""All pairs of critical points of many samples: their overlaps, compared with the exact mean density."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

import theory
from spinglass import SphericalSpinGlass, critical_points
from spinglass._common.seeds import child, seed_sequence
from spinglass._common.types import Array, IntArray
from spinglass.critical_points import Enumeration, Progress
from spinglass.critical_points.enumeration import MAX_PATHS
from theory.arguments import Model, mixture
from theory.pairs.averaging import TooRareError
from theory.pairs.pair_counts import PairCount
from validation.experiments.landscape_means import mean_and_error

# Pairs of x and -x have overlap -1 up to rounding errors of the points.
MIRROR = 1e-9


@dataclass(frozen=True)
class PairSurvey:
    """Numbers of unordered pairs of critical points in intervals of overlaps, over independent samples.

    Attributes
    ----------
    n, H
        Number of spins, and interaction order or weights by order.
    edges
        Ends of the intervals of overlaps.
    counts
        Pairs in each interval in every complete sample, without pairs (x, -x), shape (complete samples, intervals).
    mirrors
        Pairs (x, -x) in every complete sample.
    points
        Critical points in every complete sample.
    failures
        Reason why a sample is not complete, by sample number.
    asked
        Number of samples requested, which exceeds the number finished after an interruption.
    """

    n: int
    H: Model
    edges: Array
    counts: npt.NDArray[np.int64]
    mirrors: npt.NDArray[np.int64]
    points: npt.NDArray[np.int64]
    failures: dict[int, str]
    asked: int

    @property
    def finished(self) -> int:
        """Number of samples finished."""
        return len(self.counts) + len(self.failures)


def exact_pairs(
    n: int, H: Model, edges: Array, indices: tuple[int, int] | None, accuracy: float, seed: int
) -> pd.DataFrame:
    """Return the exact mean number of unordered pairs in each interval of overlaps.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.
    edges : ndarray
        Ends of the intervals of overlaps.
    indices : tuple of int or None
        Indices of the two points, in any order; None for all pairs.
    accuracy : float
        Relative standard error of theory.
    seed : int
        Seed of theory's random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per interval: low, high, exact, exact_error; the last two are NaN where pairs of these indices are too
        rare for theory's Monte Carlo.

    Examples
    --------
    >>> exact_pairs(3, 3, np.array([0.0, 1.0]), None, 0.01, 0)["exact"].round(2).tolist()
    [25.09]
    """
    # Pairs of different indices occur in two orders, of which one has the indices as given.
    share = 1.0 if indices is not None and indices[0] != indices[1] else 0.5
    rows = []
    for low, high in pairwise(edges.tolist()):
        try:
            found = theory.mean_pairs_between(n, H, low, high, indices=indices, accuracy=accuracy, seed=seed)
        except TooRareError:
            found = PairCount(math.nan, math.nan)
        rows.append((low, high, share * found.value, share * found.error))
    return pd.DataFrame(rows, columns=["low", "high", "exact", "exact_error"])


def pairs_of(every: Enumeration, sample: int, rows: IntArray | None = None) -> pd.DataFrame:
    """Return all unordered pairs of critical points of one sample, or those of some of them.

    Parameters
    ----------
    every : Enumeration
        The critical points.
    sample : int
        Number of the sample.
    rows : ndarray of int or None, default None
        Increasing rows in ``every`` of the points whose pairs are wanted; None for all points.

    Returns
    -------
    pandas.DataFrame
        One row per pair: sample, first, second (rows in ``every``), overlap, energy_per_spin and index of each.

    Examples
    --------
    >>> every = critical_points.enumerate_critical_points(SphericalSpinGlass.pure(3, 3, 0))
    >>> len(pairs_of(every, 0)) == len(every) * (len(every) - 1) // 2
    True
    """
    chosen = np.arange(len(every)) if rows is None else rows
    one, other = np.triu_indices(len(chosen), 1)
    first, second = chosen[one], chosen[other]
    x, u, index = every.x[chosen], every.energy_per_spin, every.index.astype(np.int16)
    return pd.DataFrame(
        {
            "sample": np.full(len(first), sample, np.int32),
            "first": first.astype(np.int32),
            "second": second.astype(np.int32),
            "overlap": (x @ x.T / x.shape[1])[one, other],
            "energy_first": u[first],
            "energy_second": u[second],
            "index_first": index[first],
            "index_second": index[second],
        }
    )


def survey_pairs(
    n: int,
    H: Model,
    samples: int,
    seed: int,
    edges: Sequence[float] | Array,
    *,
    indices: tuple[int, int] | None = None,
    write: Callable[[pd.DataFrame], object] | None = None,
    watch: Callable[[int, Progress | None], object] | None = None,
    max_paths: int = MAX_PATHS,
) -> PairSurvey:
    """Enumerate the critical points of ``samples`` samples and count their pairs; on Ctrl-C return those finished.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.
    samples : int
        Number of samples.
    seed : int
        Seed; sample k is the same as that of :func:`validation.experiments.survey.survey`.
    edges : sequence of float
        Ends of the intervals of overlaps.
    indices : tuple of int or None, default None
        Count only pairs of these indices, in any order.
    write : callable or None, default None
        Called with the table of all pairs of every complete sample.
    watch : callable or None, default None
        Called with the number of the current sample and its progress (None at its start).
    max_paths : int, default MAX_PATHS
        Samples that need more homotopy paths are refused.

    Returns
    -------
    PairSurvey
        The counts.

    Raises
    ------
    ValueError
        If ``samples < 1``, or the model is refused.

    Examples
    --------
    >>> survey_pairs(4, 3, samples=2, seed=0, edges=[-1.0, 1.0]).failures
    {}
    """
    if samples < 1:
        raise ValueError(f"samples must be at least 1, not {samples}")
    root, weights, bins = seed_sequence(seed), mixture(H), np.asarray(edges, dtype=np.float64)
    rows: list[tuple[int, int, npt.NDArray[np.int64]]] = []
    failures: dict[int, str] = {}
    try:
        for sample in range(samples):
            tell = _teller(watch, sample)
            tell(None)
            glass = SphericalSpinGlass.mixed(n, weights, child(root, sample))
            # Completeness is checked without certificates, which would take most of the time.
            every = critical_points.enumerate_critical_points(glass, None, callback=tell, max_paths=max_paths)
            if not every.complete:
                failures[sample] = every.reason
                continue
            table = pairs_of(every, sample)
            if write is not None:
                write(table)
            rows.append((len(every), *_counted(table, bins, indices)))
    except KeyboardInterrupt:
        pass
    counts = np.array([row[2] for row in rows], np.int64).reshape(-1, len(bins) - 1)
    points, mirrors = (np.array([row[k] for row in rows], np.int64) for k in (0, 1))
    return PairSurvey(n, H, bins, counts, mirrors, points, failures, samples)


def _teller(watch: Callable[[int, Progress | None], object] | None, sample: int) -> Callable[[Progress | None], None]:
    def tell(progress: Progress | None) -> None:
        if watch:
            watch(sample, progress)

    return tell


def _counted(table: pd.DataFrame, edges: Array, indices: tuple[int, int] | None) -> tuple[int, npt.NDArray[np.int64]]:
    """Return the number of pairs (x, -x), and those of other pairs in each interval."""
    q = table["overlap"].to_numpy()
    chosen = np.ones(len(q), dtype=bool)
    if indices is not None:
        one, other = table["index_first"].to_numpy(), table["index_second"].to_numpy()
        k, m = indices
        chosen = ((one == k) & (other == m)) | ((one == m) & (other == k))
    mirror = q < MIRROR - 1.0
    return int(np.count_nonzero(mirror & chosen)), np.histogram(q[chosen & ~mirror], bins=edges)[0].astype(np.int64)


def compared(found: PairSurvey, exact: pd.DataFrame) -> pd.DataFrame:
    """Return the mean number of pairs in each interval of overlaps with its error, beside the exact one.

    Parameters
    ----------
    found : PairSurvey
        The counts.
    exact : pandas.DataFrame
        The result of :func:`exact_pairs`.

    Returns
    -------
    pandas.DataFrame
        One row per interval: low, high, mean, standard_error, exact, exact_error. The pairs of one sample are
        correlated, so that the error is that of a mean over samples.
    """
    mean, error = mean_and_error(found.counts)
    table = exact.copy()
    table.insert(2, "mean", mean)
    table.insert(3, "standard_error", error)
    return table


def density_by_overlap(
    n: int, H: int, samples: int, seed: int, bins: int, indices: Sequence[tuple[int, int] | None]
) -> dict[str, pd.DataFrame]:
    """Return measured and exact densities of ordered pairs per unit of overlap, per landscape of a pure model.

    Parameters
    ----------
    n, H : int
        Number of spins and interaction order.
    samples, seed : int
        Number of landscapes, and the seed.
    bins : int
        Number of intervals of overlaps from -1 to 1.
    indices : sequence of (int, int) or None
        Indices of the two points; None for all pairs.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``measured``: indices, low, high, density, standard_error, landscapes (the number of complete ones, which are
        counted). ``exact``: indices, overlap, density.
    """
    edges, q = np.linspace(-1.0, 1.0, bins + 1), np.linspace(-0.99, 0.99, 37)
    measured = []
    exact = []
    tables: list[pd.DataFrame] = []
    survey_pairs(n, H, samples, seed, edges, write=tables.append)
    for chosen in indices:
        name = "all" if chosen is None else f"{chosen[0]}-{chosen[1]}"
        counts = [_counted(table, edges, chosen)[1] / np.diff(edges) for table in tables]
        density, error = mean_and_error(np.reshape(counts, (-1, bins)))
        # An unordered pair is two ordered ones; if the indices differ, one of them has the indices as given.
        both = 1.0 if chosen is not None and chosen[0] != chosen[1] else 2.0
        columns = {
            "indices": name,
            "low": edges[:-1],
            "high": edges[1:],
            "density": both * density,
            "standard_error": both * error,
            "landscapes": len(tables),
        }
        measured.append(pd.DataFrame(columns))
        curve = theory.mean_pairs(n, H, q, indices=chosen, accuracy=0.02, floor=0.05, seed=seed)
        exact.append(pd.DataFrame({"indices": name, "overlap": q, "density": curve.value}))
    return {"measured": pd.concat(measured, ignore_index=True), "exact": pd.concat(exact, ignore_index=True)}


def second_moments(sizes: Sequence[int], H: int, low: Sequence[float], accuracy: float, seed: int) -> pd.DataFrame:
    """Return ``E N^2 / (E N)^2`` for all critical points, for minima, and for points below energies per spin.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of spins.
    H : int
        Interaction order.
    low : sequence of float
        Energies per spin.
    accuracy : float
        Relative standard error.
    seed : int
        Seed of theory's random numbers.

    Returns
    -------
    pandas.DataFrame
        One row per number and size: number, n, mean, ratio, ratio_error.

    Examples
    --------
    >>> second_moments([3], 3, [], 0.05, 0)["number"].tolist()
    ['all', 'minima']
    """
    kinds: list[tuple[str, int | None, float | None]] = [("all", None, None), ("minima", 0, None)]
    kinds += [(f"u < {u:g}", None, u) for u in low]
    rows = []
    for name, index, below in kinds:
        for n in sizes:
            moment = theory.second_moment(n, H, index=index, below=below, accuracy=accuracy, seed=seed)
            rows.append((name, n, moment.mean, moment.ratio, moment.ratio_error))
    return pd.DataFrame(rows, columns=["number", "n", "mean", "ratio", "ratio_error"])
