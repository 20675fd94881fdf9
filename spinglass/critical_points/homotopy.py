"""All complex solutions by homotopy from a start form whose solutions are known.

All ``((d-1)^n - 1)/(d-2)`` paths (twice as many for mixed models) are followed. The run is complete when the same
number of distinct solutions was found. Lost paths are followed again with shorter steps, then all paths from a new
start form, for a bounded number of attempts. Paths are followed in batches, each of which leaves the records of its
ends (:mod:`.records`). A batch gives the same bits on any number of threads and on any machine of one kind, so the
result does not depend on interruptions, or on where batches are followed.

References: Cartwright and Sturmfels (2013), Theorem 1.2 (pure models); Nie and Ranestad (2009), Theorem 2.2 (mixed).
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from spinglass._common.threads import one_blas_thread, run_in_threads
from spinglass._common.types import ComplexArray, IntArray
from spinglass.critical_points import records
from spinglass.critical_points.checkpoint import Checkpoint
from spinglass.critical_points.keys import repeated
from spinglass.critical_points.records import RECORD, Records
from spinglass.critical_points.system import Model, System
from spinglass.critical_points.tracking.simd import aligned_rows
from spinglass.critical_points.tracking.start_system import number_of_classes, principal_roots
from spinglass.critical_points.tracking.taylor import Workspace, workspace
from spinglass.critical_points.tracking.tensor import form
from spinglass.critical_points.tracking.tracker import ARRIVED, Lanes, Precision, lanes, track

_BLOCK = 256
BATCH = 2**14  # paths between two checkpoints
_ATTEMPTS = 3  # number of start forms that are tried

# The order and the prediction error were the fastest for H = 3, n = 12 and 16, where 0.2% of the paths are lost. With
# larger errors, lost paths and rejected steps cost more than longer steps save.
_QUICK = Precision(order=5, prediction=3e-4, correction=1e-2, radius=1.0, shortest=1e-9, steps=1000)
_CAREFUL = Precision(order=8, prediction=1e-7, correction=1e-4, radius=0.4, shortest=1e-12, steps=3000)


class Progress(NamedTuple):
    """Progress of an enumeration.

    Attributes
    ----------
    done
        Number of paths followed so far.
    paths
        Number of paths in total.
    failed
        Number of paths among ``done`` that did not arrive at a regular solution.
    resumed
        Number of paths among ``done`` that were read from the checkpoint. Default: 0.
    """

    done: int
    paths: int
    failed: int
    resumed: int = 0


# Calls a function on each of some numbers, and yields pairs of a number and the value of the function, in any order.
Distribute = Callable[[Callable[[int], Records], Iterable[int]], Iterable[tuple[int, Records]]]


class Ends(NamedTuple):
    """End points of paths (paths, variables), with their status and number of steps, (paths,)."""

    points: ComplexArray
    status: IntArray
    steps: IntArray


class Solutions(NamedTuple):
    """The distinct complex solutions that were found, and statistics of the paths.

    Attributes
    ----------
    records
        The solutions.
    expected
        Number of solutions of a generic model.
    paths, retries
        Number of paths followed in the first attempt, and followed again.
    failed
        Number of paths of the last attempt that did not arrive at a regular solution.
    """

    records: Records
    expected: int
    paths: int
    retries: int
    failed: int


class Problem(NamedTuple):
    """A model of degree d >= 3, its polynomial system, and whether boxes around its solutions are proven."""

    model: Model
    system: System
    certified: bool

    @property
    def copies(self) -> int:
        """Number of solutions per path: 2 if with (x, x_0) also (x, -x_0) is a solution of a mixed model, else 1."""
        return 2 if self.system.mixed and self.model.symmetric else 1

    @property
    def expected(self) -> int:
        """Number of complex solutions of a generic model."""
        return number_of_classes(self.system.spins, self.system.degree) * (2 if self.system.mixed else 1)

    @property
    def paths(self) -> int:
        """Number of paths, from all start solutions (x, x_0) or from one of each (x, +-x_0)."""
        return self.expected // self.copies

    def examined(self, ends: "Ends", both: bool) -> Records:
        """Return the records of the ends of paths, ``copies`` rows per path."""
        points = ends.points
        if self.copies == 2:
            points = np.repeat(points, 2, axis=0)
            points[1::2, -1] *= -1
        arrived = np.repeat(ends.status == ARRIVED, self.copies)
        return records.examined(self.model, self.system, points, arrived, self.certified, both)


class Homotopy:
    """The paths from one start form to the model; ``attempt`` selects the start form and the random rotation."""

    def __init__(self, system: System, sheets: int, attempt: int) -> None:
        n, d = system.spins, system.degree
        rng = np.random.default_rng([n, d, attempt])
        self._frame = np.eye(system.variables)
        self._frame[:n, :n] = np.linalg.qr(rng.standard_normal((n, n)))[0]
        tensor = system.tensor
        for _ in range(d):
            tensor = np.tensordot(tensor, self._frame, (0, 0))
        inner = tensor[(slice(n),) * d]
        self._form = form(tensor * (np.sqrt(n) / np.linalg.norm(inner)), n)
        coefficients = np.exp(2j * np.pi * rng.random(n))
        self._roots = principal_roots(coefficients, d)
        self._start = aligned_rows(2 * n)
        self._start[0::2], self._start[1::2] = coefficients.real[:, None], coefficients.imag[:, None]
        self._sheets = sheets
        self.paths = sheets * number_of_classes(n, d)
        self.variables = system.variables

    def follow(self, paths: IntArray, precision: Precision) -> Ends:
        """Follow the given paths and return their ends."""
        ends = _empty_ends(len(paths), self.variables)
        unused: list[tuple[Workspace, Lanes]] = []  # memory of blocks that are done

        def work(first: int) -> None:
            rows = slice(first, first + _BLOCK)
            try:
                memory = unused.pop()
            except IndexError:
                memory = workspace(self._form, precision.order), lanes(self._form, precision.order)
            track(
                self._form,
                self._start,
                self._roots,
                self._sheets,
                precision,
                paths[rows],
                *memory,
                ends.points[rows],
                ends.status[rows],
                ends.steps[rows],
            )
            unused.append(memory)
            ends.points[rows] = ends.points[rows] @ self._frame.T

        run_in_threads(work, range(0, len(paths), _BLOCK))
        return ends


def follow_batch(problem: Problem, attempt: int, size: int, number: int) -> Records:
    """Follow the paths of a batch of given size; the arguments and the result can be sent between processes."""
    first = number * size
    with one_blas_thread():
        ends = _homotopy(problem, attempt).follow(np.arange(first, min(first + size, problem.paths)), _QUICK)
        return problem.examined(ends, both=False)


def _homotopy(problem: Problem, attempt: int) -> Homotopy:
    return Homotopy(problem.system, 2 if problem.system.mixed and problem.copies == 1 else 1, attempt)


def here(work: Callable[[int], Records], numbers: Iterable[int]) -> Iterator[tuple[int, Records]]:
    """Call ``work`` on the numbers in this process, one after the other."""
    for number in numbers:
        yield number, work(number)


def follow_all(
    problem: Problem,
    attempt: int,
    checkpoint: Checkpoint | None,
    callback: Callable[[Progress], None] | None,
    distribute: Distribute,
) -> Records:
    """Follow every path, batch by batch; batches saved in the checkpoint are loaded instead."""
    rows = BATCH * problem.copies
    whole = np.zeros(problem.paths * problem.copies, RECORD)
    numbers = range(-(-problem.paths // BATCH))
    points: list[ComplexArray] = [np.empty((0, problem.system.variables), complex)] * len(numbers)
    done = failed = resumed = 0

    def keep(number: int, found: Records) -> int:
        whole[number * rows : (number + 1) * rows], points[number] = found
        return int(np.count_nonzero(~found.arrived)) // problem.copies

    missing = []
    for number in numbers:
        found = checkpoint.load(attempt, number) if checkpoint else None
        if found is None:
            missing.append(number)
        else:
            failed += keep(number, found)
            resumed += len(found.table) // problem.copies
    done = resumed
    if callback and resumed:
        callback(Progress(done, problem.paths, failed, resumed))
    for number, found in distribute(partial(follow_batch, problem, attempt, BATCH), missing):
        if checkpoint:
            checkpoint.save(attempt, number, found)
        failed += keep(number, found)
        done += len(found.table) // problem.copies
        if callback:
            callback(Progress(done, problem.paths, failed, resumed))
    return Records(whole, np.concatenate(points))


def _empty_ends(paths: int, variables: int) -> Ends:
    return Ends(np.zeros((paths, variables), complex), np.zeros(paths, np.int64), np.zeros(paths, np.int64))


def solutions(
    problem: Problem,
    checkpoint: Checkpoint | None = None,
    callback: Callable[[Progress], None] | None = None,
    distribute: Distribute = here,
) -> Solutions:
    """Find every solution of a system of degree d >= 3."""
    found = Records(np.empty(0, RECORD), np.empty((0, problem.system.variables), complex))
    retries = failed = 0
    for attempt in range(_ATTEMPTS):
        ends = follow_all(problem, attempt, checkpoint, callback if attempt == 0 else None, distribute)
        ends, again = _lost_followed_again(problem, attempt, ends)
        retries += again + (problem.paths if attempt else 0)
        failed = int(np.count_nonzero(~ends.arrived)) // problem.copies
        found = records.closed_under_conjugation(records.united(found, ends))
        # A few paths may be lost by chance; many lost paths mean that the solutions are not isolated.
        if len(found.table) >= problem.expected or failed > 4 + problem.paths // 20:
            break
    return Solutions(found, problem.expected, problem.paths, retries, failed)


def _lost_followed_again(problem: Problem, attempt: int, ends: Records) -> tuple[Records, int]:
    """Follow lost paths again, each once, and return the records and the number of these paths."""
    careful = np.empty(0, np.int64)
    # A lost path may be found to end where another one had jumped to, which is then followed again, too.
    while len(again := np.setdiff1d(_lost(ends, problem.copies), careful)):
        ends = _carefully(problem, attempt, ends, again)
        careful = np.union1d(careful, again)
    if len(careful) and problem.certified:
        # Where only one of two conjugate solutions was found, its box, which holds for both, may be lacking.
        alone = np.unique(records.without_conjugate_or_box(ends) // problem.copies)
        ends = _carefully(problem, attempt, ends, alone)
        careful = np.union1d(careful, alone)
    return ends, len(careful)


def _lost(ends: Records, copies: int) -> IntArray:
    """Return paths that did not arrive, and paths with a common end, one of which must have jumped to another path."""
    collided = repeated(ends.table["keys"])[1]
    return np.unique(np.flatnonzero(collided | ~ends.arrived) // copies)


def _carefully(problem: Problem, attempt: int, ends: Records, paths: IntArray) -> Records:
    """Follow some paths again, with shorter steps, and replace their records; all of them get boxes."""
    if not len(paths):
        return ends
    new = problem.examined(_homotopy(problem, attempt).follow(paths, _CAREFUL), both=True)
    rows = (paths[:, None] * problem.copies + np.arange(problem.copies)).ravel()
    return ends.replaced(rows, new)
