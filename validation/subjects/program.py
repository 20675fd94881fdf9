"""Roles of another program: one JSON object per line for a request on its input, and one for the answer on its output.

A request is an object such as

    {"role": "landscape", "n": 5, "H": 3, "seed": 17, "x": [[...], ...], "wanted": ["energy", "gradient"]}

and its answer ``{"energy": [...], "gradient": [[...], ...]}`` or ``{"error": "what went wrong"}``. ``H`` is a number,
or an object of weights for a mixture, such as ``{"3": 1.0, "4": 0.5}``. The first request is ``{"role": "describe"}``;
its answer lists the roles and declares conventions: ``{"roles": ["landscape"], "variance": "n/2"}``. In place of an
array an answer may name a file, ``{"npy": "path"}``; if the description says ``"arrays": "npy"``, so do requests. Lines
on the program's output that are not JSON objects are ignored.

Keys come in this order, with ``": "`` and ``", "`` as separators, so that a program can search a request for text
instead of parsing it. Numbers in an answer may be ``nan`` or ``inf``, as C prints them.
"""

import itertools
import json
import shlex
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from spinglass._common.arguments import quoted
from validation.subjects.answers import FailureError, check_description, loaded, parsed
from validation.subjects.child import Child, LongLineError
from validation.subjects.declaration import Declaration
from validation.subjects.subject import ROLES, AnswerError, Subject, request_text

TIME_LIMIT = 60.0
_FOREIGN_LINES = 1000  # lines of the program's output that are ignored per request
_MOST_DEATHS = 3
_NUMBERS = itertools.count()


class Program:
    """The roles of another program.

    Parameters
    ----------
    command
        The command line, as one text or as a list of arguments.
    time_limit
        Seconds that one request may take. Default 60.
    file
        Name of the Python file that the program serves. Default: none, and the subject is called by its command.

    Raises
    ------
    ValueError
        If the program cannot be started, does not describe itself, or offers no known role.
    """

    def __init__(self, command: str | Sequence[str], time_limit: float = TIME_LIMIT, file: str = "") -> None:
        self._command = _arguments(command)
        self._serves_file = file != ""
        if not time_limit > 0:
            raise ValueError(f"the time limit must be positive, in seconds; given {time_limit!r}")
        self.name = file or shlex.join(self._command)
        self.description: dict[str, Any] = {}
        self._time_limit = time_limit
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._refused: dict[str, str] = {}  # roles that did not answer are not asked again
        self._deaths: dict[str, int] = {}
        self._child: Child | None = self._started()
        self.description = self._described()
        self.offered = frozenset(self.description["roles"])

    def _described(self) -> dict[str, Any]:
        try:
            found = self.ask("describe")
            check_description(found)
        except AnswerError as error:
            self.close()
            if self._serves_file:
                reason = error.reason.removeprefix(f"{request_text('describe', {})}: ")
                raise ValueError(reason if reason.startswith(self.name) else f"{self.name}: {reason}") from None
            raise ValueError(f"{error}; it must answer {{'role': 'describe'}} with the roles that it offers") from None
        except ValueError as error:
            self.close()
            raise ValueError(f"{self.name}: {error}") from None
        return dict(found)

    def ask(self, role: str, /, **arguments: Any) -> Any:
        """Send a request and return the answer.

        Parameters
        ----------
        role
            The role.
        **arguments
            The arguments of the request.

        Returns
        -------
        Any
            The value of ``"answer"`` if the program's answer has it, otherwise the whole object. Files are read.

        Raises
        ------
        AnswerError
            If there is no valid answer within the time limit.
        """
        where = request_text(role, arguments)
        if role in self._refused:
            raise AnswerError(f"{where}: not asked, because of an earlier failure: {self._refused[role]}")
        try:
            answer = self._exchange({"role": role, **arguments})
        except FailureError as failure:
            self.close()
            text = f"{where}: {failure}"
            self._deaths[role] = self._deaths.get(role, 0) + 1
            if failure.final or self._deaths[role] >= _MOST_DEATHS:
                self._refused[role] = text
            raise AnswerError(text) from None
        except BaseException:  # after Ctrl-C the answer may still come, and must not be taken for the next one
            self.close()
            raise
        if "error" in answer:
            raise AnswerError(f"{where}: {answer['error']}")
        found = {name: loaded(where, value) for name, value in answer.items()}
        return found.get("answer", found)

    def _exchange(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self._child = child = self._child or self._started()
        if any(line.startswith("{") for line in child.unread()):
            raise FailureError("before it was asked, it printed one more answer than there were requests", final=True)
        child.send(json.dumps(self._encoded(request)))
        end = time.monotonic() + self._time_limit
        foreign = ""
        for _ in range(_FOREIGN_LINES):
            try:
                line = child.receive(end - time.monotonic())
            except TimeoutError:
                hint = "" if self.description else "; is its output flushed after every answer?"
                printed = f"; it printed {quoted(foreign)}" if foreign else hint
                raise FailureError(
                    f"no answer within the time limit of {self._time_limit:g} s{printed}", final=True
                ) from None
            except LongLineError as error:
                raise FailureError(f"{error}; answer by the name of a .npy file instead", final=True) from None
            if line is None:
                raise FailureError(child.how_it_ended(), final=False)
            answer = parsed(line)
            if isinstance(answer, dict):
                return answer
            foreign = line.strip() or foreign
        raise FailureError(f"its output is not JSON; it printed {quoted(foreign)}", final=True)

    def _started(self) -> Child:
        try:
            return Child(self._command)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise AnswerError(f"the program {self._command[0]!r} cannot be started: {reason}{_hint(error)}") from None

    def _encoded(self, value: Any) -> Any:
        """Return a value in the types of JSON; arrays as lists, or as the names of files if the program wants these."""
        if isinstance(value, np.ndarray):
            if self.description.get("arrays") != "npy":
                return value.tolist()
            self._folder = self._folder or tempfile.TemporaryDirectory(prefix="spinglass-")
            path = Path(self._folder.name) / f"{next(_NUMBERS) % 64}.npy"  # the files of earlier requests are replaced
            np.save(path, value)
            return {"npy": str(path)}
        if isinstance(value, Mapping):
            return {str(key): self._encoded(part) for key, part in value.items()}
        if isinstance(value, (tuple, list)):
            return [self._encoded(part) for part in value]
        return value.item() if isinstance(value, np.generic) else value

    def close(self) -> None:
        """End the program, and everything that it started."""
        child, self._child = self._child, None
        if child is not None:
            child.end()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()


def _arguments(command: str | Sequence[str]) -> list[str]:
    """Return the command line of a program as a list."""
    try:
        found = shlex.split(command) if isinstance(command, str) else list(command)
    except ValueError as error:
        raise ValueError(f"the command of the program {quoted(command)} cannot be read: {error}") from None
    if not found:
        raise ValueError("the command of the program is empty; give it as in --program './simulate --fast'")
    return found


def _hint(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "; make it executable (chmod +x)"
    if isinstance(error, FileNotFoundError):
        return "; give the path of a program, as in --program './simulate --fast'"
    if isinstance(error, OSError):
        return "; give its interpreter, too, as in --program 'python3 simulate.py'"
    return ""


def from_program(command: str | Sequence[str], time_limit: float = TIME_LIMIT, **declared: str) -> Subject:
    """Return another program as a subject.

    Parameters
    ----------
    command
        Its command line.
    time_limit
        Seconds that one request may take. Default 60.
    **declared
        Conventions, see :class:`~validation.subjects.declaration.Declaration`; they replace those of the program's own
        description.

    Returns
    -------
    Subject
        The subject.

    Raises
    ------
    ValueError
        If the program cannot be started, does not describe itself, or a convention is unknown.
    """
    Declaration.check_names(declared)
    program = Program(command, time_limit)
    return Subject(program, Declaration.read({**program.description, **declared}))


def from_file(path: str | Path, time_limit: float = TIME_LIMIT, **declared: str) -> Subject:
    """Return a Python file as a subject; it runs in a process of its own.

    Parameters
    ----------
    path
        A file whose functions at the top level have the names of roles, and whose texts at the top level (such as
        ``variance = "n/2"``) declare conventions.
    time_limit
        Seconds that one request may take. Default 60.
    **declared
        Conventions, which replace those of the file.

    Returns
    -------
    Subject
        The subject.

    Raises
    ------
    ValueError
        If the file does not exist, does not run or has no role, or a convention is unknown.
    """
    Declaration.check_names(declared)
    if not Path(path).is_file():
        raise ValueError(f"there is no file {path}; give a Python file with functions named {', '.join(ROLES)}")
    command = [sys.executable, "-m", "validation.subjects.serve", str(Path(path).resolve())]
    program = Program(command, time_limit, file=Path(path).name)
    return Subject(program, Declaration.read({**program.description, **declared}))
