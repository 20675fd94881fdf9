"""Handling of Ctrl-C during Numba compilation: the compilation ends at the next pass of the compiler."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

from numba.core import event
from numba.core.compiler_lock import global_compiler_lock

_delayed: list["_LateInterrupt"] = []  # of the main thread


def compiling() -> bool:
    """Return whether this thread is compiling a kernel."""
    owned: bool = global_compiler_lock.is_locked()
    return owned


@contextmanager
def interruptible() -> Generator[None]:
    """Delay Ctrl-C during a compilation until the next pass of the compiler begins.

    A compilation takes seconds, and an exception raised within a pass can be lost or replaced by another exception.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    late = _LateInterrupt(handler)
    signal.signal(signal.SIGINT, late.press)
    _delayed.append(late)
    try:
        with event.install_listener("numba:run_pass", late):
            yield
    finally:
        _delayed.remove(late)
        signal.signal(signal.SIGINT, handler)
        late.hand_over()


def hand_over_interrupt() -> None:
    """Handle Ctrl-C now if it was pressed: no pass of the compiler is running."""
    if threading.current_thread() is threading.main_thread():
        for late in list(_delayed):
            late.hand_over()


class _LateInterrupt(event.Listener):
    """Passes Ctrl-C to the original handler at the next pass of the compiler."""

    def __init__(self, handler: Callable[[int, FrameType | None], object]) -> None:
        self._handler = handler
        self._pressed: tuple[int, FrameType | None] | None = None

    def press(self, number: int, frame: FrameType | None) -> None:
        self._pressed = number, frame

    def hand_over(self) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None:
            self._handler(*pressed)

    def on_start(self, passed: object) -> None:  # noqa: ARG002
        if threading.current_thread() is threading.main_thread():  # passes in other threads are reported too
            self.hand_over()

    def on_end(self, passed: object) -> None:
        """Do nothing; the next pass calls ``on_start``."""
