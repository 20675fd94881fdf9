"""Mixtures and deepest minima beside pure limits, replicas and exact counts at finite n."""

import math
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

import theory
from theory.covariance import Covariance

MIXTURE = {3: 0.5**0.5, 4: 0.5**0.5}


@pytest.mark.parametrize("index", [None, 0, 2])
def test_a_nearly_pure_mixture_is_the_pure_model(index):
    u = np.linspace(-1.75, 0.5, 19)
    nearly = theory.mixed_complexity(u, {3: 1.0, 4: 1e-4}, index)
    # Weights enter squared; the edge of the spectrum moves the rate by a root at most.
    np.testing.assert_allclose(nearly, theory.mixed_complexity(u, 3, index), atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("mixture", [MIXTURE, {2: 1.0, 4: 1.0}, {1: 0.6, 3: 1.0}, {1: 2.0, 2: 1.0, 3: 0.3}])
@pytest.mark.parametrize("index", [None, 0, 1])
def test_the_complexity_is_the_growth_rate_of_exact_counts(mixture, index):
    scale = math.sqrt(Covariance.of(mixture)(1.0))
    u = scale * np.array([-1.75, -1.5, -1.2, 0.0])
    counts = [theory.mean_critical_points(n, mixture, index=index, below=u, log=True, unknown="nan") for n in (30, 60)]
    rates = [np.asarray(count) / n for n, count in zip((30, 60), counts, strict=True)]
    limit = theory.mixed_complexity(u, mixture, index)
    # Corrections are log(n)/n and, for one index above its layer, the width of a spectrum's edge.
    far, near = (np.abs(rate - limit) for rate in rates)
    # In between, where one index's layer ends, the difference changes its sign on the way.
    compared = slice(None) if index is None else [0, -1]
    # Of the last mixture, whose field is strong, float64 knows no count of index 1 at the lowest energy.
    unknown = np.isnan(near[compared])
    assert np.count_nonzero(unknown) <= (index == 1)
    assert np.all(unknown | (near[compared] < 0.8 * far[compared] + 1e-3))


def by_search(u, mixture, index):
    """The supremum in the docstring by brute force over z, v at its best for each."""
    value, first, second = (float(Covariance.of(mixture)(1.0, d)) for d in range(3))
    m, spread = 2 * first * math.sqrt(second) / (first + second), value - first**2 / (first + second)

    def lowered(z):
        rate = z * math.sqrt(z * z - 1) - math.log(z + math.sqrt(z * z - 1)) if z > 1 else 0.0
        v = min(u, -m * z)
        bulk = (second - first) / (second + first) * z * z
        return bulk + ((index or 0) + 1) * rate + (v + m * z) ** 2 / (2 * spread) - 0.5 * math.log(second / first)

    grid = np.linspace(1.0 if index is not None else -2.0, 6.0, 801)
    best = grid[np.argmin([lowered(z) for z in grid])]
    ends = max(best - 0.01, grid[0]), best + 0.01
    # minimize_scalar stays inside its interval: an end is looked at as well.
    return -min(minimize_scalar(lowered, bounds=ends, method="bounded", options={"xatol": 1e-10}).fun, lowered(ends[0]))


@pytest.mark.parametrize("mixture", [MIXTURE, {2: 1.0, 4: 1.0}, {1: 0.6, 3: 1.0}, {3: 1.0, 5: 0.4}])
@pytest.mark.parametrize("index", [None, 0, 3])
def test_the_complexity_is_the_supremum_it_says(mixture, index):
    u = math.sqrt(Covariance.of(mixture)(1.0)) * np.linspace(-2.0, 0.2, 12)
    searched = [by_search(energy, mixture, index) for energy in u]
    # At a maximum found to 1e-6 in z the value is right to rounding.
    np.testing.assert_allclose(theory.mixed_complexity(u, mixture, index), searched, rtol=0, atol=1e-10)


def test_minima_vanish_where_replicas_put_the_ground_state():
    for mixture in (MIXTURE, {3: 1.0, 5: 0.4}):
        assert abs(theory.mixed_complexity(theory.ground_state_energy(mixture), mixture, index=0)) < 1e-9


def test_thresholds_of_pure_models_are_E_inf():
    for H in (2, 3, 4, 10):
        assert theory.E_th(H) == pytest.approx(float(theory.E_inf(H)), rel=1e-14)
        assert theory.E_alg(H) == pytest.approx(float(theory.E_inf(H)), rel=1e-10)
        assert theory.E_th({H: 0.3}) == pytest.approx(0.3 * float(theory.E_inf(H)), rel=1e-14)


def test_the_published_mixture():
    assert theory.E_th(MIXTURE) == pytest.approx(1.69048, abs=1e-5)
    nu = Covariance.of(MIXTURE)
    assert theory.E_alg(MIXTURE) == pytest.approx(quad(lambda q: math.sqrt(nu(q, 2)), 0, 1)[0], rel=1e-8)
    assert theory.E_th(MIXTURE) < theory.E_alg(MIXTURE) < -theory.ground_state_energy(MIXTURE)


def annealed_threshold(mixture):
    value, first, second = (float(Covariance.of(mixture)(1.0, d)) for d in range(3))
    return (first - value) / math.sqrt(second) + value * math.sqrt(second) / first


@pytest.mark.parametrize("mixture", [MIXTURE, {2: 1.0, 4: 0.3}, {2: 1.0, 4: 2.0}, {3: 1.0, 30: 0.5}])
def test_pure_like_is_where_minima_at_the_threshold_are_many(mixture):
    at_threshold = theory.mixed_complexity(-annealed_threshold(mixture), mixture, index=0)
    assert theory.is_pure_like(mixture) == (at_threshold > 0)


def test_order_two_is_at_the_border_and_not_pure_like():
    assert theory.is_pure_like(2) is False
    assert theory.is_pure_like({2: 0.3}) is False


def replicated_threshold(mixture, b, q, x):
    """Return the energy at which marginal points prevail, by the replicated Kac-Rice formula.

    Kent-Dobias and Kurchan (2023), Phys. Rev. E 107, 064111: the n -> 0 replicas of a point have overlaps 1, responses
    r and d, and with one another q, s and e: in blocks of x of them, or where x is None, in a field, all pairs. The
    count is stationary in all of these, in the conjugate b of the energy and in the radial derivative mu. Points are
    marginal at ``mu = 2 sqrt(nu'')``, where the log of the determinant has the derivative ``1/sqrt(nu'')`` = r.
    """
    weights = {p: mpmath.mpf(a) ** 2 for p, a in mixture.items()}

    def nu(t, power=0):
        return sum(s * mpmath.ff(p, power) * t ** (p - power) for p, s in weights.items() if p >= power)

    one, response = mpmath.mpf(1), 1 / mpmath.sqrt(nu(mpmath.mpf(1), 2))

    def action(b, s, d, e, q, r, x=0):
        total = b * b * (nu(one) - (1 - x) * nu(q)) + (2 * b * r - d) * nu(one, 1) + r * r * nu(one, 2)
        total -= (1 - x) * ((2 * b * s - e) * nu(q, 1) + s * s * nu(q, 2))
        within = (1 - q) * (d - e) + (r - s) ** 2
        if x == 0:
            volume = mpmath.log(within) + ((1 - q) * e + q * (d - e) + 2 * (r - s) * s) / within
        else:
            together = (1 - q + x * q) * (d - e + x * e) + (r - s + x * s) ** 2
            volume = mpmath.log(together) / x + (1 - 1 / x) * mpmath.log(within)
        return (total + volume) / 2 - 2 * r / response

    def slope(k, b, s, d, e, q, *x):
        point = (b, s, d, e, q, response, *x)
        return mpmath.diff(action, point, tuple(int(i == k) for i in range(len(point))))

    start = [b, 1e-4, b * response, 1e-4, q] + ([] if x is None else [x])
    found = mpmath.findroot(lambda *v: [slope(k, *v) for k in range(1, len(start) + 1)], start, tol=1e-18, verify=False)
    assert max(abs(slope(k, *found)) for k in range(1, len(start) + 1)) < 1e-15
    return float(slope(0, *found))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mixture", "b", "q", "x"),
    [
        ({3: 0.5**0.5, 16: 32**-0.5}, 1.65, 0.926, 0.68),
        ({3: 0.8**0.5, 16: 0.2**0.5}, 1.4, 0.85, 0.7),
        ({1: 0.5, 3: 1.0}, 0.45, 0.2, None),
        ({1: 1.55, 3: 1.0}, 0.22, 0.893, None),
    ],
)
def test_the_threshold_is_where_replicated_counts_have_it(mixture, b, q, x):
    # The first is quoted from the paper as 1.287575114; by this equation and by theory it is 1.2875751014.
    with mpmath.workdps(25):
        expected = replicated_threshold(mixture, b, q, x)
    assert theory.E_th(mixture) == pytest.approx(expected, abs=1e-10)


@pytest.mark.slow
@settings(max_examples=4, deadline=None)  # up to 1 s each: a search for the multiplier
@given(
    mixture=st.dictionaries(st.sampled_from([1, 2, 3, 4, 8, 16]), st.floats(0.05, 2.0), min_size=1, max_size=3).filter(
        lambda mixture: max(mixture) > 1
    )
)
def test_no_threshold_is_beyond_the_ground_state(mixture):
    nu = Covariance.of(mixture)
    if nu(1.0, 2) < nu(1.0, 1):
        with pytest.raises(ValueError, match="theory.ground_state gives the energy"):
            theory.E_th(mixture)
        return
    ground = -float(theory.ground_state_energy(mixture))
    assert theory.E_th(mixture) <= ground * (1 + 1e-12)


def test_marginal_ground_states_are_at_the_threshold():
    full = {2: 0.5**0.5, 4: 32**-0.5}
    exact = quad(lambda q: math.sqrt(Covariance.of(full)(q, 2)), 0, 1, epsabs=1e-13, epsrel=1e-13)[0]
    assert theory.E_th(full) == pytest.approx(exact, rel=1e-12)


def root_of_second(nu, q):
    return math.sqrt(nu(q, 2))


@pytest.mark.slow
def test_ground_states_of_2_and_4_are_marginal_for_small_weights_of_4_only():
    # 1/sqrt(nu'') is concave on [0, 1] for 12 a_4^2 <= a_2^2; the ground state then is the integral of sqrt(nu'').
    for square, marginal in ((0.9 / 12, True), (1.0, False)):
        mixture = {2: 1.0, 4: square**0.5}
        exact = quad(partial(root_of_second, Covariance.of(mixture)), 0, 1, epsabs=1e-13, epsrel=1e-13)[0]
        ground = -float(theory.ground_state_energy(mixture))
        assert (ground == pytest.approx(exact, rel=1e-9)) == marginal
        assert (theory.E_th(mixture) == pytest.approx(ground, rel=1e-9)) == marginal


def test_extremes_are_answered_or_refused():
    for mixture in (MIXTURE, {1: 0.5, 3: 1.0}):
        for index in (None, 0):
            # Far below, -u^2 / (2 V) is all there is.
            far = theory.mixed_complexity(-1e100, mixture, index)
            assert far < 0
            assert theory.mixed_complexity(-2e100, mixture, index) == pytest.approx(4 * far, rel=1e-12)
            assert theory.mixed_complexity(-1e200, mixture, index) == -math.inf
            top = theory.mixed_complexity(10.0, mixture, index)
            assert theory.mixed_complexity(1e200, mixture, index) == top
    assert theory.E_th({3: 1e-200, 4: 1e200}) == pytest.approx(1e200 * 3**0.5, rel=1e-14)
    assert theory.is_pure_like({1: 1e300, 2: 1e-300}) is False
    with pytest.raises(ValueError, match="no critical points are marginal"):
        theory.E_th({1: 1e300, 2: 1e-300})


@pytest.mark.slow
def test_quantities_of_mixtures_scale_with_the_weights():
    u = np.array([-1.9, -1.7, -1.0, 0.3])
    for mixture in (MIXTURE, {1: 0.5, 3: 1.0}, {5: 1.0}):
        for unit in (2.0**-600,) if len(mixture) == 2 else (2.0**500,):
            scaled = {p: a * unit for p, a in mixture.items()}
            assert theory.E_th(scaled) == theory.E_th(mixture) * unit
            assert theory.is_pure_like(scaled) == theory.is_pure_like(mixture)
            for index in (None, 0, 2):
                expected = theory.mixed_complexity(u, mixture, index)
                assert np.array_equal(theory.mixed_complexity(u * unit, scaled, index), expected)


@pytest.mark.slow
@pytest.mark.parametrize("H", [3, 4])
def test_counts_below_the_ground_state_tend_to_the_gumbel_laws_constant(H):
    sizes = np.array([200, 400, 800])
    counts = [math.sqrt(n) * theory.mean_critical_points(int(n), H, below=-theory.E_0(H)) for n in sizes]
    constant = theory.deepest_minimum(100, H).constant
    errors = np.abs(np.array(counts) / constant - 1)
    # They come closer, as 1/n^(3/4) or so: 0.09, 0.05, 0.03 at H = 3 for 400, 800 and 1600.
    assert np.all(np.diff(errors) < 0)
    assert errors[-1] < 0.06


@pytest.mark.slow
def test_the_gumbel_law_of_the_deepest_minimum():
    law = theory.deepest_minimum(200, 3)
    u = np.linspace(law.mean - 40 * law.standard_deviation, law.mean + 8 * law.standard_deviation, 20_001)
    density = np.gradient(law.cdf(u), u)
    mean = np.trapezoid(u * density, u)
    assert mean == pytest.approx(law.mean, abs=1e-6)
    assert np.trapezoid((u - mean) ** 2 * density, u) == pytest.approx(law.standard_deviation**2, rel=1e-3)
    # In the tail the probability is the mean number of minima, up to what the limit leaves out at this n.
    large = theory.deepest_minimum(1600, 3)
    u = large.center - 3 / (1600 * large.rate)
    assert large.cdf(u) == pytest.approx(theory.mean_critical_points(1600, 3, below=u), rel=0.15)


def test_refusals_say_what_is_wrong():
    with pytest.raises(ValueError, match="external field"):
        theory.E_alg({1: 1.0, 3: 1.0})
    with pytest.raises(ValueError, match="smallest eigenvalue"):
        theory.deepest_minimum(10, 2)
    with pytest.raises(ValueError, match="finite"):
        theory.mixed_complexity(math.nan, MIXTURE)
    with pytest.raises(ValueError, match=r"not '3\+4'; give the order of a pure model, .* or a mixture"):
        theory.mixed_complexity(-1.7, "3+4")
    for pure in (theory.complexity, theory.I_1, lambda u, H: theory.index_complexity(u, H, 0)):
        with pytest.raises(ValueError, match="is for pure models; theory.mixed_complexity"):
            pure(-1.7, MIXTURE)
    for pure in (theory.E_inf, theory.E_0, lambda H: theory.E_k(H, 1)):
        with pytest.raises(ValueError, match="theory.E_th and theory.ground_state_energy take mixtures"):
            pure(MIXTURE)
    with pytest.raises(ValueError, match="index"):
        theory.mixed_complexity(-1.0, MIXTURE, index=-1)
