"""Files of compiled kernels: one file for each kernel, its argument types and the version of its sources.

Numba numbers its files, and writes the number to an index before it writes the file. A process that reads the index in
between loads an older file of that number, possibly of older sources or other types, and gets wrong results or crashes.
Here the name of a file identifies its content, the file repeats this identification, and a digest of its bytes detects
damage, since damaged machine code would crash the process.
"""

import hashlib
import pickle
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from numba.core.serialize import dumps

_DIGEST = hashlib.sha256().digest_size
_POLL = 0.2  # seconds


class KernelFiles:
    """The files of the kernel ``name`` for all argument types; ``sources()`` identifies the version of its sources.

    Numba calls the methods. ``sources()`` is slow, so it is called only when the first file is accessed.
    """

    def __init__(self, folder: Path, name: str, sources: Callable[[], object]) -> None:
        self._folder, self._name, self._sources = folder, name, sources

    @cached_property
    def _version(self) -> str:
        return _short(self._sources())

    def _path(self, key: object) -> Path:
        return self._folder / f"{self._name}.{self._version}.{_short(key)}.nbc"

    @contextmanager
    def lock(self, while_waiting: Callable[[], None]) -> Generator[None]:
        """Let one process at a time run the block; without effect if the folder cannot be written or has no locks.

        ``while_waiting()`` is called repeatedly while another process has the lock.
        """
        from filelock import FileLock, Timeout

        # One object per path, so that a thread can enter again.
        lock = FileLock(self._folder / f"{self._name}.lock", is_singleton=True, thread_local=False)
        locked = False
        while not locked:
            try:
                lock.acquire(timeout=_POLL)
                locked = True
            except Timeout:
                while_waiting()
            except (OSError, NotImplementedError):
                break
        try:
            yield
        finally:
            if locked:
                lock.release()

    def save(self, key: object, kernel: object) -> None:
        """Save the kernel compiled for ``key``, and delete the files of other versions.

        Raises
        ------
        OSError
            If the file cannot be written; no partial file remains.
        """
        content = dumps((key, kernel))
        path = self._path(key)
        # A random name, because process numbers are not unique between containers that share a folder.
        temporary = path.with_suffix(f".{uuid.uuid4().hex}.part")
        try:
            temporary.write_bytes(hashlib.sha256(content).digest() + content)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        for old in self._folder.glob(f"{self._name}.*.nb[ci]"):
            if not old.name.startswith(f"{self._name}.{self._version}."):
                old.unlink(missing_ok=True)

    def load(self, key: object) -> Any:
        """Return the kernel saved for ``key``, or None if the file is missing, damaged or of another kernel."""
        try:
            file = self._path(key).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(file[_DIGEST:]).digest() != file[:_DIGEST]:
            return None
        kept, kernel = pickle.loads(file[_DIGEST:])
        return kernel if kept == key else None

    def flush(self) -> None:
        """Delete all files of the kernel."""
        for path in self._folder.glob(f"{self._name}.*.nb[ci]"):
            path.unlink(missing_ok=True)


def _short(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
