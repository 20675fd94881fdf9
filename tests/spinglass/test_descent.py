"""What holds for every way down: where it ends, what it reports, how it fails."""

import itertools
import math
import os
import pickle
import signal

import numpy as np
import pytest
import scipy.optimize

from spinglass import SphericalSpinGlass, descend, sphere
from spinglass.descent import DescentInterrupted, gradient_scale
from tests.dense import DenseGlass

DOWN = ["lbfgs", "cg", "gradient"]
EVERY = [*DOWN, "sgd", "newton"]


def matrix_glass(n, seed):
    """An H=2 glass, with the eigenvalues of its Hessian and its eigenvectors on the sphere."""
    glass = SphericalSpinGlass.pure(n, 2, seed=seed)
    levels, vectors = np.linalg.eigh(DenseGlass.of(glass).hessian(np.zeros(n)))
    return glass, levels, math.sqrt(n) * vectors.T


@pytest.mark.parametrize("method", DOWN)
def test_every_start_ends_at_the_lowest_eigenvector(method):
    glass, levels, vectors = matrix_glass(20, seed=1)
    found = descend(glass, sphere.random_points(20, 12, seed=2), method, tol=1e-9)
    assert found.converged.all()
    # Energy is stationary: its error is |gradient|^2/(2 gap), far below 1e-12 of itself.
    assert np.allclose(found.energy, levels[0] / 2 * 20, rtol=1e-12)
    # x is off by at most |gradient|/gap.
    assert np.allclose(np.abs(sphere.overlap(found.x, vectors[0])), 1, atol=1e-12)
    assert (found.index == 0).all()


def test_newton_polishes_to_every_index():
    glass, levels, vectors = matrix_glass(12, seed=3)
    off = sphere.project(vectors + 0.05 * np.random.default_rng(4).standard_normal((12, 12)))
    found = descend(glass, off, "newton", tol=1e-12)
    assert found.converged.all()
    assert np.array_equal(found.index, np.arange(12))
    assert np.allclose(found.energy, levels / 2 * 12, atol=1e-12)
    assert found.iterations.max() <= 8  # quadratic: 0.05 -> 1e-3 -> 1e-6 -> 1e-12, with room for damping


@pytest.mark.slow
def test_newton_converges_quadratically():
    glass = SphericalSpinGlass.pure(30, 3, seed=0)
    start = descend(glass, sphere.random_points(30, 16, seed=1), tol=0.03).x
    norms = np.array([descend(glass, start, "newton", 1e-30, max_iterations=k).gradient_norm for k in range(7)])
    steps = [(a, b) for row in norms.T for a, b in itertools.pairwise(row) if a < 1e-2 and b > 1e-13]
    # The constant is the third derivative over the lowest eigenvalue squared, some tens; linear convergence
    # by a factor of 100 a step would make it 1e4 and more on the last steps.
    assert len(steps) >= 16
    assert max(b / a**2 for a, b in steps) < 200


@pytest.mark.slow
def test_newton_never_moves_away_from_criticality():
    glass = SphericalSpinGlass.pure(20, 3, seed=0)
    x0 = sphere.random_points(20, 8, seed=1)
    norms = np.array([descend(glass, x0, "newton", max_iterations=k).gradient_norm for k in range(15)])
    assert (np.diff(norms, axis=0) <= 0).all()


def scipy_minimum(dense, x0):
    """The minimum by SciPy, of the energy extended to R^n along rays, from dense tensors."""
    n = dense.n

    def energy(y):
        x = math.sqrt(n) * y / np.linalg.norm(y)
        g = dense.gradient(x)
        return dense.energy(x), math.sqrt(n) / np.linalg.norm(y) * (g - (x @ g / n) * x)

    # Along rays the gradient falls as 1/|y|, and BFGS may drift out and stop for that: begin again on the sphere.
    for _ in range(4):
        found = scipy.optimize.minimize(energy, x0, jac=True, method="BFGS", options={"gtol": 1e-9})
        x0 = math.sqrt(n) * found.x / np.linalg.norm(found.x)
    return found.fun


@pytest.mark.slow
@pytest.mark.parametrize("weights", [{3: 1.0}, {4: 1.0}, {1: 0.5, 3: 1.0}])
def test_minima_are_those_that_scipy_finds(weights):
    glass = SphericalSpinGlass.mixed(5, weights, seed=7)
    dense = DenseGlass.of(glass)
    starts = sphere.random_points(5, 50, seed=8)
    found = descend(glass, starts, tol=1e-10)
    by_scipy = np.array([scipy_minimum(dense, x) for x in starts])
    assert found.converged.all()
    # Optimisers may part ways on the same start, but from 50 starts both meet the same few minima.
    assert np.array_equal(np.unique(found.energy.round(8)), np.unique(by_scipy.round(8)))


@pytest.mark.parametrize("method", EVERY)
def test_what_is_reported_is_what_dense_tensors_say(method):
    glass = SphericalSpinGlass.mixed(10, {2: 0.5, 3: 1.0}, seed=1)
    dense = DenseGlass.of(glass)
    found = descend(glass, sphere.random_points(10, 6, seed=2), method, tol=1e-6, max_iterations=30)
    assert np.allclose((found.x**2).sum(axis=1), 10, rtol=1e-14)
    for x, energy, norm in zip(found.x, found.energy, found.gradient_norm, strict=True):
        g = dense.gradient(x)
        # Sums of n^3 terms of order 1 in double precision.
        assert energy == pytest.approx(dense.energy(x), abs=1e-12)
        assert norm == pytest.approx(np.linalg.norm(g - (x @ g / 10) * x) / math.sqrt(10), abs=1e-12)


def test_starts_are_put_on_the_sphere_exactly():
    glass = SphericalSpinGlass.pure(10, 3, seed=1)
    x0 = sphere.random_points(10, 6, seed=2)
    found = descend(glass, (1 + 4e-7) * x0, max_iterations=0)
    assert np.allclose(found.x, x0, rtol=1e-14)
    assert np.allclose(found.energy, glass.energy(x0), rtol=1e-13)


@pytest.mark.parametrize("method", [*DOWN, "newton"])
def test_converged_means_within_the_tolerance(method):
    glass = SphericalSpinGlass.pure(10, 3, seed=1)
    x0 = descend(glass, sphere.random_points(10, 20, seed=2), tol=0.1).x
    found = descend(glass, x0, method, tol=1e-5, max_iterations=25 if method != "gradient" else 250)
    assert found.converged.any()
    assert np.array_equal(found.converged, found.gradient_norm <= 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("method", DOWN)
def test_energy_never_rises(method):
    glass = SphericalSpinGlass.pure(30, 3, seed=1)
    x0 = sphere.random_points(30, 8, seed=2)
    energies = np.array([descend(glass, x0, method, max_iterations=k).energy for k in range(40)])
    # A rise within rounding is accepted where the slopes say that it is a fall: 500 eps |energy|.
    assert (np.diff(energies, axis=0) <= 500 * np.finfo(float).eps * np.abs(energies[1:])).all()
    assert (np.diff(energies, axis=0)[:10] < 0).all()


@pytest.mark.parametrize("method", ["lbfgs", "cg", "newton"])
@pytest.mark.parametrize("n", [2, 3, 30])
def test_a_gradient_of_1e_12_is_reached(method, n):
    glass = SphericalSpinGlass.pure(n, 3, seed=n)
    rough = descend(glass, sphere.random_points(n, 20, seed=0), tol=1e-3)
    found = descend(glass, rough.x, method, tol=1e-12)
    assert found.converged.all()


def scaled(glass, unit):
    return SphericalSpinGlass(glass.n, glass.weights, {H: unit * J for H, J in glass.couplings.items()})


@pytest.mark.slow
@pytest.mark.parametrize("method", EVERY)
@pytest.mark.parametrize("unit", [4.0**-20, 4.0**20, 4.0**249, 4.0**-249])
def test_the_unit_of_energy_does_not_matter(method, unit):
    glass = SphericalSpinGlass.mixed(20, {2: 0.5, 3: 1.0}, seed=0)
    x0 = descend(glass, sphere.random_points(20, 5, seed=1), tol=0.3).x
    # Powers of four are what the gradient scale is made of, so that even the bits must agree.
    steps = [{"rate": rate} if method == "sgd" else {} for rate in (0.1, 0.1 / unit)]  # a rate is a step of time
    one = descend(glass, x0, method, tol=1e-7, max_iterations=200, **steps[0])
    other = descend(scaled(glass, unit), x0, method, tol=1e-7, max_iterations=200, **steps[1])
    assert np.array_equal(one.x, other.x)
    assert np.array_equal(one.iterations, other.iterations)
    assert np.array_equal(one.status, other.status)
    assert np.array_equal(one.energy * unit, other.energy)
    assert np.array_equal(one.gradient_norm * unit, other.gradient_norm)


@pytest.mark.parametrize("method", [*DOWN, "newton"])
@pytest.mark.parametrize("unit", [1e-150, 1e-9, 1e10, 1e150])
def test_small_and_large_energies_end_at_the_same_points(method, unit):
    glass = SphericalSpinGlass.pure(20, 3, seed=0)
    x0 = descend(glass, sphere.random_points(20, 5, seed=1), tol=0.1).x
    one, other = (descend(g, x0, method) for g in (glass, scaled(glass, unit)))
    assert one.converged.all()
    assert other.converged.all()
    # Both are off by at most 4 tol over the lowest eigenvalue, some tenths.
    assert np.allclose(one.x, other.x, atol=1e-6)
    # The gradient of unit variance, recomputed on the original glass: the scale is within a factor of 2 of the unit.
    norm = np.linalg.norm(sphere.riemannian_gradient(glass, other.x), axis=1) / math.sqrt(20)
    assert norm.max() <= 2e-8


@pytest.mark.parametrize("unit", [1e-150, 1e-9, 1e10, 1e150])
def test_a_landscape_of_ones_own_may_say_how_large_its_gradients_are(unit):
    class Scaled(Plain):
        def energy_and_gradient(self, x):
            energy, gradient = super().energy_and_gradient(x)
            return unit * energy, unit * gradient

        def gradient_size(self):
            return 2 * unit

    x0 = sphere.random_points(6, 4, seed=0)
    found = descend(Scaled(), x0, "cg")
    assert found.converged.all()
    assert np.allclose(found.energy, 3 * unit)
    assert found.gradient_norm.max() <= 2e-8 * unit  # the scale is within a factor of 2 of the unit
    assert gradient_scale(Plain()) == 1


def test_a_gradient_size_that_is_none_is_refused():
    class Odd(Plain):
        def gradient_size(self):
            return 0.0

    with pytest.raises(ValueError, match=r"gradient_size\(\) of Odd must be positive and finite, not 0.0"):
        descend(Odd(), sphere.random_points(6, 4, seed=0))


def test_times_of_the_flow_are_in_the_unit_of_energy():
    glass = SphericalSpinGlass.pure(20, 3, seed=0)
    x0, times = sphere.random_points(20, 5, seed=1), np.array([0.0, 0.1, 0.5])
    one = descend(glass, x0, "gradient", times=times)
    other = descend(scaled(glass, 4.0**30), x0, "gradient", times=times / 4.0**30)
    assert np.array_equal(one.x, other.x)
    assert np.array_equal(one.energies * 4.0**30, other.energies)
    assert np.array_equal(other.times, times / 4.0**30)


@pytest.mark.parametrize(("n", "H"), [(30, 2), (12, 3), (12, 4), (6, 6), (5, 10)])
def test_the_gradient_scale_is_1_for_unit_variance(n, H):
    assert {gradient_scale(SphericalSpinGlass.pure(n, H, seed)) for seed in range(5)} == {1.0}


def test_the_gradient_scale_of_what_has_no_gradient():
    constant = SphericalSpinGlass.from_tensor(np.eye(3))
    # Only the radial gradient 2 3^{-1/2} x is left, of root mean square 1.15 over all n coordinates.
    assert gradient_scale(constant) == 1
    assert gradient_scale(scaled(constant, 4.0**50)) == 4.0**50
    assert gradient_scale(SphericalSpinGlass.from_tensor(np.zeros((3, 3)))) == 1
    assert descend(constant, sphere.random_points(3, 4, seed=0)).converged.all()


@pytest.mark.parametrize("method", DOWN)
def test_couplings_in_single_precision_are_descended_to_the_accuracy_of_double_precision(method):
    glass = SphericalSpinGlass.mixed(20, {2: 0.3, 3: 1.0}, seed=0, dtype=np.float32)
    stored = {H: packed.astype(np.float64) for H, packed in glass.couplings.items()}
    found = descend(glass, sphere.random_points(20, 4, seed=1), method, tol=1e-8)
    assert found.converged.all()
    # The same points by dense tensors of the stored couplings: sums of 8000 terms in double precision.
    dense = DenseGlass.of(SphericalSpinGlass(20, glass.weights, stored))
    for x, energy in zip(found.x, found.energy, strict=True):
        g = dense.gradient(x)
        assert np.linalg.norm(g - (x @ g / 20) * x) / math.sqrt(20) <= 1.001e-8
        assert energy == pytest.approx(dense.energy(x), abs=1e-11)


@pytest.mark.bits
def test_one_large_start_in_single_precision_ends_at_the_same_bits_on_any_number_of_threads(monkeypatch):
    glass = SphericalSpinGlass.pure(160, 3, seed=0, dtype=np.float32)  # large enough for several tasks
    start = sphere.random_points(160, 1, seed=1)
    found = descend(glass, start)
    assert found.converged.all()
    assert found.gradient_norm[0] <= 1e-8
    monkeypatch.setenv("SPINGLASS_THREADS", "1")
    assert np.array_equal(descend(glass, start).x, found.x)


class Plain:
    """A bowl with nothing but what the protocol asks for, and chosen rows that fail."""

    n = 6

    def __init__(self, bad=lambda x: np.zeros(len(x), dtype=bool)):
        self.bad = bad

    def energy_and_gradient(self, x):
        depth = np.arange(1.0, self.n + 1)
        energy, gradient = 0.5 * (depth * x**2).sum(axis=1), depth * x
        energy[self.bad(x)] = np.nan
        return energy, gradient


@pytest.mark.parametrize("method", DOWN)
def test_a_landscape_of_ones_own(method):
    found = descend(Plain(), sphere.random_points(6, 4, seed=0), method)
    assert found.converged.all()
    assert np.allclose(found.energy, 3)
    with pytest.raises(TypeError, match="Plain has no second derivatives: add a method hessian"):
        _ = found.index


def test_a_row_that_fails_is_named_and_keeps_its_last_point():
    x0 = sphere.random_points(6, 5, seed=0)
    x0[2] *= np.sign(x0[2, 0]) * -1
    x0[[0, 1, 3, 4]] *= np.sign(x0[[0, 1, 3, 4], :1])
    found = descend(Plain(lambda x: x[:, 0] < 0), x0)
    assert found.status[2] == "not finite"
    assert np.allclose(found.x[2], x0[2], rtol=1e-14)
    assert (found.status[[0, 1, 3, 4]] == "converged").all()


@pytest.mark.parametrize("method", DOWN)
def test_the_evaluation_that_fails_is_counted(method):
    plain, calls = Plain(), []

    class Failing:
        n = plain.n

        def energy_and_gradient(self, x):
            calls.append(len(x))
            energy, gradient = plain.energy_and_gradient(x)
            return (energy, gradient) if len(calls) < 8 else (energy + np.nan, gradient)

    found = descend(Failing(), sphere.random_points(6, 1, seed=0), method, tol=1e-15)
    assert found.status.tolist() == ["not finite"]
    assert found.evaluations.tolist() == [len(calls)]


def test_a_batch_that_fails_altogether_is_returned_as_such():
    found = descend(Plain(lambda x: np.ones(len(x), dtype=bool)), sphere.random_points(6, 3, seed=0))
    assert (found.status == "not finite").all()
    assert not found.converged.any()
    assert "3 not finite" in repr(found)


def test_statuses():
    glass = SphericalSpinGlass.pure(20, 3, seed=0)
    x0 = sphere.random_points(20, 6, seed=1)
    assert (descend(glass, x0, max_iterations=3).status == "iteration limit").all()
    assert (descend(glass, x0, max_iterations=0).evaluations == 1).all()
    assert (descend(glass, x0, tol=1e-30).status == "stalled").all()
    assert (descend(glass, x0, "gradient", times=[1.0]).status == "end of times").all()


def test_a_single_start_and_no_start():
    glass = SphericalSpinGlass.pure(20, 3, seed=0)
    x0 = sphere.random_points(20, 1, seed=1)
    assert len(descend(glass, x0[0])) == 1
    assert len(descend(glass, x0[:0])) == 0


@pytest.mark.parametrize("method", EVERY)
def test_on_two_points_there_is_nowhere_to_go(method):
    glass = SphericalSpinGlass.pure(1, 3, seed=0)
    found = descend(glass, [[1.0], [-1.0]], method)
    assert found.converged.all()
    assert np.array_equal(found.index, [0, 0])


def test_callback_sees_the_rows_go():
    seen = []
    glass = SphericalSpinGlass.pure(20, 3, seed=0)
    found = descend(glass, sphere.random_points(20, 10, seed=1), callback=seen.append)
    assert [p.iteration for p in seen] == list(range(1, len(seen) + 1))
    assert seen[-1].active == 0
    assert (np.diff([p.active for p in seen]) <= 0).all()
    assert (np.diff([p.best_energy_per_spin for p in seen]) <= 1e-15).all()
    assert seen[-1].best_energy_per_spin == found.energy_per_spin.min()


def send_signal():
    os.kill(os.getpid(), signal.SIGINT)


def raise_at_once():
    raise KeyboardInterrupt


@pytest.mark.parametrize("press", [send_signal, raise_at_once])
def test_ctrl_c_keeps_what_is_done(press):
    glass = SphericalSpinGlass.pure(20, 3, seed=0)
    x0 = sphere.random_points(20, 10, seed=1)
    whole = descend(glass, x0)
    halfway = int(np.median(whole.evaluations))

    def stop(progress):
        if progress.iteration == halfway:
            press()

    with pytest.raises(DescentInterrupted, match=r"\d of 10 starts converged") as caught:
        descend(glass, x0, callback=stop)
    found = caught.value.found
    assert set(found.status) == {"converged", "interrupted"}
    assert np.array_equal(found.x[found.converged], whole.x[found.converged])
    assert np.allclose(found.energy, glass.energy(found.x), rtol=1e-13)
    copied = pickle.loads(pickle.dumps(caught.value))  # as between processes
    assert str(copied) == str(caught.value)
    assert np.array_equal(copied.found.x, found.x)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_in_the_last_step_is_not_lost():
    glass = SphericalSpinGlass.pure(20, 3, seed=0)

    def stop(progress):
        if progress.active == 0:
            send_signal()

    with pytest.raises(DescentInterrupted, match="10 of 10 starts converged"):
        descend(glass, sphere.random_points(20, 10, seed=1), callback=stop)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "lbgfs"}, "unknown method 'lbgfs'; did you mean 'lbfgs'"),
        ({"method": "annealing"}, r"use spinglass.sampling.anneal\(landscape, x0\)"),
        ({"memory": 0}, "memory must be a whole number of at least 1"),
        ({"memry": 5}, "method 'lbfgs' has no option 'memry'; its options: memory"),
        ({"tol": 0.0}, "tol must be"),
        ({"tol": math.nan}, "tol must be"),
        ({"max_iterations": -1}, "max_iterations must be a whole number of at least 0"),
        ({"x0": np.ones((2, 2, 20))}, r"shape \(n,\) or \(B, n\)"),
        ({"x0": np.ones((2, 19))}, "20 coordinates"),
        ({"x0": 2 * np.ones((2, 20))}, "sphere.project"),
        ({"x0": np.full((2, 20), np.nan)}, "finite"),
        ({"method": "gradient", "times": [2.0, 1.0]}, "times must be increasing"),
        ({"method": "gradient", "time": 1.0}, "no option 'time'; its options: accuracy, times, correlations$"),
        ({"method": "gradient", "accuracy": 0.0}, "accuracy must lie between 0 and 1"),
        ({"method": "sgd", "rate": -1.0}, "rate > 0"),
    ],
)
def test_bad_input_is_refused(change, message):
    arguments = {"landscape": SphericalSpinGlass.pure(20, 3, seed=0), "x0": np.ones((2, 20))} | change
    with pytest.raises(ValueError, match=message):
        descend(**arguments)


def test_a_batch_that_does_not_fit_is_refused(monkeypatch):
    glass = SphericalSpinGlass.pure(20, 3, seed=0)
    x0 = sphere.random_points(20, 1000, seed=1)
    monkeypatch.setattr("spinglass._common.memory.available_memory", lambda: 10**6)
    with pytest.raises(ValueError, match=r"a descent of 1000 starts at n=20 needs .* try fewer starts"):
        descend(glass, x0)


def test_a_landscape_of_the_wrong_shape_is_named():
    class Flat:
        n = 3

        def energy_and_gradient(self, x):
            return np.zeros((len(x), 1)), np.zeros_like(x)

    with pytest.raises(ValueError, match=r"must return shapes \(2,\) and \(2, 3\)"):
        descend(Flat(), np.ones((2, 3)))
    with pytest.raises(TypeError, match="not a landscape"):
        descend(None, np.ones((2, 3)))
