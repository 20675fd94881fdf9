import math

import numpy as np
import pytest
from scipy import stats

from validation import Between, Claim, Extrapolation, Mutant, Series
from validation.series import EFFORTS
from validation.statistics.evidence import Sample

SEED = np.random.SeedSequence(0)
LAWS = {"1/n": lambda n: 1 / n, "1/n^2": lambda n: n**-2.0}
SIZES = (10, 20, 40)


def sample(values, n, predicted=2.0, delta=0.2, bias=0.0):
    values = np.asarray(values, dtype=float).reshape(len(values), -1)
    ends = np.full(values.shape[1], predicted)
    return Sample(values, ends, ends, np.full_like(ends, bias), np.full_like(ends, delta), {"n": n})


def draws(mean, n, count=50, scatter=0.01):
    return mean(n) + scatter * np.random.default_rng(n).standard_normal(count)


def evidence(mean, delta=0.2, sizes=SIZES, laws=LAWS, **scatter):
    given = [sample(draws(mean, n, **scatter), n, delta=delta) for n in sizes]
    return Extrapolation(laws).evidence(given, 0.01, SEED), given


def test_every_law_is_fitted_in_every_window_that_determines_it():
    forms = Extrapolation({**LAWS, "1/n + 1/n^2": lambda n: (1 / n, n**-2.0)}).forms(np.array(SIZES, dtype=float))
    assert list(forms) == ["1/n, n >= 10", "1/n, n >= 20", "1/n^2, n >= 10", "1/n^2, n >= 20", "1/n + 1/n^2, n >= 10"]
    assert all((weights[0] == 0) == name.endswith("20") for name, weights in forms.items())


def test_series_of_one_size_share_a_window():
    weights = Extrapolation(LAWS).forms(np.array([10.0, 20.0, 10.0, 40.0, 80.0]))["1/n, n >= 20"]
    assert (weights[[0, 2]] == 0).all()
    assert (weights[[1, 3, 4]] != 0).all()


def test_the_limits_are_those_of_numpys_own_fits():
    found, given = evidence(lambda n: 2 + 3 / n)
    means = [one.values.mean() for one in given]
    limits = [
        np.polyfit(np.array(SIZES[first:]) ** -power, means[first:], 1)[1] for power in (1.0, 2.0) for first in (0, 1)
    ]
    point = found.points[0]
    assert math.isclose(point.estimate, (max(limits) + min(limits)) / 2, rel_tol=1e-9)
    assert math.isclose(point.null[1] - point.predicted[1], (max(limits) - min(limits)) / 2, rel_tol=1e-9)
    # The interval covers the limit of every law and window.
    assert point.interval[0] < min(limits) < max(limits) < point.interval[1]
    # Errors are those of the means, carried through the fit that magnifies them most: n >= 20 with 1/n, (-1, 2).
    errors = [one.values.std(ddof=1) / math.sqrt(50) for one in given]
    assert math.isclose(point.standard_error, math.hypot(errors[1], 2 * errors[2]), rel_tol=1e-9)


def test_a_window_shows_what_two_laws_of_all_sizes_hide():
    # An approach slower than both laws: over all sizes they err alike, without the smallest they move on together.
    means = 2 + np.array(SIZES) ** -0.5
    limits = {name: weights @ means for name, weights in Extrapolation(LAWS).forms(np.array(SIZES)).items()}
    every = [limit for name, limit in limits.items() if name.endswith("10")]
    assert 2 < min(limits.values()) < min(every)
    assert max(limits.values()) - min(limits.values()) > 1.3 * (max(every) - min(every))


def test_several_numbers_of_a_sample_are_averaged():
    whole = draws(lambda n: 2 + 3 / n, 10)
    pairs = np.stack([whole - 0.5, whole + 0.5], axis=1)
    others = [sample(draws(lambda n: 2 + 3 / n, n), n) for n in SIZES[1:]]
    one = Extrapolation(LAWS).evidence([sample(whole, 10), *others], 0.01, SEED).points[0]
    two = Extrapolation(LAWS).evidence([sample(pairs, 10), *others], 0.01, SEED).points[0]
    assert math.isclose(one.estimate, two.estimate)
    assert math.isclose(one.standard_error, two.standard_error, rel_tol=1e-9)


def test_an_extrapolation_that_spreads_too_far_never_agrees():
    found, _ = evidence(lambda n: 2 + 3 / n, delta=0.03, scatter=1e-6)
    assert found.p_equivalence == 1.0
    assert found.status(0.01) == "undecided"
    assert "too large for delta" in found.reason


def test_a_stated_bias_and_the_spread_count_together():
    # The fits of 2 + 3/n spread by 0.0375 either way: with 0.07 more that is over half of 0.2.
    means = {n: draws(lambda n: 2 + 3 / n, n, scatter=1e-6) for n in SIZES}
    statuses = []
    for bias in (0.0, 0.07):
        given = [sample(values, n, bias=bias) for n, values in means.items()]
        found = Extrapolation(LAWS).evidence(given, 0.01, SEED)
        assert math.isclose(found.points[0].null[1] - 2 - bias, 0.0375, rel_tol=1e-3)
        statuses.append(found.status(0.01))
    assert statuses == ["agrees", "undecided"]


@pytest.mark.slow
def test_the_error_level_holds_as_long_as_one_fit_is_right():
    # The limit is 2 and 1/n the law. 1/n^2 errs not at all, by a tenth of a standard error, or by two.
    alpha, runs = 0.05, 400
    for slope in (0.0, 0.1, 3.0):
        alarms = 0
        for root in np.random.SeedSequence(5).spawn(runs):
            generator = np.random.default_rng(root)
            given = [sample(2 + slope / n + 0.1 * generator.standard_normal(40), n) for n in SIZES]
            alarms += Extrapolation(LAWS).evidence(given, alpha, SEED).p_value <= alpha
        # False alarm 0.001 a slope.
        assert stats.binomtest(alarms, runs, alpha, alternative="greater").pvalue > 0.001


def test_skewed_numbers_are_tested_by_resampling():
    # Mostly zero and rarely large: a mean that is too low comes with an error that is too small.
    rare, symmetric = np.repeat([0.0, 20.0], [188, 12]), np.tile([0.0, 9.0], 100)
    p = {}
    for name, values, predicted in (("rare", rare, 4.2), ("symmetric", symmetric, 7.5)):
        found = Extrapolation(LAWS).evidence([sample(values, n, predicted, delta=9.0) for n in SIZES], 1e-3, SEED)
        point = found.points[0]
        t = (point.null[0] - point.estimate) / point.standard_error
        p[name] = found.p_value / (2 * stats.t(199).sf(t))
    assert p["rare"] > 10
    assert math.isclose(p["symmetric"], 1, rel_tol=1e-6)


def test_an_extrapolation_says_how_many_samples_would_decide():
    def mean(n):
        return 2.0

    coarse, _ = evidence(mean, delta=0.4, count=60, scatter=1.0)
    needed = coarse.points[0].needed
    assert coarse.status(0.01) == "undecided"
    # The largest error, of the window of two sizes by 1/n, has to fit 4.3 times between the spread and delta.
    spread = coarse.points[0].null[1] - 2.0
    assert abs(needed / (60 * (4.3 * math.sqrt(5 / 60) / (0.4 - 2 * spread)) ** 2) - 1) < 0.3
    enough, _ = evidence(mean, delta=0.4, count=needed, scatter=1.0)
    assert enough.status(0.01) == "agrees"


def test_a_series_without_spread_does_not_pass_for_exact():
    given = [sample(draws(lambda n: 2.0, n), n) for n in SIZES[:2]] + [sample(np.full(50, 2.0), 40)]
    found = Extrapolation(LAWS).evidence(given, 0.01, SEED)
    assert found.status(0.01) == "undecided"
    assert "same in nearly every sample" in found.reason


def test_an_extrapolation_has_one_resolution():
    given = [sample(draws(lambda n: 2.0, n), n, delta=delta) for n, delta in zip(SIZES, (0.2, 0.2, 0.3), strict=True)]
    with pytest.raises(ValueError, match="with the same scale"):
        Extrapolation(LAWS).evidence(given, 0.01, SEED)


def test_an_extrapolation_has_one_limit():
    given = [sample(draws(lambda n: 2.0, n), n, predicted) for n, predicted in zip(SIZES, (2.0, 2.0, 2.1), strict=True)]
    with pytest.raises(ValueError, match="predict must give the same number for every series"):
        Extrapolation(LAWS).evidence(given, 0.01, SEED)


def claim(laws, sizes):
    series = [Series(40, n=n) if n else Series(40) for n in sizes]
    dead = [Mutant(name, "s", {"math.sqrt": lambda f: f}, upstream=True) for name in "ab"]
    return Claim(
        id="a/limit", kind="theorem", statement="s", formula="f", source="s", measured="m",
        measure=lambda seed, n: 0.0, predict=lambda n: Between(0, 0, scale=1), delta=0.1,
        sizes=dict.fromkeys(EFFORTS, series), mutants=dead, estimator=Extrapolation(laws),
    )  # fmt: skip


ONE = {"1/n": LAWS["1/n"]}


@pytest.mark.parametrize(
    ("laws", "sizes", "message"),
    [
        (ONE, SIZES, "at least two laws, given 1/n"),
        (LAWS, (10, 20), "no law can be fitted without the smallest of the sizes 10, 20.*at least three sizes"),
        (LAWS, (10, 20, 20), "no law can be fitted without the smallest"),
        ({**ONE, "both": lambda n: (1 / n, n**-2)}, (10, 20), "'both' has 3 constants, which the sizes 10, 20 do not"),
        ({**ONE, "flat": lambda n: 0 * n}, SIZES, "'flat' has 2 constants, which the sizes .* do not determine"),
        ({**ONE, "same": lambda n: 5 / n}, SIZES, "the laws 1/n, same are equal at the sizes 10, 20, 40"),
        ({**ONE, "log": lambda n: np.log(n - 10)}, SIZES, "'log' must return a finite number for every size"),
        ({**ONE, "short": lambda n: 1.0}, SIZES, "'short' must return a finite number for every size"),
        (LAWS, (10, 0, 40), "needs the size n as a positive number in every series; given 10, None, 40"),
        (LAWS, (10, -20, 40), "needs the size n as a positive number in every series"),
    ],
)
def test_a_claim_that_leaves_a_guess_unchecked_is_refused_at_the_door(laws, sizes, message):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=message):
        claim(laws, sizes)
