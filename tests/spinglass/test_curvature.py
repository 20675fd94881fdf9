"""Derivatives of layered networks against complex steps, finite differences and each other."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import special

from spinglass.networks import train
from spinglass.networks.activations import ACTIVATIONS, activation_named, leaky_relu
from spinglass.networks.curvature import PARTS, curvature
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.losses import LOSSES
from spinglass.networks.training.training_loss import TrainingLoss

WIDTHS = (3, 4, 5, 2)
# In complex arithmetic, written out: value and slope.
SMOOTH = {
    "linear": (lambda h: h, np.ones_like),
    "tanh": (np.tanh, lambda h: 1 - np.tanh(h) ** 2),
    "softplus": (lambda h: np.log(1 + np.exp(h)), lambda h: 1 / (1 + np.exp(-h))),
    "sigmoid": (lambda h: 1 / (1 + np.exp(-h)), lambda h: np.exp(-h) / (1 + np.exp(-h)) ** 2),
}


def example(name, biases=True, output="linear", loss="squared", seed=0, points=7):
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal((a, b)) / np.sqrt(a) for a, b in pairwise(WIDTHS)]
    rows = [0.3 * rng.standard_normal(n) for n in WIDTHS[1:]] if biases else None
    x = rng.standard_normal((points, WIDTHS[0]))
    targets = rng.integers(0, 2, points)
    if loss in ("squared", "absolute"):
        targets = rng.standard_normal((points, WIDTHS[-1]))
    return LayeredNetwork(weights, rows, name, output), x, targets


def complex_gradient(net, theta, x, targets, names, loss):
    """Backpropagation for complex parameters with biases, independent of the package."""
    parts, layers, place = [], [], 0
    for a, b in pairwise(WIDTHS):
        layers.append(theta[place : place + (a + 1) * b].reshape(a + 1, b))
        place += (a + 1) * b
    ones = np.ones((len(x), 1))
    inputs, slopes = [x.astype(complex)], []
    for layer, name in zip(layers, names, strict=True):
        h = np.hstack([inputs[-1], ones]) @ layer
        inputs.append(SMOOTH[name][0](h))
        slopes.append(SMOOTH[name][1](h))
    y = inputs[-1]
    if loss == "squared":
        delta = y - targets
        value = 0.5 * np.sum((y - targets) ** 2)
    elif loss == "absolute":
        delta = np.where((y - targets).real > 0, 1, -1)
        value = np.sum(delta * (y - targets))
    elif loss == "hinge":
        signs = np.where(np.eye(y.shape[1])[targets] == 1, 1.0, -1.0)
        short = (1 - signs * y).real > 0
        delta = -signs * short
        value = np.sum((1 - signs * y)[short])
    else:
        weights = np.exp(y)
        delta = weights / weights.sum(axis=1, keepdims=True) - np.eye(y.shape[1])[targets]
        value = np.sum(np.log(weights.sum(axis=1)) - y[np.arange(len(y)), targets])
    for layer, slope, a in zip(layers[::-1], slopes[::-1], inputs[-2::-1], strict=True):
        delta = delta * slope
        parts.append((np.hstack([a, ones]).T @ delta).ravel())
        delta = delta @ layer[:-1].T
    return value / len(x), np.concatenate(parts[::-1]) / len(x)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", ["linear", "same"])
@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_derivatives_by_complex_steps(name, output, loss):
    net, x, targets = example(name, output="linear" if output == "linear" else name, loss=loss)
    found = curvature(net, x, targets, loss)
    names = [name, name, "linear" if output == "linear" else name]
    gradient, hessian = np.empty(net.size), np.empty((net.size, net.size))
    for k in range(net.size):
        theta = net.parameters.astype(complex)
        theta[k] += 1e-30j
        value, row = complex_gradient(net, theta, x, targets, names, loss)
        gradient[k], hessian[k] = value.imag / 1e-30, row.imag / 1e-30
    # A complex step of 1e-30 has no truncation error; what is left is rounding of sums of some hundred terms.
    assert np.abs(found.gradient - gradient).max() < 1e-13 * max(1, np.abs(gradient).max())
    assert np.abs(found.hessian() - hessian).max() < 1e-13 * max(1, np.abs(hessian).max())


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivatives_by_central_differences(name, loss, biases):
    net, x, targets = example(name, biases, loss=loss, seed=3)
    found = curvature(net, x, targets, loss)
    step = 1e-6
    assert found.kink_distance > 100 * step  # no kink lies within reach of a step
    around = [
        [curvature(net.with_parameters(net.parameters + s * e), x, targets, loss) for s in (step, -step)]
        for e in np.eye(net.size)
    ]
    gradient = np.array([(up.loss - down.loss) / (2 * step) for up, down in around])
    hessian = np.array([(up.gradient - down.gradient) / (2 * step) for up, down in around])
    # Rounding 1e-16/1e-6 and truncation 1e-12, both times derivatives of some tens.
    assert np.abs(found.gradient - gradient).max() < 1e-8
    assert np.abs(found.hessian() - hessian).max() < 1e-8


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_blocks_products_trace_and_full_matrix_agree(name, loss, part):
    net, x, targets = example(name, loss=loss, output=name, seed=2, points=300)  # more than one chunk
    found = curvature(net, x, targets, loss)
    full = found.hessian(part)
    ends = np.cumsum((0, *net.layer_sizes))
    tolerance = 1e-13 * max(1, np.abs(full).max())  # sums of 300 terms
    for layer in (1, 2, 3):
        place = slice(ends[layer - 1], ends[layer])
        assert np.abs(found.block(layer, part) - full[place, place]).max() < tolerance
        # The definition, point by point.
        h = found.preactivation_hessians(part)[layer - 1]
        inputs = np.hstack([net.pass_forward(x)[1][layer - 1], np.ones((300, 1))])
        mean = sum(np.kron(np.outer(a, a), m) for a, m in zip(inputs, h, strict=True)) / 300
        assert np.abs(mean - full[place, place]).max() < tolerance
    assert np.abs(found.hessian_vector(np.eye(net.size), part) - full).max() < tolerance
    assert abs(found.trace(part) - np.trace(full)) < net.size * tolerance
    assert np.array_equal(full, full.T)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_hinge_loss_is_that_of_training(activation, classes):
    rng = np.random.default_rng(5)
    x, labels = rng.standard_normal((30, 4)), np.arange(30) % classes  # two classes have one output
    trained = train(
        x, labels, hidden=(5, 4), loss="hinge", activation=activation, epochs=10, batch=5, measure_every=10, seed=0
    )
    found = curvature(trained.network(0), x, labels, "hinge")
    # Sums of 30 rows in another order.
    assert found.loss == pytest.approx(trained.train_loss[0], rel=1e-13)
    of_training = TrainingLoss(x, labels, hidden=(5, 4), loss="hinge", activation=activation)
    energy, gradient = of_training.energy_and_gradient(trained.network(0).parameters[None])
    assert energy[0] == pytest.approx(found.loss, rel=1e-13)
    assert np.abs(found.gradient - gradient[0]).max() < 1e-13 * np.abs(gradient).max()
    assert not found.hessian("gauss_newton").any()
    assert found.hessian().any()


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_taylor_slopes_of_the_hinge_loss_are_two_and_three(activation):
    net, x, targets = example(activation, loss="hinge", seed=3)
    found = curvature(net, x, targets, "hinge")
    v = np.random.default_rng(0).standard_normal(net.size)
    v /= np.linalg.norm(v)
    steps = found.kink_distance / 5 * 0.5 ** np.arange(4)
    first = np.array([curvature(net.with_parameters(net.parameters + s * v), x, targets, "hinge").loss for s in steps])
    first -= found.loss + steps * (found.gradient @ v)
    second = first - steps**2 / 2 * (v @ found.hessian_vector(v))
    for errors, order in ((first, 2), (second, 3)):
        slopes = np.diff(np.log(np.abs(errors))) / np.diff(np.log(steps))
        # What is left of a slope is of the order of the step, below 0.02, and rounding of 1e-16 beside a third power.
        assert np.abs(slopes - order).max() < 0.1


def test_kinks_of_the_hinge_loss():
    net = LayeredNetwork([[[2.0]]], activation="linear")
    at_kink = curvature(net, [[0.5]], [1], "hinge")  # t y = 1
    assert (at_kink.loss, at_kink.gradient.tolist(), at_kink.kink_distance) == (0.0, [0.0], 0.0)
    short = curvature(net, [[0.25]], [1], "hinge")
    assert (short.loss, short.gradient.tolist(), short.kink_distance) == (0.5, [-0.25], 0.5)
    wrong = curvature(net, [[0.25]], [0], "hinge")
    assert (wrong.loss, wrong.gradient.tolist(), wrong.kink_distance) == (1.5, [0.25], 1.5)


def test_parts_add_up_and_the_gauss_newton_part_is_that_of_the_jacobian():
    net, x, targets = example("tanh", loss="cross_entropy")
    found = curvature(net, x, targets, "cross_entropy")
    whole, smooth, rest = (found.hessian(part) for part in PARTS)
    assert np.allclose(whole, smooth + rest, rtol=0, atol=1e-15)
    step = 1e-6
    jacobian = np.array(
        [
            (net.with_parameters(net.parameters + step * e).forward(x)
             - net.with_parameters(net.parameters - step * e).forward(x)) / (2 * step)
            for e in np.eye(net.size)
        ]
    )  # fmt: skip
    p = special.softmax(net.forward(x), axis=1)
    middle = np.einsum("mi,ij->mij", p, np.eye(2)) - np.einsum("mi,mj->mij", p, p)
    expected = np.einsum("ami,mij,bmj->ab", jacobian, middle, jacobian) / len(x)
    assert np.abs(smooth - expected).max() < 1e-9  # differences of step 1e-6


def test_one_unit_by_hand():
    # E = (w2 relu(w1 x) - y)^2/2 at x = 1, w1 = 2, w2 = 3, y = 5, and where the unit is dead.
    net = LayeredNetwork([[[2.0]], [[3.0]]])
    found = curvature(net, [[1.0]], [5.0])
    assert found.loss == 0.5
    assert found.gradient.tolist() == [3.0, 2.0]
    assert found.hessian().tolist() == [[9.0, 2 * 3 + 1.0], [7.0, 4.0]]
    assert found.hessian("gauss_newton").tolist() == [[9.0, 6.0], [6.0, 4.0]]
    assert found.block(1, "residual").tolist() == [[0.0]]
    assert found.spectrum(2).tolist() == [4.0]
    assert (found.rank(1), found.rank()) == (1, 2)
    assert found.kink_distance == 2.0
    dead = curvature(net, [[-1.0]], [5.0])
    assert not dead.hessian().any()
    assert not dead.gradient.any()
    assert dead.rank() == 0
    assert dead.kink_distance == 1.0 * 2.0
    # A layer above dead units rests at zero, which is no kink: nothing there moves.
    above = LayeredNetwork([[[2.0]], [[3.0]], [[1.0]]])
    assert curvature(above, [[-1.0]], [5.0]).kink_distance == 2.0


def test_a_linear_network_without_biases_is_symmetric_in_its_layers():
    net = LayeredNetwork([[[0.7]], [[0.7]], [[0.7]]], activation="linear")
    hessian = curvature(net, [[1.0]], [[2.0]]).hessian()
    permuted = hessian[[2, 0, 1]][:, [2, 0, 1]]
    assert np.allclose(hessian, permuted, rtol=1e-15)


def test_extreme_outputs_stay_finite_and_silent():
    net = LayeredNetwork([[[1e3, -1e3]]])
    found = curvature(net, [[1.0]], [1], "cross_entropy")
    assert found.loss == 2000.0
    assert not found.hessian().any()  # e^-2000 is 0
    with pytest.raises(ValueError, match="the loss is not finite"):
        curvature(LayeredNetwork([[[1e200]], [[1e200]]]), [[1.0]], [1.0])
    with pytest.raises(ValueError, match="the outputs are not finite"):
        LayeredNetwork([[[1e200]], [[1e200]]]).forward([[1.0]])
    huge = curvature(LayeredNetwork([[[1e-170]], [[1e170]]], None, "linear"), [[1.0]], [1.0])
    assert huge.loss == 0
    assert huge.hessian()[0, 0] == np.inf  # of the square of 1e170


def test_parameters_round_trip():
    net, _, _ = example("relu")
    again = net.with_parameters(net.parameters)
    assert all(np.array_equal(a, b) for a, b in zip(net.weights, again.weights, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(net.biases, again.biases, strict=True))
    assert net.widths == WIDTHS
    assert net.size == 4 * 4 + 5 * 5 + 6 * 2


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_by_differences(name):
    f = activation_named(name)
    h = np.array([-30.0, -2.0, -0.3, 0.4, 3.0, 30.0])
    step = 1e-5
    assert np.allclose(f.slope(h), (f.value(h + step) - f.value(h - step)) / (2 * step), atol=1e-9)
    assert np.allclose(f.curvature(h), (f.slope(h + step) - f.slope(h - step)) / (2 * step), atol=1e-9)
    assert f.piecewise_linear == (name in {"relu", "leaky_relu", "linear"})
    assert f.kinked == (name in {"relu", "leaky_relu"})
    assert np.isfinite(f.value(np.array([-1e4, 1e4]))).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": []}, "at least one matrix"),
        ({"weights": [np.ones((2, 3)), np.ones((2, 1))]}, "W_1 of shape .* has 3 outputs but W_2"),
        ({"weights": [np.ones((2, 0)), np.ones((0, 1))]}, "width zero"),
        ({"weights": [np.full((2, 1), np.nan)]}, "W_1 must be finite"),
        ({"weights": [np.ones(2)]}, "W_1 must be a matrix"),
        ({"biases": [np.ones(2), np.ones(1)]}, r"of shapes \[\(3,\), \(1,\)\]"),
        ({"biases": [np.full(3, np.inf), np.ones(1)]}, "biases must be finite"),
        ({"activation": "gelu"}, "unknown activation 'gelu'; choose one of relu"),
        ({"x": np.ones((4, 3))}, r"shape \(M, 2\)"),
        ({"x": np.ones((0, 2))}, "M >= 1"),
        ({"x": np.full((4, 2), np.inf)}, "inputs must be finite; 8 are not"),
        ({"targets": np.ones((3, 1))}, r"shape \(4, 1\)"),
        ({"targets": np.full((4, 1), np.nan)}, "targets must be finite"),
        ({"weights": [np.ones((2, 3))], "targets": [0, 2, 1, 0]}, "for labels try the loss 'cross_entropy'"),
        ({"loss": "logistic"}, "unknown loss 'logistic'; choose one of squared, cross_entropy, hinge"),
        ({"loss": "hinge"}, "targets of the hinge loss must be whole-number labels"),
        ({"loss": "hinge", "targets": [0, 2, 1, 0]}, r"labels of the hinge loss must lie in 0..1"),
        ({"loss": "cross_entropy", "targets": [0, 0, 1, 0]}, r"labels of the cross_entropy loss must lie in 0..0"),
        ({"loss": "cross_entropy", "targets": [0.0, 0.0, 0.0, 0.0]}, "whole-number labels"),
    ],
)
def test_bad_input(change, message):
    given = {
        "weights": [np.ones((2, 3)), np.ones((3, 1))],
        "biases": None,
        "activation": "relu",
        "x": np.ones((4, 2)),
        "targets": np.ones((4, 1)),
        "loss": "squared",
    } | change
    with pytest.raises(ValueError, match=message):
        curvature(
            LayeredNetwork(given["weights"], given["biases"], given["activation"]),
            given["x"],
            given["targets"],
            given["loss"],
        )


def test_bad_questions():
    net, x, targets = example("relu")
    found = curvature(net, x, targets)
    with pytest.raises(ValueError, match=r"layer must be one of 1..3, not 4"):
        found.block(4)
    with pytest.raises(ValueError, match="part must be one of hessian"):
        found.hessian("all")
    with pytest.raises(ValueError, match="as many numbers as there are parameters"):
        found.hessian_vector(np.ones(3))
    with pytest.raises(ValueError, match="tol must be positive"):
        found.rank(1, tol=0.0)
    with pytest.raises(ValueError, match="leak must be a finite number"):
        leaky_relu(np.nan)
    with pytest.raises(TypeError, match="LayeredNetwork"):
        curvature(list(net.weights), x, targets)


def test_a_matrix_that_does_not_fit_is_refused():
    wide = LayeredNetwork([np.zeros((4000, 1000)), np.zeros((1000, 1))])
    with pytest.raises(ValueError, match="the full Hessian of 4001000 parameters needs .* GiB"):
        curvature(wide, np.zeros((1, 4000)), [0.0]).hessian()


@pytest.mark.parametrize("bad", [np.nan, np.inf, "a"])
def test_products_with_vectors_that_are_not_finite_are_refused(bad):
    found = curvature(LayeredNetwork([np.ones((1, 2)), np.ones((2, 1))], activation="tanh"), [[1.0]], [[5.0]])
    with pytest.raises(ValueError, match="v must hold finite real numbers"):
        found.hessian_vector([bad] * 4)
