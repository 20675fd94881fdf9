"""Deep linear networks: squared loss, gradient and Hessian in closed form."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, generator
from spinglass._common.types import Array
from spinglass.networks.layer_checks import check_inputs


@dataclass(frozen=True, eq=False, repr=False, init=False)
class LinearProblem:
    """The landscape ``E = |X W_1 ... W_H - Y|^2 / 2`` of a linear network.

    In all methods, ``weights`` is either the list of matrices W_l, of shapes (n_(l-1), n_l), or one vector (size,) with
    the matrices layer by layer, each flattened row by row. The loss is a sum over data points, not a mean. It is
    infinite or NaN if the weights are so large that it overflows.

    Parameters
    ----------
    X
        Inputs, one row per data point, shape (M, n_0).
    Y
        Targets, shape (M, n_H).
    widths
        Number of units of each layer, ``n_0, ..., n_H``.

    Attributes
    ----------
    X, Y, widths
        As given, in float64.

    Raises
    ------
    ValueError
        If data are not finite or do not fit the widths, or a width is zero.

    Examples
    --------
    >>> problem = LinearProblem([[1.0]], [[6.0]], widths=(1, 1, 1))
    >>> problem.loss([[[2.0]], [[2.0]]]), problem.gradient([[[2.0]], [[2.0]]]).tolist()
    (2.0, [-4.0, -4.0])
    """

    X: Array
    Y: Array
    widths: tuple[int, ...]

    def __init__(self, X: npt.ArrayLike, Y: npt.ArrayLike, widths: Sequence[int]) -> None:
        sizes = tuple(whole_number("a width", n, 1) for n in widths)
        if len(sizes) < 2:
            raise ValueError(f"widths must be n_0, ..., n_H with H >= 1, not {sizes}")
        data = check_inputs(X, sizes[0])
        targets = np.asarray(Y)
        if targets.dtype.kind not in "fiu" or targets.shape != (len(data), sizes[-1]):
            raise ValueError(
                f"Y must be real numbers of shape ({len(data)}, {sizes[-1]}), one row per data point, "
                f"not {targets.dtype} of shape {targets.shape}"
            )
        if not np.isfinite(targets).all():
            raise ValueError(f"Y must be finite; {np.count_nonzero(~np.isfinite(targets))} of its entries are not")
        object.__setattr__(self, "X", data)
        object.__setattr__(self, "Y", targets.astype(np.float64))
        object.__setattr__(self, "widths", sizes)

    @property
    def H(self) -> int:
        """Number of layers."""
        return len(self.widths) - 1

    @property
    def size(self) -> int:
        """Number of weights."""
        return sum(a * b for a, b in pairwise(self.widths))

    @property
    def bottleneck(self) -> int:
        """The smallest width, which is the largest possible rank of the product of the layers."""
        return min(self.widths)

    def random_weights(self, seed: Seed) -> Array:
        """Return independent Gaussian weights of variance 1/n_(l-1).

        Parameters
        ----------
        seed
            Seed of the weights.

        Returns
        -------
        ndarray
            All weights as one vector, shape (size,).
        """
        rng = generator(seed)
        return np.concatenate([(rng.standard_normal((a, b)) / np.sqrt(a)).ravel() for a, b in pairwise(self.widths)])

    def layers(self, weights: npt.NDArray[Any] | Sequence[npt.ArrayLike]) -> list[Array]:
        """Return the weights as a list of matrices.

        Parameters
        ----------
        weights
            List of matrices, or one vector (size,).

        Returns
        -------
        list of ndarray
            H matrices of shapes (n_(l-1), n_l).

        Raises
        ------
        ValueError
            If shapes do not fit or a number is not finite.
        """
        shapes = list(pairwise(self.widths))
        if isinstance(weights, np.ndarray) and weights.ndim == 1:
            if weights.shape != (self.size,):
                raise ValueError(f"a vector of weights must have {self.size} numbers, not {weights.size}")
            ends = np.cumsum([a * b for a, b in shapes])[:-1]
            matrices = [part.reshape(shape) for part, shape in zip(np.split(weights, ends), shapes, strict=True)]
        else:
            try:
                matrices = [np.asarray(W, dtype=np.float64) for W in weights]
            except TypeError:
                raise ValueError(
                    f"weights must be a list of matrices of shapes {shapes} or one vector, not {weights!r}"
                ) from None
            if [W.shape for W in matrices] != shapes:
                raise ValueError(f"weights must have shapes {shapes}, not {[W.shape for W in matrices]}")
        if not all(np.isfinite(W).all() for W in matrices):
            raise ValueError("weights must be finite; some are not")
        return matrices

    @np.errstate(over="ignore", invalid="ignore")
    def loss(self, weights: npt.NDArray[Any] | Sequence[npt.ArrayLike]) -> float:
        """Return the total loss E.

        Parameters
        ----------
        weights
            List of matrices, or one vector (size,).

        Returns
        -------
        float
            The loss, summed over data points.

        Raises
        ------
        ValueError
            As `layers`.
        """
        return 0.5 * float(np.sum(self._residual(self.layers(weights)) ** 2))

    def gradient(self, weights: npt.NDArray[Any] | Sequence[npt.ArrayLike]) -> Array:
        """Return the derivatives of E with respect to all weights.

        Parameters
        ----------
        weights
            List of matrices, or one vector (size,).

        Returns
        -------
        ndarray
            Derivatives as one vector, shape (size,).

        Raises
        ------
        ValueError
            As `layers`.
        """
        return self.loss_and_gradient(weights)[1]

    @np.errstate(over="ignore", invalid="ignore")
    def loss_and_gradient(self, weights: npt.NDArray[Any] | Sequence[npt.ArrayLike]) -> tuple[float, Array]:
        """Return the total loss E and its gradient.

        Parameters
        ----------
        weights
            List of matrices, or one vector (size,).

        Returns
        -------
        loss
            The loss, summed over data points.
        gradient
            Derivatives as one vector, shape (size,).

        Raises
        ------
        ValueError
            As `layers`.
        """
        layers = self.layers(weights)
        below, above = partial_products(layers)
        residual = self._residual(layers)
        slope = self.X.T @ residual
        parts = [P.T @ slope @ Q.T for P, Q in zip(below, above, strict=True)]
        return 0.5 * float(np.sum(residual**2)), np.concatenate([part.ravel() for part in parts])

    @np.errstate(over="ignore", invalid="ignore")
    def hessian(self, weights: npt.NDArray[Any] | Sequence[npt.ArrayLike]) -> Array:
        """Return the second derivatives of E with respect to all weights.

        With ``P_l = W_1...W_(l-1)``, ``Q_l = W_(l+1)...W_H`` and ``G = X^T (X W - Y)``, the block of layers l <= m is
        ``(P_l^T X^T X P_m) (x) (Q_l Q_m^T)``, plus ``(P_l^T G Q_m^T)_iq (W_(l+1)...W_(m-1))_jp`` for l < m.

        Parameters
        ----------
        weights
            List of matrices, or one vector (size,).

        Returns
        -------
        ndarray
            Symmetric matrix of shape (size, size).

        Raises
        ------
        ValueError
            As `layers`, and if the matrix does not fit in memory.
        """
        layers = self.layers(weights)
        require_memory(8 * 2 * self.size**2, f"the Hessian of {self.size} weights", "narrower layers")
        below, above = partial_products(layers)
        slope = self.X.T @ self._residual(layers)
        images = [self.X @ P for P in below]
        total = np.zeros((self.size, self.size))
        ends = np.cumsum([0, *(W.size for W in layers)])
        for low, W in enumerate(layers):
            between = np.eye(W.shape[1])
            for high in range(low, self.H):
                block = np.kron(images[low].T @ images[high], above[low] @ above[high].T)
                if high > low:
                    coupling = below[low].T @ slope @ above[high].T
                    block = block + np.einsum("jp,iq->ijpq", between, coupling).reshape(block.shape)
                    between = between @ layers[high]
                rows, columns = slice(ends[low], ends[low + 1]), slice(ends[high], ends[high + 1])
                total[rows, columns] = block
                total[columns, rows] = block.T
        return total

    def _residual(self, layers: list[Array]) -> Array:
        outputs = self.X
        for W in layers:
            outputs = outputs @ W
        return outputs - self.Y

    def __repr__(self) -> str:
        return f"LinearProblem(widths={self.widths}, {len(self.X)} data points)"


def partial_products(layers: Sequence[Array]) -> tuple[list[Array], list[Array]]:
    """Return, for each layer, the product of all layers below it and the product of all layers above it."""
    below, above = [np.eye(layers[0].shape[0])], [np.eye(layers[-1].shape[1])]
    for W in layers[:-1]:
        below.append(below[-1] @ W)
    for W in layers[:0:-1]:
        above.append(W @ above[-1])
    return below, above[::-1]
