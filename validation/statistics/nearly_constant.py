"""Numbers that are the same in nearly every sample: no spread to speak of, yet within known ends they are evidence."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from validation.statistics.evidence import EQUIVALENCE_LEVEL, Array, Point, Range, Sample

NO_SPREAD = (
    "some number was the same in nearly every sample, so its error is unknown; state it as an Identity or a "
    "Proportion, or give the ends that it cannot leave: Mean(between=(low, high))"
)
_FEWEST_EXCEPTIONS = 10
_ROUNDING = 1e-9


def nearly_constant(values: Array, delta: Array, alpha: float) -> NDArray[np.bool_]:
    """Say, per column, whether too few samples differ from the usual value for an error bar.

    A resample leaves out all of k exceptions with probability ``(1 - k/m)^m < e^-k``, and then has no spread at all:
    below that no p-value of resampling can come. So ``e^-k`` has to be a tenth of ``alpha``. Differences of less than
    1e-9 of ``delta`` are taken for rounding, whose spread is no error bar either.
    """
    fewest = max(_FEWEST_EXCEPTIONS, math.ceil(math.log(10 / alpha)))
    return np.array([_exceptions(column, _ROUNDING * d)[1] < fewest for column, d in zip(values.T, delta, strict=True)])


def _exceptions(column: Array, tolerance: float) -> tuple[float, int]:
    """Return the usual value, the median where nearly all samples have it, and how many have another."""
    usual = float(np.median(column))
    return usual, int(np.count_nonzero(np.abs(column - usual) > tolerance))


def bounded_point(sample: Sample, k: int, between: Range) -> Point:
    r"""Hold component ``k`` against its prediction by nothing but how often its usual value came, and its ends.

    With v the usual value and ``q = P(X != v)``, ``v - q (v - low) <= E X <= v + q (high - v)``: a mean that
    is further from v asks for more exceptions. Of k or fewer exceptions among m samples, v chosen after the
    fact, the probability is at most ``m/(m-k) P(Bin(m-1, q) <= k)``: ``P(N_v >= m-k) <= E[N_v; N_v >= m-k]/(m-k) =
    m/(m-k) P(X_1 = v) P(Bin(m-1, q) <= k)``, and the ``P(X_1 = v)`` sum to 1. So both tests are exact for every law
    within the ends: of samples that are all 1 nothing follows about a probability of 0.999.
    """
    column = sample.values[:, k]
    low, high = float(sample.low[k]), float(sample.high[k])
    bias, delta = float(sample.bias[k]), float(sample.delta[k])
    count = len(column)
    value, exceptions = _exceptions(column, _ROUNDING * delta)
    null, tolerated = (low - bias, high + bias), (low - delta, high + delta)

    def chance(least: float) -> float:
        return min(1.0, count / (count - exceptions) * float(special.bdtr(exceptions, count - 1, least)))

    off = min(_least(value, end, between) for end in null)
    inside = tolerated[0] < value < tolerated[1]
    least = min(_least(value, end, between) for end in tolerated) if inside else 0.0
    level = EQUIVALENCE_LEVEL * (count - exceptions) / count  # where chance(most) is the level of equivalence
    most = float(special.betaincinv(exceptions + 1, count - 1 - exceptions, 1 - level))
    return Point(
        float(column.mean()),
        (between[1] - between[0]) * max(1.0, math.sqrt(exceptions)) / count,
        (value - most * (value - between[0]), value + most * (between[1] - value)),
        (low, high),
        null,
        tolerated,
        1.0 if null[0] <= value <= null[1] else chance(off),
        chance(least) if inside else 1.0,
        count,
        _enough(count, exceptions, least) if inside else None,
    )


def _enough(count: int, exceptions: int, least: float) -> int | None:
    """Return how many samples would show exceptions to be rarer than ``least`` if as many in a hundred came again."""
    factors = np.geomspace(1, 1e6, 1000)
    chances = special.betainc(factors * (count - exceptions), factors * exceptions + 1, 1 - least)
    good = np.flatnonzero(chances < EQUIVALENCE_LEVEL)
    return math.ceil(count * factors[good[0]]) if good.size else None


def _least(value: float, mean: float, between: Range) -> float:
    """Return the least probability of an exception with which the mean can be this far from the usual value."""
    room = value - between[0] if mean < value else between[1] - value
    return min(1.0, abs(mean - value) / room) if room > 0 else 1.0
