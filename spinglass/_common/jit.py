"""The one place where Numba is configured.

Compiled kernels are cached on disk and release the interpreter's lock, so that plain threads run them side
by side. Fast-math is limited to what lets a reduction be vectorised (reassociation, contraction): results
stay the same from run to run, and NaN and infinity keep their meaning.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numba.extending
from numba.core import event
from numba.core.compiler_lock import global_compiler_lock

from spinglass._common.kernel_files import KernelFiles

_P = ParamSpec("_P")
_R = TypeVar("_R")


def jit(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile ``function`` at its first call, cached on disk, without the interpreter's lock."""
    compiled: Any = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})(
        function
    )
    cache = compiled._cache
    # Numba asks only whether the kernel's own file has changed, not those of the functions it has inlined.
    sources = (numba.__version__, cache._cache_file._source_stamp, _sources_stamp())
    cache._cache_file = KernelFiles(Path(cache.cache_path), cache._impl.filename_base, sources)
    compiled._compile_for_args = _interruptible()(compiled._compile_for_args)
    return cast(Callable[_P, _R], compiled)


@cache
def _sources_stamp() -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every source file of this package."""
    package = Path(__file__).parent
    found = ((path, path.stat()) for path in sorted(package.rglob("*.py")))
    return tuple((str(path.relative_to(package)), stat.st_mtime_ns, stat.st_size) for path, stat in found)


def compiling() -> bool:
    """Say whether this thread is just compiling a kernel."""
    owned: bool = global_compiler_lock.is_locked()  # type: ignore[no-untyped-call]
    return owned


@contextmanager
def _interruptible() -> Iterator[None]:
    """Have Ctrl-C end a compilation where a pass of the compiler begins.

    Numba takes seconds, and an exception in its midst may be lost or come out as another one.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    late = _LateInterrupt(handler)
    signal.signal(signal.SIGINT, late.press)
    try:
        with event.install_listener("numba:run_pass", late):
            yield
    finally:
        signal.signal(signal.SIGINT, handler)
        late.hand_over()


class _LateInterrupt(event.Listener):
    """Hands Ctrl-C to the handler behind it at the next pass of the compiler."""

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
        if threading.current_thread() is threading.main_thread():  # others' passes are heard as well
            self.hand_over()

    def on_end(self, passed: object) -> None:
        """Do nothing: the next pass will begin."""


def intrinsic(emitter: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that writes its own machine code, for use inside compiled functions."""
    made: Callable[..., Any] = numba.extending.intrinsic(emitter)
    return made
