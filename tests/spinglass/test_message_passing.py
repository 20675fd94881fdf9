"""Message passing and the posterior beside eigenvectors, likelihoods of full tensors, and state evolution."""

from functools import reduce

import numpy as np
import pytest
from scipy.special import ive
from threadpoolctl import threadpool_limits

import theory
from spinglass import SphericalSpinGlass, pass_messages, plant, posterior, sphere
from validation.claims._shared.planted import near, opposite_noise

SIGNAL, WEIGHTS = {2: 1.0, 3: 0.8}, {2: 1.0, 3: 0.5}


def planted(n, weights, signal, seed):
    v = sphere.random_points(n, 1, seed + 999)[0]
    glass = SphericalSpinGlass.mixed(n, weights, seed=seed)
    return plant(glass, v, signal), v


def test_the_posterior_is_the_likelihood_of_the_observations():
    n = 4
    glass, _ = planted(n, WEIGHTS, SIGNAL, 0)
    x = sphere.random_points(n, 6, seed=1)
    # -log likelihood of the full tensors: sum (T - mean)^2 / (2 variance) with T = a J + signal, up to a constant.
    log_likelihood = np.zeros(len(x))
    for k, a in WEIGHTS.items():
        observed = a * SphericalSpinGlass(n, {k: 1.0}, {k: glass.couplings[k]}).to_tensor()
        for row, point in enumerate(x):
            mean = -SIGNAL[k] * n ** (-(k - 1) / 2) * reduce(np.multiply.outer, [point] * k)
            log_likelihood[row] -= np.sum((observed - mean) ** 2) / (2 * a * a)
    energy = posterior(glass, SIGNAL).energy(x)
    np.testing.assert_allclose(-energy + energy[0], log_likelihood - log_likelihood[0], atol=1e-10)


def test_overlaps_have_the_same_bits_on_any_number_of_blas_threads():
    glass, v = planted(30_000, {1: 1.0}, {1: 0.5}, 4)
    overlaps = []
    for threads in (1, 2, 3):
        with threadpool_limits(threads):
            overlaps.append(pass_messages(glass, {1: 0.5}, np.roll(v, 1), steps=2, direction=v).overlaps)
    assert np.array_equal(overlaps[0], overlaps[1])
    assert np.array_equal(overlaps[0], overlaps[2])


def test_message_passing_of_a_matrix_ends_at_its_lowest_eigenvector():
    glass, v = planted(150, {2: 0.7}, {2: 1.0}, 2)
    found = pass_messages(glass, {2: 1.0}, sphere.random_points(150, 2, seed=3), steps=500, tol=1e-10, direction=v)
    values, vectors = np.linalg.eigh(glass.hessian(v) / 2)
    assert found.converged.all()
    cosine = np.abs(found.x @ vectors[:, 0]) / np.linalg.norm(found.x, axis=1)
    np.testing.assert_allclose(cosine, 1.0, atol=1e-12)
    # The gain g solves 1/g + xi'' g = -2 lambda_min r / a^2, and q = 1 - g.
    xi = 2 / 0.49
    factor = -2 * values[0] / 0.49
    gain = (factor - np.sqrt(factor**2 - 4 * xi)) / (2 * xi)
    np.testing.assert_allclose(found.self_overlaps[:, -1], 1 - gain, atol=1e-8)
    np.testing.assert_allclose(found.overlaps[:, -1], found.x @ v / 150, atol=1e-15)


def test_overlaps_follow_state_evolution():
    n, m0, steps, found = 80, 0.8, 6, []
    v = sphere.random_points(n, 1, seed=99)[0]
    for seed in map(np.random.SeedSequence, range(3)):
        for glass in opposite_noise(WEIGHTS, SIGNAL, v, seed):
            passed = pass_messages(glass, SIGNAL, m0 * near(v, m0, 8, seed), steps=steps, tol=0.0, direction=v)
            found.append([passed.overlaps.mean(axis=0), passed.self_overlaps.mean(axis=0)])
    exact = theory.state_evolution(SIGNAL, WEIGHTS, steps, m0**2)
    # Standard errors over three pairs are 0.01, and corrections of order 1/n smaller.
    np.testing.assert_allclose(np.mean(found, axis=0), [exact.overlap, exact.self_overlap], atol=0.05)


def test_one_start_may_be_a_vector_and_single_precision():
    glass = plant(SphericalSpinGlass.pure(30, 2, seed=0, dtype=np.float32), np.ones(30), {2: 2.0})
    found = pass_messages(glass, {2: 2.0}, np.ones(30), steps=3)
    assert found.x.shape == (1, 30)
    assert found.x.dtype == np.float64
    assert found.overlaps is None
    assert "1 starts, n = 30, 3 steps, 0 converged" in repr(found)


@pytest.mark.parametrize(
    ("signal", "options", "message"),
    [
        ({4: 1.0}, {}, "has order 4"),
        ({2: 0.0}, {}, "no strength"),
        (1.2, {}, "at least one order"),
        ({2: np.inf}, {}, "strength of order 2"),
        ({2: 1.0}, {"x0": np.ones(4)}, "shape"),
        ({2: 1.0}, {"x0": np.full(5, np.nan)}, "finite"),
        ({2: 1.0}, {"steps": 0}, "steps"),
        ({2: 1.0}, {"tol": -1.0}, "tol must be"),
        ({2: 1.0}, {"x0": ["a"] * 5}, "real numbers"),
        ({2: 1.0}, {"direction": np.ones((2, 5))}, "one point"),
        ({2: 1.0}, {"direction": 2 * np.ones(5)}, "on the sphere"),
    ],
)
def test_what_cannot_be_passed_is_refused(signal, options, message):
    glass = SphericalSpinGlass.mixed(5, WEIGHTS, seed=0)
    with pytest.raises(ValueError, match=message):
        pass_messages(glass, signal, **({"x0": np.ones(5)} | options))


def test_what_overflows_is_reported():
    glass = SphericalSpinGlass.mixed(5, WEIGHTS, seed=0)
    with pytest.raises(ArithmeticError, match="not finite after 1 steps"):
        pass_messages(glass, {3: 1.0}, np.full(5, 1e200))
    with pytest.raises(TypeError, match="SphericalSpinGlass"):
        pass_messages("a model", {3: 1.0}, np.ones(5))


def test_of_a_field_alone_one_step_is_the_posterior_mean():
    n, r, a = 80, 1.5, 0.5
    v = sphere.random_points(n, 1, seed=1)[0]
    glass = plant(SphericalSpinGlass.mixed(n, {1: a, 3: 0.1}, seed=0), v, {1: r})
    b = -glass.gradient(np.zeros(n)) * r / a**2
    found = pass_messages(glass, {1: r}, np.zeros(n), steps=2)
    # The mean of exp(b.x) on the sphere is exactly a ratio of Bessel functions along b; corrections are of order 1/n.
    length = np.sqrt(n) * np.linalg.norm(b)
    mean = np.sqrt(n) * b / np.linalg.norm(b) * ive(n / 2, length) / ive(n / 2 - 1, length)
    np.testing.assert_allclose(found.x[0], mean, rtol=1 / n)
    assert found.converged.all()


def test_message_passing_converges_in_a_strong_tensor():
    n, signal, weights = 60, {2: 1.0, 3: 2.5}, {2: 1.0, 3: 1.0}
    v = sphere.random_points(n, 1, seed=99)[0]
    for glass in opposite_noise(weights, signal, v, np.random.SeedSequence(0)):
        found = pass_messages(glass, signal, 0.9 * near(v, 0.9, 4, np.random.SeedSequence(1)))
        assert found.converged.all()
