import math

import numpy as np
import pytest
from scipy import stats

from validation import Mean
from validation.statistics.evidence import Sample
from validation.statistics.nearly_constant import bounded_point, nearly_constant

SEED = np.random.SeedSequence(0)


def sample(values, predicted, delta=0.1, high=None, bias=0.0):
    values = np.asarray(values, dtype=float).reshape(len(values), -1)
    ones = np.ones(values.shape[1])
    return Sample(values, predicted * ones, (predicted if high is None else high) * ones, bias * ones, delta * ones, {})


def point(exceptions, count, predicted, **more):
    values = np.ones(count)
    values[:exceptions] = 0.0
    return bounded_point(sample(values, predicted, **more), 0, (0.0, 1.0))


@pytest.mark.parametrize(("exceptions", "count", "predicted"), [(0, 200, 0.97), (3, 200, 0.9), (9, 1000, 0.98)])
def test_a_share_is_tested_nearly_as_exactly_as_a_binomial_count(exceptions, count, predicted):
    # The exact one-sided test of a count, with one sample less and the factor m/(m-k): the price of v being free.
    found = point(exceptions, count, predicted)
    exact = stats.binom.cdf(exceptions, count - 1, 1 - predicted)
    assert math.isclose(found.p_value, exact * count / (count - exceptions), rel_tol=1e-9)
    assert found.p_value < 1.03 * exact
    assert found.estimate == 1 - exceptions / count


def test_agreement_is_the_interval_lying_within_delta():
    for exceptions in range(10):
        for delta in (0.01, 0.02, 0.03, 0.05):
            found = point(exceptions, 400, 1.0, delta=delta)
            assert (found.interval[0] > 1 - delta) == (found.p_equivalence < 0.01)
            assert found.interval[1] == 1.0


def test_the_samples_that_would_decide_do_decide():
    coarse = point(0, 60, 1.0, delta=0.02)
    assert coarse.p_equivalence > 0.01
    assert 60 < coarse.needed < 400
    assert point(0, coarse.needed + 1, 1.0, delta=0.02).p_equivalence < 0.01


def test_more_samples_have_more_exceptions():
    # Five in 400 now, so five times as many in five times the samples: these have to decide, not five in all.
    needed = point(5, 400, 1.0, delta=0.02).needed
    assert point(round(5 * needed / 400), needed, 1.0, delta=0.02).p_equivalence == pytest.approx(0.01, rel=0.2)
    # Exceptions as common as delta allows for leave it open however many samples there are.
    assert point(8, 400, 1.0, delta=0.02).needed is None


def test_a_prediction_beyond_the_ends_is_impossible():
    assert point(0, 40, 1.2).p_value == 0.0
    assert point(0, 40, 1.2, high=1.3).p_equivalence == 1.0
    # No mean can leave the upper end, however coarse the lower side is.
    assert point(0, 40, 1.0, delta=0.5).p_equivalence < 1e-10


def test_without_ends_there_is_no_verdict_and_with_them_there_is():
    given = sample(np.ones(200), 0.8)
    assert Mean().evidence([given], 1e-3, SEED).status(1e-3) == "undecided"
    assert Mean(between=(0, 1)).evidence([given], 1e-3, SEED).status(1e-3) == "disagrees"
    # Where a rare one may be a million, the mean of 200 samples that are all 1 may be anything above that.
    assert Mean(between=(0, 1e6)).evidence([sample(np.ones(200), 9.0)], 1e-3, SEED).status(1e-3) == "undecided"
    assert Mean(between=(0, 1)).evidence([sample(np.ones(200), 0.99)], 1e-3, SEED).status(1e-3) == "agrees"


def test_one_constant_number_of_a_curve_is_judged_beside_the_others():
    values = np.random.default_rng(1).random((200, 3))
    values[:, 1] = 0.5
    right, wrong = sample(values, 0.5, 0.2), sample(values + np.array([0, 0.5, 0]), 0.5, 0.2)
    assert Mean(between=(0, 1)).evidence([right], 1e-3, SEED).status(1e-3) == "agrees"
    found = Mean(between=(0, 1)).evidence([wrong], 1e-3, SEED)
    assert found.status(1e-3) == "disagrees"
    # Either test may be the one, and either number of three.
    assert math.isclose(found.p_value, 2 * 3 * found.points[1].p_value)


def test_numbers_beyond_the_stated_ends_are_refused():
    values = np.random.default_rng(1).random(40)
    with pytest.raises(ValueError, match=r"outside the bounds \(0, 0.5\) of the claim"):
        Mean(between=(0, 0.5)).evidence([sample(values, 0.5)], 1e-3, SEED)


@pytest.mark.parametrize("between", [(1, 0), (0, 0), (0, math.inf), (math.nan, 1)])
def test_ends_are_two_finite_numbers_in_order(between):
    with pytest.raises(ValueError, match="two finite bounds in increasing order"):
        Mean(between=between)


def test_it_takes_more_exceptions_the_smaller_the_error_level():
    # A resample misses k of m exceptions with probability (1 - k/m)^m: a tenth of the level at most.
    rows = np.arange(1000)[:, None]
    for alpha in (1e-2, 1e-4, 1e-6):
        fewest = next(k for k in range(1, 100) if not nearly_constant(1.0 * (rows < k), np.ones(1), alpha)[0])
        assert (1 - fewest / 1000) ** 1000 <= alpha / 10
        assert fewest >= 10


def test_the_spread_of_rounding_is_no_error_bar():
    # Thirds added up in another order each time: all differ from 1 by a few 1e-16, and Student's t would be sure of it.
    random = np.random.default_rng(3)
    values = np.array([sum(random.permutation([0.1, 0.2, 0.3, 0.4])) for _ in range(60)]) - 1e-15
    assert len(np.unique(values)) > 2
    assert abs(values.mean() - 1) > 10 * values.std() / 60**0.5
    found = Mean().evidence([sample(values, 1.0)], 1e-3, SEED)
    assert found.status(1e-3) == "undecided"
    assert Mean(between=(0.0, 2.0)).evidence([sample(values, 1.0)], 1e-3, SEED).status(1e-3) == "agrees"


# Laws that give all-equal samples often, or nearly so; each has its true mean predicted.
def shares(generator, *each):
    return generator.random((120, len(each))) < each, each


def mostly(generator, rate, usual, rare):
    return np.where(generator.random((120, 1)) < rate, rare, usual)


LAWS = {
    "a share of 0.999": lambda g: shares(g, 0.999),
    "a share of 0.97": lambda g: shares(g, 0.97),
    "a share of 0.9": lambda g: shares(g, 0.9),
    "mostly 0, else uniform": lambda g: (mostly(g, 0.05, 0, g.random((120, 1))), 0.025),
    "mostly 1/2, else an end": lambda g: (mostly(g, 0.04, 0.5, g.random((120, 1)) < 0.8), 0.512),
    "two of three nearly constant": lambda g: shares(g, 0.98, 0.98, 0.5),
}


@pytest.mark.slow
@pytest.mark.parametrize("between", [None, (0, 1)])
@pytest.mark.parametrize("law", LAWS)
def test_right_predictions_of_nearly_constant_numbers_raise_no_false_alarms(law, between, monkeypatch):
    monkeypatch.setattr("validation.statistics.resampling.RESAMPLES", 999)
    alpha, seeds, alarms = 0.01, 200, 0
    for root in np.random.SeedSequence(40).spawn(seeds):
        values, mean = LAWS[law](np.random.default_rng(root))
        given = sample(values * 1.0, np.asarray(mean), 0.2)
        alarms += Mean(between).evidence([given], alpha, root).status(alpha) == "disagrees"
    # False alarm 0.001; over 3000 seeds the largest of these rates was 0.009.
    assert stats.binomtest(alarms, seeds, alpha, alternative="greater").pvalue > 0.001
