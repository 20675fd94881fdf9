"""Errors that mutants of the generalisation family introduce."""

from collections.abc import Callable
from typing import Any

import numpy as np

from spinglass import toy_data
from validation.claims._shared.perturbations import Function


def one_degree_less(fit: Function) -> Function:
    """Fit polynomials of one degree less."""
    return lambda x, t, degree: fit(x, t, max(0, degree - 1))


def one_point_more(expected: Function) -> Function:
    """Predict the errors for one more data point."""
    return lambda x, *model: expected(np.linspace(0, 1, len(x) + 1), *model)


def rounded_abscissae(points: Function) -> Function:
    """Round the abscissae to four digits."""

    def rounded() -> Any:
        x, t = points()
        return x.round(4), t

    return rounded


def without_diagonal(orthonormal: Function) -> Function:
    """Set the diagonal of the recurrence to zero."""

    def maimed(x: Any, degree: int) -> Any:
        basis, recurrence = orthonormal(x, degree)
        diagonal = np.arange(degree + 1)
        recurrence[diagonal, diagonal] = 0
        return basis, recurrence

    return maimed


def noisier(noisy_sine: Function) -> Function:
    """Draw data with noise a tenth too large."""
    return lambda size, seed, noise=0.3: noisy_sine(size, seed, 1.1 * noise)


def without_new_noise(new_points: Function) -> Function:
    """Draw test points without noise."""

    def noiseless(seed: Any) -> Any:
        x, _ = new_points(seed)
        return x, toy_data.sine(x)

    return noiseless


def trained_with(**changes: Any) -> Callable[[Function], Function]:
    """Train with these options in place of those given."""
    return lambda train: lambda X, y, **options: train(X, y, **{**options, **changes})
