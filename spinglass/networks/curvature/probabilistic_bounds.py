"""Lanczos' method for the ends of a spectrum, with bounds that fail with a stated probability.

After k steps from the unit vector q, the characteristic polynomial p of the tridiagonal matrix satisfies ``|p(A) q| =
beta_1 ... beta_k``, the product of the off-diagonal elements and the last residual norm. If v is a unit eigenvector of
the eigenvalue x, then ``|p(x)| |q.v| <= beta_1 ... beta_k``. Above the Ritz values p increases. Together with a lower
bound on ``|q.v|``, which holds for a random q with a chosen probability, this bounds the largest eigenvalue from above.
The largest Ritz value bounds it from below, for certain.

Reference: van Dorsselaer, Hochstenbach & van der Vorst (2000), "Computing probabilistic bounds for extreme eigenvalues
of symmetric matrices with the Lanczos method".
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize, special

from spinglass._common.memory import require_memory
from spinglass._common.types import Array

Product = Callable[[Array], Array]
_CHECK_EVERY = 5  # steps between two looks at the bounds
_INVARIANT = 1e-12  # residual norm, relative to the largest product, at which the Krylov space is invariant
_ROUNDING = 1e-10  # of eigenvalues, relative to the largest, after complete reorthogonalisation


@dataclass(frozen=True, kw_only=True)
class ExtremeEigenvalues:
    """Bounds on the smallest and on the largest eigenvalue of a symmetric matrix.

    Attributes
    ----------
    lowest
        Lower and upper bound on the smallest eigenvalue. The upper bound is certain up to rounding.
    highest
        Lower and upper bound on the largest eigenvalue. The lower bound is certain up to rounding.
    failure
        Probability over the random start that one of the two other bounds is wrong, at most.
    products
        Number of products with the matrix.
    size
        Number of rows of the matrix.
    """

    lowest: tuple[float, float]
    highest: tuple[float, float]
    failure: float
    products: int
    size: int


@dataclass(frozen=True, eq=False)
class Tridiagonal:
    """The result of k Lanczos steps: diagonal (k,), off-diagonal (k - 1,), and the norm of the last residual."""

    diagonal: Array
    off_diagonal: Array
    last: float

    def ritz(self) -> tuple[Array, Array]:
        """Return the Ritz values, ascending, and the first components of their vectors."""
        values, vectors = linalg.eigh_tridiagonal(self.diagonal, self.off_diagonal)
        return np.asarray(values, dtype=np.float64), np.asarray(vectors[0], dtype=np.float64)

    @property
    def log_product(self) -> float:
        """Logarithm of the product of the off-diagonal elements and the last residual norm."""
        if self.last == 0:
            return -math.inf
        return float(np.log(self.off_diagonal).sum() + math.log(self.last))


def extreme_eigenvalues(
    product: Product, size: int, *, products: int, tolerance: float, failure: float, random: np.random.Generator
) -> ExtremeEigenvalues:
    """Bound both ends of the spectrum of a symmetric matrix.

    Parameters
    ----------
    product
        Function that multiplies the matrix with a vector of shape (size,).
    size
        Number of rows.
    products
        Largest number of products.
    tolerance
        Difference of the bounds, relative to the width of the spectrum, at which the method stops early.
    failure
        Allowed probability of a wrong bound.
    random
        Generator of the random start.

    Returns
    -------
    ExtremeEigenvalues
        The bounds.

    Raises
    ------
    ValueError
        If the vectors do not fit in memory.
    """

    def bounds(run: Tridiagonal) -> tuple[tuple[float, float], tuple[float, float]]:
        values = run.ritz()[0]
        below = -beyond(-values[::-1], run.log_product, size, failure / 2)
        above = beyond(values, run.log_product, size, failure / 2)
        return (below, float(values[0])), (float(values[-1]), above)

    def close(run: Tridiagonal) -> bool:
        lowest, highest = bounds(run)
        width = highest[0] - lowest[1]
        return max(lowest[1] - lowest[0], highest[1] - highest[0]) <= tolerance * width

    run = tridiagonalise(product, size, products, random, enough=close)
    lowest, highest = bounds(run)
    return ExtremeEigenvalues(lowest=lowest, highest=highest, failure=failure, products=len(run.diagonal), size=size)


def tridiagonalise(
    product: Product,
    size: int,
    steps: int,
    random: np.random.Generator,
    enough: Callable[[Tridiagonal], bool] = lambda _: False,
) -> Tridiagonal:
    """Run Lanczos' method with complete reorthogonalisation from a random start, uniform on the sphere.

    Parameters
    ----------
    product
        Function that multiplies the matrix with a vector of shape (size,).
    size
        Number of rows.
    steps
        Largest number of steps, each with one product.
    random
        Generator of the start.
    enough
        Function that decides, from the result so far, whether to stop. Default: never.

    Returns
    -------
    Tridiagonal
        The tridiagonal matrix of the steps done.

    Raises
    ------
    ValueError
        If the vectors do not fit in memory.
    """
    steps = min(steps, size)
    require_memory(8 * size * (steps + 4), f"{steps} Lanczos vectors of {size} numbers", "fewer products")
    Q = np.empty((steps, size))
    q = random.standard_normal(size)
    Q[0] = q / np.linalg.norm(q)
    diagonal: list[float] = []
    off_diagonal: list[float] = []
    largest, found = 0.0, Tridiagonal(np.empty(0), np.empty(0), 0.0)
    for k in range(steps):
        w = product(Q[k])
        largest = max(largest, float(np.linalg.norm(w)))
        diagonal.append(float(Q[k] @ w))
        for _ in range(2):  # two orthogonalisations are enough
            w = w - (Q[: k + 1] @ w) @ Q[: k + 1]
        norm = float(np.linalg.norm(w))
        if norm <= _INVARIANT * largest or k + 1 == size:
            norm = 0.0
        found = Tridiagonal(np.array(diagonal), np.array(off_diagonal), norm)
        if norm == 0 or k + 1 == steps or ((k + 1) % _CHECK_EVERY == 0 and enough(found)):
            break
        off_diagonal.append(norm)
        Q[k + 1] = w / norm
    return found


def beyond(values: Array, log_product: float, n: int, failure: float) -> float:
    """Return an upper bound on the eigenvalues of a matrix, wrong with a probability of at most ``failure``.

    Parameters
    ----------
    values
        Ritz values of a run from a start that is uniform on the sphere, ascending.
    log_product
        Logarithm of the product of the off-diagonal elements and the last residual norm.
    n
        Dimension of the sphere's space.
    failure
        Probability that the start is nearly orthogonal to an eigenvector.

    Returns
    -------
    float
        The bound.

    Examples
    --------
    >>> beyond(np.array([1.0]), math.log(0.5), 2, 0.1) > 1.5  # one step: |q.v| >= 0.156 with probability 0.9
    True
    """
    highest = float(values[-1])
    allowance = _ROUNDING * float(np.abs(values).max())
    if log_product == -math.inf:  # the space is invariant, and its Ritz values are eigenvalues
        return highest + allowance
    overlap = math.sqrt(special.betaincinv(0.5, (n - 1) / 2, failure))
    limit = log_product - math.log(overlap)

    def excess(step: float) -> float:
        return float(np.log(step + (highest - values)).sum()) - limit

    # Every factor is at least the step and at most the step plus the width of the Ritz values.
    most = math.exp(limit / len(values))
    least = max(most - (highest - float(values[0])), most * 1e-300)
    while excess(least) > 0:
        least *= 1e-3
        if least < 1e-300:
            return highest + allowance
    return highest + float(optimize.brentq(excess, least, most * (1 + 1e-12), rtol=1e-12)) + allowance
