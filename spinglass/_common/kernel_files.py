"""Compiled kernels on disk: a file for each kernel, its argument types and the state of its sources.

Numba numbers its files and enters a number into an index before it writes the file. Another process that looks just
then finds under that number what older sources left there, or the kernel for other types, and runs it: its numbers are
wrong, or it crashes. Here a file's name says what it holds, and the file says it again, behind a digest of its bytes:
machine code that a disk has damaged would end the process.
"""

import hashlib
import pickle
import uuid
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from numba.core.serialize import dumps

_DIGEST = hashlib.sha256().digest_size


class KernelFiles:
    """The kernel called ``name``, compiled for any types; ``sources()`` tells versions apart. Numba calls the methods.

    Sources are asked for when the first file is: that takes time.
    """

    def __init__(self, folder: Path, name: str, sources: Callable[[], object]) -> None:
        self._folder, self._name, self._sources = folder, name, sources

    @cached_property
    def _version(self) -> str:
        return _short(self._sources())

    def _path(self, key: object) -> Path:
        return self._folder / f"{self._name}.{self._version}.{_short(key)}.nbc"

    def save(self, key: object, kernel: object) -> None:
        """Keep the kernel compiled for ``key``, and forget those of other versions.

        Raises
        ------
        OSError
            If the disk does not take it; nothing is left behind.
        """
        content = dumps((key, kernel))  # type: ignore[no-untyped-call]
        path = self._path(key)
        # Process numbers repeat between containers that share a folder.
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
        """Return the kernel kept for ``key``, or None: no file, a damaged one, or one that holds another kernel."""
        try:
            file = self._path(key).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(file[_DIGEST:]).digest() != file[:_DIGEST]:
            return None
        kept, kernel = pickle.loads(file[_DIGEST:])
        return kernel if kept == key else None

    def flush(self) -> None:
        """Forget the kernel, for all types."""
        for path in self._folder.glob(f"{self._name}.*.nb[ci]"):
            path.unlink(missing_ok=True)


def _short(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
