"""A user's own loss: checked when it is given, and the same in curvature and training."""

import numpy as np
import pytest

from spinglass import check_derivatives
from spinglass.networks import Loss, train
from spinglass.networks.curvature import curvature, solution_index
from spinglass.networks.losses import LOSSES, loss_named
from spinglass.networks.training.optimisers import SGD
from spinglass.networks.training.training_loss import TrainingLoss

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((30, 4)), RNG.standard_normal((30, 2))
LABELS = RNG.integers(3, size=30)
OPTIONS = {"hidden": [5], "activation": "tanh", "epochs": 4, "batch": 7, "seed": 1, "optimiser": SGD(rate=0.05)}


def copied(name, **changes):
    """Return a built-in loss as a user would write it: without compiled code and under another name."""
    loss = LOSSES[name]
    parts = {"value": loss.value, "gradient": loss.gradient, "hessian": loss.hessian, "classes": loss.classes}
    return Loss(name="own", **{**parts, **changes})


PSEUDO_HUBER = Loss(
    name="pseudo-Huber",
    value=lambda y, t: (np.sqrt(1 + (y - t) ** 2) - 1).sum(axis=1),
    gradient=lambda y, t: (y - t) / np.sqrt(1 + (y - t) ** 2),
    hessian=lambda y, t: np.eye(y.shape[1]) * ((1 + (y - t) ** 2) ** -1.5)[:, None, :],
    convex=True,
)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "y"), [("squared", Y), ("cross_entropy", LABELS)])
def test_an_own_loss_equals_the_compiled_one_of_the_same_formula(name, y):
    built_in = train(X, y, loss=name, test=(X[:9], y[:9]), **OPTIONS)
    own = train(X, y, loss=copied(name), test=(X[:9], y[:9]), **OPTIONS)
    for ours, theirs in zip(own.weights, built_in.weights, strict=True):
        # The gradient goes through targets z - g, with the rounding of z; 20 steps.
        np.testing.assert_allclose(ours, theirs, atol=1e-13)
    np.testing.assert_allclose(own.test_loss, built_in.test_loss, rtol=1e-12)
    np.testing.assert_array_equal(own.test_error, built_in.test_error)
    np.testing.assert_allclose(own.evaluate(X, y)[0], own.train_loss, rtol=1e-13)


def test_training_with_the_absolute_loss_is_gradient_descent_written_out():
    found = train(X, Y, loss="absolute", **{**OPTIONS, "batch": None})
    start = train(X, Y, loss="absolute", **{**OPTIONS, "epochs": 0}).network(0)
    row = start.parameters
    for _ in range(4):
        row = row - 0.05 * curvature(start.with_parameters(row), X, Y, "absolute").gradient
    np.testing.assert_allclose(found.network(0).parameters, row, atol=1e-13)
    assert found.train_loss[0] == pytest.approx(np.abs(found.outputs(X)[0] - Y).sum(axis=1).mean(), rel=1e-13)


def test_derivatives_of_an_own_loss_that_depends_on_the_targets():
    network = train(X, Y, loss=PSEUDO_HUBER, **OPTIONS).network(0)
    found, step = curvature(network, X, Y, PSEUDO_HUBER), 1e-6
    around = [
        [curvature(network.with_parameters(network.parameters + s * e), X, Y, PSEUDO_HUBER) for s in (step, -step)]
        for e in np.eye(network.size)
    ]
    hessian = np.array([(up.gradient - down.gradient) / (2 * step) for up, down in around])
    assert np.abs(found.hessian() - hessian).max() < 1e-8  # rounding 1e-16/1e-6
    landscape = TrainingLoss(X, Y, hidden=[5], activation="tanh", loss=PSEUDO_HUBER)
    assert check_derivatives(landscape, where="space").passed


def test_a_loss_that_is_not_convex_gets_no_bounds_that_need_convexity():
    bump = Loss(
        name="bump",
        value=lambda y, t: -np.exp(-((y - t) ** 2) / 2).sum(axis=1),
        gradient=lambda y, t: (y - t) * np.exp(-((y - t) ** 2) / 2),
        hessian=lambda y, t: np.eye(y.shape[1]) * ((1 - (y - t) ** 2) * np.exp(-((y - t) ** 2) / 2))[:, None, :],
    )
    network = train(X, 3 * Y, loss=bump, **{**OPTIONS, "activation": "relu"}).network(0)
    found = curvature(network, X, 3 * Y, bump)
    count = int((np.linalg.eigvalsh(found.hessian()) < -1e-3).sum())
    gauss_newton = np.linalg.eigvalsh(found.hessian("gauss_newton"))
    assert gauss_newton[0] < -1e-3  # Weyl's inequality does not bound the count by the residual
    low, high = solution_index(found, exact_up_to=0).absolute
    assert low <= count <= high


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gradient": lambda y, t: y + t}, "the gradient of the loss 'own' is wrong: at outputs"),
        ({"hessian": lambda y, t: np.zeros((*y.shape, y.shape[1]))}, "the hessian of the loss 'own' is wrong"),
        ({"value": lambda y, t: float(np.sum(y))}, "value of the loss 'own' must return finite real numbers"),
        ({"hessian": lambda y, t: np.eye(2)}, r"hessian .* of shape \(20, 2, 2\) for outputs"),
        ({"value": lambda y, t: np.full(len(y), np.nan)}, "must return finite real numbers"),
    ],
)
def test_wrong_losses_are_refused_everywhere(changes, message):
    wrong = copied("squared", **changes)
    network = train(X, Y, loss="squared", **OPTIONS).network(0)
    for use in (
        lambda: curvature(network, X, Y, wrong),
        lambda: train(X, Y, loss=wrong, **OPTIONS),
        lambda: TrainingLoss(X, Y, loss=wrong),
    ):
        with pytest.raises(ValueError, match=message):
            use()


def test_kinks_do_not_count_as_wrong_derivatives():
    own = copied("absolute")
    # The outputs of one layer without weights are 0, which is the target of the first rows.
    targets = np.where(np.arange(30) < 5, 0.0, 1.0)
    assert TrainingLoss(X, targets, hidden=[3], loss=own).n == 19


def test_results_with_an_own_loss_are_saved_without_it(tmp_path):
    found = train(X, Y, loss=PSEUDO_HUBER, **OPTIONS)
    found.save(tmp_path / "found.npz")
    loaded = type(found).load(tmp_path / "found.npz")
    np.testing.assert_array_equal(loaded.outputs(X), found.outputs(X))
    with pytest.raises(ValueError, match="the loss 'pseudo-Huber' is not built in and was not saved"):
        loaded.evaluate(X, Y)


def test_unknown_losses_are_named():
    with pytest.raises(ValueError, match="unknown loss 'huber'; choose one of squared, cross_entropy, hinge, absolute"):
        loss_named("huber")
    with pytest.raises(ValueError, match="the cross_entropy loss needs labels"):
        train(X, Y, loss="cross_entropy")


def test_an_own_loss_needs_a_name_of_its_own():
    with pytest.raises(ValueError, match="belongs to a built-in loss"):
        train(X, Y, loss=copied_as("squared", "squared"), **OPTIONS)


def copied_as(name, own):
    loss = copied(name)
    return Loss(name=own, value=loss.value, gradient=loss.gradient, hessian=loss.hessian)
