"""Units of work over an executor: the one place that knows where a measurement runs.

Every disorder sample has a seed of its own, made from the run's seed, the claim, the effort, the series and
the sample's number. So any number of workers measures the same bits, and a claim alone measures what it
measures among others.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
import zlib
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from validation.catalogue import Catalogue, read_claims
from validation.claim import EFFORTS, Between, Claim, Effort
from validation.mutation import mutated

_SINGLE_THREADED = dict.fromkeys(
    ("SPINGLASS_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


@dataclass(frozen=True)
class Unit:
    """A stretch of one series' samples, measured in one go; without samples, the series' prediction."""

    claim_id: str
    mutant: str | None
    effort: Effort
    series: int
    samples: range | None


@dataclass(frozen=True)
class Outcome:
    """What came of a unit: values per sample, or the traceback of those that raised."""

    unit: Unit
    values: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    prediction: Between | None = None
    errors: dict[int, str] = field(default_factory=dict)
    seconds: float = 0.0


def sample_seed(root: np.random.SeedSequence, claim_id: str, effort: Effort, *key: int) -> np.random.SeedSequence:
    """Return the seed of one sample; each effort has its own, as a larger run is a new test."""
    from spinglass.seeds import child

    return child(root, zlib.crc32(claim_id.encode()), EFFORTS.index(effort), *key)


def units_of(claim: Claim, mutant: str | None, effort: Effort, pieces: int = 16) -> list[Unit]:
    """Cut a claim's work into units: per series a prediction and at most ``pieces`` stretches of samples."""
    units = []
    for number, series in enumerate(claim.sizes[effort]):
        units.append(Unit(claim.id, mutant, effort, number, None))
        length = -(-series.samples // pieces)
        for first in range(0, series.samples, length):
            stretch = range(first, min(first + length, series.samples))
            units.append(Unit(claim.id, mutant, effort, number, stretch))
    return units


def perform(catalogue: Catalogue, unit: Unit, root: np.random.SeedSequence) -> Outcome:
    """Carry out one unit in this process; what a sample raises is recorded, and the others go on."""
    claim = catalogue[unit.claim_id]
    series = claim.sizes[unit.effort][unit.series]
    mutant = next((m for m in claim.mutants if m.name == unit.mutant), None)
    outcome = Outcome(unit)
    prediction = None
    start = time.perf_counter()
    with mutated(mutant):
        for sample in unit.samples if unit.samples is not None else (-1,):
            try:
                if sample < 0:
                    prediction = claim.prediction(series)
                else:
                    seed = sample_seed(root, claim.id, unit.effort, unit.series, sample)
                    outcome.values[sample] = claim.measurement(seed, series)
            except Exception:
                outcome.errors[sample] = traceback.format_exc(limit=-6)
    return Outcome(unit, outcome.values, prediction, outcome.errors, time.perf_counter() - start)


def run(
    catalogue: Catalogue,
    units: Sequence[Unit],
    root: np.random.SeedSequence,
    workers: int,
    executor: Executor | None = None,
) -> Generator[Outcome, None, None]:
    """Yield every unit's outcome as it is done: in this process for one worker, else over an executor.

    Closing the iterator, or Ctrl-C, drops what has not been started; what was yielded stays valid.
    """
    if executor is not None:
        yield from _over(executor, catalogue, units, root)
    elif workers == 1 or catalogue.source is None:
        from threadpoolctl import threadpool_limits

        # BLAS results depend on its number of threads; one is what a worker process has too.
        with threadpool_limits(1, user_api="blas"):
            for unit in units:
                yield perform(catalogue, unit, root)
    else:
        before = set(multiprocessing.active_children())
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(min(workers, len(units)), mp_context=context, initializer=_settle)
        finished = False
        try:
            yield from _over(pool, catalogue, units, root)
            finished = True
        finally:
            if not finished:
                for process in set(multiprocessing.active_children()) - before:
                    process.terminate()
            pool.shutdown(wait=finished, cancel_futures=True)


def _over(
    executor: Executor, catalogue: Catalogue, units: Sequence[Unit], root: np.random.SeedSequence
) -> Iterator[Outcome]:
    if catalogue.source is None:
        raise ValueError("claims made in this process cannot be sent elsewhere; put them into a file")
    with _quiet_start():
        futures = {executor.submit(_perform_there, catalogue.source, unit, root): unit for unit in units}
    for future in as_completed(futures):
        unit = futures[future]
        try:
            yield future.result()
        except Exception as error:  # the worker died, or its answer did not arrive
            yield Outcome(unit, errors={unit.samples[0] if unit.samples else -1: f"{type(error).__name__}: {error}"})


@contextmanager
def _quiet_start() -> Iterator[None]:
    """Start worker processes single-threaded, and without running the user's script a second time in each.

    A spawned process imports the parent's ``__main__``, which breaks scripts without an
    ``if __name__ == "__main__"`` line. The units need nothing from it.
    """
    main = sys.modules["__main__"]
    missing = object()
    saved = {name: vars(main).pop(name, missing) for name in ("__file__", "__spec__")}
    main.__spec__ = None
    try:
        with mock.patch.dict(os.environ, _SINGLE_THREADED):
            yield
    finally:
        vars(main).update({name: value for name, value in saved.items() if value is not missing})


def _settle() -> None:
    # Ctrl-C reaches the whole process group; the parent alone decides what becomes of the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A parent that is killed cannot end its workers, and they would wait for work for ever.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@cache
def _catalogue_from(source: str) -> Catalogue:
    if source:
        return read_claims(source)
    from validation.claims import catalogue

    return catalogue()


def _perform_there(source: str, unit: Unit, root: np.random.SeedSequence) -> Outcome:
    return perform(_catalogue_from(source), unit, root)
