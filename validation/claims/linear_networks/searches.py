"""Descents of deep linear networks, and a classification of their ends: the global value, saddles, or a bad minimum."""

from typing import Any

import numpy as np
from scipy import optimize

from spinglass._common.seeds import child
from spinglass._common.types import Array
from spinglass.networks.linear import LinearProblem

GLOBAL, NOT_CONVERGED, SADDLE, FLAT_SADDLE, BAD_MINIMUM = (
    "global",
    "not converged",
    "saddle",
    "flat saddle",
    "bad minimum",
)
# Tolerances relative to |Y|^2/2. Critical values of random data differ by far more than the first of them.
_SAME_LOSS = 1e-7
_AT_REST = 1e-6
_NEGATIVE = 1e-4
_KICK = 0.05
_KICKS = 3


def descend(problem: LinearProblem, weights: Array) -> Array:
    """Return the weights at which BFGS ends."""
    options: Any = {"maxiter": 3000, "gtol": 1e-8 * float(np.sum(problem.Y**2)) / 2}
    found = optimize.minimize(problem.loss_and_gradient, weights, jac=True, method="BFGS", options=options)
    return np.asarray(found.x)


def named(problem: LinearProblem, weights: Array, least: float, seed: np.random.SeedSequence) -> str:
    """Classify the point at which a descent has ended.

    A point above the smallest loss where the gradient vanishes is a saddle if the Hessian has a negative eigenvalue.
    Otherwise it is perturbed and descends again: from a flat saddle the loss falls, from a bad minimum it returns.
    """
    scale = float(np.sum(problem.Y**2)) / 2
    loss, gradient = problem.loss_and_gradient(weights)
    if loss - least <= _SAME_LOSS * scale:
        return GLOBAL
    if np.abs(gradient).max() > _AT_REST * scale:
        return NOT_CONVERGED
    if np.linalg.eigvalsh(problem.hessian(weights))[0] < -_NEGATIVE * scale:
        return SADDLE
    rng = np.random.default_rng(seed)
    for _ in range(_KICKS):
        end = descend(problem, weights + _KICK * rng.standard_normal(weights.size))
        if problem.loss(end) < loss - _SAME_LOSS * scale:
            return FLAT_SADDLE
    return BAD_MINIMUM


def random_problem(seed: np.random.SeedSequence, widths: tuple[int, ...], rank: int | None = None) -> LinearProblem:
    """Return Gaussian data with twice as many points as inputs, with X of the given rank if one is given."""
    rng = np.random.default_rng(child(seed, 0))
    X = rng.standard_normal((2 * widths[0], widths[0]))
    if rank is not None:
        X = X[:, :rank] @ rng.standard_normal((rank, widths[0]))
    return LinearProblem(X, rng.standard_normal((2 * widths[0], widths[-1])), widths)
