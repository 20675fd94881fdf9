"""A small sweep of the exact counts and eigenvalue laws; ``benchmarks/accuracy.py`` has the full one."""

import math
import time

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

import theory
from benchmarks import accuracy
from benchmarks.pfaffian import count_probabilities, one_point_density, rank_density
from theory.kac_rice.ordered_eigenvalues import order_table

FIELD = {1: 0.8, 3: 1.0}


@pytest.mark.parametrize(("n", "H"), [(1, 3), (2, 20), (10, 2), (101, 3), (400, 10)])
def test_total_density_against_fifty_digits_on_both_sides(n, H):
    # The stated relative accuracy.
    assert max(accuracy.total_errors(n, H, [-2.6, -1.7, -0.4, 0.0, 1.66, 2.5])) < accuracy.TOTAL


@pytest.mark.slow
@pytest.mark.parametrize("H", [{3: 0.6**0.5, 4: 0.4**0.5}, FIELD])
def test_mixed_densities_against_fifty_digits(H):
    # At u = -3 the energy that the Hessian leaves free lies many standard deviations out.
    assert max(accuracy.total_errors(6, H, [-3.0, 0.0, 1.4])) < accuracy.TOTAL


@pytest.mark.slow
def test_mixed_tails_of_large_samples():
    # In this tail the integrand has its peak more than nine standard deviations from the origin. The reference goes
    # through 50-digit eigenvalue densities on a coarser grid around the peak, which is smooth there.
    n, H, u = 100, {2: 1.0, 12: 1.0}, 4.5
    nu, nu1, nu2 = (float(d) for d in accuracy.derivatives(H))
    c, slope = (nu2 - nu1) / (2 * (nu2 + nu1)), nu1 / (nu1 + nu2) * math.sqrt(2 * nu2 / n)
    spread = math.sqrt((nu - nu1**2 / (nu1 + nu2)) / n)
    edge = math.sqrt(2 * n)
    # Outside the spectrum nothing oscillates, and this u has its peak there (checked below).
    x, h = np.linspace(edge, edge + 16.0, 81, retstep=True)
    logs = [float(mpmath.log(one_point_density(n, t))) - c * t * t - 0.5 * ((u - slope * t) / spread) ** 2 for t in x]
    z = (u - slope * x[int(np.argmax(logs))]) / spread
    front = math.log(2) + 0.5 * math.log(2 * nu2 / (nu1 + nu2)) + 0.5 * (n - 1) * math.log(nu2 / nu1)
    expected = front + np.logaddexp.reduce(logs) + math.log(h / (spread * math.sqrt(2 * math.pi)))
    assert abs(z) > 9.0
    assert max(logs[0], logs[-1]) < max(logs) - 40.0
    # The trapezoidal rule's nodes are far closer than the integrand's width.
    found = theory.mean_critical_point_density([-u, u], n, H, log=True)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("n", "H", "u"), [(1000, 3, 1.655), (300, 4, 1.79), (50, 3, 2.5)])
def test_total_density_is_symmetric_in_its_tails(n, H, u):
    left, right = theory.mean_critical_point_density([-u, u], n, H, log=True)
    assert left == right
    assert left > -100.0


@pytest.mark.parametrize("H", [3, FIELD, {2: 1.0, 5: 0.4}])
@pytest.mark.parametrize("n", [2, 7, 24])
def test_densities_are_symmetric_index_by_index(n, H):
    u = np.linspace(-1.9, 1.9, 9)
    # Each side is known to a relative 1e-3, and almost everywhere to many more digits.
    errors = accuracy.symmetry_errors(n, H, u, (None, 0, n // 2, n - 1))
    assert max(errors) < 1e-3
    assert np.median(errors) < 1e-11


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2, 30])
@pytest.mark.parametrize("H", [3, 20, FIELD])
def test_density_integrates_to_the_count(n, H):
    assert accuracy.normalisation_error(n, H) < accuracy.TOTAL


@pytest.mark.parametrize("below", [-1.0, 0.7, math.inf])
@pytest.mark.parametrize("H", [3, FIELD])
def test_indices_below_an_energy_sum_to_the_total(H, below):
    assert accuracy.sum_error(9, H, below) < accuracy.NORMALISATION


@pytest.mark.slow
@pytest.mark.parametrize(("n", "H", "ranks"), [(2, 3, (0, 1)), (5, 4, (0, 2, 4)), (12, 10, (0, 6, 11))])
def test_single_indices_against_fifty_digits_or_refused(n, H, ranks):
    errors, refused = accuracy.rank_errors(n, H, ranks, [-2.2, -1.5, -1.0, -0.3, 0.3, 1.5])
    assert len(errors) >= refused
    assert max(errors) < accuracy.RANK


@pytest.mark.parametrize("place", [1.3, 1.0, 0.7, 0.4, 0.1])
@pytest.mark.parametrize(("n", "k"), [(3, 2), (10, 4), (20, 0), (20, 3)])
def test_bounds_of_the_error_of_ordered_densities_hold(n, k, place):
    t = -place * math.sqrt(2 * n)
    table = order_table(np.array([t]), n)
    unit = math.exp(table.log_scale[0] - t * t / 2)
    error = abs(table.density[0, k] * unit - float(rank_density(n, t, k)))
    assert error <= table.error[0, k] * unit


def test_the_reference_itself_on_two_by_two_matrices():
    # P(both eigenvalues below 0) = P(none below 0) = 1/2 - 1/sqrt 8, from the joint density in polar coordinates.
    none, one, both = (float(p) for p in count_probabilities(2, 0.0, 2))
    assert [none, one, both] == pytest.approx([0.5 - 8**-0.5, 2 * 8**-0.5, 0.5 - 8**-0.5], rel=1e-15)


def test_eigenvalue_laws_against_fifty_digits():
    # Stated: 1e-13, in units of the level spacing.
    assert max(accuracy.eigenvalue_errors(9, (0, 4, 8), [-1.4, -0.6, 0.9])) < 1e-13
    assert max(accuracy.one_point_errors(9, [-1.7, 0.0, 0.7])) < 1e-12


def count_on_the_circle(weights, index, below):
    """The Kac-Rice formula at n = 2 in terms of the energy and its derivatives along the circle."""
    nu, nu1, nu2 = (sum(a * a * math.perm(p, d) for p, a in weights.items() if p >= d) for d in range(3))
    variance, fourth = 2 * nu - 2 * nu1**2 / (nu1 + 3 * nu2), math.sqrt(2 * (nu1 + 3 * nu2))
    sign = 1 - 2 * index

    def integrand(x):
        mean = -sign * x * nu1 / (nu1 + 3 * nu2) * fourth
        return x * fourth * norm.pdf(x) * norm.cdf((2 * below - mean) / math.sqrt(variance))

    return math.sqrt(math.pi / nu1) * quad(integrand, 0, 40, epsabs=1e-60, epsrel=1e-12, limit=200)[0]


@pytest.mark.slow
def test_energies_without_points_do_not_spoil_the_others():
    weights, below = {1: 5.0, 2: 0.1}, [-12.0, -2.0, 0.7, 12.0]
    expected = [count_on_the_circle(weights, 1, u) for u in below]
    # The stated absolute accuracy; the second count is 4.8e-42.
    found = theory.mean_critical_points(2, weights, index=1, below=below)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    alone = [theory.mean_critical_points(2, weights, index=1, below=u) for u in below]
    np.testing.assert_allclose(found, alone, rtol=1e-12, atol=1e-12)
    # The other indices and their sum are known by themselves.
    weights, below = {1: 3.0, 2: 0.5}, [-12.0, 0.5, 5.0]
    parts = [theory.mean_critical_points(3, weights, index=k, below=below) for k in range(3)]
    np.testing.assert_allclose(sum(parts), theory.mean_critical_points(3, weights, below=below), rtol=1e-11)


@pytest.mark.parametrize("weight", [1e-7, 1e-12, 1e-130, 1e-150, 1e-170])
def test_a_tiny_second_weight_changes_nothing(weight):
    for index in (0, None):
        pure = theory.mean_critical_points(6, 3, index=index, below=[-1.2, 0.3])
        near = theory.mean_critical_points(6, {3: 1.0, 4: weight}, index=index, below=[-1.2, 0.3])
        # Derivatives of nu change by the square of the weight.
        np.testing.assert_allclose(near, pure, rtol=1e-12)
        density = theory.mean_critical_point_density(-1.2, 6, {3: 1.0, 4: weight}, index=index)
        assert density == pytest.approx(theory.mean_critical_point_density(-1.2, 6, 3, index=index), rel=1e-12)


def test_unknown_counts_are_refused_or_not_a_number():
    # Maxima at the bottom: at n = 40 there are exp(-2000) of them.
    with pytest.raises(ValueError, match="float64 cannot determine"):
        theory.mean_critical_point_density(-1.5, 40, 3, index=39, log=True)
    found = theory.mean_critical_point_density([-1.5, 1.5], 40, 3, index=39, log=True, unknown="nan")
    assert np.isnan(found).tolist() == [True, False]
    # Without the logarithm they are too few to matter.
    assert theory.mean_critical_point_density(-1.5, 40, 3, index=39) < 1e-12
    with pytest.raises(ValueError, match="unknown must be"):
        theory.mean_critical_points(5, 3, unknown="zero")


@pytest.mark.slow
def test_extreme_arguments_are_answered_at_once():
    start = time.perf_counter()
    total = theory.mean_critical_points(10, 3)
    far = theory.mean_critical_points(10, 3, below=[3e3, 1e4, 1e10, 1e200, 1e308, -3e3, -1e308])
    np.testing.assert_allclose(far, [total] * 5 + [0.0, 0.0], rtol=1e-13)
    for weight in (5e-324, 1e-300, 1e-4, 1e300):
        scaled = theory.mean_critical_points(10, {3: weight}, below=[-weight, weight])
        # A subnormal weight is exact, and so is its ratio to the energy.
        np.testing.assert_allclose(scaled, theory.mean_critical_points(10, 3, below=[-1.0, 1.0]), rtol=1e-12)
    assert theory.mean_critical_points(10, {3: 1e-4}, below=1.0) == pytest.approx(total, rel=1e-13)
    for H in (3, {3: 1.0, 4: 1.0}, FIELD):
        for index in (None, 0, 5, 9):
            found = theory.mean_critical_point_density([-1e300, -1e10, 1e10, 1e300], 10, H, index=index)
            assert found.tolist() == [0.0] * 4
    # Measured: 1 s on two busy cores. Before, single calls took minutes.
    assert time.perf_counter() - start < 20.0


@pytest.mark.parametrize("u", [-200.0, -3e3, -1e6])
def test_far_left_tails_of_one_spin(u):
    # One spin has two points of standard normal energy.
    with mpmath.workdps(50):
        expected = float(mpmath.log(2 * mpmath.ncdf(mpmath.mpf(u))))
    # A logarithm keeps about 15 digits.
    assert theory.mean_critical_points(1, 3, below=u, log=True) == pytest.approx(expected, rel=1e-14)


def test_what_takes_too_long_is_refused():
    for arguments, message in (((2000, 3, 1000), "minutes"), ((10**7, 3), "n must be at most"), ((5, 10**9), "orders")):
        with pytest.raises(ValueError, match=message):
            theory.mean_critical_points(*arguments)
    with pytest.raises(ValueError, match="minutes"):
        theory.kth_eigenvalue_cdf(np.zeros(100), 2000, 1000)
