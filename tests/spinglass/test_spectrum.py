"""Counts of negative eigenvalues beside the eigenvalues themselves."""

from dataclasses import replace

import numpy as np
import pytest

from spinglass.networks import LayeredNetwork, train
from spinglass.networks.activations import ACTIVATIONS
from spinglass.networks.curvature import curvature
from spinglass.networks.curvature.spectrum import bounds_below, largest_eigenvalue, most_below, solution_index

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 8)), RNG.integers(4, size=60)


def at_end(loss="cross_entropy", epochs=20, **options):
    y = RNG.normal(size=(60, 4)) if loss == "squared" else Y
    found = train(X, y, epochs=epochs, loss=loss, measure_every=20, seed=1, **options)
    return curvature(found.network(0), X, y, loss)


@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize("loss", ["cross_entropy", "squared"])
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "linear"])
def test_counts_are_those_of_the_eigenvalues(loss, activation, biases):
    for epochs in (0, 20):
        found = at_end(loss, hidden=15, activation=activation, biases=biases, initial="uniform", epochs=epochs)
        eigenvalues = found.spectrum()
        exact = solution_index(found, threshold=0.01)
        # Lanczos stops at 1e-6; that no eigenvalue lies so near a threshold is checked.
        thresholds = (0.01, 0.01 * eigenvalues[-1])
        assert all(np.abs(eigenvalues + t).min() > 1e-7 for t in thresholds)
        counts = [int((eigenvalues < -t).sum()) for t in thresholds]
        assert exact.exact
        assert (exact.absolute[0], exact.relative[0]) == tuple(counts)
        assert exact.largest == pytest.approx(eigenvalues[-1], rel=1e-5)
        assert exact.gradient_norm == pytest.approx(np.linalg.norm(found.gradient))
        assert exact.normalised == counts[0] / len(eigenvalues)
        for (low, high), count in zip(bounds_below(found, thresholds), counts, strict=True):
            assert low <= count <= high
        bounded = solution_index(found, exact_up_to=0, threshold=0.01)
        assert bounded.absolute == bounds_below(found, thresholds)[0]
        if epochs == 0:
            assert counts[0] > 0


def test_the_upper_bound_is_the_count_of_the_residual():
    found = at_end(hidden=15)
    residual = np.linalg.eigvalsh(found.hessian("residual"))
    for t in (1e-4, 1e-3, 1e-2):
        assert bounds_below(found, [t])[0][1] == most_below(found, [t])[0] == (residual < -t).sum()


@pytest.mark.parametrize("epochs", [0, 20])
@pytest.mark.parametrize("loss", ["cross_entropy", "hinge"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_two_hidden_layers_are_counted_exactly_and_from_both_sides(activation, loss, epochs):
    found = at_end(loss, hidden=[14, 12], activation=activation, epochs=epochs)
    eigenvalues = found.spectrum()
    exact = solution_index(found)
    counts = [int((eigenvalues < -t).sum()) for t in (1e-3, 1e-3 * eigenvalues[-1])]
    assert (exact.absolute[0], exact.relative[0]) == tuple(counts)
    assert exact.exact
    assert exact.failure == 0
    bounded = solution_index(found, exact_up_to=10)
    assert 0 < bounded.failure < 1e-3
    for (low, high), count in zip((bounded.absolute, bounded.relative), counts, strict=True):
        assert low <= count <= high
        assert high - low <= 1 + found.network.size // 1000


@pytest.mark.slow
def test_more_than_one_run_and_too_few_products():
    found = at_end(hidden=[20, 20], activation="tanh", epochs=0)
    count = solution_index(found).absolute[0]
    assert count > 50
    low, high = solution_index(found, exact_up_to=10).absolute
    assert low <= count <= high <= low + 1
    few = solution_index(found, exact_up_to=10, products=60)
    assert few.absolute[0] < count < few.absolute[1]
    assert not few.exact


def test_the_hinge_loss_of_one_hidden_layer_is_bounded_exactly():
    found = at_end("hinge", hidden=15)
    count = int((found.spectrum() < -1e-3).sum())
    assert count > 0
    assert solution_index(found, exact_up_to=0).absolute == (count, count)
    met = at_end("hinge", hidden=15, epochs=300)
    assert met.loss == 0.0
    for exact_up_to in (0, 1000):
        assert solution_index(met, exact_up_to=exact_up_to).relative == (0, 0)


def test_bounds_by_blocks_need_one_hidden_layer():
    with pytest.raises(ValueError, match="bounds need one hidden layer"):
        bounds_below(at_end(hidden=[7, 6], activation="tanh"), [1e-3])


def test_an_output_is_linear_by_its_function_not_by_its_name():
    rng, output = np.random.default_rng(3), replace(ACTIVATIONS["tanh"], name="linear")
    net = LayeredNetwork([rng.normal(size=(8, 5)), rng.normal(size=(5, 2))], output=output)
    found = curvature(net, X, rng.normal(size=(60, 2)))
    with pytest.raises(ValueError, match="bounds need one hidden layer"):
        bounds_below(found, [1e-3])
    count = int((found.spectrum() < -1e-3).sum())
    low, high = solution_index(found, exact_up_to=0).absolute
    assert low <= count <= high


def test_nothing_below_at_a_minimum():
    found = at_end("squared", hidden=(), epochs=300)
    index = solution_index(found)
    assert index.absolute == index.relative == (0, 0)
    assert largest_eigenvalue(found) == pytest.approx(np.linalg.eigvalsh(found.hessian())[-1], rel=1e-5)


def test_bad_input():
    found = at_end(hidden=2)
    with pytest.raises(ValueError, match="threshold must be positive"):
        solution_index(found, threshold=0.0)
    with pytest.raises(TypeError, match="must be a Curvature, not LayeredNetwork"):
        solution_index(found.network)
