"""Gradient flow against SciPy's integrator and against itself in other coordinates."""

import numpy as np
import pytest
import scipy.integrate
import scipy.stats

from spinglass import SphericalSpinGlass, descend, sphere
from tests.dense import DenseGlass

TIMES = np.array([0.0, 0.1, 0.5, 1.0, 3.0, 10.0])


def scipy_flow(dense, x0):
    """Energies per spin along the flow at TIMES, at tight tolerance and from dense tensors."""
    n = dense.n

    def velocity(t, x):
        g = dense.gradient(x)
        return -(g - (x @ g / (x @ x)) * x)

    flow = scipy.integrate.solve_ivp(velocity, (0, TIMES[-1]), x0, "DOP853", TIMES, rtol=1e-12, atol=1e-12)
    return np.array([dense.energy(x) for x in flow.y.T]) / n


@pytest.mark.slow
@pytest.mark.parametrize("weights", [{2: 1.0}, {3: 1.0}, {1: 0.3, 3: 1.0, 4: 0.5}])
def test_energies_in_time_are_those_of_solve_ivp(weights):
    glass = SphericalSpinGlass.mixed(8, weights, seed=1)
    dense = DenseGlass.of(glass)
    x0 = sphere.random_points(8, 5, seed=2)
    expected = np.array([scipy_flow(dense, x) for x in x0])
    for accuracy, allowed in ((1e-3, 3e-3), (1e-5, 3e-5)):
        found = descend(glass, x0, "gradient", times=TIMES, accuracy=accuracy)
        # The trajectory is off by about accuracy times its length over sqrt(n), 1 to 3 here.
        assert np.abs(found.energies - expected).max() < allowed
        assert np.array_equal(found.times, TIMES)


@pytest.mark.slow
def test_error_falls_with_the_square_of_the_step():
    glass = SphericalSpinGlass.pure(8, 3, seed=1)
    x0 = sphere.random_points(8, 3, seed=2)
    expected = np.array([scipy_flow(DenseGlass.of(glass), x) for x in x0])
    runs = [descend(glass, x0, "gradient", times=TIMES, accuracy=a) for a in (1e-3, 1e-4, 1e-5)]
    errors = [np.abs(run.energies - expected)[:, 1:4].max() for run in runs]
    # Error per distance is second order in the step, of which accuracy^(-1/2) are needed: the propagated
    # solution is one order better than its estimate, so the error falls as accuracy^(3/2) to accuracy^1.
    slope = np.polyfit(np.log([1e-3, 1e-4, 1e-5]), np.log(errors), 1)[0]
    assert 0.9 < slope < 1.7
    # Three evaluations a step.
    assert runs[2].evaluations.mean() > 7 * runs[0].evaluations.mean()


@pytest.mark.slow
def test_a_wall_is_met_in_small_steps():
    class Wall:
        """A slope that ends, at x_0 = -1/2, in an exponential wall of stiffness 200^2."""

        n = 3

        def energy_and_gradient(self, x):
            rise = np.exp(-200 * (x[:, 0] + 0.5))
            return x[:, 0] + rise, np.stack([1 - 200 * rise, 0 * rise, 0 * rise], axis=1)

    def velocity(t, x):
        g = Wall().energy_and_gradient(x[None])[1][0]
        return -(g - (x @ g / (x @ x)) * x)

    x0 = sphere.project([1.0, 0.5, 0.2])
    times = np.linspace(0.5, 4, 8)
    exact = scipy.integrate.solve_ivp(velocity, (0, 4), x0, "Radau", times, rtol=1e-11, atol=1e-11).y.T
    for accuracy in (1e-2, 1e-3):
        found = descend(Wall(), x0, "gradient", times=times, accuracy=accuracy)
        # Accuracy times a length of about 1; a step too long into the wall is thrown back by 0.3 and more.
        assert np.allclose(found.energies[0], Wall().energy_and_gradient(exact)[0] / 3, atol=accuracy)


def test_a_grid_costs_no_more_than_its_own_steps():
    glass = SphericalSpinGlass.pure(8, 3, seed=1)
    x0 = sphere.random_points(8, 3, seed=2)
    plain, dense = (descend(glass, x0, "gradient", times=t) for t in ([1.0, 2.0], [1.0, 1.0 + 1e-9, 2.0]))
    # One more step of three evaluations; another where the two times share out the steps differently.
    assert (dense.evaluations <= plain.evaluations + 6).all()


def test_time_zero_is_the_start():
    glass = SphericalSpinGlass.pure(8, 3, seed=1)
    x0 = sphere.random_points(8, 3, seed=2)
    found = descend(glass, x0, "gradient", times=[0.0])
    assert (found.status == "end of times").all()
    assert (found.iterations == 0).all()
    assert np.allclose(found.energies[:, 0], glass.energy(x0) / 8, rtol=1e-13)


@pytest.mark.slow
def test_flow_does_not_know_the_axes():
    glass = SphericalSpinGlass.pure(7, 3, seed=3)
    R = scipy.stats.ortho_group.rvs(7, random_state=4)
    turned = SphericalSpinGlass.from_tensor(np.einsum("abc,ia,jb,kc->ijk", glass.to_tensor(), R, R, R))
    x0 = sphere.random_points(7, 4, seed=5)
    here = descend(glass, x0, "gradient", times=TIMES)
    there = descend(turned, sphere.project(x0 @ R.T), "gradient", times=TIMES)
    # The same steps are taken, so only rounding tells the two apart; it grows by exp(|lowest eigenvalue| t).
    assert np.allclose(here.energies, there.energies, atol=1e-9)
    assert np.allclose(here.x @ R.T, there.x, atol=1e-7)


def test_time_stands_still_at_a_minimum():
    glass = SphericalSpinGlass.pure(7, 3, seed=3)
    bottom = descend(glass, sphere.random_points(7, 3, seed=5), tol=1e-12)
    found = descend(glass, bottom.x, "gradient", times=[0.0, 1.0, 100.0])
    assert found.converged.all()
    assert np.allclose(found.energies, bottom.energy_per_spin[:, None], rtol=1e-14)


def test_times_after_a_failure_are_not_a_number():
    class Edge:
        n = 2

        def energy_and_gradient(self, x):
            return np.where(x[:, 0] < 0, np.nan, x[:, 0]), np.tile([1.0, 0.0], (len(x), 1))

    found = descend(Edge(), sphere.project([[1.0, 0.1], [0.1, 1.0]]), "gradient", times=[0.0, 0.01, 50.0])
    assert (found.status == "not finite").all()
    assert np.array_equal(np.isnan(found.energies), [[False, False, True]] * 2)


def test_only_the_flow_keeps_times():
    glass = SphericalSpinGlass.pure(7, 3, seed=3)
    x0 = sphere.random_points(7, 2, seed=5)
    assert descend(glass, x0, "gradient", tol=1e-4).energies is None
    with pytest.raises(ValueError, match="method 'lbfgs' has no option 'times'"):
        descend(glass, x0, times=TIMES)


@pytest.mark.slow
def test_correlations_are_the_overlaps_of_two_times():
    glass = SphericalSpinGlass.mixed(8, {3: 1.0, 4: 0.5}, seed=1)
    dense = DenseGlass.of(glass)
    x0 = sphere.random_points(8, 5, seed=2)
    found = descend(glass, x0, "gradient", times=TIMES, accuracy=1e-5, correlations=True)

    def velocity(t, x):
        g = dense.gradient(x)
        return -(g - (x @ g / (x @ x)) * x)

    for row, x in enumerate(x0):
        path = scipy.integrate.solve_ivp(velocity, (0, TIMES[-1]), x, "DOP853", TIMES, rtol=1e-12, atol=1e-12).y.T
        # As for the energies: accuracy times the length over sqrt(n).
        assert np.allclose(found.correlations[row], path @ path.T / 8, atol=5e-5)
    assert np.allclose(found.correlations[:, 0, -1], sphere.overlap(x0, found.x), atol=1e-12)


def test_correlations_at_two_spins_are_exact():
    # H = 2: x(t) is proportional to exp(-2 t S) x(0), so all overlaps follow from the eigenvalues.
    glass = SphericalSpinGlass.pure(30, 2, seed=3)
    x0 = sphere.random_points(30, 3, seed=4)
    times = np.array([0.0, 0.3, 1.0, 4.0])
    values, vectors = np.linalg.eigh(glass.hessian(x0[0]) / 2)
    weights = np.exp(-2 * times[:, None] * (values - values[0]))[None] * (x0 @ vectors)[:, None, :]
    unit = weights / np.linalg.norm(weights, axis=2, keepdims=True)
    found = descend(glass, x0, "gradient", times=times, accuracy=1e-6, correlations=True)
    # Accuracy times a length of about 2 sqrt(n) over sqrt(n).
    assert np.allclose(found.correlations, unit @ unit.transpose(0, 2, 1), atol=1e-5)


def test_rows_that_converge_keep_their_last_overlap():
    glass = SphericalSpinGlass.pure(8, 3, seed=1)
    found = descend(glass, sphere.random_points(8, 5, seed=2), "gradient", times=[0, 50, 90], correlations=True)
    assert found.converged.all()
    assert np.allclose(found.correlations[:, 1, 2], 1, atol=1e-6)


def test_correlations_need_times():
    with pytest.raises(ValueError, match="need times"):
        descend(SphericalSpinGlass.pure(5, 3, seed=0), sphere.random_points(5, 1, 0), "gradient", correlations=True)
