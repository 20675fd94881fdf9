"""How measurements become evidence: a mean, a probability, or an identity."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from validation.series import Series
from validation.statistics.evidence import (
    CONFIDENCE,
    EQUIVALENCE_LEVEL,
    Array,
    Evidence,
    Point,
    Sample,
    errors_beyond,
    mean_point,
    samples_needed,
    together,
)
from validation.statistics.nearly_constant import NO_SPREAD, bounded_point, nearly_constant
from validation.statistics.resampling import SMALLEST_LEVEL, combined_t, maximal_t, resamples_for, tail, too_skewed


class Estimator(Protocol):
    """How measurements become evidence: one of the classes below, or :class:`validation.Extrapolation`."""

    def check(self, series: Sequence[Series]) -> None:
        """Raise ``ValueError`` unless these series can be judged."""
        ...

    def smallest_level(self, series: Sequence[Series]) -> float:
        """Return the smallest error level at which these series can be told from a wrong prediction at all."""
        ...

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence) -> Evidence:
        """Weigh the samples of all series against their predictions."""
        ...


def _law(values: Array, level: float, seed: np.random.SeedSequence, measured: float) -> Array | None:
    """Return the bootstrapped law of one number's studentised deviation where Student's t errs at this level."""
    one = np.ones((1, 1))
    if not too_skewed([values], one[0], level):
        return None
    return combined_t([values], one, seed, resamples_for(level), measured)


@dataclass(frozen=True)
class Mean:
    """Means over disorder samples: Student's t for one number, a bootstrapped max-t band for several.

    The numbers of one sample are correlated, so a curve is judged whole: the largest studentised
    deviation is compared with its bootstrap law over samples (Romano & Wolf 2005). So is one number whose
    skewness would distort Student's tail at the error level. Series are independent and share the error level
    equally. Only the test of the prediction is over the whole curve; the tests of equivalence are one a number,
    as all of them have to pass.

    A number that is the same in nearly every sample has no error bar: a rare large value may be all that is missing,
    however many samples there are. ``between`` states ends that no measured number can leave, such as (0, 1) for a
    fraction; such a number is then judged by an exact test (:mod:`validation.statistics.nearly_constant`), which
    takes half of the series' error level. Without it the claim stays undecided.

    Raises
    ------
    ValueError
        If ``between`` is not two finite ends in order.

    Examples
    --------
    >>> Mean(between=(0, 1))
    Mean(between=(0, 1))
    """

    between: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.between is not None and not -math.inf < self.between[0] < self.between[1] < math.inf:
            raise ValueError(f"between takes two finite ends in order, such as (0, 1); given {self.between!r}")

    def check(self, series: Sequence[Series]) -> None:
        """Accept any series."""

    def smallest_level(self, series: Sequence[Series]) -> float:
        """Return what resampling, which a skewed number or a curve needs, can reach in reasonable time."""
        return SMALLEST_LEVEL * len(series)

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence) -> Evidence:
        """Weigh the samples of all series against their predictions."""
        points: list[Point] = []
        p_values: list[float] = []
        for sample in samples:
            share = alpha / len(samples)
            still = nearly_constant(sample.values, sample.delta, share)
            found, p_value = self._spread(sample, still, share, seed)
            if self.between is not None:
                found, p_value = self._within_ends(sample, still, found, p_value)
            points += found
            p_values.append(p_value)
        unknown = any(point.standard_error == 0 for point in points)
        return together(points, p_values, NO_SPREAD if unknown else "")

    def _within_ends(
        self, sample: Sample, still: NDArray[np.bool_], points: list[Point], p_value: float
    ) -> tuple[list[Point], float]:
        """Judge the nearly constant numbers by their ends, and combine; which test it is depends on the data."""
        assert self.between is not None
        if sample.values.min() < self.between[0] or sample.values.max() > self.between[1]:
            raise ValueError(
                f"measured numbers lie between {sample.values.min():g} and {sample.values.max():g}, outside of the "
                f"ends {self.between} that the claim states"
            )
        exact = {k: bounded_point(sample, k, self.between) for k in np.flatnonzero(still).tolist()}
        if exact:
            # Bonferroni's factor is that of all numbers: how many are judged so depends on the data as well.
            p_value = min(p_value, len(points) * min(point.p_value for point in exact.values()))
        return [exact.get(k, point) for k, point in enumerate(points)], min(1.0, 2 * p_value)

    def _spread(
        self, sample: Sample, still: NDArray[np.bool_], alpha: float, seed: np.random.SeedSequence
    ) -> tuple[list[Point], float]:
        """Judge the numbers that vary by their spread; the others get no error."""
        values = sample.values
        count, components = values.shape
        mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(count)
        still = still | (error == 0)  # of tiny numbers the squares are 0
        error = np.where(still, 0.0, error)
        low, high = sample.low - sample.bias, sample.high + sample.bias
        beyond = np.where(still, -math.inf, errors_beyond(mean, np.where(still, 1.0, error), low, high))
        freedom = count - 1
        quantile = float(special.stdtrit(freedom, 1 - EQUIVALENCE_LEVEL))
        level = alpha if components == 1 else EQUIVALENCE_LEVEL  # of the tests that each number passes alone
        laws = [None if still[k] else _law(values[:, k], level, seed, float(beyond[k])) for k in range(components)]
        if components == 1:
            point = mean_point(float(mean[0]), float(error[0]), freedom, sample, 0, alpha, quantile, laws[0])
            return [point], point.p_value
        largest = float(beyond.max())
        maxima = maximal_t(values[:, ~still], seed, resamples_for(alpha), largest)
        quantile = float(np.quantile(maxima, CONFIDENCE, method="higher"))
        points = [
            mean_point(float(mean[k]), float(error[k]), freedom, sample, k, alpha, quantile, laws[k])
            for k in range(components)
        ]
        p_value = tail(maxima, largest) if largest > 0 else 1.0
        return points, p_value


@dataclass(frozen=True)
class Proportion:
    """The probability of an event, one 0 or 1 per disorder sample: exact binomial tests.

    Intervals are those of Clopper & Pearson (1934). Rare events need this: where none was seen a mean has no
    spread, yet none seen is evidence. Where the prediction is above 0, so must be the least that is tolerated,
    or finding nothing would pass.
    """

    def check(self, series: Sequence[Series]) -> None:
        """Accept any series."""

    def smallest_level(self, series: Sequence[Series]) -> float:
        """Return the p-value that one of the counts 0 and m has at most, ``2^(1-m)``, for any one probability."""
        return len(series) * 2.0 ** (1 - min(one.samples for one in series))

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence) -> Evidence:  # noqa: ARG002
        """Weigh the samples of all series against their predictions."""
        if any(not np.isin(sample.values, (0.0, 1.0)).all() for sample in samples):
            raise ValueError("a Proportion is measured by 0 or 1 per sample; use Mean for other numbers")
        for sample in samples:
            if ((sample.low > 0) & (sample.low <= sample.delta)).any():
                raise ValueError(
                    "delta reaches down to a probability of 0, so that finding nothing would pass where "
                    f"{sample.low.min():.3g} is predicted; use a smaller delta: it counts relative to the larger end"
                )
            if sample.low.min() < 0 or sample.high.max() > 1:
                raise ValueError(
                    f"a Proportion is held against probabilities; given {sample.low.min():g} to {sample.high.max():g}"
                )
        share = alpha / sum(sample.values.shape[1] for sample in samples)
        for sample in samples:
            _check_range(sample, share)
        points = [self._point(sample, k, share) for sample in samples for k in range(sample.values.shape[1])]
        return together(points, [point.p_value for point in points])

    def _point(self, sample: Sample, k: int, alpha: float) -> Point:
        count, hits = len(sample.values), int(sample.values[:, k].sum())
        low, high = float(sample.low[k]), float(sample.high[k])
        bias, delta = float(sample.bias[k]), float(sample.delta[k])
        null, tolerated = (low - bias, high + bias), (low - delta, high + delta)
        estimate = hits / count
        spread = max(estimate * (1 - estimate), 1 / count)
        error = math.sqrt(spread / count)
        return Point(
            estimate,
            error,
            (
                _binomial_quantile(hits, count, EQUIVALENCE_LEVEL),
                1 - _binomial_quantile(count - hits, count, EQUIVALENCE_LEVEL),
            ),
            (low, high),
            null,
            tolerated,
            min(1.0, 2 * min(_at_least(hits, count, null[1]), _at_least(count - hits, count, 1 - null[0]))),
            max(
                _at_least(count - hits, count, 1 - tolerated[1]) if tolerated[1] < 1 else 0.0,
                _at_least(hits, count, tolerated[0]) if tolerated[0] > 0 else 0.0,
            ),
            count,
            samples_needed(count, error, max(low - estimate, estimate - high, 0.0), bias, delta, alpha),
        )


def _check_range(sample: Sample, alpha: float) -> None:
    """Raise ``ValueError`` where a range is so wide that no count could refute it."""
    count = len(sample.values)
    for low, high in zip(sample.low - sample.bias, sample.high + sample.bias, strict=True):
        if 2 * min(_at_least(count, count, high), _at_least(count, count, 1 - low)) > alpha:
            raise ValueError(
                f"no count of {count} samples refutes a probability of {low:.3g} to {high:.3g} at the error level "
                f"{alpha:.1g}; give more samples or a narrower range"
            )


def _at_least(hits: int, count: int, probability: float) -> float:
    # P(X >= hits) for a binomial X; its tail is an incomplete beta function.
    if hits == 0:
        return 1.0
    return float(special.betainc(hits, count - hits + 1, min(max(probability, 0.0), 1.0)))


def _binomial_quantile(hits: int, count: int, level: float) -> float:
    return 0.0 if hits == 0 else float(special.betaincinv(hits, count - hits + 1, level))


@dataclass(frozen=True)
class Identity:
    """An equality up to rounding: the largest relative error beside the predicted bound on it."""

    def check(self, series: Sequence[Series]) -> None:
        """Accept any series."""

    def smallest_level(self, series: Sequence[Series]) -> float:  # noqa: ARG002
        """Return 0: an error beyond its bound is enough, chance plays no part."""
        return 0.0

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence) -> Evidence:  # noqa: ARG002
        """Weigh the samples of all series against their bounds."""
        points = []
        coarse = False
        for sample in samples:
            for k, worst in enumerate(np.abs(sample.values).max(axis=0)):
                bound = float(sample.high[k])
                holds = worst <= bound
                # A bound that lets through what delta should have caught decides nothing.
                fine = bound <= float(sample.delta[k]) / 2
                coarse = coarse or not fine
                points.append(
                    Point(
                        float(worst),
                        0.0,
                        (float(worst), float(worst)),
                        (0.0, bound),
                        (0.0, bound),
                        (-bound, bound),
                        1.0 if holds else 0.0,
                        0.0 if holds and fine else 1.0,
                        len(sample.values),
                    )
                )
        reason = "the rounding bound is more than half of delta at these sizes" if coarse else ""
        p_value = min(point.p_value for point in points)
        return Evidence(tuple(points), p_value, max(point.p_equivalence for point in points), reason)
