"""Hessian ascent: exact where it must be, and as deep as it should be."""

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, descend, sphere
from spinglass.descent import hessian_ascent


def test_two_spins_in_one_step_is_the_ground_state():
    glass = SphericalSpinGlass.pure(20, 2, seed=0)
    lowest = np.linalg.eigvalsh(glass.to_tensor() / np.sqrt(20))[0]
    assert hessian_ascent(glass, steps=1).energy_per_spin[0] == pytest.approx(lowest, abs=1e-12)


def test_two_spins_in_a_few_steps_by_hand():
    # The Hessian is constant. After e0 and e1 the lowest direction across e0 + e1 is e0 - e1, and downhill is +.
    glass = SphericalSpinGlass.pure(20, 2, seed=0)
    low, next_ = np.linalg.eigvalsh(glass.to_tensor() / np.sqrt(20))[:2]
    assert np.allclose(hessian_ascent(glass, steps=2).energies[0], [0, low / 2, (low + next_) / 2], atol=1e-12)
    root = np.sqrt(0.5)
    third = ((1 + root) ** 2 * low + (1 - root) ** 2 * next_) / 3
    walk = hessian_ascent(glass, steps=3)
    assert walk.energy_per_spin[0] == pytest.approx(third, abs=1e-12)
    assert np.allclose(walk.radii**2, np.arange(4) / 3)


def test_steps_against_a_dense_projected_eigenproblem():
    n, K = 9, 6
    glass = SphericalSpinGlass.mixed(n, {2: 0.5, 3: 1.0}, seed=1)
    ends = []
    for sign in (1, -1):  # at the centre the gradient vanishes and either sign will do
        x = sign * np.sqrt(n / K) * np.linalg.eigh(glass.hessian(np.zeros(n)))[1][:, 0]
        for _ in range(K - 1):
            P = np.eye(n) - np.outer(x, x) / (x @ x)
            # A large multiple of the direction of x keeps it from being the lowest.
            v = np.linalg.eigh(P @ glass.hessian(x) @ P + 1e3 * (np.eye(n) - P))[1][:, 0]
            x = x + np.sqrt(n / K) * (-v if v @ glass.gradient(x) > 0 else v)
        ends.append(x)
    found = hessian_ascent(glass, steps=K).x[0]
    assert any(np.allclose(found, x, atol=1e-9) for x in ends)


@pytest.mark.slow
def test_walks_end_on_the_sphere_near_deep_minima():
    n = 100
    glass = SphericalSpinGlass.pure(n, 3, seed=0)
    walks = hessian_ascent(glass, steps=60, starts=4, seed=1)
    assert np.allclose((walks.x**2).sum(axis=1), n)
    assert np.allclose(glass.energy(walks.x) / n, walks.energy_per_spin, atol=1e-12)
    assert (np.diff(walks.energies[:, 1:], axis=1) < 0).all()  # the first step has no slope to go by
    random = descend(glass, sphere.random_points(n, 64, seed=2)).energy_per_spin
    assert descend(glass, walks.x).energy_per_spin.mean() < random.mean() + 0.05


def test_walks_do_not_depend_on_each_other_or_on_threads(monkeypatch):
    glass = SphericalSpinGlass.pure(30, 3, seed=0)
    many = hessian_ascent(glass, steps=10, starts=8, seed=1)
    monkeypatch.setenv("SPINGLASS_THREADS", "1")
    assert np.array_equal(many.x[:5], hessian_ascent(glass, steps=10, starts=5, seed=1).x)


def test_hostile_arguments_are_refused():
    glass = SphericalSpinGlass.pure(5, 3, seed=0)
    for options in ({"steps": 0}, {"starts": 0}, {"steps": 2.5}):
        with pytest.raises(ValueError, match="whole number"):
            hessian_ascent(glass, **options)
    with pytest.raises(ValueError, match="n >= 2"):
        hessian_ascent(SphericalSpinGlass.pure(1, 3, seed=0))

    class Flat:
        n = 3

        def energy_and_gradient(self, x):
            return np.zeros(len(x)), np.zeros_like(x)

    with pytest.raises(TypeError, match="hessian"):
        hessian_ascent(Flat())


def test_tables_of_walks():
    found = hessian_ascent(SphericalSpinGlass.pure(5, 3, seed=0), steps=4, starts=3, seed=1)
    history = found.history()
    assert history.shape == (15, 3)
    assert history.query("walk == 2")["energy_per_spin"].tolist() == found.energies[2].tolist()
    assert history.query("walk == 1")["radius"].tolist() == found.radii.tolist()
    assert found.to_frame()["energy_per_spin"].tolist() == found.energy_per_spin.tolist()
