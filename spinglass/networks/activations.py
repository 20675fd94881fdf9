"""The activation functions of all networks here, with their first two derivatives."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy import special

from spinglass._common.arguments import real_number
from spinglass._common.types import Array

LEAK = 0.01  # slope of the leaky ReLU below 0


@dataclass(frozen=True)
class Activation:
    """An activation function f(h) with its first and second derivatives.

    Attributes
    ----------
    name
        Name in error messages and summaries.
    value, slope, curvature
        The functions f, f' and f''. Each takes and returns an array of any shape, elementwise. At a kink, ``slope`` is
        the derivative from the left.
    kinked
        Whether f has a kink, which is always at h = 0.
    code
        Number of the function in compiled training code (:mod:`spinglass.networks.training.compiled_losses`), or -1
        if :func:`spinglass.networks.train` does not offer it.
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    curvature: Callable[[Array], Array]
    kinked: bool = False
    code: int = -1

    def same_as(self, other: "Activation") -> bool:
        """Return whether both are the same function, with the same parameters such as a leak."""
        return _recipe(self.value) == _recipe(other.value)

    @property
    def piecewise_linear(self) -> bool:
        """Whether the curvature vanishes wherever it exists."""
        return self.curvature is _flat


def _recipe(function: Callable[[Array], Array]) -> tuple[object, ...]:
    """Return what defines a function, because two partial functions with the same arguments are not equal."""
    if isinstance(function, partial):
        return function.func, function.args, tuple(sorted(function.keywords.items()))
    return (function,)


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


def leaky_relu(leak: float = LEAK) -> Activation:
    """Return the leaky ReLU, ``f(h) = h`` for ``h > 0`` and ``leak h`` for ``h <= 0``.

    Parameters
    ----------
    leak
        Slope below 0; the value 0 gives the ReLU. Default: 0.01.

    Returns
    -------
    Activation
        The activation function; its ``code`` is -1.

    Raises
    ------
    ValueError
        If ``leak`` is not a finite real number.

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


# Compiled training code knows each function by its ``code``: a change here needs a change of the kernels there.
ACTIVATIONS = {
    "relu": replace(leaky_relu(0.0), code=0),
    "leaky_relu": replace(leaky_relu(), code=1),
    "linear": Activation("linear", _identity, np.ones_like, _flat, code=5),
    "tanh": Activation("tanh", np.tanh, _tanh_slope, _tanh_curvature, code=2),
    "softplus": Activation("softplus", _softplus, special.expit, _sigmoid_slope, code=4),
    "sigmoid": Activation("sigmoid", special.expit, _sigmoid_slope, _sigmoid_curvature, code=3),
}


def activation_named(name: str | Activation) -> Activation:
    """Return the activation function with a given name.

    Parameters
    ----------
    name
        A key of ``ACTIVATIONS``, or an `Activation`, which is returned unchanged.

    Returns
    -------
    Activation
        The activation function.

    Raises
    ------
    ValueError
        If no activation function has this name.

    Examples
    --------
    >>> activation_named("softplus").value(np.array([0.0])).round(4).tolist()
    [0.6931]
    """
    if isinstance(name, Activation):
        return name
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise ValueError(f"unknown activation {name!r}; choose one of {', '.join(ACTIVATIONS)}, or leaky_relu(leak)")
    return ACTIVATIONS[name]
