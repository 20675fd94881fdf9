"""Ctrl-C while a kernel is compiled comes out as Ctrl-C, soon, and leaves a kernel that can still be compiled."""

import importlib.util
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba.core import event

from spinglass import DescentInterrupted, SphericalSpinGlass, descend, sphere
from spinglass._common import compile_once, threads
from spinglass._common.interruptible import _LateInterrupt, compiling

KERNEL = """
from spinglass._common.jit import jit

@jit
def double(x):
    return 2.0 * x

@jit
def kernel(x):
    return double(x) + 1.0
"""


@pytest.fixture
def new_kernel(tmp_path):
    """Return a function that makes a kernel which no cache knows."""

    def made():
        path = tmp_path / f"kernel_{len(list(tmp_path.iterdir()))}.py"
        path.write_text(KERNEL)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.kernel

    return made


class Press(event.Listener):
    """Presses Ctrl-C at the beginning or end of one pass of the compiler, or at none, and counts them."""

    def __init__(self, at=None):
        self.at, self.seen = at, 0

    def on_start(self, passed):
        assert compiling()
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGINT)
        self.seen += 1

    on_end = on_start


def presses(at=None):
    press = Press(at)
    return press, event.install_listener("numba:run_pass", press)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_ctrl_c_ends_a_compilation_at_the_next_pass(new_kernel, place):
    counter, listening = presses()
    with listening:
        assert new_kernel()(1.0) == 3.0
    at = {"first": 0, "middle": counter.seen // 2, "last": counter.seen - 1}[place]
    kernel = new_kernel()
    press, listening = presses(at)
    with listening, pytest.raises(KeyboardInterrupt):
        kernel(1.0)
    assert press.seen <= at + 10  # those around it end too
    assert bool(kernel.signatures) == (place == "last")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not compiling()
    assert kernel(1.0) == 3.0


def test_a_handler_of_the_caller_is_called_and_the_kernel_compiled(new_kernel):
    called = []
    before = signal.signal(signal.SIGINT, lambda number, frame: called.append(number))
    try:
        with presses(at=5)[1]:
            assert new_kernel()(1.0) == 3.0
    finally:
        signal.signal(signal.SIGINT, before)
    assert called == [signal.SIGINT]


def test_another_thread_compiles_without_touching_the_handlers(new_kernel):
    results = []
    thread = threading.Thread(target=lambda: results.append(new_kernel()(1.0)))
    thread.start()
    thread.join()
    assert results == [3.0]


@pytest.mark.slow
def test_a_descent_does_not_wait_for_its_kernels(new_kernel):
    kernel = new_kernel()

    class Bowl:
        n = 4

        def energy_and_gradient(self, x):
            return kernel(x[:, 0]), np.tile([2.0, 0, 0, 0], (len(x), 1))

    x0 = sphere.random_points(4, 3, seed=0)
    descend(SphericalSpinGlass.pure(4, 3, seed=0), x0)  # compiles the kernels of its own
    with presses(at=5)[1], pytest.raises(DescentInterrupted, match="0 of 3 starts converged") as caught:
        descend(Bowl(), x0)
    assert not kernel.signatures
    assert np.allclose(caught.value.found.x, x0)
    assert descend(Bowl(), x0).converged.all()


def test_passes_of_another_thread_leave_ctrl_c_to_the_main_one():
    late = _LateInterrupt(signal.default_int_handler)
    late.press(signal.SIGINT, None)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(late.on_start, None).result()
    with pytest.raises(KeyboardInterrupt):
        late.on_start(None)


def test_ctrl_c_is_not_lost_where_a_kernel_does_not_compile(tmp_path):
    path = tmp_path / "does_not_compile.py"
    path.write_text("from spinglass._common.jit import jit\n@jit\ndef kernel(x):\n    return x.nothing\n")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    class PressAtTheEnd(Press):
        def on_end(self, passed):
            if "nopython_type_inference" in passed.data["name"]:
                os.kill(os.getpid(), signal.SIGINT)

    with event.install_listener("numba:run_pass", PressAtTheEnd()), pytest.raises(KeyboardInterrupt):
        module.kernel(1.0)


def test_overlapping_blocks_share_the_limit_on_blas(monkeypatch):
    def limits():
        return {library["num_threads"] for library in threads._blas().select(user_api="blas").info()}

    # Not that of the tests themselves, which may be in force until the process ends.
    monkeypatch.setattr(threads, "_ONE_BLAS_THREAD", threads._OneBlasThread())
    with threads._blas().limit(limits=2, user_api="blas"):
        first, second = threads.one_blas_thread(), threads.one_blas_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert limits() == {1}
        second.__exit__(None, None, None)
        assert limits() == {2}


@pytest.mark.slow
def test_one_version_serves_constants_and_variables(tmp_path):
    path = tmp_path / "constants.py"
    path.write_text(
        """
from spinglass._common.jit import jit

@jit
def power(x, k):
    return x**k

@jit
def kernel(x, k):
    return power(x, 2) + power(x, 3) + power(x, k)
"""
    )
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.kernel(2.0, 4) == 28.0
    assert len(module.power.signatures) == 1


@pytest.mark.slow
def test_a_long_compilation_says_so_once(new_kernel, monkeypatch, caplog):
    monkeypatch.setattr(compile_once, "_QUIET", 0.0)
    monkeypatch.setattr(compile_once, "_said", threading.Event())
    with caplog.at_level("INFO", "spinglass"):
        new_kernel()(1.0)
        new_kernel()(1.0)
    assert [record.getMessage() for record in caplog.records] == [compile_once.NOTICE]


def test_nothing_is_said_of_a_kernel_that_is_there(new_kernel, monkeypatch, caplog):
    kernel = new_kernel()
    kernel(1.0)
    monkeypatch.setattr(compile_once, "_QUIET", 0.0)
    monkeypatch.setattr(compile_once, "_said", threading.Event())
    with caplog.at_level("INFO", "spinglass"):
        kernel(2.0)
    assert not caplog.records
