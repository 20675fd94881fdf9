"""The resolution of a verdict is the smallest delta at which the tests of equivalence agree."""

import math

import numpy as np
import pytest

from validation import Extrapolation, Identity, Mean, Proportion, verify
from validation.statistics.evidence import Sample

SEED = np.random.SeedSequence(0)
RANDOM = np.random.default_rng(3)
NORMAL = RANDOM.normal(1.01, 0.1, (60, 1))
SKEWED = RANDOM.exponential(1.0, (60, 1)) ** 2 / 2
CURVE = RANDOM.normal((1.0, 2.05, 2.9), 0.2, (80, 3))
NEARLY = np.where(np.arange(400) < 3, 0.5, 1.0)[:, None]
EVENTS = (RANDOM.random((300, 2)) < (0.25, 0.5)).astype(float)


def sample(values, predicted, delta, **parameters):
    predicted = np.broadcast_to(np.asarray(predicted, dtype=float), (values.shape[1],))
    return Sample(values, predicted, predicted, 0 * predicted, delta * predicted, parameters)


def of_one(values, predicted):
    return lambda delta: [sample(values, predicted, delta)]


def of_sizes(delta):
    random = np.random.default_rng(4)
    return [sample(2 + 0.1 / n + 0.01 * random.standard_normal((50, 1)), 2.0, delta, n=n) for n in (10, 20, 40)]


@pytest.mark.parametrize(
    ("estimator", "samples"),
    [
        (Mean(), of_one(NORMAL, 1.0)),
        (Mean(), of_one(SKEWED, 1.0)),
        (Mean(), of_one(CURVE, (1.0, 2.0, 3.0))),
        (Mean(between=(0, 1)), of_one(NEARLY, 1.0)),
        (Proportion(), of_one(EVENTS, (0.3, 0.5))),
        (Extrapolation({"1/n": lambda n: 1 / n, "1/n^2": lambda n: n**-2.0}), of_sizes),
    ],
    ids=["mean", "skewed mean", "curve", "nearly constant", "proportion", "limit"],
)
def test_any_larger_delta_agrees_and_any_smaller_one_does_not(estimator, samples):
    def evidence(delta):
        return estimator.evidence(samples(delta), 0.01, SEED)

    resolution = 0.3 * max(point.resolution for point in evidence(0.3).points)
    assert resolution > 0
    # The quantile of a bootstrap of some thousand draws is known to a per cent of the standard error.
    assert evidence(1.02 * resolution).p_equivalence < 0.01
    assert evidence(0.98 * resolution).p_equivalence >= 0.01


def test_numbers_well_inside_a_range_leave_no_deviation():
    given = Sample(NORMAL, np.array([0.5]), np.array([2.0]), np.zeros(1), np.array([0.1]), {})
    assert Mean().evidence([given], 0.01, SEED).points[0].resolution == 0


def test_without_spread_there_is_none():
    point = Mean().evidence([sample(np.ones((40, 1)), 1.0, 0.1)], 0.01, SEED).points[0]
    assert math.isnan(point.resolution)


def test_a_claim_agrees_exactly_if_its_resolution_is_finer_than_delta(synthetic_file):
    report = verify(["die/true", "die/hard"], claims=synthetic_file, workers=1)
    assert [verdict.status for verdict in report.verdicts] == ["agrees", "undecided"]
    for verdict in report.verdicts:
        assert (0 < verdict.resolution < report.catalogue[verdict.claim_id].delta) == (verdict.status == "agrees")


def test_the_resolution_of_an_identity_is_its_largest_error():
    report = verify(["landscape/gradient"], workers=1)
    identity = report["landscape/gradient"]
    assert identity.resolution == max(point.estimate for _, point in identity.points) > 0
    assert isinstance(report.catalogue["landscape/gradient"].estimator, Identity)
