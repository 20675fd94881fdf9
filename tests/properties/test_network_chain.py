"""Each link of the chain from a ReLU network to the spin glass, for whatever Hypothesis finds."""

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from spinglass import SphericalSpinGlass, sphere
from spinglass.networks import DecoupledPathModel, ReLUNetwork, path_expansion, path_gradient, path_sum, reduction
from spinglass.networks.architecture import Architecture
from spinglass.networks.redundancy import uniform_sizes, unique_weights
from spinglass.networks.symmetries import permute, rescale
from theory.networks import path_model as theory
from theory.networks import sign_correlations
from validation.testing import strategies


def magnitude(net, X):
    """The sum of the path terms' sizes: rounding is some hundred ulp of it."""
    absolute = [np.abs(W) for W in net.weights]
    carried = np.abs(X)
    for W in absolute:
        carried = carried @ W
    return 1e-13 * (1 + net.q * carried[:, 0])


@pytest.mark.slow
@settings(max_examples=50)
@given(strategies.networks_with_inputs())
def test_link_1_the_output_is_the_sum_over_paths(case):
    net, X = case
    for value in (path_expansion(net, X).output(), path_sum(net, X), path_sum(net, X, by="paths")):
        assert (np.abs(value - net.forward(X)) <= magnitude(net, X)).all()


@pytest.mark.slow
@given(strategies.networks_with_inputs())
def test_link_2_the_gradient_of_the_path_form_is_backpropagation(case):
    net, X = case
    for by_paths, backwards in zip(path_gradient(net, X), net.gradient(X), strict=True):
        assert np.allclose(by_paths, backwards, rtol=1e-11, atol=1e-12)


@settings(max_examples=50)
@given(strategies.networks_with_inputs())
def test_away_from_kinks_the_gradient_is_the_slope(case):
    net, X = case
    direction = [np.ones_like(W) for W in net.weights]
    slope = sum((G * D).sum(axis=(1, 2)) for G, D in zip(net.gradient(X), direction, strict=True))
    # No preactivation within 1e-3 of zero changes its sign over a step of 1e-7 (inputs and weights below about 10).
    step = 1e-7
    moved = [
        ReLUNetwork([W + s * D for W, D in zip(net.weights, direction, strict=True)], last_relu=net.last_relu)
        for s in (step, -step)
    ]
    difference = (moved[0].forward(X) - moved[1].forward(X)) / (2 * step)
    assert np.allclose(slope, difference, rtol=1e-5, atol=1e-5 * (1 + np.abs(slope).max()))


@settings(max_examples=50)
@given(strategies.networks_with_inputs(), st.floats(0.01, 100))
def test_positive_homogeneity_in_weights_and_in_inputs(case, factor):
    net, X = case
    scaled = ReLUNetwork([factor * W for W in net.weights], last_relu=net.last_relu)
    assert (np.abs(scaled.forward(X) - factor**net.H * net.forward(X)) <= factor**net.H * magnitude(net, X)).all()
    assert (np.abs(net.forward(factor * X) - factor * net.forward(X)) <= max(1, factor) * magnitude(net, X)).all()


@settings(max_examples=50)
@given(strategies.networks_with_inputs(), st.data(), st.floats(0.01, 100))
def test_rescaling_and_permuting_hidden_layers_change_nothing(case, data, alpha):
    net, X = case
    if net.H == 1:
        return
    layer = data.draw(st.integers(1, net.H - 1))
    order = data.draw(st.permutations(range(net.widths[layer])))
    for other in (rescale(net, layer, alpha), permute(net, layer, order)):
        assert (np.abs(other.forward(X) - net.forward(X)) <= magnitude(net, X)).all()


@pytest.mark.slow
@settings(max_examples=50)
@given(strategies.path_models(), strategies.seeds())
def test_link_3_expectations_over_activities(model, seed):
    if model.architecture.paths > 12:
        return
    w = sphere.random_points(model.n, 3, seed)
    outputs, S = model.expected_output(w), model.largest_output()
    assert np.allclose(model.absolute_loss(w, S), S - outputs, rtol=1e-11, atol=1e-12)
    for target in (S, -S, 0.2, 0.0):
        exact = model.absolute_loss(w, target)
        assert np.allclose(exact, model.absolute_loss(w, target, method="enumerated"), rtol=1e-11, atol=1e-12)
    for target in (1.0, -1.0, 0.1 / S if S else 1.0):
        exact = model.hinge_loss(w, target)
        assert np.allclose(exact, model.hinge_loss(w, target, method="enumerated"), rtol=1e-11, atol=1e-12)


@given(strategies.architectures(most_layers=6, most_units=40))
def test_link_4_sizes_stand_in_the_order_of_theorem_3_1(widths):
    bounds, layers = theory.size_bounds(widths), Architecture.of(widths)
    assert bounds.size == layers.size
    assert bounds.upper >= bounds.size >= bounds.middle * (1 - 1e-12)
    assert bounds.middle >= bounds.lower * (1 - 1e-12)
    assert np.isclose(bounds.lower, layers.Lambda, rtol=1e-12)


@given(strategies.architectures(), st.integers(1, 30))
def test_link_4_uniform_sizes_are_those_that_divide(widths, size):
    layers = Architecture.of(widths)
    possible = layers.paths % size**layers.H == 0
    assert (size in uniform_sizes(layers)) == possible
    if possible:
        assert unique_weights(layers, size) == size
    else:
        with pytest.raises(ValueError, match="nearest sizes"):
            unique_weights(layers, size)


@given(strategies.uniform_architectures())
def test_link_4_every_tuple_stands_on_equally_many_paths(case):
    from spinglass.networks.paths.storage import weight_tuple

    widths, size = case
    layers = Architecture.of(widths)
    tuples = weight_tuple(np.arange(layers.paths), size, layers.H)
    _, counts = np.unique(tuples, axis=0, return_counts=True)
    assert len(counts) == size**layers.H
    assert (counts == layers.paths // size**layers.H).all()


@pytest.mark.slow
@given(strategies.path_models("unique"), strategies.seeds())
def test_link_5_the_reduced_model_is_the_glass(model, seed):
    glass, w = reduction.to_spin_glass(model), sphere.random_points(model.n, 6, seed)
    scale = 1e-12 * (1 + model.largest_output())  # rounding of at most a thousand terms
    assert np.abs(glass.energy(w) - model.output(w)).max() <= scale
    assert np.abs(glass.gradient(w) - model.gradient(w)).max() <= model.H * scale
    assert np.abs(model.averaged().energy(w) - model.rho * model.with_rho(1.0).energy(w)).max() <= scale


@pytest.mark.slow
@settings(max_examples=50)
@given(strategies.glasses_with_points(), st.floats(0.01, 10))
def test_the_radius_of_the_sphere_is_a_matter_of_units(case, C):
    glass, w = case
    moved = reduction.at_radius(glass, C)
    bound = 1e-12 * (1 + C**2) * (1 + np.abs(glass.energy(w)).max() + glass.n**3)
    assert np.abs(moved.energy(w) - glass.energy(np.sqrt(C) * w)).max() <= bound
    if len(glass.orders) == 1:
        assert np.abs(moved.energy(w) - C ** (glass.orders[0] / 2) * glass.energy(w)).max() <= bound


@given(st.floats(0.0, 0.5), st.floats(-0.99, 0.99), st.floats(0, 1))
def test_link_6_no_pair_of_signs_correlates_less_than_the_least(epsilon, mean, share):
    """Over joint laws of two signs: (differ as -+, differ as +-) = epsilon (share, 1 - share)."""
    minus = (1 - mean) / 2
    lost, gained = epsilon * share, epsilon * (1 - share)
    if lost > minus or gained > 1 - minus:
        return
    other = mean + 2 * (lost - gained)
    if abs(other) > 1 - 1e-9:
        return
    correlation = (1 - 2 * epsilon - mean * other) / np.sqrt((1 - mean**2) * (1 - other**2))
    assert correlation >= sign_correlations.least_sign_correlation(epsilon, mean) - 1e-6
    if mean == 0:
        assert correlation >= sign_correlations.sign_correlation_bound(epsilon) - 1e-12


@settings(max_examples=10)
@given(st.from_type(SphericalSpinGlass), st.from_type(ReLUNetwork), st.from_type(DecoupledPathModel))
def test_hypothesis_knows_the_models_by_their_types(glass, net, model):
    assert isinstance(glass, SphericalSpinGlass)
    assert isinstance(net, ReLUNetwork)
    assert isinstance(model, DecoupledPathModel)


def test_an_unknown_kind_of_weights_is_refused():
    with pytest.raises(ValueError, match='weights must be "unique", "per-edge" or None'):
        find(strategies.path_models("per_edge"), lambda _: True)
