"""The one place where Numba is configured.

Compiled kernels are cached on disk and release the interpreter's lock, so that plain threads run them side
by side. Fast-math is limited to what lets a reduction be vectorised (reassociation, contraction): results
stay the same from run to run, and NaN and infinity keep their meaning.

With ``NUMBA_DISABLE_JIT=1`` every kernel is the Python function that it was written as, for debuggers.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numba.extending
import numpy as np

from spinglass._common.compiler import SelfContainedCompiler
from spinglass._common.interruptible import interruptible
from spinglass._common.kernel_cache import KernelCache

_P = ParamSpec("_P")
_R = TypeVar("_R")
_SWITCHED_OFF = bool(vars(numba.config)["DISABLE_JIT"])


def jit(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile ``function`` at its first call, cached on disk, without the interpreter's lock.

    Sums may be reordered within a loop, as the machine's vectors ask; a loop that sums must therefore not store, or
    the order would depend on where its arrays lie. Where a number of lanes must not change a lane's bits, products are
    added by :func:`spinglass.kernels.products.fma`, which leaves no choice of what is rounded.
    """
    if _SWITCHED_OFF:
        return np.errstate(all="ignore")(function)  # compiled code does not warn either
    compiled: Any = numba.njit(
        nogil=True,
        error_model="numpy",
        fastmath={"reassoc", "contract", "nsz"},
        pipeline_class=SelfContainedCompiler,
    )(function)
    compiled._cache = KernelCache.of(function)
    compiled._compile_for_args = interruptible()(compiled._compile_for_args)
    return cast(Callable[_P, _R], compiled)


def intrinsic(plain: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function that writes its own machine code, for use inside compiled functions.

    ``plain`` does the same in Python, for where compilation is switched off.
    """

    def decorated(emitter: Callable[..., Any]) -> Callable[..., Any]:
        made: Callable[..., Any] = plain if _SWITCHED_OFF else numba.extending.intrinsic(emitter)
        return made

    return decorated
