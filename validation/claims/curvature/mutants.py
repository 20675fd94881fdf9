"""Mutants of the curvature family, and the errors that they introduce."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from spinglass.networks.activations import ACTIVATIONS
from validation.mutant import Mutant

Function = Callable[..., Any]


def always(name: str) -> Callable[[Function], Function]:
    """Give every layer the activation of this name."""

    def wrap(named: Function) -> Function:  # noqa: ARG001
        return lambda _: ACTIVATIONS[name]

    return wrap


def without_D(recursion: Function) -> Function:
    """Leave out the second derivatives of the activations."""
    return lambda swept, curved=True: recursion(swept, False)  # noqa: ARG005


def without_slopes(directional: Function) -> Function:
    """Propagate a direction as if all slopes of the activations were 1."""

    def maimed(swept: Any, *rest: Any, **named: Any) -> Any:
        steep = tuple(np.ones_like(s) for s in swept.slopes)
        return directional(replace(swept, slopes=steep), *rest, **named)

    return maimed


def turned_over(losses: dict[str, Any]) -> dict[str, Any]:
    """Reverse the sign of the losses and their derivatives."""
    return {
        name: replace(loss, value=_minus(loss.value), gradient=_minus(loss.gradient), hessian=_minus(loss.hessian))
        for name, loss in losses.items()
    }


def _minus(function: Function) -> Function:
    return lambda *arguments: -function(*arguments)


def without_residual(cross_block: Function) -> Function:
    """Leave the contribution of the residuals out of the blocks between layers."""
    return lambda *arguments, residual: cross_block(*arguments, residual=False)  # noqa: ARG005


def unorthogonal(orthogonal_weights: Function) -> Function:
    """Draw first-layer weights that do not depend on the data."""

    def maimed(x: Any, y: Any, hidden: int, rng: Any) -> Any:
        orthogonal_weights(x, y, hidden, rng)
        return rng.uniform(0.5, 1.5, (x.shape[1], hidden)), y

    return maimed


TANH = Mutant(
    "tanh",
    "units are tanh, which is curved, in place of piecewise linear ones",
    {"spinglass.networks.layers.activation_named": always("tanh")},
    upstream=True,
)
NO_D = Mutant(
    "D left out",
    "the recursion leaves out the second derivatives of the activations",
    {"spinglass.networks.curvature.layer_hessians.preactivation_hessians": without_D},
    upstream=True,
)
NO_SLOPES = Mutant(
    "slopes left out",
    "Hessian-vector products take all slopes to be 1",
    {"spinglass.networks.curvature.layer_hessians.directional": without_slopes},
    upstream=True,
)
CONCAVE_LOSS = Mutant(
    "concave loss",
    "the loss has the wrong sign",
    {"spinglass.networks.losses.LOSSES": turned_over},
    upstream=True,
)
NO_RESIDUAL = Mutant(
    "residuals left out",
    "the blocks of the Hessian between layers are replaced by their Gauss-Newton part",
    {"spinglass.networks.curvature.layer_hessians.cross_block": without_residual},
    upstream=True,
)
UNORTHOGONAL = Mutant(
    "weights off",
    "the weights of the hidden units are not orthogonal to the data",
    {"validation.claims.curvature.points.orthogonal_weights": unorthogonal},
)
ALL_ALIVE = Mutant(
    "units that cannot die",
    "all networks have leaky units",
    {"spinglass.networks.layers.activation_named": always("leaky_relu")},
    upstream=True,
)
ALL_RELU = Mutant(
    "units that can die",
    "all networks have ReLU units",
    {"spinglass.networks.layers.activation_named": always("relu")},
    upstream=True,
)
