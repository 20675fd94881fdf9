"""Runs under MPI, with the real ``mpiexec``; skipped where there is none (``pip install mpi4py mpich`` brings one)."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from validation import verify
from validation.engine import executors
from validation.engine.run_folder import MANIFEST
from validation.report.files import DATA

COMMAND = [sys.executable, "-m", "mpi4py.futures", "-m", "validation", "verify", "--cluster", "mpi"]


@pytest.fixture(scope="module")
def mpiexec():
    beside = Path(sys.executable).with_name("mpiexec")
    found = str(beside) if beside.exists() else shutil.which("mpiexec")
    if found is None:
        pytest.skip("there is no mpiexec; try: pip install mpi4py mpich")
    probe = subprocess.run([found, "-n", "1", sys.executable, "-c", "from mpi4py import MPI"], capture_output=True)
    if probe.returncode:
        pytest.skip("mpi4py does not work here; try: pip install mpi4py mpich")
    return found


def start(mpiexec, *arguments, ranks=3):
    return subprocess.Popen(
        [mpiexec, "-n", str(ranks), *COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def await_units(process, out, units):
    deadline = time.monotonic() + 90
    while not (out / MANIFEST).exists() or (out / MANIFEST).read_bytes().count(b"\n") <= units:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "the run does not begin"
        time.sleep(0.02)


def ranks_of(process):
    import psutil

    every = psutil.Process(process.pid).children(recursive=True)
    return [child for child in every if "mpi4py.futures" in child.cmdline()]


@pytest.fixture(scope="module")
def local(tmp_path_factory, synthetic_file):
    out = tmp_path_factory.mktemp("local")
    verify(["die/slow", "die/curve"], claims=synthetic_file, workers=1, out=out)
    return (out / DATA).read_bytes()


def test_a_run_under_mpi_gives_the_same_bytes(mpiexec, synthetic_file, tmp_path, local):
    run = start(mpiexec, "die/slow", "die/curve", "--claims", synthetic_file, "--out", tmp_path)
    out, err = run.communicate(timeout=120)
    assert (run.returncode, err) == (0, "")
    assert "2 agree, 0 disagree, 0 undecided" in out
    assert (tmp_path / DATA).read_bytes() == local


def test_a_verdict_against_theory_is_the_status_of_mpiexec(mpiexec, synthetic_file):
    run = start(mpiexec, "die/false", "--claims", synthetic_file)
    out, _ = run.communicate(timeout=120)
    assert "1 disagrees" in out
    assert run.returncode == 1


def test_ctrl_c_keeps_what_is_done_and_the_run_is_resumed(mpiexec, synthetic_file, tmp_path, local):
    common = ["die/slow", "die/curve", "--claims", synthetic_file, "--out", tmp_path]
    run = start(mpiexec, *common)
    await_units(run, tmp_path, 5)
    begin = time.perf_counter()
    os.killpg(run.pid, signal.SIGINT)
    out, _ = run.communicate(timeout=60)
    # 2 s on a machine with a core to spare, tripled for a busy one.
    assert time.perf_counter() - begin < 6
    assert "interrupted; unfinished: " in out
    assert (tmp_path / DATA).exists()
    again = start(mpiexec, *common, "--resume")
    assert "2 agree" in again.communicate(timeout=120)[0]
    assert (tmp_path / DATA).read_bytes() == local


def test_a_rank_that_dies_ends_the_job_and_the_run_is_resumed(mpiexec, synthetic_file, tmp_path, local):
    common = ["die/slow", "die/curve", "--claims", synthetic_file, "--out", tmp_path]
    run = start(mpiexec, *common)
    await_units(run, tmp_path, 5)
    ranks_of(run)[-1].kill()
    run.communicate(timeout=60)
    assert run.returncode != 0
    again = start(mpiexec, *common, "--resume")
    assert "2 agree" in again.communicate(timeout=120)[0]
    assert (tmp_path / DATA).read_bytes() == local


def test_without_mpi4py_futures_every_process_runs_the_command_and_that_is_refused(mpiexec, synthetic_file):
    command = [mpiexec, "-n", "2", sys.executable, *COMMAND[3:], "die/true", "--claims", str(synthetic_file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "begin with: mpiexec -n 8 python -m mpi4py.futures -m validation" in done.stderr


def test_mpi_without_mpi4py_is_answered(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    with pytest.raises(ValueError, match="mpi4py is not installed here; try: pip install 'spinglass\\[mpi\\]'"):
        executors.cluster("mpi").__enter__()
