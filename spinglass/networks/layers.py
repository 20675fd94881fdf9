"""A fully connected layered network: its parameters and its forward pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array
from spinglass.networks.activations import Activation, activation_named
from spinglass.networks.exchange.conversion import Convertible
from spinglass.networks.layer_checks import check_chain, check_inputs, checked_biases, matrix


@dataclass(frozen=True, eq=False, repr=False, init=False)
class LayeredNetwork(Convertible):
    """A fully connected network with H layers of weights, ``a_l = f(W_l^T a_(l-1) + b_l)``.

    Where all parameters form one vector, their order is layer by layer: the matrix W_l with b_l appended as its last
    row, flattened row by row.

    Parameters
    ----------
    weights
        The matrices ``W_1, ..., W_H``; ``weights[l-1]`` is W_l of shape (n_(l-1), n_l). PyTorch stores the transposed
        matrices; see `from_linear_layers`, `from_torch` and `from_state_dict`.
    biases
        The vectors ``b_1, ..., b_H``; ``biases[l-1]`` is b_l of shape (n_l,). None (the default) means no biases.
    activation
        Activation function of the hidden layers, by name or as an `Activation`. Default: ``"relu"``.
    output
        Activation function of the last layer. Default: ``"linear"``.

    Attributes
    ----------
    weights, biases
        The parameters as tuples of float64 arrays; ``biases`` is None without biases.
    activation, output
        The activation functions, as `Activation` objects.

    Raises
    ------
    ValueError
        If the shapes do not fit each other, a width is zero, a number is not finite, or an activation is unknown.

    Examples
    --------
    >>> net = LayeredNetwork([np.eye(2), np.ones((2, 1))], activation="relu")
    >>> net.forward(np.array([[1.0, -5.0]])).tolist()
    [[1.0]]
    """

    def __init__(
        self,
        weights: Sequence[npt.ArrayLike],
        biases: Sequence[npt.ArrayLike] | None = None,
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
    ) -> None:
        matrices = tuple(matrix(f"W_{layer}", W) for layer, W in enumerate(weights, 1))
        check_chain(matrices)
        object.__setattr__(self, "weights", matrices)
        object.__setattr__(self, "biases", checked_biases(biases, matrices))
        object.__setattr__(self, "activation", activation_named(activation))
        object.__setattr__(self, "output", activation_named(output))

    @property
    def H(self) -> int:
        """Number of layers of weights."""
        return len(self.weights)

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of units of each layer, ``n_0, ..., n_H``."""
        return (self.weights[0].shape[0], *(W.shape[1] for W in self.weights))

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Number of parameters of each layer, including its biases."""
        extra = 0 if self.biases is None else 1
        return tuple((W.shape[0] + extra) * W.shape[1] for W in self.weights)

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(self.layer_sizes)

    @property
    def parameters(self) -> Array:
        """All parameters as one vector, shape (size,)."""
        if self.biases is None:
            return np.concatenate([W.ravel() for W in self.weights])
        return np.concatenate([part.ravel() for pair in zip(self.weights, self.biases, strict=True) for part in pair])

    def with_parameters(self, parameters: npt.ArrayLike) -> Self:
        """Return a network of the same shape with other parameters.

        Parameters
        ----------
        parameters
            All parameters as one vector, shape (size,), in the order of `parameters`.

        Returns
        -------
        LayeredNetwork
            The network with these parameters and the same activations.

        Raises
        ------
        ValueError
            If ``parameters`` is not ``size`` finite real numbers.
        """
        weights, biases = self.unpack(parameters)
        return type(self)(weights, biases, self.activation, self.output)

    def with_weights(self, weights: Sequence[npt.ArrayLike]) -> Self:
        """Return a network with other weight matrices and the same biases and activations.

        Parameters
        ----------
        weights
            The matrices ``W_1, ..., W_H``, of shapes (n_(l-1), n_l).

        Returns
        -------
        LayeredNetwork
            The network.

        Raises
        ------
        ValueError
            If the shapes do not fit.
        """
        return type(self)(weights, self.biases, self.activation, self.output)

    def unpack(self, parameters: npt.ArrayLike) -> tuple[list[Array], list[Array] | None]:
        """Split a vector of parameters into weight matrices and bias vectors.

        Parameters
        ----------
        parameters
            One number per parameter, shape (size,).

        Returns
        -------
        weights
            List of H arrays; entry l-1 has shape (n_(l-1), n_l).
        biases
            List of H arrays of shape (n_l,), or None for a network without biases.

        Raises
        ------
        ValueError
            If ``parameters`` is not ``size`` real numbers.
        """
        row = np.asarray(parameters)
        if row.shape != (self.size,) or row.dtype.kind not in "fiu":
            raise ValueError(f"parameters must be a vector of {self.size} real numbers, not {row.dtype} {row.shape}")
        parts = np.split(row.astype(np.float64), np.cumsum(self.layer_sizes)[:-1])
        layers = [part.reshape(-1, W.shape[1]) for part, W in zip(parts, self.weights, strict=True)]
        if self.biases is None:
            return layers, None
        return [layer[:-1] for layer in layers], [layer[-1] for layer in layers]

    def activation_of(self, layer: int) -> Activation:
        """Return the activation function of a layer.

        Parameters
        ----------
        layer
            Number of the layer, 1..H.

        Returns
        -------
        Activation
            ``output`` for the last layer, ``activation`` for the others.
        """
        return self.output if layer == self.H else self.activation

    def forward(self, x: npt.ArrayLike) -> Array:
        """Return the outputs of the network.

        Parameters
        ----------
        x
            Inputs, one row per data point, shape (M, n_0).

        Returns
        -------
        ndarray
            Outputs, shape (M, n_H).

        Raises
        ------
        ValueError
            If ``x`` is not an array of finite numbers with n_0 columns, or the outputs overflow.
        """
        inputs = check_inputs(x, self.widths[0])
        with np.errstate(over="ignore", invalid="ignore"):
            outputs = self.pass_forward(inputs)[1][-1]
        if not np.isfinite(outputs).all():
            raise ValueError("the outputs are not finite at these weights; use smaller weights or inputs")
        return outputs

    def pass_forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        """Return the preactivations and activations of all layers, without checks.

        Parameters
        ----------
        x
            Inputs in float64, shape (M, n_0).

        Returns
        -------
        preactivations
            List of ``h_1, ..., h_H``, shape (M, n_l) each.
        activations
            List of ``a_0, ..., a_H``, shape (M, n_l) each; ``a_0`` is ``x``.
        """
        preactivations: list[Array] = []
        activations = [x]
        for layer, W in enumerate(self.weights, 1):
            h = activations[-1] @ W
            if self.biases is not None:
                h = h + self.biases[layer - 1]
            preactivations.append(h)
            activations.append(self.activation_of(layer).value(h))
        return preactivations, activations

    def __repr__(self) -> str:
        names = f"{self.activation.name}, output {self.output.name}"
        return f"LayeredNetwork(widths={self.widths}, {names}, {self.size} parameters)"
