"""Patches affect the whole process: correct code may be measured in several threads, a mutant only in one at a time."""

import threading
from collections.abc import Generator
from contextlib import contextmanager


class Isolation:
    """A lock that many threads can share or one thread can hold exclusively.

    A thread that holds it exclusively may take it again, shared or exclusively.

    Examples
    --------
    >>> isolation = Isolation()
    >>> with isolation.alone(), isolation.shared():
    ...     pass
    """

    def __init__(self) -> None:
        self._lock = threading.Condition()  # its re-entrant lock is held for as long as a thread is alone
        self._sharing = 0  # blocks, over all threads
        self._here = threading.local()  # blocks of this thread

    @contextmanager
    def shared(self) -> Generator[None]:
        """Wait until no other thread holds the lock exclusively, and prevent it while the block runs."""
        self._count(+1)
        try:
            yield
        finally:
            self._count(-1)

    @contextmanager
    def alone(self) -> Generator[None]:
        """Wait until no other thread holds or shares the lock.

        Raises
        ------
        RuntimeError
            If this thread already shares the lock: two such threads would wait for each other forever.
        """
        with self._lock:
            if getattr(self._here, "blocks", 0):
                raise RuntimeError("a mutant cannot be activated while correct code is measured; start it outside")
            self._lock.wait_for(lambda: not self._sharing)
            yield

    def _count(self, change: int) -> None:
        with self._lock:
            self._sharing += change
            self._here.blocks = getattr(self._here, "blocks", 0) + change
            self._lock.notify_all()
