"""The one place where theory configures Numba; imported where a kernel is first needed, not with the package."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba

_P = ParamSpec("_P")
_R = TypeVar("_R")


def jit(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile ``function`` at its first call, cached on disk, without the interpreter's lock.

    Sums may be reordered within a loop, as the machine's vectors ask; a loop that sums must therefore not store, or
    the order would depend on where its arrays lie.
    """
    compiled: Any = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})(
        function
    )
    # Numba asks only whether the kernel's own file has changed, not those of the functions it has inlined.
    index = compiled._cache._cache_file
    index._source_stamp = (index._source_stamp, _sources_stamp())
    return cast(Callable[_P, _R], compiled)


@cache
def _sources_stamp() -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every source file of kernels."""
    found = ((path, path.stat()) for path in sorted(Path(__file__).parent.glob("*kernels.py")))
    return tuple((path.name, stat.st_mtime_ns, stat.st_size) for path, stat in found)
