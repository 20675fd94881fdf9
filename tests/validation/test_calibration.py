"""Does the engine keep its promises on claims whose truth is known?"""

import numpy as np
import pytest
from scipy import stats

from validation import Mean, Proportion
from validation.evidence import Sample

SEEDS = 400


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch):
    # 999 resamples are exact enough at alpha = 0.05 and twenty times as fast.
    monkeypatch.setattr("validation.estimators.RESAMPLES", 999)


def verdicts(estimator, draw, predicted, delta, alpha, bias=0.0):
    """Judge synthetic claims on many seeds; return p-values and statuses."""
    found = []
    for root in np.random.SeedSequence(20).spawn(SEEDS):
        data, bootstrap = root.spawn(2)
        values = draw(np.random.default_rng(data))
        width = values.shape[1]
        low = np.full(width, predicted)
        given = Sample(values, low, low, np.full(width, bias), np.full(width, delta), {})
        found.append(estimator.evidence([given], alpha, bootstrap))
    return np.array([f.p_value for f in found]), [f.status(alpha) for f in found]


def skewed(generator, mean, count=400):
    # Exponential: as skewed as anything that the catalogue measures.
    return mean * generator.exponential(size=(count, 1))


def correlated(generator, mean, count=100):
    common = generator.standard_normal((count, 1))
    return mean + 0.2 * (common + 0.5 * generator.standard_normal((count, 6)))


def normal(generator, mean, count=30):
    return mean + 0.1 * generator.standard_normal((count, 1))


@pytest.mark.parametrize("draw", [normal, skewed, correlated])
def test_null_p_values_are_uniform(draw):
    p, _ = verdicts(Mean(), lambda g: draw(g, 1.0), 1.0, 0.3, 0.05)
    # Kolmogorov-Smirnov over 400 seeds, fixed: false alarm 0.001.
    assert stats.kstest(p, "uniform").pvalue > 0.001


@pytest.mark.parametrize("draw", [normal, skewed, correlated])
def test_true_claims_disagree_as_often_as_alpha_says(draw):
    _, statuses = verdicts(Mean(), lambda g: draw(g, 1.0), 1.0, 0.3, 0.05)
    # Exact binomial band of 400 seeds at 0.05; false alarm 0.001.
    assert stats.binomtest(statuses.count("disagrees"), SEEDS, 0.05).pvalue > 0.001


def test_true_proportions_disagree_no_more_often_than_alpha_says():
    _, statuses = verdicts(Proportion(), lambda g: (g.random((200, 1)) < 0.1) * 1.0, 0.1, 0.05, 0.05)
    # Exact tests of counts are conservative: one side of the band only.
    assert stats.binomtest(statuses.count("disagrees"), SEEDS, 0.05, alternative="greater").pvalue > 0.001


def test_a_bias_within_its_bound_is_not_held_against_a_claim():
    _, statuses = verdicts(Mean(), lambda g: normal(g, 1.02), 1.0, 0.1, 0.05, bias=0.02)
    assert stats.binomtest(statuses.count("disagrees"), SEEDS, 0.05, alternative="greater").pvalue > 0.001


@pytest.mark.parametrize("draw", [normal, skewed, correlated])
def test_claims_off_by_three_delta_are_refuted(draw):
    # Sizes as the catalogue plans them: standard error delta/4.3, here from the pilot's known spread.
    errors = {normal: 0.1 / 30**0.5, skewed: 1 / 400**0.5, correlated: 0.2 * 1.25**0.5 / 100**0.5}
    delta = 4.3 * errors[draw]
    alpha = 0.01 / 4
    _, off = verdicts(Mean(), lambda g: draw(g, 1.0), 1.0 + 3 * delta, delta, alpha)
    assert off.count("disagrees") >= 0.99 * SEEDS


@pytest.mark.parametrize("draw", [normal, skewed])
def test_true_claims_of_planned_size_agree(draw):
    errors = {normal: 0.1 / 30**0.5, skewed: 1 / 400**0.5}
    delta = 4.3 * errors[draw]
    _, true = verdicts(Mean(), lambda g: draw(g, 1.0), 1.0, delta, 0.01 / 20)
    # 0.95 is planned for a known spread; an estimated one and skewness cost a few per cent. False alarm 0.001.
    assert stats.binomtest(true.count("agrees"), SEEDS, 0.92, alternative="less").pvalue > 0.001
