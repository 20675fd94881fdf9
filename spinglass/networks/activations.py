"""Activation functions with their first two derivatives."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import special

from spinglass._common.arguments import real_number

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Activation:
    """A function of one preactivation, its slope and its curvature; at a kink the slope is the one on the left."""

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    curvature: Callable[[Array], Array]
    kinked: bool = False

    @property
    def piecewise_linear(self) -> bool:
        """Whether the curvature vanishes wherever it exists."""
        return self.curvature is _flat


def _flat(h: Array) -> Array:
    return np.zeros_like(h)


def _leaky(h: Array, leak: float) -> Array:
    return np.where(h > 0, h, leak * h)


def _leaky_slope(h: Array, leak: float) -> Array:
    return np.where(h > 0, 1.0, leak)


def _identity(h: Array) -> Array:
    return h


def _tanh_slope(h: Array) -> Array:
    return np.asarray(1 - np.tanh(h) ** 2)


def _tanh_curvature(h: Array) -> Array:
    t = np.tanh(h)
    return np.asarray(-2 * t * (1 - t**2))


def _softplus(h: Array) -> Array:
    return np.asarray(np.logaddexp(0, h))


def _sigmoid_slope(h: Array) -> Array:
    return np.asarray(special.expit(h) * special.expit(-h))


def _sigmoid_curvature(h: Array) -> Array:
    return _sigmoid_slope(h) * (special.expit(-h) - special.expit(h))


def leaky_relu(leak: float = 0.01) -> Activation:
    """Return ``f(h) = h`` for ``h > 0`` and ``leak h`` below; ``leak = 0`` is the ReLU.

    Examples
    --------
    >>> leaky_relu(0.1).value(np.array([-2.0, 3.0])).tolist()
    [-0.2, 3.0]
    """
    leak = real_number("leak", leak)
    return Activation(
        "relu" if leak == 0 else "leaky_relu",
        partial(_leaky, leak=leak),
        partial(_leaky_slope, leak=leak),
        _flat,
        kinked=leak != 1,
    )


ACTIVATIONS = {
    "relu": leaky_relu(0.0),
    "leaky_relu": leaky_relu(),
    "linear": Activation("linear", _identity, np.ones_like, _flat),
    "tanh": Activation("tanh", np.tanh, _tanh_slope, _tanh_curvature),
    "softplus": Activation("softplus", _softplus, special.expit, _sigmoid_slope),
    "sigmoid": Activation("sigmoid", special.expit, _sigmoid_slope, _sigmoid_curvature),
}


def activation_named(name: str | Activation) -> Activation:
    """Return the activation of this name, or the one given.

    Raises
    ------
    ValueError
        If no activation has this name.
    """
    if isinstance(name, Activation):
        return name
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise ValueError(f"unknown activation {name!r}; choose one of {', '.join(ACTIVATIONS)}, or leaky_relu(leak)")
    return ACTIVATIONS[name]
