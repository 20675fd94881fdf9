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
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # also what compiled code prints must not mix with the answers
    problem, module = "", None
    try:
        module = _module(Path(path))
    except (Exception, SystemExit) as error:
        problem = f"{Path(path).name} does not run: {type(error).__name__}: {error}"
    functions = {role: getattr(module, role) for role in ROLES if callable(getattr(module, role, None))}
    if not problem and not functions:
        problem = f"{Path(path).name} has no function named {', '.join(ROLES)}"
    roles = None if problem else Functions(functions, batched=bool(getattr(module, "batched", False)))
    for line in sys.stdin:
        _reply(answers, {"error": problem} if roles is None else _answer(roles, module, json.loads(line)))
    return 0


def _module(path: Path) -> ModuleType:
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
            declared = {field.name for field in fields(Declaration)} & set(vars(module))
            return {"roles": sorted(roles.offered), **{name: str(getattr(module, name)) for name in declared}}
        answer = roles.ask(role, **{name: _decoded(name, value) for name, value in request.items()})
        return dict(answer) if role == "landscape" else {"answer": answer}
    except AnswerError as error:
        return {"error": error.reason}  # the other process adds the request


def _decoded(name: str, value: Any) -> Any:
    """Return an argument in the types that a role expects."""
    if name in ("x", "times", "v"):
        return np.asarray(value, dtype=float)
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
    except (TypeError, ValueError) as error:
        text = json.dumps({"error": f"the answer cannot be sent: {error}"})
    answers.write(text.replace("\n", " ") + "\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
