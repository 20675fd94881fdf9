"""Conversion of layered networks from and to the conventions of other libraries."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, Self

import numpy.typing as npt

from spinglass._common.types import Array
from spinglass.networks.activations import Activation
from spinglass.networks.exchange import agreement, state_dicts, torch_modules
from spinglass.networks.exchange.linear_layers import LinearLayers, from_linear, to_linear


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Convertible(ABC):
    """Base class of a layered network, with its conversions; the network itself defines the rest."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...] | None
    activation: Activation
    output: Activation

    @abstractmethod
    def __init__(
        self,
        weights: Sequence[npt.ArrayLike],
        biases: Sequence[npt.ArrayLike] | None = None,
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
    ) -> None: ...

    @property
    @abstractmethod
    def widths(self) -> tuple[int, ...]:
        """The number of units of each layer."""

    @abstractmethod
    def forward(self, x: npt.ArrayLike) -> Array:
        """Return the outputs of the network."""

    @abstractmethod
    def with_weights(self, weights: Sequence[npt.ArrayLike]) -> Self:
        """Return a network with other weight matrices."""

    @classmethod
    def from_linear_layers(
        cls,
        layers: LinearLayers,
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
        *,
        agrees_with: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    ) -> Self:
        """Return the network with given layers in PyTorch's orientation, ``a_l = f(W a_(l-1) + b)``.

        The shape of a square matrix does not tell its orientation. ``agrees_with`` does.

        Parameters
        ----------
        layers
            Pairs ``(weight, bias)``, the first layer first. A weight has shape (outputs, inputs), as ``weight`` of
            ``torch.nn.Linear``; a bias has shape (outputs,). Either all biases or none are None.
        activation, output
            Activation functions of the hidden layers and of the last layer. Defaults: ``"relu"``, ``"linear"``.
        agrees_with
            Inputs (M, n_0) and the outputs (M, n_H) of your own code for them. The network must return the same outputs
            up to a thousandth of their largest deviation from the mean over the inputs (plus a thousandth of the
            largest output), or an error says which layers may be transposed. Default: None.

        Returns
        -------
        LayeredNetwork
            The network.

        Raises
        ------
        ValueError
            If the shapes do not fit each other, only some layers have biases, or the outputs differ.

        Examples
        --------
        >>> from spinglass.networks import LayeredNetwork
        >>> net = LayeredNetwork.from_linear_layers([([[1.0, 2.0, 3.0]], [0.5])])
        >>> net.widths, net.forward([[1.0, 1.0, 1.0]]).tolist()
        ((3, 1), [[6.5]])
        """
        network = cls(*from_linear(layers), activation, output)
        if agrees_with is not None:
            agreement.require(network.forward, network.with_weights, network.weights, *agrees_with)
        return network

    @classmethod
    def from_torch(
        cls, module: Any, activation: str | Activation | None = None, output: str | Activation | None = None
    ) -> Self:
        """Return the network that equals a PyTorch module, after comparing their outputs at random inputs.

        The module is read by its attributes, so this package does not need PyTorch. Its parameters are copied, and it
        is left as it was.

        Parameters
        ----------
        module
            A ``torch.nn.Sequential`` of ``Linear`` layers and activation functions; ``Flatten``, ``Identity`` and
            ``Dropout`` (as at evaluation) are allowed. For any other module, its Linear layers are read in the order of
            their definition, and ``activation`` must be given.
        activation, output
            Activation functions of the hidden layers and of the last layer. Default: None, as in the Sequential;
            without one, the output is linear.

        Returns
        -------
        LayeredNetwork
            The network, in float64.

        Raises
        ------
        TypeError
            If ``module`` is not a PyTorch module.
        ValueError
            If a layer or activation function is not supported, hidden layers have different activation functions, or
            the outputs differ.

        Examples
        --------
        >>> from torch import nn  # doctest: +SKIP
        >>> module = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))  # doctest: +SKIP
        >>> LayeredNetwork.from_torch(module).widths  # doctest: +SKIP
        (4, 8, 2)
        """
        found = torch_modules.read(module, activation, output)
        network = cls(*from_linear(found.layers), found.activation, found.output)
        torch_modules.require_equal(module, network.forward, network.widths[0])
        return network

    @classmethod
    def from_state_dict(
        cls,
        source: Mapping[str, Any] | str | PathLike[str],
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
        *,
        layers: Sequence[str] | None = None,
        agrees_with: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    ) -> Self:
        """Return the network with the weights of a PyTorch state dict, given as a mapping or as a file.

        Parameters
        ----------
        source
            A mapping from names such as ``"0.weight"`` and ``"0.bias"`` to arrays or tensors, or the name of a
            ``.safetensors`` or ``.npz`` file of such arrays.
        activation, output
            Activation functions of the hidden layers and of the last layer. A state dict does not contain them.
            Defaults: ``"relu"``, ``"linear"``.
        layers
            Names of the layers in order, such as ``["fc1", "fc2"]``. Default: None, all names that end in ``.weight``:
            in the order of the mapping or of the ``.npz`` file, or by their numbers in a ``.safetensors`` file, which
            is sorted otherwise.
        agrees_with
            Inputs and outputs with which the network must agree, see `from_linear_layers`. Default: None.

        Returns
        -------
        LayeredNetwork
            The network, in float64.

        Raises
        ------
        ValueError
            If a file is damaged or of another kind, an array is not a weight or bias of a linear layer, or the order
            of the layers is not clear; and as `from_linear_layers`.
        OSError
            If the file cannot be read.

        Examples
        --------
        >>> import numpy as np
        >>> from spinglass.networks import LayeredNetwork
        >>> state = {"0.weight": np.ones((3, 2)), "0.bias": np.zeros(3), "2.weight": np.ones((1, 3)), "2.bias": [1.0]}
        >>> LayeredNetwork.from_state_dict(state).forward([[1.0, 1.0]]).tolist()
        [[7.0]]
        """
        return cls.from_linear_layers(state_dicts.read(source, layers), activation, output, agrees_with=agrees_with)

    @property
    def linear_layers(self) -> list[tuple[Array, Array | None]]:
        """The layers in PyTorch's orientation: pairs of a weight (n_l, n_(l-1)) and a bias (n_l,) or None."""
        return to_linear(self.weights, self.biases)

    def to_torch(self, dtype: str = "float64") -> Any:
        """Return the network as a ``torch.nn.Sequential``, after comparing their outputs at random inputs.

        Parameters
        ----------
        dtype
            Name of the floating-point type. Default: ``"float64"``.

        Returns
        -------
        torch.nn.Sequential
            Linear layers and activation functions.

        Raises
        ------
        ImportError
            If PyTorch is not installed.
        ValueError
            If an activation function has no counterpart in PyTorch, or ``dtype`` is not a floating-point type.
        """
        module = torch_modules.write(self.linear_layers, self.activation, self.output, dtype)
        torch_modules.require_equal(module, self.forward, self.widths[0])
        return module
