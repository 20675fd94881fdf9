"""Ctrl-C in mid-descent: wait for the step to end, then hand over what is done."""

import signal
import threading
from types import FrameType, TracebackType

from spinglass._common.interruptible import compiling
from spinglass.results import CriticalPoints


class DescentInterrupted(KeyboardInterrupt):
    """Raised by ``descend`` on Ctrl-C; ``found`` holds every start where it stands."""

    def __init__(self, found: CriticalPoints) -> None:
        super().__init__(f"interrupted: {int(found.converged.sum())} of {len(found)} starts converged; see .found")
        self.found = found


class HeldInterrupt:
    """A context in which Ctrl-C only sets ``pressed``, so that no step is left half done.

    It raises at once where a kernel is being compiled, which takes seconds and has not changed anything yet, and
    when pressed again. Threads other than the main one, and programs with a handler of their own, are left alone.
    """

    def __init__(self) -> None:
        self.pressed = False
        self._holding = False

    def __enter__(self) -> "HeldInterrupt":
        """Take over Python's own handler."""
        main = threading.current_thread() is threading.main_thread()
        self._holding = main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._holding:
            signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the handler back."""
        if self._holding:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _press(self, number: int, frame: FrameType | None) -> None:
        if self.pressed or compiling():
            signal.default_int_handler(number, frame)
        self.pressed = True
