"""The layered network and its expansion in paths, by loops, by torch-free differentiation, by hand."""

import itertools
import math

import numpy as np
import pytest

from spinglass.networks import ReLUNetwork, path_expansion, path_gradient, path_sum
from spinglass.networks.architecture import Architecture
from spinglass.networks.paths.expansion import edge_index
from spinglass.networks.symmetries import permute, rescale

WIDTHS = [(1, 1), (3, 1), (4, 3, 1), (5, 3, 2, 1), (3, 2, 4, 2, 1)]


def inputs(d, batch=7, seed=0):
    return np.random.default_rng(seed).standard_normal((batch, d))


def by_loops(net, X):
    """The network unit by unit."""
    Psi, H = math.prod(net.widths), len(net.widths) - 1
    outputs = []
    for row in X:
        values = list(row)
        for layer, W in enumerate(net.weights, 1):
            entering = [sum(values[i] * W[i, j] for i in range(W.shape[0])) for j in range(W.shape[1])]
            rectified = net.last_relu or layer < H
            values = [max(h, 0.0) if rectified else h for h in entering]
        outputs.append(Psi ** (-(H - 1) / (2 * H)) * values[0])
    return np.array(outputs)


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("last_relu", [True, False])
def test_forward_is_the_network_unit_by_unit(widths, last_relu):
    net = ReLUNetwork.random(widths, seed=1, last_relu=last_relu)
    X = inputs(widths[0])
    assert np.allclose(net.forward(X), by_loops(net, X), rtol=1e-12, atol=1e-14)
    assert net.forward(X[0]).shape == ()
    assert np.isclose(net.forward(X[0]), net.forward(X)[0], rtol=1e-13)


def test_sizes_by_counting_the_paths_and_edges_of_a_drawn_graph():
    layers = Architecture.of((4, 3, 2, 1))
    paths = list(itertools.product(*(range(n) for n in layers.widths)))
    edges = {(k, p[k], p[k + 1]) for p in paths for k in range(3)}
    assert (layers.paths, layers.size, layers.H) == (len(paths), len(edges), 3)
    assert layers.Lambda == pytest.approx(24 ** (1 / 3))
    assert layers.q == pytest.approx(24 ** (-1 / 3))
    assert Architecture.of((5, 5, 5, 1)).Lambda == 5.0  # exact, where 125 ** (1/3) is not


@pytest.mark.parametrize("widths", WIDTHS)
def test_gradient_by_complex_step_of_the_active_network(widths):
    """With the gates held, Y is a polynomial in the weights: Im Y(w + ih)/h has no cancellation."""
    net = ReLUNetwork.random(widths, seed=3, last_relu=False)
    X = inputs(widths[0], 3)
    gates = net.activities(X)
    for layer, gradient in enumerate(net.gradient(X)):
        for i, j in np.ndindex(*net.weights[layer].shape):
            weights = [W.astype(complex) for W in net.weights]
            weights[layer][i, j] += 1e-30j
            carried = X.astype(complex)
            for W, gate in zip(weights, gates, strict=True):
                carried = (carried @ W) * gate
            assert np.allclose(gradient[:, i, j], net.q * carried[:, 0].imag / 1e-30, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("last_relu", [True, False])
def test_every_form_of_the_path_sum(widths, last_relu):
    net = ReLUNetwork.random(widths, seed=2, last_relu=last_relu)
    X = inputs(widths[0])
    paths, forward = path_expansion(net, X), net.forward(X)
    bound = 1e-13 * (1 + np.abs(paths.path_input * paths.weight_product).sum())  # rounding of at most Psi terms
    assert paths.activity.shape == (len(X), math.prod(widths))
    assert set(np.unique(paths.activity)) <= {0.0, 1.0}
    explicit = net.q * (X[:, paths.input_index] * paths.activity * paths.weight_product).sum(axis=1)
    for other in (explicit, paths.output(), path_sum(net, X), path_sum(net, X, by="paths")):
        assert np.abs(other - forward).max() <= bound
    for a, b in zip(path_gradient(net, X), net.gradient(X), strict=True):
        assert np.allclose(a, b, rtol=1e-12, atol=1e-13)


def test_path_arrays_by_walking_every_path():
    net, X = ReLUNetwork.random((3, 2, 2, 1), seed=5), inputs(3, 4)
    paths, gates = path_expansion(net, X), net.activities(X)
    edges = edge_index(net.architecture, np.arange(12))
    flat = np.concatenate([W.reshape(-1) for W in net.weights])
    for p, units in enumerate(itertools.product(range(3), range(2), range(2), range(1))):
        weights = [net.weights[k][units[k], units[k + 1]] for k in range(3)]
        assert paths.input_index[p] == units[0]
        assert np.isclose(paths.weight_product[p], math.prod(weights), rtol=1e-14)
        assert np.array_equal(flat[edges[p]], weights)
        active = [all(gates[k][b, units[k + 1]] for k in range(3)) for b in range(4)]
        assert np.array_equal(paths.activity[:, p], active)


def test_path_sum_takes_gates_from_elsewhere():
    net, X = ReLUNetwork.random((4, 3, 2, 1), seed=0), inputs(4, 5)
    everywhere = [np.ones((5, n), bool) for n in (3, 2, 1)]
    linear = net.q * (X @ net.weights[0] @ net.weights[1] @ net.weights[2])[:, 0]
    for by in ("layers", "paths"):
        assert np.allclose(path_sum(net, X, by=by, gates=everywhere), linear, rtol=1e-12)
    with pytest.raises(ValueError, match="gates must have the shapes"):
        path_sum(net, X, gates=everywhere[:2])
    with pytest.raises(ValueError, match='"layers" or "paths"'):
        path_sum(net, X, by="units")


def test_at_a_kink_the_unit_counts_as_inactive_in_both_forms():
    net = ReLUNetwork([[[1.0, 1.0], [-1.0, 1.0]], [[1.0], [1.0]]])
    X = np.array([[1.0, 1.0]])  # unit 0 gets exactly zero
    assert net.distance_to_kink(X) == 0
    assert np.isclose(path_expansion(net, X).output()[0], net.forward(X)[0], rtol=1e-15)
    for a, b in zip(path_gradient(net, X), net.gradient(X), strict=True):
        assert np.allclose(a, b)
    assert np.array_equal(net.gradient(X)[0][0][:, 0], [0.0, 0.0])
    # One-sided derivatives by unit 0's weights: 0 for a decrease, q for an increase. No derivative exists.
    step = 1e-6
    up, down = (ReLUNetwork([net.weights[0] + [[s, 0], [0, 0]], net.weights[1]]) for s in (step, -step))
    slopes = [(net.forward(X) - down.forward(X))[0] / step, (up.forward(X) - net.forward(X))[0] / step]
    assert np.allclose(slopes, [0.0, net.q], atol=1e-9)


def test_symmetries_leave_the_function_and_move_the_weights():
    net, X = ReLUNetwork.random((4, 3, 2, 1), seed=9), inputs(4)
    scaled, shuffled = rescale(net, 2, 0.1), permute(net, 1, [2, 0, 1])
    for other in (scaled, shuffled):
        assert np.allclose(other.forward(X), net.forward(X), rtol=1e-12, atol=1e-14)
        assert not np.allclose(
            np.concatenate([W.ravel() for W in other.weights]), np.concatenate([W.ravel() for W in net.weights])
        )
    # The gradient goes the other way round: by W/alpha it is alpha times as large.
    assert np.allclose(scaled.gradient(X)[1], net.gradient(X)[1] / 0.1, rtol=1e-12)
    for wrong in ({"layer": 3, "alpha": 2.0}, {"layer": 0, "alpha": 2.0}, {"layer": 1, "alpha": -1.0}):
        with pytest.raises(ValueError, match=r"layer|alpha"):
            rescale(net, **wrong)
    with pytest.raises(ValueError, match="each of 0..2 once"):
        permute(net, 1, [0, 0, 1])


@pytest.mark.parametrize(
    ("widths", "says"),
    [((3,), "at least an input"), ((3, 2), "one output"), ((3, 0, 1), "width"), ((3, 2.5, 1), "width"), (5, "widths")],
)
def test_bad_widths_are_refused(widths, says):
    with pytest.raises(ValueError, match=says):
        ReLUNetwork.random(widths, seed=0)


def test_bad_weights_and_inputs_are_refused():
    with pytest.raises(ValueError, match="cannot be followed"):
        ReLUNetwork([np.ones((3, 2)), np.ones((3, 1))])
    with pytest.raises(ValueError, match="finite"):
        ReLUNetwork([[[np.nan]]])
    with pytest.raises(ValueError, match="at least one weight matrix"):
        ReLUNetwork([])
    net = ReLUNetwork.random((3, 2, 1), seed=0)
    for bad in (np.ones((2, 4)), np.full(3, np.inf), np.ones((2, 2, 3)), np.array(["a", "b", "c"])):
        with pytest.raises(ValueError, match=r"X must|points must"):
            net.forward(bad)


def test_a_scale_too_small_for_a_float_is_refused_not_zero():
    # q = 10^(-(H-1)/2); the normal floats end at 2.2e-308.
    assert math.log10(Architecture.of((10,) * 616 + (1,)).q) == pytest.approx(-307.5, rel=1e-12)
    deep = ReLUNetwork([np.eye(10)] * 618 + [np.ones((10, 1))])
    with pytest.raises(ValueError, match=r"about 10\^-309 with H = 619 layers and Lambda = 10, too small for a float"):
        deep.forward(np.ones(10))


def test_too_many_paths_are_refused_with_the_way_out():
    net = ReLUNetwork.random((300, 300, 300, 300, 300, 1), seed=0)
    with pytest.raises(ValueError, match="path_sum"):
        path_expansion(net, np.ones((1, 300)))


def test_a_seed_in_any_of_its_forms_draws_the_same_network():
    first, second = ReLUNetwork.random((4, 3, 1), seed=4), ReLUNetwork.random((4, 3, 1), np.random.SeedSequence(4))
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, second.weights, strict=True))
    # A layer's draw depends on its own place alone: the same first layer under another head.
    assert np.array_equal(ReLUNetwork.random((4, 3, 2, 1), seed=4).weights[0], first.weights[0])


def test_more_paths_than_can_be_added_are_refused():
    net = ReLUNetwork.random((16,) * 16 + (1,), 0, last_relu=False)  # 2^64 paths
    X = np.random.default_rng(0).standard_normal((2, 16))
    with pytest.raises(ValueError, match="too many to add one by one"):
        path_sum(net, X, by="paths")
    assert np.allclose(path_sum(net, X, by="layers"), net.forward(X), rtol=1e-12)
