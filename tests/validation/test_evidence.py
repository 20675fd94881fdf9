"""Lines of the statistics that no other test holds: each of these fails when one sign, factor or side is wrong."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from validation import Extrapolation, Mean, Proportion, Series
from validation.evidence import Point, Sample, samples_needed
from validation.resampling import combined_t, maximal_t, tail

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
