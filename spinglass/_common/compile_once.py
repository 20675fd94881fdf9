"""A kernel is compiled by one process at a time, which says so; other processes wait and read it from disk."""

import logging
import multiprocessing
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from numba.core.compiler_lock import global_compiler_lock

_QUIET = 1.0  # seconds that a compilation may take without a message
NOTICE = "compiling kernels; this happens once, and takes up to half a minute for a new kind of model"
_said = threading.Event()


def compile_once(dispatcher: Any) -> Callable[[Any], Any]:
    """Return the method ``compile`` of a Numba dispatcher, with a lock between processes and a message.

    Numba's lock between threads is taken first, as it is within a compilation that compiles further kernels; two
    threads would otherwise wait for each other.
    """
    compile_here = dispatcher.compile

    def compiled(signature: Any) -> Any:
        if signature in dispatcher.overloads:
            return compile_here(signature)
        with global_compiler_lock, dispatcher._cache.lock(), _noticed():
            return compile_here(signature)

    return compiled


@contextmanager
def _noticed() -> Generator[None]:
    """Say that kernels are being compiled if the block takes more than a second; once per process."""
    if _said.is_set():
        yield
        return
    timer = threading.Timer(_QUIET, _say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _say() -> None:
    if _said.is_set():
        return
    _said.set()
    logging.getLogger("spinglass").info(NOTICE)
    if multiprocessing.parent_process() is None and sys.stderr is not None and sys.stderr.isatty():
        print(f"spinglass: {NOTICE}", file=sys.stderr, flush=True)
