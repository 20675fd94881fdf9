"""The claims on the stability of minima: measurements and predictions, each by another route."""

import math

import numpy as np
import pytest
from scipy import integrate

import theory
from validation.claims._shared.complete_landscapes import Points
from validation.claims.minima import mutants, stability, stability_law


def points_at(energies, eigenvalues):
    eigenvalues = np.asarray(eigenvalues, dtype=float)
    positions = np.empty((len(energies), 0))
    return Points(np.asarray(energies, dtype=float), (eigenvalues < 0).sum(axis=1), eigenvalues, positions)


def test_only_stable_minima_of_low_energy_are_counted():
    every = points_at([-1.5, -1.5, -1.2, -0.5], [[0.7, 2.0], [-3.0, 1.0], [1.5, 9.0], [2.5, 3.0]])
    counted = dict(zip(stability.GRID, stability.stable_minima(every), strict=True))
    assert counted[0.5, -1.4] == 1
    assert counted[0.5, -1.0] == 2
    assert counted[0.5, np.inf] == 3
    assert counted[1.0, -1.4] == 0
    assert counted[2.0, np.inf] == 1


@pytest.mark.parametrize("u", [-1.3, -0.9])
def test_the_mean_stability_is_that_of_a_weighted_matrix(u):
    """Route: quadrature over both eigenvalues of the shifted matrix at n = 3."""
    n, H = 3, 3
    s = math.sqrt(2 * H * (H - 1) / n)
    x = H * u / s

    def weight(high, low):
        return (low - x) * (high - x) * (high - low) * math.exp(-0.5 * (low * low + high * high))

    total, _ = integrate.dblquad(weight, x, x + 12, lambda low: low, lambda low: low + 12)
    first, _ = integrate.dblquad(lambda y, z: s * (z - x) * weight(y, z), x, x + 12, lambda z: z, lambda z: z + 12)
    assert stability_law.given_energy(n, H)(u) == pytest.approx(first / total, rel=1e-6)


def test_the_estimate_given_the_energy_is_unbiased_at_the_law():
    law = stability_law.given_energy(6, 3)
    u = np.array([-1.5, -1.2, -0.8])
    every = points_at(u, np.column_stack([law(u), law(u) + 1.0]))
    numbers, means = stability_law.bin_means(6, 3)
    np.testing.assert_allclose(stability_law.stabilities(every, 6, 3), means, rtol=1e-12)
    below = [theory.mean_critical_points(6, 3, index=0, below=edge) for edge in (-1.6, -1.1, -0.6)]
    np.testing.assert_allclose(numbers, np.diff(below), rtol=1e-9)
    shifted = points_at(u, np.column_stack([law(u) + np.array([0.3, 0.0, 0.0]), law(u) + 1.0]))
    excess = stability_law.stabilities(shifted, 6, 3) - means
    np.testing.assert_allclose(excess, [0.3 / numbers[0], 0.0], atol=1e-12)


def test_wrong_laws_keep_the_number_of_minima():
    """They change the stability alone, so that only its measurement can refute them."""
    from theory.kac_rice.two_lowest import log_density_with_gap, log_joint_density

    a, b = np.array([-3.0, -2.0]), np.array([-2.0, 0.5])
    for wrong in (mutants.without_determinant, mutants.with_larger_hessian):
        np.testing.assert_allclose(wrong(log_density_with_gap)(a, a, 5), log_density_with_gap(a, a, 5), rtol=1e-12)
        assert np.all(np.abs(wrong(log_density_with_gap)(a, b, 5) - log_density_with_gap(a, b, 5)) > 0.05)
    assert np.all(np.isfinite(mutants.joint_without_determinant(log_joint_density)(a, b, 5)))


def test_ends_of_descents_are_counted_once():
    counts = stability.stable_ends(np.random.SeedSequence(1), n=5, H=3, starts=32)
    assert counts[0] >= counts[1] >= counts[2]
    assert 1 <= counts[0] <= 20
