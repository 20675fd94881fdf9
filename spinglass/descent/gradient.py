"""Gradient flow: trajectories in time, integrated with error control."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from spinglass._common.assignment import assign
from spinglass._common.jit import jit
from spinglass._common.types import Array, BoolArray, IntArray
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.method import Method, Rows, State, Trajectory
from spinglass.descent.row_kernels import dot, over_rows, step_along, tangent_part

# Angle by which the first step turns a point; later steps are chosen by the error control.
_FIRST_ANGLE = 1e-3


class Flow(NamedTuple):
    """Time of each row, the stages of its current trial step, and its recorded energies and points.

    Energies are divided by the evaluator's ``unit``, and times multiplied by it.
    """

    time: Array  # (B,)
    step: Array  # (B,), proposed by the error control
    taken: Array  # (B,), actual step: clipped so as not to pass the next time of the grid
    second: Array  # (B, n), velocity at the second stage
    third: Array  # (B, n), velocity at the third stage
    next: IntArray  # (B,), position of the next time in the grid
    energies: Array  # (B, T), total
    points: Array  # (B, T, n), kept for overlaps of two times; (B, 0, n) without correlations


@dataclass(frozen=True, kw_only=True)
class GradientFlow(Method[Flow]):
    """The flow ``dx/dt = -Riemannian gradient of the total energy``; each row has its own time and time step.

    The integrator is an embedded Runge-Kutta pair of order 3(2) with projected stages. A step is accepted when its
    estimated error is at most ``accuracy`` times the distance moved, so the total error is about ``accuracy`` times the
    length of the trajectory.

    Parameters
    ----------
    accuracy : float, default 1e-4
        Relative error per step, between 0 and 1.
    times : array_like, shape (T,), optional
        Increasing times at which energies are recorded; steps end exactly there. A row stops after the last time or on
        convergence, whichever is first. By default nothing is recorded and rows run until they converge.
    correlations : bool, default False
        Whether to return the overlaps ``C(t, t') = x(t).x(t')/n`` of all pairs of recorded times. With
        ``times[0] = 0`` the first column is the overlap with the start.

    Raises
    ------
    ValueError
        If ``accuracy`` is not between 0 and 1, if ``times`` are not increasing, finite and at least 0, or if
        ``correlations`` are requested without ``times``.

    References
    ----------
    Bogacki and Shampine, Appl. Math. Lett. 2 (1989) 321.
    """

    max_iterations: ClassVar[int] = 1_000_000
    # The error control always finds an acceptable step, but close to a saddle many steps may pass without progress.
    patience: ClassVar[int | None] = 1000
    accuracy: float = 1e-4
    times: npt.ArrayLike | None = None
    correlations: bool = False
    _grid: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.accuracy < 1:
            raise ValueError(f"accuracy must lie between 0 and 1, not {self.accuracy}; try accuracy=1e-4")
        grid = np.array([] if self.times is None else self.times, dtype=np.float64)
        if grid.ndim != 1 or not np.isfinite(grid).all() or (grid < 0).any() or (np.diff(grid) <= 0).any():
            raise ValueError(f"times must be increasing, finite and at least 0, not {self.times!r}")
        if self.correlations and not grid.size:
            raise ValueError("correlations need times: pass for instance times=[0, 0.5, 1]")
        object.__setattr__(self, "_grid", grid)

    def row_bytes(self, n: int) -> int:
        """Return the memory of two stages, the energies and the points of one row, in bytes."""
        times = self._grid.size
        return 8 * (2 * n + times + 4 + self.correlations * times * (n + times))

    def start(self, evaluate: Evaluator, state: State, rows: Rows, gradient: Array) -> Flow:  # noqa: ARG002
        """Set all times to 0 and propose the first steps."""
        batch, n = state.x.shape
        own = Flow(
            time=np.zeros(batch),
            step=_FIRST_ANGLE * np.sqrt(n) / np.maximum(state.norm, 1e-300),
            taken=np.empty(batch),
            second=np.empty((batch, n)),
            third=np.empty((batch, n)),
            next=np.zeros(batch, dtype=np.int64),
            energies=np.full((batch, self._grid.size), np.nan),
            points=np.full((batch, self._grid.size if self.correlations else 0, n), np.nan),
        )
        if self._grid.size and self._grid[0] == 0:
            own.energies[rows, 0] = state.energy[rows]
            own.points[rows, :1] = state.x[rows, None]
            own.next[rows] = 1
        self._propose(evaluate, state, own, rows)
        return own

    def advance(self, evaluate: Evaluator, state: State, own: Flow, rows: Rows, energy: Array, gradient: Array) -> None:
        """Accept the steps whose error is small enough, and compute the stages of the next steps."""
        accept = partial(_accept, state, own, self._grid * evaluate.unit, self.accuracy, evaluate.rounding)
        over_rows(accept, state.x.shape[1], rows, energy, gradient)
        self._propose(evaluate, state, own, rows)

    def _propose(self, evaluate: Evaluator, state: State, own: Flow, rows: Rows) -> None:
        n = state.x.shape[1]
        over_rows(partial(_to_second, state, own, self._grid * evaluate.unit), n, rows)
        over_rows(partial(_to_third, state, own), n, rows, evaluate(state.trial[rows])[1])
        over_rows(partial(_to_end, state, own), n, rows, evaluate(state.trial[rows])[1])

    def out_of_time(self, own: Flow, rows: Rows) -> BoolArray:
        """Return a mask of the rows that have reached the last time."""
        return np.asarray((own.next[rows] == self._grid.size) & (self._grid.size > 0))

    def trajectory(self, own: Flow) -> Trajectory | None:
        """Return the times and the energies and, with ``correlations``, the points at these times."""
        if self.times is None:
            return None
        return Trajectory(self._grid, own.energies, own.points if self.correlations else None)


@jit
def _to_second(state: State, own: Flow, grid: Array, rows: Rows) -> None:
    for row in rows:
        own.taken[row] = own.step[row]
        if own.next[row] < grid.size:
            own.taken[row] = min(own.step[row], grid[own.next[row]] - own.time[row])
        step_along(state.x[row], state.gradient[row], -0.5 * own.taken[row], state.trial[row])


@jit
def _to_third(state: State, own: Flow, rows: Rows, gradient: Array) -> None:
    for k in range(rows.size):
        row = rows[k]
        tangent_part(state.trial[row], gradient[k], own.second[row])
        step_along(state.x[row], own.second[row], -0.75 * own.taken[row], state.trial[row])


@jit
def _to_end(state: State, own: Flow, rows: Rows, gradient: Array) -> None:
    n = state.x.shape[1]
    mean = np.empty(n)
    for k in range(rows.size):
        row = rows[k]
        tangent_part(state.trial[row], gradient[k], own.third[row])
        for i in range(n):
            mean[i] = (2.0 * state.gradient[row, i] + 3.0 * own.second[row, i] + 4.0 * own.third[row, i]) / 9.0
        step_along(state.x[row], mean, -own.taken[row], state.trial[row])


@jit
def _accept(
    state: State,
    own: Flow,
    grid: Array,
    accuracy: float,
    rounding: float,
    rows: Rows,
    energy: Array,
    gradient: Array,
) -> None:
    n = state.x.shape[1]
    new = np.empty(n)
    for k in range(rows.size):
        row = rows[k]
        norm = tangent_part(state.trial[row], gradient[k], new)
        total = 0.0
        for i in range(n):
            error = (
                -5.0 / 72.0 * state.gradient[row, i]
                + own.second[row, i] / 12.0
                + own.third[row, i] / 9.0
                - new[i] / 8.0
            )
            total += error * error
        # Error divided by distance: both are proportional to the step, so the ratio is of second order in the step.
        # The rounding error of the gradients is added because no step size can reduce it.
        noise = 0.02 * rounding * np.sqrt(dot(gradient[k], gradient[k]))
        error = np.sqrt(total) / max(accuracy * state.norm[row] + noise, 1e-300)
        factor = min(5.0, max(0.2, 0.9 / np.sqrt(max(error, 1e-300))))
        wanted = own.taken[row] * factor
        if error > 1.0:
            own.step[row] = wanted
            continue
        clipped = own.taken[row] < own.step[row]
        own.step[row] = max(own.step[row], wanted) if clipped else wanted
        own.time[row] += own.taken[row]
        assign(state.x[row], state.trial[row])
        state.energy[row] = energy[k]
        assign(state.gradient[row], new)
        state.norm[row] = norm
        state.iterations[row] += 1
        if clipped or (own.next[row] < grid.size and own.time[row] >= grid[own.next[row]]):
            own.time[row] = grid[own.next[row]]
            own.energies[row, own.next[row]] = energy[k]
            if own.points.shape[1]:
                assign(own.points[row, own.next[row]], state.x[row])
            own.next[row] += 1
