"""The large-n theory over its whole domain against its formulas, evaluated literally by mpmath with many digits.

The full sweep is ``python -m benchmarks accuracy-large-n``.
"""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

import theory

EXCESSES = [1e-15, 1e-9, 1e-3, 0.1, 10.0, 1e8, 1e150]
# The formulas below cancel: at an energy of 1e150 they lose 300 digits.
DIGITS = 400


def rate(u, H, derivative=0):
    square = mpmath.mpf(4 * (H - 1)) / H
    root = mpmath.sqrt(u**2 - square)
    if derivative == 0:
        return -u * root / square - mpmath.log(-u + root) + mpmath.log(square) / 2
    return -2 * root / square if derivative == 1 else -2 * u / (square * root)


def index_complexity(u, H, k, derivative=0):
    bend = mpmath.mpf(H - 2) / (4 * (H - 1))
    parabola = (mpmath.log(H - 1) / 2 - bend * u**2, -2 * bend * u, -2 * bend)[derivative]
    return parabola - (k + 1) * rate(u, H, derivative)


@pytest.mark.parametrize("H", [2, 3, 20, 10**6, 10**15])
@pytest.mark.parametrize("k", [0, 3, 2000])
def test_floats_are_right_in_the_whole_lower_tail(H, k):
    with mpmath.workdps(DIGITS):
        for excess in EXCESSES:
            u = -2 * math.sqrt((H - 1) / H) * (1 + excess)
            exact_u, height = mpmath.mpf(u), mpmath.log(H - 1) / 2
            if exact_u**2 < mpmath.mpf(4 * (H - 1)) / H:  # the edge itself is rounded
                continue
            for derivative in (0, 1) if excess > 1e-14 else (0,):
                exact = index_complexity(exact_u, H, k, derivative)
                # Three roundings (measured: 2.8e-16) of the value, of u times the slope and of log(H-1)/2.
                size = abs(exact) + abs(exact_u * index_complexity(exact_u, H, k, derivative + 1)) + height
                assert abs(theory.index_complexity(u, H, k, derivative) - exact) < 5e-16 * size
                if k == 0:
                    assert abs(theory.complexity(u, H, derivative) - exact) < 5e-16 * size
                exact = rate(exact_u, H, derivative)
                size = abs(exact) + abs(exact_u * rate(exact_u, H, derivative + 1))
                assert abs(theory.I_1(u, H, derivative) - exact) < 5e-16 * size


@pytest.mark.parametrize("u", [-1e200, -1e308])
@pytest.mark.parametrize("H", [2, 3, 1000])
def test_slopes_at_extreme_energies_are_floats_and_values_are_refused(u, H):
    with mpmath.workdps(1300):
        exact_u = mpmath.mpf(u)
        # Products and quotients of a few rounded numbers.
        for derivative in (1, 2):
            assert theory.I_1(u, H, derivative) == pytest.approx(float(rate(exact_u, H, derivative)), rel=1e-15)
        curvature = float(index_complexity(exact_u, H, 4, 2))
        assert theory.index_complexity(u, H, 4, 2) == pytest.approx(curvature, rel=1e-15)
        slope = float(index_complexity(exact_u / 8, H, 4, 1))
        assert theory.index_complexity(u / 8, H, 4, 1) == pytest.approx(slope, rel=1e-15)
        for call in (
            lambda: theory.I_1(u, H),
            lambda: theory.complexity([0.0, u], H),
            lambda: theory.index_complexity(u, H, 0),
        ):
            with pytest.raises(ValueError, match=r"beyond the largest float, 1.8e\+308; give digits"):
                call()
        exact = index_complexity(mpmath.mpf(u), H, 4)
        assert abs(theory.index_complexity(u, H, 4, digits=30) / exact - 1) < mpmath.mpf(10) ** -29
    assert theory.complexity(-u, H) == pytest.approx(math.log(H - 1) / 2)
    assert theory.index_complexity(-u, H, 9) == pytest.approx(math.log(H - 1) / 2 - (H - 2) / H, rel=1e-13)


def test_all_digits_are_right_next_to_a_zero_and_next_to_the_edge():
    zero = -theory.E_0(3, digits=200)
    with mpmath.workdps(190):
        u = +zero  # off by 1e-190: the difference of the terms cancels that many digits
    with mpmath.workdps(DIGITS):
        exact = index_complexity(u, 3, 0)
        assert abs(theory.index_complexity(u, 3, 0, digits=50) / exact - 1) < mpmath.mpf(10) ** -49
        for power in (40, 150):
            near = theory.E_inf(3) * (1 + sympy.Rational(1, 10**power))
            exact = rate(-mpmath.sqrt(mpmath.mpf(8) / 3) * (1 + mpmath.mpf(10) ** -power), 3)
            assert abs(theory.I_1(-near, 3, digits=50) / exact - 1) < mpmath.mpf(10) ** -49
    with pytest.raises(ValueError, match="at most -E_inf"):
        theory.I_1(-theory.E_inf(3) * (1 - sympy.Rational(1, 10**400)), 3, digits=20)


@pytest.mark.parametrize(
    "u", [-1.75, np.float32(-1.75), np.array(-1.75), mpmath.mpf(-1.75), Fraction(-7, 4), sympy.Rational(-7, 4)]
)
def test_digits_take_any_real_number(u):
    with mpmath.workdps(60):
        assert abs(theory.I_1(u, 3, digits=50) - rate(mpmath.mpf(-7) / 4, 3)) < mpmath.mpf(10) ** -50


def test_the_second_derivative_at_the_edge_is_infinite_by_every_route():
    edge = theory.E_inf(3)
    assert theory.I_1(-edge, 3, 2) == sympy.oo
    assert theory.index_complexity(-edge, 3, 0, 2) == -sympy.oo
    assert theory.index_complexity(-edge, 3, 0, 2, digits=20) == -mpmath.inf


@pytest.mark.parametrize("u", [sympy.oo, -sympy.oo, sympy.nan, sympy.zoo, sympy.I])
@pytest.mark.parametrize("digits", [None, 20])
def test_what_is_no_finite_real_number_is_refused(u, digits):
    for call in (theory.complexity, theory.I_1):
        with pytest.raises(ValueError, match=r"^u must be a finite real number"):
            call(u, 3, digits=digits)


def test_refusals_of_digits():
    u = sympy.Symbol("u")
    for call in (
        lambda: theory.complexity(u, 3, digits=10),
        lambda: theory.E_inf(u, digits=10),
        lambda: theory.I_1(-2.0, u, digits=9),
    ):
        with pytest.raises(ValueError, match="substitute numbers for the symbols"):
            call()
    for call in (lambda: theory.I_1(-1.7, 3, digits=10**6), lambda: theory.E_0(3, digits=10**6)):
        with pytest.raises(ValueError, match="digits must be at most 10000, not 1000000"):
            call()
    for bad in (math.nan, math.inf, "deep", None):
        with pytest.raises(ValueError, match=r"^u must be"):
            theory.complexity(bad, 3, digits=10)


@pytest.mark.parametrize(("H", "k"), [(3, 10**60), (3, 10**400), (10**400, 0), (3, 0), (10**6, 10**15)])
def test_zeros_to_any_digits_are_changes_of_sign(H, k):
    zero = theory.E_k(H, k, digits=50)
    with mpmath.workdps(1400):
        # s, with E_k = E_inf cosh s, falls as (k+1)^(-1/3): E_k - E_inf has fewer digits than E_k where k is large.
        below, above = (-zero * (1 + sign * mpmath.mpf(10) ** -49) for sign in (-1, 1))
        edge = -2 * mpmath.sqrt(mpmath.mpf(H - 1) / H)
        assert index_complexity(above, H, k) < 0
        assert below > edge or index_complexity(below, H, k) > 0


def test_numbers_beyond_the_floats_are_refused_or_have_digits():
    for call in (
        lambda: theory.E_0(10**400),
        lambda: theory.E_k(3, 10**400),
        lambda: theory.index_complexity(-1.7, 10**400, 0),
        lambda: theory.index_complexity(-1.7, 3, 10**400),
        lambda: theory.deepest_minimum(10**400, 3),
        lambda: theory.deepest_minimum(10, 10**400),
    ):
        with pytest.raises(ValueError, match="beyond the largest float"):
            call()
    with pytest.raises(ValueError, match=r"holds numbers up to 9.2e18, not 1e\+30"):
        theory.E_inf([3.0, 1e30])
    with pytest.raises(ValueError, match=r"^u must be real numbers"):
        theory.complexity(-(10**400), 3)


def test_the_tails_of_the_semicircle_keep_their_digits():
    distances = np.array([1e-16, 1e-12, 1e-9, 1e-5, 0.01, 0.3, 0.499, 0.501, 0.8])
    low = theory.semicircle_fraction(-1 + distances)
    with mpmath.workdps(60):
        for y, value in zip(-1 + distances, low, strict=True):
            exact = mpmath.mpf(float(y))
            area = mpmath.mpf(1) / 2 + (exact * mpmath.sqrt(1 - exact**2) + mpmath.asin(exact)) / mpmath.pi
            assert abs(value / area - 1) < 1e-15 if area else value == 0
    np.testing.assert_allclose(low + theory.semicircle_fraction(1 - distances), 1.0, rtol=3e-16)
    assert np.all(np.diff(theory.semicircle_fraction(np.linspace(-1, 1, 100_001))) > 0)


@pytest.mark.parametrize("H", [3, 4, 20, 10**9])
def test_the_law_of_the_deepest_minimum(H):
    law = theory.deepest_minimum(1000, H)
    with mpmath.workdps(50):
        ground, edge = theory.E_0(H, digits=40), 2 * mpmath.sqrt(mpmath.mpf(H - 1) / H)
        slope = mpmath.diff(lambda u: index_complexity(u, H, 0), -ground)
        # e^phi sinh phi = (e^{2 phi} - 1)/2, cosh phi = E_0/E_inf.
        lift = (mpmath.exp(2 * mpmath.acosh(ground / edge)) - 1) / 2
        constant = 2 / (mpmath.sqrt(2 * mpmath.pi * H * lift) * slope * edge)
        # Some ten roundings; phi = 0.17 at order 3 has an error of 1e-16 / phi^2 from that of E_0.
        assert law.rate == pytest.approx(float(slope), rel=4e-15)
        assert law.constant == pytest.approx(float(constant), rel=4e-15)
    np.testing.assert_array_equal(law.cdf([-1e308, 1e308]), [0.0, 1.0])


def test_the_dynamical_temperature_at_large_orders_is_answered_at_once():
    with mpmath.workdps(60):
        H = mpmath.mpf(10**9)
        exact = mpmath.sqrt(H / (H - 1)) * mpmath.exp((H - 2) / 2 * mpmath.log((H - 2) / (H - 1)))
        assert abs(theory.dynamical_temperature(10**9, digits=40) - exact) < mpmath.mpf(10) ** -39
    assert float(theory.dynamical_temperature(sympy.Integer(10**9))) == pytest.approx(float(exact), rel=1e-14)


def many_digit_supremum(u, mixture, k, gap):
    """Return ``sup over z >= 1 + gap`` of ``S(u, z) - k J(z) - J(z - gap)``, with 1 and no last term at gap = None."""
    weights = [(p, mpmath.mpf(a) ** 2) for p, a in mixture.items()]
    value, first, second = (sum(math.perm(p, d) * s for p, s in weights) for d in range(3))
    a, m = (second - first) / (second + first), 2 * first * mpmath.sqrt(second) / (first + second)
    V = value - first**2 / (first + second)
    shift = mpmath.mpf(0) if gap is None else mpmath.mpf(gap) / (2 * mpmath.sqrt(second))
    single = 0 if gap is None else 1

    def slope(z):
        roots = (k + 1) * mpmath.sqrt(z**2 - 1) + single * mpmath.sqrt((z - shift) ** 2 - 1)
        return -2 * a * z - 2 * roots - m * (u + m * z) / V

    def J(z):
        return z * mpmath.sqrt(z**2 - 1) - mpmath.log(z + mpmath.sqrt(z**2 - 1))

    low, high = 1 + shift, mpmath.mpf(10)
    for _ in range(330):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    z = low
    return mpmath.log(second / first) / 2 - a * z**2 - (k + 1) * J(z) - single * J(z - shift) - (u + m * z) ** 2 / V / 2


@pytest.mark.parametrize("weight", [1.0, 0.1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15, 1e-17, 1e-60])
def test_mixtures_down_to_nearly_pure_ones(weight):
    mixture = {3: 1.0, 4: weight}
    threshold = -theory.E_th(mixture)
    with mpmath.workdps(150):
        for u in threshold * np.array([1 + 1e-12, 1 + 1e-7, 1.01, 1.1]):
            level = mpmath.mpf(float(u))
            # A few roundings; near the threshold the derivative in u is that of a pure model.
            for index in (0, 2):
                exact = float(many_digit_supremum(level, mixture, index, None))
                assert theory.mixed_complexity(u, mixture, index) == pytest.approx(exact, rel=1e-14, abs=4e-15)
            for stability in (0.0, 1e-3) if u < 1.0005 * threshold else (0.0,):
                exact = float(many_digit_supremum(level, mixture, 0, stability))
                assert theory.stability_complexity(u, stability, mixture) == pytest.approx(exact, rel=1e-14, abs=4e-15)
