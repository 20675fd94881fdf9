"""One sigmoid neuron with squared loss, a model with few weights whose loss can have very many minima."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from spinglass._common.arguments import whole_number
from spinglass._common.seeds import Seed, generator
from spinglass._common.types import Array

RATIO = 16.0  # ratio of consecutive inputs along an axis; below about 8 the dips of the loss merge
TARGET = 0.75  # mean of the outputs far left and far right of a dip, so that the loss is equal on both sides


@dataclass(frozen=True, eq=False)
class SingleNeuron:
    """The loss ``sum_k (sigma(x_k . w) - y_k)^2`` of one neuron without bias, ``sigma(z) = 1/(1 + e^-z)``.

    Attributes
    ----------
    X
        Inputs x_k as rows, shape (N, d), none of them zero.
    y
        Targets, shape (N,), strictly between 0 and 1, so that no term of the loss has its minimum at infinity.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, an input is zero, or a target is not in (0, 1).

    Examples
    --------
    >>> neuron = SingleNeuron(np.array([[1.0]]), np.array([0.5]))
    >>> neuron.loss(np.array([[0.0]])).tolist()
    [0.0]
    """

    X: Array
    y: Array

    def __post_init__(self) -> None:
        X, y = np.asarray(self.X), np.asarray(self.y)
        if X.ndim != 2 or 0 in X.shape or y.shape != X.shape[:1]:
            raise ValueError(f"X must have shape (N, d) and y shape (N,); given {X.shape} and {y.shape}")
        if X.dtype.kind not in "fiu" or not np.isfinite(X).all() or not X.any(axis=1).all():
            raise ValueError("X must hold finite numbers and no row of zeros, for which the weights have no effect")
        if y.dtype.kind not in "fiu" or not ((y > 0) & (y < 1)).all():
            raise ValueError("targets must lie strictly between 0 and 1, the range of the neuron's output")
        object.__setattr__(self, "X", X.astype(np.float64))
        object.__setattr__(self, "y", y.astype(np.float64))

    @property
    def d(self) -> int:
        """Number of weights."""
        return int(self.X.shape[1])

    def outputs(self, w: npt.ArrayLike) -> Array:
        """Return the outputs of the neuron on the data.

        Parameters
        ----------
        w
            Weights, shape (..., d).

        Returns
        -------
        ndarray
            Outputs, shape (..., N).

        Raises
        ------
        ValueError
            If the weights are not finite or have another shape.
        """
        return np.asarray(expit(self._weights(w) @ self.X.T))

    def loss(self, w: npt.ArrayLike) -> Array:
        """Return the loss, summed over the data.

        Parameters
        ----------
        w
            Weights, shape (..., d).

        Returns
        -------
        ndarray
            Losses, shape (...).

        Raises
        ------
        ValueError
            If the weights are not finite or have another shape.
        """
        return np.asarray(np.sum((self.outputs(w) - self.y) ** 2, axis=-1))

    def derivatives(self, w: npt.ArrayLike) -> tuple[Array, Array, Array]:
        """Return the loss with its first and second derivatives.

        Parameters
        ----------
        w
            Weights, shape (..., d).

        Returns
        -------
        loss
            Losses, shape (...).
        gradient
            Gradients, shape (..., d).
        hessian
            Hessians, shape (..., d, d).

        Raises
        ------
        ValueError
            If the weights are not finite or have another shape.
        """
        s = self.outputs(w)
        rest, slope = s - self.y, s * (1 - s)
        curvature = 2 * slope * (slope + rest * (1 - 2 * s))
        hessian = np.einsum("...k,ki,kj->...ij", curvature, self.X, self.X, optimize=True)
        return np.sum(rest**2, axis=-1), 2 * (rest * slope) @ self.X, hessian

    def _weights(self, w: npt.ArrayLike) -> Array:
        weights = np.asarray(w, dtype=np.float64)
        if weights.shape[-1:] != (self.d,) or not np.isfinite(weights).all():
            raise ValueError(f"weights must be finite, of shape (..., {self.d}), not {weights.shape}")
        return weights


def hard_neuron(d: int, per_axis: int, ratio: float = RATIO, seed: Seed | None = None) -> SingleNeuron:
    """Return a neuron with d weights and ``N = d per_axis`` examples whose loss has ``per_axis^d`` local minima.

    Each example lies on one axis, ``x = ratio^-k e_j`` for 0 <= k < per_axis, and has the target 3/4. The loss is
    therefore a sum over weights of the same function of one weight. As a function of ln w, each term of this function
    is a dip between two sides of equal height, and consecutive dips are separated by a factor ``ratio`` in w.

    Parameters
    ----------
    d
        Number of weights.
    per_axis
        Number of examples, and of minima, per axis.
    ratio
        Ratio of consecutive inputs along an axis. Default: 16.
    seed
        If given, the inputs are multiplied by a random matrix, Gaussian with condition number below 20. This moves the
        minima off the axes but does not change their number. Default: None.

    Returns
    -------
    SingleNeuron
        The neuron with its data.

    Raises
    ------
    ValueError
        If an argument is not a whole number >= 1, or ``ratio`` is not above 1 or too large.

    References
    ----------
    Auer, Herbster and Warmuth (1996), "Exponentially many local minima for single neurons", Theorem 3.1.

    Examples
    --------
    >>> hard_neuron(2, 2).X.tolist()
    [[1.0, 0.0], [0.0625, 0.0], [0.0, 1.0], [0.0, 0.0625]]
    """
    d, per_axis = whole_number("d", d, 1), whole_number("per_axis", per_axis, 1)
    if not 1 < ratio**per_axis < 1e100:
        raise ValueError(f"ratio must be above 1 and ratio^per_axis below 1e100; given {ratio!r} and {per_axis}")
    X = np.asarray(np.kron(np.eye(d), float(ratio) ** -np.arange(per_axis)[:, None]), dtype=np.float64)
    if seed is not None:
        X = X @ _mixing(d, generator(seed))
    return SingleNeuron(X, np.full(len(X), TARGET))


def _mixing(d: int, random: np.random.Generator) -> Array:
    while True:
        matrix = random.standard_normal((d, d))
        if np.linalg.cond(matrix) < 20:
            return np.asarray(matrix)
