"""Networks of any shape: training code and the dense network agree, and symmetries of the parameters hold."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spinglass.networks.curvature import curvature
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.training.training_loss import TrainingLoss

ACTIVATIONS = st.sampled_from(["relu", "leaky_relu", "tanh", "sigmoid", "softplus", "linear"])
HIDDEN = st.lists(st.integers(1, 140), max_size=3)  # panels are 64 wide


@st.composite
def problems(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, inputs, classes = draw(st.integers(2, 280)), draw(st.integers(1, 140)), draw(st.integers(2, 80))
    y = np.concatenate([np.arange(min(rows, classes)), rng.integers(classes, size=max(0, rows - classes))])
    return rng, rng.normal(size=(rows, inputs)), y, draw(HIDDEN), draw(ACTIVATIONS), draw(st.booleans())


@settings(max_examples=40)
@given(problem=problems())
def test_training_code_and_the_dense_network_agree(problem):
    rng, X, y, hidden, activation, biased = problem
    loss = TrainingLoss(X, y, hidden=hidden, activation=activation, biases=biased)
    widths = [X.shape[1], *hidden, len(np.unique(y))]
    shapes = list(pairwise(widths))
    weights = tuple(rng.normal(size=shape) / np.sqrt(shape[0]) for shape in shapes)
    biases = tuple(rng.normal(size=above) for _, above in shapes) if biased else None
    network = LayeredNetwork(weights, biases, activation)
    assert loss.n == network.size
    energies, gradients = loss.energy_and_gradient(network.parameters[None])
    dense = curvature(network, X, y, "cross_entropy")
    # Sums of at most 280 x 140 terms whose sizes are of order 1, in another order.
    np.testing.assert_allclose(energies[0], dense.loss, rtol=1e-11)
    np.testing.assert_allclose(gradients[0], dense.gradient, atol=1e-11)


@settings(max_examples=20)
@given(problem=problems(), seed=st.integers(0, 1000))
def test_rows_may_come_in_any_order_and_hidden_units_change_places(problem, seed):
    rng, X, y, _, activation, biased = problem
    width = 40
    loss = TrainingLoss(X, y, hidden=[width], activation=activation, biases=biased)
    x = rng.normal(size=loss.n) / 4
    order = np.random.default_rng(seed).permutation(len(X))
    shuffled = TrainingLoss(X[order], y[order], hidden=[width], activation=activation, biases=biased)
    energy, shuffled_energy = (one.energy_and_gradient(x[None])[0][0] for one in (loss, shuffled))
    np.testing.assert_allclose(energy, shuffled_energy, rtol=1e-11)
    first = (X.shape[1] + biased) * width
    units = np.random.default_rng(seed).permutation(width)
    lower, upper = x[:first].reshape(-1, width)[:, units], x[first:].reshape(width + biased, -1).copy()
    upper[:width] = upper[:width][units]
    exchanged = np.concatenate([lower.ravel(), upper.ravel()])
    np.testing.assert_allclose(loss.energy_and_gradient(exchanged[None])[0][0], energy, rtol=1e-11)
