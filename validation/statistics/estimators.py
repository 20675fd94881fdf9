"""Estimators that test measurements against predictions: means, probabilities, and identities."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from spinglass._common.types import Array
from validation.series import Series
from validation.statistics.evidence import (
    CONFIDENCE,
    EQUIVALENCE_LEVEL,
    Evidence,
    Point,
    Sample,
    errors_beyond,
    mean_point,
    samples_needed,
    together,
)
from validation.statistics.nearly_constant import NO_SPREAD, bounded_point, nearly_constant
from validation.statistics.resampling import (
    SMALLEST_LEVEL,
    cautious_rows,
    combined_t,
    maximal_t,
    resamples_for,
    tail,
    too_skewed,
)


class Estimator(Protocol):
    """A statistical test of measurements: one of the classes below, or :class:`validation.Extrapolation`."""

    def check(self, series: Sequence[Series]) -> None:
        """Check that the test can be applied.

        Parameters
        ----------
        series : sequence of Series
            The series of one effort.

        Raises
        ------
        ValueError
            If the test cannot be applied to these series.
        """
        ...

    def smallest_level(self, series: Sequence[Series], /) -> float:
        """Return the smallest error level at which the test can refute a wrong prediction.

        Parameters
        ----------
        series : sequence of Series
            The series of one effort.

        Returns
        -------
        float
            An error level, between 0 and 1.
        """
        ...

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence, /) -> Evidence:
        """Test the samples of all series against their predictions.

        Parameters
        ----------
        samples : sequence of Sample
            The measured values of each series, with its prediction.
        alpha : float
            Error level of the claim.
        seed : SeedSequence
            Source of random numbers for the bootstrap.

        Returns
        -------
        Evidence
            Estimates, intervals and p-values.
        """
        ...


# Few samples of a skewed number look less skewed than it is. Where only its equivalence is tested, at level 0.01, its
# skewness is therefore judged at a smaller level.
_LEVEL_OF_SKEWNESS = EQUIVALENCE_LEVEL / 10


def _law(values: Array, level: float, seed: np.random.SeedSequence, measured: float) -> Array | None:
    """Return the bootstrap distribution of a studentised deviation; None if Student's t is accurate enough."""
    one = np.ones((1, 1))
    if not too_skewed([values], one[0], min(level, _LEVEL_OF_SKEWNESS)):
        return None
    return combined_t([values], one, seed, resamples_for(level), measured, [cautious_rows(len(values))])


@dataclass(frozen=True)
class Mean:
    """Means over disorder samples, tested by Student's t or, for several numbers, by the bootstrap of the maximal t.

    The numbers of one sample are correlated, so that a curve is tested as a whole: the largest studentised deviation
    is compared with its bootstrap distribution over samples [1]_. A single number is tested by the bootstrap as well
    if its skewness would distort the tail of Student's t at the error level. Series are independent and share the
    error level equally. The tests of equivalence are made separately for each number, since all of them must pass.

    The standard error of a number that is the same in nearly every sample is unknown: a rare large value may be missing
    from the samples. If ``between`` is given, such a number is tested exactly
    (:mod:`validation.statistics.nearly_constant`), at half of the series' error level. Otherwise the claim is
    undecided.

    Parameters
    ----------
    between
        Two bounds that no measured number can exceed, such as (0, 1) for a fraction. Default None: no bounds.

    Raises
    ------
    ValueError
        If ``between`` is not a pair of finite numbers in increasing order.

    References
    ----------
    .. [1] J. P. Romano and M. Wolf, Econometrica 73, 1237 (2005), eq. (8).

    Examples
    --------
    >>> Mean(between=(0, 1))
    Mean(between=(0, 1))
    """

    between: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.between is not None and not -math.inf < self.between[0] < self.between[1] < math.inf:
            raise ValueError(
                f"between must be two finite bounds in increasing order, such as (0, 1); given {self.between!r}"
            )

    def check(self, series: Sequence[Series]) -> None:
        """Accept any series."""

    def smallest_level(self, series: Sequence[Series]) -> float:
        """Return the smallest p-value that the bootstrap can reach in reasonable time."""
        return SMALLEST_LEVEL * len(series)

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence) -> Evidence:
        """Test all series against their predictions; ``ValueError`` if a number is outside ``between``."""
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
        """Test nearly constant numbers by their bounds; the p-value allows for the choice of test by the data."""
        assert self.between is not None
        if sample.values.min() < self.between[0] or sample.values.max() > self.between[1]:
            raise ValueError(
                f"measured numbers lie between {sample.values.min():g} and {sample.values.max():g}, outside the "
                f"bounds {self.between} of the claim"
            )
        exact = {k: bounded_point(sample, k, self.between) for k in np.flatnonzero(still).tolist()}
        if exact:
            # Bonferroni's factor counts all numbers, because how many are tested exactly depends on the data.
            p_value = min(p_value, len(points) * min(point.p_value for point in exact.values()))
        return [exact.get(k, point) for k, point in enumerate(points)], min(1.0, 2 * p_value)

    def _spread(
        self, sample: Sample, still: NDArray[np.bool_], alpha: float, seed: np.random.SeedSequence
    ) -> tuple[list[Point], float]:
        """Test the numbers that vary by their standard errors; the standard error of the others is set to 0."""
        values = sample.values
        count, components = values.shape
        mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(count)
        still = still | (error == 0)  # squares of tiny numbers underflow to 0
        error = np.where(still, 0.0, error)
        low, high = sample.low - sample.bias, sample.high + sample.bias
        beyond = np.where(still, -math.inf, errors_beyond(mean, np.where(still, 1.0, error), low, high))
        freedom = count - 1
        quantile = float(special.stdtrit(freedom, 1 - EQUIVALENCE_LEVEL))
        level = alpha if components == 1 else EQUIVALENCE_LEVEL  # of the tests made separately for each number
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
    """The probability of an event, measured as 0 or 1 per disorder sample and tested by exact binomial tests.

    Intervals are those of Clopper and Pearson [1]_. For rare events: if no event was observed, the standard error
    of a mean is 0, although the absence of events is evidence. If the predicted probability is positive, it must be
    larger than ``delta``, otherwise observing no event would be accepted.

    References
    ----------
    .. [1] C. J. Clopper and E. S. Pearson, Biometrika 26, 404 (1934).

    Examples
    --------
    >>> Proportion()
    Proportion()
    """

    def check(self, series: Sequence[Series]) -> None:
        """Accept any series."""

    def smallest_level(self, series: Sequence[Series]) -> float:
        """Return ``2^(1-m)``: for any probability, 0 or m events among m samples have at most this p-value."""
        return len(series) * 2.0 ** (1 - min(one.samples for one in series))

    def evidence(self, samples: Sequence[Sample], alpha: float, _seed: np.random.SeedSequence) -> Evidence:
        """Test the counts of all series against their probabilities.

        Raises
        ------
        ValueError
            If a measured number is neither 0 nor 1, or a prediction is no probability or could not be refuted.
        """
        if any(not np.isin(sample.values, (0.0, 1.0)).all() for sample in samples):
            raise ValueError("a Proportion must be measured as 0 or 1 per sample; use Mean for other numbers")
        for sample in samples:
            if ((sample.low > 0) & (sample.low <= sample.delta)).any():
                raise ValueError(
                    "delta tolerates a probability of 0, so that observing no event would be accepted although "
                    f"{sample.low.min():.3g} is predicted; use a smaller delta (it is relative to the larger end)"
                )
            if sample.low.min() < 0 or sample.high.max() > 1:
                raise ValueError(
                    f"a Proportion must be compared with probabilities; predicted {sample.low.min():g} to "
                    f"{sample.high.max():g}"
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
    """Raise ``ValueError`` if a predicted range is so wide that no number of events could refute it."""
    count = len(sample.values)
    for low, high in zip(sample.low - sample.bias, sample.high + sample.bias, strict=True):
        if 2 * min(_at_least(count, count, high), _at_least(count, count, 1 - low)) > alpha:
            raise ValueError(
                f"no number of events in {count} samples refutes a probability of {low:.3g} to {high:.3g} at the error "
                f"level {alpha:.1g}; use more samples or a narrower range"
            )


def _at_least(hits: int, count: int, probability: float) -> float:
    # P(X >= hits) for a binomial X is an incomplete beta function.
    if hits == 0:
        return 1.0
    return float(special.betainc(hits, count - hits + 1, min(max(probability, 0.0), 1.0)))


def _binomial_quantile(hits: int, count: int, level: float) -> float:
    return 0.0 if hits == 0 else float(special.betaincinv(hits, count - hits + 1, level))


@dataclass(frozen=True)
class Identity:
    """An equality up to rounding: the largest relative error is compared with the predicted bound on it.

    ``measure`` returns relative errors and ``predict`` the bound on them. Chance plays no part.

    Examples
    --------
    >>> Identity().smallest_level([])
    0.0
    """

    def check(self, series: Sequence[Series]) -> None:
        """Accept any series."""

    def smallest_level(self, _series: Sequence[Series]) -> float:
        """Return 0: a single error above its bound refutes the identity."""
        return 0.0

    def evidence(self, samples: Sequence[Sample], _alpha: float, _seed: np.random.SeedSequence) -> Evidence:
        """Compare the largest errors of all series with their bounds; ``p_value`` is 0 if one exceeds its bound."""
        points = []
        coarse = False
        for sample in samples:
            for k, worst in enumerate(np.abs(sample.values).max(axis=0)):
                bound = float(sample.high[k])
                holds = worst <= bound
                # A bound above delta / 2 could hide deviations that the claim must detect.
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
        reason = "the bound on rounding errors is more than half of delta at these sizes" if coarse else ""
        p_value = min(point.p_value for point in points)
        return Evidence(tuple(points), p_value, max(point.p_equivalence for point in points), reason)
