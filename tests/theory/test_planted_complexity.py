"""Planted models at large n: closed forms, other routes to the rates, and exact numbers at finite n."""

import math

import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

import theory
from theory.large_n.pairs.rates import log_determinant
from theory.planted.outlier import is_outside, outlier_rate

MIXTURE = {3: 0.5**0.5, 4: 0.5**0.5}


@pytest.mark.parametrize("u", [None, -1.2])
def test_growth_rate_is_the_supremum_of_its_formula(u):
    m, lam = 0.45, 0.9
    value, first, second = 1.0, 3.5, 9.0
    s, slope = lam * m**3, 3 * lam * m**2

    def rate(z):
        # The mean logarithm over the semicircle, by the substitution x = sin t.
        inner = quad(
            lambda t: 2 / math.pi * math.cos(t) ** 2 * math.log(abs(math.sin(t) + z)), -math.pi / 2, math.pi / 2
        )
        zeta = m * slope - 2 * math.sqrt(second) * z
        exponent = zeta**2 / (2 * (first + second))
        if u is not None:
            exponent += (u + s - first / (first + second) * zeta) ** 2 / (2 * (value - first**2 / (first + second)))
        return inner[0] + math.log(2) + 0.5 - exponent

    best = -minimize_scalar(lambda z: -rate(z), bounds=(-2.5, 2.5), method="bounded", options={"xatol": 1e-7}).fun
    front = 0.5 * math.log((1 - m * m) * second / first) - (1 - m * m) * slope**2 / (2 * first)
    assert theory.planted_complexity(m, u, MIXTURE, {3: lam}) == pytest.approx(front + best, abs=1e-6)


def test_exact_densities_grow_at_the_rate():
    m, signal = np.array([-0.5, 0.1, 0.6]), {1: 1.1}
    small, large = (np.log(theory.planted_point_density(m, n, 3, signal)) for n in (60, 120))
    # Powers of n contribute (log 2)/60 times their exponents, which are below 1.
    assert np.abs((large - small) / 60 - theory.planted_complexity(m, None, 3, signal)).max() < 0.012


@pytest.mark.parametrize("k", [0, 1, 2])
def test_points_orthogonal_to_the_signal_are_those_of_the_glass(k):
    expected = theory.index_complexity(-1.65, 3, k)
    assert theory.planted_complexity(0.0, -1.65, 3, {3: 1.2}, index=k) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("weight", [1e-3, 1e-6, 1e-7, 1e-9, 1e-12, 1e-15, 1e-17, 1e-100])
@pytest.mark.parametrize("index", [None, 0, 1])
def test_nearly_pure_mixtures_with_a_signal(weight, index):
    # Rates differ from those of the pure model in the second order of the weight.
    pure, nearly = (
        theory.planted_complexity([0.3, 0.0], [-1.8, -1.65], H, {3: 1.0}, index) for H in (3, {3: 1.0, 4: weight})
    )
    np.testing.assert_allclose(nearly, pure, rtol=0, atol=3 * weight**2 + 1e-11)


def test_minima_of_nearly_pure_mixtures_above_the_edge():
    # There are ever fewer of them as the mixture becomes pure. Orthogonal to the signal they are those of the glass.
    u = 3e-9 - float(theory.E_inf(3))
    rates = [theory.planted_complexity(0.0, u, {3: 1.0, 4: w}, {3: 1.0}, index=0) for w in (1e-7, 2e-9, 1e-9)]
    exact = [theory.stability_complexity(u, 0.0, {3: 1.0, 4: w}) for w in (1e-7, 2e-9, 1e-9)]
    np.testing.assert_allclose(rates, exact, atol=1e-8)


def test_rate_of_the_outlier_is_that_of_a_schur_complement():
    # Cramer's theorem for a - theta - r^T (B + 2z)^{-1} r > 0, where the typical eigenvalue is below -2z.
    for z, theta in ((1.1, 1.9), (1.4, 3.0), (1.01, 1.3)):
        assert is_outside(np.array(z), np.array(theta))

        def exponent(t, z=z, theta=theta):
            growth = log_determinant(np.array(z + 0.5 * t)) - log_determinant(np.array(z))
            return t * (z - theta / 2) + 0.25 * t * t - 0.5 * float(growth)

        least = minimize_scalar(exponent, bounds=(0.0, 10.0), method="bounded", options={"xatol": 1e-10}).fun
        assert float(outlier_rate(np.array(z), np.array(theta))) == pytest.approx(-least, abs=1e-9)


def test_rate_of_the_outlier_is_smooth_and_vanishes_at_its_typical_place():
    theta = np.array([0.4, 0.8, 1.0, 2.0])
    places = 0.5 * (theta + 1 / theta)
    around = [outlier_rate(places + step, theta) for step in (-1e-7, 0.0, 1e-7)]
    # Both forms agree to second order where one replaces the other.
    assert np.abs(around[0] + around[2] - 2 * around[1])[:2].max() < 1e-12
    assert around[1][2:] == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize(("H", "signal"), [(3, {3: 1.5}), (MIXTURE, {1: 0.4, 3: 1.3}), (4, {2: 2.0})])
def test_the_growth_rate_touches_zero_at_the_signals_minimum(H, signal):
    found = theory.signal_minimum(H, signal)
    m, u = found.overlap, found.energy_per_spin
    for arguments in ((m, u), (m, None)):
        for index in (None, 0):
            assert theory.planted_complexity(*arguments, H, signal, index=index) == pytest.approx(0.0, abs=1e-12)
    beside = theory.planted_complexity([m - 1e-3, m + 1e-3], None, H, signal)
    assert np.all(beside < 0.0)


def test_closed_forms_of_the_signals_minimum():
    # A spiked matrix (Baik, Ben Arous and Peche): the largest eigenvalue and its vector.
    found = theory.signal_minimum(2, {2: 1.3})
    assert found.energy_per_spin == pytest.approx(-1.3 - 1 / (2 * 1.3), rel=1e-12)
    assert found.overlap == pytest.approx(math.sqrt(1 - 1 / (2 * 1.3**2)), rel=1e-12)
    # The gap to the next eigenvalue, in which the matrix has twice the energy.
    assert found.smallest_eigenvalue == pytest.approx(2 * (1.3 + 1 / 2.6 - math.sqrt(2)), rel=1e-12)
    field = theory.signal_minimum(MIXTURE, {1: -3.0})
    assert field.energy_per_spin == pytest.approx(-math.sqrt(3.5 + 9.0), rel=1e-12)
    assert field.overlap < 0.0
    assert theory.signal_minimum(3, {3: 1.154}) is None
    assert theory.signal_minimum(3, {3: 1.155}).smallest_eigenvalue == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("strength", [1e2, 1e4, 3e5])
def test_the_minimum_of_a_strong_signal_has_the_digits_of_mpmath(strength):
    # H = 3: nu' = 3, nu'' = 6. At strength 3e5 the distance 1 - m is 2e-12.
    found = theory.signal_minimum(3, {3: strength})
    with mp.workdps(40):
        gap = (mp.sqrt(3) / (3 * strength)) ** 2 / 2
        gap = mp.findroot(lambda g: 3 * strength * (1 - g) * mp.sqrt(g * (2 - g)) - mp.sqrt(3), gap)
        response = mp.sqrt(gap * (2 - gap))
        edge = mp.sqrt(3) / response + 6 / mp.sqrt(3) * response - 2 * mp.sqrt(6)  # no eigenvalue is isolated
        energy = -mp.sqrt(3) * response - strength * (1 - gap) ** 3
    assert 6 * strength * float(response) ** 2 < 6**0.5
    assert found.smallest_eigenvalue == pytest.approx(float(edge), rel=1e-14)
    assert found.energy_per_spin == pytest.approx(float(energy), rel=1e-14)


def test_closed_forms_of_thresholds():
    for H in (3, 5):
        closed = math.sqrt((H - 1) / H) * ((H - 1) / (H - 2)) ** (H / 2 - 1)
        found = theory.signal_thresholds(H, {H: 1.0})
        assert found.minimum == pytest.approx(closed, rel=1e-9)
        assert found.only_minimum == found.trivial == math.inf
        deep = theory.signal_minimum(H, {H: found.deepest})
        assert deep.energy_per_spin == pytest.approx(-float(theory.E_0(H)), rel=1e-9)
    field = theory.signal_thresholds(MIXTURE, {1: 2.0})
    assert field.minimum == field.trivial == field.only_minimum == pytest.approx(math.sqrt(9 - 3.5) / 2, rel=1e-9)
    assert math.isnan(field.deepest)
    assert theory.signal_thresholds(2, {2: 1.0}).minimum == pytest.approx(math.sqrt(0.5), rel=1e-9)
    assert theory.signal_thresholds(2, {1: 1.0}).minimum == 0.0


@pytest.mark.slow
def test_other_minima_vanish_at_their_threshold():
    m = np.linspace(0.0, 0.6, 61)
    found = theory.signal_thresholds(3, {2: 1.0})
    above, below = (theory.planted_complexity(m, None, 3, {2: f * found.only_minimum}, index=0) for f in (1.001, 0.999))
    assert above.max() < 0.0 < below.max()
    assert found.trivial == math.inf
    both = theory.signal_thresholds(3, {1: 1.0, 3: 1.0})
    m = np.linspace(-0.9, 0.5, 281)
    rates = [theory.planted_complexity(m, None, 3, dict.fromkeys((1, 3), f * both.trivial)) for f in (1.001, 0.999)]
    assert rates[0].max() < 0.0 < rates[1].max()


@pytest.mark.slow
def test_a_signal_without_cost_at_some_overlap_leaves_other_points():
    for signal, free in (
        ({1: 1.0, 2: 0.9}, -1 / 1.8),
        ({1: 0.3, 4: 2.0}, -(0.0375 ** (1 / 3))),
        ({2: 1.0, 3: 5.0}, -2 / 15),
    ):
        assert sum(k * strength * free ** (k - 1) for k, strength in signal.items()) == pytest.approx(0.0, abs=1e-15)
        assert theory.signal_thresholds(3, signal).trivial == math.inf
        strong = {k: 1e3 * strength for k, strength in signal.items()}
        closed = 0.5 * math.log(2 * (1 - free**2))
        assert theory.planted_complexity(free, None, 3, strong) == pytest.approx(closed, rel=1e-9)
    # At m = -2/15 the last signal bends upwards as well, so that minima remain.
    assert theory.signal_thresholds(3, {2: 1.0, 3: 5.0}).only_minimum == math.inf
    # Without a zero of s' the thresholds are finite, however large.
    flat = theory.signal_thresholds(3, {1: 1e-5, 3: 1.0})
    # The cost is f^2 s'(0)^2 / 6, with nu' = 3, and log(2)/2 without a signal.
    assert flat.trivial == pytest.approx(1e5 * math.sqrt(3 * math.log(2)), rel=1e-6)


def test_thresholds_where_a_solution_reaches_the_edge():
    # The rate vanishes there with zero slope; m^2 = 1 - nu'/nu'' at the solution of negative overlap.
    m = -math.sqrt(1 - 2.75 / 3.5)
    closed = -m * math.sqrt(2.75) / ((1 + 0.6 * m) * math.sqrt(2.75 / 3.5))
    assert theory.signal_thresholds({2: 1.0, 3: 0.5}, {1: 1.0, 2: 0.3}).trivial == pytest.approx(closed, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("H", "signal", "index", "place"),
    [
        (3, {1: 0.3, 4: 2.0}, 0, 0.199161),
        (3, {1: 1.0, 3: 1.0}, None, 0.0),
        ({3: 1.0, 4: 1.0}, {1: 0.2, 3: 1.0, 4: 0.5}, 0, 0.089373),
        ({3: 1.0, 4: 1.0}, {1: 0.2, 3: 1.0, 4: 0.5}, None, 0.0),
        ({2: 1.0, 3: 0.2}, {2: 1.0}, 0, None),
    ],
)
def test_growth_rates_change_sign_at_the_threshold(H, signal, index, place):
    found = theory.signal_thresholds(H, signal)
    at = found.trivial if index is None else found.only_minimum
    grid = np.linspace(-0.6, 0.6, 241) if place is None else place + np.linspace(-1e-3, 1e-3, 401)
    # Twice the stated accuracy; the rates there are of order 1e-6.
    above, below = (
        theory.planted_complexity(grid, None, H, {k: f * at * a for k, a in signal.items()}, index=index).max()
        for f in (1 + 2e-6, 1 - 2e-6)
    )
    assert above < 0.0 < below


@pytest.mark.slow
def test_the_window_of_the_field():
    # Mean and variance of Tracy and Widom's law for beta = 1 (Bornemann 2010), from derivatives at the threshold.
    up, middle, down = np.log(theory.field_window([0.02, 0.0, -0.02]) / 2)
    assert middle == 0.0
    assert (up - down) / 0.02 == pytest.approx(1.2065335745820, abs=1e-4)
    assert 4 * (up + down) / 0.02**2 == pytest.approx(1.607781034581, abs=1e-3)
    # Exact numbers, extrapolated in n^(-1/3) from two sizes; what is left is of order n^(-2/3), below 0.02.
    counts = []
    for n in (27, 216):
        field = math.sqrt(2 / (1 - n ** (-1 / 3)) - 2)
        counts.append(theory.mean_critical_points(n, {1: field, 2: 1.0}, index=0))
    assert 2 * counts[1] - counts[0] == pytest.approx(theory.field_window(-1.0), abs=0.02)


def test_hostile_input_is_refused():
    with pytest.raises(ValueError, match="from -6 to 6"):
        theory.field_window(7.0)
    with pytest.raises(ValueError, match="between -1 and 1"):
        theory.planted_complexity(1.0, None, 3, {3: 1.0})
    with pytest.raises(ValueError, match="u must be finite"):
        theory.planted_complexity(0.5, np.inf, 3, {3: 1.0})
    with pytest.raises(ValueError, match="at least 0"):
        theory.planted_complexity(0.5, None, 3, {3: 1.0}, index=-1)
    for signal in ({3: -1.0}, {3: 0.0}):
        with pytest.raises(ValueError, match="one of them positive"):
            theory.signal_thresholds(3, signal)
    with pytest.raises(ValueError, match="mapping with at least one order"):
        theory.signal_minimum(3, {})
    with pytest.raises(ValueError, match="too strong next to the glass"):
        theory.signal_minimum(3, {3: 1e200})
