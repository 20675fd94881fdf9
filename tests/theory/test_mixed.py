"""Mixtures and deepest minima beside pure limits, replicas and exact counts at finite n."""

import math

import numpy as np
import pytest
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


@pytest.mark.parametrize("mixture", [MIXTURE, {2: 1.0, 4: 1.0}, {1: 0.6, 3: 1.0}, {1: 2.0, 2: 1.0, 3: 0.3}])
@pytest.mark.parametrize("index", [None, 0, 1])
def test_the_complexity_is_the_growth_rate_of_exact_counts(mixture, index):
    scale = math.sqrt(Covariance.of(mixture)(1.0))
    u = scale * np.array([-1.75, -1.5, -1.2, 0.0])
    rates = [np.asarray(theory.mean_critical_points(n, mixture, index=index, below=u, log=True)) / n for n in (40, 80)]
    limit = theory.mixed_complexity(u, mixture, index)
    # Corrections are log(n)/n and, for one index above its layer, the width of a spectrum's edge.
    far, near = (np.abs(rate - limit) for rate in rates)
    # In between, where one index's layer ends, the difference changes its sign on the way.
    compared = slice(None) if index is None else [0, -1]
    assert np.all(near[compared] < 0.8 * far[compared] + 1e-3)


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


@pytest.mark.parametrize("mixture", [MIXTURE, {2: 1.0, 4: 0.3}, {2: 1.0, 4: 2.0}, {3: 1.0, 30: 0.5}])
def test_pure_like_is_where_minima_at_the_threshold_are_many(mixture):
    at_threshold = theory.mixed_complexity(-theory.E_th(mixture), mixture, index=0)
    assert theory.is_pure_like(mixture) == (at_threshold > 0)


def test_order_two_is_at_the_border_and_not_pure_like():
    assert theory.is_pure_like(2) is False
    assert theory.is_pure_like({2: 0.3}) is False


@pytest.mark.parametrize("H", [3, 4])
def test_counts_below_the_ground_state_tend_to_the_gumbel_laws_constant(H):
    sizes = np.array([400, 800, 1600])
    counts = [math.sqrt(n) * theory.mean_critical_points(int(n), H, below=-theory.E_0(H)) for n in sizes]
    constant = theory.deepest_minimum(100, H).constant
    errors = np.abs(np.array(counts) / constant - 1)
    # They come closer, as 1/n^(3/4) or so: 0.09, 0.05, 0.03 at H = 3.
    assert np.all(np.diff(errors) < 0)
    assert errors[-1] < 0.05


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
    with pytest.raises(ValueError, match="index"):
        theory.mixed_complexity(-1.0, MIXTURE, index=-1)
