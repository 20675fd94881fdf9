"""PyTorch modules read and written; modules are recognised by their class names and attributes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spinglass._common.types import Array
from spinglass.networks.activations import Activation, activation_named, leaky_relu
from spinglass.networks.exchange.agreement import difference

ACTIVATIONS = {"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softplus": "softplus"}
_PASSED_OVER = ("Identity", "Flatten", "Dropout", "AlphaDropout")
# Largest relative difference of the outputs; float16 and bfloat16 have three and two digits.
_TOLERANCES = {"float64": 1e-6, "float32": 1e-3}
_INPUTS = 20


@dataclass(frozen=True, eq=False)
class Layers:
    """What a module consists of: its linear layers in PyTorch's orientation and its activation functions."""

    layers: list[tuple[Array, Array | None]]
    activation: str | Activation
    output: str | Activation


def read(module: Any, activation: str | Activation | None, output: str | Activation | None) -> Layers:
    """Return the layers of a module.

    Parameters
    ----------
    module
        A PyTorch module.
    activation, output
        Activation functions, or None for those of a Sequential.

    Returns
    -------
    Layers
        Its layers.

    Raises
    ------
    TypeError
        If ``module`` is not a PyTorch module.
    ValueError
        If it cannot be read as a layered network.
    """
    if not callable(getattr(module, "modules", None)) or not callable(getattr(module, "state_dict", None)):
        raise TypeError(
            f"module must be a torch.nn.Module, not {type(module).__name__}; for arrays use from_linear_layers, for a "
            "state dict from_state_dict"
        )
    leaves = _leaves(module)
    if leaves is None:
        if activation is None:
            raise ValueError(
                f"{type(module).__name__} is not a Sequential, so its activation functions are not known; give "
                "activation=, such as activation='relu', and output= if the last layer has one"
            )
        leaves = [part for part in module.modules() if _is_a("Linear", part)]
    linear = [part for part in leaves if _is_a("Linear", part)]
    if not linear:
        raise ValueError(f"{type(module).__name__} has no Linear layers")
    hidden, last = _activations(leaves)
    return Layers(
        [(_array(part.weight), None if part.bias is None else _array(part.bias)) for part in linear],
        hidden if activation is None else activation,
        last if output is None else output,
    )


def require_equal(module: Any, forward: Callable[[Array], Array], width: int) -> None:
    """Raise ``ValueError`` unless a module and a network have the same outputs at random inputs.

    Parameters
    ----------
    module
        A PyTorch module; it is evaluated without dropout and left in its mode.
    forward
        The network's forward pass.
    width
        Number of inputs.

    Raises
    ------
    ValueError
        If the outputs differ by more than the precision of the module's numbers.
    """
    X = np.random.default_rng(0).standard_normal((_INPUTS, width))
    parameter = next(iter(module.parameters()))
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        outputs = _array(module(parameter.new_tensor(X.tolist())))
    finally:
        for part, mode in modes:
            part.training = mode
    expected, dtype = forward(X), str(parameter.dtype).removeprefix("torch.")
    if outputs.shape != expected.shape:
        raise ValueError(
            f"the module returns outputs of shape {outputs.shape} and its Linear layers {expected.shape} for "
            f"{_INPUTS} inputs; it is not a fully connected network of these layers in this order"
        )
    off, allowed = difference(outputs, expected), _TOLERANCES.get(dtype, 0.1)
    if not off <= allowed:
        raise ValueError(
            f"the module's outputs differ from those of the layered network by {off:.2g} of their spread, more than "
            f"{allowed:g} for {dtype}; its forward pass does more than its Linear layers with this activation, or uses "
            "them in another order: use from_linear_layers"
        )


def write(layers: Sequence[tuple[Array, Array | None]], activation: Activation, output: Activation, dtype: str) -> Any:
    """Return a ``torch.nn.Sequential`` of linear layers and activation functions.

    Parameters
    ----------
    layers
        Pairs (weight, bias) in PyTorch's orientation.
    activation, output
        Activation functions of the hidden layers and of the last layer.
    dtype
        Name of the floating-point type.

    Returns
    -------
    torch.nn.Sequential
        The module.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    ValueError
        If there is no such activation function or type.
    """
    try:
        import torch
    except ImportError as error:
        raise ImportError(
            "to_torch needs PyTorch, which is not installed: pip install torch; linear_layers gives the same arrays"
        ) from error
    kind = getattr(torch, dtype, None) if isinstance(dtype, str) else None
    if not isinstance(kind, torch.dtype) or not kind.is_floating_point:
        raise ValueError(f"dtype must be the name of a floating-point type such as 'float32', not {dtype!r}")
    parts: list[Any] = []
    for number, (W, b) in enumerate(layers, 1):
        linear = torch.nn.Linear(W.shape[1], W.shape[0], bias=b is not None, dtype=kind)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(W))
            if b is not None:
                linear.bias.copy_(torch.tensor(b))
        parts.append(linear)
        function = _written(torch.nn, activation if number < len(layers) else output)
        parts += [] if function is None else [function]
    return torch.nn.Sequential(*parts)


def _written(nn: Any, function: Activation) -> Any:
    if function.name == "linear":
        return None
    if function.name == "leaky_relu":
        return nn.LeakyReLU(float(function.slope(np.array([-1.0]))[0]))
    names = [theirs for theirs, ours in ACTIVATIONS.items() if function.same_as(activation_named(ours))]
    if not names:
        raise ValueError(f"the activation function {function.name!r} has no counterpart in PyTorch")
    return getattr(nn, names[0])()


def _leaves(module: Any) -> list[Any] | None:
    """Return the parts of nested Sequentials in order, or None if the order of evaluation is not known."""
    if not _is_a("Sequential", module):
        return [module] if _is_a("Linear", module) else None
    found: list[Any] = []
    for part in module.children():
        if _is_a("Sequential", part):
            found += _leaves(part) or []
        else:
            found.append(part)
    return found


def _activations(leaves: Sequence[Any]) -> tuple[str | Activation, str | Activation]:
    """Return the activation functions of the hidden layers and of the last layer."""
    after: list[list[Any]] = []
    for part in leaves:
        if _is_a("Linear", part):
            after.append([])
        elif not any(_is_a(name, part) for name in _PASSED_OVER):
            if not after:
                raise ValueError(f"{_name(part)} stands before the first Linear layer; apply it to the inputs instead")
            after[-1].append(_read_activation(part))
    if any(len(functions) > 1 for functions in after):
        raise ValueError("a layer is followed by two activation functions; only one is supported")
    chosen = [functions[0] if functions else activation_named("linear") for functions in after]
    hidden = chosen[:-1]
    if any(not function.same_as(hidden[0]) for function in hidden):
        names = ", ".join(function.name for function in hidden)
        raise ValueError(
            f"all hidden layers must have the same activation function with the same parameters; these have {names}"
        )
    return (hidden[0] if hidden else "relu"), chosen[-1]


def _read_activation(part: Any) -> Activation:
    if _is_a("LeakyReLU", part):
        return leaky_relu(float(part.negative_slope))
    if _is_a("Softplus", part) and float(part.beta) != 1:
        raise ValueError(f"Softplus is supported with beta = 1, not {part.beta}; scale the weights instead")
    for theirs, ours in ACTIVATIONS.items():
        if _is_a(theirs, part):
            return activation_named(ours)
    hint = "drop it: the loss 'cross_entropy' contains the softmax" if "oftmax" in _name(part) else ""
    known = ", ".join(("Linear", "LeakyReLU", *ACTIVATIONS, *_PASSED_OVER))
    raise ValueError(
        f"{_name(part)} is not supported; "
        + (hint or f"a layered network consists of {known}; or use from_linear_layers with an Activation of your own")
    )


def _is_a(name: str, part: Any) -> bool:
    """Return whether a class of this name is among the classes of an object."""
    return any(kind.__name__ == name for kind in type(part).__mro__)


def _name(part: Any) -> str:
    return type(part).__name__


def _array(tensor: Any) -> Array:
    """Return a tensor of any floating-point type and device as float64."""
    return np.asarray(tensor.detach().cpu().double().numpy(), dtype=np.float64)
