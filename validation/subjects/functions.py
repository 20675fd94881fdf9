"""Roles that are functions of this process."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from validation.subjects.networks import evaluate_network
from validation.subjects.subject import ROLES, AnswerError, as_array, request_text


class Functions:
    """Roles given as functions, by name.

    Parameters
    ----------
    functions
        Functions by the name of their role. ``landscape(n, H, seed)`` returns an object with ``energy_and_gradient(x)``
        or ``energy(x)``, and optionally ``gradient(x)``, ``hessian(x)`` or ``hessian_vector(x, v)``, or simply a
        function that returns the energy of a point. A point is an array of shape (n,). A landscape with an attribute
        ``batched`` that is true takes many points at once, as an array of shape (points, n).
        ``network(widths, seed)`` returns an object that :func:`~validation.subjects.networks.evaluate_network`
        describes.
    name
        What to call the subject. Default ``"functions"``.
    batched
        Whether all landscapes take many points at once. Default False: one at a time.

    Raises
    ------
    ValueError
        If a name is not that of a role, or no function is given.
    """

    def __init__(
        self, functions: Mapping[str, Callable[..., Any]], name: str = "functions", batched: bool = False
    ) -> None:
        unknown = [role for role in functions if role not in ROLES]
        if unknown or not functions:
            raise ValueError(f"there is no role {', '.join(unknown) or 'given'}; the roles are {', '.join(ROLES)}")
        self.name = name
        self.offered = frozenset(functions)
        self._functions = dict(functions)
        self._batched = batched

    def ask(self, role: str, /, **arguments: Any) -> Any:
        """Return the answer of the role's function.

        Parameters
        ----------
        role
            The role.
        **arguments
            The arguments of the request.

        Returns
        -------
        Any
            What the function returned; for a landscape and a network, a dictionary of arrays; for a dataclass and a
            named tuple, a dictionary of its fields.

        Raises
        ------
        AnswerError
            If the function raised an exception.
        """
        # A function may change what it is given, which must not change the next request.
        arguments = {name: dict(value) if isinstance(value, Mapping) else value for name, value in arguments.items()}
        try:
            if role == "landscape":
                return self._evaluated(**arguments)
            if role == "network":
                return evaluate_network(lambda **given: self._call(role, given), **arguments)
            return _by_name(self._call(role, arguments))
        except AnswerError as error:
            raise AnswerError(error.reason, request_text(role, arguments)) from None
        except (Exception, SystemExit) as error:
            text = " ".join(str(error).split())
            raise AnswerError(f"{type(error).__name__}: {text}", request_text(role, arguments)) from error

    def close(self) -> None:
        """Nothing to end: the functions belong to this process."""

    def _evaluated(self, n: int, H: Any, seed: int, x: Any, wanted: tuple[str, ...]) -> dict[str, Any]:
        landscape = self._call("landscape", {"n": n, "H": H, "seed": seed})
        if self._batched or getattr(landscape, "batched", False):
            return evaluate(landscape, x, wanted)
        rows: list[dict[str, Any]] = [evaluate(landscape, point, wanted) for point in x]
        try:
            return {name: np.stack([row[name] for row in rows]) for name in wanted}
        except ValueError:
            shapes = {row[name].shape for name in wanted for row in rows}
            raise AnswerError(f"answers at different points have different shapes: {shapes}") from None

    def _call(self, role: str, arguments: Mapping[str, Any]) -> Any:
        function = self._functions[role]
        try:
            inspect.signature(function).bind(**arguments)
        except TypeError as error:
            raise AnswerError(
                f"the function is defined as {role}{inspect.signature(function)} and is called as "
                f"{role}({', '.join(f'{name}=...' for name in arguments)}): {error}"
            ) from None
        except ValueError:  # some compiled functions do not tell their arguments
            pass
        return function(**arguments)


def _by_name(answer: Any) -> Any:
    """Return the fields of a dataclass or of a named tuple by name, and any other answer unchanged."""
    if is_dataclass(answer) and not isinstance(answer, type):
        return {field.name: getattr(answer, field.name) for field in fields(answer)}
    return answer._asdict() if hasattr(answer, "_asdict") else answer


def evaluate(landscape: Any, x: Any, wanted: tuple[str, ...]) -> dict[str, Any]:
    """Evaluate what is wanted of a landscape at one point, or at many if it takes them.

    Parameters
    ----------
    landscape
        An object with the methods that :class:`Functions` describes.
    x
        The point, shape (n,), or points, shape (points, n).
    wanted
        Some of ``"energy"``, ``"gradient"`` and ``"hessian"``.

    Returns
    -------
    dict
        Arrays by name.

    Raises
    ------
    AnswerError
        If the landscape has no method for something that is wanted.
    """
    found: dict[str, Any] = {}
    if hasattr(landscape, "energy_and_gradient") and "gradient" in wanted:
        both = landscape.energy_and_gradient(x.copy())
        if not isinstance(both, (tuple, list)) or len(both) != 2:
            raise AnswerError("energy_and_gradient(x) must return the energy and the gradient, two values")
        found = {"energy": as_array(both[0]), "gradient": as_array(both[1])}
    for name in wanted:
        if name not in found:
            found[name] = _one(landscape, x, name)
    if "energy" in found and x.ndim == 1 and found["energy"].size == 1:
        found["energy"] = found["energy"].reshape(())
    return found


def _one(landscape: Any, x: Any, name: str) -> Any:
    if hasattr(landscape, name):
        return as_array(getattr(landscape, name)(x.copy()))
    if name == "energy" and hasattr(landscape, "energy_and_gradient"):
        return as_array(landscape.energy_and_gradient(x.copy())[0])
    if name == "energy" and callable(landscape):
        return as_array(landscape(x.copy()))
    if name == "hessian" and hasattr(landscape, "hessian_vector"):
        return np.stack([as_array(landscape.hessian_vector(x.copy(), axis)) for axis in np.eye(len(x))], axis=1)
    if name == "energy":
        given = type(landscape).__name__
        raise AnswerError(f"landscape must return an object with energy(x), or a function of x; it returned {given}")
    raise AnswerError(f"the landscape has no {name}(x)")
