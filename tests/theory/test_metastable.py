"""Metastable states and the potential beside each other, equilibrium, and direct minimisation."""

import math

import mpmath
import numpy as np
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar

import theory
from theory.covariance import Covariance


@pytest.mark.parametrize("H", [3, 4, 6])
def test_states_make_up_the_paramagnet_between_the_transitions(H):
    T_s, T_d = float(theory.static_temperature(H)), float(theory.dynamical_temperature(H))
    for share in (1e-3, 0.5, 0.9):
        T = T_s + share * (T_d - T_s)
        low, high = (float(theory.tap_state(u, T, H).free_energy) for u in (-theory.E_0(H), -float(theory.E_inf(H))))
        best = minimize_scalar(
            lambda f, T=T: f - T * theory.tap_complexity(f, T, H),
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-9},
        )
        assert best.fun == pytest.approx(-1 / (2 * T), abs=1e-9)
        # Their overlap solves nu'(q) (1-q) = q T^2.
        q = brentq(lambda q, T=T: H * q ** (H - 2) * (1 - q) - T**2, (H - 2) / (H - 1), 1.0)
        assert theory.franz_parisi(q, T, H) == pytest.approx(T * theory.tap_complexity(best.x, T, H), abs=1e-6)
    # At the static temperature their number is no longer exponential.
    T = T_s * (1 + 1e-7)
    q = brentq(lambda q: H * q ** (H - 2) * (1 - q) - T**2, (H - 2) / (H - 1), 1.0)
    assert theory.franz_parisi(q, T, H) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("H", [3, 5])
def test_the_deepest_states_are_equilibrium_below_the_static_temperature(H):
    for T in (0.1, 0.3, 0.5):
        deepest, equilibrium = theory.tap_state(-theory.E_0(H), T, H), theory.equilibrium(T, H)
        assert deepest.overlap == pytest.approx(equilibrium.overlap, rel=1e-10)
        assert deepest.free_energy == pytest.approx(equilibrium.free_energy, rel=1e-11)
        assert deepest.energy == pytest.approx(equilibrium.energy, rel=1e-11)
        assert theory.tap_complexity(deepest.free_energy, T, H) == pytest.approx(0.0, abs=1e-11)
        # d Sigma / df = m/T, the breakpoint of the law with one step.
        around = theory.tap_complexity(deepest.free_energy + np.array([-1e-6, 1e-6]), T, H)
        assert (around[1] - around[0]) / 2e-6 == pytest.approx(equilibrium.breakpoint / T, rel=1e-4)


@pytest.mark.parametrize(("H", "u"), [(3, -1.65), (20, -2.05), (1000, -3.0)])
@pytest.mark.parametrize("T", [0.1, 1e-6, 1e-9, 1e-12, 1e-15, 1e-100])
def test_cold_states_against_many_digits(H, u, T):
    found = theory.tap_state(u, T, H)
    with mpmath.workdps(250):
        level, heat, half = mpmath.mpf(u), mpmath.mpf(T), mpmath.mpf(H) / 2
        z = 2 / (H * (mpmath.sqrt(level**2 - mpmath.mpf(4) * (H - 1) / H) - level))
        rest = heat * z  # (1-q) q^(H/2-1) = T z, by Newton's method from q = 1
        for _ in range(12):
            value = mpmath.log(rest / (heat * z)) + (half - 1) * mpmath.log1p(-rest)
            rest -= value / (1 / rest - (half - 1) / (1 - rest))
        q = 1 - rest
        bend = 1 - H * q ** (H - 1) + (H - 1) * q**H
        energy = float(q**half * level - bend / heat)
        free = float(q**half * level - heat / 2 * mpmath.log(rest) - bend / (2 * heat))
    # The logarithm of 1-q, of size up to 230, is rounded.
    assert found.energy == pytest.approx(energy, rel=3e-14)
    assert found.free_energy == pytest.approx(free, rel=3e-14)
    assert theory.tap_complexity(free, T, H) == pytest.approx(theory.index_complexity(u, H, 0), abs=1e-12)


def test_a_state_is_a_minimum_of_its_free_energy():
    T, H, u = 0.45, 4, -1.75
    found = theory.tap_state(u, T, H)

    def free(q):
        return q**2 * u - T / 2 * math.log(1 - q) - (1 - 4 * q**3 + 3 * q**4) / (2 * T)

    best = minimize_scalar(free, bounds=(0.8, 0.95), method="bounded", options={"xatol": 1e-10})
    assert found.overlap == pytest.approx(best.x, abs=1e-7)
    assert found.free_energy == pytest.approx(best.fun, rel=1e-13)
    hotter, colder = (theory.tap_state(u, t, H).free_energy for t in (T + 1e-5, T - 1e-5))
    assert found.energy == pytest.approx(found.free_energy - T * (hotter - colder) / 2e-5, rel=1e-8)


def test_states_end_where_they_become_unstable():
    T = 0.5
    highest = theory.tap_state(-float(theory.E_inf(3)), T, 3).free_energy
    inside, outside = theory.tap_complexity([highest - 1e-9, highest + 1e-9], T, 3)
    # At -E_inf minima are as many as all critical points: (1/2) log 2 - 1/3 at order 3.
    assert inside == pytest.approx(math.log(2) / 2 - 1 / 3, abs=1e-7)
    assert outside == -math.inf
    # Hot states: those at -E_inf exist up to T = sqrt(H (H-1)) (2/H) ((H-2)/H)^(H/2-1).
    last = math.sqrt(6) * 2 / 3 / math.sqrt(3)
    assert np.isfinite(theory.tap_state(-float(theory.E_inf(3)), last * (1 - 1e-9), 3).overlap)
    assert np.isnan(theory.tap_state(-float(theory.E_inf(3)), last * (1 + 1e-9), 3).overlap)


@pytest.mark.parametrize(("T", "H"), [(1.1, 3), (1.2, {2: 0.4, 3: 1.0})])
def test_the_potential_has_its_replica_symmetric_form(T, H):
    nu = Covariance.of(H)

    def potential(q):
        """Return the stationary value in the overlap r of two systems with the same reference."""

        def value(r):
            rest = (nu(1.0) - nu(r)) / T**2 + math.log(1 - r) + (r - q * q) / (1 - r)
            return nu(q) / T**2 + rest / 2

        best = minimize_scalar(value, bounds=(q * q, 0.999), method="bounded", options={"xatol": 1e-11})
        return T * (nu(1.0) / (2 * T * T) - best.fun)

    q = np.array([-0.4, 0.0, 0.2, 0.5, 0.7])
    np.testing.assert_allclose(theory.franz_parisi(q, T, H), [potential(v) for v in q], atol=1e-11)


def test_the_potential_breaks_symmetry_where_that_lowers_it():
    T, reference, q, nu = 0.5, 0.84, 0.3, Covariance.of(3)

    def value(v):
        low, high, m = v
        wide = 1 - high + m * (high - low)
        kept = nu(1.0) - nu(high) + m * (nu(high) - nu(low))
        return kept / T**2 + math.log(1 - high) + math.log(wide / (1 - high)) / m + (low - q * q) / wide

    options = {"xatol": 1e-10, "fatol": 1e-15, "maxiter": 4000}
    bounds = [(q * q, 0.6), (0.6, 0.99), (0.01, 1.0)]
    best = minimize(value, (0.15, 0.8, 0.4), method="Nelder-Mead", bounds=bounds, options=options)
    expected = -float(nu(q)) / reference - T / 2 * best.fun - theory.equilibrium(T, 3).free_energy
    assert theory.franz_parisi(q, T, 3, reference=reference) == pytest.approx(expected, abs=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("H", [3, 4])
def test_a_second_minimum_appears_at_the_dynamical_temperature(H):
    T_d, q = float(theory.dynamical_temperature(H)), (H - 2) / (H - 1)
    # In a replica-symmetric band V' = T q/(1-q) - nu'(q)/T, whose maximum in T touches 0 at T_d.
    for T, sign in ((0.99 * T_d, -1), (1.01 * T_d, 1)):
        left, right = theory.franz_parisi([q - 1e-4, q + 1e-4], T, H)
        assert np.sign(right - left) == sign


def test_refusals_say_what_is_wrong():
    for q in (1.0, [-1.5, 0.0]):
        with pytest.raises(ValueError, match="q must lie between -1 and 1"):
            theory.franz_parisi(q, 1.0, 3)
    with pytest.raises(ValueError, match=r"at least the static temperature 0\.828805"):
        theory.franz_parisi(0.5, 0.5, 3)
    with pytest.raises(ValueError, match="external field"):
        theory.franz_parisi(0.5, 1.0, {1: 0.2, 3: 1.0})
    with pytest.raises(ValueError, match="T must be positive"):
        theory.franz_parisi(0.5, 0.0, 3)
    with pytest.raises(ValueError, match="reference must be positive"):
        theory.franz_parisi(0.5, 1.0, 3, reference=-1.0)
    with pytest.raises(ValueError, match="pure models of order 3"):
        theory.tap_complexity(-0.9, 0.5, 2)
    with pytest.raises(ValueError, match="H must be a whole number"):
        theory.tap_complexity(-0.9, 0.5, {3: 1.0})
    with pytest.raises(ValueError, match="at most -E_inf"):
        theory.tap_state(-1.0, 0.5, 3)
