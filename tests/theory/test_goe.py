import math

import numpy as np
import pytest
from flint import arb
from scipy.linalg import eigvalsh_tridiagonal
from scipy.stats import kstest

import theory
from benchmarks.pfaffian import count_probabilities, rank_cdf
from theory.kac_rice.goe import eigenvalue_density, kth_eigenvalue_cdf, kth_eigenvalue_density


def sampled_eigenvalues(n, size, seed, count):
    """The ``count`` smallest eigenvalues by the tridiagonal model of Dumitriu and Edelman (2002)."""
    rng = np.random.default_rng(seed)
    diagonal = rng.standard_normal((size, n))
    off = np.sqrt(rng.chisquare(np.arange(n - 1, 0, -1), size=(size, n - 1)) / 2)
    return np.array(
        [
            eigvalsh_tridiagonal(d, e, select="i", select_range=(0, count - 1))
            for d, e in zip(diagonal, off, strict=True)
        ]
    ) / math.sqrt(n)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "t"),
    [
        *[(1, -0.3), (2, -1.2), (3, 0.4), (4, -2.0), (5, -1.0), (6, 3.0), (9, -2.5), (14, 0.0), (21, -5.0)],
        pytest.param(30, -6.0, marks=pytest.mark.slow),
    ],
)
def test_cdf_against_the_pfaffian_in_high_precision(n, t):
    # Beyond 14 eigenvalues the law's tail is not computed: it is below the promise.
    most = min(n - 1, 14)
    law = count_probabilities(n, t, most)
    expected = np.zeros(n)
    expected[: most + 1] = [float(1 - sum(law[: k + 1], arb(0))) for k in range(most + 1)]
    assert most == n - 1 or expected[most] < 1e-15
    found = [kth_eigenvalue_cdf(t / math.sqrt(n), n, k) for k in range(n)]
    # Promised 1e-13; the reference's own error is far below.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("n", "t"), [(2, -5.0), (7, -6.0), (12, -7.0), (13, -7.5), (20, -8.8)])
def test_tails_keep_relative_accuracy(n, t):
    for k, digits in ((0, 1e-12), (1, 1e-9)):
        expected = float(rank_cdf(n, t, k))
        assert expected < 1e-4
        # The promise for k = 0; for k = 1 rounding is relative to the larger law of k = 0.
        assert kth_eigenvalue_cdf(t / math.sqrt(n), n, k) == pytest.approx(expected, rel=digits, abs=0)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 12, *(pytest.param(n, marks=pytest.mark.slow) for n in (24, 25))])
def test_ordered_densities_sum_to_the_one_point_density(n):
    v = np.linspace(-2.4, 2.4, 25)
    total = sum(kth_eigenvalue_density(v, n, k) for k in range(n))
    # n densities, each to 1e-13 sqrt(n).
    np.testing.assert_allclose(total, eigenvalue_density(v, n), rtol=1e-12, atol=1e-13 * n)


@pytest.mark.parametrize(("n", "k"), [(1, 0), (2, 1), (5, 0), (5, 2), (8, 6), (40, 0), (40, 17), (300, 2)])
def test_density_is_the_derivative_of_the_cdf(n, k):
    # Gauss-Legendre over a span that holds part of the law: an integral of one against a difference of the other.
    x, w = np.polynomial.legendre.leggauss(60)
    y = np.linspace(-1.0, 1.0, 1001)
    place = math.sqrt(2.0) * np.interp((k + 0.5) / n, theory.semicircle_fraction(y), y)
    low, high = place - 0.6 / math.sqrt(n), place + 0.4 / math.sqrt(n)
    mass = w @ kth_eigenvalue_density((low + high) / 2 + (high - low) / 2 * x, n, k) * (high - low) / 2
    difference = kth_eigenvalue_cdf(high, n, k) - kth_eigenvalue_cdf(low, n, k)
    assert difference > 0.01
    assert mass == pytest.approx(difference, abs=1e-12)


def test_two_by_two_in_closed_form():
    v = np.linspace(-2.0, 2.0, 9)
    x = math.sqrt(2.0) * v
    erf = np.array([math.erf(s / math.sqrt(2)) for s in x])
    # From the joint density |x - y| exp(-(x^2+y^2)/2) / (4 sqrt pi), the other eigenvalue integrated out.
    phi = np.exp(-x * x / 2)
    above = phi - x * math.sqrt(math.pi / 2) * (1 - erf)
    np.testing.assert_allclose(
        kth_eigenvalue_density(v, 2, 0), math.sqrt(2) * phi * above / (2 * math.sqrt(math.pi)), rtol=1e-13
    )


@pytest.mark.parametrize("n", [1, 2, 3, 10, 11, 100, 1000])
def test_one_point_density_integrates_to_n_and_is_symmetric(n):
    # A trapezoidal rule finer than the shortest wave, of length pi / (sqrt(2) n), converges faster than any power.
    v, h = np.linspace(-2.5 - 9 / n, 2.5 + 9 / n, 6 * n + 400, retstep=True)
    density = eigenvalue_density(v, n)
    assert density.sum() * h == pytest.approx(n, rel=1e-12)
    np.testing.assert_allclose(density, density[::-1], rtol=1e-9, atol=1e-300)
    assert np.all(density >= 0)


def test_large_matrices_approach_the_semicircle():
    v = np.linspace(-1.3, 1.3, 14)
    # Corrections to the smooth part are O(1/n), ripples O(1/n) in the bulk.
    np.testing.assert_allclose(eigenvalue_density(v, 2000) / 2000, np.sqrt(2 - v**2) / math.pi, rtol=2e-3)


def test_far_tails_do_not_underflow_into_warnings():
    assert eigenvalue_density([-40.0, 1e3, -1e5], 50).tolist() == [0.0, 0.0, 0.0]
    assert kth_eigenvalue_cdf([-math.inf, -1e4, 1e4, math.inf], 50, 3).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert kth_eigenvalue_density([-1e4, 1e4], 7, 3).tolist() == [0.0, 0.0]


@pytest.mark.slow
@pytest.mark.parametrize(("n", "ranks"), [(2, (0, 1)), (7, (0, 3, 6)), (30, (0, 1, 4, 29)), (300, (0, 5))])
def test_sampled_matrices_follow_the_law(n, ranks):
    # The laws are held to 1e-13 above; by this independent route, a shift by a quarter of the spread is seen.
    size = 500 if n < 100 else 250
    samples = sampled_eigenvalues(n, size, seed=11, count=max(ranks) + 1)
    for k in ranks:
        # Kolmogorov-Smirnov: false alarm 1e-5 a rank, about 1e-4 over all.
        assert kstest(samples[:, k], lambda v, k=k: kth_eigenvalue_cdf(v, n, k)).pvalue > 1e-5


@pytest.mark.slow
def test_edge_of_a_large_matrix_follows_tracy_widom():
    # Mean of Tracy and Widom's beta = 1 law (Bornemann 2010); centred at sqrt(2n - 1) the corrections are
    # O(n^(-2/3)) (Johnstone and Ma 2012).
    n = 1500
    x, w = np.polynomial.legendre.leggauss(60)
    edge, unit = math.sqrt(2 - 1 / n), n ** (-2 / 3) / math.sqrt(2)
    xi = -9.0 + 15.0 * (x + 1) / 2
    mean = 7.5 * w @ (xi * kth_eigenvalue_density(-edge - unit * xi, n, 0) * unit)
    assert mean == pytest.approx(-1.2065335745820, abs=3 * n ** (-2 / 3))


@pytest.mark.slow
def test_ground_state_of_the_H_two_glass():
    # The Hamiltonian of H=2 is this matrix: E M_ij^2 = (1 + delta_ij)/(2n), drawn entry by entry.
    n, size = 6, 4000
    J = np.random.default_rng(3).standard_normal((size, n, n))
    lowest = np.linalg.eigvalsh((J + J.transpose(0, 2, 1)) / (2 * math.sqrt(n)))[:, 0]
    # False alarm 1e-5.
    assert kstest(lowest, lambda v: kth_eigenvalue_cdf(v, n, 0)).pvalue > 1e-5


def test_shapes():
    assert isinstance(theory.kth_eigenvalue_cdf(0.0, 3, 1), float)
    assert theory.kth_eigenvalue_density(np.zeros((2, 3)), 3, 1).shape == (2, 3)
    assert theory.eigenvalue_density([], 3).shape == (0,)


def test_wrong_input_is_refused():
    for n in (0, 2.5, True, math.nan, "3"):
        with pytest.raises(ValueError, match=r"^n must"):
            eigenvalue_density(0.0, n)
    for k in (-1, 3, 0.5):
        with pytest.raises(ValueError, match=r"^index must"):
            kth_eigenvalue_cdf(0.0, 3, k)
    with pytest.raises(ValueError, match=r"^eigenvalue must"):
        kth_eigenvalue_density([0.0, math.nan], 3, 0)
    with pytest.raises(ValueError, match=r"^eigenvalue must"):
        eigenvalue_density(math.inf, 3)
