"""Gibbs averages by quadrature and by eigenvalues, against other quadratures and against each other."""

import numpy as np
import pytest
import scipy.integrate
import scipy.special

from spinglass import SphericalSpinGlass, sphere
from validation.claims._shared import gibbs


def test_circle_against_adaptive_quadrature():
    glass = SphericalSpinGlass.mixed(2, {1: 0.5, 3: 1.0}, seed=4)

    def energy(t):
        return float(glass.energy(np.sqrt(2) * np.array([np.cos(t), np.sin(t)])))

    Z, EZ = (
        scipy.integrate.quad(lambda t, k=k: energy(t) ** k * np.exp(-energy(t) / 0.4), 0, 2 * np.pi, limit=200)[0]
        for k in (0, 1)
    )
    # Adaptive quadrature's own tolerance is 1.5e-8.
    assert gibbs.mean_energy(glass, 0.4) == pytest.approx(EZ / Z / 2, abs=1e-7)


def test_sphere_against_many_uniform_points():
    glass = SphericalSpinGlass.pure(3, 3, seed=5)
    energy = glass.energy(sphere.random_points(3, 400_000, seed=6))
    weights = np.exp(-energy / 1.0)
    mean = weights @ energy / weights.sum()
    error = np.sqrt(np.sum((weights * (energy - mean)) ** 2)) / weights.sum()
    # Fixed seeds; fails with probability 6e-5 at others.
    assert abs(mean / 3 - gibbs.mean_energy(glass, 1.0)) < 4 * error / 3


@pytest.mark.slow
def test_two_spins_against_importance_sampling():
    glass = SphericalSpinGlass.pure(8, 2, seed=5)
    values = np.linalg.eigvalsh(glass.to_tensor() / np.sqrt(8))
    energy = glass.energy(sphere.random_points(8, 400_000, seed=6))
    weights = np.exp(-energy / 1.5)
    mean = weights @ energy / weights.sum()
    error = np.sqrt(np.sum((weights * (energy - mean)) ** 2)) / weights.sum()
    assert abs(mean / 8 - gibbs.two_spin_mean_energy(values, 1.5)) < 4 * error / 8


@pytest.mark.parametrize("temperature", [0.05, 0.5, 5.0])
def test_one_eigenvalue_apart_is_a_confluent_hypergeometric_function(temperature):
    # Z = 1F1(1/2, n/2, -b), b = n lambda_1/T, and <energy>/n = -d log Z/d b lambda_1.
    n, low = 12, -1.3
    b = n * low / temperature
    slope = scipy.special.hyp1f1(1.5, n / 2 + 1, -b) / n / scipy.special.hyp1f1(0.5, n / 2, -b)
    found = gibbs.two_spin_mean_energy(np.array([low] + [0.0] * (n - 1)), temperature)
    assert found == pytest.approx(slope * low, rel=1e-9)


def test_other_sizes_are_refused():
    with pytest.raises(ValueError, match="n = 2 and 3"):
        gibbs.sphere_nodes(4)
