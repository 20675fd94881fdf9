"""Annealing and the search for ground states: enumeration is the truth at small n, eigenvalues at H = 2."""

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, descend, enumerate_critical_points, sphere
from spinglass.sampling import anneal, ground_state, schedule


@pytest.mark.slow
@pytest.mark.parametrize("n", [5, 8, 10])
def test_ground_states_are_those_of_enumeration(n):
    for seed in range(3):
        glass = SphericalSpinGlass.pure(n, 3, seed=seed)
        every = enumerate_critical_points(glass)
        found = ground_state(glass, seed=seed)
        # Energies per spin agree to the square of the gradient's tolerance, 1e-16, and rounding.
        assert found.energy_per_spin == pytest.approx(every.energy_per_spin.min(), abs=1e-12)
        assert found.energy == pytest.approx(glass.energy(found.x), abs=1e-10)


def test_ground_state_of_two_spins_is_the_lowest_eigenvector():
    glass = SphericalSpinGlass.pure(30, 2, seed=0)
    values, vectors = np.linalg.eigh(glass.to_tensor() / np.sqrt(30))
    found = ground_state(glass, seed=1)
    assert found.status == "confirmed"
    assert found.hits == 32  # H = 2 has no other minimum
    assert found.energy_per_spin == pytest.approx(values[0], abs=1e-12)
    assert abs(found.x @ vectors[:, 0]) == pytest.approx(np.sqrt(30), rel=1e-9)


@pytest.mark.slow
def test_annealing_goes_deeper_than_descent():
    glass = SphericalSpinGlass.pure(40, 3, seed=2)
    x = sphere.random_points(40, 96, seed=1)
    plain, annealed = descend(glass, x), anneal(glass, x, seed=3)
    assert annealed.converged.all()
    assert (annealed.index == 0).all()
    # The means differ by 0.03 with standard errors of 0.005: no chance of failure worth a figure.
    assert annealed.energy_per_spin.mean() < plain.energy_per_spin.mean() - 0.01
    assert (annealed.evaluations > 60 * 8).all()


def test_annealing_does_not_depend_on_the_batch():
    glass = SphericalSpinGlass.pure(15, 3, seed=2)
    x = sphere.random_points(15, 40, seed=1)
    few = schedule(sweeps=12)
    assert np.array_equal(anneal(glass, x, few, seed=3).x[:7], anneal(glass, x[:7], few, seed=3).x)


def test_the_ground_state_of_one_spin_is_the_lower_of_two_points():
    glass = SphericalSpinGlass.mixed(1, {1: 1.0, 3: 1.0}, seed=0)
    found = ground_state(glass, seed=1)
    assert (found.status, found.energy) == ("confirmed", glass.energy([[-1.0], [1.0]]).min())
    assert anneal(glass, [[1.0]]).iterations.tolist() == [0]


@pytest.mark.slow
def test_evaluations_are_those_of_the_landscape():
    glass, calls = SphericalSpinGlass.pure(12, 3, seed=0), []

    class Counted:
        n = glass.n

        def energy_and_gradient(self, x):
            calls.append(len(x))
            return glass.energy_and_gradient(x)

    found = anneal(Counted(), sphere.random_points(12, 1, seed=1), [0.8, 0.6, 0.4], leaps=5, seed=0)
    assert found.evaluations.tolist() == [len(calls)]  # 1 + 3 x 5 and those of the descent


def test_what_is_not_found_again_is_unconfirmed():
    glass = SphericalSpinGlass.pure(100, 3, seed=0)
    found = ground_state(glass, temperatures=[0.3], batch=5, hits=5, most=5, seed=0)
    assert (found.status, found.anneals) == ("unconfirmed", 5)


@pytest.mark.parametrize("temperatures", [[0.0], [-1.0], [0.5, 0.6], [], [np.inf], [[1.0]]])
def test_hostile_schedules_are_refused(temperatures):
    glass = SphericalSpinGlass.pure(5, 3, seed=0)
    with pytest.raises(ValueError, match="never increase"):
        anneal(glass, sphere.random_points(5, 2, seed=0), temperatures)


def test_hostile_ends_are_refused():
    with pytest.raises(ValueError, match="hottest > coldest > 0"):
        schedule(0.1, 0.9)
    with pytest.raises(ValueError, match="hottest > coldest > 0"):
        schedule(0.1, 0.0)
