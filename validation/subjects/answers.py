"""Answers of another program: lines of JSON, and what they may name."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from spinglass._common.arguments import quoted
from validation.subjects.declaration import Declaration
from validation.subjects.subject import ROLES, AnswerError

_NOT_FINITE = re.compile(r"(?i)(?<![\w\"])([-+]?)(?:(nan)(?:\(\w*\))?|inf(?:inity)?)(?![\w\"])")


class FailureError(Exception):
    """The program did not answer; ``final`` if the role is not to be asked again."""

    def __init__(self, text: str, final: bool) -> None:
        super().__init__(text)
        self.final = final


def check_description(found: object) -> None:
    """Raise ``ValueError`` unless a program describes roles and conventions that exist."""
    if not isinstance(found, Mapping):
        raise ValueError(f"describes itself as {quoted(found)}; expected an object such as {{'roles': ['landscape']}}")
    roles = found.get("roles")
    if not isinstance(roles, list) or not roles or not all(role in ROLES for role in roles):
        raise ValueError(f"describes its roles as {quoted(roles)}; expected a list of some of {', '.join(ROLES)}")
    if found.get("arrays", "json") not in ("json", "npy"):
        raise ValueError(f"describes its arrays as {quoted(found['arrays'])}; expected 'json' or 'npy'")
    Declaration.check_names({name: value for name, value in found.items() if name not in ("roles", "arrays")})


def parsed(line: str) -> Any:
    """Return the object in a line, or None if there is none; :class:`FailureError` if it begins like one."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        try:
            return json.loads(line)
        except ValueError:
            return json.loads(_NOT_FINITE.sub(_in_json, line))
    except (ValueError, RecursionError) as error:
        raise FailureError(f"the answer is not JSON, {error}: {quoted(line.strip())}", final=True) from None


def _in_json(found: re.Match[str]) -> str:
    """Return a number that is not finite, as C prints it, in the words of JSON as Python reads it."""
    return "NaN" if found[2] else "-Infinity" if found[1] == "-" else "Infinity"


def loaded(where: str, value: Any) -> Any:
    """Return an array that is stored in a file, a list of such arrays, or the value itself."""
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return [loaded(where, part) for part in value]
    if not isinstance(value, dict) or set(value) != {"npy"}:
        return value
    try:
        if not Path(str(value["npy"])).is_file():
            raise ValueError("there is no such file")
        return np.load(str(value["npy"]), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise AnswerError(f"{where}: the file {quoted(value['npy'])} cannot be read: {error}") from None
