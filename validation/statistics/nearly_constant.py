"""Exact tests of numbers that are the same in nearly every sample and have known bounds."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from spinglass._common.types import Array
from validation.statistics.evidence import EQUIVALENCE_LEVEL, Point, Range, Sample

NO_SPREAD = (
    "some number was the same in nearly every sample, so its standard error is unknown; use an Identity or a "
    "Proportion, or give bounds on the number: Mean(between=(low, high))"
)
_FEWEST_EXCEPTIONS = 10
_ROUNDING = 1e-9


def nearly_constant(values: Array, delta: Array, alpha: float) -> NDArray[np.bool_]:
    """Return, for each column, whether too few samples differ from the most common value to estimate an error.

    A resample contains none of k exceptions with probability ``(1 - k/m)^m < e^-k`` and then has no spread, so that
    the bootstrap cannot give smaller p-values. Therefore at least 10 exceptions are required, and ``e^-k`` must be at
    most a tenth of ``alpha``. Differences smaller than 1e-9 of ``delta`` are taken as rounding errors.

    Parameters
    ----------
    values
        Measurements, shape (samples, components).
    delta
        Resolution, shape (components,).
    alpha
        Error level.

    Returns
    -------
    ndarray of bool, shape (components,)
        True if the number is nearly constant.
    """
    fewest = max(_FEWEST_EXCEPTIONS, math.ceil(math.log(10 / alpha)))
    return np.array([_exceptions(column, _ROUNDING * d)[1] < fewest for column, d in zip(values.T, delta, strict=True)])


def _exceptions(column: Array, tolerance: float) -> tuple[float, int]:
    """Return the most common value, which is the median here, and the number of samples with another value."""
    usual = float(np.median(column))
    return usual, int(np.count_nonzero(np.abs(column - usual) > tolerance))


def bounded_point(sample: Sample, k: int, between: Range) -> Point:
    r"""Test a component by the number of samples that differ from its most common value, and by its bounds.

    Let v be the most common value and ``q = P(X != v)``. Then ``v - q (v - low) <= E X <= v + q (high - v)``, so that a
    mean far from v requires a large q. If v is chosen after seeing the data, the probability of k or fewer exceptions
    among m samples is at most ``m/(m-k) P(Bin(m-1, q) <= k)``: ``P(N_v >= m-k) <= E[N_v; N_v >= m-k]/(m-k) =
    m/(m-k) P(X_1 = v) P(Bin(m-1, q) <= k)``, and the ``P(X_1 = v)`` sum to 1. Both tests are therefore valid for every
    distribution within the bounds.

    Parameters
    ----------
    sample
        The series.
    k
        The component.
    between
        Lower and upper bound of every measured number.

    Returns
    -------
    Point
        The comparison.
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
    level = EQUIVALENCE_LEVEL * (count - exceptions) / count  # solves chance(most) = EQUIVALENCE_LEVEL
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
    """Return how many samples would show that exceptions are rarer than ``least``, at the observed fraction."""
    factors = np.geomspace(1, 1e6, 1000)
    chances = special.betainc(factors * (count - exceptions), factors * exceptions + 1, 1 - least)
    good = np.flatnonzero(chances < EQUIVALENCE_LEVEL)
    return math.ceil(count * factors[good[0]]) if good.size else None


def _least(value: float, mean: float, between: Range) -> float:
    """Return the smallest probability of an exception for which the mean can be this far from the usual value."""
    room = value - between[0] if mean < value else between[1] - value
    return min(1.0, abs(mean - value) / room) if room > 0 else 1.0
