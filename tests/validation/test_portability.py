"""What only some operating systems have is not needed: runs work without fcntl, signal masks, fork and the like."""

import subprocess
import sys

import pytest

# The libraries are imported first, as theirs is the choice of what they use on the system at hand.
WITHOUT = """
import sys
import multiprocessing.spawn, numba, pandas, psutil, pyarrow.parquet, scipy.optimize, sklearn, subprocess
import sympy, typer, rich.live
sys.modules |= dict.fromkeys(("fcntl", "resource", "pwd", "grp", "termios", "tty", "posix"))  # None: not to be imported
import os, signal
for name in ("fork getuid geteuid getpgid killpg setsid sched_getaffinity mkfifo O_NOFOLLOW statvfs uname getloadavg "
             "pread pwrite nice sysconf").split():
    delattr(os, name)
for name in "pthread_sigmask SIGKILL SIGHUP SIGUSR1".split():
    delattr(signal, name)
# What the libraries call all the same.
os.geteuid = os.getuid = lambda: 1000
import importlib, pkgutil
for package in ("spinglass", "theory", "validation"):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
from validation import load, verify
from validation.engine import executors
given = {"claims": sys.argv[1], "out": sys.argv[2]}
assert verify(["die/true"], workers=1, **given)["die/true"].status == "agrees"
assert verify(["die/true"], workers=1, resume=True, **given)["die/true"].status == "agrees"
with executors._quiet_start():
    pass
print(len(load(sys.argv[2])))
"""


@pytest.mark.slow
def test_runs_need_nothing_that_only_posix_has(tmp_path, synthetic_file):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(synthetic_file), str(tmp_path / "out")], capture_output=True, text=True
    )
    assert done.stdout == "200\n", done.stderr
