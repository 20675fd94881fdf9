"""Kernels on disk: what is loaded is what was saved for these types by these sources, or nothing."""

import os
import subprocess
import sys

import pytest

from spinglass._common.kernel_files import KernelFiles


@pytest.fixture
def files(tmp_path):
    return KernelFiles(tmp_path, "file.kernel-7.py3", sources=1)


def test_every_key_gets_what_was_saved_for_it(files):
    files.save("one", b"1")
    files.save("two", b"2")
    assert (files.load("one"), files.load("two"), files.load("three")) == (b"1", b"2", None)


def test_nothing_of_other_sources_is_ever_loaded_and_saving_removes_it(files, tmp_path):
    newer, other = KernelFiles(tmp_path, "file.kernel-7.py3", 2), KernelFiles(tmp_path, "file.kernel-70.py3", 1)
    files.save("one", b"old")
    other.save("one", b"other")
    (tmp_path / "file.kernel-7.py3.nbi").touch()  # as Numba's own index and files are called
    (tmp_path / "file.kernel-7.py3.1.nbc").touch()
    assert newer.load("one") is None
    newer.save("one", b"new")
    assert (files.load("one"), newer.load("one"), other.load("one")) == (None, b"new", b"other")
    assert not (tmp_path / "file.kernel-7.py3.1.nbc").exists()


def test_a_file_that_says_it_holds_another_kernel_is_not_believed(files, tmp_path):
    files.save("one", b"1")
    first = next(tmp_path.iterdir())
    files.save("two", b"2")
    (second,) = set(tmp_path.iterdir()) - {first}
    first.replace(second)
    assert files.load("two") is None


@pytest.mark.parametrize("left", [0, 1, 20])
def test_a_file_cut_short_counts_as_none(files, tmp_path, left):
    files.save("one", b"a kernel, compiled")
    path = next(tmp_path.iterdir())
    path.write_bytes(path.read_bytes()[:left])
    assert files.load("one") is None
    files.save("one", b"1")
    assert files.load("one") == b"1"


def test_flush_forgets_all_types_of_this_kernel_alone(files, tmp_path):
    other = KernelFiles(tmp_path, "file.another-9.py3", 1)
    for kept in (files, other):
        kept.save("one", b"1")
    files.flush()
    assert files.load("one") is None
    assert other.load("one") == b"1"


SCRIPT = """
import numpy as np
from spinglass._common.jit import jit

@jit
def total(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i].sum() if a.ndim == 2 else a[i]
    return s

print(total(np.ones(5)), total(np.ones((30, 30))), sum(total.stats.cache_hits.values()))
"""


def test_another_process_loads_what_one_compiled_for_its_types(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")}

    def run():
        command = [sys.executable, str(script)]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()

    assert run() == ["5.0", "900.0", "0"]
    assert run() == ["5.0", "900.0", "2"]
    script.write_text(SCRIPT.replace("s = 0.0", "s = 1.0"))
    assert run() == ["6.0", "901.0", "0"]
