"""The tests of claims on numbers drawn from known laws: how often true claims are rejected and bounds are too fine.

Each claim states the true mean, so that each rejection is a false one. Its delta is 4.3 true standard errors, as sizes
are planned. The bound that a verdict reports ("agrees to x%") is tested at a prediction that is off: the reported bound
must not be smaller than the true deviation in more than a hundredth of all runs.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from unittest.mock import patch

import numpy as np
from scipy import special

from spinglass._common.types import Array
from validation import Extrapolation, Mean, Proportion
from validation.statistics.estimators import Estimator
from validation.statistics.evidence import EQUIVALENCE_LEVEL, PLANNED_RESOLUTION, Evidence, Sample

ALPHA = 1e-4  # about the share of the error level that each claim of the catalogue has
LEVEL = 0.01  # at which rejections are counted; those at ALPHA are too rare
_RESAMPLES = 2_000  # instead of 20000: ten times as fast; p-values of 0.01 err by 0.002
_OFF = (
    20.0  # standard errors by which the prediction is off where the bound is tested; smaller ones are missed less often
)
RUNS_OF_LAWS = {30: 4000, 100: 2000, 300: 700}  # by the number of samples of each series
_SIZES = (20, 40, 80)
_KEY = f"""\
Claims that state the true mean, on numbers drawn from a known law. Rejected: p is at most {LEVEL:g}, with the 95%
interval; at most {LEVEL:.0%} is allowed. Agrees: delta is {PLANNED_RESOLUTION:g} true standard errors, for which 95% is
planned if the claim is on one normal number. Bound too fine: the bound reported on a prediction that is too high, or
too low, is smaller than the true deviation; the more frequent of the two cases; at most {EQUIVALENCE_LEVEL:.0%} is
allowed."""


@dataclass(frozen=True)
class Law:
    """Numbers of known mean 1, or probability p.

    Attributes
    ----------
    name : str
        What is drawn.
    draw : callable
        ``draw(generator, samples)`` returns the numbers of one series, shape (samples, components).
    spread : float
        Standard deviation of a component.
    estimator : Estimator
        The test.
    series : int
        Number of series; those of an extrapolation have the sizes 20, 40 and 80.
    mean : float
        The true mean.
    """

    name: str
    draw: Callable[[np.random.Generator, int], Array]
    spread: float
    estimator: Estimator = field(default_factory=Mean)
    series: int = 1
    mean: float = 1.0


@dataclass(frozen=True)
class Counts:
    """Verdicts on one law: how many there are, and how many reject at 0.01, agree, and report too fine a bound.

    ``too_fine`` has two counts, for predictions that are too high and too low.
    """

    law: Law
    samples: int
    runs: int
    rejected: int
    agreed: int
    too_fine: tuple[int, int]


def _normal(generator: np.random.Generator, samples: int) -> Array:
    return 1 + 0.5 * generator.standard_normal((samples, 1))


def _exponential(generator: np.random.Generator, samples: int) -> Array:
    return generator.exponential(size=(samples, 1))


def _gamma(generator: np.random.Generator, samples: int) -> Array:
    return 4 * generator.gamma(0.25, size=(samples, 1))


def _student(generator: np.random.Generator, samples: int) -> Array:
    return 1 + generator.standard_t(5, size=(samples, 1))


def _curve(generator: np.random.Generator, samples: int) -> Array:
    """Six numbers of each sample with correlation 0.8."""
    common = generator.standard_normal((samples, 1))
    return 1 + 0.4 * common + 0.2 * generator.standard_normal((samples, 6))


def _skewed_curve(generator: np.random.Generator, samples: int) -> Array:
    """Six exponential numbers of each sample with correlation 0.5, as counts in windows of one landscape."""
    common = generator.exponential(size=(samples, 1))
    return 0.5 * (common + generator.exponential(size=(samples, 6)))


def _chain(generator: np.random.Generator, samples: int) -> Array:
    """Means of 20 numbers of a chain with correlation 0.9 from one to the next, in each sample."""
    noise = generator.standard_normal((samples, 20))
    chain = noise[:, :1]
    total = chain.copy()
    for k in range(1, 20):
        chain = 0.9 * chain + 0.19**0.5 * noise[:, k : k + 1]
        total += chain
    return 1 + total / 20


def _event(generator: np.random.Generator, samples: int) -> Array:
    return (generator.random((samples, 1)) < 0.5).astype(float)


def _rare_exception(generator: np.random.Generator, samples: int) -> Array:
    """A fraction that is 1 in all but a few samples."""
    return np.where(generator.random((samples, 1)) < 0.02, generator.random((samples, 1)), 1.0)


_CHAIN_SPREAD = float(np.sqrt(sum((20 - abs(k)) * 0.9 ** abs(k) for k in range(-19, 20))) / 20)


def _inverse(n: Array) -> Array:
    return 1 / n


def _two_powers(n: Array) -> tuple[Array, Array]:
    return 1 / n, n**-2.0


# The number does not depend on n: all fits have the true limit. Workers return the laws, which lambdas would prevent.
_LIMIT = Extrapolation({"1/n": _inverse, "1/n + 1/n^2": _two_powers})
LAWS = (
    Law("normal", _normal, 0.5),
    Law("exponential", _exponential, 1.0),
    Law("gamma of shape 1/4", _gamma, 2.0),
    Law("Student's t, 5 degrees of freedom", _student, (5 / 3) ** 0.5),
    Law("three normal series", _normal, 0.5, series=3),
    Law("means of correlated chains", _chain, _CHAIN_SPREAD),
    Law("curve of six, correlation 0.8", _curve, 0.2**0.5),
    Law("curve of six exponential numbers, correlation 0.5", _skewed_curve, 0.5**0.5),
    Law("event of probability 1/2", _event, 0.5, Proportion(), mean=0.5),
    Law("fraction, 1 in 98% of samples", _rare_exception, 0.081, Mean(between=(0, 1)), mean=0.99),
    Law("limit of normal numbers", _normal, 0.5, _LIMIT, 3),
    Law("limit of exponential numbers", _exponential, 1.0, _LIMIT, 3),
)


def of_law(task: tuple[str, int, int]) -> Counts:
    """Judge claims on the law of this name, with so many samples, so many times."""
    name, samples, runs = task
    return tested(next(law for law in LAWS if law.name == name), samples, runs)


def tested(law: Law, samples: int, runs: int) -> Counts:
    """Judge claims on a law, each on its own numbers.

    Parameters
    ----------
    law
        The law.
    samples
        Samples of each series.
    runs
        Number of claims.

    Returns
    -------
    Counts
        The numbers of verdicts.
    """
    rejected = agreed = 0
    too_fine = [0, 0]
    with patch("validation.statistics.resampling.RESAMPLES", _RESAMPLES):
        for run in range(runs):
            data, bootstrap = np.random.SeedSequence((4404, samples, run)).spawn(2)
            generator = np.random.default_rng(data)
            series = [law.draw(generator, samples) for _ in range(law.series)]
            evidence = law.estimator.evidence([_sample(law, k, one) for k, one in enumerate(series)], ALPHA, bootstrap)
            rejected += evidence.p_value <= LEVEL
            agreed += evidence.status(ALPHA) == "agrees"
            for side, sign in enumerate((1, -1)):
                too_fine[side] += _too_fine(evidence, sign * _OFF * error(law, samples))
    return Counts(law, samples, runs, rejected, agreed, (too_fine[0], too_fine[1]))


def error(law: Law, samples: int) -> float:
    """Return the true standard error of the estimate, for an extrapolation the largest one of its fits."""
    one = law.spread / math.sqrt(samples)
    if isinstance(law.estimator, Extrapolation):
        return one * max(float(np.linalg.norm(weights)) for weights in law.estimator.forms(_SIZES).values())
    return one


def _sample(law: Law, number: int, values: Array) -> Sample:
    ones = np.full(values.shape[1], law.mean)
    delta = np.full(values.shape[1], PLANNED_RESOLUTION * error(law, len(values)))
    return Sample(values, ones, ones, 0 * ones, delta, {"n": _SIZES[number]})


def _too_fine(evidence: Evidence, off: float) -> bool:
    """Return whether the bound is smaller than the true deviation if the first number's prediction is off by so much.

    The confidence bounds do not depend on the prediction, so that the evidence of the true one serves.
    """
    first, *others = evidence.points
    low, high = (end + off for end in first.predicted)
    delta = first.tolerated[1] - first.predicted[1]
    moved = replace(first, predicted=(low, high), tolerated=(low - delta, high + delta))
    return max(point.resolution for point in (moved, *others)) * delta < abs(off)


def interval(hits: float, trials: float) -> tuple[float, float]:
    """Return the 95% confidence interval of a probability (Clopper and Pearson 1934).

    Parameters
    ----------
    hits, trials
        Numbers of events and of trials; of events that depend on each other, the effective numbers.
    """
    low = float(special.betaincinv(hits, trials - hits + 1, 0.025)) if hits > 0 else 0.0
    high = float(special.betaincinv(hits + 1, trials - hits, 0.975)) if hits < trials else 1.0
    return low, high


def table(counts: Sequence[Counts]) -> list[str]:
    """Return the section of the page on calibration, as lines of Markdown."""
    lines = [
        "## Numbers of known laws",
        "",
        _KEY,
        "",
        "| law | samples | runs | rejected | agrees | bound too fine |",
        "|---|---|---|---|---|---|",
    ]
    for one in counts:
        rejected, fine = (with_interval(hits, one.runs) for hits in (one.rejected, max(one.too_fine)))
        agreed = f"{one.agreed / one.runs:.0%}"
        lines.append(f"| {one.law.name} | {one.samples} | {one.runs} | {rejected} | {agreed} | {fine} |")
    return lines


def with_interval(hits: float, trials: float) -> str:
    """Format a probability with its 95% confidence interval."""
    low, high = interval(hits, trials)
    return f"{100 * hits / trials:.3g}% ({100 * low:.3g}% to {100 * high:.3g}%)"
