"""The number of directions of negative curvature of a trained network: exact from the inertia, or bounded.

The Hessian is the sum of the Gauss-Newton part and the residual, and the first is positive semidefinite for a convex
loss. By Weyl's inequality, the Hessian has therefore at most as many eigenvalues below -t as the residual. By Cauchy's
interlacing theorem, it has at least as many as its restriction to any subspace; here this is the space of the lowest
eigenvectors of the residual. For one hidden layer of piecewise linear units, the residual consists of one small block
per unit, so both bounds are cheap at any size, even if the Hessian itself does not fit in memory.

For other networks, both bounds come from products with the Hessian (:mod:`.deflation`).

Stochastic Lanczos quadrature would also apply to any network, but it cannot resolve the published threshold of 0.001.
At a distance d from one end of a spectrum of half-width L, k steps resolve about ``(pi/k) sqrt(2 d L)`` (the spacing of
Chebyshev nodes). With a largest eigenvalue of about 2 and a lowest of -0.05, 100 steps spread the many eigenvalues at 0
over about 0.01. Deflation removes both ends and thereby narrows the remaining spectrum.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg
from scipy.sparse import linalg as sparse

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.threads import one_blas_thread
from spinglass._common.types import Array
from spinglass.networks.activations import ACTIVATIONS
from spinglass.networks.curvature.backward_recursion import sweep
from spinglass.networks.curvature.deflation import count_below
from spinglass.networks.curvature.layer_hessians import LayerHessians

THRESHOLD = 1e-3
_FAILURE = 1e-6


@dataclass(frozen=True, kw_only=True)
class SolutionIndex:
    """Numbers of eigenvalues of the Hessian below two thresholds, as pairs of lower and upper bounds.

    Attributes
    ----------
    absolute
        Bounds on the number of eigenvalues below -threshold (-0.001, as published); equal if the count is exact.
    relative
        Bounds on the number of eigenvalues below -threshold times the largest eigenvalue.
    largest
        The largest eigenvalue.
    gradient_norm
        Euclidean norm of the gradient of the mean loss.
    parameters
        Number of parameters.
    failure
        Probability that an upper bound is too low; 0 if both bounds are proven.
    """

    absolute: tuple[int, int]
    relative: tuple[int, int]
    largest: float
    gradient_norm: float
    parameters: int
    failure: float = 0.0

    @property
    def exact(self) -> bool:
        """Whether both counts are known exactly."""
        return self.absolute[0] == self.absolute[1] and self.relative[0] == self.relative[1]

    @property
    def normalised(self) -> float:
        """The absolute count (the mean of its bounds) divided by the number of parameters."""
        return sum(self.absolute) / 2 / self.parameters


def solution_index(
    found: LayerHessians, *, exact_up_to: int = 4000, threshold: float = THRESHOLD, products: int = 4000
) -> SolutionIndex:
    """Count the eigenvalues of a network's loss Hessian that lie below a negative threshold.

    For at most ``exact_up_to`` parameters the count is exact: by Sylvester's law of inertia it is the number of
    negative pivots of ``Hessian + t I``. For larger networks the result is a pair of bounds. With one hidden layer of
    piecewise linear units and linear outputs, they follow from the residual (Weyl's inequality and Cauchy's interlacing
    theorem). Otherwise they come from products with the Hessian until they differ by at most a thousandth of the number
    of parameters; an upper bound is then too low with a probability of at most 1e-6.

    Parameters
    ----------
    found
        The curvature at the solution on the training data, from :func:`spinglass.networks.curvature.curvature`.
    exact_up_to
        Largest number of parameters for which the full matrix is factorised. The cost is cubic, but for some thousands
        of parameters more it is still faster than products, if the matrix fits in memory. Default: 4000.
    threshold
        Eigenvalues above ``-threshold`` (for the relative count, above ``-threshold`` times the largest eigenvalue) are
        not counted. Default: 0.001.
    products
        Largest number of products with the Hessian; about five per negative eigenvalue are needed. At most one
        direction per product is kept, with 16 bytes per parameter. Default: 4000.

    Returns
    -------
    SolutionIndex
        The counts or their bounds.

    Raises
    ------
    TypeError
        If ``found`` is not a Curvature.
    ValueError
        If the threshold is not positive, a number is not whole, or the directions do not fit in memory.

    References
    ----------
    Horn and Johnson, "Matrix Analysis" (2013), theorems 4.3.1, 4.3.28 and 4.5.8; thresholds as in Choromanska et al.
    (2015), section 5.

    Examples
    --------
    >>> from spinglass.networks.curvature import curvature
    >>> from spinglass.networks.layers import LayeredNetwork
    >>> saddle = LayeredNetwork([np.array([[0.0]]), np.array([[0.0]])], activation="linear")
    >>> solution_index(curvature(saddle, [[1.0]], [[5.0]])).absolute  # of (w1 w2 - 5)^2/2 at the origin
    (1, 1)
    """
    if not isinstance(found, LayerHessians):
        raise TypeError(f"found must be a Curvature, not {type(found).__name__}; use curvature(network, X, y, loss)")
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
                random=np.random.default_rng(0),  # a fixed seed gives the same bits in every call
            )
    return SolutionIndex(
        absolute=counts[0],
        relative=counts[1],
        largest=largest,
        gradient_norm=float(np.linalg.norm(found.gradient)),
        parameters=size,
        failure=failure,
    )


def largest_eigenvalue(found: LayerHessians) -> float:
    """Return the largest eigenvalue of the Hessian, by Lanczos' method with matrix-vector products.

    Parameters
    ----------
    found
        The curvature of a network.

    Returns
    -------
    float
        The eigenvalue, with a relative error of about 1e-6.
    """
    size = found.network.size
    if size < 20:
        return float(found.spectrum()[-1])
    operator = sparse.LinearOperator((size, size), matvec=found.hessian_vector, dtype=np.float64)
    # A fixed start gives the same bits in every call.
    start = np.random.default_rng(0).standard_normal(size)
    if not found.hessian_vector(start).any():
        return 0.0
    return float(sparse.eigsh(operator, k=1, which="LA", v0=start, tol=1e-6, return_eigenvectors=False)[0])


def _below(matrix: Array, bound: float) -> int:
    """Count the eigenvalues below a bound by the signs of Bunch-Kaufman pivots; 2 x 2 pivots have one of each sign."""
    shifted = matrix - bound * np.eye(len(matrix))
    sysv, work = linalg.lapack.dsytrf, linalg.lapack.dsytrf_lwork
    factors, pivots, info = sysv(shifted, lower=1, lwork=int(work(len(matrix), lower=1)[0]), overwrite_a=1)
    if info < 0:
        raise ArithmeticError(f"LAPACK's dsytrf reports an illegal argument {-info}")
    single = pivots > 0
    return int(np.sum(np.diag(factors)[single] < 0)) + int(np.sum(~single)) // 2


def bounds_below(found: LayerHessians, thresholds: Sequence[float]) -> list[tuple[int, int]]:
    """Return bounds on the number of eigenvalues below ``-t``, for one hidden layer of piecewise linear units.

    Parameters
    ----------
    found
        The curvature of a network with one hidden layer of piecewise linear units and linear outputs.
    thresholds
        The thresholds t > 0.

    Returns
    -------
    list of tuple of int
        Lower and upper bound for each threshold.

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


def most_below(found: LayerHessians, thresholds: Sequence[float]) -> list[int]:
    """Return only the upper bounds of :func:`bounds_below`, which need no products with the Hessian.

    Parameters
    ----------
    found
        The curvature of a network with one hidden layer of piecewise linear units and linear outputs.
    thresholds
        The thresholds t > 0.

    Returns
    -------
    list of int
        Upper bound for each threshold.

    Raises
    ------
    ValueError
        If the network is of another kind.
    """
    sizes = np.linalg.svd(_couplings(found), compute_uv=False)
    return [int(np.sum(sizes > t)) for t in thresholds]


def _couplings(found: LayerHessians) -> Array:
    """Return, for every hidden unit, the block (n_0, n_2) of the residual between its incoming and outgoing weights.

    Because d^2 y_c / dW1[i, j] dW2[j, c] = f'(h_j) x_i, the block of unit j is ``B_j``, the mean of
    ``f'(h_j) x (dE/dy)^T`` over the data. The eigenvalues of the residual are plus and minus the singular values of all
    B_j.
    """
    if not _falls_apart(found):
        raise ValueError(
            f"bounds need one hidden layer of piecewise linear units, linear outputs and a convex loss, not "
            f"{found.network!r} with the loss {found.loss_function.name}; "
            "use solution_index"
        )
    swept = sweep(found.network, found.x, found.targets, found.loss_function)
    x, errors = swept.inputs[0], swept.upstream[1]
    return np.array([(x * slope[:, None]).T @ errors for slope in swept.slopes[0].T]) / len(x)


def _falls_apart(found: LayerHessians) -> bool:
    """Return whether the residual consists of one block per hidden unit, and the loss is convex."""
    network = found.network
    return (
        found.loss_function.convex
        and network.H == 2
        and network.activation.piecewise_linear
        and network.output.same_as(ACTIVATIONS["linear"])
    )


def _residual_directions(found: LayerHessians, least: float) -> tuple[Array, Array]:
    """Return the residual's eigenvalues below ``-least`` with orthonormal eigenvectors as rows."""
    left, sizes, right = np.linalg.svd(_couplings(found), full_matrices=False)
    width, outputs = found.network.widths[1:]
    units, ranks = np.nonzero(sizes > least)
    rows = np.zeros((len(units), found.network.size))
    first = found.network.layer_sizes[0]
    for row, j, k in zip(rows, units, ranks, strict=True):
        # Weights are stored row by row: incoming weights of unit j are `width` apart, outgoing ones are contiguous.
        row[j:first:width] = left[j, :, k] / np.sqrt(2)
        row[first + j * outputs : first + (j + 1) * outputs] = -right[j, k] / np.sqrt(2)
    return -sizes[units, ranks], rows
