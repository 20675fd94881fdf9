"""A program that is started, gets lines on its input, gives lines on its output, and is ended."""

import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO

_LONGEST_LINE = 2**26  # bytes: about three million numbers
_WAITING_LINES = 4  # a program that prints more than is read has to wait
_LAST_WORDS = 1000  # bytes of the error output that an error message shows at most
_PATIENCE = 1.0  # seconds


class LongLineError(Exception):
    """A line of the output does not end."""


class Child:
    """A running program.

    Its input is written, and its outputs are read, by threads of their own: a program that does not read, prints
    without end or is silent cannot block the caller for longer than the caller wants to wait.

    Parameters
    ----------
    command
        Its command line.

    Raises
    ------
    OSError, ValueError
        If it cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        # In a session of its own, Ctrl-C does not reach the program: this process ends it.
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._requests: queue.Queue[bytes | None] = queue.Queue()
        self._lines: queue.Queue[bytes | LongLineError | None] = queue.Queue(_WAITING_LINES)
        self._said = b""
        self._over = False
        self._threads = [_thread(self._write, process.stdin), _thread(self._read, process.stdout)]
        self._errors = _thread(self._listen, process.stderr)

    def send(self, line: str) -> None:
        """Send a line; it is written in the background."""
        self._requests.put(line.encode() + b"\n")

    def receive(self, seconds: float) -> str | None:
        """Return the next line, or None if the program closed its output.

        Parameters
        ----------
        seconds
            How long to wait.

        Returns
        -------
        str or None
            The line.

        Raises
        ------
        TimeoutError
            If there is no line in this time.
        LongLineError
            If the line is longer than 64 MiB.
        """
        try:
            line = self._lines.get(timeout=min(max(seconds, 0.0), threading.TIMEOUT_MAX))
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(line, LongLineError):
            raise line
        return None if line is None else line.decode(errors="replace")

    def unread(self) -> list[str]:
        """Return the lines that wait to be read, and forget them."""
        found: list[str] = []
        for _ in range(self._lines.qsize()):
            line = self._lines.get_nowait()
            if not isinstance(line, bytes):
                self._lines.put(line)  # the end of the output stays
                break
            found.append(line.decode(errors="replace"))
        return found

    def how_it_ended(self) -> str:
        """Say how a program ended that closed its output, with its last words on the error output."""
        try:
            status = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            return "the program closed its output and is still running"
        self._errors.join(_PATIENCE)
        lines = self._said.decode(errors="replace").splitlines()[-3:]
        said = " | ".join(line.strip() for line in lines if line.strip())
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        return f"the program ended with {how}{': ' + said if said else ''}"

    def end(self) -> None:
        """End the program, and everything that it started in its process group."""
        self._over = True
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError, PermissionError):  # Windows has no process groups
            self._process.kill()
        self._process.wait()
        self._requests.put(None)
        self.unread()  # so that the thread that reads can put its last line
        # What left the process group may hold the pipes open: then the threads end with this process.
        for thread in (*self._threads, self._errors):
            thread.join(_PATIENCE)

    def _write(self, stream: IO[bytes]) -> None:
        with suppress(OSError):  # the program has ended; what was not yet written is lost
            while (line := self._requests.get()) is not None:
                stream.write(line)
                stream.flush()

    def _read(self, stream: IO[bytes]) -> None:
        while not self._over and (line := stream.readline(_LONGEST_LINE)):
            if len(line) == _LONGEST_LINE:
                self._lines.put(LongLineError(f"a line of its output is longer than {_LONGEST_LINE >> 20} MiB"))
                return
            self._lines.put(line)
        self._lines.put(None)

    def _listen(self, stream: IO[bytes]) -> None:
        while chunk := os.read(stream.fileno(), 65536):
            self._said = (self._said + chunk)[-_LAST_WORDS:]


def _thread(work: Callable[[IO[bytes]], None], stream: IO[bytes]) -> threading.Thread:
    def run() -> None:
        with suppress(OSError), stream:  # closing a stream writes what is left
            work(stream)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
