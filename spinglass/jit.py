"""The one place where Numba is configured.

Compiled kernels are cached on disk and release the interpreter's lock, so that plain threads run them side
by side. Fast-math is limited to what lets a reduction be vectorised (reassociation, contraction): results
stay the same from run to run, and NaN and infinity keep their meaning.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numba.extending

from spinglass.kernel_files import KernelFiles

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
    return cast(Callable[_P, _R], compiled)


@cache
def _sources_stamp() -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every source file of this package."""
    package = Path(__file__).parent
    found = ((path, path.stat()) for path in sorted(package.rglob("*.py")))
    return tuple((str(path.relative_to(package)), stat.st_mtime_ns, stat.st_size) for path, stat in found)


def intrinsic(emitter: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that writes its own machine code, for use inside compiled functions."""
    made: Callable[..., Any] = numba.extending.intrinsic(emitter)
    return made
