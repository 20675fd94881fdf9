"""Planted landscapes against the formula they are made of."""

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, check_derivatives, descend, pass_messages, posterior, sphere
from spinglass.planted import plant
from spinglass.results import CriticalPoints


@pytest.mark.parametrize(
    ("weights", "signal"),
    [
        ({3: 1.0}, {3: 1.3}),
        ({3: 0.5, 4: 2.0}, {3: -0.4}),
        ({3: 1.0}, {1: 0.3, 2: 0.7, 3: 1.3}),
        ({2: 1.0}, {1: 2.0}),
        ({2: 1.0, 4: 0.0}, {4: 1.3}),
    ],
)
def test_energy_is_the_glass_minus_the_signal(weights, signal):
    n = 7
    glass = SphericalSpinGlass.mixed(n, weights, seed=1)
    v = sphere.random_points(n, 1, seed=2)[0]
    x = np.random.default_rng(3).standard_normal((20, n))
    planted = plant(glass, v, signal)
    expected = glass.energy(x) - sum(r * n * (x @ v / n) ** k for k, r in signal.items())
    # Rounding of sums over a hundred terms of order 10.
    assert np.allclose(planted.energy(x), expected, rtol=0, atol=1e-12 * np.abs(expected).max())
    slope = glass.gradient(x) - sum(r * k * (x @ v / n)[:, None] ** (k - 1) * v for k, r in signal.items())
    assert np.allclose(planted.gradient(x), slope, rtol=0, atol=1e-11 * np.abs(slope).max())


def test_a_strong_spike_is_the_ground_state():
    from spinglass import descend

    n = 40
    v = sphere.random_points(n, 1, seed=2)[0]
    planted = plant(SphericalSpinGlass.pure(n, 3, seed=1), v, {3: 10.0})
    found = descend(planted, sphere.project(v + 0.5 * sphere.random_points(n, 4, seed=3)))
    # Far above the strength where signal and glass are equal, about 1.66.
    assert (sphere.overlap(found.x, v) > 0.95).all()
    assert np.ptp(found.energy_per_spin) < 1e-12


def test_blocks_do_not_matter(monkeypatch):
    import spinglass.planted

    glass = SphericalSpinGlass.pure(12, 3, seed=1)
    whole = plant(glass, np.ones(12), {3: 1.0})
    monkeypatch.setattr(spinglass.planted, "_BLOCK", 50)
    assert np.array_equal(plant(glass, np.ones(12), {3: 1.0}).couplings[3], whole.couplings[3])
    assert not np.array_equal(whole.couplings[3], glass.couplings[3])


def test_derivatives_are_consistent():
    planted = plant(SphericalSpinGlass.mixed(9, {2: 0.3, 3: 1.0}, seed=1), np.ones(9), {4: 2.0})
    assert check_derivatives(planted).passed


def test_hostile_spikes_are_refused():
    glass = SphericalSpinGlass.pure(5, 3, seed=0)
    with pytest.raises(ValueError, match="on the sphere"):
        plant(glass, 2 * np.ones(5), {3: 1.0})
    with pytest.raises(ValueError, match="one point"):
        plant(glass, np.ones((2, 5)), {3: 1.0})
    with pytest.raises(ValueError, match="strength of order 3"):
        plant(glass, np.ones(5), {3: np.nan})
    with pytest.raises(ValueError, match="at least 1"):
        plant(glass, np.ones(5), {0: 1.0})
    for signal in (1.5, {}):
        with pytest.raises(ValueError, match="mapping with at least one order"):
            plant(glass, np.ones(5), signal)


def test_an_order_without_noise_has_no_posterior(tmp_path):
    v, x = sphere.random_points(10, 2, seed=2)
    glass = SphericalSpinGlass.mixed(10, {3: 1.0, 4: 0.0}, seed=0)
    planted = plant(glass, v, {2: 0.9, 3: 0.5, 4: 1.0})
    assert planted.noise == {3: 1.0}
    found = descend(planted, x, max_iterations=1)
    found.save(tmp_path / "found.npz")
    for model in (planted, CriticalPoints.load(tmp_path / "found.npz").landscape, plant(planted, v, {2: 0.1})):
        assert posterior(model, {3: 0.5}).weights == {3: 0.5}
        for order in (2, 4):
            with pytest.raises(ValueError, match="noise of the orders \\(3,\\) only"):
                posterior(model, {order: 0.9})
            with pytest.raises(ValueError, match="without noise"):
                pass_messages(model, {3: 0.5, order: 0.9}, x)
