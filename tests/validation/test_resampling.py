import numpy as np
import pytest
from scipy import stats

from validation.statistics import resampling
from validation.statistics.estimators import Mean
from validation.statistics.evidence import Sample
from validation.statistics.resampling import (
    RESAMPLES,
    cautious_rows,
    combined_t,
    maximal_t,
    resamples_for,
    too_skewed,
)


def test_the_bootstrap_reproduces_the_law_of_the_largest_t():
    # For normal data of m = 60 rows and K independent columns the law is known: max of K |t| with 59 degrees
    # of freedom. Bootstrap quantiles of one data set scatter by a few per cent around it (30 sets averaged).
    seeds = np.random.SeedSequence(1).spawn(30)
    found = [
        np.quantile(maximal_t(np.random.default_rng(s).standard_normal((60, 4)), s.spawn(1)[0], 2000), 0.9)
        for s in seeds
    ]
    exact = stats.t(59).ppf((1 + 0.9**0.25) / 2)
    assert abs(np.mean(found) / exact - 1) < 0.02


def test_correlation_narrows_the_band():
    draw = np.random.default_rng(2).standard_normal((100, 1))
    same, seed = np.repeat(draw, 6, axis=1), np.random.SeedSequence(3)
    assert np.allclose(maximal_t(same, seed, 500), maximal_t(draw, seed, 500))


def test_the_smallest_p_value_of_resampling_is_a_tenth_of_the_level():
    for alpha in (0.05, 2.3e-4, 1e-5):
        assert 1 / (1 + resamples_for(alpha)) < alpha / 10
    assert resamples_for(0.05) == RESAMPLES


def test_a_single_series_has_the_same_law_as_a_curve_of_one_number():
    draw, seed = np.random.default_rng(4).exponential(size=50), np.random.SeedSequence(5)
    for weight in (1.0, -3.0):
        law = combined_t([draw], np.array([[weight]]), seed, 500)[:, 0]
        assert np.allclose(np.abs(law), maximal_t(draw[:, None], seed, 500))
        # Of skewed numbers a mean that is too low comes with an error that is too small, and lies far below.
        assert np.quantile(-np.sign(weight) * law, 0.95) > 1.2 * np.quantile(np.sign(weight) * law, 0.95)


@pytest.mark.slow
def test_the_bootstrap_reproduces_the_t_of_a_skewed_sum():
    # The upper and lower tails of |T| for 2 a - b of exponential numbers, from many samples and from bootstraps of one.
    generator, counts, weights = np.random.default_rng(6), (60, 120), np.array([2.0, -1.0])
    samples = [generator.exponential(size=(50_000, count)) for count in counts]
    errors = [w**2 * s.var(axis=1, ddof=1) / s.shape[1] for w, s in zip(weights, samples, strict=True)]
    sums = sum(w * (s.mean(axis=1) - 1) for w, s in zip(weights, samples, strict=True))
    exact = np.quantile(np.abs(sums) / np.sqrt(sum(errors)), 0.99)
    normal = stats.norm.ppf(0.995)
    laws = [
        np.abs(combined_t([s[k] for s in samples], weights[None], np.random.SeedSequence(k), 2000)) for k in range(60)
    ]
    found = np.median([np.quantile(law, 0.99) for law in laws])
    assert exact > 1.1 * normal
    assert abs(found - exact) < 0.3 * (exact - normal)


def test_skewness_of_one_series_is_held_against_its_size_and_level():
    lopsided = np.repeat([0.0, 1.0], [960, 40])  # skewness 4.7, over sqrt(1000): 0.15
    for alpha, skewed in ((0.01, False), (1e-4, True)):
        z = stats.norm.isf(alpha / 2)
        assert (stats.skew(lopsided) / 1000**0.5 * z * (2 * z**2 + 1) / 6 > 1) == skewed
        assert too_skewed([lopsided], np.ones(1), alpha) == skewed


def test_the_size_of_numbers_plays_no_part():
    draw, one, seed = np.random.default_rng(9).gamma(0.25, size=50), np.ones((1, 1)), np.random.SeedSequence(0)
    for scale in (1e-150, 1e120):
        assert too_skewed([scale * draw], one[0], 1e-3)
        assert np.allclose(combined_t([scale * draw], one, seed, 100), combined_t([draw], one, seed, 100))


def test_many_samples_are_resampled_in_smaller_portions(monkeypatch):
    draw, one, seed = np.random.default_rng(10).standard_normal(50), np.ones((1, 1)), np.random.SeedSequence(0)
    whole = combined_t([draw], one, seed, 400)
    monkeypatch.setattr(resampling, "_DRAWS_AT_ONCE", 150)
    assert np.array_equal(combined_t([draw], one, seed, 400), whole)


@pytest.mark.slow
def test_draws_end_where_they_decide_and_are_the_first_of_all_draws():
    # A level of 1e-4 asks for 100 000 draws, of which an event of probability 0.01 needs 20 000, one of 5e-4 all.
    draw, seed, one = np.random.default_rng(11).exponential(size=(40, 2)), np.random.SeedSequence(12), np.ones((1, 1))
    curve, single = maximal_t(draw, seed, 100_000), combined_t([draw[:, 0]], one, seed, 100_000)
    for law, again in (
        (curve, lambda t: maximal_t(draw, seed, 100_000, t)),
        (single, lambda t: combined_t([draw[:, 0]], one, seed, 100_000, t)),
    ):
        size = np.abs(law).ravel()
        common, rarer, rare = np.quantile(size, [0.99, 0.997, 0.9995])
        assert np.array_equal(again(common), law[:RESAMPLES])
        assert RESAMPLES < len(again(rarer)) < 40_000
        assert (np.abs(again(rarer)) >= rarer).sum() == pytest.approx(100, abs=10)
        assert np.array_equal(again(rare), law)


def test_draws_of_several_sums_end_with_the_first_that_has_enough():
    # Of 5 samples a studentised mean is far from 0 much more often than of 200.
    series = [np.random.default_rng(13).standard_normal(size) for size in (5, 200)]
    given = (series, np.eye(2), np.random.SeedSequence(14), 60_000)
    reached = np.abs(combined_t(*given)) >= 4.0
    law = combined_t(*given, measured=4.0)
    assert len(law) == RESAMPLES
    assert reached[:RESAMPLES, 0].sum() > 100 > reached[:, 1].sum()


def test_skewness_of_a_difference_cancels_and_that_of_a_sum_does_not():
    draw = np.random.default_rng(7).gamma(0.25, size=50)
    assert too_skewed([draw, draw], np.array([1.0, 1.0]), 1e-3)
    assert not too_skewed([draw, draw], np.array([1.0, -1.0]), 1e-3)
    assert not too_skewed([np.random.default_rng(8).standard_normal(50)], np.ones(1), 1e-6)


@pytest.mark.slow
def test_confidence_bounds_of_few_skewed_numbers_keep_their_level():
    """Of 30 exponential numbers, resamples of 30 rows give a bound that is too fine in 1.5% of all cases."""
    runs, one = 6000, np.ones((1, 1))
    values = np.random.default_rng(31).exponential(size=(runs, 30))
    means, errors = values.mean(axis=1), values.std(axis=1, ddof=1) / 30**0.5
    # The bootstrap's bounds are wider than Student's, so that only where these are too fine can those be.
    candidates = np.flatnonzero(means + stats.t(29).ppf(0.99) * errors < 1)
    too_fine = {30: 0, cautious_rows(30): 0}
    for k in candidates:
        for rows in too_fine:
            law = combined_t([values[k]], one, np.random.SeedSequence(int(k)), 1000, rows=[rows])
            too_fine[rows] += means[k] + np.quantile(-law, 0.99) * errors[k] < 1
    assert stats.binomtest(too_fine[30], runs, 0.01, alternative="greater").pvalue < 0.01
    assert stats.binomtest(too_fine[cautious_rows(30)], runs, 0.01, alternative="greater").pvalue > 0.01


def test_a_slight_skewness_of_few_samples_widens_the_bounds_of_a_curve(monkeypatch):
    # Of 30 exponential numbers one sample in five has so small a skewness. With Student's bounds on these, 1.7% of the
    # bounds on such curves are too fine (calibration, numbers of known laws).
    monkeypatch.setattr(resampling, "RESAMPLES", 1000)
    skewed = stats.expon.ppf((np.arange(30) + 0.5) / 34)
    assert 0.5 < stats.skew(skewed) < 0.9
    one = np.ones(2)
    given = Sample(np.stack([skewed, skewed[::-1]], axis=1), one, one, 0 * one, one, {})
    first = Mean().evidence([given], 1e-3, np.random.SeedSequence(0)).points[0]
    reach = stats.t(29).ppf(0.99) * first.standard_error
    assert first.bounds[1] - first.estimate > 1.1 * reach
    # A mean that is too high comes with an error that is too large, and Student's bound on this side is wide enough.
    assert first.estimate - first.bounds[0] == pytest.approx(reach, rel=1e-6)


def test_resamples_of_fewer_rows_keep_the_errors_of_whole_series():
    # A series of few rows beside a large one: the sum's law is that of the noisier series, whatever is resampled.
    random = np.random.default_rng(15)
    series = [random.standard_normal(40), 10 * random.standard_normal(400)]
    weights, seed = np.ones((1, 2)), np.random.SeedSequence(16)
    variances = [combined_t(series, weights, seed, 4000, rows=rows).var() for rows in (None, [20, 400], [40, 200])]
    # Standard errors of 0.022; Student's t adds little.
    assert np.allclose(variances, 1.0, atol=0.1)
