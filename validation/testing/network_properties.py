"""Ready properties that a user's own code of ReLU networks must have, as tests for pytest.

Every function here takes functions of the user and returns a test without arguments, which Hypothesis calls with many
networks: ordinary ones, and ones with ties, dead units, zero weights and duplicate units. Give it a name that begins
with ``test_`` in a test file::

    from validation.testing import network_properties as properties
    from my_code import forward

    test_path_sum = properties.path_sum_is_forward(forward, weights="out,in")

The functions of the user are ``forward(weights, X)``, which returns one output per row of X; ``gradient(weights, X)``,
which returns the derivatives of the sum of these outputs, one matrix per layer; and ``hessian_blocks(weights, X, y)``,
which returns the second derivatives of the mean of ``(output - y)^2 / 2`` with respect to the weights of one layer, one
matrix per layer, where weights are numbered row by row as they are stored. ``weights`` is a list of NumPy arrays, one
matrix per layer; there are no biases, and there is one output.

Conventions are given as keywords, and all functions of one property share them: ``weights="in,out"`` (default) or
``"out,in"`` for the axes of the matrices, ``output_unit="linear"`` (default) or ``"relu"``, ``output_factor="1"``
(default) or ``"q"`` for the factor ``Lambda^{-(H-1)/2}``, and ``precision="double"`` (default) or ``"single"``.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spinglass import sphere
from spinglass._common.types import Array
from spinglass.networks import DecoupledPathModel, ReLUNetwork, path_expansion, path_gradient
from spinglass.networks.paths.storage import weight_tuple
from spinglass.networks.symmetries import permute, rescale
from validation.testing import strategies
from validation.testing.special_networks import special_networks_with_inputs
from validation.testing.users_functions import UsersFunctions, largest_output

Test: TypeAlias = Callable[[], None]


def path_sum_is_forward(forward: Callable[..., Any], **conventions: str) -> Test:
    """Return the test that outputs are the sums over active paths.

    Parameters
    ----------
    forward
        ``forward(weights, X)``, one output per row of X.
    **conventions
        See :mod:`validation.testing.network_properties`.

    Returns
    -------
    callable
        A test without arguments.

    Raises
    ------
    ValueError
        If a convention is unknown.

    Examples
    --------
    >>> def forward(weights, X):
    ...     for W in weights[:-1]:
    ...         X = np.maximum(X @ W, 0)
    ...     return X @ weights[-1]
    >>> path_sum_is_forward(forward)()
    """
    theirs = UsersFunctions(conventions, output=forward)

    @given(special_networks_with_inputs(last_relu=theirs.last_relu))
    def property_of_outputs(case: tuple[ReLUNetwork, Array]) -> None:
        net, X = case
        exact = path_expansion(net, X).output() / net.q
        theirs.assert_equal(
            net, theirs.of("output", net, X), exact, largest_output(net, X), "outputs and sums over paths"
        )

    return property_of_outputs


def gradient_is_backpropagation(gradient: Callable[..., Any], **conventions: str) -> Test:
    """Return the test that gradients are those of the sum over active paths, which backpropagation gives.

    Networks with a preactivation at the kink of ReLU are left out, because the derivative there is a convention.

    Parameters
    ----------
    gradient
        ``gradient(weights, X)``, the derivatives of the sum of the outputs, one matrix per layer.
    **conventions
        See :mod:`validation.testing.network_properties`.

    Returns
    -------
    callable
        A test without arguments.

    Raises
    ------
    ValueError
        If a convention is unknown.
    """
    theirs = UsersFunctions(conventions, gradient=gradient)

    @given(special_networks_with_inputs(kinks=False, last_relu=theirs.last_relu))
    def property_of_gradients(case: tuple[ReLUNetwork, Array]) -> None:
        net, X = case
        sizes = ReLUNetwork([np.abs(W) + 1e-3 for W in net.weights]).gradient(np.abs(X))
        found = theirs.of("gradient", net, X)
        for layer, (given_matrix, exact, size) in enumerate(zip(found, path_gradient(net, X), sizes, strict=True), 1):
            names = f"the gradient of layer {layer} and that of the sum over paths"
            theirs.assert_equal(net, given_matrix, exact.sum(axis=0) / net.q, size.sum(axis=0) / net.q, names)

    return property_of_gradients


def permuting_units_changes_nothing(forward: Callable[..., Any], **conventions: str) -> Test:
    """Return the test that outputs do not depend on the order of the units of hidden layers.

    Parameters
    ----------
    forward
        ``forward(weights, X)``, one output per row of X.
    **conventions
        See :mod:`validation.testing.network_properties`.

    Returns
    -------
    callable
        A test without arguments.

    Raises
    ------
    ValueError
        If a convention is unknown.
    """
    theirs = UsersFunctions(conventions, output=forward)

    @given(special_networks_with_inputs(last_relu=theirs.last_relu), st.data())
    def property_of_permutations(case: tuple[ReLUNetwork, Array], data: st.DataObject) -> None:
        net, X = case
        other = net
        for layer in range(1, net.H):
            other = permute(other, layer, data.draw(st.permutations(range(net.widths[layer]))))
        after, before = (theirs.of("output", each, X) for each in (other, net))
        theirs.assert_equal(net, after, before, largest_output(net, X), "outputs with permuted units and before")

    return property_of_permutations


def scaling_layers_scales_outputs(forward: Callable[..., Any], **conventions: str) -> Test:
    """Return the test that a factor in one layer multiplies the output, unless the next layer is divided by it.

    Parameters
    ----------
    forward
        ``forward(weights, X)``, one output per row of X.
    **conventions
        See :mod:`validation.testing.network_properties`.

    Returns
    -------
    callable
        A test without arguments.

    Raises
    ------
    ValueError
        If a convention is unknown.
    """
    theirs = UsersFunctions(conventions, output=forward)

    @given(special_networks_with_inputs(last_relu=theirs.last_relu), st.data(), st.floats(0.01, 100))
    def property_of_scales(case: tuple[ReLUNetwork, Array], data: st.DataObject, factor: float) -> None:
        net, X = case
        output, size = theirs.of("output", net, X), largest_output(net, X)
        layer = data.draw(st.integers(1, net.H))
        weights = [factor * W if k == layer else W for k, W in enumerate(net.weights, 1)]
        scaled = theirs.of("output", ReLUNetwork(weights, last_relu=net.last_relu), X)
        names = f"outputs with layer {layer} times {factor:g}, divided by it, and before"
        theirs.assert_equal(net, scaled / factor, output, size, names)
        if layer < net.H:
            both = theirs.of("output", rescale(net, layer, factor), X)
            names = f"outputs with layer {layer} times {factor:g} and layer {layer + 1} divided by it, and before"
            theirs.assert_equal(net, both, output, size, names)

    return property_of_scales


def block_hessian_is_finite_differences(
    hessian_blocks: Callable[..., Any], forward: Callable[..., Any], **conventions: str
) -> Test:
    """Return the test that Hessian blocks are symmetric and agree with second differences of the loss.

    Between kinks the squared loss is a quadratic function of the weights of one layer, so that second differences are
    exact for any step; steps are halved until no unit crosses its kink.

    Parameters
    ----------
    hessian_blocks
        ``hessian_blocks(weights, X, y)``, one matrix per layer.
    forward
        ``forward(weights, X)``, one output per row of X, from which the loss is calculated.
    **conventions
        See :mod:`validation.testing.network_properties`.

    Returns
    -------
    callable
        A test without arguments.

    Raises
    ------
    ValueError
        If a convention is unknown.
    """
    theirs = UsersFunctions(conventions, output=forward, hessian_blocks=hessian_blocks)

    @given(special_networks_with_inputs(kinks=False, last_relu=theirs.last_relu), strategies.seeds())
    def property_of_blocks(case: tuple[ReLUNetwork, Array], seed: int) -> None:
        net, X = case
        rng = np.random.default_rng(seed)
        y = rng.standard_normal(len(X))
        blocks = theirs.of("hessian_blocks", net, X, y)
        for layer, block in enumerate(blocks):
            size = float(np.abs(block).max())
            theirs.assert_equal(net, block, block.T, size, f"the block of layer {layer + 1} and its transpose")
            v = rng.standard_normal(net.weights[layer].shape)
            ends, step = _between_kinks(net, X, layer, v / np.linalg.norm(v))
            losses = [float(np.mean((theirs.of("output", each, X) - y) ** 2) / 2) for each in (*ends, net)]
            bend = (losses[0] + losses[1] - 2 * losses[2]) / step**2
            direction = v.ravel() / np.linalg.norm(v)
            rounding = (np.abs(y) + largest_output(net, X)).max() ** 2 / step**2
            scale = 100 * size + 0.01 * rounding
            names = f"v.B.v for the block B of layer {layer + 1} and the second difference of the loss along v"
            theirs.assert_equal(net, np.array(direction @ block @ direction), np.array(bend), scale, names)

    return property_of_blocks


def _between_kinks(net: ReLUNetwork, X: Array, layer: int, v: Array) -> tuple[list[ReLUNetwork], float]:
    """Return the networks with the weights of a layer moved by +step v and -step v, where no unit crosses its kink."""
    step, gates = 1.0, net.activities(X)
    while True:
        ends = []
        for sign in (1, -1):
            weights = list(net.weights)
            weights[layer] = weights[layer] + sign * step * v
            ends.append(ReLUNetwork(weights, last_relu=net.last_relu))
        if all(np.array_equal(a, b) for end in ends for a, b in zip(end.activities(X), gates, strict=True)):
            return ends, step
        step /= 2


def averaged_model_is_glass(energy: Callable[..., Any], tolerance: float = 1e-10) -> Test:
    """Return the test that the energy of a spin glass is the path model's output, averaged over the activities.

    Paths that use the same tuple of unique weights share a coupling, ``J = m^{-1/2} sum X`` over the m inputs of these
    paths. The output at the weights w, averaged over activities that are 1 with probability rho, is then rho times the
    energy at w.

    Parameters
    ----------
    energy
        ``energy(J, w)``, the energy ``n^{-(H-1)/2} sum J_{i1...iH} w_i1 ... w_iH`` at a point w of shape (n,), for a
        tensor J of shape (n,)*H that is not symmetric.
    tolerance
        Error that is allowed, relative to the sum of the absolute values of all terms. Default 1e-10.

    Returns
    -------
    callable
        A test without arguments.

    Raises
    ------
    ValueError
        If ``energy`` is not a function.
    """
    if not callable(energy):
        raise ValueError(f"energy must be a function of couplings and a point, not {energy!r}")

    @given(strategies.path_models("unique"), strategies.seeds())
    def property_of_energies(model: DecoupledPathModel, seed: int) -> None:
        w = sphere.random_points(model.n, 1, seed)[0]
        J = np.zeros((model.n,) * model.H)
        tuples = weight_tuple(np.arange(model.architecture.paths), model.n, model.H)
        np.add.at(J, tuple(tuples.T), model.inputs / model.multiplicity**0.5)
        terms = model.path_terms(w)
        found, expected = model.rho * float(energy(J, w)), model.rho * float(terms.sum())
        assert abs(found - expected) <= tolerance * float(np.abs(terms).sum()), (
            f"rho times the energy is {found:.9g}, and the averaged output {expected:.9g}, for {model!r}"
        )

    return property_of_energies
