"""Kernels on disk: what is loaded is what was saved for these types by these sources, or nothing."""

import errno
import os
import random
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from spinglass._common.kernel_files import KernelFiles


@pytest.fixture
def files(tmp_path):
    return KernelFiles(tmp_path, "file.kernel-7.py3", lambda: 1)


def test_every_key_gets_what_was_saved_for_it(files):
    files.save("one", b"1")
    files.save("two", b"2")
    assert (files.load("one"), files.load("two"), files.load("three")) == (b"1", b"2", None)


def test_nothing_of_other_sources_is_ever_loaded_and_saving_removes_it(files, tmp_path):
    newer = KernelFiles(tmp_path, "file.kernel-7.py3", lambda: 2)
    other = KernelFiles(tmp_path, "file.kernel-70.py3", lambda: 1)
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


@pytest.mark.parametrize("page", range(3))
def test_a_damaged_page_counts_as_no_file(files, tmp_path, page):
    files.save("one", random.Random(0).randbytes(3 * 4096))
    path = next(tmp_path.iterdir())
    content = bytearray(path.read_bytes())
    content[page * 4096 : (page + 1) * 4096] = bytes(4096)
    path.write_bytes(content)
    assert files.load("one") is None
    files.save("one", b"1")
    assert files.load("one") == b"1"


def test_what_the_disk_does_not_take_leaves_nothing(files, tmp_path, monkeypatch):
    files.save("one", b"1")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
    with pytest.raises(OSError, match="No space"):
        files.save("two", b"2")
    assert len(list(tmp_path.iterdir())) == 1
    assert files.load("one") == b"1"


def test_temporary_names_differ_between_processes_of_one_number(files, monkeypatch):
    names = []
    monkeypatch.setattr(os, "getpid", lambda: 7)
    monkeypatch.setattr(Path, "replace", lambda self, target: names.append(self.name))
    files.save("one", b"1")
    files.save("one", b"1")
    assert len(set(names)) == 2


def test_flush_forgets_all_types_of_this_kernel_alone(files, tmp_path):
    other = KernelFiles(tmp_path, "file.another-9.py3", lambda: 1)
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
        s += a[i]
    return s

print(total(np.ones(5)), total(np.ones(900, np.float32)), sum(total.stats.cache_hits.values()))
"""
# Runs the script anew for each line of input, in one process: every time with a new function, which has loaded nothing.
AGAIN = """
import runpy, sys
for line in sys.stdin:
    runpy.run_path(sys.argv[1])
    sys.stdout.flush()
"""


def run(tmp_path, before="", **environment):
    """Run the script, after some lines of Python, in a process with a folder of kernels of its own."""
    script = tmp_path / "script.py"
    script.write_text(before + SCRIPT)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")} | environment
    done = subprocess.run([sys.executable, str(script)], env=environment, check=True, capture_output=True, text=True)
    return done.stdout.split(), done.stderr


@pytest.mark.slow
def test_another_process_loads_what_one_compiled_for_its_types_by_these_sources_undamaged(tmp_path):
    assert run(tmp_path)[0] == ["5.0", "900.0", "0"]
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
    command = [sys.executable, "-c", AGAIN, str(tmp_path / "script.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as other:

        def once_more():
            print(file=other.stdin, flush=True)
            return other.stdout.readline().split()

        assert once_more() == ["5.0", "900.0", "2"]
        for path in (tmp_path / "kernels").rglob("*.nbc"):
            content = bytearray(path.read_bytes())
            page = random.Random(1).randrange(len(content) // 4096)
            content[page * 4096 : (page + 1) * 4096] = bytes(4096)
            path.write_bytes(content)
        assert once_more() == ["5.0", "900.0", "0"]
        assert once_more() == ["5.0", "900.0", "2"]
        other.stdin.close()
    assert run(tmp_path, before="# other text\n")[0] == ["5.0", "900.0", "0"]


FULL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
"""


@pytest.mark.slow
def test_a_full_disk_stops_nothing(tmp_path):
    pytest.importorskip("resource")
    out, said = run(tmp_path, before=FULL_DISK)
    assert out == ["5.0", "900.0", "0"]
    assert said.count("compiled kernels cannot be written to") == 1  # for two kernels
    assert "NUMBA_CACHE_DIR" in said
    files = [path for path in (tmp_path / "kernels").rglob("*") if path.is_file()]
    assert not any(path.stat().st_size for path in files)  # locks are empty


@pytest.mark.slow
def test_processes_take_the_lock_in_turn(files, tmp_path):
    code = f"""
        from pathlib import Path
        from spinglass._common.kernel_files import KernelFiles
        there = Path({str(tmp_path)!r})
        (there / "ready").touch()
        with KernelFiles(there, "file.kernel-7.py3", lambda: 1).lock(print), (there / "order").open("a") as order:
            order.write("second")
    """
    with files.lock(print), files.lock(print):  # a thread that holds the lock may enter again
        other = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
        while not (tmp_path / "ready").exists():
            time.sleep(0.01)
        time.sleep(0.2)  # without the lock the other process would write in this time
        with (tmp_path / "order").open("a") as order:
            order.write("first ")
    assert other.wait() == 0
    assert (tmp_path / "order").read_text() == "first second"


def test_a_folder_that_cannot_be_written_has_no_lock(tmp_path):
    with KernelFiles(tmp_path / "missing" / "folder", "name", lambda: 1).lock(print):
        pass


@pytest.mark.slow
def test_who_waits_for_the_lock_can_be_interrupted(files, tmp_path):
    code = f"""
        from pathlib import Path
        from spinglass._common.kernel_files import KernelFiles
        with KernelFiles(Path({str(tmp_path)!r}), "file.kernel-7.py3", lambda: 1).lock(print):
            print("locked", flush=True)
            input()
    """
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], **pipes) as other:
        assert other.stdout.readline() == b"locked\n"

        def interrupt():
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt), files.lock(interrupt):
            pass
        other.communicate(b"\n")
