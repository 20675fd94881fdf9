"""How measurements become evidence: a mean, a probability, an identity, or an extrapolated limit."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from validation.evidence import (
    CONFIDENCE,
    EQUIVALENCE_LEVEL,
    Array,
    Evidence,
    Point,
    Sample,
    mean_point,
    samples_needed,
    together,
)
from validation.resampling import RESAMPLES, maximal_t


class Estimator(Protocol):
    """How measurements become evidence; one of the classes below."""

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence) -> Evidence:
        """Weigh the samples of all series against their predictions."""
        ...


_FEWEST_EXCEPTIONS = 10
_NO_SPREAD = (
    "some number was the same in nearly every sample, so its error is unknown; state it as an Identity or a Proportion"
)


def _exceptions(values: Array) -> NDArray[np.int_]:
    """Count, per column, the samples that differ from the most frequent value."""
    return np.array([len(column) - np.unique(column, return_counts=True)[1].max() for column in values.T])


def _too_skewed(values: Array, alpha: float) -> bool:
    """Whether skewness beyond that of normal numbers by chance doubles a tail of Student's t at level ``alpha``.

    To first order in 1/sqrt(m) the tail beyond z changes by ``skewness z (2 z^2 + 1) / (6 sqrt(m))``, relative
    (Hall, The Bootstrap and Edgeworth Expansion, 1992, eq. 2.55 and below, with the tail phi(z)/z).
    """
    z = -float(special.ndtri(alpha / 2))
    centred = values - values.mean()
    skewness = float((centred**3).mean() / (centred**2).mean() ** 1.5)
    by_chance = 3 * math.sqrt(6 / len(values))
    return abs(skewness) > max(by_chance, 6 * math.sqrt(len(values)) / (z * (2 * z**2 + 1)))


@dataclass(frozen=True)
class Mean:
    """Means over disorder samples: Student's t for one number, a bootstrapped max-t band for several.

    The numbers of one sample are correlated, so a curve is judged whole: the largest studentised
    deviation is compared with its bootstrap law over samples (Romano & Wolf 2005). So is one number whose
    skewness would distort Student's tail at the error level. Series are independent and share the error level
    equally. Only the test of the prediction is over the whole curve; the tests of equivalence are one a number,
    as all of them have to pass.
    """

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence) -> Evidence:
        """Weigh the samples of all series against their predictions."""
        points: list[Point] = []
        p_values: list[float] = []
        for sample in samples:
            found, p_value = self._series(sample, alpha / len(samples), seed)
            points += found
            p_values.append(p_value)
        still = any(point.standard_error == 0 for point in points)
        return together(points, p_values, _NO_SPREAD if still else "")

    def _series(self, sample: Sample, alpha: float, seed: np.random.SeedSequence) -> tuple[list[Point], float]:
        values = sample.values
        count, components = values.shape
        mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(count)
        # Where hardly a sample differs from the rest, its spread says nothing about the error.
        error = np.where(_exceptions(values) < _FEWEST_EXCEPTIONS, 0.0, error)
        freedom = count - 1
        quantile = float(special.stdtrit(freedom, 1 - EQUIVALENCE_LEVEL))
        if components == 1 and not (error[0] > 0 and _too_skewed(values[:, 0], alpha)):
            point = mean_point(float(mean[0]), float(error[0]), freedom, sample, 0, alpha, quantile)
            return [point], point.p_value
        # The smallest p-value that resampling can give must lie well below the error level.
        maxima = maximal_t(values[:, error > 0], seed, max(RESAMPLES, math.ceil(10 / alpha)))
        if components > 1:
            quantile = float(np.quantile(maxima, CONFIDENCE, method="higher"))
        points = [
            mean_point(float(mean[k]), float(error[k]), freedom, sample, k, alpha, quantile) for k in range(components)
        ]
        beyond = [
            max(point.null[0] - point.estimate, point.estimate - point.null[1]) / point.standard_error
            for point in points
            if point.standard_error > 0
        ]
        largest = max(beyond, default=-math.inf)
        p_value = (1 + int(np.sum(maxima >= largest))) / (1 + len(maxima)) if largest > 0 else 1.0
        return points, p_value


@dataclass(frozen=True)
class Proportion:
    """The probability of an event, one 0 or 1 per disorder sample: exact binomial tests.

    Intervals are those of Clopper & Pearson (1934). Rare events need this: where none was seen a mean has no
    spread, yet none seen is evidence. Where the prediction is above 0, so must be the least that is tolerated,
    or finding nothing would pass.
    """

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
        share = alpha / sum(sample.values.shape[1] for sample in samples)
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


@dataclass(frozen=True)
class Extrapolation:
    """A limit read off by several forms of extrapolation, each linear in the series' means.

    ``forms(parameters)`` takes the parameters of all series and maps the name of each form (its law and fit
    window) to one weight vector of shape (components,) per series; the form's estimate is
    ``sum_s weights_s . mean_s``. The limit's estimate is the middle of the forms; half their spread is a bias
    bound, added to whatever the claim states.
    """

    forms: Callable[[Sequence[Mapping[str, Any]]], Mapping[str, Sequence[Array]]]

    def evidence(self, samples: Sequence[Sample], alpha: float, seed: np.random.SeedSequence) -> Evidence:  # noqa: ARG002
        """Weigh the extrapolated limit against its prediction, the same for all series."""
        forms = self.forms([sample.parameters for sample in samples])
        if len(forms) < 2:
            raise ValueError("an extrapolation needs at least two forms: one alone says nothing about its bias")
        estimates, errors = [], []
        for weights in forms.values():
            pairs = [(sample.values @ w) for sample, w in zip(samples, weights, strict=True)]
            estimates.append(sum(float(v.mean()) for v in pairs))
            errors.append(math.sqrt(sum(float(v.var(ddof=1)) / len(v) for v in pairs)))
        middle, spread = (max(estimates) + min(estimates)) / 2, (max(estimates) - min(estimates)) / 2
        first = samples[0]
        if any((sample.low != first.low[0]).any() or (sample.high != first.high[0]).any() for sample in samples):
            raise ValueError(
                "an extrapolation has one limit, so that predict must give the same number for every series "
                "and component"
            )
        most, freedom = max(len(s.values) for s in samples), min(len(s.values) for s in samples) - 1
        quantile = float(special.stdtrit(freedom, 1 - EQUIVALENCE_LEVEL))
        widened = Sample(
            first.values, first.low, first.high, first.bias + spread, first.delta - spread, first.parameters
        )
        plain = mean_point(middle, max(errors), freedom, widened, 0, alpha, quantile)
        delta = float(first.delta[0])
        point = Point(
            middle,
            plain.standard_error,
            (plain.interval[0] - spread, plain.interval[1] + spread),
            plain.predicted,
            plain.null,
            (plain.predicted[0] - delta, plain.predicted[1] + delta),
            plain.p_value,
            plain.p_equivalence if spread <= delta / 2 else 1.0,
            sum(len(sample.values) for sample in samples),
            # Of the largest series, the others in proportion: the spread of the forms stays what it is.
            None if plain.needed is None else math.ceil(plain.needed * most / len(first.values)),
        )
        names = ", ".join(f"{name}: {value:.4g}" for name, value in zip(forms, estimates, strict=True))
        reason = f"extrapolations by {names}; half spread {spread:.2g}"
        if spread > delta / 2:
            reason += f", too much for delta = {delta:.2g} however many samples there are"
        return together([point], [point.p_value], reason)
