"""Answer the requests of :mod:`validation.subjects.program` by the functions of a Python file.

Run as ``python -m validation.subjects.serve FILE``. What the file prints goes to the error output.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

import numpy as np

from validation.subjects.declaration import Declaration
from validation.subjects.functions import Functions
from validation.subjects.subject import ROLES, AnswerError, as_array

_NUMBERS = ("variance", "radius", "output_factor", "accuracy")  # conventions that may be declared as a number


def main(path: str) -> int:
    """Answer requests until the input ends.

    Parameters
    ----------
    path
        The Python file.

    Returns
    -------
    int
        The exit status, 0.
    """
    requests, answers = _pipes()
    process, problem, module = os.getpid(), "", None
    try:
        module = _module(Path(path))
    except (Exception, SystemExit) as error:
        problem = f"{Path(path).name} does not run: {type(error).__name__}: {error}"
    _end_copy_of(process)
    functions = {role: getattr(module, role) for role in ROLES if callable(getattr(module, role, None))}
    if not problem and not functions:
        problem = f"{Path(path).name} has no function named {', '.join(ROLES)}"
    roles = None if problem else Functions(functions, batched=bool(getattr(module, "batched", False)))
    for line in requests:
        answer = {"error": problem} if roles is None else _answer(roles, module, json.loads(line))
        _end_copy_of(process)
        _reply(answers, answer)
    return 0


def _end_copy_of(process: int) -> None:
    """End this process if it is a copy of the one that answers: the file has forked, and the copy came back to here."""
    if os.getpid() != process:
        os._exit(0)


def _pipes() -> tuple[TextIO, TextIO]:
    """Return the streams of requests and answers, out of reach of what the file reads and prints, also in C."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


def _module(path: Path) -> ModuleType:
    if path.stem in sys.modules or path.stem in sys.stdlib_module_names:
        raise ValueError(f"it has the name of the module {path.stem!r}; give the file another name")
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ValueError("it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _answer(roles: Functions, module: ModuleType | None, request: dict[str, Any]) -> dict[str, Any]:
    role = request.pop("role")
    try:
        if role == "describe":
            return {"roles": sorted(roles.offered), **_declared(module)}
        answer = roles.ask(role, **{name: _decoded(name, value) for name, value in request.items()})
        return dict(answer) if role in ("landscape", "network") else {"answer": answer}
    except AnswerError as error:
        return {"error": error.reason}  # the other process adds the request


def _declared(module: ModuleType | None) -> dict[str, str]:
    """Return the conventions that a file declares; a function or an array of such a name declares nothing."""
    given = {field.name: getattr(module, field.name, None) for field in fields(Declaration)}
    allowed = {name: (str, int, float) if name in _NUMBERS else str for name in given}
    return {name: str(value) for name, value in given.items() if isinstance(value, allowed[name])}


def _decoded(name: str, value: Any) -> Any:
    """Return an argument in the types that a role expects."""
    if name in ("x", "y", "times", "v"):
        return np.asarray(value, dtype=float)
    if name == "weights":
        return [np.asarray(matrix, dtype=float) for matrix in value]
    if name == "H" and isinstance(value, Mapping):
        return {int(order): float(weight) for order, weight in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """Return an array or a number of any library in the types of JSON."""
    if isinstance(value, Mapping):
        return {str(key): part for key, part in value.items()}
    return as_array(value).tolist()


def _reply(answers: TextIO, answer: Any) -> None:
    try:
        text = json.dumps(answer, default=_plain)
    except (TypeError, ValueError, RecursionError) as error:
        text = json.dumps({"error": f"the answer cannot be sent: {error}"})
    answers.write(text.replace("\n", " ") + "\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
