"""Estimates, standard errors, and the two tests on which every verdict is based.

A claim states that a mean lies in a *null* range: the prediction, widened by a derived bias bound. The claim
*disagrees* if the test of this hypothesis has p < alpha. Otherwise it *agrees* if two one-sided tests at level 0.01
show that the mean deviates from the prediction by less than delta (Schuirmann 1987). Otherwise it is *undecided*.
Disorder samples are the independent units: each row of data is one sample.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from spinglass._common.types import Array
from validation.statistics.resampling import tail

Range = tuple[float, float]
Status = Literal["agrees", "disagrees", "undecided"]

EQUIVALENCE_LEVEL = 0.01
# Coverage of the interval of a single number; its claim agrees exactly if the interval lies within +-delta. For a
# curve, coverage of the simultaneous band.
CONFIDENCE = 1 - 2 * EQUIVALENCE_LEVEL
# With standard errors of delta/4.3 a correct theory agrees with probability 0.95: |Z| < 4.3 - 2.33.
PLANNED_RESOLUTION = 4.3
_HOPELESS = 1e6  # a standard error cannot be reduced by more than this factor


@dataclass(frozen=True)
class Sample:
    """The measurements of one series and the prediction of their mean.

    Attributes
    ----------
    values : ndarray, shape (samples, components)
        Measured numbers, one row per disorder sample.
    low, high : ndarray, shape (components,)
        Ends of the predicted range.
    bias, delta : ndarray, shape (components,)
        Bias bound and resolution, absolute, in the units of ``values``.
    parameters : mapping
        The parameters of the series.
    """

    values: Array
    low: Array
    high: Array
    bias: Array
    delta: Array
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Point:
    """One measured number and the ranges with which it is compared.

    Attributes
    ----------
    estimate : float
        The measured value.
    standard_error : float
        Its standard error over disorder samples; 0 if unknown, and for an identity.
    interval : tuple of float
        98% confidence interval; for a curve, the simultaneous band at this point.
    predicted : tuple of float
        Ends of the predicted range.
    null : tuple of float
        The predicted range, widened by the bias bound.
    tolerated : tuple of float
        The predicted range, widened by delta.
    p_value : float
        Of the test that the mean lies in ``null``.
    p_equivalence : float
        Of the test that the mean lies outside ``tolerated``.
    samples : int
        Number of disorder samples.
    needed : int or None
        Estimated number of samples for a decision; None if there is no such estimate.
    bounds : tuple of float or None
        The two confidence bounds, each at level 0.99 for this number alone, that the tests of equivalence compare with
        ``tolerated``; None (default) if they are the ends of ``interval``.
    spreads : mapping
        Of a limit of large systems, the half widths by which its interval is larger than statistics alone require, by
        name: ``"laws of approach"``, half the range of the limits fitted to all sizes, and ``"sizes"``, what fits
        without the smallest size add to it. Default: none.
    """

    estimate: float
    standard_error: float
    interval: Range
    predicted: Range
    null: Range
    tolerated: Range
    p_value: float
    p_equivalence: float
    samples: int
    needed: int | None = None
    bounds: Range | None = None
    spreads: Mapping[str, float] = field(default_factory=dict)

    @property
    def resolution(self) -> float:
        """The largest deviation from the predicted range that is not ruled out at level 0.01, in units of delta.

        The tests of equivalence would agree at any larger delta. It is 0 if both confidence bounds are inside the
        predicted range, and NaN if the standard error is unknown.
        """
        return max(self._reach[0], 0.0)

    @property
    def resolution_parts(self) -> dict[str, float]:
        """What the resolution is made of, in units of delta; the parts add up to it if it is not 0.

        ``"deviation"`` is the distance of the estimate from the predicted range (negative inside a range),
        ``"statistics"`` the half width of the confidence interval, and ``spreads`` follow.
        """
        reach, deviation = self._reach
        delta = self.tolerated[1] - self.predicted[1]
        spreads = {name: spread / delta for name, spread in self.spreads.items()}
        return {"deviation": deviation, "statistics": reach - deviation - sum(spreads.values()), **spreads}

    @property
    def _reach(self) -> tuple[float, float]:
        """How far the farther bound and the estimate are beyond the predicted range, in units of delta."""
        low, high = self.bounds or self.interval
        delta = self.tolerated[1] - self.predicted[1]
        if not delta > 0:
            return math.nan, math.nan
        below = (self.predicted[0] - low, self.predicted[0] - self.estimate)
        above = (high - self.predicted[1], self.estimate - self.predicted[1])
        reach, deviation = max(below, above)
        return reach / delta, deviation / delta

    @property
    def strain(self) -> float:
        """Distance of the estimate from the middle of the prediction, in units of the tolerated distance."""
        low, high = self.tolerated
        return abs(self.estimate - (low + high) / 2) / max((high - low) / 2, np.finfo(float).tiny)


@dataclass(frozen=True)
class Evidence:
    """All compared numbers of a claim and the p-values of both tests of the whole claim.

    Attributes
    ----------
    points : tuple of Point
        The compared numbers.
    p_value : float
        Of the test of the prediction, over all numbers.
    p_equivalence : float
        Of the tests of equivalence, over all numbers.
    reason : str
        An explanation for the user, or an empty text.
    p_values : tuple of float
        The p-values that ``p_value`` combines: one per series or, for proportions, one per number.
    """

    points: tuple[Point, ...]
    p_value: float
    p_equivalence: float
    reason: str = ""
    p_values: tuple[float, ...] = ()

    def status(self, alpha: float) -> Status:
        """Return ``"agrees"``, ``"disagrees"`` or ``"undecided"`` at error level ``alpha``."""
        if self.p_value <= alpha:  # an identity has alpha = 0; p = 0 refutes it
            return "disagrees"
        return "agrees" if self.p_equivalence < EQUIVALENCE_LEVEL else "undecided"


def together(points: Sequence[Point], p_values: Sequence[float], reason: str = "") -> Evidence:
    """Combine tests: the smallest p-value with Bonferroni's factor, and the largest p-value of equivalence."""
    p = min(1.0, len(p_values) * min(p_values))
    return Evidence(tuple(points), p, max(point.p_equivalence for point in points), reason, tuple(p_values))


def errors_beyond(estimate: ArrayLike, error: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    """Return the distance of an estimate from a range in standard errors; negative inside the range."""
    value, least, most = (np.asarray(number, dtype=float) for number in (estimate, low, high))
    outside: Array = np.maximum(least - value, value - most) / np.asarray(error, dtype=float)
    return outside


def upper_tail(t: float, freedom: float) -> float:
    """Return the probability that Student's t exceeds ``t``."""
    return float(special.stdtr(freedom, -t))


def samples_needed(samples: int, error: float, deviation: float, bias: float, delta: float, alpha: float) -> int | None:
    """Return an estimate of the number of samples that would decide, given the deviation observed so far.

    Parameters
    ----------
    samples
        Number of samples measured.
    error
        Standard error of the estimate.
    deviation
        Distance of the estimate from the predicted range.
    bias, delta
        Bias bound and resolution, absolute.
    alpha
        Error level.

    Returns
    -------
    int or None
        Rounded up to two digits; None if the bias bound is as large as delta or the error is too large by far.
    """
    if bias >= delta:
        return None
    ways = []
    if deviation < delta:
        ways.append(float(special.ndtri(1 - EQUIVALENCE_LEVEL)) * error / (delta - deviation))
    if deviation > bias and alpha > 0:
        ways.append(float(-special.ndtri(alpha / 2)) * error / (deviation - bias))
    factor = max(PLANNED_RESOLUTION * error / (delta - bias), min(ways, default=0.0))
    if factor > _HOPELESS:
        return None
    exact = samples * factor**2
    digits = 10 ** max(0, math.floor(math.log10(max(exact, 1))) - 1)
    return int(math.ceil(exact / digits) * digits)


def mean_point(
    estimate: float,
    error: float,
    freedom: int,
    sample: Sample,
    k: int,
    alpha: float,
    quantile: float,
    law: Array | None = None,
) -> Point:
    """Compare an estimated mean with its prediction by Student's t, or by a bootstrap distribution.

    With a bootstrap distribution, the interval and the test of equivalence are the more cautious of both.

    Parameters
    ----------
    estimate, error
        The estimated mean and its standard error; an error of 0 is unknown.
    freedom
        Degrees of freedom of Student's t.
    sample
        The series.
    k
        The component.
    alpha
        Error level.
    quantile
        Half width of the interval in standard errors.
    law
        Draws of the studentised deviations of F statistics, shape (draws, F); the least favourable is used. Default
        None: Student's t.

    Returns
    -------
    Point
        The comparison.
    """
    low, high = float(sample.low[k]), float(sample.high[k])
    bias, delta = float(sample.bias[k]), float(sample.delta[k])
    null, tolerated = (low - bias, high + bias), (low - delta, high + delta)
    below = above = quantile
    reach = (math.nan, math.nan)
    if error > 0:
        beyond = float(errors_beyond(estimate, error, *null))
        # The worst case within the null range is its nearer end; the second term is the tail on the other side.
        p_value = upper_tail(beyond, freedom) + upper_tail(beyond + (null[1] - null[0]) / error, freedom)
        ends = (estimate - tolerated[0]) / error, (tolerated[1] - estimate) / error
        p_equivalence = max(upper_tail(end, freedom) for end in ends)
        one = float(special.stdtrit(freedom, 1 - EQUIVALENCE_LEVEL))
        reach = (one, one)
        if law is not None:
            p_value = tail(np.abs(law), beyond) if beyond > 0 else 1.0
            p_equivalence = max(p_equivalence, tail(law, ends[0]), tail(-law, ends[1]))
            tails = [float(np.quantile(t, 1 - EQUIVALENCE_LEVEL, axis=0, method="higher").max()) for t in (law, -law)]
            reach = (max(one, tails[0]), max(one, tails[1]))
            below, above = max(below, tails[0]), max(above, tails[1])
        off = max(low - estimate, estimate - high, 0.0)
        needed = samples_needed(len(sample.values), error, off, bias, delta, alpha)
    else:
        p_value, p_equivalence, needed = 1.0, 1.0, None
    return Point(
        estimate,
        error,
        (estimate - below * error, estimate + above * error),
        (low, high),
        null,
        tolerated,
        min(p_value, 1.0),
        p_equivalence,
        len(sample.values),
        needed,
        (estimate - reach[0] * error, estimate + reach[1] * error),
    )
