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
