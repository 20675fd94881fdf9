"""Which known mistake explains what was measured: a comparison with the mutants of the claim.

A mutant is a known mistake in this project's code. The same numbers are measured of the code with the mistake and
compared with those of the subject.
"""

import math
from dataclasses import dataclass

import numpy as np

from spinglass._common.types import Array
from validation.claim import Claim
from validation.engine.mutation import mutated
from validation.engine.trial import Trial
from validation.engine.units import sample_seed
from validation.mutant import Mutant
from validation.series import Between, Series

_FIRST_SAMPLES, _SAMPLES = 10, 40  # of the code with the mistake, per series
_ERRORS = 4.0  # standard errors by which equal means may differ: a right explanation fails once in 10 000
_RELATIVE = 0.03
_SMALL = 1e-4  # errors below this are rounding errors, of which only the order of magnitude is compared
_DECADES = 1.5
_MOST = 3  # explanations, none of them more than twice as far from the numbers as the best one, or beyond _EXACT
_WORSE, _EXACT = 2.0, 0.3


@dataclass(frozen=True)
class Explanation:
    """A known mistake that gives the measured numbers.

    Attributes
    ----------
    name, statement : str
        The mistake.
    distance : float
        The largest difference between the numbers of the subject and of the mistake, in units of what chance allows;
        at most 1.
    """

    name: str
    statement: str
    distance: float


def explain(trial: Trial, root: np.random.SeedSequence) -> tuple[Explanation, ...]:
    """Return the known mistakes whose numbers are those of a subject, the best explanation first.

    Parameters
    ----------
    trial
        The measurements of the subject with which the claim disagrees.
    root
        The seed of the run.

    Returns
    -------
    tuple of Explanation
        At most three; empty if no known mistake explains the numbers.
    """
    found = []
    for mutant in trial.claim.mutants:
        if mutant.control or (trial.claim.deterministic and not mutant.upstream):
            continue
        distance = _distance(trial, mutant, root, _FIRST_SAMPLES)
        if distance <= 1:  # few samples refute most mistakes
            distance = _distance(trial, mutant, root, _SAMPLES)
        if distance <= 1:
            found.append(Explanation(mutant.name, mutant.statement, distance))
    found.sort(key=lambda one: one.distance)
    return tuple(one for one in found[:_MOST] if one.distance <= max(_WORSE * found[0].distance, _EXACT))


def _distance(trial: Trial, mutant: Mutant, root: np.random.SeedSequence, samples: int) -> float:
    largest = 0.0
    for number, series in enumerate(trial.series):
        mine = np.array(list(trial.values(number).values()))
        try:
            theirs = _with_mistake(trial.claim, mutant, series, root, min(samples, len(mine)))
        except Exception:  # a mistake that cannot be made at these sizes explains nothing
            return math.inf
        if theirs.shape[1] != mine.shape[1]:
            return math.inf
        bound = float(np.max(trial.claim.prediction(series).high)) if trial.claim.deterministic else None
        largest = max(largest, _apart(mine, theirs, bound))
        if largest > 1:
            break
    return largest


def _with_mistake(claim: Claim, mutant: Mutant, series: Series, root: np.random.SeedSequence, samples: int) -> Array:
    """Return the numbers of this project's code with a mistake; of a mistake in the theory, its wrong prediction."""
    with mutated(mutant):
        if not mutant.upstream:
            return _midpoint(claim.prediction(series))
        seeds = [sample_seed(root, f"{claim.id}, {mutant.name}", "quick", k) for k in range(samples)]
        return np.array([claim.measurement(seed, series) for seed in seeds])


def _midpoint(prediction: Between) -> Array:
    middle = (np.asarray(prediction.low, dtype=float) + np.asarray(prediction.high, dtype=float)) / 2
    return np.atleast_2d(middle)


def _apart(mine: Array, theirs: Array, bound: float | None) -> float:
    """Return the largest difference of the means in units of what chance and rounding allow.

    Of the errors of an identity, whose rounding errors have a bound, the mean sizes must be equal as well. Of errors
    that are small in both, only the orders of magnitude are compared.
    """
    if bound is not None:
        mine, theirs = (np.hstack([values, np.abs(values)]) for values in (mine, theirs))
    means = mine.mean(axis=0), theirs.mean(axis=0)
    error = np.sqrt(_variance_of_mean(mine) + _variance_of_mean(theirs))
    allowed = _ERRORS * error + _RELATIVE * np.maximum(*np.abs(means)) + (bound or 0.0)
    apart = np.abs(means[0] - means[1]) / np.where(allowed > 0, allowed, 1)
    if bound is not None:
        sizes = np.array([np.abs(values).max(axis=0) for values in (mine, theirs)])
        small = (sizes.max(axis=0) < _SMALL) & (sizes.min(axis=0) > bound)
        decades = np.abs(np.diff(np.log10(np.maximum(sizes, bound)), axis=0)[0])
        apart = np.where(small, decades / _DECADES, apart)
    return float(apart.max())


def _variance_of_mean(values: Array) -> Array:
    count = len(values)
    if count < 2:
        return np.zeros(values.shape[1])
    return np.asarray(values.var(axis=0, ddof=1) / count)
