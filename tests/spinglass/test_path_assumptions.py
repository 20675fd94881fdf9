"""Deviations from the seven assumptions, beside sums over all paths, sampled paths, and drawn gates."""

import itertools

import numpy as np
import pytest

from spinglass.networks import ReLUNetwork, path_expansion
from spinglass.networks.paths.assumptions import assumption_deviations, path_kernel, tuple_scatter
from spinglass.networks.paths.expansion import edge_index
from spinglass.networks.redundancy import reduce_weights

RNG = np.random.default_rng(0)
NET = ReLUNetwork.random((4, 5, 3, 1), seed=1, last_relu=False)
X = RNG.standard_normal((30, 4))


def test_the_path_kernel_is_the_sum_over_all_paths():
    A = path_expansion(NET, X).activity
    np.testing.assert_allclose(path_kernel(NET, X), A @ A.T / A.shape[1], atol=1e-15)


def test_the_path_kernel_of_a_deep_network_by_sampled_paths():
    net = ReLUNetwork.random((10, 20, 20, 20, 20, 20, 1), seed=0, last_relu=False)
    inputs = RNG.standard_normal((5, 10))
    gates, rng, size = net.activities(inputs), np.random.default_rng(1), 40_000
    A = np.ones((5, size))
    for gate in gates:
        A *= gate[:, rng.integers(gate.shape[1], size=size)]
    K = path_kernel(net, inputs)
    # Shares of 40 000 independent paths: 4.5 standard errors have a chance of 7e-6 each.
    assert (np.abs(A @ A.T / size - K) < 4.5 * np.sqrt(K * (1 - K) / size) + 1e-12).all()
    assert 0 < K.max() < 0.2


@pytest.mark.slow
def test_squared_correlations_are_unbiased_means_over_paths():
    # Many draws of few inputs, against many inputs with sums over all paths.
    rng = np.random.default_rng(2)
    few = [assumption_deviations(NET, rng.standard_normal((12, 4))) for _ in range(300)]
    many = rng.standard_normal((20_000, 4))
    A, start = path_expansion(NET, many).activity, path_expansion(NET, many).input_index
    A = A - A.mean(axis=0)
    inputs = (many - many.mean(axis=0))[:, start]
    own = np.mean((A * inputs).mean(axis=0) ** 2) / (A.var(axis=0).mean() * inputs.var(axis=0).mean())
    pairs = np.mean((A.T @ A / len(A)) ** 2) / A.var(axis=0).mean() ** 2
    for name, exact in (("dependence_on_inputs", own), ("dependence_between_paths", pairs)):
        values = np.array([getattr(found, name) for found in few])
        # Ratios of unbiased estimates keep a bias of the order of the squared scatter of the denominator, 1/12 here.
        assert values.mean() == pytest.approx(exact, abs=0.25 * exact + 4.5 * values.std() / np.sqrt(300))
    large = assumption_deviations(NET, many[:1500])
    assert large.dependence_on_inputs == pytest.approx(own, rel=0.1)
    assert large.dependence_between_paths == pytest.approx(pairs, rel=0.05)


def test_unequal_rates_are_those_of_all_paths():
    many = np.random.default_rng(3).standard_normal((4000, 4))
    rates = path_expansion(NET, many).activity.mean(axis=0)
    expected = rates.var() / (rates.mean() * (1 - rates.mean()))
    found = assumption_deviations(NET, many[:1500])
    assert found.rates == pytest.approx(expected, rel=0.1)
    always = ReLUNetwork([np.array([[1.0, -1.0]]), np.ones((2, 1))], last_relu=False)
    positive = np.linspace(1, 2, 10)[:, None]
    assert assumption_deviations(always, positive).rates == pytest.approx(1)  # half the paths are always active


@pytest.mark.parametrize(("widths", "size"), [((3, 4, 1), 2), ((3, 2, 4, 1), 3), ((2, 2, 2, 2, 1), 2)])
def test_the_scatter_of_tuples_by_counting(widths, size):
    net = ReLUNetwork.random(widths, seed=0, last_relu=False)
    labels = [np.random.default_rng(layer).integers(size, size=W.shape) for layer, W in enumerate(net.weights)]
    flat = np.concatenate([layer.ravel() for layer in labels])
    paths = edge_index(net.architecture, np.arange(net.architecture.paths))
    counts = np.zeros((size,) * net.H)
    for path in flat[paths]:
        counts[tuple(path)] += 1
    assert tuple_scatter(labels, size) == pytest.approx(counts.var() / counts.mean() ** 2, rel=1e-12)


def test_the_mean_scatter_of_paths_with_tuples_of_their_own():
    # One layer: each of the 10 paths has a weight of its own, whose label is drawn.
    random = np.random.default_rng(4)
    drawn = [tuple_scatter([random.integers(4, size=(10, 1))], 4) for _ in range(500)]
    # Chi-squared with 3 degrees of freedom divided by 10: the mean of 500 has a standard error of 0.011.
    assert np.mean(drawn) == pytest.approx((4 - 1) / 10, abs=0.011 * 4.5)


def test_uniform_use_has_no_scatter():
    # Three inputs, three units: weight k of layer 1 leads from input k to every unit, weight j of layer 2 from unit j.
    labels = [np.repeat(np.arange(3)[:, None], 3, axis=1), np.arange(3)[:, None]]
    assert tuple_scatter(labels, 3) == pytest.approx(0, abs=1e-12)
    assert sorted(itertools.product(range(3), repeat=2)) == sorted((i, j) for i in range(3) for j in range(3))


def test_redundancy_and_uniformity_are_of_the_reduced_network():
    found = assumption_deviations(NET, X, size=4)
    image = reduce_weights(NET, 4, X)
    assert found.redundancy == image.epsilon
    labels = [np.searchsorted(image.values, W) for W in image.network.weights]
    assert found.uniformity == tuple_scatter(labels, 4)
    exact = assumption_deviations(image.network, X, size=4)
    assert exact.redundancy == 0


def test_normal_inputs_and_a_radius():
    normal = assumption_deviations(NET, np.random.default_rng(5).standard_normal((500, 4)))
    # The Kolmogorov distance of 2000 normal numbers is above 0.05 with a chance of 1e-4.
    assert normal.inputs < 0.05
    zeros = np.where(np.random.default_rng(6).random((500, 4)) < 0.5, 0.0, 1.0)
    assert assumption_deviations(NET, zeros).inputs > 0.3
    double = ReLUNetwork([2 * W for W in NET.weights], last_relu=False)
    assert assumption_deviations(double, X, reference=NET).radius == pytest.approx(3)
    assert np.isnan(normal.radius)


def test_gates_drawn_at_random_satisfy_the_assumptions_on_activities(monkeypatch):
    rng = np.random.default_rng(7)
    wide = ReLUNetwork.random((6, 200, 1), seed=0, last_relu=False)
    monkeypatch.setattr(
        ReLUNetwork, "activities", lambda net, X: [rng.random((len(X), n)) < 0.5 for n in net.widths[1:-1]]
    )
    values = [assumption_deviations(wide, rng.standard_normal((40, 6))) for _ in range(50)]
    for name in ("rates", "dependence_on_inputs", "dependence_between_paths"):
        found = np.array([getattr(value, name) for value in values])
        expected = 1 / 200 if name == "dependence_between_paths" else 0  # one pair of paths in 200 is the same unit
        assert abs(found.mean() - expected) < 4.5 * found.std() / np.sqrt(50) + 1e-3


def test_bad_arguments():
    with pytest.raises(ValueError, match="at least 4 inputs"):
        assumption_deviations(NET, X[:3])
    with pytest.raises(ValueError, match="rectified output"):
        assumption_deviations(ReLUNetwork.random((4, 2, 1), seed=0), X)
    with pytest.raises(ValueError, match="at most s ="):
        assumption_deviations(NET, X, size=1000)
