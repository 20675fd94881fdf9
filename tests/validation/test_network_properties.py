"""The ready properties of networks: the page that describes them runs, and each finds the mistakes that it is for."""

import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, find, settings
from hypothesis.errors import NoSuchExample

from spinglass.networks import ReLUNetwork
from validation.testing import network_properties as properties
from validation.testing.special_networks import (
    FEATURES,
    kink_distance,
    special_network,
    special_networks,
    special_networks_with_inputs,
)

PAGE = Path(__file__).parents[2] / "docs" / "test-your-own-network.md"
QUICK = settings(max_examples=40, deadline=None, database=None, derandomize=True, phases=[Phase.generate])


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The modules of the page's three examples."""
    folder = tmp_path_factory.mktemp("page")
    names = ("my_network", "first_tests_of_my_network", "other_tests_of_my_network")
    for name, text in zip(names, re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL), strict=True):
        (folder / f"{name}.py").write_text(text)
    sys.path.insert(0, str(folder))
    yield [importlib.import_module(name) for name in names]
    sys.path.remove(str(folder))
    for name in names:
        del sys.modules[name]


@pytest.mark.slow
def test_the_examples_of_the_page_pass(page):
    tests = [value for module in page[1:] for name, value in vars(module).items() if name.startswith("test_")]
    assert len(tests) == 7
    for test in tests:
        QUICK(test)()


def test_the_page_names_all_features():
    text = PAGE.read_text()
    assert all(f"**{feature}**" in text for feature in FEATURES)


def fails(test):
    """Return the message of the failure; of the first one if there are several."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - Hypothesis groups different failures
        QUICK(test)()
    error = raised.value
    return str(error.exceptions[0] if isinstance(error, ExceptionGroup) else error)


MISTAKES = {
    "rectified output": (
        lambda p, my: p.path_sum_is_forward(lambda w, X: np.maximum(my.forward(w, X), 0), weights="out,in"),
        "outputs and sums over paths differ",
    ),
    "float32": (
        lambda p, my: p.path_sum_is_forward(
            lambda w, X: my.forward([W.astype("f4") for W in w], X.astype("f4")), weights="out,in"
        ),
        "outputs and sums over paths differ",
    ),
    "wrong orientation": (lambda p, my: p.path_sum_is_forward(my.forward), "matmul"),
    "transposed gradient": (
        lambda p, my: p.gradient_is_backpropagation(lambda w, X: [G.T for G in my.gradient(w, X)], weights="out,in"),
        "transposed; declare weights = 'in,out'|the gradient of layer",
    ),
    "mean over inputs": (
        lambda p, my: p.gradient_is_backpropagation(
            lambda w, X: [G / len(X) for G in my.gradient(w, X)], weights="out,in"
        ),
        "the gradient of layer 1 and that of the sum over paths differ",
    ),
    "one unit larger": (
        lambda p, my: p.permuting_units_changes_nothing(
            lambda w, X: my.forward([np.vstack([2 * w[0][:1], w[0][1:]]), *w[1:]], X), weights="out,in"
        ),
        "outputs with permuted units and before differ",
    ),
    "bias": (
        lambda p, my: p.scaling_layers_scales_outputs(lambda w, X: my.forward(w, X) + 0.1, weights="out,in"),
        "outputs with layer . times",
    ),
    "softplus": (
        lambda p, my: p.scaling_layers_scales_outputs(lambda w, X: np.logaddexp(0, X @ w[0]) @ np.ones(len(w[0].T))),
        "outputs with layer . times",
    ),
    "loss without 1/2": (
        lambda p, my: p.block_hessian_is_finite_differences(
            lambda *given: [2 * block for block in my.hessian_blocks(*given)], my.forward, weights="out,in"
        ),
        "the second difference of the loss along v differ",
    ),
    "upper triangle": (
        lambda p, my: p.block_hessian_is_finite_differences(
            lambda *given: [np.triu(block) for block in my.hessian_blocks(*given)], my.forward, weights="out,in"
        ),
        "and its transpose differ",
    ),
    "numbered by columns": (
        lambda p, my: p.block_hessian_is_finite_differences(
            lambda w, X, y: my.hessian_blocks([W.T for W in w], X, y), lambda w, X: my.forward([W.T for W in w], X)
        ),
        "the second difference of the loss along v differ",
    ),
    "physics' variance": (
        lambda p, my: p.averaged_model_is_glass(lambda J, w: my.energy(J, w) / 2**0.5),
        "rho times the energy is",
    ),
    "last index only": (
        lambda p, my: p.averaged_model_is_glass(
            lambda J, w: my.energy(J.transpose() if J.ndim < 2 else np.moveaxis(np.flip(J, -1), -1, 0), w)
        ),
        "rho times the energy is",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found(name, page):
    made, message = MISTAKES[name]
    assert re.search(message, fails(made(properties, page[0])))


@pytest.mark.slow
def test_other_conventions_pass(page):
    my = page[0]
    q = lambda w: ReLUNetwork([W.T for W in w]).q  # noqa: E731
    rectified = {"weights": "out,in", "output_unit": "relu", "output_factor": "q"}
    forward = lambda w, X: q(w) * np.maximum(my.forward(w, X), 0)  # noqa: E731
    single = lambda w, X: my.forward([W.astype("f4") for W in w], X.astype("f4"))  # noqa: E731

    def blocks(w, X, y):
        slopes = [my.gradient(w, row[None]) for row in X]
        active = [float(my.forward(w, row[None])[0, 0] > 0) for row in X]
        return [
            sum(a * np.outer(s[k], s[k]) for a, s in zip(active, slopes, strict=True)) * q(w) ** 2 / len(X)
            for k in range(len(w))
        ]

    for test in (
        properties.path_sum_is_forward(forward, **rectified),
        properties.scaling_layers_scales_outputs(forward, **rectified),
        properties.block_hessian_is_finite_differences(blocks, forward, **rectified),
        properties.path_sum_is_forward(single, weights="out,in", precision="single"),
    ):
        QUICK(test)()


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="there is no convention 'orientation' of networks; there are weights"):
        properties.path_sum_is_forward(np.sum, orientation="out,in")
    with pytest.raises(ValueError, match="weights must be one of in,out, out,in"):
        properties.path_sum_is_forward(np.sum, weights="torch")
    with pytest.raises(ValueError, match="output must be a function"):
        properties.path_sum_is_forward([1.0])
    with pytest.raises(ValueError, match="energy must be a function"):
        properties.averaged_model_is_glass(3)
    with pytest.raises(ValueError, match="there is no feature 'dead'; choose some of ties"):
        special_network((2, 2, 1), 0, ("dead",))


def test_networks_have_the_features():
    widths = (3, 5, 4, 1)
    X = np.random.default_rng(0).standard_normal((200, 3))
    tied = special_network(widths, 0, ("ties",))
    assert len(np.unique(np.concatenate([W.ravel() for W in tied.weights]))) < 10
    zeros = np.concatenate([W.ravel() for W in special_network(widths, 0, ("zero weights",)).weights]) == 0
    assert 0.1 < zeros.mean() < 0.6
    dead = special_network(widths, 0, ("dead units",))
    assert not dead.activities(X)[1][:, -1].any()
    assert dead.activities(X)[0].any()
    twins = special_network(widths, 0, ("duplicate units",))
    assert all(np.array_equal(h[:, 0], h[:, -1]) for h in twins.preactivations(X))
    assert np.array_equal(twins.weights[1][0], twins.weights[1][-1])
    silent = special_network(widths, 0, ("units without input",))
    assert not silent.preactivations(X)[0][:, 0].any()
    assert kink_distance(silent, X) == 0


def test_kinks_are_left_out_if_asked_for():
    assert find(special_networks_with_inputs(), lambda case: kink_distance(*case) == 0, settings=QUICK)
    with pytest.raises(NoSuchExample):
        find(special_networks_with_inputs(kinks=False), lambda case: kink_distance(*case) <= 1e-3, settings=QUICK)
    # A unit below which nothing is active is at no kink: the output does not change with its weights.
    net, X = ReLUNetwork([[[-1.0]], [[2.0]], [[1.0]]], last_relu=False), np.array([[1.0]])
    assert kink_distance(net, X) == 1
    assert net.distance_to_kink(X)[0] == 0
    assert find(special_networks(last_relu=True), lambda net: True, settings=QUICK).last_relu
