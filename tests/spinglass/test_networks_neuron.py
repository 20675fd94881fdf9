"""A single neuron: derivatives by differences, minima against sign changes on a grid, and the product structure."""

import numpy as np
import pytest

from spinglass.networks.small.neuron import SingleNeuron, hard_neuron
from spinglass.networks.small.neuron_minima import count_minima_on_a_line, find_minima


def test_derivatives_by_differences():
    neuron = hard_neuron(3, 2, seed=1)
    w, direction = np.random.default_rng(0).standard_normal((2, 3))
    h = 1e-5
    loss, gradient, hessian = neuron.derivatives(w)
    sides = [neuron.derivatives(w + s * h * direction) for s in (1, -1)]
    # Central differences: h^2 times third derivatives of order 1, and rounding 1e-16/h.
    assert (sides[0][0] - sides[1][0]) / (2 * h) == pytest.approx(gradient @ direction, abs=1e-8)
    assert np.allclose((sides[0][1] - sides[1][1]) / (2 * h), hessian @ direction, atol=1e-8)
    assert loss == pytest.approx(float(neuron.loss(w)))


@pytest.mark.parametrize("ratio", [3.0, 6.0, 16.0])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_proved_counts_are_those_of_a_fine_grid(ratio, count):
    x = ratio ** -np.arange(count)
    w = np.exp(np.linspace(-2, np.log(ratio) * count + 2, 20_001))
    rest, s = 1 / (1 + np.exp(-np.outer(w, x))) - 0.75, 1 / (1 + np.exp(-np.outer(w, x)))
    slope = (rest * s * (1 - s)) @ x
    on_grid = np.sum((slope[:-1] < 0) & (slope[1:] > 0))
    assert count_minima_on_a_line(x, np.full(count, 0.75)) == on_grid


@pytest.mark.slow
@pytest.mark.parametrize("d", [*range(1, 5), pytest.param(5, marks=pytest.mark.slow)])
def test_k_to_the_power_d_minima(d):
    per_axis = 3 if d <= 3 else 2
    neuron = hard_neuron(d, per_axis, seed=d)
    # Starts even over dips on the log scale: a dip is missed with a chance below 1e-9.
    starts = 50 * 5**d if per_axis == 3 else 30 * 3**d
    exponents = np.random.default_rng(d).uniform(-0.5, per_axis - 0.5, (starts, d))
    w = np.linalg.solve(neuron.X[::per_axis], (np.log(3) * 16.0**exponents).T).T
    found = find_minima(neuron, w)
    assert len(found) == per_axis**d
    assert found.unfinished < starts / 100
    axis = hard_neuron(1, per_axis)
    assert count_minima_on_a_line(axis.X[:, 0], axis.y) == per_axis
    # The loss is a sum over axes: every minimum's loss is a sum of d losses of the one-dimensional problem.
    ones = find_minima(axis, np.geomspace(0.5, 500, 50)[:, None]).loss
    sums = ones
    for _ in range(d - 1):
        sums = np.add.outer(sums, ones).ravel()
    assert np.allclose(np.sort(found.loss), np.sort(sums), rtol=1e-9)


def test_a_single_example_has_one_valley():
    neuron = SingleNeuron(np.array([[2.0]]), np.array([0.75]))
    found = find_minima(neuron, np.array([[0.1], [2.0]]))
    assert found.w[0, 0] == pytest.approx(np.log(3) / 2)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.zeros((1, 1)), np.array([0.5]), "row of zeros"),
        (np.ones((2, 1)), np.array([0.5]), "shape"),
        (np.ones((1, 1)), np.array([1.0]), "strictly between"),
        (np.array([[np.inf]]), np.array([0.5]), "finite"),
    ],
)
def test_bad_input(X, y, message):
    with pytest.raises(ValueError, match=message):
        SingleNeuron(X, y)


def test_bad_sizes():
    with pytest.raises(ValueError, match="ratio must be above 1"):
        hard_neuron(2, 2, ratio=1.0)
    with pytest.raises(ValueError, match="shape"):
        hard_neuron(2, 2).loss([1.0])


def test_turns_at_zero_have_a_scale_too():
    assert count_minima_on_a_line([1.0, 2.0], [0.5, 0.5]) == 1
    assert count_minima_on_a_line([1e-6, -1e6], [0.5, 0.5]) == 1


def test_a_minimum_at_zero_is_found():
    X, y = np.random.default_rng(0).standard_normal((6, 2)), np.random.default_rng(1).uniform(0.2, 0.8, 6)
    symmetric = SingleNeuron(np.vstack([X, X]), np.concatenate([y, 1 - y]))  # 2 sum (sigma - 1/2)^2 + a constant
    found = find_minima(symmetric, np.random.default_rng(2).standard_normal((50, 2)))
    assert len(found) == 1
    assert np.allclose(found.w, 0, atol=1e-6)
    assert found.unfinished == 0


@pytest.mark.parametrize("x", [[1.0, 1e-6], [1.0, 1e-8], [1.0, 1 / 16, 1 / 256]])
def test_mirrored_data_have_as_many_minima(x):
    count = count_minima_on_a_line(x, np.full(len(x), 0.75))
    assert count_minima_on_a_line(x, np.full(len(x), 0.25)) == count == len(x)  # w -> -w
