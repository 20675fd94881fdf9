"""Run units of work in this process, in local worker processes, or on a cluster."""

import multiprocessing
import operator
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar, cast
from unittest import mock

from validation.engine.provenance import PACKAGES, code

UnitT = TypeVar("UnitT")
ResultT = TypeVar("ResultT")

_SINGLE_THREADED = dict.fromkeys(
    ("SPINGLASS_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)
_AHEAD = 4  # units submitted per worker in advance
_AHEAD_ELSEWHERE = 1024
_HAS_MASKS = hasattr(signal, "pthread_sigmask")  # Windows has none
# Imports take longer than most units. On Linux workers are forked from a server that imports all once and computes
# nothing. Windows cannot fork, and system libraries of macOS can crash in a forked process.
_START = "forkserver" if sys.platform == "linux" else "spawn"
PATIENCE = 10  # seconds to wait for an answer of a scheduler


@dataclass(frozen=True)
class Failure:
    """The result of a unit that raised an exception or whose worker died; ``text`` is the traceback or a message."""

    text: str


Results = Generator[tuple[UnitT, ResultT | Failure], None, None]


class WorkersDiedError(Exception, Generic[UnitT]):
    """A pool of processes broke; ``units`` are those that were submitted and not finished."""

    def __init__(self, units: Sequence[UnitT]) -> None:
        super().__init__(f"{len(units)} units were in progress")
        self.units = units


def worker_count(workers: int | None) -> int:
    """Return a valid number of worker processes.

    Parameters
    ----------
    workers
        The number; None means all cores.

    Returns
    -------
    int
        The number.

    Raises
    ------
    ValueError
        If it is not a positive whole number.
    """
    from spinglass._common.threads import available_cores

    if workers is None:
        return available_cores()
    try:
        count = 0 if isinstance(workers, bool) else operator.index(workers)
    except TypeError:
        count = 0
    if count < 1:
        raise ValueError(f"workers must be a positive whole number, or None for all cores; given {workers!r}")
    return count


def cores_in_use(workers: int | None) -> int:
    """Return the number of cores that worker processes keep busy: at most those of this machine.

    Parameters
    ----------
    workers
        Number of worker processes; None means one on each core.

    Returns
    -------
    int
        The number of cores.

    Raises
    ------
    ValueError
        If ``workers`` is not a positive whole number.
    """
    from spinglass._common.threads import cores

    return min(worker_count(workers), cores())


def sweep(
    work: Callable[[UnitT], ResultT], units: Sequence[UnitT], workers: int = 1, executor: Executor | None = None
) -> Results[UnitT, ResultT]:
    """Run all units; yield each with its result, or a :class:`Failure`, when it is done.

    If a worker process dies, its units are run once more, one at a time. Closing the iterator, or Ctrl-C, cancels the
    units that have not been started.

    Parameters
    ----------
    work
        A function that other processes can import by name. Its result may depend only on the unit.
    units
        The units.
    workers
        Number of processes; 1 (default) runs the units in this process.
    executor
        A ``concurrent.futures`` executor to use instead of local processes. Default None.

    Yields
    ------
    tuple
        A unit and its result, in the order in which units finish.

    Examples
    --------
    >>> list(sweep(abs, [-2, 3]))
    [(-2, 2), (3, 3)]
    """
    from spinglass._common.threads import one_blas_thread

    # The last bits of matrix products depend on the number of BLAS threads; worker processes also have one.
    with one_blas_thread():
        if executor is not None:
            waiting = iter(units)
            try:
                yield from _over(executor, partial(_elsewhere, code(), work), waiting, _AHEAD_ELSEWHERE)
            except WorkersDiedError as died:  # pyrefly: ignore[implicit-any-type-argument]  # of the units of this pool
                for unit in [*died.units, *waiting]:
                    yield unit, Failure("BrokenExecutor: a worker process of the given executor died")
        elif workers == 1 or len(units) < 2:
            for unit in units:
                yield unit, _attempt(work, unit)
        else:
            # A process that replaces a dead one imports files that may have been edited in the meantime.
            yield from _over_processes(partial(_elsewhere, code(), work), units, workers)


def _attempt(work: Callable[[UnitT], ResultT], unit: UnitT) -> ResultT | Failure:
    try:
        return work(unit)
    except (Exception, SystemExit):
        return Failure(traceback.format_exc(limit=-6))


def _over(
    executor: Executor, work: Callable[[UnitT], ResultT], units: Iterable[UnitT], ahead: int
) -> Results[UnitT, ResultT]:
    """Keep ``ahead`` units submitted; if the executor breaks, raise :class:`WorkersDiedError` with those left."""
    waiting = iter(units)
    under_way: dict[Future[ResultT | Failure], UnitT] = {}
    starts_processes = isinstance(executor, ProcessPoolExecutor)
    try:
        while True:
            for unit in islice(waiting, ahead - len(under_way)):
                try:
                    with _quiet_start() if starts_processes else nullcontext():
                        under_way[executor.submit(_attempt, work, unit)] = unit
                except BrokenExecutor:
                    yield from _finished(under_way)
                    raise WorkersDiedError([*under_way.values(), unit]) from None
            if not under_way:
                return
            broken = any(map(_is_broken, wait(under_way, return_when=FIRST_COMPLETED).done))
            yield from _finished(under_way)
            if broken:
                raise WorkersDiedError(list(under_way.values()))
    finally:
        if not starts_processes:  # a process pool cancels its own futures
            for future in under_way:
                future.cancel()


def _is_broken(future: Future[ResultT | Failure]) -> bool:
    return isinstance(future.exception(), BrokenExecutor)


def _finished(under_way: dict[Future[ResultT | Failure], UnitT]) -> Results[UnitT, ResultT]:
    """Yield and remove the units that are done, also those that were done before the executor broke."""
    for future in [future for future in under_way if future.done() and not _is_broken(future)]:
        error = future.exception()
        unit = under_way.pop(future)
        yield unit, future.result() if error is None else Failure(f"{type(error).__name__}: {error}")


def _over_processes(work: Callable[[UnitT], ResultT], units: Sequence[UnitT], workers: int) -> Results[UnitT, ResultT]:
    """Run in local processes; after a worker died, run its units one at a time to find the one that kills it."""
    fresh, suspects = deque(units), deque[UnitT]()
    while fresh or suspects:
        queue, count = (suspects, 1) if suspects else (fresh, min(workers, len(fresh)))
        try:
            with _processes(count) as pool:
                yield from _over(pool, work, _drained(queue), 1 if queue is suspects else _AHEAD * count)
        except WorkersDiedError as died:  # pyrefly: ignore[implicit-any-type-argument]  # of the units of this pool
            if queue is suspects:
                for unit in died.units:
                    yield (
                        unit,
                        Failure(
                            "BrokenProcessPool: the worker process died, and died again when the unit was repeated"
                        ),
                    )
            else:
                suspects.extend(died.units)


def _drained(queue: deque[UnitT]) -> Iterator[UnitT]:
    while queue:
        yield queue.popleft()


@contextmanager
def _processes(count: int) -> Generator[ProcessPoolExecutor]:
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context(_START)
    if _START == "forkserver":
        context.set_forkserver_preload([name for name in sys.modules if name.split(".")[0] in PACKAGES])
    environment = {**os.environ, **_SINGLE_THREADED}
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_settle, initargs=(environment,))
    finished = False
    try:
        yield pool
        finished = True
    finally:
        if not finished:
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()
        pool.shutdown(wait=finished, cancel_futures=True)


@contextmanager
def _quiet_start() -> Generator[None]:
    """Start worker processes that are single-threaded, ignore Ctrl-C, and do not run the user's script.

    A spawned process imports the parent's ``__main__``, which fails for scripts without an
    ``if __name__ == "__main__"`` line, and the units do not need it. Ctrl-C is sent to the whole process group. The
    parent process alone handles it; workers inherit a signal mask that blocks it.
    """
    main = sys.modules["__main__"]
    missing = object()
    saved = {name: vars(main).pop(name, missing) for name in ("__file__", "__spec__")}
    main.__spec__ = None
    try:
        with mock.patch.dict(os.environ, _SINGLE_THREADED), _ctrl_c_delayed(), _ctrl_c_blocked():
            yield
    finally:
        vars(main).update({name: value for name, value in saved.items() if value is not missing})


@contextmanager
def _ctrl_c_delayed() -> Generator[None]:
    """Handle Ctrl-C at the end of the block.

    Another thread can receive the signal that this one blocks, and Python then interrupts the main thread. A process
    that has just been started would not be known yet, would not be ended, and would complain that its queue is gone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[tuple[Any, ...]] = []
    before = signal.signal(signal.SIGINT, lambda *given: pressed.append(given))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
        if pressed and callable(before):
            before(*pressed[-1])


@contextmanager
def _ctrl_c_blocked() -> Generator[None]:
    """Block Ctrl-C in this thread and in the processes that it starts; on Windows :func:`_settle` does this."""
    if not _HAS_MASKS:
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _settle(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)  # that of a server may be older
    if not _HAS_MASKS:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # If the parent is killed it cannot stop its workers, which would wait for work forever.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _elsewhere(expected: str, work: Callable[[UnitT], ResultT], unit: UnitT) -> ResultT:
    if code() != expected:
        raise RuntimeError(
            f"this worker has different code ({code()}) from the run ({expected}); install the same version"
        )
    from spinglass._common.threads import one_blas_thread_for_good

    one_blas_thread_for_good()
    return work(unit)


@contextmanager
def cluster(address: str) -> Generator[Executor]:
    """Provide the executor of a cluster.

    Parameters
    ----------
    address
        ``"tcp://host:port"`` of a Dask scheduler, or ``"mpi"`` inside ``mpiexec``.

    Yields
    ------
    Executor
        The executor.

    Raises
    ------
    ValueError
        If the address is invalid, the library is not installed, no scheduler answers, or all processes of ``mpiexec``
        run the command.
    """
    if address == "mpi":
        with _mpi() as executor:
            yield executor
        return
    if "://" not in address:
        raise ValueError(f"cluster must be the address of a Dask scheduler, tcp://host:port, or mpi; given {address!r}")
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("Dask is not installed here; try: pip install 'spinglass[cluster]'") from None
    try:
        client: Any = Client(address, timeout=PATIENCE, set_as_default=False)
    except OSError as error:
        raise ValueError(f"no Dask scheduler answers at {address}: {error}; start one with: dask scheduler") from error
    with client:
        yield client.get_executor()


def _mpi() -> Executor:
    try:
        from mpi4py import MPI
        from mpi4py.futures import MPIPoolExecutor
    except ImportError:
        raise ValueError("mpi4py is not installed here; try: pip install 'spinglass[mpi]'") from None
    except RuntimeError as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{reason}; mpi4py works with the machine's MPI, or try: pip install mpich") from None
    if MPI.COMM_WORLD.Get_rank() > 0:
        raise ValueError(
            "this is not the first MPI process; start with: mpiexec -n 8 python -m mpi4py.futures -m validation"
        )

    class Ranks(MPIPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
            return cast("Future[Any]", super().submit(_interruptible, fn, *args, **kwargs))

    # Workers do not need the user's script. Idle workers leave Ctrl-C to the first process.
    return cast(Executor, Ranks(main=False, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)))


def _interruptible(work: Callable[..., ResultT], *given: Any) -> ResultT | Failure:
    """Let Ctrl-C stop the unit in progress; otherwise the first process would wait for it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return work(*given)
    except KeyboardInterrupt:
        return Failure("KeyboardInterrupt")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
