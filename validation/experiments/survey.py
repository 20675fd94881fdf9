"""All critical points of many samples, and their mean numbers compared with the exact ones."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

import theory
from spinglass import SphericalSpinGlass, critical_points
from spinglass._common.seeds import child, seed_sequence
from spinglass.critical_points import Enumeration, Progress
from spinglass.critical_points.certification import Certify
from spinglass.critical_points.enumeration import MAX_PATHS
from spinglass.critical_points.homotopy import Distribute
from theory.arguments import Model, mixture
from validation.experiments.landscape_means import mean_and_error


@dataclass(frozen=True)
class Survey:
    """The critical points of independent samples of a model.

    Attributes
    ----------
    n, H
        Number of spins, and interaction order or weights by order.
    points
        One row per critical point, with the number of its sample and whether that sample is complete.
    counts
        Points of each index in every complete sample, shape (complete samples, n).
    failures
        Reason why a sample is not complete, by sample number.
    paths, retries
        Numbers of homotopy paths tracked in all samples, and of paths tracked again.
    proven
        Number of samples in which every complex solution is proven to be found (``certify="all"``).
    asked
        Number of samples requested, which exceeds the number finished after an interruption.
    """

    n: int
    H: Model
    points: pd.DataFrame
    counts: npt.NDArray[np.int64]
    failures: dict[int, str]
    paths: int
    retries: int
    proven: int
    asked: int

    @property
    def finished(self) -> int:
        """Number of samples finished."""
        return len(self.counts) + len(self.failures)

    def to_frame(self) -> pd.DataFrame:
        """Return mean numbers of critical points with standard errors, and the exact means.

        Returns
        -------
        pandas.DataFrame
            One row per index and one for all: mean, standard_error, exact.
        """
        exact = [theory.mean_critical_points(self.n, self.H, index=k) for k in range(self.n)]
        every = np.column_stack([self.counts, self.counts.sum(axis=1)])
        mean, error = mean_and_error(every)
        names = [*map(str, range(self.n)), "all"]
        columns = {
            "mean": mean,
            "standard_error": error,
            "exact": [*exact, theory.mean_critical_points(self.n, self.H)],
        }
        return pd.DataFrame(columns, index=pd.Index(names, name="index"))


def survey(
    n: int,
    H: Model,
    samples: int,
    seed: int,
    watch: Callable[[int, int, Progress | None], object] | None = None,
    max_paths: int = MAX_PATHS,
    *,
    certify: Certify = "real",
    checkpoint: Path | None = None,
    distribute: Distribute | None = None,
) -> Survey:
    """Enumerate the critical points of ``samples`` samples of a model; on Ctrl-C return those that are finished.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``.
    samples : int
        Number of samples.
    seed : int
        Seed. Sample k is ``SphericalSpinGlass.pure(n, H, np.random.SeedSequence(seed, spawn_key=(k,)))`` for a pure
        model, and correspondingly for a mixture, whatever the number of samples.
    watch : callable or None, default None
        Called with the number of the current sample, the number of points found before it, and its progress (None at
        its start).
    max_paths : int, default MAX_PATHS
        Samples that need more homotopy paths are refused.
    certify : {"real", "all"} or None, default "real"
        What is proven, as in :func:`spinglass.enumerate_critical_points`.
    checkpoint : pathlib.Path or None, default None
        Folder in which finished batches of paths are saved, in one folder per sample.
    distribute : callable or None, default None
        What runs the batches of paths, as in :func:`spinglass.enumerate_critical_points`.

    Returns
    -------
    Survey
        The critical points of all finished samples.

    Raises
    ------
    ValueError
        If ``samples < 1``, or the model or the checkpoint is refused.

    Examples
    --------
    >>> survey(4, 3, samples=2, seed=0).failures
    {}
    """
    if samples < 1:
        raise ValueError(f"samples must be at least 1, not {samples}")
    root = seed_sequence(seed)
    weights = mixture(H)
    done: list[Enumeration] = []

    def tell(progress: Progress | None) -> None:
        if watch:
            watch(len(done), sum(map(len, done)), progress)

    try:
        for sample in range(samples):
            tell(None)
            glass = SphericalSpinGlass.mixed(n, weights, child(root, sample))
            done.append(
                critical_points.enumerate_critical_points(
                    glass,
                    certify=certify,
                    checkpoint=checkpoint / f"sample-{sample:05d}" if checkpoint else None,
                    callback=tell,
                    distribute=distribute,
                    max_paths=max_paths,
                )
            )
    except KeyboardInterrupt:
        pass
    return _collected(n, H, done, samples)


def _collected(n: int, H: Model, done: list[Enumeration], asked: int) -> Survey:
    tables = []
    for sample, every in enumerate(done):
        table = every.to_frame(coordinates=True).reset_index(drop=True)
        table.insert(0, "sample", sample)
        table.insert(1, "complete", every.complete)
        tables.append(table)
    return Survey(
        n=n,
        H=H,
        points=pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(),
        counts=np.array([every.counts for every in done if every.complete], np.int64).reshape(-1, n),
        failures={sample: every.reason for sample, every in enumerate(done) if not every.complete},
        paths=sum(every.paths for every in done),
        retries=sum(every.retries for every in done),
        proven=sum(every.proven for every in done),
        asked=asked,
    )
