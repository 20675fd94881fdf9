"""Mutants of the published experiment, and the errors that they introduce."""

from collections.abc import Callable
from typing import Any

from validation.claim import Mutant
from validation.claims._shared import perturbations


def of_size(hidden: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Train networks of this size, whatever size is asked for."""

    def wrap(train: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *data, **options: train(*data, **(options | {"hidden": hidden}))

    return wrap


def negated(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return minus what the function returns."""
    return lambda *arguments, **named: -function(*arguments, **named)


def without_steps(descend: Callable[..., Any]) -> Callable[..., Any]:
    """Let descents end where they start."""
    return lambda *arguments, **named: descend(*arguments, **(named | {"max_iterations": 0}))


SIZE_IGNORED = Mutant(
    "size ignored",
    "every network has 25 hidden units",
    {"validation.experiments.networks.digits.train": of_size(25)},
    upstream=True,
)
UNTRAINED = Mutant(
    "untrained",
    "no training step is taken",
    {"spinglass.networks.training.steps.epoch": perturbations.does_nothing},
    upstream=True,
)
NO_DESCENT = Mutant(
    "no descent",
    "energies are those of the starting points",
    {"validation.experiments.networks.digits.descend": without_steps},
    upstream=True,
)
ONE_GLASS = Mutant(
    "one size of glass",
    "every spin glass has 60 spins",
    {"validation.experiments.networks.digits.glass_ends": lambda ends: lambda n, *rest: ends(60, *rest)},  # noqa: ARG005
    upstream=True,
)
NEGATED = Mutant(
    "Hessian negated",
    "the Hessian has the wrong sign",
    {"spinglass.networks.curvature.layer_hessians.LayerHessians.hessian": negated},
    upstream=True,
)
