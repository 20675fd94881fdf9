"""Lines of the statistics that no other test holds: each of these fails when one sign, factor or side is wrong."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from validation import Extrapolation, Identity, Mean, Proportion, Series
from validation.statistics.evidence import Point, Sample, samples_needed
from validation.statistics.resampling import combined_t, maximal_t, tail

SEED = np.random.SeedSequence(0)
LAWS = {"1/n": lambda n: 1 / n, "1/n^2": lambda n: n**-2.0}


def sample(values, predicted, delta, **parameters):
    values = np.asarray(values, dtype=float).reshape(len(values), -1)
    ends = np.full(values.shape[1], float(predicted))
    return Sample(values, ends, ends, 0 * ends, np.full_like(ends, delta), parameters)


@pytest.mark.parametrize("estimate", [0.7, 1.3])
def test_strain_is_one_at_the_edge_of_what_is_tolerated(estimate):
    point = Point(estimate, 0.1, (0.5, 1.5), (1.0, 1.0), (1.0, 1.0), (0.7, 1.3), 1.0, 1.0, 50)
    assert point.strain == pytest.approx(1.0)


@pytest.mark.parametrize("side", [1, -1])
def test_both_sides_of_a_skewed_number_are_equally_hard_to_call_equivalent(side):
    values = np.random.default_rng(14).exponential(size=60) - 1
    right, left = (Mean().evidence([sample(sign * values, 0.0, 0.45)], 1e-3, SEED).points[0] for sign in (side, -side))
    assert right.p_equivalence == pytest.approx(left.p_equivalence, rel=1e-12)
    assert right.needed == left.needed
    assert right.interval == pytest.approx((-left.interval[1], -left.interval[0]))
    # The skewed side is the harder one: Student's t alone would be too sure.
    error = stats.sem(values)
    t = max(stats.t(59).sf((0.45 + values.mean()) / error), stats.t(59).sf((0.45 - values.mean()) / error))
    assert right.p_equivalence > 1.5 * t


def test_needed_samples_by_the_two_tests_own_formulas():
    # 100 samples with error 1 and delta 2. The planned resolution asks for an error of (2 - bias)/4.3.
    for deviation, bias in ((0.0, 0.0), (0.0, 0.5), (1.0, 0.0), (1.9, 0.5), (3.0, 0.5), (-0.0, 1.9)):
        ways = []
        if deviation < 2:
            ways.append(stats.norm.isf(0.01) / (2 - deviation))
        if deviation > bias:
            ways.append(stats.norm.isf(0.001 / 2) / (deviation - bias))
        exact = 100 * max(4.3 / (2 - bias), min(ways)) ** 2
        # Rounded up to two digits.
        assert exact <= samples_needed(100, 1.0, deviation, bias, 2.0, 0.001) <= 1.1 * exact + 1
    # Within the bias bound no number of samples shows a deviation: only equivalence can decide.
    assert samples_needed(100, 1.0, 1.95, 1.98, 2.0, 0.001) >= 100 * (stats.norm.isf(0.01) / 0.05) ** 2
    assert samples_needed(100, 1.0, 0.0, 2.0, 2.0, 0.001) is None


def test_a_bootstrap_of_five_numbers_is_all_their_resamples():
    # The law is known exactly: 5^5 resamples, each studentised by its standard deviation with one degree less.
    values = np.array([0.0, 0.4, 1.0, 1.3, 3.0])
    every = values[np.array(list(itertools.product(range(5), repeat=5)))]
    spread = every.std(axis=1, ddof=1) / math.sqrt(5)
    with np.errstate(divide="ignore"):
        exact = (every.mean(axis=1) - values.mean()) / spread
    one = combined_t([values], np.ones((1, 1)), SEED, 20_000)[:, 0]
    curve = maximal_t(values[:, None], SEED, 20_000)
    for t in (-4.0, -2.0, -1.0, 1.0, 1.5):
        # Five standard errors of 20 000 draws, 6e-7 each.
        assert np.mean(one >= t) == pytest.approx(np.mean(exact >= t), abs=5 * 0.5 / math.sqrt(20_000))
        sized = np.mean(np.abs(exact) >= abs(t))
        assert np.mean(curve >= abs(t)) == pytest.approx(sized, abs=5 * 0.5 / math.sqrt(20_000))
    # Resamples of one repeated number have no spread, and count as infinitely far.
    assert np.mean(np.isinf(one)) == pytest.approx(5 / 5**5, abs=5 * math.sqrt(0.0016 / 20_000))
    assert set(np.sign(one[np.isinf(one)])) == {-1.0, 1.0}


def test_no_p_value_of_resampling_is_zero():
    law = np.arange(9.0)[:, None]
    assert tail(law, 100.0) == 1 / 10
    assert tail(law, 8.0) == 2 / 10
    assert tail(np.hstack([law, law + 5]), 8.0) == 7 / 10


def test_a_sum_with_unequal_weights_is_studentised_by_their_squares():
    # Of normal numbers the studentised sum has variance near 1, whatever the weights.
    series = list(np.random.default_rng(3).standard_normal((2, 200)))
    law = combined_t(series, np.array([[5.0, -0.2]]), SEED, 4000)[:, 0]
    assert law.var() == pytest.approx(1.0, abs=0.15)


def test_the_smallest_levels_are_those_of_the_estimators_tests():
    sizes = [Series(30, n=1), Series(10, n=2)]
    # All or none of m events: probability 2^-m each at 1/2, twice that on two sides; the smallest series is the worst.
    assert Proportion().smallest_level(sizes) == 2 * 2.0**-9
    assert Mean().smallest_level(sizes) == 2 * Mean().smallest_level(sizes[:1])


def test_degrees_of_freedom_of_a_limit_are_those_of_its_smallest_series():
    counts = {10: 12, 20: 400, 40: 400}
    given = [
        sample(2 + 0.01 * np.random.default_rng(n).standard_normal(count), 2.0, 0.2, n=n) for n, count in counts.items()
    ]
    point = Extrapolation(LAWS).evidence(given, 0.01, SEED).points[0]
    spread = point.null[1] - 2.0
    half = (point.interval[1] - point.interval[0]) / 2 - spread
    assert half / point.standard_error == pytest.approx(stats.t(11).ppf(0.99), rel=1e-9)


def test_needed_samples_of_a_limit_count_its_largest_series():
    given = [
        sample(2 + np.random.default_rng(n).standard_normal(count), 2.0, 1.5, n=n)
        for n, count in ((10, 50), (20, 100), (40, 200))
    ]
    point = Extrapolation(LAWS).evidence(given, 0.01, SEED).points[0]
    spread = point.null[1] - 2.0
    off = abs(point.estimate - 2.0)
    of_the_first = samples_needed(50, point.standard_error, off, spread, 1.5 - spread, 0.01)
    assert point.needed == math.ceil(of_the_first * 200 / 50)


def test_a_deviation_counts_on_either_side_for_the_samples_that_are_needed():
    values = stats.norm.ppf((np.arange(40) + 0.5) / 40)  # symmetric
    below, above = (Mean().evidence([sample(values + 0.3 * side, 0.0, 0.45)], 1e-3, SEED).points[0] for side in (-1, 1))
    error = stats.sem(values)
    # What decides soonest is the test of the deviation of 0.3.
    exact = 40 * (stats.norm.isf(0.0005) * error / 0.3) ** 2
    for point in (below, above):
        assert exact <= point.needed <= 1.1 * exact + 1


@pytest.mark.slow
def test_exceptions_are_counted_at_the_level_of_each_of_several_series():
    # Twelve exceptions are enough at 1e-4, where e^-k has to be 1e-5; of three series each is tested at 3.3e-5.
    values = np.where(np.arange(1000) < 12, 1.0, 0.0)
    one, three = (Mean().evidence([sample(values, 0.012, 0.01)] * count, 1e-4, SEED) for count in (1, 3))
    assert one.points[0].standard_error > 0
    assert [point.standard_error for point in three.points] == [0, 0, 0]


@pytest.mark.slow
def test_equivalence_of_a_curves_numbers_is_tested_at_its_own_level():
    # Skewness that matters at an error level of 1e-4 does not at a tenth of the 0.01 of the tests of equivalence.
    lopsided = np.repeat([0.0, 1.0], [865, 135])
    values = np.stack([lopsided, np.random.default_rng(5).standard_normal(1000)], axis=1)
    given = Sample(values, np.array([0.135, 0.0]), np.array([0.135, 0.0]), np.zeros(2), np.array([0.04, 0.2]), {})
    point = Mean().evidence([given], 1e-4, SEED).points[0]
    assert point.p_equivalence == pytest.approx(stats.t(999).sf(0.04 / stats.sem(lopsided)), rel=1e-9)


def test_numbers_too_small_to_square_have_no_error_bar():
    values = 1e-200 * np.random.default_rng(6).standard_normal(50)
    found = Mean().evidence([sample(values, 0.0, 1e-200)], 0.01, SEED)
    assert found.status(0.01) == "undecided"
    assert "same in nearly every sample" in found.reason


def test_a_range_of_probabilities_must_be_refutable_at_the_level_of_each_number():
    # All of 20 events of probability 0.7 at most: 2 x 0.7^20 = 0.0016, below 0.002 and above a half of it.
    values = np.repeat([0.0, 1.0], 10)
    given = Sample(values[:, None], *(np.array([end]) for end in (0.3, 0.7, 0.0, 0.2)), {})
    assert Proportion().evidence([given], 0.002, SEED).p_value == 1.0
    with pytest.raises(ValueError, match="no number of events in 20 samples refutes a probability of 0.3 to 0.7"):
        Proportion().evidence([given, given], 0.002, SEED)


@pytest.mark.parametrize(("bound", "status"), [(0.05, "agrees"), (0.051, "undecided"), (0.1, "undecided")])
def test_the_bound_of_an_identity_may_be_half_of_delta(bound, status):
    given = Sample(np.zeros((30, 1)), np.zeros(1), np.full(1, bound), np.zeros(1), np.full(1, 0.1), {})
    assert Identity().evidence([given], 0.0, SEED).status(0.0) == status


@pytest.mark.parametrize("exceptions", [0, 3, 9])
def test_the_interval_of_a_nearly_constant_fraction_ends_where_equivalence_does(exceptions):
    values = np.where(np.arange(100) < exceptions, 0.0, 1.0)

    def point(delta):
        return Mean(between=(0.0, 1.0)).evidence([sample(values, 1.0, delta)], 1e-3, SEED).points[0]

    end = point(0.5).interval[0]
    assert point(1 - end).p_equivalence == pytest.approx(0.01, rel=1e-9)
