"""Training beside other ways to the same numbers: the dense network's derivatives, optimisers written out in NumPy."""

import numpy as np
import pytest

from spinglass import check_derivatives
from spinglass.networks import train
from spinglass.networks.activations import ACTIVATIONS
from spinglass.networks.curvature import curvature
from spinglass.networks.losses import LOSSES
from spinglass.networks.training.optimisers import SGD, Adam, Momentum, RMSProp, as_optimiser
from spinglass.networks.training.trained_networks import TrainingStatus
from spinglass.networks.training.training_loss import TrainingLoss

RNG = np.random.default_rng(5)
# 70 and 67 columns cross a panel of 64 columns, 135 rows a block of 128.
X, Y = RNG.normal(size=(135, 70)), RNG.integers(3, size=135)
SLOW = SGD(rate=0.01)
WIDE = {"hidden": [67, 4], "measure_every": 100}


def parameters(found, k=0):
    return found.network(k).parameters


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_have_the_right_taylor_slope(activation, loss):
    y = Y if loss in ("cross_entropy", "hinge") else RNG.normal(size=(135, 2))
    landscape = TrainingLoss(X, y, hidden=[67, 4], activation=activation, loss=loss)
    # At random weights of size 0.3 no preactivation of these 70 rows lies within the fitted steps of a kink.
    x = np.random.default_rng(1).normal(size=landscape.n) * 0.3
    check = check_derivatives(landscape, x, where="space", directions=3, seed=2)
    kinked = activation in ("relu", "leaky_relu") or loss in ("hinge", "absolute")
    if not kinked:
        assert check.passed, check
    # Central differences in every coordinate of a few, 1e-6 wide: off by 1e-9 or so where no kink is crossed.
    gradient = landscape.energy_and_gradient(x[None])[1]
    for i in np.random.default_rng(3).integers(landscape.n, size=40):
        step = 1e-6 * np.eye(1, landscape.n, i)
        difference = np.subtract(*landscape.energy_and_gradient(np.vstack([x + step, x - step]))[0]) / 2e-6
        assert gradient[0, i] == pytest.approx(difference, abs=2e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("biases", [True, False])
def test_losses_and_gradients_are_those_of_the_dense_network(activation, biases):
    for loss, y in (("cross_entropy", Y), ("squared", RNG.normal(size=(135, 3)))):
        found = train(X, y, epochs=3, loss=loss, activation=activation, biases=biases, seed=2, optimiser=SLOW, **WIDE)
        dense = curvature(found.network(0), X, y, loss)
        landscape = TrainingLoss(X, y, hidden=[67, 4], activation=activation, loss=loss, biases=biases)
        energy, gradient = landscape.energy_and_gradient(parameters(found)[None])
        # Sums of fewer than 3000 terms of size 1, in another order.
        assert found.train_loss[0] == pytest.approx(dense.loss, rel=1e-12)
        assert energy[0] == pytest.approx(dense.loss, rel=1e-12)
        np.testing.assert_allclose(gradient[0], dense.gradient, atol=1e-12)
        np.testing.assert_allclose(found.outputs(X)[0], found.network(0).forward(X), atol=1e-12)


def reference_steps(optimiser, loss, start, X, y, orders, batch, weight_decay):
    """Training in plain NumPy, with gradients of the dense network."""
    network, step = start, 0
    decays = np.concatenate([np.vstack([np.ones_like(W), np.zeros(W.shape[1])]).ravel() for W in start.weights])
    m, s = np.zeros(start.size), np.zeros(start.size)
    for epoch, order in enumerate(orders):
        rate = optimiser.rate / (1 + optimiser.decay * epoch)
        for rows in np.split(order, range(batch, len(order), batch)):
            step += 1
            w = network.parameters
            g = curvature(network, X[rows], y[rows], loss).gradient + weight_decay * decays * w
            if isinstance(optimiser, SGD):
                w = w - rate * g
            elif isinstance(optimiser, Momentum):
                m = optimiser.momentum * m - rate * g
                w = w + m
            elif isinstance(optimiser, RMSProp):
                s = optimiser.memory * s + (1 - optimiser.memory) * g**2
                w = w - rate * g / (np.sqrt(s) + optimiser.epsilon)
            else:
                m = optimiser.memory * m + (1 - optimiser.memory) * g
                s = optimiser.memory_of_squares * s + (1 - optimiser.memory_of_squares) * g**2
                corrected = s / (1 - optimiser.memory_of_squares**step)
                w = w - rate * (m / (1 - optimiser.memory**step)) / (np.sqrt(corrected) + optimiser.epsilon)
            network = network.with_parameters(w)
    return network.parameters


@pytest.mark.parametrize("weight_decay", [0.0, 0.03])
@pytest.mark.parametrize("batch", [1, 12, None])
@pytest.mark.parametrize(
    "optimiser",
    [SGD(rate=0.1, decay=0.5), Momentum(), RMSProp(), Adam(memory_of_squares=0.9)],
    ids=lambda o: type(o).__name__,
)
def test_steps_are_those_written_out_in_numpy(optimiser, batch, weight_decay):
    options = {"activation": "tanh", "optimiser": optimiser, "batch": batch, "weight_decay": weight_decay, "seed": 4}
    start = train(X, Y, epochs=0, **WIDE, **options).network(0)
    found = train(X, Y, epochs=2, **WIDE, **options)
    rng = np.random.default_rng(np.random.SeedSequence(4, spawn_key=(0, 1)))
    orders = [rng.permutation(len(X)) for _ in range(2)]
    expected = reference_steps(optimiser, "cross_entropy", start, X, Y, orders, batch or len(X), weight_decay)
    # Rounding, amplified over 270 steps at most; where g is nearly 0 the quotients of RMSProp and Adam amplify it.
    np.testing.assert_allclose(parameters(found), expected, atol=1e-9)


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "rmsprop", "adam"])
def test_steps_reach_the_last_parameter_of_layers_that_fill_their_panels(optimiser):
    # 64 outputs: no panel is padded, and the last number in memory is the bias of the last output.
    y = np.arange(len(X)) % 64
    options = {
        "hidden": [64],
        "activation": "tanh",
        "optimiser": optimiser,
        "batch": 20,
        "weight_decay": 0.03,
        "seed": 6,
    }
    start = train(X, y, epochs=0, **options).network(0)
    found = train(X, y, epochs=2, **options)
    rng = np.random.default_rng(np.random.SeedSequence(6, spawn_key=(0, 1)))
    orders = [rng.permutation(len(X)) for _ in range(2)]
    expected = reference_steps(as_optimiser(optimiser), "cross_entropy", start, X, y, orders, 20, 0.03)
    # Rounding, amplified over 8 steps; where g is nearly 0 the quotients of RMSProp and Adam amplify it.
    np.testing.assert_allclose(parameters(found), expected, atol=1e-9)
    assert (found.biases[-1][0] != 0).all()


def test_two_classes_under_the_hinge_loss_share_one_output():
    X, y = np.array([[0.0], [1.0], [2.0]]), np.array(["no", "yes", "yes"])
    found = train(X, y, hidden=(), loss="hinge", epochs=1, seed=3)
    outputs = found.outputs(X)[0, :, 0]
    signs = np.array([-1, 1, 1])
    assert found.train_loss[0] == pytest.approx(np.maximum(0, 1 - signs * outputs).mean())
    assert found.train_error[0] == pytest.approx((signs * outputs <= 0).mean())  # no output is zero
    assert found.predict(X)[0].tolist() == np.where(outputs > 0, "yes", "no").tolist()


def test_errors_are_those_of_the_predicted_labels_where_outputs_are_zero():
    # Without biases, the outputs of a network are zero at all rows at which its only hidden unit is inactive.
    X, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 3
    for labels, loss in ((y > 0, "hinge"), (y, "hinge"), (y, "cross_entropy")):
        found = train(X, labels.astype(int), hidden=1, networks=3, loss=loss, biases=False, epochs=1, seed=0)
        assert (found.outputs(X) == 0).all(axis=2).mean() > 0.2
        wrong = (found.predict(X) != labels).mean(axis=1)
        np.testing.assert_allclose(found.train_error, wrong, rtol=1e-14)
        np.testing.assert_allclose(found.evaluate(X, labels.astype(int))[1], wrong, rtol=1e-14)


def test_hinge_of_several_classes_sums_over_them():
    found = train(X, Y, loss="hinge", epochs=2, seed=1, **WIDE)
    signs = np.where(Y[:, None] == np.arange(3), 1, -1)
    outputs = found.outputs(X)[0]
    assert found.train_loss[0] == pytest.approx(np.maximum(0, 1 - signs * outputs).sum(axis=1).mean())
    assert found.train_error[0] == (outputs.argmax(axis=1) != Y).mean()


@pytest.mark.bits
def test_bits_do_not_depend_on_threads_or_on_networks_trained_beside(monkeypatch):
    options = {**WIDE, "epochs": 4, "test": (X[:9], Y[:9]), "optimiser": "adam", "seed": 9}
    many = train(X, Y, networks=5, **options)
    monkeypatch.setenv("SPINGLASS_THREADS", "1")
    few = train(X, Y, networks=2, **options)
    for a, b in zip(many.weights + many.biases, few.weights + few.biases, strict=True):
        assert np.array_equal(a[:2], b)
    assert np.array_equal(many.test_loss[:2], few.test_loss)
    assert len({loss.tobytes() for loss in many.train_loss}) == 5


def test_start_is_uniform_and_by_fan_in():
    for initial, widest in (("uniform", [1.0, 1.0]), ("fan-in", [np.sqrt(6 / 70), np.sqrt(6 / 500)])):
        found = train(X, Y, hidden=500, epochs=0, initial=initial, seed=0)
        for layer, most in zip(found.weights, widest, strict=True):
            # The largest of 1500 uniform numbers or more is below 0.99 of the bound with probability 3e-7.
            assert 0.99 * most < np.abs(layer).max() <= most
        assert not any(bias.any() for bias in found.biases)


def test_early_stopping_keeps_the_best_epoch_of_the_validation_data():
    noise = np.random.default_rng(0).integers(3, size=len(X))
    options = {"hidden": 30, "epochs": 60, "batch": 5, "networks": 4, "validation": (X, noise), "seed": 1}
    whole, stopped = train(X, Y, **options), train(X, Y, patience=4, **options)
    assert (stopped.status == TrainingStatus.STOPPED_EARLY).all()
    for k, epoch in enumerate(stopped.chosen_epoch):
        seen = stopped.validation.loss[k]
        assert epoch == np.nanargmin(seen)
        assert np.isfinite(seen).sum() == epoch + 4 + 1
        assert seen[epoch] == pytest.approx(stopped.evaluate(X, noise)[0][k], rel=1e-12)
        assert np.array_equal(seen[: epoch + 5], whole.validation.loss[k, : epoch + 5])


def test_early_stopping_keeps_the_start_if_no_validation_loss_is_finite():
    far = (np.full((1, 70), 1e200), np.zeros(1))  # the square of its residual overflows
    options = {"hidden": 3, "loss": "squared", "validation": far, "patience": 2, "optimiser": SLOW, "seed": 1}
    values = X[:, 0]
    found, start = train(X, values, epochs=5, **options), train(X, values, epochs=0, **options)
    assert (found.chosen_epoch[0], found.status[0]) == (0, "stopped early")
    assert np.array_equal(parameters(found), parameters(start))


def test_weight_decay_shrinks_weights():
    sizes = [np.square(train(X, Y, weight_decay=c, epochs=20, **WIDE).weights[0]).sum() for c in (0.0, 0.01, 1.0)]
    assert sizes[0] > sizes[1] > 100 * sizes[2]


def test_augmentation_replaces_the_inputs_at_every_epoch():
    seen = []

    def mirrored(inputs, rng):
        seen.append(rng.random())
        return -inputs

    augmented = train(X, Y, epochs=3, networks=2, augment=mirrored, seed=3, **WIDE)
    assert len(set(seen)) == 6
    plain = train(-X, Y, epochs=3, networks=2, seed=3, **WIDE)
    assert np.array_equal(augmented.weights[0], plain.weights[0])
    with pytest.raises(ValueError, match="augment must return inputs of shape"):
        train(X, Y, epochs=1, augment=lambda inputs, rng: inputs[:, :2], **WIDE)


def test_diverged_networks_are_counted_and_the_others_go_on():
    X = np.array([[1.0], [2.0]])
    found = train(X, np.array([1.0, 2.0]), hidden=3, loss="squared", activation="linear", networks=3, epochs=50,
                  optimiser=SGD(rate=10.0), seed=0)  # fmt: skip
    assert found.diverged.all()
    assert np.isnan(found.train.loss[:, -1]).all()
    assert "3 diverged" in repr(found)


def test_squared_loss_of_values_reaches_least_squares():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(50, 3))
    y = X @ [1.0, -2.0, 0.5] + 3 + rng.normal(size=50)
    found = train(X, y, hidden=(), loss="squared", batch=None, epochs=2000, optimiser=SGD(rate=0.3), measure_every=500)
    best = np.linalg.lstsq(np.column_stack([X, np.ones(50)]), y, rcond=None)[0]
    # Contraction by more than 0.9 a step: nothing but rounding is left after 2000.
    np.testing.assert_allclose(np.append(found.weights[0][0, :, 0], found.biases[0][0]), best, rtol=1e-10)
    assert np.isnan(found.train_error).all()


def test_tables():
    found = train(X, Y, epochs=4, hidden=3, networks=2, test=(X, Y), measure_every=3)
    assert found.epochs.tolist() == [0, 3, 4]
    assert found.to_frame().columns.tolist()[:4] == ["train_loss", "train_error", "test_loss", "test_error"]
    history = found.history()
    assert len(history) == 2 * 3 * 2
    last = history.query("epoch == 4 and data == 'test'")
    assert last["loss"].tolist() == found.test_loss.tolist() == found.train_loss.tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"activation": "swish"}, "activation must be one of relu"),
        ({"loss": "logistic"}, "unknown loss .logistic.; choose one of squared"),
        ({"optimiser": "sdg"}, "optimiser must be one of sgd"),
        ({"hidden": [3, 0]}, "hidden must be a whole number of at least 1"),
        ({"networks": 0}, "networks must be"),
        ({"batch": 0}, "batch must be"),
        ({"weight_decay": -1.0}, "weight_decay must not be negative"),
        ({"patience": 3}, "the test data must not decide"),
        ({"initial": "zeros"}, "initial must be one of"),
        ({"networks": 10**12}, "needs .* GiB"),
        ({"X": X[:, 0]}, "X must be numbers of shape"),
        ({"X": np.full((135, 2), np.nan)}, "X must be finite"),
        ({"y": Y[:3]}, "y must have one row for each of the 135"),
        ({"y": Y * 0}, "at least two classes"),
        ({"y": Y * 1.0}, "needs labels"),
        ({"test": (X, Y + 5)}, "labels \\[.*\\] are not among those"),
        ({"test": (X[:, :4], Y)}, "X must have 70 columns"),
        ({"test": X}, r"test must be a pair \(X, y\)"),
        ({"validation": (X, Y, Y)}, r"validation must be a pair \(X, y\)"),
        ({"hidden": 2.5}, "hidden must be a whole number of at least 1"),
        ({"hidden": np.array(2.5)}, "hidden must be a whole number of at least 1"),
        ({"hidden": "25"}, "hidden must be a whole number of at least 1"),
        ({"augment": lambda X, rng: X * np.nan}, "augment must return finite numbers"),
        ({"augment": lambda X, rng: X.astype(str)}, "augment must return finite numbers"),
    ],
)
def test_bad_input(change, message):
    arguments = {"X": X, "y": Y, "epochs": 1} | change
    with pytest.raises(ValueError, match=message):
        train(**arguments)


@pytest.mark.parametrize("options", [{"rate": 0.0}, {"decay": -1.0}, {"momentum": 1.0}])
def test_bad_optimisers(options):
    with pytest.raises(ValueError, match=r"needs rate > 0|must lie in \[0, 1\)"):
        Momentum(**options)


def test_optimisers_by_name():
    assert as_optimiser("adam") == Adam()
    assert as_optimiser(SGD(rate=0.2)).rate_at(3) == 0.2


def test_a_landscape_takes_what_training_takes():
    X, y = np.arange(6.0)[:, None], np.arange(6) % 2
    assert TrainingLoss(X, y, hidden=4).n == TrainingLoss(X, y, hidden=[4]).n
    with pytest.raises(ValueError, match="activation must be one of relu"):
        TrainingLoss(X, y, activation="swish")
    with pytest.raises(ValueError, match="unknown loss .huber."):
        TrainingLoss(X, y, loss="huber")
    with pytest.raises(ValueError, match="hidden must be a whole number"):
        TrainingLoss(X, y, hidden=2.5)


def test_diverged_networks_have_no_error_and_no_labels():
    X, y = np.random.default_rng(0).standard_normal((20, 2)), np.arange(20) % 2
    found = train(X, y, hidden=3, networks=2, epochs=3, optimiser=SGD(rate=1e200), seed=0)
    assert found.diverged.all()
    assert np.isnan(found.evaluate(X, y)).all()
    with pytest.raises(ValueError, match="2 of 2 networks have outputs that are not finite"):
        found.predict(X)
