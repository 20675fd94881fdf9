"""Calls of a claim's functions: as mutants have replaced them, and with the parameters that they declare."""

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Function = Callable[..., Any]


def current(function: Function) -> Function:
    """Return what a module now holds under a function's name: a mutant may have replaced it."""
    if isinstance(function, functools.partial):
        return functools.partial(current(function.func), *function.args, **function.keywords)
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    name = getattr(function, "__qualname__", "")  # callable objects have none and are used as they are
    found: Function = getattr(module, name, function)
    return found


def declared(function: Function, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that a function's signature declares; all of them if it takes ``**parameters``."""
    try:
        signature = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some compiled functions have no signature
        return dict(parameters)
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature):
        return dict(parameters)
    names = _names(signature)
    return {name: value for name, value in parameters.items() if name in names}


def named(function: Function) -> set[str]:
    """Return the names of the parameters in a function's signature, without what ``**parameters`` would take."""
    try:
        return _names(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some compiled functions have no signature
        return set()


def _names(signature: Iterable[inspect.Parameter]) -> set[str]:
    return {one.name for one in signature if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)}


def check_name(owner: str, role: str, function: Function) -> None:
    """Check that a function's name refers to this function; call it while no mutant is active.

    Mutants replace functions by name. If two functions had the same name, the second would be called instead of the
    first without notice.

    Parameters
    ----------
    owner, role
        Whose function it is and what it does, for the error message.
    function
        The function.

    Raises
    ------
    ValueError
        If the function's module holds another object under its name.
    """
    while isinstance(function, functools.partial):
        function = function.func
    if current(function) is not function:
        raise ValueError(
            f"{owner}: its {role} is a function {function.__qualname__!r}, but {function.__module__} now has another "
            "object of that name; give every function of a file its own name, and read a file again after changing it"
        )
