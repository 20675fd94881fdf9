"""The dilating grid of the two-time equations: a geometric sequence of times, with a row of C and R at each."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline

from spinglass._common.types import Array, IntArray
from theory.dynamics.uniform_grid import Run

SEEDS = 8  # number of rows from the uniform grid, for interpolation between rows and extrapolation from them
# Rates of growth of R are averages over this number of rows, and at most this large.
_AVERAGED, _STEEPEST = 6, 3.0


def growth_rate(early: Array, late: Array, distance: float) -> Array:
    """Return rates of exponential growth over a distance, at most _STEEPEST; 0 where values are not positive."""
    ratios = np.divide(late, early, out=np.ones(late.size), where=(early > 0) & (late > 0))
    return np.clip(np.log(ratios) / distance, -_STEEPEST, _STEEPEST)


@dataclass(frozen=True)
class Rows:
    """An integration on a uniform grid and the rows of the dilating grid that continue it.

    Node 0 of a row lies at t' = t, the last node at t' = 0; between them, ``asinh(lag / unit) - asinh(t' / unit)`` is
    equidistant, where the lag is t - t'.

    Attributes
    ----------
    run : Run
        The integration on the uniform grid.
    unit : float
        Lag at which the distances of nodes change from constant to proportional to the lag (to t' for the older half).
    times : array, shape (rows,)
        Times of the rows, at a fixed ratio.
    energy : array, shape (rows,)
        Energy per spin.
    multiplier : array, shape (rows,)
        Lagrange multiplier mu.
    sizes : array of int, shape (rows,)
        Number of nodes of each row.
    correlation : array, shape (rows, room)
        C at each node.
    response : array, shape (rows, room)
        R at each node.
    growth : array, shape (rows, room)
        Rate of growth of ``(lag / t)^(3/2) R`` with X between earlier rows and this one, at each node.
    """

    run: Run
    unit: float
    times: Array
    energy: Array
    multiplier: Array
    sizes: IntArray
    correlation: Array
    response: Array
    growth: Array

    @classmethod
    def after(cls, run: Run, end: float, spacing: float, unit: float) -> "Rows":
        """Return the last rows of a run, and space for the rows up to ``end`` or one row beyond."""
        last = float(run.times[-1])
        # The unit is adjusted so that X is a multiple of half of the spacing at the end of the run.
        intervals = max(3 * SEEDS, round(2 * math.asinh(last / unit) / spacing))
        unit = last / math.sinh(0.5 * spacing * intervals)
        ahead = max(0, math.ceil((math.asinh(end / unit) - 0.5 * spacing * intervals) / spacing - 1e-9))
        sizes = intervals + 2 * np.arange(1 - SEEDS, ahead + 1) + 1
        times = unit * np.sinh(0.5 * spacing * (sizes - 1))
        blank = np.ones((3, times.size, int(sizes.max())))
        rows = cls(run, unit, times, np.zeros(times.size), np.zeros(times.size), sizes, *blank)
        for row in range(SEEDS):
            values = rows.read(times[row], rows.nodes(row)[1])
            rows.store(row, *values)
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
        functions = (self.correlation, self.response, run.correlation, run.response, self.growth)
        # Rounding must not place the last row from the uniform grid beyond its end.
        end = max(float(run.times[-1]), float(self.times[SEEDS - 1]))
        X = np.arcsinh(self.times / self.unit)
        origin, second = X[:2]
        lengths = np.column_stack([X, 1 / X**2])
        lines = (float(origin), float(second - origin), self.sizes, lengths)
        return (run.step, end, self.unit, *lines, *functions)

    def nodes(self, row: int) -> tuple[Array, Array]:
        """Return the lags and second times t' of the nodes of a row, from the youngest to the oldest."""
        time = self.times[row]
        x = self.places(row)
        middle = np.arcsinh(time / (2 * self.unit * np.cosh(x / 2)))
        lags, others = self.unit * np.sinh(middle + x / 2), self.unit * np.sinh(middle - x / 2)
        lags[[0, -1]], others[[0, -1]] = (0.0, time), (time, 0.0)
        return lags, others

    def places(self, row: int) -> Array:
        """Return ``asinh(lag / unit) - asinh(t' / unit)`` at the nodes of a row."""
        return math.asinh(self.times[row] / self.unit) * np.linspace(-1, 1, int(self.sizes[row]))

    def store(self, row: int, correlation: Array, response: Array) -> None:
        """Store the functions at the nodes of a row, and the rate of growth of R since earlier rows."""
        from theory.dynamics import dilating_kernels as kernels

        size = int(self.sizes[row])
        self.correlation[row, :size], self.response[row, :size], self.growth[row] = correlation, response, 0.0
        back = min(row, _AVERAGED)
        if not back:
            return
        grid, earlier, ratios = self.grid(), np.empty((2, size)), np.empty(size)
        kernels.row_at_nodes(grid, row - back, self.places(row), earlier, ratios)
        self.growth[row, :size] = growth_rate(earlier[1] * ratios, response, back * grid[4])

    def earlier(self, row: int, count: int) -> tuple[Array, Array]:
        """Return the values of ``count`` earlier rows, latest first, at the labels of a row, and rates of growth of R.

        The values have the shape (count, 2, nodes). R is multiplied by ``exp(g X)``, relative to the row itself, where
        g is its rate of growth between the earliest of these rows and the latest.
        """
        from theory.dynamics import dilating_kernels as kernels

        grid, places = self.grid(), self.places(row)
        values, ratios = np.empty((count, 2, places.size)), np.empty(places.size)
        for back in range(count):
            kernels.row_at_nodes(grid, row - 1 - back, places, values[back], ratios)
        rate = growth_rate(values[-1, 1], values[0, 1], (count - 1) * grid[4])
        values[:, 1] *= np.exp(grid[4] * np.outer(np.arange(1, count + 1), rate))
        return values, rate

    def read(self, times: ArrayLike, others: ArrayLike) -> tuple[Array, Array]:
        """Return C and R between ``times`` and ``others``, where no time of ``others`` is later."""
        from theory.dynamics import dilating_kernels as kernels

        pairs = np.ascontiguousarray(np.broadcast_arrays(times, others), dtype=np.float64)
        out = np.empty((pairs.shape[1], 4))
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
