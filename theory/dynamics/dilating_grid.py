"""The dilating grid of the two-time equations: a geometric sequence of times, with a row of C and R at each."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline

from spinglass._common.types import Array, IntArray
from theory.dynamics.uniform_grid import Run

SEEDS = 4  # number of rows from the uniform grid, as many as interpolation between rows needs


@dataclass(frozen=True)
class Rows:
    """An integration on a uniform grid and the rows of the dilating grid that continue it.

    Node 0 of a row lies at t' = t, the last node at t' = 0.

    Attributes
    ----------
    run : Run
        The integration on the uniform grid.
    unit : float
        Lag at which the distances of nodes change from constant to proportional to the lag (to t' for the older half).
    times : array, shape (rows,)
        Times of the rows.
    energy : array, shape (rows,)
        Energy per spin.
    multiplier : array, shape (rows,)
        Lagrange multiplier mu.
    sizes : array of int, shape (rows,)
        Number of nodes of each row.
    young : array, shape (rows, room)
        ``asinh(lag / unit)`` of each node.
    old : array, shape (rows, room)
        ``asinh(t' / unit)`` of each node.
    correlation : array, shape (rows, room)
        C at each node.
    response : array, shape (rows, room)
        R at each node.
    """

    run: Run
    unit: float
    times: Array
    energy: Array
    multiplier: Array
    sizes: IntArray
    young: Array
    old: Array
    correlation: Array
    response: Array

    @classmethod
    def after(cls, run: Run, end: float, spacing: float, unit: float) -> "Rows":
        """Return the last rows of a run, and space for the rows up to ``end`` or one row beyond."""
        last = float(run.times[-1])
        ahead = max(0, math.ceil(math.log(end / last) / math.log1p(spacing) - 1e-9))
        times = last * (1 + spacing) ** np.arange(1.0 - SEEDS, ahead + 1)
        nodes = [row_nodes(time, spacing, unit) for time in times]
        sizes = np.array([lags.size for lags, _ in nodes], dtype=np.int64)
        blank = [np.zeros(times.size), np.zeros(times.size), sizes, *np.ones((4, times.size, int(sizes.max())))]
        rows = cls(run, unit, times, *blank)
        for row, (lags, others) in enumerate(nodes):
            rows.young[row, : lags.size] = np.arcsinh(lags / unit)
            rows.old[row, : lags.size] = np.arcsinh(others / unit)
        for row in range(SEEDS):
            values = rows.read(times[row], nodes[row][1])
            rows.correlation[row, : sizes[row]], rows.response[row, : sizes[row]] = values
        rows.energy[:SEEDS] = CubicSpline(run.times, run.energy)(times[:SEEDS])
        rows.multiplier[:SEEDS] = CubicSpline(run.times, run.multiplier)(times[:SEEDS])
        return rows

    @property
    def last(self) -> float:
        """The latest time."""
        return float(max(self.run.times[-1], self.times[-1]))

    def grid(self) -> tuple[Any, ...]:
        """Return the data of the rows as a tuple for kernels."""
        run = self.run
        functions = (self.correlation, self.response, run.correlation, run.response)
        # Rounding must not place the last row from the uniform grid beyond its end.
        end = max(float(run.times[-1]), float(self.times[SEEDS - 1]))
        return (run.step, end, self.unit, np.log(self.times), self.sizes, self.young, self.old, *functions)

    def nodes(self, row: int) -> tuple[Array, Array]:
        """Return the lags and second times t' of the nodes of a row, from the youngest to the oldest."""
        size, time = self.sizes[row], self.times[row]
        young, old = self.young[row, :size], self.old[row, :size]
        lags, others = self.unit * np.sinh(young), self.unit * np.sinh(old)
        near = young <= old
        return np.where(near, lags, time - others), np.where(near, time - lags, others)

    def read(self, times: ArrayLike, others: ArrayLike) -> tuple[Array, Array]:
        """Return C and R between ``times`` and ``others``, where no time of ``others`` is later."""
        from theory.dynamics import dilating_kernels as kernels

        pairs = np.ascontiguousarray(np.broadcast_arrays(times, others), dtype=np.float64)
        out = np.empty((pairs.shape[1], 3))
        kernels.read(self.grid(), self.times.size - 1, pairs[0], pairs[1], out)
        return out[:, 0], out[:, 1]

    def at(self, times: Array) -> tuple[Array, Array]:
        """Return the energy and the multiplier at ``times``."""
        run, logs, late = self.run, np.log(self.times), times > self.run.times[-1]
        values = []
        for early, rows in ((run.energy, self.energy), (run.multiplier, self.multiplier)):
            found = CubicSpline(run.times, early)(np.where(late, 0.0, times))
            if late.any():
                found[late] = CubicSpline(logs, rows)(np.log(times[late]))
            values.append(found)
        return values[0], values[1]

    def overlap_at(self, times: Array) -> Array:
        """Return the overlap with the signal at ``times``; with a signal all times lie on the uniform grid."""
        if not self.run.overlap.any():
            return np.zeros(times.size)
        return np.asarray(CubicSpline(self.run.times, self.run.overlap)(times))


def row_nodes(time: float, spacing: float, unit: float) -> tuple[Array, Array]:
    """Return the lags and second times t' of the nodes of a row, whose distances increase away from both ends."""
    near = unit * np.sinh(spacing * np.arange(int(math.asinh(0.5 * time / unit) / spacing) + 1))
    # The halves meet in the middle; the last node of the older half is omitted if it is too close.
    old = near[:-1] if time - 2 * near[-1] < 0.25 * spacing * time else near
    old = old[::-1]
    return np.concatenate([near, time - old]), np.concatenate([time - near, old])
