"""Properties of networks' curvature, for whatever architectures and data Hypothesis finds."""

from itertools import pairwise

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spinglass.networks.activations import leaky_relu
from spinglass.networks.curvature import curvature
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.linear import LinearProblem, critical_point, directions
from spinglass.networks.resnet import LinearResNet, polar_layers
from theory.networks import linear, linear_resnets, linear_saddles

seeds = st.integers(0, 2**32)
BOTH = st.booleans()


@st.composite
def cases(draw, activations, least_layers=1, with_biases=BOTH):
    widths = draw(st.lists(st.integers(1, 5), min_size=least_layers + 1, max_size=5))
    rng = np.random.default_rng(draw(seeds))
    points, loss = draw(st.integers(1, 6)), draw(st.sampled_from(["squared", "cross_entropy", "hinge"]))
    weights = [rng.standard_normal((a, b)) for a, b in pairwise(widths)]
    biases = [rng.standard_normal(n) for n in widths[1:]] if draw(with_biases) else None
    x = rng.standard_normal((points, widths[0]))
    targets = rng.standard_normal((points, widths[-1])) if loss == "squared" else rng.integers(0, widths[-1], points)
    name = draw(st.sampled_from(activations))
    return curvature(LayeredNetwork(weights, biases, name, draw(st.sampled_from(["linear", name]))), x, targets, loss)


PIECEWISE_LINEAR = ["relu", leaky_relu(0.2), leaky_relu(-1.0), "linear"]  # slope -1 below: the absolute value


@settings(max_examples=50)
@given(cases(PIECEWISE_LINEAR))
def test_blocks_of_piecewise_linear_networks_are_positive_semidefinite(found):
    for layer in range(1, found.network.H + 1):
        eigenvalues = found.spectrum(layer)
        # Rounding of a sum over at most 6 points through 4 layers of width 5, and of a matrix of size 30.
        assert eigenvalues[0] >= -1e-12 * (1 + eigenvalues[-1])
        assert not found.block(layer, "residual").any()
    assert found.trace() >= 0


@settings(max_examples=50)
@given(cases([*PIECEWISE_LINEAR, "tanh", "softplus", "sigmoid"]), seeds)
def test_products_are_symmetric_linear_and_agree_with_the_matrix(found, seed):
    v, w = np.random.default_rng(seed).standard_normal((2, found.network.size))
    hv, hw = found.hessian_vector(np.array([v, w]))
    matrix = found.hessian()
    scale = 1 + np.abs(matrix).max() * found.network.size
    assert abs(w @ hv - v @ hw) <= 1e-11 * scale
    assert np.abs(matrix @ v - hv).max() <= 1e-11 * scale
    gauss_newton = found.hessian("gauss_newton")
    assert np.linalg.eigvalsh(gauss_newton)[0] >= -1e-12 * scale


@settings(max_examples=50)
@given(cases(["relu", leaky_relu(0.2)], 2, st.just(False)), st.integers(0, 3), st.floats(0.25, 4))
def test_rescaling_neighbouring_layers_leaves_the_loss_and_carries_the_hessian_along(found, layer, factor):
    net = found.network
    layer %= net.H - 1
    weights = list(net.weights)
    weights[layer], weights[layer + 1] = weights[layer] * factor, weights[layer + 1] / factor
    other = curvature(
        LayeredNetwork(weights, None, net.activation, net.output), found.x, found.targets, found.loss_function
    )
    assert abs(other.loss - found.loss) <= 1e-12 * (1 + abs(found.loss))
    # Derivatives by a layer that is larger by the factor are smaller by it.
    scales = np.concatenate(
        [np.full(W.size, {layer: factor, layer + 1: 1 / factor}.get(k, 1.0)) for k, W in enumerate(net.weights)]
    )
    expected = found.hessian() / np.outer(scales, scales)
    assert np.abs(other.hessian() - expected).max() <= 1e-11 * (1 + np.abs(expected).max())


@given(st.integers(1, 4), st.integers(1, 6), st.floats(0.0, 0.95), seeds)
def test_gradient_inequality_of_linear_resnets(n, layers, tau, seed):
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((n, n))
    net = LinearResNet(rng.standard_normal((n, n)), root.T @ root + 0.01 * np.eye(n))
    A = rng.standard_normal((layers, n, n))
    A *= tau / np.linalg.norm(A, 2, axis=(1, 2), keepdims=True)
    least = linear_resnets.gradient_constant(layers, tau, float(np.linalg.eigvalsh(net.covariance)[0]))
    excess = net.excess_risk(A)
    # Rounding of the smallest eigenvalue, 1e-16 of the largest, which is at most some thousand times it.
    assert np.sum(net.gradient(A) ** 2) >= least * excess * (1 - 1e-9)


@given(st.integers(1, 4), st.integers(1, 60), seeds)
def test_small_layers_reach_their_target_within_bounds(n, layers, seed):
    R = np.random.default_rng(seed).standard_normal((n, n))
    assume(np.linalg.cond(R) < 1e6)
    if np.linalg.det(R) < 0:
        R[0] *= -1
    A = polar_layers(R, layers)
    product = np.eye(n)
    for layer in A:
        product = product + product @ layer
    gamma = float(np.abs(np.log(np.linalg.svd(R, compute_uv=False))).max())
    norm = np.linalg.norm(A, 2, axis=(1, 2)).max()
    assert np.abs(product - R).max() <= 1e-12 * (layers + 10) * np.linalg.cond(R) * np.abs(R).max()
    assert linear_resnets.norm_floor(layers, gamma) * (1 - 1e-9) <= norm
    assert norm <= linear_resnets.norm_bound(layers, gamma) * (1 + 1e-9)


@settings(max_examples=60)
@given(st.data())
def test_critical_points_of_linear_networks(data):
    widths = data.draw(st.lists(st.integers(1, 4), min_size=3, max_size=5))
    rng = np.random.default_rng(data.draw(seeds))
    problem = LinearProblem(rng.standard_normal((9, widths[0])), rng.standard_normal((9, widths[-1])), tuple(widths))
    s = directions(problem).s
    k = data.draw(st.integers(0, min(problem.bottleneck, len(s))))
    chosen = data.draw(st.lists(st.integers(0, len(s) - 1), min_size=k, max_size=k, unique=True))
    weights = np.concatenate([W.ravel() for W in critical_point(problem, chosen)])
    loss, gradient = problem.loss_and_gradient(weights)
    assert np.abs(gradient).max() <= 1e-11 * s[0] ** 2
    assert abs(loss - linear.critical_loss(problem.X, problem.Y, chosen)) <= 1e-12 * np.sum(problem.Y**2)
    eigenvalues = np.linalg.eigvalsh(problem.hessian(weights))
    assume(np.min(np.abs(np.subtract.outer(s, s)) + np.eye(len(s))) > 1e-3)  # equal values make zero eigenvalues
    index = linear_saddles.saddle_index(s, widths, chosen)
    assert np.sum(eigenvalues < -1e-9 * eigenvalues[-1]) == index
