import numpy as np
from scipy import stats

from validation.resampling import RESAMPLES, maximal_t, resamples_for


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
