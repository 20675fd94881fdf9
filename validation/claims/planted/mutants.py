"""Errors that mutants of the planted family introduce."""

from typing import Any

from validation.claims._shared.perturbations import Function, of_next_size
from validation.claims._shared.planted import weaker
from validation.mutant import Mutant


def without_second_derivative(rank_one: Function) -> Function:  # noqa: ARG001
    """Leave the signal's second derivative out of the Hessian."""
    return lambda model, m, rest: 0.0 * m  # noqa: ARG005


def physics_strength(count: Function) -> Function:
    """Multiply strengths by sqrt 2."""

    def stronger(n: int, H: Any, signal: dict[int, float], **named: Any) -> Any:
        return count(n, H, {k: strength * 2**0.5 for k, strength in signal.items()}, **named)

    return stronger


def minimum_at_physics_strength(signal_minimum: Function) -> Function:
    """Multiply strengths by sqrt 2."""
    return lambda H, signal: signal_minimum(H, {k: strength * 2**0.5 for k, strength in signal.items()})


def without_signal(count: Function) -> Function:
    """Leave the signal out."""
    return lambda n, H, signal, **named: count(n, H, dict.fromkeys(signal, 0.0), **named)


WRONG_SIZE = Mutant(
    "matrix of the wrong size",
    "theory counts for n + 1 spins",
    {"theory.mean_planted_points": of_next_size},
)
NO_RANK_ONE = Mutant(
    "rank-one term forgotten",
    "the Hessian in theory leaves out the signal's second derivative",
    {"theory.planted.planted_model.PlantedModel.rank_one": without_second_derivative},
)
PHYSICS_STRENGTH = Mutant(
    "physics' strength",
    "strengths in theory are those of the physics convention, too large by a factor sqrt 2",
    {"theory.mean_planted_points": physics_strength},
)
WEAK = Mutant(
    "signal too weak",
    "the signal is planted too small by a factor sqrt 2",
    {"spinglass.planted._add_spike": weaker(2**0.5)},
    upstream=True,
)
FORGOTTEN = Mutant(
    "signal forgotten",
    "theory leaves the signal out",
    {"theory.mean_planted_points": without_signal},
)
PHYSICS_MINIMUM = Mutant(
    "physics' strength",
    "strengths in theory are those of the physics convention, too large by a factor sqrt 2",
    {"theory.signal_minimum": minimum_at_physics_strength},
)
