"""The one place where Numba is configured.

Compiled kernels are cached on disk and release the interpreter's lock, so that plain threads run them side
by side. Fast-math is limited to what lets a reduction be vectorised (reassociation, contraction): results
stay the same from run to run, and NaN and infinity keep their meaning.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba
import numba.extending

_P = ParamSpec("_P")
_R = TypeVar("_R")


def jit(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile ``function`` at its first call, cached on disk, without the interpreter's lock."""
    compiled: Callable[_P, _R] = numba.njit(
        cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"}
    )(function)
    return compiled


def intrinsic(emitter: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that writes its own machine code, for use inside compiled functions."""
    made: Callable[..., Any] = numba.extending.intrinsic(emitter)
    return made
