"""Patches act on the whole process: healthy measurements run side by side in threads, a mutated one runs alone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Isolation:
    """A lock that many share or one has to itself; whoever has it to itself may take it again, either way.

    Examples
    --------
    >>> isolation = Isolation()
    >>> with isolation.alone(), isolation.shared():
    ...     pass
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._sharing: dict[int, int] = {}  # how often each thread shares it
        self._owner: int | None = None
        self._depth = 0

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Wait until no other thread has it to itself, and keep it from becoming so."""
        me = threading.get_ident()
        with self._changed:
            self._changed.wait_for(lambda: self._owner in (None, me))
            self._sharing[me] = self._sharing.get(me, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._sharing[me] -= 1
                if not self._sharing[me]:
                    del self._sharing[me]
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other thread has it or shares it.

        Raises
        ------
        RuntimeError
            If this thread shares it already: two that do so would wait for each other for ever.
        """
        me = threading.get_ident()
        with self._changed:
            if self._owner != me and me in self._sharing:
                raise RuntimeError("a mutant cannot come into force within a healthy measurement; start it outside")
            self._changed.wait_for(lambda: self._owner == me or (self._owner is None and not self._sharing))
            self._owner, self._depth = me, self._depth + 1
        try:
            yield
        finally:
            with self._changed:
                self._depth -= 1
                if not self._depth:
                    self._owner = None
                self._changed.notify_all()
