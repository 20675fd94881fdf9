"""Threads for compiled work, and limits on BLAS threads."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController

_Task = TypeVar("_Task")
_AWAKE = 100  # times that a caller asks whether another thread has ended before it sleeps


def cores() -> int:
    """Return the number of cores on which the operating system lets this process run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def available_cores() -> int:
    """Return the number of cores that this process can use; the variable ``SPINGLASS_THREADS`` sets an upper limit."""
    allowed = cores()
    wanted = os.environ.get("SPINGLASS_THREADS", "")
    if not wanted:
        return allowed
    if not wanted.isdigit() or int(wanted) < 1:
        raise ValueError(
            f"SPINGLASS_THREADS must be a positive whole number, not {wanted!r}; unset it to use all cores"
        )
    return min(allowed, int(wanted))


@cache
def _pool(process: int, cores: int) -> ThreadPoolExecutor:
    # The process is part of the cache key because a forked child inherits the pool but not its threads.
    return ThreadPoolExecutor(cores, thread_name_prefix=f"spinglass-{process}")


@cache
def _blas() -> ThreadpoolController:
    import scipy.linalg.cython_blas  # noqa: F401  Numba calls SciPy's BLAS, which must be loaded before it can be limited

    return ThreadpoolController()


class _OneBlasThread:
    """A limit for the whole process; if several blocks overlap, the first sets it and the last removes it."""

    def __init__(self) -> None:
        self._lock, self._blocks, self._restore = threading.Lock(), 0, ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if self._blocks == 0:
                self._restore.enter_context(_blas().limit(limits=1, user_api="blas"))
            self._blocks += 1

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            self._blocks -= 1
            if self._blocks == 0:
                self._restore.close()


_ONE_BLAS_THREAD = _OneBlasThread()


def one_blas_thread() -> AbstractContextManager[None]:
    """Return a context in which BLAS and LAPACK use a single thread.

    The last bits of their results depend on the number of threads, and the cores are already in use by our own threads.
    """
    return _ONE_BLAS_THREAD


@cache
def one_blas_thread_for_good() -> None:
    """Limit BLAS and LAPACK to one thread until the process ends."""
    _ONE_BLAS_THREAD.__enter__()


def run_in_threads(work: Callable[[_Task], None], tasks: Iterable[_Task], nothing: _Task | None = None) -> None:
    """Call ``work`` on every task, in threads; tasks must write to disjoint memory, so their order does not matter.

    The calling thread works too, so that short tasks wait for no other thread to wake up. If a task fails, no further
    task is started. ``nothing`` is an empty task that is run first, in the calling thread, to compile the kernel there:
    Ctrl-C can interrupt a compilation in the main thread but not in others.
    """
    waiting = deque(tasks)
    if len(waiting) < 2 or (cores := available_cores()) == 1:
        for task in waiting:
            work(task)
        return

    def share() -> None:
        try:
            while waiting:
                try:
                    task = waiting.popleft()
                except IndexError:  # another thread has taken the last one
                    return
                work(task)
        except BaseException:
            waiting.clear()
            raise

    if nothing is not None:
        work(nothing)
    others = [_pool(os.getpid(), cores).submit(share) for _ in range(min(cores, len(waiting)) - 1)]
    share()
    for other in others:
        # A helper that has not begun, because all threads of the pool are busy, has nothing left to do.
        if not other.cancel():
            _wait_for(other)


def _wait_for(task: Future[None]) -> None:
    """Return when the task has ended, or raise what it raised.

    For a short time the caller stays awake, because most tasks end together and waking up takes tens of microseconds.
    """
    for _ in range(_AWAKE):
        if task.done():
            break
        time.sleep(0)  # lets the task's thread have the interpreter lock
    task.result()
