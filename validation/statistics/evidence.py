"""From measured samples to evidence: estimates, errors, and the two tests every verdict rests on.

A claim says that a mean lies in a *null* range (a point, widened by a derived bias bound b). It *disagrees*
when the test of that has p < alpha. Otherwise it *agrees* when two one-sided tests show, each at 0.01, that
the mean deviates by less than delta (Schuirmann 1987); otherwise it is *undecided*. The independent unit is
the disorder sample: every row given here is one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from validation.statistics.resampling import tail

Array = NDArray[np.float64]
Range = tuple[float, float]
Status = Literal["agrees", "disagrees", "undecided"]

EQUIVALENCE_LEVEL = 0.01
# A single number's interval has this coverage, so that its claim agrees exactly when it lies within +-delta; the
# intervals of a curve are a simultaneous band of this coverage.
CONFIDENCE = 1 - 2 * EQUIVALENCE_LEVEL
# Standard errors of delta/4.3 make a right theory agree with probability 0.95: |Z| < 4.3 - 2.33.
PLANNED_RESOLUTION = 4.3
_HOPELESS = 1e6  # times smaller, the error would have to be


@dataclass(frozen=True)
class Sample:
    """One series' measurements, a row per disorder sample, beside what theory says of their mean.

    ``values`` has shape (samples, components); ``low`` and ``high`` are the predicted range and ``bias`` and
    ``delta`` the bias bound and resolution in the same units, all of shape (components,).
    """

    values: Array
    low: Array
    high: Array
    bias: Array
    delta: Array
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Point:
    """One compared number: estimate, error, interval, and the ranges it is held against."""

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

    @property
    def strain(self) -> float:
        """How far from the prediction's middle the estimate lies; 1 is the edge of what is tolerated."""
        low, high = self.tolerated
        return abs(self.estimate - (low + high) / 2) / max((high - low) / 2, np.finfo(float).tiny)


@dataclass(frozen=True)
class Evidence:
    """All points of a claim and the p-values of both tests over all of them together.

    ``p_values`` are those that ``p_value`` combines: one a series or, of proportions, one a number.
    """

    points: tuple[Point, ...]
    p_value: float
    p_equivalence: float
    reason: str = ""
    p_values: tuple[float, ...] = ()

    def status(self, alpha: float) -> Status:
        """Return the verdict at error level ``alpha``."""
        if self.p_value <= alpha:  # an identity has alpha = 0 and is refuted by p = 0
            return "disagrees"
        return "agrees" if self.p_equivalence < EQUIVALENCE_LEVEL else "undecided"


def together(points: Sequence[Point], p_values: Sequence[float], reason: str = "") -> Evidence:
    """Combine points: one may be off (Bonferroni over series), but all must be close (every test says so)."""
    p = min(1.0, len(p_values) * min(p_values))
    return Evidence(tuple(points), p, max(point.p_equivalence for point in points), reason, tuple(p_values))


def errors_beyond(estimate: ArrayLike, error: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    """Return how many standard errors an estimate lies outside of a range; negative inside."""
    value, least, most = (np.asarray(number, dtype=float) for number in (estimate, low, high))
    outside: Array = np.maximum(least - value, value - most) / error
    return outside


def upper_tail(t: float, freedom: float) -> float:
    """Return the probability that Student's t exceeds ``t``."""
    return float(special.stdtr(freedom, -t))


def samples_needed(samples: int, error: float, deviation: float, bias: float, delta: float, alpha: float) -> int | None:
    """Return how many samples would decide, at the planned resolution and with the deviation seen so far.

    None if no number of samples can: the bias bound reaches as far as delta, or the error is beyond all measure.
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
    """Compare component ``k``'s estimated mean with its prediction by Student's t, or by its bootstrapped ``law``.

    The law has shape (draws, F), of studentised deviations of F statistics of which any may be the right one. An
    interval, and an equivalence, has to hold by Student's t as well.
    """
    low, high = float(sample.low[k]), float(sample.high[k])
    bias, delta = float(sample.bias[k]), float(sample.delta[k])
    null, tolerated = (low - bias, high + bias), (low - delta, high + delta)
    below = above = quantile
    if error > 0:
        beyond = float(errors_beyond(estimate, error, *null))
        # The null's worst case is its nearer edge; the second term is the far tail, all of it for a single value.
        p_value = upper_tail(beyond, freedom) + upper_tail(beyond + (null[1] - null[0]) / error, freedom)
        ends = (estimate - tolerated[0]) / error, (tolerated[1] - estimate) / error
        p_equivalence = max(upper_tail(end, freedom) for end in ends)
        if law is not None:
            p_value = tail(np.abs(law), beyond) if beyond > 0 else 1.0
            p_equivalence = max(p_equivalence, tail(law, ends[0]), tail(-law, ends[1]))
            below = max(below, float(np.quantile(law, 1 - EQUIVALENCE_LEVEL, axis=0, method="higher").max()))
            above = max(above, float(np.quantile(-law, 1 - EQUIVALENCE_LEVEL, axis=0, method="higher").max()))
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
    )
