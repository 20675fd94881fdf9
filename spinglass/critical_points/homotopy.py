"""All complex solutions by homotopy from a start form whose solutions are known.

All ``((d-1)^n - 1)/(d-2)`` paths (twice as many for mixed models) are followed. The run is complete when the same
number of distinct solutions was found. Lost paths are followed again with shorter steps, then all paths from a new
start form, for a bounded number of attempts. The result does not depend on the number of threads.

References: Cartwright and Sturmfels (2013), Theorem 1.2 (pure models); Nie and Ranestad (2009), Theorem 2.2 (mixed).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from spinglass._common.threads import run_in_threads
from spinglass._common.types import ComplexArray, IntArray
from spinglass.critical_points import projective
from spinglass.critical_points.checkpoint import Checkpoint, Ends
from spinglass.critical_points.system import System
from spinglass.critical_points.tracking.simd import aligned_rows
from spinglass.critical_points.tracking.start_system import number_of_classes, principal_roots
from spinglass.critical_points.tracking.taylor import workspace
from spinglass.critical_points.tracking.tensor import form
from spinglass.critical_points.tracking.tracker import ARRIVED, Precision, lanes, track

_BLOCK = 128  # paths per task of a thread
_STRETCH = 64 * _BLOCK  # paths between two checkpoints
_ATTEMPTS = 3  # number of start forms that are tried

# The order and the prediction error were the fastest for H = 3, n = 10..16. From an error of 3e-4 on, lost paths cost
# more than longer steps save.
_QUICK = Precision(order=6, prediction=1e-4, correction=1e-2, radius=0.6, shortest=1e-9, steps=1000)
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
    """

    done: int
    paths: int
    failed: int


class Solutions(NamedTuple):
    """The distinct complex solutions that were found, and statistics of the paths.

    Attributes
    ----------
    classes
        Solutions as points of length one, shape (found, variables).
    expected
        Number of solutions of a generic model.
    paths, retries
        Number of paths followed in the first attempt, and followed again.
    failed
        Number of paths of the last attempt that did not arrive at a regular solution.
    """

    classes: ComplexArray
    expected: int
    paths: int
    retries: int
    failed: int


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

        def work(first: int) -> None:
            rows = slice(first, first + _BLOCK)
            track(
                self._form,
                self._start,
                self._roots,
                self._sheets,
                precision,
                paths[rows],
                workspace(self._form, precision.order),
                lanes(self._form, precision.order),
                ends.points[rows],
                ends.status[rows],
                ends.steps[rows],
            )
            ends.points[rows] = ends.points[rows] @ self._frame.T

        run_in_threads(work, range(0, len(paths), _BLOCK))
        return ends


def follow_all(
    homotopy: Homotopy, attempt: int, checkpoint: Checkpoint | None, callback: Callable[[Progress], None] | None
) -> Ends:
    """Follow every path, stretch by stretch; stretches saved in the checkpoint are loaded instead."""
    whole = _empty_ends(homotopy.paths, homotopy.variables)
    for number, first in enumerate(range(0, homotopy.paths, _STRETCH)):
        rows = slice(first, min(first + _STRETCH, homotopy.paths))
        ends = checkpoint.load(attempt, number) if checkpoint else None
        if ends is None:
            ends = homotopy.follow(np.arange(rows.start, rows.stop), _QUICK)
            if checkpoint:
                checkpoint.save(attempt, number, ends)
        for part, new in zip(whole, ends, strict=True):
            part[rows] = new
        if callback:
            failed = int(np.count_nonzero(whole.status[: rows.stop] != ARRIVED))
            callback(Progress(rows.stop, homotopy.paths, failed))
    return whole


def _empty_ends(paths: int, variables: int) -> Ends:
    return Ends(np.zeros((paths, variables), complex), np.zeros(paths, np.int64), np.zeros(paths, np.int64))


def solutions(
    system: System,
    mirror: bool = False,
    checkpoint: Checkpoint | None = None,
    callback: Callable[[Progress], None] | None = None,
) -> Solutions:
    """Find every solution of a system of degree d >= 3.

    ``mirror`` states that the solutions of a mixed model come in pairs (x, x_0) and (x, -x_0), so half of the paths are
    enough.
    """
    sheets = 2 if system.mixed and not mirror else 1
    expected = number_of_classes(system.spins, system.degree) * (2 if system.mixed else 1)
    found = np.empty((0, system.variables), complex)
    retries = failed = 0
    for attempt in range(_ATTEMPTS):
        homotopy = Homotopy(system, sheets, attempt)
        ends = follow_all(homotopy, attempt, checkpoint, callback if attempt == 0 else None)
        again = _lost(ends, mirror)
        if len(again):
            for part, new in zip(ends, homotopy.follow(again, _CAREFUL), strict=True):
                part[again] = new
        failed = int(np.count_nonzero(ends.status != ARRIVED))
        arrived = ends.points[ends.status == ARRIVED] if failed else ends.points
        del ends  # 2^20 paths at n = 20 take 350 MB, and every copy takes the same
        found = _union(found, _with_mirror_images(arrived) if mirror else arrived)
        retries += len(again) + (homotopy.paths if attempt else 0)
        # A few paths may be lost by chance; many lost paths mean that the solutions are not isolated.
        if len(found) >= expected or failed > 4 + homotopy.paths // 20:
            break
    return Solutions(found, expected, homotopy.paths, retries, failed)


def _lost(ends: Ends, mirror: bool) -> IntArray:
    """Return paths that did not arrive, and paths with a common end, one of which must have jumped to another path."""
    arrived = np.flatnonzero(ends.status == ARRIVED)
    points = ends.points[arrived]
    collided = projective.first_of_each(_with_mirror_images(points) if mirror else points)[1] % max(1, len(points))
    return np.union1d(np.flatnonzero(ends.status != ARRIVED), arrived[collided])


def _with_mirror_images(points: ComplexArray) -> ComplexArray:
    images = points.copy()
    images[:, -1] *= -1
    return np.concatenate([points, images])


def _union(found: ComplexArray, arrived: ComplexArray) -> ComplexArray:
    """Return the distinct classes of both sets, with their conjugates, which are also solutions of a real model."""
    both = np.concatenate([found, arrived]) if len(found) else arrived
    distinct = projective.first_of_each(both)[0]
    if len(distinct) < len(both):
        both = both[distinct]
    alone = projective.without_conjugate(both)
    return np.concatenate([both, both[alone].conj()]) if len(alone) else both
