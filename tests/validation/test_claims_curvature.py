"""Names given to ends of ascents and descents, and measurements of curvature, on cases known by hand."""

import numpy as np
import pytest

from spinglass import enumerate_critical_points
from spinglass.networks.curvature import curvature
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.linear import LinearProblem, critical_point, linear_glass, optimum
from spinglass.networks.resnet import LinearResNet
from validation.claims.curvature import ascent
from validation.claims.curvature import measurements as curvature_checks
from validation.claims.curvature import points as curvature_points
from validation.claims.curvature.random_networks import at_random, magnitude, rounding_bound
from validation.claims.linear_networks import resnet_search
from validation.claims.linear_networks import searches as linear_descents

SEED = np.random.SeedSequence(5)


def neuron(weight, name, x, y):
    return curvature(LayeredNetwork([[[weight]]], None, name, name), np.array(x)[:, None], np.array(y)[:, None])


def test_ends_of_ascents_get_their_names():
    assert ascent.named(neuron(31.0, "relu", [1.0], [1.0])) == ascent.ESCAPED
    assert ascent.named(neuron(-1.0, "relu", [1.0], [1.0])) == ascent.PLATEAU
    assert ascent.named(neuron(1e-9, "relu", [1.0], [1.0])) == ascent.KINK
    assert ascent.named(neuron(1.0, "relu", [1.0], [3.0])) == ascent.UNEXPLAINED
    # (tanh(w) - 0.9)^2 + (tanh(-w) - 0.9)^2 over 4 has slope 0 at 0 and curvature 1 + ... ; with both wrong a maximum.
    top = neuron(0.0, "tanh", [1.0, -1.0, 3.0], [0.9, 0.9, 0.0])
    assert top.gradient == pytest.approx(0)
    assert ascent.named(neuron(0.0, "tanh", [1.0, -1.0], [0.9, 0.9])) in {ascent.UNEXPLAINED, ascent.STRICT_MAXIMUM}


@pytest.mark.slow
def test_an_ascent_finds_the_top_between_two_valleys():
    # Found by a dense scan: data for which E(w) of one tanh unit has a strict maximum inside.
    x, y = [0.3, 3.0], [0.9, -0.9]
    w = np.linspace(-8, 8, 3201)
    losses = np.array([neuron(v, "tanh", x, y).loss for v in w])
    inside = np.flatnonzero((losses[1:-1] > losses[:-2]) & (losses[1:-1] > losses[2:])) + 1
    assert inside.size == 1
    end = ascent.climb(neuron(w[inside[0]] - 0.4, "tanh", x, y))
    assert end.network.parameters[0] == pytest.approx(w[inside[0]], abs=0.005)  # the scan's step
    assert ascent.named(end) == ascent.STRICT_MAXIMUM


@pytest.mark.slow
def test_tanh_breaks_what_piecewise_linear_units_keep():
    seeds = [np.random.SeedSequence(k) for k in range(20)]
    assert max(curvature_checks.negative_curvature(s, "relu", "squared", "relu") for s in seeds) < rounding_bound()
    assert max(curvature_checks.negative_curvature(s, "tanh", "squared", "tanh") for s in seeds) > 0.01
    assert max(curvature_checks.bend_errors(s, "leaky_relu") for s in seeds) < 1e-14
    assert max(curvature_checks.bend_errors(s, "tanh") for s in seeds) > 1e-4


def test_the_magnitude_bounds_the_loss():
    for k in range(10):
        found = at_random(np.random.SeedSequence(k), "relu", "squared")
        assert magnitude(found) >= found.loss


def test_the_saddle_between_layers_is_one():
    rng = np.random.default_rng(0)
    x = rng.uniform(0.5, 1.5, (12, 4))
    first, y = curvature_points.orthogonal_weights(x, rng.standard_normal(12), 3, rng)
    assert (first > 0).all()
    found = curvature(LayeredNetwork([first, np.zeros((3, 1))]), x, y)
    spectrum = found.spectrum()
    # The falling directions have curvature -|c|^2 over that of the second layer, |c| = 1; rounding is 1e-14.
    assert (spectrum < -1e-3).sum() == (spectrum > 1e-3).sum() == 3
    assert found.spectrum(1)[0] >= -1e-15
    assert found.spectrum(2)[0] >= -1e-15
    # Along the lowest direction the loss falls, along the highest it rises, on both sides.
    low, high = np.linalg.eigh(found.hessian())[1][:, [0, -1]].T
    change = [curvature(found.network.with_parameters(found.network.parameters + 0.01 * d), x, y).loss - found.loss
              for d in (low, -low, high, -high)]  # fmt: skip
    assert np.sign(change).tolist() == [-1, -1, 1, 1]


def test_ends_of_descents_get_their_names():
    problem = LinearProblem(np.eye(3), np.diag([3.0, 2.0, 1.0]), (3, 2, 2, 3))
    row = lambda layers: np.concatenate([W.ravel() for W in layers])  # noqa: E731
    least = problem.loss(optimum(problem))
    name = lambda weights, lowest=least: linear_descents.named(problem, weights, lowest, SEED)  # noqa: E731
    assert name(row(optimum(problem))) == linear_descents.GLOBAL
    assert name(np.zeros(problem.size)) == linear_descents.FLAT_SADDLE
    assert name(row(critical_point(problem, [1]))) == linear_descents.SADDLE
    assert name(np.ones(problem.size)) == linear_descents.NOT_CONVERGED
    # Held against a loss that cannot be reached, the optimum would be a bad minimum.
    assert name(row(optimum(problem)), least - 0.1) == linear_descents.BAD_MINIMUM


def test_the_search_in_the_ball_finds_the_least_ratio_of_one_dimension():
    # f = (w - R)^2 with w = (1 + a)^2: ratio 8 (1 + a)^2 for equal layers, least at a = -tau.
    net = LinearResNet([[3.0]])
    A = np.array([[[0.2]], [[-0.1]]])
    ratio, _ = resnet_search.least_ratio(net, A, 0.5)
    assert ratio == pytest.approx(8 * 0.5**2, rel=1e-3)
    inside = resnet_search.into_ball(np.random.default_rng(0).standard_normal((4, 3, 3)), 0.7)
    assert np.linalg.norm(inside, 2, axis=(1, 2)).max() <= 0.7 + 1e-12


@pytest.mark.parametrize("widths", [(2, 1, 2), (2, 2, 1), (1, 1, 1, 1), (1, 2, 1, 1)])
def test_a_linear_network_as_a_glass(widths):
    rng = np.random.default_rng(1)
    problem = LinearProblem(rng.standard_normal((4, widths[0])), rng.standard_normal((4, widths[-1])), widths)
    glass = linear_glass(problem)
    for w in rng.standard_normal((3, problem.size)):
        assert glass.energy(w) == pytest.approx(problem.loss(w) - np.sum(problem.Y**2) / 2, abs=1e-12)
        assert np.allclose(glass.gradient(w), problem.gradient(w), atol=1e-12)
        assert np.allclose(glass.hessian(w), problem.hessian(w), atol=1e-11)


def test_points_of_fixed_norm_are_those_of_a_ridge():
    problem = LinearProblem(np.eye(2), np.diag([1.5, 0.5]), (2, 1, 2))
    every = enumerate_critical_points(linear_glass(problem))
    assert not every.complete  # the forms are not generic, and it says so
    for w in every.x:
        gradient = problem.gradient(w)
        ridge = -(w @ gradient) / (w @ w)
        assert np.abs(gradient + ridge * w).max() < 1e-10  # Newton's method ends at rounding
    with pytest.raises(ValueError, match="one layer alone"):
        linear_glass(LinearProblem(np.eye(2), np.eye(2), (2, 2)))
