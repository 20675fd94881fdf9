"""Mutants that several claims of the networks family share, and the errors that they introduce."""

from dataclasses import replace
from typing import Any

import numpy as np

from validation.claims._shared.perturbations import Function
from validation.mutant import Mutant


def one_power_too_many(_: Any) -> property:
    """Scale outputs by ``Lambda^{-H/2}``."""
    return property(lambda layers: layers.Lambda ** (-layers.H / 2))


def from_the_layer_above(activities: Function) -> Function:
    """Use the activities of the next layer, repeated to this layer's width; for the last layer those of the first."""

    def shifted(net: Any, X: Any) -> Any:
        gates = activities(net, X)
        return [np.resize(other.T, gate.T.shape).T for gate, other in zip(gates, gates[1:] + gates[:1], strict=True)]

    return shifted


def without_last_input(weight_product: Function) -> Function:
    """Give the paths from the last input a product of zero."""

    def dropped(weights: Any) -> Any:
        product = weight_product(weights).copy()
        product.reshape(weights[0].shape[0], -1)[-1] = 0
        return product

    return dropped


def without_last_path(path_terms: Function) -> Function:
    """Leave out the last path."""

    def dropped(model: Any, w: Any) -> Any:
        terms = path_terms(model, w).copy()
        terms[..., -1] = 0
        return terms

    return dropped


def at_rho_squared(function: Function) -> Function:
    """Draw (or average) activities with rho squared in place of rho."""
    return lambda draws, block: function(replace(draws, rho=draws.rho**2), block)


def first_index_twice(weight_tuple: Function) -> Function:
    """Replace the last weight of every path by its first."""

    def repeated(paths: Any, n: int, H: int) -> Any:
        tuples = weight_tuple(paths, n, H).copy()
        tuples[:, -1] = tuples[:, 0]
        return tuples

    return repeated


def some_always_on(activities: Function) -> Function:
    """Make one unit in ten active whatever its input, chosen by late digits of the preactivation."""

    def biased(net: Any, X: Any) -> Any:
        entering = net.preactivations(X)
        return [
            gate | (np.floor(np.abs(h) * 1e6) % 10 == 0) for gate, h in zip(activities(net, X), entering, strict=True)
        ]

    return biased


def one_gate_for_all(activities: Function) -> Function:
    """Give all units of a layer the activity of the first unit."""
    return lambda net, X: [np.repeat(gate[:, :1], gate.shape[1], axis=1) for gate in activities(net, X)]


def root_of_rho_and_a_sign(activities: Function) -> Function:
    """Replace drawn activities by ``sqrt(rho)`` with a random sign, so that X A is normal."""

    def signed(draws: Any, block: int) -> Any:
        given = activities(draws, block)
        if draws.averaged or draws.rho == 1:
            return given
        halves = activities(replace(draws, rho=0.5), block)
        return draws.rho**0.5 * (2 * halves - 1)

    return signed


def drawn_gates(activities: Function) -> Function:
    """Draw every gate independently, from a seed that depends on the inputs."""

    def drawn(net: Any, X: Any) -> Any:
        random = np.random.default_rng(np.frombuffer(np.ascontiguousarray(X).tobytes(), dtype=np.uint32)[:64])
        return [random.random(gate.shape) < 0.5 for gate in activities(net, X)]

    return drawn


def with_unique_weights(model: Function) -> Function:
    """Build models of eight weights with each tuple of weights on exactly one path, whatever is asked for."""
    return lambda widths, rho, seed: model((8, 8, 8, 1), rho, "unique", 8, seed=seed)  # noqa: ARG005


def without_d(size_bounds: Function) -> Function:
    """Leave the number of inputs out of the middle bound on the number of weights."""

    def wrong(widths: tuple[int, ...]) -> Any:
        bounds = size_bounds(widths)
        return replace(bounds, middle=bounds.middle * widths[0] ** (1 / (len(widths) - 1)))

    return wrong


def size_above_the_first_layer(_: Any) -> property:
    """Count the weights of all layers but the first."""
    return property(lambda layers: sum(a * b for a, b in layers.shapes[1:]) or 1)


Q_EXPONENT = Mutant(
    "q's exponent",
    "outputs are scaled by Lambda^(-H/2)",
    {"spinglass.networks.architecture.Architecture.q": one_power_too_many},
    upstream=True,
)
WRONG_LAYER = Mutant(
    "activities from the wrong layer",
    "a path uses the activities of the layer above",
    {"spinglass.networks.relu.ReLUNetwork.activities": from_the_layer_above},
    upstream=True,
)
PATHS_DROPPED = Mutant(
    "paths dropped",
    "the paths from one input are left out",
    {"spinglass.networks.paths.expansion.weight_product": without_last_input},
    upstream=True,
)
TERM_DROPPED = Mutant(
    "path dropped",
    "one path is left out of the terms",
    {"spinglass.networks.decoupled.DecoupledPathModel.path_terms": without_last_path},
    upstream=True,
)
RHO = Mutant(
    "rho wrong",
    "activities have probability rho squared",
    {"spinglass.networks.paths.draws.PathDraws._activities": at_rho_squared},
    upstream=True,
)
TUPLES = Mutant(
    "weights of a path",
    "the last weight of every path is replaced by its first",
    {"spinglass.networks.paths.storage.weight_tuple": first_index_twice},
    upstream=True,
)
UNIQUE_Q = Mutant(
    "q's exponent",
    "outputs are scaled by Lambda^(-H/2)",
    {"spinglass.networks.paths.storage.normalisation": lambda q: lambda n, H, m: q(n, H, m) * n**-0.5},
    upstream=True,
)
STUCK_GATES = Mutant(
    "gates stuck",
    "one unit in ten is active whatever its input",
    {"spinglass.networks.relu.ReLUNetwork.activities": some_always_on},
    upstream=True,
)
ONE_GATE = Mutant(
    "one gate per layer",
    "all units of a layer have the activity of the first",
    {"spinglass.networks.relu.ReLUNetwork.activities": one_gate_for_all},
    upstream=True,
)
NO_FIRST_LAYER = Mutant(
    "first layer forgotten",
    "N leaves out the weights of the first layer",
    {"spinglass.networks.architecture.Architecture.size": size_above_the_first_layer},
    upstream=True,
)
NO_INPUT_SIZE = Mutant(
    "d forgotten",
    "the middle bound is H Psi^(2/H)",
    {"theory.networks.path_model.size_bounds": without_d},
)
# Controls, which make an assumption true: the claim must agree when one of them replaces the correct code.
NORMAL_COUPLINGS = Mutant(
    "normal couplings",
    "activities are sqrt(rho) with random signs, so that couplings are normal as in the spin glass",
    {"spinglass.networks.paths.draws.PathDraws._activities": root_of_rho_and_a_sign},
    upstream=True,
    verdict="agrees",
)
UNIQUE_WEIGHTS = Mutant(
    "unique weights",
    "every triple of weights is used by exactly one path",
    {"validation.claims.networks.laws.DecoupledPathModel": with_unique_weights},
    upstream=True,
    verdict="agrees",
)
DRAWN_GATES = Mutant(
    "drawn gates",
    "every gate is drawn independently, with probability 1/2",
    {"spinglass.networks.relu.ReLUNetwork.activities": drawn_gates},
    upstream=True,
    verdict="agrees",
)
BALANCED_SIGNS = Mutant(
    "balanced signs",
    "half of the signs are negative, in all series",
    {
        "validation.claims.networks.assumptions.correlation_of_signs": lambda measure: (
            lambda seed, minus, epsilon: measure(seed, 0.5, epsilon)  # noqa: ARG005
        )
    },
    upstream=True,
    verdict="agrees",
)
