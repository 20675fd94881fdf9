import dataclasses
import re

import numpy as np
import pytest

from validation import Between, Identity, Series, verify
from validation.series import EFFORTS


def judged(dice, **changes):
    return verify(claims=[dataclasses.replace(dice["die/true"], **changes)])["die/true"]


def draw(seed, **parameters):
    return np.random.default_rng(seed).random()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"predict": lambda die, n: 0.0}, "relative deviations from a prediction of 0 are undefined"),
        ({"predict": lambda die, n: [1.0, 2.0]}, r"predict returned shape \(2,\) for 1 measured values"),
        ({"predict": lambda die, n: np.nan}, "two finite ends, low <= high"),
        ({"predict": lambda die, n: 1 / 0}, "ZeroDivisionError"),
        ({"measure": lambda seed, die, n: np.ones(1 + int(draw(seed) < 0.5))}, "different numbers of values: 1, 2"),
        (
            {"measure": lambda seed, die, n: np.inf},
            "200 of 200 measurements are not finite, the first that of sample",
        ),
        ({"measure": lambda seed, die, n: 3.5}, "same in nearly every sample"),
    ],
)
def test_what_cannot_be_judged_is_undecided_and_says_why(dice, changes, reason):
    verdict = judged(dice, **changes)
    assert verdict.status == "undecided"
    assert re.search(reason, verdict.reason)


def test_a_range_is_agreed_with_anywhere_inside(dice):
    for low, high, status in [(3.0, 4.0, "agrees"), (3.6, 4.0, "disagrees"), (2.0, 3.4, "disagrees")]:
        verdict = judged(dice, predict=lambda die, n, low=low, high=high: Between(low, high), delta=0.02)
        assert verdict.status == status
        assert verdict.predicted == (low, high)


def test_delta_refers_to_the_scale_that_is_given(dice):
    near = {"measure": draw, "predict": lambda die, n: Between(0.5, 0.5, scale=100.0), "delta": 0.01}
    verdict = judged(dice, **near)
    assert verdict.status == "agrees"
    point = verdict.points[0][1]
    assert (point.tolerated[0], point.tolerated[1]) == (-0.5, 1.5)


def test_a_bias_bound_is_relative_to_the_prediction(dice):
    # 200 samples of 50 throws have a standard error of 0.5% of the mean: off by 3% is within 4% and beyond 1%.
    report = verify(claims=[dice["die/biased"], dice["die/too-far"]], workers=1)
    assert [verdict.status for verdict in report.verdicts] == ["agrees", "disagrees"]
    for verdict, bias in zip(report.verdicts, (0.04, 0.01), strict=True):
        predicted = 1.03 * 0.01
        assert verdict.points[0][1].null == pytest.approx((predicted * (1 - bias), predicted * (1 + bias)), rel=1e-12)
        assert verdict.points[0][1].tolerated == pytest.approx((predicted * 0.9, predicted * 1.1), rel=1e-12)


def test_a_bias_bound_is_in_units_of_the_scale_that_is_given(dice):
    verdict = judged(
        dice, measure=draw, predict=lambda die, n: Between(0.4, 0.5, scale=3.0), delta=0.1, bias=0.05, bias_reason="b"
    )
    assert verdict.points[0][1].null == pytest.approx((0.25, 0.65), rel=1e-12)


def test_a_claim_needs_as_many_samples_as_its_hardest_number(dice):
    series = [Series(100, die=6, n=n) for n in (1, 50)]
    verdict = judged(dice, sizes=dict.fromkeys(EFFORTS, series), delta=0.01)
    few, many = sorted(point.needed for _, point in verdict.points)
    assert verdict.status == "undecided"
    assert few < many == verdict.needed


def test_the_headline_is_the_point_under_most_strain(dice):
    series = [Series(100, die=die, n=50) for die in (4, 6, 8)]
    verdict = judged(
        dice,
        sizes=dict.fromkeys(EFFORTS, tuple(series)),
        predict=lambda die, n: (die + 1) / 2 * (1.3 if die == 6 else 1.0),
    )
    assert verdict.worst[0] == "die=6"
    assert verdict.predicted == pytest.approx(3.5 * 1.3)
    assert [label for label, _ in verdict.points] == ["die=4", "die=6", "die=8"]


def test_an_identity_with_a_bound_coarser_than_its_resolution_is_undecided(dice):
    verdict = judged(
        dice,
        measure=lambda seed, die, n: 0.0,
        predict=lambda die, n: 0.04,
        delta=0.05,
        estimator=Identity(),
    )
    assert verdict.status == "undecided"
    assert "more than half of delta" in verdict.reason
