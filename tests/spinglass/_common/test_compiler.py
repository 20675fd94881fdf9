"""A kernel runs its own copies of what it calls: the same bits just compiled, from disk, and beside its callee."""

import os
import subprocess
import sys

import numpy as np
import pytest
from llvmlite.binding import Linkage

from spinglass._common.jit import jit

# Two products in a sum: which of them is rounded may differ between copies that are optimised apart.
SCRIPT = """
import sys
import numpy as np
from spinglass._common.jit import jit

@jit
def pull_back(x, v, levels, tangents, weights, changes, product):
    n, lanes = x.shape
    for i in range(n):
        for k in range(i + 1):
            for lane in range(lanes):
                weight, change = weights[k, lane], changes[k, lane]
                product[i, lane] += change * levels[k, lane] + weight * tangents[k, lane]
                weights[k, lane] += x[i, lane] * weight
                changes[k, lane] += v[i, lane] * weight + x[i, lane] * change

@jit
def caller(arrays, product):
    for repeat in range(2):
        pull_back(arrays[0], arrays[1], arrays[2], arrays[3], arrays[4], arrays[5], product)
        pull_back(arrays[1], arrays[0], arrays[3], arrays[2], arrays[5], arrays[4], product)

arrays = np.random.default_rng(0).standard_normal((6, 5, 16))
product = np.zeros((5, 16))
if "callee" in sys.argv:
    pull_back(*arrays.copy(), product)
    product[:] = 0
caller(arrays, product)
print(product.tobytes().hex(), sum(caller.stats.cache_hits.values()))
"""


@pytest.mark.bits
def test_bits_do_not_depend_on_what_has_been_compiled_or_read_before(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")}

    def run(*arguments):
        command = [sys.executable, str(script), *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()

    (cold, missed), (warm, read), (beside, _) = run(), run(), run("callee")
    assert (missed, read) == ("0", "1")
    assert cold == warm == beside


@jit
def _callee(a):
    for i in range(a.size):
        a[i] = 2.0 * a[i] + np.sin(a[i])


@jit
def _caller(a):
    for _ in range(a.size):
        _callee(a)
        _callee(a[1:])


def test_copies_are_seen_by_no_other_kernel():
    _caller(np.ones(3))
    kernel = _caller.overloads[_caller.signatures[0]].library
    if _caller.stats.cache_hits:
        pytest.skip("read from disk: there is no module to look at")
    functions = [f for f in kernel._final_module.functions if not f.is_declaration]
    assert functions
    assert {f.linkage for f in functions} <= {Linkage.external, Linkage.internal, Linkage.private}
