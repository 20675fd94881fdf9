"""Roles of another program: one JSON object per line for a request on its input, and one for the answer on its output.

A request is an object such as

    {"role": "landscape", "n": 5, "H": 3, "seed": 17, "x": [[...], ...], "wanted": ["energy", "gradient"]}

and its answer ``{"energy": [...], "gradient": [[...], ...]}`` or ``{"error": "what went wrong"}``. ``H`` is a number,
or an object of weights for a mixture, such as ``{"3": 1.0, "4": 0.5}``. The first request is ``{"role": "describe"}``;
its answer lists the roles and declares conventions: ``{"roles": ["landscape"], "variance": "n/2"}``. In place of an
array an answer may name a file, ``{"npy": "path"}``; if the description says ``"arrays": "npy"``, so do requests. Lines
on the program's output that are not JSON objects are ignored.
"""

import json
import os
import queue
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from spinglass._common.arguments import quoted
from validation.subjects.declaration import Declaration
from validation.subjects.subject import ROLES, AnswerError, Subject, request_text

TIME_LIMIT = 60.0
_FOREIGN_LINES = 1000  # lines of the program's output that are ignored per request
_LAST_WORDS = 3  # lines of its error output that an error message shows
_MOST_DEATHS = 3


class Program:
    """The roles of another program.

    Parameters
    ----------
    command
        The command line, as one text or as a list of arguments.
    time_limit
        Seconds that one request may take. Default 60.
    name
        What to call the subject. Default: the command.

    Raises
    ------
    ValueError
        If the program cannot be started, does not describe itself, or offers no known role.
    """

    def __init__(self, command: str | Sequence[str], time_limit: float = TIME_LIMIT, name: str = "") -> None:
        self._command = shlex.split(command) if isinstance(command, str) else list(command)
        if not self._command:
            raise ValueError("the command of the program is empty; give it as in --program './simulate --fast'")
        if not time_limit > 0:
            raise ValueError(f"the time limit must be positive, in seconds; given {time_limit!r}")
        self.name = name or shlex.join(self._command)
        self._time_limit = time_limit
        self._process: subprocess.Popen[str] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._refused: dict[str, str] = {}  # roles that did not answer are not asked again
        self._deaths: dict[str, int] = {}
        try:
            self.description = self._described()
            self.offered = frozenset(self.description["roles"])
        except BaseException:
            self.close()
            raise

    def _described(self) -> dict[str, Any]:
        try:
            found = self.ask("describe")
        except AnswerError as error:
            raise ValueError(f"{error}; it must answer {{'role': 'describe'}} with the roles that it offers") from None
        roles = found.get("roles")
        if not isinstance(roles, list) or not roles or not all(role in ROLES for role in roles):
            raise ValueError(
                f"{self.name} describes its roles as {quoted(roles)}; expected a list of some of {', '.join(ROLES)}"
            )
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
            answer = self._exchange(where, {"role": role, **arguments})
        except _DeathError as death:
            self.close()
            self._deaths[role] = self._deaths.get(role, 0) + 1
            if death.final or self._deaths[role] >= _MOST_DEATHS:
                self._refused[role] = str(death)
            raise AnswerError(str(death)) from None
        if "error" in answer:
            raise AnswerError(f"{where}: {' '.join(str(answer['error']).split())}")
        loaded = {name: _loaded(where, value) for name, value in answer.items()}
        return loaded.get("answer", loaded)

    def _exchange(self, where: str, request: Mapping[str, Any]) -> dict[str, Any]:
        if self._process is None:
            self._start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(self._encoded(request)) + "\n")
            process.stdin.flush()
        except OSError:
            raise self._death(where) from None
        foreign = ""
        for _ in range(_FOREIGN_LINES):
            try:
                line = self._lines.get(timeout=self._time_limit)
            except queue.Empty:
                printed = f"; it printed {quoted(foreign)}" if foreign else ""
                raise _DeathError(
                    f"{where}: no answer within the time limit of {self._time_limit:g} s{printed}", final=True
                ) from None
            if line is None:
                raise self._death(where)
            try:
                answer = json.loads(line)
            except ValueError as error:
                foreign = line.strip()
                if foreign.startswith("{"):
                    raise _DeathError(
                        f"{where}: the answer is not JSON, {error}: {quoted(foreign)}", final=True
                    ) from None
                continue
            if isinstance(answer, dict):
                return answer
            foreign = line.strip()
        raise _DeathError(f"{where}: its output is not JSON; it printed {quoted(foreign)}", final=True)

    def _start(self) -> None:
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,  # Ctrl-C reaches this process, which then stops the program
            )
        except OSError as error:
            reason = error.strerror or str(error)
            hint = "; make it executable (chmod +x)" if isinstance(error, PermissionError) else ""
            raise ValueError(f"the program {self._command[0]!r} cannot be started: {reason}{hint}") from None
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._listeners = [
            threading.Thread(target=_read, args=(self._process.stdout, self._lines.put, True), daemon=True),
            threading.Thread(target=_read, args=(self._process.stderr, self._last_words.append, False), daemon=True),
        ]
        for listener in self._listeners:
            listener.start()

    def _death(self, where: str) -> "_DeathError":
        """Return the error for a program that has ended, with the last lines of its error output."""
        assert self._process is not None
        status = self._process.wait(self._time_limit)
        self._listeners[1].join(1.0)
        said = " | ".join(line.strip() for line in self._last_words if line.strip())
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        return _DeathError(f"{where}: the program ended with {how}{': ' + said if said else ''}", final=False)

    def _encoded(self, value: Any) -> Any:
        """Return a value in the types of JSON; arrays as lists, or as the names of files if the program wants these."""
        if isinstance(value, np.ndarray):
            if getattr(self, "description", {}).get("arrays") != "npy":
                return value.tolist()
            self._folder = self._folder or tempfile.TemporaryDirectory(prefix="spinglass-")
            path = Path(self._folder.name) / f"{len(os.listdir(self._folder.name)) % 64}.npy"
            np.save(path, value)
            return {"npy": str(path)}
        if isinstance(value, Mapping):
            return {str(key): self._encoded(part) for key, part in value.items()}
        if isinstance(value, tuple | list):
            return [self._encoded(part) for part in value]
        return value.item() if isinstance(value, np.generic) else value

    def close(self) -> None:
        """End the program, and everything that it started."""
        process, self._process = self._process, None
        if process is not None:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except (AttributeError, ProcessLookupError, PermissionError):  # Windows has no process groups
                process.kill()
            process.wait()
            for listener in self._listeners:
                listener.join(1.0)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    with suppress(OSError):  # what was not yet written is lost with the program
                        stream.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


class _DeathError(Exception):
    """The program did not answer; ``final`` if the role is not to be asked again."""

    def __init__(self, text: str, final: bool) -> None:
        super().__init__(text)
        self.final = final


def _read(stream: Any, take: Any, ends: bool) -> None:
    """Pass on the lines of a stream, and None at its end."""
    try:
        for line in stream:
            take(line)
    except (OSError, ValueError):  # closed while it was read
        pass
    if ends:
        take(None)


def _loaded(where: str, value: Any) -> Any:
    """Return an array that is stored in a file, or the value itself."""
    if isinstance(value, dict) and set(value) == {"npy"}:
        try:
            return np.load(str(value["npy"]), allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise AnswerError(f"{where}: the file {quoted(value['npy'])} cannot be read: {error}") from None
    return value


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
    program = Program(command, time_limit, name=Path(path).name)
    return Subject(program, Declaration.read({**program.description, **declared}))
