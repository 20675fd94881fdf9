import math

import numpy as np
import pytest
from scipy import stats

from validation import Extrapolation, Identity, Mean, Proportion
from validation.statistics.evidence import Sample

SEED = np.random.SeedSequence(0)


def sample(values, predicted, bias=0.0, delta=0.1, high=None, **parameters):
    values = np.atleast_2d(np.asarray(values, dtype=float).T).T
    width = values.shape[1]
    low = np.broadcast_to(np.asarray(predicted, dtype=float), (width,))
    high = low if high is None else np.broadcast_to(np.asarray(high, dtype=float), (width,))
    return Sample(values, low, high, np.full(width, bias), np.full(width, delta), parameters)


def draws(seed, shape, mean=0.0):
    return mean + np.random.default_rng(seed).standard_normal(shape)


def test_a_mean_is_tested_as_scipy_tests_it():
    values = draws(1, 40, 0.2)
    found = Mean().evidence([sample(values, 0.0, delta=0.5)], 0.01, SEED)
    assert math.isclose(found.p_value, stats.ttest_1samp(values, 0.0).pvalue)
    lower = stats.ttest_1samp(values, -0.5, alternative="greater").pvalue
    upper = stats.ttest_1samp(values, 0.5, alternative="less").pvalue
    assert math.isclose(found.p_equivalence, max(lower, upper))
    interval = stats.ttest_1samp(values, 0.0).confidence_interval(0.98)
    assert np.allclose(found.points[0].interval, interval)


def test_agreement_is_the_interval_lying_within_delta():
    for seed in range(20):
        values = draws(seed, 40)
        point = Mean().evidence([sample(values, 0.0, delta=0.5)], 0.01, SEED).points[0]
        inside = max(-point.interval[0], point.interval[1]) < 0.5
        assert inside == (point.p_equivalence < 0.01)


def test_a_bias_bound_widens_the_null():
    values = draws(2, 50, 0.8)
    without, within, far = (
        Mean().evidence([sample(values, 0.0, bias=b, delta=2.0)], 0.01, SEED).p_value for b in (0.0, 0.7, 2.0)
    )
    assert without < 1e-3 < within < far
    # A wide null leaves one edge in play: the one-sided test.
    edge = Mean().evidence([sample(values, -9.0, high=0.5, delta=2.0)], 0.01, SEED).p_value
    assert math.isclose(edge, stats.ttest_1samp(values, 0.5, alternative="greater").pvalue)


def test_series_share_the_error_level():
    one, other = draws(3, 50, 0.4), draws(4, 50)
    p = [stats.ttest_1samp(v, 0.0).pvalue for v in (one, other)]
    found = Mean().evidence([sample(one, 0.0), sample(other, 0.0)], 0.01, SEED)
    assert math.isclose(found.p_value, 2 * min(p))
    assert found.p_equivalence == max(point.p_equivalence for point in found.points)


def test_a_skewed_number_is_tested_by_resampling():
    # 12 of 1000: Student's t for a rate of 0.027 gives p = 2e-5, the exact binomial test 100 times as much.
    hits = (np.arange(1000) < 12) * 1.0
    t = stats.ttest_1samp(hits, 0.027).pvalue
    exact = stats.binomtest(12, 1000, 0.027).pvalue
    p = Mean().evidence([sample(hits, 0.027)], 6e-4, SEED).p_value
    assert t < 1e-4 < exact
    assert exact / 5 < p < exact * 5
    # Symmetric numbers are left to Student's t.
    values = draws(12, 200)
    assert Mean().evidence([sample(values, 0.2)], 6e-4, SEED).p_value == stats.ttest_1samp(values, 0.2).pvalue


def test_the_interval_of_a_skewed_number_leans_and_agrees_with_the_test_of_equivalence():
    values = np.random.default_rng(14).exponential(size=60)
    student = stats.t(59).ppf(0.99) * stats.sem(values)
    point = Mean().evidence([sample(values, 1.0)], 1e-3, SEED).points[0]
    down, up = point.estimate - point.interval[0], point.interval[1] - point.estimate
    assert math.isclose(down, student)  # never narrower
    assert up > 1.1 * student
    for delta, agrees in ((abs(1 - point.interval[1]) * 1.001, True), (abs(1 - point.interval[1]) * 0.999, False)):
        assert (Mean().evidence([sample(values, 1.0, delta=delta)], 1e-3, SEED).p_equivalence < 0.01) == agrees


def test_skewed_numbers_of_a_curve_are_as_hard_to_call_equivalent_as_alone():
    values = np.random.default_rng(15).gamma(0.25, 4, size=(100, 2))
    values[:, 1] = draws(16, 100, 1.0)
    points = Mean().evidence([sample(values, [1.0, 1.0], delta=0.9)], 1e-2, SEED).points
    skewed = Mean().evidence([sample(values[:, 0], 1.0, delta=0.9)], 1e-2, SEED).points[0]
    t = stats.t(99).sf([(0.9 - abs(p.estimate - 1)) / p.standard_error for p in points])
    assert points[0].p_equivalence == skewed.p_equivalence > 1.5 * t[0]
    assert math.isclose(points[1].p_equivalence, t[1])


def test_a_constant_has_no_error_bar_and_no_verdict():
    found = Mean().evidence([sample(np.full(50, 3.0), 3.0)], 0.01, SEED)
    assert found.status(0.01) == "undecided"
    assert "same in nearly every sample" in found.reason


def test_a_number_that_hardly_varies_stays_out_of_the_curves_test():
    values = draws(11, (200, 3))
    values[:, 1] = 0.0
    values[:3, 1] = 1.0
    right = Mean().evidence([sample(values, 0.0, delta=0.6)], 0.001, SEED)
    assert right.status(0.001) == "undecided"
    values[:, 2] += 1.0
    assert Mean().evidence([sample(values, 0.0, delta=0.6)], 0.001, SEED).status(0.001) == "disagrees"


def test_a_curve_is_off_as_soon_as_one_point_is():
    right = draws(5, (80, 5))
    wrong = right.copy()
    wrong[:, 3] += 1.0
    right, wrong = (Mean().evidence([sample(v, 0.0, delta=0.6)], 0.001, SEED) for v in (right, wrong))
    assert (right.status(0.001), wrong.status(0.001)) == ("agrees", "disagrees")
    assert wrong.points[3].strain == max(point.strain for point in wrong.points)


SKEWED = np.random.default_rng(17).exponential(size=(3, 100))
RESAMPLED = {
    "curve": (Mean(), [draws(6, (40, 2))]),
    "skewed number": (Mean(), [SKEWED[0] - 1]),
    "limit": (
        Extrapolation({"1/n": lambda n: 1 / n, "1/n^2": lambda n: n**-2}),
        list(SKEWED - SKEWED.mean(axis=1, keepdims=True)),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RESAMPLED)
def test_resampled_p_values_reach_below_any_error_level(name):
    estimator, series = RESAMPLED[name]
    far = [sample(values, 9.0, n=10 * 2**k) for k, values in enumerate(series)]
    assert estimator.evidence(far, 2e-5, SEED).status(2e-5) == "disagrees"


@pytest.mark.slow
@pytest.mark.parametrize("name", RESAMPLED)
def test_drawing_that_ends_early_finds_the_p_value_of_all_draws(name, monkeypatch):
    estimator, series = RESAMPLED[name]

    def evidence(predicted):
        return estimator.evidence(
            [sample(v, predicted, n=10 * 2**k) for k, v in enumerate(series)], 2e-5, np.random.SeedSequence(18)
        )

    # At the end of an interval of 98% the p-value is a few per cent, for which 20 000 draws are enough.
    point = evidence(0.0).points[0]
    p = evidence(point.interval[1]).p_value
    monkeypatch.setattr("validation.statistics.resampling._ENOUGH", 10**9)
    every = evidence(point.interval[1]).p_value
    assert 1e-3 < p < 0.2
    assert p != every
    assert math.isclose(p, every, rel_tol=0.3)


def test_proportions_are_exact_binomial():
    hits = np.zeros(60)
    hits[:9] = 1
    found = Proportion().evidence([sample(hits, 0.05, delta=0.04)], 0.01, SEED)
    one_sided = stats.binomtest(9, 60, 0.05, alternative="greater").pvalue
    assert math.isclose(found.p_value, 2 * one_sided)
    assert math.isclose(found.p_equivalence, stats.binomtest(9, 60, 0.09, alternative="less").pvalue)
    interval = stats.binomtest(9, 60).proportion_ci(0.98, "exact")
    assert np.allclose(found.points[0].interval, interval)


def test_finding_nothing_disagrees_where_something_is_due():
    found = Proportion().evidence([sample(np.zeros(200), 0.1, high=0.4, delta=0.05)], 0.01, SEED)
    assert math.isclose(found.p_value, 2 * 0.9**200)
    assert found.status(0.01) == "disagrees"
    rare = Proportion().evidence([sample(np.zeros(50), 0.001, delta=0.0009)], 0.01, SEED)
    assert rare.status(0.01) == "undecided"


def test_a_delta_that_tolerates_finding_nothing_is_refused():
    for delta in (0.1, 0.2):
        with pytest.raises(ValueError, match=r"observing no event would be accepted although 0.1 is predicted"):
            Proportion().evidence([sample(np.zeros(200), 0.1, high=0.4, delta=delta)], 0.01, SEED)
    # Where theory allows for nothing, nothing may be found.
    assert (
        Proportion().evidence([sample(np.zeros(200), 0.0, high=0.1, delta=0.05)], 0.01, SEED).status(0.01) == "agrees"
    )


def test_a_proportion_of_other_numbers_is_refused():
    with pytest.raises(ValueError, match="0 or 1 per sample"):
        Proportion().evidence([sample(np.full(40, 0.5), 0.5)], 0.01, SEED)


@pytest.mark.parametrize(
    ("error", "bound", "status"),
    [
        (0.0, 0.0, "agrees"),
        (1e-16, 1e-15, "agrees"),
        (2e-15, 1e-15, "disagrees"),
        (-0.5, 1e-15, "disagrees"),
        (0.0, 0.2, "undecided"),
    ],
)
def test_identities_hold_up_to_their_bound(error, bound, status):
    given = sample([0.0, error], 0.0, high=bound, delta=0.1)
    assert Identity().evidence([given], 0.0, SEED).status(0.0) == status


def test_the_samples_that_would_decide_do_decide():
    # A coarse look at 40 samples says how many are needed; that many new ones agree, but for a chance of 0.05.
    coarse = Mean().evidence([sample(draws(9, 40), 0.0, delta=0.1)], 0.01, SEED)
    assert coarse.status(0.01) == "undecided"
    needed = coarse.points[0].needed
    assert 40 < needed < 40_000
    assert Mean().evidence([sample(draws(8, needed), 0.0, delta=0.1)], 0.01, SEED).status(0.01) == "agrees"
