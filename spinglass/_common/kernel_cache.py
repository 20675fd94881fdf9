"""Numba's on-disk cache of compiled kernels, with safer files; without a writable folder nothing is cached."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba.core.caching import FunctionCache, NullCache

from spinglass._common.interruptible import hand_over_interrupt
from spinglass._common.kernel_files import KernelFiles
from spinglass._common.sources import sources_digest

ADVICE = "set NUMBA_CACHE_DIR to a writable folder"


class KernelCache(FunctionCache):
    """Numba's cache with the files of :class:`KernelFiles`; failure to write a file is only a warning."""

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Any:
        """Return the cache of a function, or an empty cache if there is no writable folder."""
        try:
            return cls(function)
        except RuntimeError as error:  # "no locator available"
            if "no locator" not in str(error):
                raise
            _say_once("compiled kernels cannot be cached, so every process compiles them again")
            return NoCache()

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._cache_file = KernelFiles(
            Path(self.cache_path),
            self._impl.filename_base,
            lambda: (_compiler(), sources_digest(Path(function.__code__.co_filename))),
        )

    def lock(self) -> AbstractContextManager[object]:
        """Return a context that only one process at a time can enter for this kernel."""
        files: Any = self._cache_file
        lock: AbstractContextManager[object] = files.lock(hand_over_interrupt)
        return lock

    def save_overload(self, signature: Any, data: Any) -> None:
        """Save a compiled kernel."""
        try:
            super().save_overload(signature, data)
        except OSError as error:
            _say_once(f"compiled kernels cannot be written to {self.cache_path} ({error.strerror})")


class NoCache(NullCache):
    """The cache of a kernel that is not cached."""

    def lock(self) -> AbstractContextManager[object]:
        """Return a context without effect: processes that share no kernels need not wait for each other."""
        return nullcontext()


def kernel_folders() -> list[Path]:
    """Return the folders that contain cached kernels; none if no folder is writable."""
    place = KernelCache.of(kernel_folders).cache_path
    if place is None:
        return []
    packages = [Path(__file__).parents[2] / name for name in ("spinglass", "theory")]
    return packages if Path(place).is_relative_to(packages[0]) else [Path(place).parent]


def _compiler() -> tuple[object, ...]:
    settings = ("OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "BOUNDSCHECK")
    return numba.__version__, llvmlite.__version__, *(str(getattr(numba.config, name)) for name in settings)


@cache
def _say_once(what: str) -> None:
    logging.getLogger("spinglass").warning("spinglass: %s; %s", what, ADVICE)
