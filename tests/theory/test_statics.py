"""Statics beside other routes: direct minimisation, thermodynamic identities, and what is published."""

import math

import mpmath
import numpy as np
import pytest
import sympy
from scipy.optimize import minimize

import theory
from theory.covariance import Covariance
from theory.statics.continuous_law import continuous_law
from theory.statics.log_remainder import log_remainder

MIXTURE = {3: 0.5**0.5, 4: 0.5**0.5}
MODELS = [3, 4, 10, MIXTURE, {2: 1.0, 3: 0.5}]


def functional(parameters, T, nu):
    """Crisanti and Sommers' -2 beta f for one step from overlap 0, in this normalisation."""
    q, m = parameters
    volume = (1 - 1 / m) * math.log(1 - q) + math.log(1 - (1 - m) * q) / m
    return (nu(1.0) - (1 - m) * nu(q)) / T**2 + volume


def test_published_temperatures_of_order_three():
    assert theory.dynamical_temperature(sympy.Integer(3)) == sympy.sqrt(3) / 2
    assert theory.dynamical_temperature(3) == pytest.approx(3**0.5 / 2, rel=1e-15)
    assert theory.static_temperature(3) == pytest.approx(0.828805476, abs=1e-9)
    # Crisanti, Horner and Sommers (1993): 0.6123... and 0.5861 with variance n/2.
    assert float(theory.dynamical_temperature(3)) / 2**0.5 == pytest.approx(0.61237, abs=1e-5)


def test_temperatures_in_arrays_symbols_and_digits():
    orders = np.array([2, 3, 4, 7, 50])
    np.testing.assert_allclose(
        theory.dynamical_temperature(orders),
        [float(theory.dynamical_temperature(sympy.Integer(int(H)))) for H in orders],
        rtol=1e-14,
    )
    np.testing.assert_allclose(theory.static_temperature([2, 3]), [2**0.5, 0.828805476075], rtol=1e-11)
    H = sympy.Symbol("H", positive=True)
    assert theory.dynamical_temperature(H).subs(H, 5) == theory.dynamical_temperature(sympy.Integer(5))
    with mpmath.workdps(40):
        q = mpmath.findroot(lambda q: 3 * (1 - q) * (-mpmath.log(1 - q) - q) - q**2, 0.645)
        expected = mpmath.sqrt(q**3 / (-mpmath.log(1 - q) - q))
        assert abs(theory.static_temperature(3, digits=35) - expected) < mpmath.mpf(10) ** -34


@pytest.mark.parametrize("H", [2, 3, np.int64(3), 2.0, {3: 1.0, 4: 0.5}])
def test_numbers_give_floats_and_sympy_integers_exact_forms(H):
    for answer in (theory.dynamical_temperature, theory.static_temperature, theory.ground_state_energy):
        assert type(answer(H)) is float
        assert sympy.simplify(abs(answer(sympy.Integer(2))) - sympy.sqrt(2)) == 0
        assert float(answer(2)) == pytest.approx(float(answer(2, digits=20)), rel=1e-15)


@pytest.mark.parametrize("H", [3, 5, 30])
def test_a_mixture_of_one_order_is_that_order(H):
    assert theory.dynamical_temperature({H: 2.0}) == pytest.approx(
        2 * float(theory.dynamical_temperature(H)), rel=1e-10
    )
    assert theory.static_temperature({H: 2.0}) == pytest.approx(2 * theory.static_temperature(H), rel=1e-12)
    assert theory.ground_state_energy({H: 2.0}) == pytest.approx(2 * theory.ground_state_energy(H), rel=1e-10)
    assert theory.static_temperature({H: 1.0, H + 1: 1e-9}) == pytest.approx(theory.static_temperature(H), rel=1e-9)


@pytest.mark.parametrize("H", MODELS)
def test_transitions_of_a_mixture_are_maxima_over_a_fine_grid(H):
    nu = Covariance.of(H)
    q = np.linspace(1e-4, 1 - 1e-4, 200_001)
    # The grid misses the maximum by the square of its spacing, or at q = 0 by its first point.
    assert float(theory.dynamical_temperature(H)) == pytest.approx(math.sqrt(np.max((1 - q) * nu(q, 1) / q)), rel=1e-4)
    assert float(theory.static_temperature(H)) == pytest.approx(
        math.sqrt(np.max(nu(q) / (-np.log1p(-q) - q))), rel=1e-4
    )


@pytest.mark.parametrize("H", MODELS)
@pytest.mark.parametrize("fraction", [0.2, 0.6, 0.95])
def test_the_broken_phase_minimises_the_functional(H, fraction):
    T, nu = fraction * float(theory.static_temperature(H)), Covariance.of(H)
    found = theory.equilibrium(T, H)
    start = (0.98 * found.overlap, 0.9 * found.breakpoint)
    bounds = [(1e-6, 1 - 1e-9)] * 2
    best = minimize(functional, start, (T, nu), "Nelder-Mead", bounds=bounds, options={"xatol": 1e-9, "fatol": 1e-13})
    assert found.broken
    # The minimiser stops at 1e-9 from the minimum, the value at the square of that.
    assert -2 * found.free_energy / T == pytest.approx(best.fun, rel=1e-11)
    assert -2 * found.free_energy / T <= best.fun + 1e-12 * abs(best.fun)


@pytest.mark.slow
@pytest.mark.parametrize("H", [2, *MODELS, {1: 1.0, 3: 0.7}])
def test_energy_and_entropy_are_derivatives_of_the_free_energy(H):
    for T in (0.1, 0.5, 0.7, 1.5) if not isinstance(H, dict) or 1 not in H else (1.0, 1.5):
        step = 1e-4 * T
        low, middle, high = (theory.equilibrium(T + s, H) for s in (-step, 0, step))
        # Central differences: error of order step^2 beside the curvature.
        assert middle.entropy == pytest.approx(-(high.free_energy - low.free_energy) / (2 * step), rel=1e-6)
        assert middle.free_energy == pytest.approx(middle.energy - T * middle.entropy, rel=1e-13)


def test_above_the_static_temperature_the_free_energy_is_annealed():
    hot = theory.equilibrium([0.83, 1.0, 5.0], 3)
    np.testing.assert_allclose(hot.energy, [-1 / 0.83, -1.0, -0.2], rtol=1e-15)
    assert not hot.broken.any()
    assert np.all(hot.overlap == 0)


def test_the_quadratic_model_is_the_exactly_solved_one():
    # Kosterlitz, Thouless and Jones (1976): q = 1 - T/T_c below T_c, energy -T_c (1 - T/(2 T_c)) ... at T = T_c/2.
    found = theory.equilibrium(2**-0.5, 2)
    assert found.overlap == pytest.approx(0.5, rel=1e-12)
    assert found.energy == pytest.approx(-(2**0.5) * (1 - 0.25), rel=1e-12)


@pytest.mark.parametrize("H", [100, 300])
def test_high_orders_underflow_without_harm(H):
    # Warnings are errors here; q^(H-1) underflows at the smallest overlaps searched.
    cold = theory.equilibrium(0.1, H)
    assert cold.broken
    assert cold.energy == pytest.approx(theory.ground_state_energy(H) + 0.05, abs=0.01)


@pytest.mark.parametrize("H", [3, 4, 6, 20, 100])
def test_the_ground_state_is_the_zero_of_the_complexity(H):
    found = theory.ground_state(H)
    assert found.energy == pytest.approx(-theory.E_0(H), abs=max(found.error, 1e-12))
    assert found.error < 1e-10
    # One step: m = Theta_0'(-E_0).
    assert found.overlaps.tolist() == [0.0]
    assert found.jumps[0] == pytest.approx(theory.index_complexity(-theory.E_0(H), H, 0, derivative=1), rel=1e-5)


def test_ground_states_with_known_energies():
    # The largest eigenvalue; a field alone beside it; replica symmetric in a strong field: -sqrt(nu'(1)).
    assert theory.ground_state_energy({2: 1.0}) == pytest.approx(-(2**0.5), rel=1e-10)
    assert theory.ground_state_energy({1: 2.0, 3: 1.0}) == pytest.approx(-(7**0.5), rel=1e-9)
    full = {2: 1.0, 4: 0.1}
    assert theory.ground_state_energy(full) == pytest.approx(-theory.E_alg(full), rel=1e-9)


@pytest.mark.parametrize("H", MODELS)
def test_the_ground_state_is_the_limit_of_low_temperatures(H):
    # Low-temperature energies lie T/2 above the ground state, to first order in T.
    T = 1e-5
    assert theory.equilibrium(T, H).energy == pytest.approx(float(theory.ground_state_energy(H)) + T / 2, abs=1e-7)


def one_step_law(mixture, below):
    """Return T, q and m where T is the static temperature less a share, in 40 digits: stationary in q and m."""
    with mpmath.workdps(40):
        weights = {p: mpmath.mpf(a) ** 2 for p, a in mixture.items()}

        def nu(t, power=0):
            return sum(s * p**power * t ** (p - power) for p, s in weights.items())

        def ratio(q):
            return nu(q) / (-mpmath.log(1 - q) - q)

        near = max(np.linspace(0.05, 0.999, 300).tolist(), key=ratio)
        around = (near - 0.004, min(near + 0.004, 0.9995))
        static = mpmath.findroot(lambda q: mpmath.diff(ratio, q), around, solver="anderson", tol=1e-60)
        T = mpmath.sqrt(ratio(static)) * (1 - mpmath.mpf(below))

        def slopes(q, m):
            wide = 1 - (1 - m) * q
            by_q = (m - 1) * (nu(q, 1) / T**2 - q / ((1 - q) * wide))
            by_m = nu(q) / T**2 + (mpmath.log((1 - q) / wide) / m + q / wide) / m
            return by_q / (m - 1), by_m

        q, m = mpmath.findroot(slopes, (static, 1 - 2 * mpmath.mpf(below)), tol=1e-50)
        return float(T), float(q), float(1 - m)


@pytest.mark.parametrize("mixture", [{3: 1.0}, {10: 2.0}, MIXTURE, {2: 0.5, 5: 1.0}])
@pytest.mark.parametrize("below", [1e-3, 2e-6, 1e-8, 1e-11])
def test_just_below_the_static_temperature_symmetry_is_broken(mixture, below):
    T, q, missing = one_step_law(mixture, below)
    found = theory.equilibrium(T, mixture)
    assert found.overlap == pytest.approx(q, rel=1e-12)
    # T is a float, and the breakpoint misses 1 in proportion to what T misses the transition by.
    assert 1 - found.breakpoint == pytest.approx(missing, rel=1e-15 / below + 1e-12)
    above = theory.equilibrium(T * (1 + 2 * below), mixture)
    assert (above.overlap, above.breakpoint) == (0.0, 1.0)


@pytest.mark.parametrize("below", [1e-3, 1e-6, 1e-9, 1e-12])
def test_a_continuous_transition_is_met_at_small_overlaps(below):
    # 2 + 3: to first order q = (1 - T/T_c) / (1 - m), with m = 3 (a_3/a_2)^2 q/... at the transition m -> 5/8.
    found = theory.equilibrium(2**0.5 * (1 - below), {2: 1.0, 3: 0.5})
    assert found.overlap == pytest.approx(1.6 * below, rel=3 * below + 1e-15 / below)
    assert 1 - found.breakpoint == pytest.approx(0.625, rel=3 * below + 1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("model", [3, MIXTURE, {2: 1.0, 3: 0.5}, {1: 1.0, 3: 0.7}])
@pytest.mark.parametrize("unit", [2.0**-600, 2.0**-30, 2.0**500])
def test_statics_scale_with_the_weights(model, unit):
    mixture = model if isinstance(model, dict) else {model: 1.0}
    scaled = {p: a * unit for p, a in mixture.items()}
    T = np.array([1.0, 1.5]) if 1 in mixture else np.array([1e-6, 0.3, 1.5])
    first, second = theory.equilibrium(T, mixture), theory.equilibrium(T * unit, scaled)
    for name in ("overlap", "lower_overlap", "breakpoint", "entropy"):
        assert np.array_equal(getattr(first, name), getattr(second, name))
    for name in ("energy", "free_energy"):
        assert np.array_equal(getattr(first, name) * unit, getattr(second, name))
    if 1 not in mixture:
        assert theory.static_temperature(scaled) == theory.static_temperature(mixture) * unit
        assert theory.dynamical_temperature(scaled) == theory.dynamical_temperature(mixture) * unit
        assert theory.E_alg(scaled) == theory.E_alg(mixture) * unit


@pytest.mark.parametrize("model", [3, {1: 1.0, 3: 1.0}])
def test_high_temperatures_have_their_expansion(model):
    nu = Covariance.of(model)
    for T in (1e3, 1e30, 1e90):
        hot = theory.equilibrium(T, model)
        # beta f = -nu(1) beta^2 / 2 + nu'(0)^2 beta^4 / 4 + ...
        assert hot.free_energy * T == pytest.approx(-float(nu(1.0)) / 2, rel=2 / T**2 + 1e-14)
        assert hot.overlap * T**2 == pytest.approx(float(nu(0.0, 1)), rel=3 / T**2 + 1e-14)


def test_transitions_of_orders_far_apart():
    for mixture in ({3: 1.0, 2000: 0.1}, {2: 1.0, 1000: 1.0}, {2: 1.0, 3: 0.7071}, {2: 1e-3, 3: 1.0}):
        with mpmath.workdps(25):
            weights = {p: mpmath.mpf(a) ** 2 for p, a in mixture.items()}

            def dynamical(y, weights=weights):
                q = -mpmath.expm1(-y)
                return mpmath.exp(-y) * sum(s * p * q ** (p - 2) for p, s in weights.items())

            def static(y, weights=weights):
                q = -mpmath.expm1(-y)
                return sum(s * q**p for p, s in weights.items()) / (y - q)

            grid = [mpmath.mpf(10) ** (mpmath.mpf(k) / 20) for k in range(-100, 28)]
            for answer, ratio in ((theory.dynamical_temperature, dynamical), (theory.static_temperature, static)):
                best = max(grid, key=ratio)
                low, high = best / 1.13, best * 1.13
                for _ in range(60):  # golden section
                    left, right = high - (high - low) * 0.618, low + (high - low) * 0.618
                    low, high = (left, high) if ratio(left) < ratio(right) else (low, right)
                expected = mpmath.sqrt(max(ratio(low), 2 * weights.get(2, 0)))
                assert answer(mixture) == pytest.approx(float(expected), rel=1e-13)


@pytest.mark.parametrize(
    ("H", "phase"),
    [
        ({1: 0.5, 3: 1.0}, "one step"),
        ({1: 0.1, 2: 1.0, 4: 1.0}, "one step"),
        ({1: 0.3, 2: 1.0}, "replica symmetric"),
        (3, "one step"),
    ],
)
@pytest.mark.parametrize("T", [1e-4, 1e-6, 3e-8])
def test_cold_states_are_harmonic(H, phase, T):
    found = theory.equilibrium(T, H)
    assert found.phase == phase
    # Each of n directions has the energy T/2; the next term is of order T^2. Energies have 14 digits.
    assert found.energy == pytest.approx(theory.ground_state_energy(H) + T / 2, abs=0.2 * T**2 + 1e-13)
    # The bound is on the error apart from rounding, and is itself rounded.
    assert found.error < 1e-14 / T


@pytest.mark.parametrize(("T", "H"), [(0.1, {1: 0.5, 3: 1.0}), (1e-8, {1: 0.5, 3: 1.0}), (1e-11, {2: 1.0, 4: 0.3})])
def test_what_falls_is_no_distribution_at_any_temperature(T, H):
    law = continuous_law(T, Covariance.of(H))
    x = law.at(np.linspace(law.lower, law.overlap, 1000))
    assert x[-1] < x.max() < 1
    assert law.excess() > 1e-4


def test_refusals_say_what_is_wrong():
    for T in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="T must be"):
            theory.equilibrium(T, 3)
    for cold in (1e-15, 1e-11):
        for call in (theory.equilibrium, theory.overlap_distribution):
            with pytest.raises(ValueError, match=f"T = {cold:g} is below 1e-08 .* use theory.ground_state"):
                call(cold, {1: 0.5, 3: 1.0})
        with pytest.raises(ValueError, match=f"T = {cold:g} is below 1e-08 .* give T = 1.9e-08"):
            theory.franz_parisi([0.3, 0.5], cold, 3, reference=1.0)
    with pytest.raises(ValueError, match="too small for a float"):
        theory.equilibrium(1e120, {1: 1.0, 3: 1.0})
    with pytest.raises(ValueError, match="external field"):
        theory.static_temperature({1: 0.3, 3: 1.0})
    with pytest.raises(ValueError, match="digits"):
        theory.ground_state_energy({3: 1.0}, digits=20)
    with pytest.raises(ValueError, match="one model"):
        theory.ground_state([3, 4])


def test_the_remainder_of_the_logarithm_is_that_of_many_digits():
    e = np.array([1e-12, 1e-3, 0.1, 0.3, 0.4999, 0.5, 0.7, 0.999, 1 - 1e-12])
    with mpmath.workdps(50):
        exact = [float((-mpmath.log(1 - v) - v) / v**2) for v in map(mpmath.mpf, e.tolist())]
    assert np.allclose(log_remainder(e), exact, rtol=1e-15, atol=0)
    assert log_remainder(np.array(0.0)) == 0.5
