"""Ctrl-C during a descent: the current step is completed and the results so far are returned."""

import signal
import threading
from types import FrameType, TracebackType

from spinglass._common.interruptible import compiling
from spinglass.results import CriticalPoints


class DescentInterrupted(KeyboardInterrupt):
    """Raised by `descend` on Ctrl-C.

    Attributes
    ----------
    found : CriticalPoints
        The current point of every start; the status of those that had not ended is "interrupted".
    """

    def __init__(self, found: CriticalPoints) -> None:
        super().__init__(f"interrupted: {int(found.converged.sum())} of {len(found)} starts converged; see .found")
        self.found = found

    def __reduce__(self) -> tuple[type["DescentInterrupted"], tuple[CriticalPoints]]:
        # Exceptions are otherwise restored from their messages, for instance when a process hands one to another.
        return type(self), (self.found,)


class HeldInterrupt:
    """A context in which Ctrl-C only sets ``pressed``, so that the current step can be completed.

    Ctrl-C raises immediately while a kernel is being compiled, which takes seconds and has not changed any state, and
    when it is pressed a second time. The handler is installed in the main thread only, and only in place of Python's
    default handler.
    """

    def __init__(self) -> None:
        self.pressed = False
        self._holding = False

    def __enter__(self) -> "HeldInterrupt":
        """Replace Python's default handler."""
        main = threading.current_thread() is threading.main_thread()
        self._holding = main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._holding:
            signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Restore the default handler."""
        if self._holding:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _press(self, number: int, frame: FrameType | None) -> None:
        if self.pressed or compiling():
            signal.default_int_handler(number, frame)
        self.pressed = True
