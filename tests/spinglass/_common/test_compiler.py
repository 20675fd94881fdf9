"""A kernel runs its own copies of the kernels that it calls, whatever else the process has compiled or read."""

import numpy as np
import pytest
from llvmlite.binding import Linkage

from spinglass._common.jit import jit
from spinglass._common.kernel_cache import NoCache


@jit
def _callee(a):
    for i in range(a.size):
        a[i] = 2.0 * a[i] + np.sin(a[i])


@jit
def _caller(a):
    for _ in range(a.size):
        _callee(a)
        _callee(a[1:])


@pytest.mark.slow
def test_copies_are_seen_by_no_other_kernel():
    # Numba marks copies as linkonce_odr: of those of one name, the process runs the one that it met first.
    _caller._cache = NoCache()  # a kernel read from disk has no module to look at
    _caller(np.ones(3))
    kernel = _caller.overloads[_caller.signatures[0]].library
    functions = [f for f in kernel._final_module.functions if not f.is_declaration]
    assert functions
    assert {f.linkage for f in functions} <= {Linkage.external, Linkage.internal, Linkage.private}
