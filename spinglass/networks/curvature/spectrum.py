"""How many directions of negative curvature a trained network has: exact by inertia, or between two bounds.

Hessian = Gauss-Newton part + residual, and the first is positive semidefinite for a convex loss. So by Weyl's
inequality at most as many eigenvalues of the Hessian lie below -t as of the residual, and by Cauchy's interlacing at
least as many as of the Hessian restricted to any subspace: here to the residual's own lowest directions. For one hidden
layer of piecewise linear units the residual falls apart into one small block a unit, so that both bounds are cheap at
any size, where the Hessian itself would not fit.

Networks of any other kind are counted by products with the Hessian, from both sides: :mod:`.deflation`.

Stochastic Lanczos quadrature, which would also take networks of any kind, is not used, because it cannot see the
published threshold of 0.001. At a distance d inside an end of a spectrum of half-width L, k steps resolve about
``(pi/k) sqrt(2 d L)`` (the spacing of Chebyshev's nodes): beside a top eigenvalue of about 2 and a lowest of -0.05, 100
steps smear the many eigenvalues at 0 over about 0.01. Deflation takes both ends away and so narrows what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg
from scipy.sparse import linalg as sparse

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.threads import one_blas_thread
from spinglass.landscape import Array
from spinglass.networks.curvature.backward_recursion import sweep
from spinglass.networks.curvature.deflation import count_below
from spinglass.networks.curvature.layer_hessians import Curvature

THRESHOLD = 1e-3
_FAILURE = 1e-6


@dataclass(frozen=True, kw_only=True)
class SolutionIndex:
    """Numbers of eigenvalues below two thresholds, each a pair of bounds (equal where the count is exact).

    ``absolute`` counts eigenvalues below -0.001, as published; ``relative`` those below -0.001 times the largest.
    """

    absolute: tuple[int, int]
    relative: tuple[int, int]
    largest: float  # the largest eigenvalue
    gradient_norm: float
    parameters: int
    failure: float = 0.0  # chance that an upper bound is too low; 0 where both are proven

    @property
    def exact(self) -> bool:
        """Whether both counts are known exactly."""
        return self.absolute[0] == self.absolute[1] and self.relative[0] == self.relative[1]

    @property
    def normalised(self) -> float:
        """The absolute count divided by the number of parameters; the middle where only bounds are known."""
        return sum(self.absolute) / 2 / self.parameters


def solution_index(
    found: Curvature, *, exact_up_to: int = 4000, threshold: float = THRESHOLD, products: int = 4000
) -> SolutionIndex:
    """Count the negative eigenvalues of a network's loss Hessian, those within the threshold of 0 left out.

    Up to ``exact_up_to`` parameters the count is exact: by Sylvester's law the negative pivots of ``Hessian + t I``.
    Beyond, it lies between two bounds. For one hidden layer of piecewise linear units and linear outputs they are
    those of this module's first lines; otherwise bounds by products with the Hessian, made to differ by at most one
    in a thousand parameters as far as ``products`` suffice, the upper ones right but for a chance of 1e-6.

    Parameters
    ----------
    found
        From :func:`spinglass.networks.curvature.layer_hessians.curvature`, at the solution and on the training data.
    exact_up_to
        Largest number of parameters for which the whole matrix is factored: a cube of operations, and yet the faster
        way for some thousands more, where the matrix fits in memory.
    threshold
        Eigenvalues above ``-threshold`` (and relative to the largest, above ``-threshold largest``) count as zero.
    products
        How many products to spend; some five for each negative eigenvalue are needed. Each direction kept, at most one
        a product, takes 16 bytes a parameter.

    Raises
    ------
    TypeError
        If given anything but a curvature, as a network.
    ValueError
        If the threshold is not positive, a number is not whole, or what is kept does not fit in memory.

    Examples
    --------
    >>> from spinglass.networks.curvature.layer_hessians import curvature
    >>> from spinglass.networks.layers import LayeredNetwork
    >>> saddle = LayeredNetwork([np.array([[0.0]]), np.array([[0.0]])], activation="linear")
    >>> solution_index(curvature(saddle, [[1.0]], [[5.0]])).absolute  # of (w1 w2 - 5)^2/2 at the origin
    (1, 1)

    Notes
    -----
    Source: Horn and Johnson, "Matrix Analysis" (2013), theorems 4.3.1, 4.3.28 and 4.5.8; the thresholds after
    Choromanska et al. (2015), section 5.
    """
    if not isinstance(found, Curvature):
        raise TypeError(f"found must be a Curvature, not {type(found).__name__}; try curvature(network, X, y, loss)")
    if real_number("threshold", threshold) <= 0:
        raise ValueError(f"threshold must be positive, not {threshold!r}; try 0.001")
    size, budget = found.network.size, whole_number("products", products, 1)
    with one_blas_thread():
        largest = largest_eigenvalue(found)
        thresholds = (threshold, max(threshold * largest, np.finfo(float).tiny))
        failure = 0.0
        if size <= whole_number("exact_up_to", exact_up_to, 0):
            matrix = found.hessian()
            counts = [(count, count) for count in (_below(matrix, -t) for t in thresholds)]
        elif _falls_apart(found):
            counts = bounds_below(found, thresholds)
        else:
            failure = _FAILURE
            counts = count_below(
                found.hessian_vector,
                size,
                thresholds,
                products=budget,
                slack=size // 1000,
                failure=failure,
                random=np.random.default_rng(0),  # fixed: the same bits at every call
            )
    return SolutionIndex(
        absolute=counts[0],
        relative=counts[1],
        largest=largest,
        gradient_norm=float(np.linalg.norm(found.gradient)),
        parameters=size,
        failure=failure,
    )


def largest_eigenvalue(found: Curvature) -> float:
    """Return the largest eigenvalue of the Hessian, by Lanczos' method on products with vectors."""
    size = found.network.size
    if size < 20:
        return float(found.spectrum()[-1])
    operator = sparse.LinearOperator((size, size), matvec=found.hessian_vector, dtype=np.float64)
    # A fixed start: the same bits at every call.
    start = np.random.default_rng(0).standard_normal(size)
    if not found.hessian_vector(start).any():
        return 0.0
    return float(sparse.eigsh(operator, k=1, which="LA", v0=start, tol=1e-6, return_eigenvectors=False)[0])


def _below(matrix: Array, bound: float) -> int:
    """Count eigenvalues below a bound by the signs of Bunch and Kaufman's pivots; 2 x 2 ones have one of each sign."""
    shifted = matrix - bound * np.eye(len(matrix))
    sysv, work = linalg.lapack.dsytrf, linalg.lapack.dsytrf_lwork
    factors, pivots, info = sysv(shifted, lower=1, lwork=int(work(len(matrix), lower=1)[0]), overwrite_a=1)
    if info < 0:
        raise ArithmeticError(f"LAPACK's dsytrf refused its argument {-info}")
    single = pivots > 0
    return int(np.sum(np.diag(factors)[single] < 0)) + int(np.sum(~single)) // 2


def bounds_below(found: Curvature, thresholds: Sequence[float]) -> list[tuple[int, int]]:
    """Bound the number of eigenvalues below ``-t`` for each threshold, for one hidden layer of piecewise linear units.

    Raises
    ------
    ValueError
        If the network is of another kind.
    """
    values, vectors = _residual_directions(found, min(thresholds))
    if not len(values):
        return [(0, 0) for _ in thresholds]
    restricted = vectors @ found.hessian_vector(vectors).T
    lowest = np.linalg.eigvalsh((restricted + restricted.T) / 2)
    return [(int(np.sum(lowest < -t)), int(np.sum(values < -t))) for t in thresholds]


def most_below(found: Curvature, thresholds: Sequence[float]) -> list[int]:
    """Return the upper bounds of :func:`bounds_below` alone, which take no product with the Hessian.

    Raises
    ------
    ValueError
        If the network is not of one hidden layer of piecewise linear units and linear outputs.
    """
    sizes = np.linalg.svd(_couplings(found), compute_uv=False)
    return [int(np.sum(sizes > t)) for t in thresholds]


def _couplings(found: Curvature) -> Array:
    """Return for every hidden unit the block (n_0, n_2) of the residual that couples what enters it to what leaves it.

    By output c and hidden unit j the residual is d^2 y_c / dW1[i, j] dW2[j, c] = x_i for active j, so that the block is
    ``B_j``, the mean of ``f'(h_j) x (dE/dy)^T`` over the data, and the residual's eigenvalues are plus and minus the
    singular values of all B_j.
    """
    if not _falls_apart(found):
        raise ValueError(
            f"bounds need one hidden layer of piecewise linear units and linear outputs, not {found.network!r}; "
            "try solution_index"
        )
    swept = sweep(found.network, found.x, found.targets, found.loss_function)
    x, errors = swept.inputs[0], swept.upstream[1]
    return np.array([(x * slope[:, None]).T @ errors for slope in swept.slopes[0].T]) / len(x)


def _falls_apart(found: Curvature) -> bool:
    """Say whether the residual has one block a hidden unit and is zero elsewhere."""
    network = found.network
    return network.H == 2 and network.activation.piecewise_linear and network.output.name == "linear"


def _residual_directions(found: Curvature, least: float) -> tuple[Array, Array]:
    """Return the residual's eigenvalues below ``-least`` with orthonormal eigenvectors as rows."""
    left, sizes, right = np.linalg.svd(_couplings(found), full_matrices=False)
    width, outputs = found.network.widths[1:]
    units, ranks = np.nonzero(sizes > least)
    rows = np.zeros((len(units), found.network.size))
    first = found.network.layer_sizes[0]
    for row, j, k in zip(rows, units, ranks, strict=True):
        # Weights lie row by row, so unit j's incoming ones are `width` apart and its outgoing ones side by side.
        row[j:first:width] = left[j, :, k] / np.sqrt(2)
        row[first + j * outputs : first + (j + 1) * outputs] = -right[j, k] / np.sqrt(2)
    return -sizes[units, ranks], rows
