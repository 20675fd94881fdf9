"""The same numbers to the last bit: whatever was computed before, and with kernels from disk as when just compiled."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import llvmlite.binding
import pytest

from validation.engine.provenance import code, versions

pytestmark = [pytest.mark.bits, pytest.mark.slow]
PROGRAM = Path(__file__).with_name("every_function.py")
ROOT = Path(__file__).parent.parent


def digests(order):
    # Not from the program's own folder, where tests/spinglass would be taken for the package.
    command = [sys.executable, "-P", str(PROGRAM), order]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment, check=True)
    return dict(line.split("\t") for line in done.stdout.splitlines())


@pytest.mark.slow
def test_public_functions_give_the_same_bits_in_any_order_and_in_the_next_run(request):
    # A fresh clone compiles its kernels in the first run of the tests, and reads them from disk in the next.
    here = [code(), versions(), llvmlite.binding.get_host_cpu_name(), hashlib.sha256(PROGRAM.read_bytes()).hexdigest()]
    before = request.config.cache.get("spinglass/bits", None)
    forwards = digests("forwards")
    if before is not None and before[0] == here:
        assert forwards == before[1]
        return  # which the other order gave too
    # After the first program, so that in a fresh clone this one reads the kernels that the first has compiled.
    assert digests("backwards") == forwards
    request.config.cache.set("spinglass/bits", [here, forwards])
