"""Stochastic gradient descent against a plain NumPy loop and against its own mean."""

import math

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, descend, sphere
from spinglass._common.seeds import child, seed_sequence


class Parts:
    """A linear energy whose parts are single coordinates, and a record of the parts that were asked for."""

    def __init__(self, n):
        self.n, self.asked = n, []

    def energy_and_gradient(self, x):
        return x.sum(axis=1), np.ones_like(x)

    def stochastic_gradient(self, x, part, parts):
        self.asked.append(part)
        gradient = np.zeros_like(x)
        gradient[:, part::parts] = parts
        return gradient


def test_an_epoch_is_what_a_plain_loop_makes_of_it():
    landscape = Parts(6)
    x0 = sphere.random_points(6, 3, seed=0)
    found = descend(landscape, x0, "sgd", parts=3, rate=0.05, decay=0.5, seed=7, max_iterations=4)
    x = x0
    for epoch in range(4):
        order = np.random.default_rng(child(seed_sequence(7), epoch)).permutation(3)
        for part in order:
            g = np.zeros((3, 6))
            g[:, part::3] = 3
            g -= (g * x).sum(axis=1, keepdims=True) / 6 * x
            x = x - 0.05 / (1 + 0.5 * epoch) * g
            x *= math.sqrt(6) / np.linalg.norm(x, axis=1, keepdims=True)
    assert np.allclose(found.x, x, atol=1e-14)
    assert (found.iterations == 4).all()
    # The start, and a pass over the parts with a full gradient for each epoch, the one begun last included.
    assert (found.evaluations == 1 + 4 * 2 + 1).all()


def test_every_epoch_passes_through_all_parts_in_an_order_of_its_own():
    landscape = Parts(12)
    descend(landscape, sphere.random_points(12, 2, seed=0), "sgd", parts=6, max_iterations=3)
    epochs = np.array(landscape.asked).reshape(-1, 6)
    assert (np.sort(epochs, axis=1) == np.arange(6)).all()
    assert len({tuple(epoch) for epoch in epochs}) > 1


def test_parts_of_a_glass_have_the_gradient_as_mean():
    glass = SphericalSpinGlass.mixed(12, {2: 0.5, 3: 1.0}, seed=0)
    x = sphere.random_points(12, 6, seed=1)
    mean = np.mean([glass.stochastic_gradient(x, part, 5) for part in range(5)], axis=0)
    # Sums of the same few hundred terms in another order.
    assert np.allclose(mean, glass.gradient(x), atol=1e-12)


def test_it_comes_near_a_minimum_as_the_rate_falls():
    glass = SphericalSpinGlass.pure(30, 3, seed=0)
    x0 = sphere.random_points(30, 16, seed=1)
    early, late = (descend(glass, x0, "sgd", parts=5, max_iterations=k) for k in (5, 200))
    assert late.energy.mean() < early.energy.mean()
    assert late.gradient_norm.mean() < 0.2 * early.gradient_norm.mean()
    below = descend(glass, late.x)
    # What is left above the minimum is |gradient|^2/(2 eigenvalue) a spin, or 0.05^2/1; a few may sit on saddles.
    assert np.median(late.energy_per_spin - below.energy_per_spin) < 3e-3


@pytest.mark.slow
def test_one_part_and_a_small_rate_is_gradient_descent_to_a_minimum():
    glass = SphericalSpinGlass.pure(10, 3, seed=0)
    x0 = sphere.random_points(10, 4, seed=1)
    found = descend(glass, x0, "sgd", parts=1, rate=0.05, decay=0.0, tol=1e-6, max_iterations=20_000)
    assert found.converged.all()
    assert (found.index == 0).all()


def test_the_seed_decides():
    glass = SphericalSpinGlass.pure(10, 3, seed=0)
    x0 = sphere.random_points(10, 4, seed=1)
    first, again, other = (descend(glass, x0, "sgd", max_iterations=3, seed=s).x for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_landscape_without_parts_is_refused():
    class Whole:
        n = 3

        def energy_and_gradient(self, x):
            return x.sum(axis=1), np.ones_like(x)

    with pytest.raises(TypeError, match="Whole has no stochastic_gradient"):
        descend(Whole(), np.ones((2, 3)), "sgd")
