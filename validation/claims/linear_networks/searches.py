"""Descents of deep linear networks, and names for where they end: the global value, saddles, or a bad minimum."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from spinglass._common.seeds import child
from spinglass.networks.linear import LinearProblem

Array = NDArray[np.float64]

GLOBAL, NOT_CONVERGED, SADDLE, FLAT_SADDLE, BAD_MINIMUM = (
    "global",
    "not converged",
    "saddle",
    "flat saddle",
    "bad minimum",
)
# All relative to |Y|^2/2. Critical values of random data differ by far more than the first.
_SAME_LOSS = 1e-7
_AT_REST = 1e-6
_NEGATIVE = 1e-4
_KICK = 0.05
_KICKS = 3


def descend(problem: LinearProblem, weights: Array) -> Array:
    """Return where BFGS ends."""
    options: Any = {"maxiter": 3000, "gtol": 1e-8 * float(np.sum(problem.Y**2)) / 2}
    found = optimize.minimize(problem.loss_and_gradient, weights, jac=True, method="BFGS", options=options)
    return np.asarray(found.x)


def named(problem: LinearProblem, weights: Array, least: float, seed: np.random.SeedSequence) -> str:
    """Name the point where a descent has ended.

    Above the least loss and at rest, negative curvature makes it a saddle. Without any, it is kicked and descends
    again: off a flat saddle it falls, from a bad minimum it comes back.
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
    """Return Gaussian data, twice as many points as inputs; of a given rank, if X should be singular."""
    rng = np.random.default_rng(child(seed, 0))
    X = rng.standard_normal((2 * widths[0], widths[0]))
    if rank is not None:
        X = X[:, :rank] @ rng.standard_normal((rank, widths[0]))
    return LinearProblem(X, rng.standard_normal((2 * widths[0], widths[-1])), widths)
