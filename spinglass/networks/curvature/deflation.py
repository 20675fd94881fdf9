"""Bounds on the number of eigenvalues of a large symmetric matrix below a threshold, from matrix-vector products.

Let V be a subspace and W its complement. If A restricted to W has no eigenvalue below ``floor``, and ``eta = floor +
t`` is positive, then by Haynsworth's inertia additivity the number of eigenvalues of A below -t equals the number of
negative eigenvalues of ``A_VV + t - A_VW (A_WW + t)^{-1} A_WV``. That number is at least the number of negative
eigenvalues of ``A_VV + t``, and at most that of ``A_VV + t - A_VW A_WV / eta``. Both are small matrices.

V consists of Ritz vectors from Lanczos runs, each in the complement of the earlier ones. For a random start, a run
bounds the lowest eigenvalue from below, except with a stated probability (:mod:`.probabilistic_bounds`); the last run
therefore gives the floor. Converged eigenvectors at the upper end of the spectrum are also added to V, because the
error of a run is proportional to the width of the remaining spectrum.

Reference: Haynsworth (1968), "Determination of the inertia of a partitioned Hermitian matrix".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spinglass._common.memory import require_memory
from spinglass._common.types import Array
from spinglass.networks.curvature.probabilistic_bounds import Product, beyond

STEPS = 400  # steps of the first runs; doubled whenever a run finds nothing new and proves nothing


@dataclass(frozen=True, eq=False)
class Run:
    """The Ritz pairs of one Lanczos run in a complement W, with the images of the vectors under the full A."""

    values: Array  # (k,), ascending
    vectors: Array  # (k, n)
    images: Array  # (k, n)
    residuals: Array  # (k,), norms of ``A_WW v - value v``
    log_product: float  # logarithm of the product of the off-diagonal elements and the last residual norm


def count_below(
    product: Product,
    size: int,
    thresholds: Sequence[float],
    *,
    products: int,
    slack: int,
    failure: float,
    random: np.random.Generator,
    steps: int = STEPS,
) -> list[tuple[int, int]]:
    """Return bounds on the number of eigenvalues below ``-t`` of a symmetric matrix, for each threshold t > 0.

    The computation ends when no two bounds differ by more than ``slack``, or after about ``products`` products. The
    lower bounds are proven up to rounding. The probability over the random starts that any upper bound is too low is at
    most ``failure``.

    Parameters
    ----------
    product
        Function that multiplies the matrix with a vector of shape (size,).
    size
        Number of rows of the matrix.
    thresholds
        The thresholds t.
    products
        Largest number of products.
    slack
        Allowed difference of an upper and a lower bound.
    failure
        Allowed probability of a wrong upper bound.
    random
        Generator of the random starts.
    steps
        Number of steps of the first Lanczos runs. Default: 400.

    Returns
    -------
    list of tuple of int
        Lower and upper bound for each threshold.

    Raises
    ------
    ValueError
        If the vectors do not fit in memory.
    """
    require_memory(
        16 * size * (min(products, size) + 2 * steps), f"{products} directions of {size} numbers", "fewer products"
    )
    steps = min(steps, size, products)
    V, images = np.empty((0, size)), np.empty((0, size))
    least, spent, floor = min(thresholds), 0, -math.inf
    allowed = failure / max(1, products // steps)
    while True:
        run = lanczos(product, V, min(steps, size - len(V)), random)
        spent += len(run.values)
        floor = max(floor, lowest_left(run, size - len(V), allowed))
        taken = (run.values < -least / 2) | ((run.residuals < least / 100) & (np.abs(run.values) > least))
        V, images = np.vstack([V, run.vectors[taken]]), np.vstack([images, run.images[taken]])
        if len(V) == size:
            floor = math.inf
        bounds = [inertia_bounds(V, images, t, floor) for t in thresholds]
        steps *= 1 if taken.any() else 2
        if all(high - low <= slack for low, high in bounds) or spent + steps > products:
            return bounds


def lanczos(product: Product, V: Array, steps: int, random: np.random.Generator) -> Run:
    """Run Lanczos' method in the complement of V (orthonormal rows) from a random start, fully reorthogonalised."""
    Q, images = np.empty((steps, V.shape[1])), np.empty((steps, V.shape[1]))
    norm, largest, log_product = 0.0, 0.0, 0.0
    q: Array = np.asarray(random.standard_normal(V.shape[1]))
    for _ in range(2):  # two orthogonalisations are enough
        q = _without(q, V)
    q /= np.linalg.norm(q)
    for k in range(steps):
        Q[k] = q
        q = images[k] = product(q)
        largest = max(largest, float(np.linalg.norm(q)))
        for _ in range(2):
            q = _without(_without(q, V), Q[: k + 1])
        norm = float(np.linalg.norm(q))
        if norm <= 1e-12 * largest:  # the space is invariant, so its Ritz values are eigenvalues
            Q, images, norm, log_product = Q[: k + 1], images[: k + 1], 0.0, -math.inf
            break
        log_product += math.log(norm)
        q = q / norm
    restricted = Q @ images.T
    values, turns = np.linalg.eigh((restricted + restricted.T) / 2)
    return Run(values, turns.T @ Q, turns.T @ images, norm * np.abs(turns[-1]), log_product)


def lowest_left(run: Run, n: int, failure: float) -> float:
    """Return a lower bound on the eigenvalues in the run's space, wrong with a probability of at most ``failure``.

    The space has n dimensions.
    """
    return -beyond(-run.values[::-1], run.log_product, n, failure)


def inertia_bounds(V: Array, images: Array, t: float, floor: float) -> tuple[int, int]:
    """Bound the number of eigenvalues below -t from rows V, their images ``V A``, and the floor on the complement."""
    within = V @ images.T
    shifted = (within + within.T) / 2 + t * np.eye(len(V))
    low = int(np.sum(np.linalg.eigvalsh(shifted) < 0))
    if floor + t <= 0:  # only Cauchy's interlacing theorem applies
        return low, V.shape[1] - (len(V) - low)
    across = images - within.T @ V
    return low, int(np.sum(np.linalg.eigvalsh(shifted - across @ across.T / (floor + t)) < 0))


def _without(q: Array, rows: Array) -> Array:
    """Return q minus its projection onto the span of orthonormal rows."""
    return np.asarray(q - (rows @ q) @ rows)
