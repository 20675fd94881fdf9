"""Work in threads: every task runs once, errors reach the caller, and calls may be nested."""

import threading
import time

import pytest

from spinglass._common import threads
from spinglass._common.threads import run_in_threads


@pytest.fixture(autouse=True)
def three_cores(monkeypatch):
    monkeypatch.setattr(threads, "available_cores", lambda: 3)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_every_task_runs_once(count):
    done = []
    run_in_threads(done.append, iter(range(count)))
    assert sorted(done) == list(range(count))


def test_tasks_run_at_the_same_time_in_the_calling_thread_and_in_others():
    # Every task waits for the other two, so they must be running in three threads.
    together, seen = threading.Barrier(3, timeout=60), set()

    def work(task):
        together.wait()
        seen.add(threading.get_ident())

    run_in_threads(work, range(3))
    assert len(seen) == 3
    assert threading.get_ident() in seen


def test_the_empty_task_runs_first_in_the_calling_thread():
    seen = []
    run_in_threads(lambda task: seen.append((task, threading.get_ident())), [1, 2, 3], nothing=0)
    assert seen[0] == (0, threading.get_ident())
    assert sorted(task for task, _ in seen) == [0, 1, 2, 3]


@pytest.mark.parametrize("in_caller", [True, False])
def test_an_error_in_any_thread_reaches_the_caller_and_no_further_task_starts(in_caller):
    together, caller, started = threading.Barrier(3, timeout=60), threading.get_ident(), []
    failing = threading.Event()

    def work(task):
        started.append(task)
        together.wait()
        if (threading.get_ident() == caller) == in_caller and not failing.is_set():
            failing.set()
            raise ArithmeticError(f"task {task} failed")
        failing.wait(60)
        time.sleep(0.05)  # meanwhile the error removes the other tasks

    with pytest.raises(ArithmeticError, match="failed"):
        run_in_threads(work, range(1000))
    assert len(started) == 3


def test_tasks_may_call_it_again():
    done = []
    run_in_threads(lambda task: run_in_threads(lambda inner: done.append((task, inner)), range(4)), range(6))
    assert sorted(done) == [(task, inner) for task in range(6) for inner in range(4)]


def test_the_caller_waits_for_a_thread_that_ends_much_later():
    caller, done = threading.get_ident(), []
    together = threading.Barrier(2, timeout=60)

    def work(task):
        together.wait()
        if threading.get_ident() != caller:
            time.sleep(0.05)  # longer than the caller stays awake
        done.append(task)

    run_in_threads(work, range(2))
    assert sorted(done) == [0, 1]
