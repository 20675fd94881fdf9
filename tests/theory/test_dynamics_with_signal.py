"""The dynamical equations with a planted signal beside exact flows, starts from equilibrium, and a plain integrator."""

import numpy as np
import pytest
from scipy.linalg import eigh_tridiagonal

import theory
from theory.covariance import Covariance

STEP = 0.02


def spiked_matrix(strength, m0, times, size=120):
    """Overlap and energy of ``x(t) ~ exp(-2 t (W - lambda v v^T / n)) x(0)`` at order 2, W with a semicircle law.

    The spectral measures at v and at a perpendicular vector are those of a Jacobi matrix, with off-diagonals
    ``sqrt(1/2)``, and ``-lambda`` as its first diagonal entry at v. Its eigenvectors give Gauss's rule.
    """
    diagonal, beside = np.zeros((2, size)), np.full(size - 1, 0.5**0.5)
    diagonal[0, 0] = -strength
    (at_v, first), (other, second) = (eigh_tridiagonal(row, beside) for row in diagonal)
    shares = m0**2 * first[0] ** 2, (1 - m0**2) * second[0] ** 2
    lowest, found = at_v.min(), []
    for t in times:
        damped = [
            weights * np.exp(-4 * t * (values - lowest)) for weights, values in zip(shares, (at_v, other), strict=True)
        ]
        norm = sum(part.sum() for part in damped)
        along = m0 * first[0] ** 2 @ np.exp(-2 * t * (at_v - lowest)) / norm**0.5
        found.append((along, (damped[0] @ at_v + damped[1] @ other) / norm))
    return np.array(found).T


@pytest.mark.parametrize("strength", [1.5, 0.4])
def test_the_spiked_matrix_is_exact(strength):
    times = np.array([0.0, 0.1, 0.5, 1.0, 3.0])
    found = theory.relaxation(times, 2, signal={2: strength}, start_overlap=0.3, step=STEP)
    overlap, energy = spiked_matrix(strength, 0.3, times)
    # Third order in (step * rate): extrapolation leaves a few 1e-6.
    np.testing.assert_allclose(found.overlap, overlap, atol=1e-5)
    np.testing.assert_allclose(found.energy, energy, atol=1e-5)
    assert np.all(np.abs(found.overlap - overlap) <= found.overlap_error + 1e-7)


def test_a_start_from_equilibrium_is_a_start_at_a_signal():
    start, options = 0.9, {"waiting_times": [0.0, 0.5], "step": STEP}
    times, mixture = [0.5, 1.0, 2.0], {3: 0.8, 4: 0.6}
    thermal = theory.relaxation(times, mixture, 0.5, start=start, spacing=0, **options)
    signal = {3: 0.64 / start, 4: 0.36 / start}
    planted = theory.relaxation(times, mixture, 0.5, signal=signal, start_overlap=1.0, **options)
    np.testing.assert_allclose(planted.energy, thermal.energy, rtol=1e-12)
    # m is interpolated in one time, C in two.
    np.testing.assert_allclose(planted.overlap, thermal.correlation[0], atol=1e-6)
    # Both together add up.
    half = {k: strength / 2 for k, strength in signal.items()}
    both = theory.relaxation(times, mixture, 0.5, start=2 * start, signal=half, start_overlap=1.0, **options)
    np.testing.assert_allclose(both.overlap, planted.overlap, rtol=1e-12)


def test_a_fixed_field_acts_as_a_random_one_of_the_same_length():
    times, options = [0.3, 1.0, 2.0], {"waiting_times": [0.0, 0.3], "step": STEP}
    random = theory.relaxation(times, {1: 0.7, 3: 1.0}, 0.3, spacing=0, **options)
    fixed = theory.relaxation(times, 3, 0.3, signal={1: 0.7}, **options)
    np.testing.assert_allclose(fixed.energy, random.energy, atol=1e-6)
    np.testing.assert_allclose(fixed.correlation, random.correlation, atol=1e-6)
    # The random field's share of the energy is -h m.
    assert fixed.overlap[-1] == pytest.approx(0.38392, abs=1e-2)


@pytest.mark.parametrize(("k", "m0"), [(1, 0.2), (2, 0.2), (2, -0.5)])
def test_a_signal_without_a_glass_has_a_closed_form(k, m0):
    times = np.array([0.1, 0.5, 2.0])
    found = theory.relaxation(times, {3: 1e-5}, signal={k: 0.8}, start_overlap=m0, step=0.03)
    # dm/dt = s'(m) (1 - m^2) with s = 0.8 m^k.
    grown = m0 / np.sqrt(1 - m0**2) * np.exp(1.6 * times)
    exact = np.tanh(0.8 * times + np.arctanh(m0)) if k == 1 else grown / np.sqrt(1 + grown**2)
    np.testing.assert_allclose(found.overlap, exact, atol=1e-5)
    np.testing.assert_allclose(found.energy, -0.8 * exact**k, atol=1e-5)


def plain(nu, signal, T, m0, end, step):
    """Euler's rule and rectangle sums, written down from the equations; first order."""
    size = round(end / step) + 1
    C, R, m, energy = np.eye(size), np.eye(size), np.full(size, m0), np.zeros(size)
    for i in range(size - 1):
        past = slice(0, i + 1)
        force, memory = nu(C[i, past], 1), nu(C[i, past], 2) * R[i, past]
        push = sum(k * strength * m[i] ** (k - 1) for k, strength in signal.items())
        mu = T + push * m[i] + step * np.sum(force * R[i, past] + memory * C[i, past])
        change = -mu * C[i, past] + step * (memory @ C[past, past] + R[past, past] @ force) + push * m[past]
        C[i + 1, past] = C[i, past] + step * change
        C[past, i + 1] = C[i + 1, past]
        R[i + 1, past] = R[i, past] + step * (-mu * R[i, past] + step * memory @ R[past, past])
        m[i + 1] = m[i] + step * (-mu * m[i] + step * memory @ m[past] + push)
        energy[i] = -step * np.sum(force * R[i, past]) - sum(strength * m[i] ** k for k, strength in signal.items())
    return energy[:-1], m[:-1]


def test_a_plain_integrator_agrees_to_its_first_order():
    mixture, signal, T, m0 = {2: 0.6, 3: 1.0}, {1: 0.1, 2: 0.8, 3: -0.4}, 0.3, 0.4
    rough, rougher = (np.array(plain(Covariance.of(mixture), signal, T, m0, 1.0, h)) for h in (0.0025, 0.005))
    times = np.array([0.25, 0.5, 0.9])
    at = np.rint(times / 0.005).astype(int)
    found = theory.relaxation(times, mixture, T, signal=signal, start_overlap=m0, step=0.01)
    # What is left is of second order: (0.0025 * rate)^2 with a rate of about 10.
    np.testing.assert_allclose([found.energy, found.overlap], 2 * rough[:, 2 * at] - rougher[:, at], atol=2e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start_overlap": 0.2}, "there is no signal"),
        ({"signal": {3: 1.0}, "start_overlap": 1.2}, "between -1 and 1"),
        ({"signal": {}}, "at least one order"),
        ({"signal": 1.2}, "at least one order"),
        ({"signal": {0: 1.0}}, "at least 1"),
        ({"signal": {3: np.nan}}, "strength of order 3"),
        ({"signal": {3: 1.0}, "spacing": 0.1}, "only the uniform grid"),
    ],
)
def test_what_cannot_be_solved_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        theory.relaxation([1.0], 3, **options)


def growth(H, second, times):
    """Rate of growth of a tiny overlap at these times, for s''(0) = ``second`` times sqrt(nu''(1))."""
    force = second * Covariance.of(H)(1.0, 2) ** 0.5
    both = np.concatenate([times, 1.02 * times])
    found = theory.relaxation(both, H, signal={2: force / 2}, start_overlap=1e-14, step=0.1 * second / force)
    return force, np.diff(np.log(found.overlap.reshape(2, -1)), axis=0)[0] / (0.02 * times)


def test_the_overlap_begins_to_grow_at_the_threshold_of_descent():
    times, forces, roots = np.array([5.0, 10.0]), [], []
    for second in (1.5, 2.0):
        force, (early, late) = growth(3, second, times)
        forces.append(force)
        # The energy of descent, and with it the rate, approach their limits as t^(-2/3).
        roots.append((force * (late - (early - late) / (2 ** (2 / 3) - 1))) ** 0.5)
    # The rate is (s'' - threshold)^2 / s'', and so a line through both points gives the threshold.
    slope = (roots[1] - roots[0]) / (forces[1] - forces[0])
    assert slope == pytest.approx(1.0, abs=0.04)
    assert forces[0] - roots[0] / slope == pytest.approx(2 * theory.descent_threshold({2: 1.0}, 3), rel=0.02)


def test_the_threshold_of_descent_has_its_published_form():
    # Of the posterior energy with noise levels (Sarao Mannelli et al. 2019, NeurIPS).
    tensor = 0.4
    matrix = (-tensor + (tensor**2 + 8 * tensor) ** 0.5) / 4
    squares = {2: 1 / (2 * matrix), 3: 1 / (3 * tensor)}
    assert theory.descent_threshold(squares, {k: s**0.5 for k, s in squares.items()}) == pytest.approx(1.0, rel=1e-12)


def test_the_threshold_at_other_temperatures():
    T = theory.dynamical_temperature(3)
    ages, rests = (theory.descent_threshold({2: 1.0}, 3, x * T) for x in (1 - 1e-9, 1.0))
    # At T_d half of the correlation is on the plateau.
    assert ages == pytest.approx(2 * rests, rel=1e-3)
    assert rests == pytest.approx(T / 2)
    for low in (1e-4, 1e-8, 1e-10, 1e-14, 1e-17):
        # 6 q (1-q)^2 = T^2 for H = 3, expanded to second order in T; the next term is below 1e-13.
        x = low / 6**0.5
        near = 6**0.5 / 2 * (1 - x / 2 - 3 * x**2 / 8)
        assert theory.descent_threshold({2: 1.0}, 3, low) == pytest.approx(near, rel=2e-12)
    assert theory.descent_threshold({3: 1.0}, 3) == np.inf
    # The spiked matrix has the transition of its eigenvalues at any T below T_d = sqrt 2.
    for T in (0.5, 2**0.5):
        assert theory.descent_threshold({2: 1.0}, 2, T) == pytest.approx(2**-0.5, rel=1e-12)
    assert theory.descent_threshold({1: 0.1, 2: 1.0}, 3) == 0.0
    with pytest.raises(ValueError, match="external field"):
        theory.descent_threshold({2: 1.0}, {1: 1.0, 3: 1.0})
    with pytest.raises(ValueError, match="T must be"):
        theory.descent_threshold({2: 1.0}, 3, -1.0)
