"""Where units run makes no difference: this process, local ones, a Dask cluster that loses a worker."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from spinglass import SphericalSpinGlass, enumerate_critical_points
from spinglass.critical_points import homotopy
from validation import verify
from validation.cli.exploring.enumerating import over
from validation.cli.main import main
from validation.engine import executors
from validation.engine.manifest import MANIFEST
from validation.engine.run_folder import open_run
from validation.report.files import DATA
from validation.report.progress import Progress


def square(x):
    if x == 3:
        raise ValueError("three is not squared here")
    if x == 1:
        raise SystemExit("enough")
    return x * x


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_unit_that_raises_or_leaves_is_a_failure_and_the_others_go_on(workers):
    results = dict(executors.sweep(square, range(8), workers))
    assert "three is not squared here" in results.pop(3).text
    assert "SystemExit: enough" in results.pop(1).text
    assert results == {x: x * x for x in range(8) if x not in (1, 3)}


@pytest.mark.slow
def test_local_processes_with_other_code_than_the_run_are_refused(monkeypatch):
    monkeypatch.setattr(executors, "code", lambda: "edited")
    results = dict(executors.sweep(square, range(2), 2))
    assert all("has different code" in result.text for result in results.values())


@pytest.mark.slow
def test_an_executor_of_ones_own_is_used_and_left_open():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert dict(executors.sweep(abs, [-1, -2, -3], executor=executor)) == {-1: 1, -2: 2, -3: 3}
        assert executor.submit(abs, -4).result() == 4


def test_closing_drops_what_was_not_started():
    done = []
    results = executors.sweep(done.append, range(100))
    next(results)
    results.close()
    assert done == [0]


@pytest.mark.slow
def test_results_do_not_depend_on_the_number_of_workers(tmp_path, synthetic_file):
    for workers in (1, 2):
        verify(["die/true", "die/six"], claims=synthetic_file, workers=workers, out=tmp_path / str(workers))
    assert (tmp_path / "1" / DATA).read_bytes() == (tmp_path / "2" / DATA).read_bytes()


def launch(*arguments):
    # Signals of the test's own process group must not reach them.
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def dask(synthetic_file, tmp_path):
    """A scheduler on loopback and two workers: its address, and their processes."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    scheduler = launch("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file)
    common = (
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
        "--scheduler-file",
        file,
        "--local-directory",
        tmp_path,
    )
    workers = [launch("worker", *common) for _ in range(2)]
    try:
        yield _address(file), workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.communicate()


def _address(file):
    import json

    deadline = time.monotonic() + 60
    while not file.exists() or not file.read_text():
        assert time.monotonic() < deadline, "no scheduler came up"
        time.sleep(0.1)
    return json.loads(file.read_text())["address"]


@pytest.mark.slow
def test_a_dask_cluster_that_loses_a_worker_gives_the_same_bytes(tmp_path, synthetic_file, dask, capsys):
    address, workers = dask
    whole, there = tmp_path / "whole", tmp_path / "there"
    verify(["die/slow", "die/curve"], claims=synthetic_file, workers=1, out=whole)
    lines = []

    def kill():
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and len(lines) < 8:
            lines[:] = (there / MANIFEST).read_bytes().splitlines() if (there / MANIFEST).exists() else []
            time.sleep(0.02)
        os.kill(workers[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    command = ["verify", "die/slow", "die/curve", "--claims", synthetic_file, "--cluster", address, "--out", there]
    status = main(list(map(str, command)))
    killer.join()
    assert 8 <= len(lines) < (there / MANIFEST).read_bytes().count(b"\n"), "the worker was not killed in the middle"
    assert "2 agree, 0 disagree, 0 undecided" in capsys.readouterr().out
    assert status == 0
    assert (there / DATA).read_bytes() == (whole / DATA).read_bytes()


@pytest.mark.slow
def test_an_enumeration_on_a_cluster_that_loses_a_worker_gives_the_same_bits(tmp_path, dask, monkeypatch):
    address, workers = dask
    monkeypatch.setattr(homotopy, "BATCH", 64)
    glass = SphericalSpinGlass.pure(11, 3, seed=0)
    whole = enumerate_critical_points(glass, "all")

    def kill(progress):
        if progress.done > 8 * 64 and workers[0].poll() is None:
            os.kill(workers[0].pid, signal.SIGKILL)
            workers[0].wait()

    with executors.cluster(address) as executor:
        options = {"checkpoint": tmp_path, "callback": kill, "distribute": over(executor)}
        there = enumerate_critical_points(glass, "all", **options)
    assert workers[0].returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob("attempt-0-*.npz"))) == 32
    assert there.proven
    for name in ("x", "energy", "error_bound"):
        assert np.array_equal(getattr(there, name), getattr(whole, name)), name


def failing(number):
    if number == 2:
        raise MemoryError("too large")
    return -number


def test_a_batch_that_fails_on_an_executor_ends_the_enumeration():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        assert list(over(pool)(failing, iter([0, 1]))) == [(0, 0), (1, -1)]
        with pytest.raises(ValueError, match=r"(?s)batch 2 of the paths failed.*MemoryError: too large"):
            list(over(pool)(failing, range(3)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "message"),
    [("localhost", "tcp://host:port, or mpi"), ("tcp://127.0.0.1:9", "no Dask scheduler answers at tcp://127.0.0.1:9")],
)
def test_a_cluster_that_is_not_there(address, message, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "PATIENCE", 1)
    with pytest.raises(ValueError, match=message), executors.cluster(address):
        pass


@pytest.mark.slow
def test_keeping_a_unit_costs_little(tmp_path):
    # 5% of a unit of 0.1 s. About 0.5 ms on an idle machine; the best of ten hundreds, as others may be at work.
    rows = pa.table({"value": [0.5] * 10})
    times = []
    with open_run(Path(tmp_path), {}, 1000) as run:
        for first in range(0, 1000, 100):
            start = time.perf_counter()
            for number in range(first, first + 100):
                run.save(number, rows, name="unit", seconds=0.1)
            times.append((time.perf_counter() - start) / 100)
    assert min(times) < 0.005


def test_progress_tells_rate_time_left_and_failures():
    progress = Progress(100, before=10)
    assert progress.line(10, 0) == "10 of 100 units"
    progress._began -= 20  # as if twenty seconds had passed
    assert progress.line(50, 2).startswith("50 of 100 units, 2 per second, about 25 s left, 2 failed")


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="Windows cannot send a signal to a thread")
def test_ctrl_c_that_another_thread_receives_waits_until_a_worker_has_started():
    # Otherwise the new process is not known yet, is not ended, and prints a traceback about its queue.
    start, sent = threading.Event(), threading.Event()

    def receive():
        start.wait()
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        sent.set()

    receiver = threading.Thread(target=receive)  # started before the signal is blocked, as the threads of a pool are
    receiver.start()
    begun = False

    def press_while_starting():
        nonlocal begun
        with executors._quiet_start():
            start.set()
            sent.wait()
            time.sleep(0.05)
            begun = True

    with pytest.raises(KeyboardInterrupt):
        press_while_starting()
    receiver.join()
    assert begun
