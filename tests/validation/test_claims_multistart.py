import numpy as np
import pytest

from spinglass import SphericalSpinGlass
from validation.claims.minima import multistart
from validation.claims.minima.multistart import minima


def diagonal(coefficients):
    H, n = 3, len(coefficients)
    J = np.zeros((n,) * H)
    J[np.arange(n), np.arange(n), np.arange(n)] = coefficients
    return SphericalSpinGlass.from_tensor(J)


def test_a_diagonal_form_has_its_minima_where_algebra_says():
    # -sum c_i x_i^3 with c > 0: eigenpoints have x_i = t/c_i or 0. Minima are the axes' positive ends, and the
    # one point with all coordinates negative (there every second derivative is 6t - 3t > 0).
    c = np.array([1.0, 2.0, 0.5, 1.5])
    within = -1 / c * 2 / np.linalg.norm(1 / c)
    expected = np.vstack([2 * np.eye(4), within])
    x, energy = minima(diagonal(-c), np.random.SeedSequence(1), 64)
    order = np.argmax(expected @ x.T, axis=1)
    assert np.allclose(x[order], expected, atol=1e-6)
    assert len(x) == 5
    # energy per spin: n^{-1} sum c x^3 / n
    assert np.allclose(energy[order], -(expected**3 @ c) / 16, atol=1e-10)


def test_on_a_circle_the_minima_are_those_of_a_fine_grid():
    for seed in range(10):
        glass = SphericalSpinGlass.pure(2, 3, seed)
        angle = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
        energy = glass.energy(np.sqrt(2) * np.stack([np.cos(angle), np.sin(angle)], axis=1)) / 2
        lower = (energy < np.roll(energy, 1)) & (energy < np.roll(energy, -1))
        found = minima(glass, np.random.SeedSequence(seed), 64)[1]
        # A grid of 4000 angles is off by (pi/4000)^2 times a curvature of order 10.
        assert np.allclose(np.sort(found), np.sort(energy[lower]), atol=1e-4)


def test_a_minimum_that_stays_rare_is_not_passed_over(monkeypatch):
    monkeypatch.setattr(multistart, "SEEN_OFTEN", 10**6)
    monkeypatch.setattr(multistart, "_MOST", 200)
    with pytest.raises(ArithmeticError, match="found only"):
        minima(SphericalSpinGlass.pure(3, 3, 0), np.random.SeedSequence(0), 64)
