"""Errors that mutants of the pairs family introduce, and the mutants that several of its claims share."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from validation.claims._shared.perturbations import Function, losing_rows
from validation.mutant import Mutant


def uncorrelated(block_correlation: Any) -> Any:  # noqa: ARG001
    """Give the transverse blocks of the two Hessians no correlation."""
    return property(lambda law: 0.0)  # noqa: ARG005


def unconditioned(given_zero: Function) -> Function:  # noqa: ARG001
    """Leave out the regression on the zero gradients."""
    return lambda own, across, of_zero: own  # noqa: ARG005


def flat_jacobian(power: int) -> Callable[[Function], Function]:
    """Change the power of the sine in the volume of pairs, which is n - 2 for an angle, by ``power``."""

    def wrap(log_density: Function) -> Function:
        return lambda law, n: log_density(law, n) + power * np.log(law.sine)

    return wrap


def as_poisson(second_moment: Function) -> Function:
    """Give the number of points the second moment of a Poisson number with the same mean."""

    def poisson(*arguments: Any, **named: Any) -> Any:
        moment = second_moment(*arguments, **named)
        return replace(moment, value=moment.mean + moment.mean**2)

    return poisson


def without_order(order: int) -> Callable[[Function], Function]:
    """Leave one order out of a mixture."""

    def wrap(count: Function) -> Function:
        return lambda n, H, *rest, **named: count(n, {p: a for p, a in H.items() if p != order}, *rest, **named)

    return wrap


UNCORRELATED = Mutant(
    "Hessians uncorrelated",
    "the blocks of the two Hessians are independent in theory",
    {"theory.pairs.joint_law.PairLaw.block_correlation": uncorrelated},
)
UNCONDITIONED = Mutant(
    "gradients not conditioned on",
    "theory uses the law of the derivatives without the condition that both gradients are 0",
    {"theory.pairs.joint_law.given_zero": unconditioned},
)
JACOBIAN = Mutant(
    "Jacobian too small",
    "the volume of pairs at an overlap is that of one dimension less",
    {"theory.pairs.joint_law.PairLaw.log_density_of_pairs": flat_jacobian(-1)},
)
POINTS_LOST = Mutant(
    "points lost",
    "one critical point in twelve is lost, and the loss is not noticed",
    {"spinglass.critical_points.enumerate_critical_points": losing_rows(12)},
    upstream=True,
)
