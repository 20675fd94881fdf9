"""Errors that mutants of the networks family bring in, and the mutants that several of its claims share."""

from dataclasses import replace
from typing import Any

import numpy as np

from validation.claim import Mutant
from validation.claims.wrong import Function


def one_power_too_many(_: Any) -> property:
    """Scale outputs by ``Lambda^{-H/2}``."""
    return property(lambda layers: layers.Lambda ** (-layers.H / 2))


def from_the_layer_above(activities: Function) -> Function:
    """Take every layer's activities from the next one, repeated to the layer's width; the last from the first."""

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
    """Draw (or average) activities with rho squared in the place of rho."""
    return lambda draws, block: function(replace(draws, rho=draws.rho**2), block)


def first_index_twice(weight_tuple: Function) -> Function:
    """Let the last weight of every path be its first."""

    def repeated(paths: Any, n: int, H: int) -> Any:
        tuples = weight_tuple(paths, n, H).copy()
        tuples[:, -1] = tuples[:, 0]
        return tuples

    return repeated


def some_always_on(activities: Function) -> Function:
    """Make one unit in ten active whatever enters it, chosen by far digits of the preactivation."""

    def biased(net: Any, X: Any) -> Any:
        entering = net.preactivations(X)
        return [
            gate | (np.floor(np.abs(h) * 1e6) % 10 == 0) for gate, h in zip(activities(net, X), entering, strict=True)
        ]

    return biased


def one_gate_for_all(activities: Function) -> Function:
    """Give the units of a layer the activity of its first."""
    return lambda net, X: [np.repeat(gate[:, :1], gate.shape[1], axis=1) for gate in activities(net, X)]


Q_EXPONENT = Mutant(
    "q's exponent",
    "outputs are scaled by Lambda^(-H/2)",
    {"spinglass.networks.architecture.Architecture.q": one_power_too_many},
    upstream=True,
)
WRONG_LAYER = Mutant(
    "activities from the wrong layer",
    "a path takes the activities of the layer above",
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
    "the last weight on a path is its first again",
    {"spinglass.networks.paths.storage.weight_tuple": first_index_twice},
    upstream=True,
)
UNIQUE_Q = Mutant(
    "q's exponent",
    "the form of unique weights is scaled by Lambda^(-H/2)",
    {"spinglass.networks.paths.storage.normalisation": lambda q: lambda n, H, m: q(n, H, m) * n**-0.5},
    upstream=True,
)
