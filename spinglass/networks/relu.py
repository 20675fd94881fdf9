"""The layered ReLU network with one output."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, child, generator, seed_sequence
from spinglass._common.threads import one_blas_thread
from spinglass._common.types import Array
from spinglass.landscape import check_points
from spinglass.networks.architecture import Architecture, in_figures

Gates = NDArray[np.bool_]

_WEIGHTS = 0x57  # key of the weights' child seeds, of which there is one per layer


class ReLUNetwork:
    """A ReLU network without biases, ``Y = q relu(W_H^T ... relu(W_1^T X))``.

    The factor is ``q = Lambda^{-(H-1)/2}`` with ``Lambda = Psi^{1/H}`` and ``Psi = prod n_i`` the number of paths. A
    point evaluated alone and in a batch gives the same result up to rounding.

    The output has no derivative at a kink, where a preactivation is exactly zero. The unit then counts as inactive;
    this does not change the output, and `gradient` uses 0 for the derivative of relu at 0.

    Parameters
    ----------
    weights
        The matrices ``W_1, ..., W_H``; W_l has shape ``(n_{l-1}, n_l)``, with ``n_0 = d`` and ``n_H = 1``.
    last_relu
        Whether the output unit is rectified, as in the paper. Default: True.

    Attributes
    ----------
    weights
        List of the matrices ``W_1, ..., W_H`` in float64, not copied on access.
    architecture
        The sizes that follow from the widths (`Architecture`).
    last_relu
        Whether the output unit is rectified.

    Raises
    ------
    ValueError
        If a matrix is not finite and real, shapes do not fit each other, or the last matrix does not have one column.

    References
    ----------
    Choromanska et al. (2015), eq. 1 and section 3.1.

    Examples
    --------
    >>> net = ReLUNetwork.random(widths=(10, 6, 4, 1), seed=0)
    >>> net.forward(np.ones((5, 10))).shape, [W.shape for W in net.weights]
    ((5,), [(10, 6), (6, 4), (4, 1)])
    """

    def __init__(self, weights: Sequence[ArrayLike], *, last_relu: bool = True) -> None:
        matrices = [_matrix(W) for W in weights]
        for left, right in pairwise(matrices):
            if left.shape[1] != right.shape[0]:
                raise ValueError(f"a layer of shape {left.shape} cannot be followed by one of shape {right.shape}")
        if not matrices:
            raise ValueError("a network needs at least one weight matrix, of shape (n_0, 1)")
        self.architecture = Architecture.of((matrices[0].shape[0], *(W.shape[1] for W in matrices)))
        self.weights: list[Array] = matrices
        self.last_relu = bool(last_relu)

    @classmethod
    def random(cls, widths: Iterable[int], seed: Seed, *, last_relu: bool = True) -> "ReLUNetwork":
        """Return a network with independent standard normal weights.

        Parameters
        ----------
        widths
            Number of units of each layer, ``n_0, ..., n_H = 1``.
        seed
            Seed of the weights.
        last_relu
            Whether the output unit is rectified. Default: True.

        Returns
        -------
        ReLUNetwork
            The network.

        Raises
        ------
        ValueError
            If the widths are not valid (see `Architecture.of`), or the weights do not fit in memory.

        Examples
        --------
        >>> ReLUNetwork.random((3, 2, 1), seed=1)
        ReLUNetwork(widths=(3, 2, 1), 8 weights, 6 paths)
        """
        layers = Architecture.of(widths)
        require_memory(8 * layers.size, f"a network of widths {layers.widths}", "narrower layers")
        sequence = seed_sequence(seed)
        drawn = [
            generator(child(sequence, _WEIGHTS, layer)).standard_normal(shape)
            for layer, shape in enumerate(layers.shapes)
        ]
        return cls(drawn, last_relu=last_relu)

    def __repr__(self) -> str:
        layers = self.architecture
        tail = "" if self.last_relu else ", last_relu=False"
        return f"ReLUNetwork(widths={layers.widths}, {layers.size} weights, {in_figures(layers.paths)} paths{tail})"

    @property
    def widths(self) -> tuple[int, ...]:
        """Number of units of each layer, ``(n_0, ..., n_H)``."""
        return self.architecture.widths

    @property
    def H(self) -> int:
        """Number of weight layers."""
        return self.architecture.H

    @property
    def q(self) -> float:
        """The factor of the output, ``q = Lambda^{-(H-1)/2}``."""
        return self.architecture.q

    @property
    def Lambda(self) -> float:
        """The scale ``Lambda = Psi^{1/H}``, with Psi the number of paths."""
        return self.architecture.Lambda

    def forward(self, X: ArrayLike) -> Array:
        """Return the outputs Y.

        Parameters
        ----------
        X
            Inputs, shape (batch, d) or (d,).

        Returns
        -------
        ndarray
            Outputs, shape (batch,) or ().

        Raises
        ------
        ValueError
            If X does not have d columns, or is not real and finite.
        """
        rows, shape = self._rows(X)
        value = rows
        with one_blas_thread():
            for layer, W in enumerate(self.weights, 1):
                value = value @ W
                if self._rectified(layer):
                    value = np.maximum(value, 0.0)
        return (self.q * value[:, 0]).reshape(shape)[()]

    __call__ = forward

    def preactivations(self, X: ArrayLike) -> list[Array]:
        """Return the preactivations of the units of layers 1..H.

        Parameters
        ----------
        X
            Inputs, shape (batch, d) or (d,).

        Returns
        -------
        list of ndarray
            H arrays of shape (batch, n_l).

        Raises
        ------
        ValueError
            As `forward`.
        """
        value, _ = self._rows(X)
        entering: list[Array] = []
        with one_blas_thread():
            for W in self.weights:
                entering.append(value @ W)
                value = np.maximum(entering[-1], 0.0)
        return entering

    def activities(self, X: ArrayLike) -> list[Gates]:
        """Return which units of layers 1..H are active.

        A unit is active if its preactivation is positive. The output unit of a network with ``last_relu=False`` is
        always active.

        Parameters
        ----------
        X
            Inputs, shape (batch, d) or (d,).

        Returns
        -------
        list of ndarray
            H boolean arrays of shape (batch, n_l).

        Raises
        ------
        ValueError
            As `forward`.
        """
        return self._gates(self.preactivations(X))

    def distance_to_kink(self, X: ArrayLike) -> Array:
        """Return the smallest |preactivation| of all rectified units, which is 0 at a kink.

        Parameters
        ----------
        X
            Inputs, shape (batch, d) or (d,).

        Returns
        -------
        ndarray
            One number per input, shape (batch,).

        Raises
        ------
        ValueError
            As `forward`.
        """
        entering = self.preactivations(X)
        smallest = np.full(len(entering[0]), np.inf)
        for layer, h in enumerate(entering, 1):
            if self._rectified(layer):
                smallest = np.minimum(smallest, np.abs(h).min(axis=1))
        return smallest

    def gradient(self, X: ArrayLike) -> list[Array]:
        """Return the derivatives dY/dW_l for every input, by backpropagation.

        Parameters
        ----------
        X
            Inputs, shape (batch, d) or (d,).

        Returns
        -------
        list of ndarray
            H arrays of shape (batch, n_{l-1}, n_l).

        Raises
        ------
        ValueError
            As `forward`, and if the arrays do not fit in memory.

        Examples
        --------
        >>> net = ReLUNetwork([np.eye(2), np.ones((2, 1))])
        >>> net.gradient([[1, -1]])[0].round(4).tolist()  # only unit 0 is active; Lambda = 2, q = 1/sqrt(2)
        [[[0.7071, 0.0], [-0.7071, -0.0]]]
        """
        rows, _ = self._rows(X)
        require_memory(
            8 * len(rows) * self.architecture.size, f"gradients of {len(rows)} inputs", "fewer inputs at once"
        )
        entering = self.preactivations(rows)
        values = [rows, *(np.maximum(h, 0.0) for h in entering[:-1])]
        gates = self._gates(entering)
        gradients: list[Array] = []
        signal = np.full((len(rows), 1), self.q)
        with one_blas_thread():
            for value, gate, W in zip(values[::-1], gates[::-1], self.weights[::-1], strict=True):
                signal = signal * gate
                gradients.append(value[:, :, None] * signal[:, None, :])
                signal = signal @ W.T
        return gradients[::-1]

    def _gates(self, entering: list[Array]) -> list[Gates]:
        gates = [h > 0 for h in entering]
        if not self.last_relu:
            gates[-1] = np.ones_like(gates[-1])
        return gates

    def _rectified(self, layer: int) -> bool:
        return self.last_relu or layer < self.H

    def _rows(self, X: ArrayLike) -> tuple[Array, tuple[int, ...]]:
        """Return X as rows (batch, d), and the shape of the batch."""
        points = check_points(X)
        if points.shape[-1] != self.widths[0] or points.ndim > 2:
            raise ValueError(f"X must have shape (batch, d) with d = {self.widths[0]}, not {points.shape}")
        return points.reshape(-1, self.widths[0]), points.shape[:-1]


def _matrix(W: ArrayLike) -> Array:
    matrix = np.asarray(W)
    if matrix.ndim != 2 or matrix.dtype.kind not in "fiu" or 0 in matrix.shape:
        raise ValueError(f"a weight matrix must be real of shape (n_in, n_out), not {matrix.dtype} {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise ValueError(f"weights must be finite; {np.count_nonzero(~np.isfinite(matrix))} are not")
    return np.ascontiguousarray(matrix, dtype=np.float64)
