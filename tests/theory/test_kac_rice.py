import math
from functools import cache

import numpy as np
import pytest
import sympy
from scipy.integrate import quad
from scipy.stats import chi2, norm

import theory
from theory.kac_rice.mean_counts import mean_critical_point_density, mean_critical_points


@cache
def closed_form_of_the_total(n):
    """Total count as an expression in H, integrated by SymPy from the one-point density of the GOE.

    The density is ``A(x) e^{-x^2} + B(x) e^{-x^2/2} erf(x/sqrt 2) + C(x) e^{-x^2/2}``, A, B and C polynomials.
    """
    H = sympy.Symbol("H", positive=True)
    x, b = sympy.symbols("x b", positive=True)
    hermite = [sympy.hermite(j, x) / sympy.sqrt(2**j * sympy.factorial(j) * sympy.sqrt(sympy.pi)) for j in range(n + 1)]
    # int (1/2) sgn(x-t) psi_n(t) dt = p(x) e^{-x^2/2} + q erf(x/sqrt 2), from psi_j' = ... read backwards.
    p, q = [sympy.Integer(0), -sympy.sqrt(2) * hermite[0]], [sympy.sqrt(sympy.pi / 2) * hermite[0], sympy.Integer(0)]
    for j in range(1, n):
        p.append((sympy.sqrt(j) * p[j - 1] - sympy.sqrt(2) * hermite[j]) / sympy.sqrt(j + 1))
        q.append(sympy.sqrt(j) * q[j - 1] / sympy.sqrt(j + 1))
    tail = sympy.sqrt(sympy.Rational(n, 2)) * hermite[n - 1]
    gaussian = sum(h**2 for h in hermite[:n]) + tail * p[n]
    error_function = tail * q[n]
    # For odd n: psi_{n-1} over its integral, which is 2 q_{n-1}.
    bare = hermite[n - 1] / (2 * q[n - 1]) if n % 2 else sympy.Integer(0)
    c = (H - 2) / (2 * H)
    even = sympy.sqrt(sympy.pi / b)
    odd = 1 / (sympy.sqrt(2) * b * sympy.sqrt(b + sympy.Rational(1, 2)))  # int x e^{-b x^2} erf(x/sqrt 2) dx

    def integral(polynomial, start, rate, first):
        total = sympy.Integer(0)
        for (power,), coefficient in sympy.Poly(sympy.expand(polynomial), x).terms():
            if (power - first) % 2 == 0:
                moment = sympy.diff(start, b, (power - first) // 2) * (-1) ** ((power - first) // 2)
                total += coefficient * moment.subs(b, rate)
        return total

    half = sympy.Rational(1, 2)
    mean = (
        integral(gaussian, even, 1 + c, 0)
        + integral(error_function, odd, half + c, 1)
        + integral(bare, even, half + c, 0)
    )
    return H, sympy.simplify(2 * sympy.sqrt(2 / H) * (H - 1) ** sympy.Rational(n, 2) * mean)


PUBLISHED = {
    2: lambda H: 2 * sympy.sqrt(3 * H - 2),
    3: lambda H: 2 + 8 * (H - 1) ** sympy.Rational(3, 2) / sympy.sqrt(3 * H - 2),
    4: lambda H: (29 * H**3 - 63 * H**2 + 48 * H - 12) / (3 * H - 2) ** sympy.Rational(3, 2),
    5: lambda H: 2 + 4 * (5 * H - 2) ** 2 * (H - 1) ** sympy.Rational(5, 2) / (3 * H - 2) ** sympy.Rational(5, 2),
}


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_totals_in_closed_form(n):
    H, derived = closed_form_of_the_total(n)
    for order in (2, 3, 4, 7, 50):
        exact = derived.subs(H, order)
        assert sympy.simplify(exact - PUBLISHED[n](sympy.Integer(order))) == 0
        # Rounding of the quadrature's few hundred terms.
        assert mean_critical_points(n, order) == pytest.approx(float(exact), rel=1e-13)


def kac_rice_before_reduction(n, weights, index, below, seed, size):
    """Monte Carlo of the Kac-Rice formula as it stands: an (n-1) x (n-1) Hessian, its determinant, the volume.

    Returns the estimate and its standard error. Shares no formula with the code under test.
    """
    rng = np.random.default_rng(seed)
    nu = sum(a * a for a in weights.values())
    nu1 = sum(p * a * a for p, a in weights.items())
    nu2 = sum(p * (p - 1) * a * a for p, a in weights.items())
    covariance = np.array([[nu, nu1], [nu1, nu1 + nu2]]) / n
    u, zeta = rng.multivariate_normal([0, 0], covariance, size=size, method="eigh").T
    m = n - 1
    g = rng.standard_normal((size, m, m)) * math.sqrt(nu2 / n)
    eigenvalues = np.linalg.eigvalsh((g + g.transpose(0, 2, 1)) / math.sqrt(2)) - zeta[:, None]
    weight = np.abs(eigenvalues.prod(axis=1)) * (u < below)
    if index is not None:
        weight = weight * ((eigenvalues < 0).sum(axis=1) == index)
    volume = 2 * math.pi ** (n / 2) / math.gamma(n / 2) * n ** (m / 2)
    density = (2 * math.pi * nu1) ** (-m / 2)
    scale = volume * density
    return scale * weight.mean(), scale * weight.std() / math.sqrt(size)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "H", "index", "below"),
    [
        (3, {3: 1.0}, 0, -1.0),
        (3, {3: 1.0}, 0, -1.5),
        (3, {3: 1.0}, 1, 0.3),
        (4, {4: 1.0}, None, -0.5),
        (4, {2: 1.0, 3: 0.5}, 1, math.inf),
        (4, {2: 1.0, 3: 0.5}, 0, -0.9),
        (3, {1: 1.5, 3: 1.0}, 0, -1.2),
        (3, {1: 1.5, 3: 1.0}, None, 0.2),
        (5, {1: 0.7, 2: 0.3, 4: -1.0}, 2, 0.1),
        (5, {3: 2.0}, 3, 0.8),
    ],
)
def test_against_the_formula_before_its_reduction(n, H, index, below):
    size = 1_000_000 if below == -1.5 else 200_000  # minima so deep are rare
    estimate, error = kac_rice_before_reduction(n, H, index, below, seed=17, size=size)
    # Five standard errors: false alarm below 1e-6 a case. The second line keeps the test sharp.
    assert abs(mean_critical_points(n, H, index=index, below=below) - estimate) < 5 * error
    assert error < 0.03 * estimate


def zeros_of_random_trigonometric_polynomials(weights, size, seed):
    """Energies per spin and kind of every critical point of ``size`` samples with n = 2, on the circle.

    The energy at ``sqrt 2 (cos a, sin a)`` is built from full tensors of independent normals.
    """
    rng = np.random.default_rng(seed)
    a = np.linspace(0.0, 2 * np.pi, 513)[:-1]
    circle = np.stack([np.cos(a), np.sin(a)])
    energy = np.zeros((size, a.size))
    for p, weight in weights.items():
        monomials = circle
        for _ in range(p - 1):
            monomials = np.einsum("ia,ja->ija", monomials, circle).reshape(-1, a.size)
        # 2^{-(p-1)/2} sum J x...x, x of norm sqrt 2.
        energy += weight * math.sqrt(2.0) * rng.standard_normal((size, 2**p)) @ monomials
    modes = np.fft.rfft(energy, axis=1)[:, : max(weights) + 1] / a.size
    modes[:, 1:] *= 2
    m = np.arange(modes.shape[1])
    found = []
    for c in modes:
        # The derivative, sum Re(i m c_m e^{ima}), is a polynomial in e^{ia} with roots on the unit circle.
        half = 0.5j * m * c
        roots = np.roots(np.concatenate([half[:0:-1], [0], np.conj(half[1:])]))
        angle = np.angle(roots[np.abs(np.abs(roots) - 1) < 1e-7])
        waves = c[:, None] * np.exp(1j * np.outer(m, angle))
        found.append((waves.sum(axis=0).real / 2, -(m[:, None] ** 2 * waves).sum(axis=0).real < 0))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("H", [{3: 1.0}, {4: 1.0}, {1: 1.0, 3: 1.0}])
def test_two_spins_against_every_zero_of_random_trigonometric_polynomials(H):
    samples = zeros_of_random_trigonometric_polynomials(H, size=3000, seed=23)
    for index in (None, 0, 1):
        for below in (-1.0, 0.2, math.inf):
            counts = np.array(
                [np.sum((u < below) & (True if index is None else maximum == index)) for u, maximum in samples]
            )
            # Five standard errors over 27 cases: false alarm below 2e-5.
            error = counts.std() / math.sqrt(len(samples))
            assert abs(mean_critical_points(2, H, index=index, below=below) - counts.mean()) < 5 * error


@pytest.mark.parametrize("H", [2, 3, 4, {1: 0.4, 3: 1.0}, {2: 1.0, 5: 0.2}])
@pytest.mark.parametrize("n", [1, 2, 3, 6, 9, 12])
def test_indices_sum_to_the_total_and_to_the_euler_characteristic(n, H):
    counts = np.array([mean_critical_points(n, H, index=k) for k in range(n)])
    assert counts.sum() == pytest.approx(mean_critical_points(n, H), rel=1e-12)
    assert counts @ (-1.0) ** np.arange(n) == pytest.approx(1 + (-1) ** (n - 1), abs=1e-9)
    np.testing.assert_allclose(counts, counts[::-1], rtol=1e-11)


@pytest.mark.slow
@pytest.mark.parametrize("n", [40, 41, 60])
def test_the_same_for_larger_samples_relative_to_the_total(n):
    counts = np.array([mean_critical_points(n, 3, index=k) for k in range(n)])
    total = mean_critical_points(n, 3)
    assert counts.sum() == pytest.approx(total, rel=1e-11)
    assert counts @ (-1.0) ** np.arange(n) / total == pytest.approx((1 + (-1) ** (n - 1)) / total, abs=1e-11)


@pytest.mark.slow
def test_H_two_has_two_points_of_each_index_at_the_eigenvalues():
    u = np.linspace(-2.0, 1.5, 15)
    for n in (1, 2, 5, 30):
        for k in {0, n // 2, n - 1}:
            assert mean_critical_points(n, 2, index=k) == pytest.approx(2.0, rel=1e-12)
            # The law by the CDF's own formula, not by integrating the density.
            np.testing.assert_allclose(
                mean_critical_points(n, 2, index=k, below=u), 2 * theory.kth_eigenvalue_cdf(u, n, k), atol=1e-12
            )


@pytest.mark.parametrize(
    ("n", "expected"),
    [(3, [3.13808994, 4.27617987]), (4, [3.57952446, 5.81559244]), (5, [3.99981202, 7.37422855, 8.74883307])],
)
def test_counts_per_index_found_by_independent_code(n, expected):
    # Values from a separate implementation of the Pfaffian transform, printed to eight decimals.
    for k, value in enumerate(expected):
        assert mean_critical_points(n, 3, index=k) == pytest.approx(value, abs=6e-9)


@pytest.mark.parametrize("H", [{2: 1.0, 4: 0.7}, {1: 2.0, 3: 1.0}, {1: 0.5, 2: 0.1, 6: 0.3}])
def test_totals_of_mixtures_depend_on_one_ratio(H):
    r = sum(p * (p - 1) * a * a for p, a in H.items()) / sum(p * a * a for p, a in H.items())
    assert mean_critical_points(2, H) == pytest.approx(2 * math.sqrt(1 + 3 * r), rel=1e-13)
    assert mean_critical_points(3, H) == pytest.approx(2 + 8 * r**1.5 / math.sqrt(3 * r + 1), rel=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize("n", [6, 25])
@pytest.mark.parametrize("H", [{2: 1.0, 3: 0.6}, {3: 1.0, 4: 0.2}, {1: 1.0, 2: 0.2, 12: 0.3}])
def test_mixtures_by_quadrature_over_the_eigenvalue(n, H):
    """The formula of the docstring with the energy's normal law inside and the eigenvalue's law outside."""
    nu, nu1, nu2 = (sum(c(p) * a * a for p, a in H.items()) for c in (lambda p: 1, lambda p: p, lambda p: p * (p - 1)))
    slope, spread = nu1 / (nu1 + nu2) * math.sqrt(2 * nu2 / n), math.sqrt((nu - nu1**2 / (nu1 + nu2)) / n)
    # A trapezoidal rule finer than both laws converges faster than any power.
    v, h = np.linspace(-2.5, 2.5, 800, retstep=True)
    x = math.sqrt(n) * v
    k = 1
    law = theory.kth_eigenvalue_density(v, n, k) * np.exp(-x * x * (nu2 - nu1) / (2 * (nu2 + nu1)))
    u = np.array([-1.2, -0.8, -0.5]) * math.sqrt(nu)
    inside = norm.cdf((u[:, None] - slope * x) / spread)
    prefactor = 2 * math.sqrt(2 * nu2 / (nu1 + nu2)) * (nu2 / nu1) ** ((n - 1) / 2)
    expected = prefactor * h * inside @ law
    # The density's own 1e-13, relative to what the tilt leaves of its peak.
    np.testing.assert_allclose(mean_critical_points(n, H, index=k, below=u), expected, rtol=1e-9)


def test_a_mixture_of_one_order_is_the_pure_model_scaled():
    for index in (None, 0, 3):
        assert mean_critical_points(6, {3: 2.0}, index=index, below=-2.4) == pytest.approx(
            mean_critical_points(6, 3, index=index, below=-1.2), rel=1e-13
        )
        for unit in (1e-200, 1e200):
            assert mean_critical_points(6, {3: unit}, index=index, below=-1.2 * unit) == pytest.approx(
                mean_critical_points(6, 3, index=index, below=-1.2), rel=1e-13
            )
        # A weight of 1e-7 moves the energy by a relative 1e-7 at most.
        assert mean_critical_points(6, {3: 1.0, 5: 1e-7}, index=index, below=-1.2) == pytest.approx(
            mean_critical_points(6, 3, index=index, below=-1.2), rel=1e-5
        )


@pytest.mark.slow
def test_a_growing_field_leaves_one_minimum_and_one_maximum():
    totals = [mean_critical_points(8, {1: field, 3: 1.0}) for field in (0.1, 1.0, 3.0, 10.0, 100.0, 1e6)]
    assert np.all(np.diff(totals) < 0)
    assert totals[-1] == pytest.approx(2.0, rel=1e-10)
    assert mean_critical_points(8, {1: 1e6, 3: 1.0}, index=0) == pytest.approx(1.0, rel=1e-10)
    # A linear energy's minimum sits at minus the norm of n normal numbers, times sqrt(n).
    assert mean_critical_points(8, {1: 1e100, 3: 1.0}) == pytest.approx(2.0, rel=1e-10)
    # A linear energy has its minimum at minus the length of n normal numbers times sqrt(n).
    linear = mean_critical_points(8, {1: 1.0, 2: 1e-6}, index=0, below=-0.9)
    assert linear == pytest.approx(chi2.sf(0.81 * 8, 8), abs=1e-5)


@pytest.mark.parametrize("H", [3, {1: 0.5, 3: 1.0}])
def test_odd_orders_turn_index_and_energy_round(H):
    u = np.array([-1.3, -0.7, 0.0, 0.4, 1.1])
    for n in (3, 8):
        for k in range(n):
            above = mean_critical_points(n, H, index=n - 1 - k) - mean_critical_points(n, H, index=n - 1 - k, below=-u)
            np.testing.assert_allclose(mean_critical_points(n, H, index=k, below=u), above, rtol=0, atol=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "H", "index"),
    [(2, 3, 0), (7, 3, None), (7, 4, 2), (40, 3, 1), (6, {1: 1.0, 3: 1.0}, 0), (9, {2: 1.0, 3: 0.01}, None)],
)
def test_density_integrates_to_the_counts(n, H, index):
    for low, high in ((-1.6, -1.2), (-1.2, -0.3)):
        mass, _ = quad(
            lambda u: mean_critical_point_density(u, n, H, index=index), low, high, epsabs=0, epsrel=1e-11, limit=200
        )
        counts = mean_critical_points(n, H, index=index, below=[low, high])
        # quad's own goal.
        assert mass == pytest.approx(counts[1] - counts[0], rel=2e-10)


@pytest.mark.slow
def test_far_tails_keep_their_relative_accuracy():
    # The one-point density and the ordered laws share no table; index 3 no longer counts at these energies.
    for n in (5, 40, 300):
        for u in (-2.2, -3.0, -20.0):
            parts = [mean_critical_points(n, 3, index=k, below=u, log=True, unknown="nan") for k in range(3)]
            # Minima are known however rare; saddles only where they count beside them.
            together = np.logaddexp.reduce([parts[0], *(part for part in parts[1:] if not math.isnan(part))])
            assert together < -0.3 * n * (u + 1.66) ** 2
            # A logarithm of size s carries s eps; beside it the counts' own 1e-11.
            expected = mean_critical_points(n, 3, below=u, log=True)
            assert together == pytest.approx(expected, abs=1e-11 + 1e-14 * abs(expected))
    # With one spin both points have a normal energy.
    assert mean_critical_points(1, 3, below=-30.0, log=True) == pytest.approx(
        math.log(2) + float(sympy.log(sympy.erfc(30 / sympy.sqrt(2)) / 2).evalf(30)), rel=1e-13
    )


@pytest.mark.slow
def test_growth_rates_approach_the_complexity():
    for u in (-1.0, -1.6, 0.5):
        gaps = [mean_critical_points(n, 3, below=u, log=True) / n - theory.complexity(u, 3) for n in (100, 300, 900)]
        # The correction is O(log(n)/n).
        assert np.all(np.diff(np.abs(gaps)) < 0)
        assert abs(gaps[-1]) < 2 * math.log(900) / 900
    for k in (0, 2):
        u = -1.66
        gaps = [
            mean_critical_points(n, 3, index=k, below=u, log=True) / n - theory.index_complexity(u, 3, k)
            for n in (50, 150, 450)
        ]
        assert np.all(np.diff(np.abs(gaps)) < 0)
        assert abs(gaps[-1]) < 2 * (k + 1) * math.log(450) / 450


@pytest.mark.slow
def test_logarithms_beyond_floats():
    # 9^325 is above the largest float, 2^325 is not.
    assert mean_critical_points(650, 3, log=True) == pytest.approx(325 * math.log(2), rel=0.02)
    assert mean_critical_points(650, 10, log=True) == pytest.approx(325 * math.log(9), rel=0.02)
    with pytest.raises(ValueError, match="log=True"):
        mean_critical_points(650, 10)
    assert mean_critical_points(650, 10, index=3, log=True) > mean_critical_points(650, 10, index=2, log=True)


def test_shapes_and_limits():
    assert isinstance(mean_critical_points(3, 3), float)
    assert mean_critical_points(3, 3, below=np.zeros((2, 2))).shape == (2, 2)
    assert mean_critical_points(3, 3, below=[]).shape == (0,)
    assert mean_critical_points(3, 3, below=[-math.inf, math.inf]).tolist() == [0.0, mean_critical_points(3, 3)]
    assert mean_critical_points(3, {1: 1.0, 3: 1.0}, index=1, below=-math.inf) == 0.0
    assert mean_critical_points(3, 3, below=-math.inf, log=True) == -math.inf
    u = np.linspace(-1.7, 1.7, 50)
    assert np.all(np.diff(mean_critical_points(9, 3, index=2, below=u)) >= 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 3), r"^n must"),
        ((2.5, 3), r"^n must"),
        ((3, 1), r"^H must"),
        ((3, 2.5), r"^H must"),
        ((3, math.nan), r"^H must"),
        ((3, {}), "a mixture needs"),
        ((3, {1: 1.0}), "a mixture needs"),
        ((3, {3: 0.0}), "a mixture needs"),
        ((3, {0: 1.0, 3: 1.0}), "order of the mixture"),
        ((3, {3: math.nan}), "weight of order 3"),
        ((3, {1: 1e160, 3: 1.0}), "next to the field"),
        ((3, {3: [1.0, 2.0]}), "weight of order 3"),
        ((3, 3, -1), r"^index must"),
        ((3, 3, 3), r"^index must"),
        ((3, 3, 0.5), r"^index must"),
        ((3, 3, None, math.nan), r"^below must"),
        ((3, 3, None, "low"), r"^below must"),
    ],
)
def test_wrong_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        mean_critical_points(*arguments)


def test_density_refuses_what_is_not_finite():
    with pytest.raises(ValueError, match=r"^u must"):
        mean_critical_point_density(math.inf, 3, 3)
