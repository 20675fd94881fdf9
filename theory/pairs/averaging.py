"""Monte Carlo means to a requested accuracy, in rounds of batches; what would take too long is refused."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spinglass._common.seeds import child
from spinglass._common.threads import available_cores, one_blas_thread, run_in_threads
from spinglass._common.types import Array
from theory.pairs.determinants import Numbers, Sampler

BATCH = 500
# Batches after which the first error bars are known.
_FIRST = 8
# Draws with which a sampler is tuned.
_TUNING = 400
# A mean over fewer draws that are not zero has no reliable error bar.
_FEWEST_SEEN = 200


@dataclass
class Running:
    """Sums over draws, in the unit ``exp(log_unit)``.

    Attributes
    ----------
    log_unit : float
        Logarithm of the unit.
    draws, seen : int
        Number of draws, and of those that are not zero.
    total, squares : float
        Sum of the values and of their squares.
    """

    log_unit: float
    draws: int = 0
    seen: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, values: Array) -> None:
        """Add the values of draws, in the unit."""
        self.draws += values.size
        self.seen += int(np.count_nonzero(values))
        self.total += float(values.sum())
        self.squares += float((values**2).sum())

    @property
    def mean(self) -> float:
        """The mean, in the unit."""
        return self.total / self.draws

    @property
    def spread(self) -> float:
        """The standard deviation of a draw, in the unit."""
        return math.sqrt(max(self.squares / self.draws - self.mean**2, 0.0))

    @property
    def value(self) -> float:
        """The mean."""
        return self.mean * math.exp(self.log_unit)

    @property
    def error(self) -> float:
        """The standard error of the mean."""
        return self.spread / math.sqrt(self.draws) * math.exp(self.log_unit)


def seconds_per_draw(n: int) -> float:
    """Return about how long a draw at one overlap takes on all cores, as measured for n up to 60."""
    return (8e-6 + 1.6e-6 * n + 3e-9 * n**3) / available_cores()


class TooRareError(ValueError):
    """Too few draws are pairs of the wanted indices and energies, so that their mean number is unknown."""


class Limit:
    """The time that a computation may take.

    Parameters
    ----------
    what : str
        What is computed, for the message.
    n : int
        Number of spins.
    seconds : float
        The limit.
    """

    def __init__(self, what: str, n: int, seconds: float) -> None:
        self.what, self.n, self.seconds = what, n, seconds

    def check(self, draws: float) -> None:
        """Raise ``ValueError`` if this many draws would take longer than the limit."""
        seconds = draws * seconds_per_draw(self.n)
        if seconds > self.seconds:
            raise ValueError(
                f"{self.what} at n = {self.n} would take about {_duration(seconds)}, more than max_seconds = "
                f"{self.seconds:g}; give a larger accuracy (the time falls with its square), fewer overlaps, a "
                "smaller n or a larger max_seconds"
            )


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.3g} minutes"


def means_together(
    samplers: Sequence[Sampler], accuracy: float, floor: float, seed: np.random.SeedSequence, limit: Limit
) -> list[Running]:
    """Return the mean weight of every sampler, using the same random numbers for all.

    The standard error is at most ``accuracy`` times the mean or, if that is larger, times ``floor`` times the largest.
    """
    limit.check(len(samplers) * _FIRST * BATCH)
    sums = _started(samplers, [child(seed, 0)] * len(samplers))
    done, until = 0, _FIRST
    active = list(range(len(samplers)))
    while active:
        for values in _in_threads(samplers, [(child(seed, 1, batch), active) for batch in range(done, until)]):
            for place, one in zip(active, values, strict=True):
                sums[place].add(one)
        done = until
        least = floor * max(one.value for one in sums)
        needed = {place: _needed(sums[place], accuracy, least, limit) for place in active}
        active = [place for place in active if needed[place] > sums[place].draws]
        if active:
            missing = max(needed[place] for place in active) - done * BATCH
            limit.check(len(active) * missing)
            until = done + math.ceil(min(missing, 2 * done * BATCH) / BATCH)
    return sums


def integral_apart(
    samplers: Sequence[Sampler],
    weights: Array,
    offset: float,
    accuracy: float,
    seed: np.random.SeedSequence,
    limit: Limit,
) -> tuple[float, float]:
    """Return a weighted sum of the samplers' means and its standard error, which uses independent draws for each.

    The error is at most ``accuracy`` times (sum + offset), and draws are divided so that it is smallest. A sum of which
    no draw tells anything is refused (:class:`TooRareError`).
    """
    limit.check(len(samplers) * BATCH)
    sums = _started(samplers, [child(seed, 0, place) for place in range(len(samplers))])
    batches = np.ones(len(samplers), dtype=np.int64)
    done = np.zeros(len(samplers), dtype=np.int64)
    while True:
        tasks = [
            (child(seed, 1, place, batch), [place])
            for place in range(len(samplers))
            for batch in range(int(done[place]), int(batches[place]))
        ]
        for (_, (place,)), (values,) in zip(tasks, _in_threads(samplers, tasks), strict=True):
            sums[place].add(values)
        done = batches.copy()
        value = float(sum(w * one.value for w, one in zip(weights, sums, strict=True)))
        spreads = np.array([w * one.spread * math.exp(one.log_unit) for w, one in zip(weights, sums, strict=True)])
        if not np.all(np.isfinite(spreads)):
            raise ValueError(
                f"{limit.what}: the weights of draws are not finite at n = {limit.n}; give a model whose orders have "
                "weights that differ less"
            )
        error = math.sqrt(float(np.sum(spreads**2 / (done * BATCH))))
        target = accuracy * (value + offset)
        if target > 0.0 and error <= target:
            return value, error
        if done.sum() > 50 * len(samplers) and sum(one.seen for one in sums) < _FEWEST_SEEN:
            raise _too_rare(limit, sum(one.draws for one in sums))
        wanted = spreads * spreads.sum() / target**2 / BATCH if target > 0.0 else 3.0 * done
        limit.check(float(np.maximum(wanted - done, 0.0).sum()) * BATCH)
        # At most a threefold increase: the first spreads are uncertain.
        batches = np.maximum(done, np.minimum(np.ceil(1.05 * wanted), 3 * done)).astype(np.int64)
        if np.array_equal(batches, done):
            batches = done + 1


def weighted_moments(
    sampler: Sampler, draws: int, seed: np.random.SeedSequence, limit: Limit
) -> tuple[Array, Array, Array]:
    """Return mean and covariance matrix of the plane's variables among pairs, and the covariance matrix of the mean."""
    (one,) = _started([sampler], [child(seed, 0)])
    parts: list[tuple[Array, Array, Array]] = [(np.empty(0), np.empty(0), np.empty(0))] * math.ceil(draws / BATCH)

    def work(batch: int) -> None:
        numbers = Numbers.drawn(sampler.n, BATCH, np.random.default_rng(child(seed, 1, batch)))
        pairs = sampler.pairs(numbers)
        weight = np.exp(pairs.log_weight - sampler.log_scale)
        first = np.einsum("di,dik->dk", weight, pairs.plane)
        parts[batch] = weight.sum(axis=1), first, np.einsum("di,dik,dil->kl", weight, pairs.plane, pairs.plane)

    with one_blas_thread():
        run_in_threads(work, range(len(parts)))
    weight, first = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    one.add(weight)
    if one.seen < _FEWEST_SEEN:
        raise _too_rare(limit, one.draws)
    total = weight.sum()
    mean = first.sum(axis=0) / total
    covariance = sum(p[2] for p in parts) / total - np.outer(mean, mean)
    residual = (first - weight[:, None] * mean) / total  # of the ratio of two sums
    return mean, np.asarray(covariance), residual.T @ residual


def _started(samplers: Sequence[Sampler], seeds: Sequence[np.random.SeedSequence]) -> list[Running]:
    """Tune all samplers and return empty sums."""

    def tune(place: int) -> None:
        numbers = Numbers.drawn(samplers[place].n, _TUNING, np.random.default_rng(seeds[place]))
        samplers[place].tune(numbers)

    with one_blas_thread():
        run_in_threads(tune, range(len(samplers)))
    return [Running(one.log_scale) for one in samplers]


def _in_threads(
    samplers: Sequence[Sampler], tasks: Sequence[tuple[np.random.SeedSequence, list[int]]]
) -> list[list[Array]]:
    """Return, for every task, the values of one batch for each of its samplers, in units of ``exp(log_scale)``."""
    results: list[list[Array]] = [[] for _ in tasks]

    def work(number: int) -> None:
        seed, places = tasks[number]
        numbers = Numbers.drawn(samplers[places[0]].n, BATCH, np.random.default_rng(seed))
        results[number] = [np.exp(samplers[p].log_values(numbers) - samplers[p].log_scale) for p in places]

    with one_blas_thread():
        run_in_threads(work, range(len(tasks)))
    return results


def _needed(one: Running, accuracy: float, least: float, limit: Limit) -> float:
    """Return the number of draws that the accuracy needs."""
    if one.seen >= _FEWEST_SEEN or one.value < least:
        return one.draws * (one.error / max(one.value, least) / accuracy) ** 2
    if one.draws > 50 * _FIRST * BATCH:
        raise _too_rare(limit, one.draws)
    return 3.0 * one.draws


def _too_rare(limit: Limit, draws: int) -> TooRareError:
    return TooRareError(
        f"{limit.what}: too few of {draws} draws are pairs of these indices and energies at n = {limit.n}, so that "
        "their mean number is unknown; they are very rare. Give wider energies, other indices or another overlap"
    )
