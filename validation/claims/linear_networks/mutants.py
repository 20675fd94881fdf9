"""Mutants of the linear-networks family, and the errors that they introduce."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from validation.mutant import Mutant

Function = Callable[..., Any]


def without_couplings(hessian: Function) -> Function:
    """Leave the contribution of the residual between layers out of the Hessian: the Gauss-Newton part of X W = Y."""

    def maimed(problem: Any, weights: Any) -> Any:
        layers = problem.layers(weights)
        outputs = problem.X
        for W in layers:
            outputs = outputs @ W
        return hessian(type(problem)(problem.X, outputs, problem.widths), weights)

    return maimed


def with_decay(loss_and_gradient: Function) -> Function:
    """Add a weight decay that is strong enough to make W = 0 a minimum."""

    def maimed(problem: Any, weights: Any) -> Any:
        loss, gradient = loss_and_gradient(problem, weights)
        row = np.concatenate([W.ravel() for W in problem.layers(weights)])
        decay = float(np.linalg.norm(problem.X.T @ problem.Y, 2))
        return loss + decay / 2 * float(row @ row), gradient + decay * row

    return maimed


def weakest_first(directions: Function) -> Function:
    """Return the singular directions in reverse order."""

    def maimed(problem: Any) -> Any:
        found = directions(problem)
        return type(found)(found.s[::-1], found.inputs[:, ::-1], found.outputs[::-1])

    return maimed


def one_direction_more(critical_loss: Function) -> Function:
    """Count one more direction than the bottleneck allows, if there is one."""

    def maimed(X: Any, Y: Any, chosen: Any) -> Any:
        available = min(np.linalg.matrix_rank(np.asarray(X)), np.asarray(Y).shape[1])
        return critical_loss(X, Y, range(min(len(list(chosen)) + 1, available)))

    return maimed


def identity_above(partial_products: Function) -> Function:
    """Replace the product of all layers above the first by the identity."""

    def maimed(layers: Any) -> Any:
        below, above = partial_products(layers)
        return below, [np.eye(*above[0].shape), *above[1:]]

    return maimed


def without_better(saddle_index: Function) -> Function:
    """Leave out the pairs of a chosen direction and a better one."""
    return lambda s, widths, chosen, *rest: (
        saddle_index(s, widths, chosen, *rest)
        - sum(s[q] > s[a] for a in chosen for q in range(len(s)) if q not in chosen)
    )


def shifted(n: int) -> Callable[[Function], Function]:
    """Increase the number of layers for which a bound is calculated."""
    return lambda function: lambda layers, *rest: function(layers + n, *rest)


def any_determinant(target: Function) -> Function:
    """Draw targets of positive determinant, whatever sign is asked for."""
    return lambda n, rng, sign: target(n, rng, sign=1)  # noqa: ARG005


def half(function: Function) -> Function:
    """Halve what the function returns."""
    return lambda *arguments: function(*arguments) / 2


def slower_turns(rotation_planes: Function) -> Function:
    """Increase all angles by a thousandth."""

    def maimed(rotation: Any) -> Any:
        frame, angles, planes = rotation_planes(rotation)
        return frame, angles * 1.001, planes

    return maimed


def without_rotation(norm_bound: Function) -> Function:
    """Bound the norms as if R were positive definite."""
    return lambda layers, gamma: norm_bound(layers, gamma) - math.pi / max(layers - 1, 1)


def heavier(path_tensor: Function) -> Function:
    """Increase the weight of every path through the layers by one per cent."""
    return lambda problem: 1.01 * path_tensor(problem)


def balanced_only(sphere_critical_values: Function) -> Function:  # noqa: ARG001
    """Leave out the unbalanced points, which have multiplier zero."""

    def maimed(s: Any, widths: Any, norm: float) -> Any:  # noqa: ARG001
        return np.sort(np.concatenate([2 * [norm**2 / 8 - x * norm / 2, norm**2 / 8 + x * norm / 2] for x in s]))

    return maimed


COUPLINGS = Mutant(
    "no couplings",
    "the Hessian leaves out what the residual adds between layers",
    {"spinglass.networks.linear.problem.LinearProblem.hessian": without_couplings},
    upstream=True,
)
DECAY = Mutant(
    "weight decay",
    "the descents' loss has a strong weight decay",
    {"spinglass.networks.linear.problem.LinearProblem.loss_and_gradient": with_decay},
    upstream=True,
)
WEAKEST = Mutant(
    "wrong order",
    "singular directions are in reverse order, weakest first",
    {"spinglass.networks.linear.critical.directions": weakest_first},
    upstream=True,
)
RANK = Mutant(
    "one rank too many",
    "the smallest loss is that of a wider bottleneck",
    {"theory.networks.linear.critical_loss": one_direction_more},
)
PRODUCTS = Mutant(
    "layers missing",
    "derivatives with respect to the first layer ignore the layers above it",
    {"spinglass.networks.linear.problem.partial_products": identity_above},
    upstream=True,
)
BETTER = Mutant(
    "no better direction",
    "the index leaves out the exchange of a direction for a better one",
    {"theory.networks.linear_saddles.saddle_index": without_better},
)
ONE_LAYER_MORE = Mutant(
    "one layer more",
    "the inequality's constant is that of another depth",
    {"theory.networks.linear_resnets.gradient_constant": shifted(1)},
)
HALF_GRADIENT = Mutant(
    "half the gradient",
    "the gradient of the residual network lacks its factor 2",
    {"spinglass.networks.resnet.LinearResNet.gradient": half},
    upstream=True,
)
POSITIVE = Mutant(
    "reachable target",
    "targets have a positive determinant",
    {"validation.claims.linear_networks.resnet_checks.target": any_determinant},
    upstream=True,
)
ANGLES = Mutant(
    "angles off",
    "the angles of the rotation are off by a thousandth",
    {"spinglass.networks.resnet.rotation_planes": slower_turns},
    upstream=True,
)
NO_ROTATION = Mutant(
    "rotation forgotten",
    "the bound leaves out the contribution of the rotation",
    {"theory.networks.linear_resnets.norm_bound": without_rotation},
)
HEAVIER = Mutant(
    "heavier paths",
    "the couplings of the equivalent spin glass are too large by one per cent",
    {"spinglass.networks.linear.glass.path_tensor": heavier},
    upstream=True,
)
BALANCED_ONLY = Mutant(
    "balanced only",
    "theory leaves out the points with multiplier zero",
    {"theory.networks.linear.sphere_critical_values": balanced_only},
)
