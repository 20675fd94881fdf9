"""Compiled kernels on disk: a file for each kernel, its argument types and the state of all sources.

Numba numbers its files and enters a number into an index before it writes the file. Another process that looks just
then finds under that number what older sources left there, or the kernel for other types, and runs it: its numbers are
wrong, or it crashes. Here a file's name says what it holds, and the file says it again.
"""

import hashlib
import os
import pickle
from pathlib import Path
from typing import Any

from numba.core.serialize import dumps


class KernelFiles:
    """The kernel called ``name``, compiled for any types; ``sources`` tells versions apart. Numba calls the methods."""

    def __init__(self, folder: Path, name: str, sources: object) -> None:
        self._folder, self._name, self._version = folder, name, _digest(sources)

    def _path(self, key: object) -> Path:
        return self._folder / f"{self._name}.{self._version}.{_digest(key)}.nbc"

    def save(self, key: object, kernel: object) -> None:
        """Keep the kernel compiled for ``key``, and forget those of other versions."""
        path = self._path(key)
        temporary = path.with_suffix(f".{os.getpid()}.part")
        temporary.write_bytes(dumps((key, kernel)))  # type: ignore[no-untyped-call]
        temporary.replace(path)
        for old in self._folder.glob(f"{self._name}.*.nb[ci]"):
            if not old.name.startswith(f"{self._name}.{self._version}."):
                old.unlink(missing_ok=True)

    def load(self, key: object) -> Any:
        """Return the kernel kept for ``key``, or None."""
        try:
            kept, kernel = pickle.loads(self._path(key).read_bytes())
        except (OSError, EOFError, pickle.UnpicklingError):  # no file, or one that a full disk cut short
            return None
        return kernel if kept == key else None

    def flush(self) -> None:
        """Forget the kernel, for all types."""
        for path in self._folder.glob(f"{self._name}.*.nb[ci]"):
            path.unlink(missing_ok=True)


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
