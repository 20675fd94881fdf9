"""Configuration of Numba; the only module that calls its compiler.

Compiled kernels are cached on disk and release the global interpreter lock, so that ordinary threads can run them in
parallel. Fast-math is limited to the flags that allow vectorised reductions (reassociation, contraction): results
are the same in every run, and NaN and infinity behave as usual.

With ``NUMBA_DISABLE_JIT=1`` kernels are not compiled but run as Python functions, for debugging.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numba.extending
import numpy as np

from spinglass._common.compile_once import compile_once
from spinglass._common.compiler import SelfContainedCompiler
from spinglass._common.interruptible import interruptible
from spinglass._common.kernel_cache import KernelCache

_P = ParamSpec("_P")
_R = TypeVar("_R")
_SWITCHED_OFF = bool(vars(numba.config)["DISABLE_JIT"])


def jit(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile ``function`` at its first call; the kernel is cached on disk and releases the global interpreter lock.

    The compiler may reorder a sum within a loop to vectorise it. A loop that sums must therefore not store, or the
    order would depend on the positions of its arrays in memory. Where the number of lanes must not change the bits of a
    lane, use :func:`spinglass.kernels.products.fma`, which leaves the compiler no choice of which product is rounded.
    """
    return _compiled(function, references=True)


def jit_without_references(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile ``function`` as :func:`jit` does, but without counting references to arrays; it must not create any.

    Otherwise every call counts the references to all its arrays, up and down, by atomic instructions. In small kernels
    that costs as much as the arithmetic, and threads that share arrays wait for each other.
    """
    return _compiled(function, references=False)


def _compiled(function: Callable[_P, _R], references: bool) -> Callable[_P, _R]:
    if _SWITCHED_OFF:
        return np.errstate(all="ignore")(function)  # compiled code does not warn either
    njit: Any = numba.njit  # the stubs do not know the option `_nrt`
    compiled = njit(
        nogil=True,
        error_model="numpy",
        fastmath={"reassoc", "contract", "nsz"},
        pipeline_class=SelfContainedCompiler,
        _nrt=references,
    )(function)
    compiled._cache = KernelCache.of(function)
    compiled.get_call_template = _without_literals(compiled.get_call_template)
    compiled.compile = compile_once(compiled)
    compiled._compile_for_args = interruptible()(compiled._compile_for_args)
    return cast(Callable[_P, _R], compiled)


def _without_literals(call_template: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let a kernel that calls another with a constant use the version for any number.

    Numba would compile the called kernel again for every combination of constants and variables.
    """

    def general(args: Sequence[Any], kws: Mapping[str, Any]) -> Any:
        unliteral: Any = numba.types.unliteral
        return call_template(tuple(map(unliteral, args)), {name: unliteral(kind) for name, kind in kws.items()})

    return general


def intrinsic(plain: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a Numba intrinsic: a function that emits its own LLVM code, for use inside compiled functions.

    ``plain`` is an equivalent Python function, used if compilation is switched off.
    """

    def decorated(emitter: Callable[..., Any]) -> Callable[..., Any]:
        made: Callable[..., Any] = plain if _SWITCHED_OFF else numba.extending.intrinsic(emitter)
        return made

    return decorated
