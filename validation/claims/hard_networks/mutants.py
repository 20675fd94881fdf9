"""Errors that mutants of the hard-networks family introduce."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from spinglass.networks.small import neuron
from validation.claims._shared.perturbations import Function


def closer(hard_neuron: Function) -> Function:
    """Let inputs along an axis differ by a factor of at most 3."""
    return lambda d, per_axis, ratio=3.0, seed=None: hard_neuron(d, per_axis, min(ratio, 3.0), seed)


def uneven(hard_neuron: Function) -> Function:
    """Set all targets to 0.95."""

    def wrong(d: int, per_axis: int, **options: Any) -> Any:
        hard = hard_neuron(d, per_axis, **options)
        return neuron.SingleNeuron(hard.X, np.full_like(hard.y, 0.95))

    return wrong


def without_last(examples: Function) -> Function:
    """Leave out the examples of the last set."""

    def fewer(n: int, sets: Collection[Collection[int]]) -> Any:
        return examples(n, list(sets)[:-1])

    return fewer


def without_cube(examples: Function) -> Function:
    """Leave out the examples that force the output unit to compute an AND."""

    def bare(n: int, sets: Any) -> Any:
        X, labels = examples(n, sets)
        kept = ~X[:, n:].any(axis=1)
        return X[kept], labels[kept]

    return bare


def without_cross_terms(hessian: Function) -> Function:
    """Set the off-diagonal entries of the Hessian to zero."""
    return lambda self, w: hessian(self, w) * np.eye(2)


def of_one_sign(gradient: Function) -> Function:
    """Let the loss grow with the first weight alone."""

    def wrong(self: Any, w: Any) -> Any:
        energy, slope = gradient(self, w)
        return energy + 1e-3 * np.asarray(w)[..., 0] ** 2 * energy, slope

    return wrong


def of_at_most(units: int) -> Callable[[Function], Function]:
    """Cut networks to this number of hidden units."""
    return lambda train: lambda X, y, hidden, **options: train(X, y, hidden=min(hidden, units), **options)


def never_small(train: Function) -> Function:
    """Train networks of at least 32 hidden units."""
    return lambda X, y, hidden, **options: train(X, y, hidden=max(hidden, 32), **options)
