"""Functions of a user that are called with networks of this project, and compared with them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from spinglass._common.types import Array
from spinglass.networks import ReLUNetwork
from validation.subjects.declaration import Declaration
from validation.subjects.networks import ask_network
from validation.subjects.subject import Subject

_CONVENTIONS = ("weights", "output_unit", "output_factor", "precision")


class UsersFunctions:
    """The functions of a user, called with networks of this project."""

    name = "the code under test"
    offered = frozenset({"network"})

    def __init__(self, declared: dict[str, str], **functions: Callable[..., Any]) -> None:
        unknown = [name for name in declared if name not in _CONVENTIONS]
        if unknown:
            raise ValueError(f"there is no convention {unknown[0]!r} of networks; there are {', '.join(_CONVENTIONS)}")
        for name, function in functions.items():
            if not callable(function):
                raise ValueError(f"{name} must be a function of the weights and the inputs, not {function!r}")
        self._functions = functions
        self._subject = Subject(self, Declaration(**declared))
        self.last_relu = self._subject.declaration.output_unit == "relu"
        self.tolerance = 1e-10 if self._subject.declaration.precision == "double" else 1e-4

    def ask(self, _role: str, /, **named: Any) -> Any:
        """Answer a request as a subject does."""
        targets = [named["y"]] if "y" in named else []
        return {name: self._functions[name](named["weights"], named["x"], *targets) for name in named["wanted"]}

    def close(self) -> None:
        """Nothing to end: the functions belong to this process."""

    def of(self, name: str, net: ReLUNetwork, X: Array, y: Array | None = None) -> Any:
        """Return the answer of a function in the conventions of this project, without the factor q."""
        return ask_network(self._subject, net.widths, 0, X, [name], y, net.weights)[name]

    def assert_equal(self, net: ReLUNetwork, found: Array, expected: Array, scale: Array | float, names: str) -> None:
        """Assert that two results agree up to rounding, which is relative to ``scale``."""
        error = np.abs(found - expected)
        assert (error <= self.tolerance * scale).all(), (
            f"{names} differ by up to {error.max():.3g}: {np.round(found, 8).tolist()} and "
            f"{np.round(expected, 8).tolist()} for the weights {[W.round(4).tolist() for W in net.weights]} "
            "in the orientation (in, out)"
        )


def largest_output(net: ReLUNetwork, X: Array) -> Array:
    """Return the sum of the absolute values of all paths' terms, to which rounding errors are relative."""
    carried = np.abs(X)
    for W in net.weights:
        carried = carried @ np.abs(W)
    return carried[:, 0]
