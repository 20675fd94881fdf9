"""Steps of the dilating grid: at each time the equations are solved for all second times at once.

At equal lag (at equal t' for the older half) successive rows differ little, so time derivatives are backward
differences in log t. Derivatives along a row are differences with more nodes on the younger side. The memory integrals
use Gauss's rule on panels that become longer away from both ends. Newton's method with analytic derivatives solves all
equations of a row together.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from spinglass._common.types import Array
from theory.dynamics.dilating_grid import SEEDS, Rows
from theory.dynamics.uniform_grid import Protocol, Run

_GAUSS, _PANEL = 8, 5.0  # number of points of the rule, and width of its panels in units of the spacing of nodes
_SLOPE, _YOUNGER = 7, 4  # number of nodes for a derivative along a row, and how many of them are younger
_ITERATIONS, _CONVERGED, _GOOD = 25, 1e-12, 1e-9


def continued(run: Run, protocol: Protocol, end: float, spacing: float, unit: float) -> Rows:
    """Continue a uniform run to ``end``, with steps proportional to time and nodes at distances proportional to lag."""
    rows = Rows.after(run, end, spacing, unit)
    # One thread: the systems are small, and the last bits must not depend on the number of threads.
    with threadpool_limits(1, user_api="blas"):
        for row in range(SEEDS, rows.times.size):
            _Equations.of(rows, row, protocol, spacing).solve(rows)
    return rows


@dataclass(frozen=True)
class _Equations:
    """The equations of one row, with unknowns C and R at nodes 1.. and mu."""

    row: int
    time: float
    protocol: Protocol
    drift: Array  # matrix of d/dt at fixed t' that acts on the row itself
    past: Array  # (2, nodes): contribution of earlier rows to d/dt
    guess: Array
    points: Any  # of the memory integrals
    memory_of_start: tuple[Array, Any]  # C(t', 0): the known part, and the matrix of the row itself

    @classmethod
    def of(cls, rows: Rows, row: int, protocol: Protocol, spacing: float) -> "_Equations":
        from theory.dynamics import dilating_kernels as kernels

        time, grid = float(rows.times[row]), rows.grid()
        lags, others = rows.nodes(row)
        earlier = np.empty((SEEDS, 2, others.size))
        for back in range(SEEDS):
            kernels.row_at_nodes(grid, row - 1 - back, lags, others, earlier[back])
        logs = np.log(rows.times[row - SEEDS : row + 1])[::-1].copy()
        ahead, slope = np.empty(SEEDS), np.empty(SEEDS)
        kernels.lagrange(logs[0], logs[1:], ahead)
        kernels.lagrange_slope(0, logs[:SEEDS], slope)
        guess = np.tensordot(ahead, earlier, 1)
        guess[:, 0] = 1.0
        abscissae, weights = np.polynomial.legendre.leggauss(_GAUSS)
        rule = np.array([(1 + abscissae) / 2, weights / 2])
        width = _PANEL * spacing
        room = 4 * others.size * _GAUSS * (math.ceil(math.asinh(time / rows.unit) / width) + 1)
        start = np.zeros((others.size, 3)), np.zeros((others.size, others.size))
        if protocol.inverse_start:
            kernels.start_at_nodes(grid, row, others, *start)
        return cls(
            row,
            time,
            protocol,
            _drift(rows, row, slope[0] / time),
            np.tensordot(slope[1:] / time, earlier[: SEEDS - 1], 1),
            np.concatenate([guess[0, 1:], guess[1, 1:], [ahead @ rows.multiplier[row - SEEDS : row][::-1]]]),
            kernels.plan(grid, row, lags, others, width, rule, room),
            start,
        )

    def solve(self, rows: Rows) -> None:
        """Solve the equations by Newton's method and store the row."""
        unknown, moved = self.guess, math.inf
        F, J, energy = self.residual(unknown)
        for _ in range(_ITERATIONS):
            try:
                step = np.linalg.solve(J, -F)
            except np.linalg.LinAlgError:
                break
            unknown = unknown + step
            F, J, energy = self.residual(unknown)
            moved = float(np.abs(step[:-1]).max())
            if not _CONVERGED < moved < 1.0:  # C and R are at most 1, so a longer step means divergence
                break
        if not moved < _GOOD:
            raise ArithmeticError(
                f"the equations at time {self.time:.4g} were not solved: the last correction was {moved:.1e}; "
                "set a smaller spacing, or give earlier times"
            )
        K = unknown.size // 2
        rows.correlation[self.row, 1 : K + 1], rows.response[self.row, 1 : K + 1] = unknown[:K], unknown[K : 2 * K]
        rows.energy[self.row], rows.multiplier[self.row] = energy, unknown[-1]

    def residual(self, unknown: Array) -> tuple[Array, Array, float]:
        """Return the residual of the equations, its derivatives, and the energy."""
        from theory.dynamics import dilating_kernels as kernels

        K, mu = unknown.size // 2, unknown[-1]
        c, r = np.append(1.0, unknown[:K]), np.append(1.0, unknown[K : 2 * K])
        F, J = np.zeros(2 * K + 1), np.zeros((2 * K + 1, 2 * K + 1))
        energy = kernels.memory(*self.protocol.glass(), self.points, c, r, F, J)
        local = self.drift[1:, 1:] + mu * np.eye(K)
        for part, function in enumerate((c, r)):
            lines = slice(part * K, (part + 1) * K)
            F[lines] += self.drift[1:] @ function + self.past[part, 1:] + mu * function[1:]
            J[lines, lines] += local
            J[lines, -1] += function[1:]
        F[-1] += mu - self.protocol.temperature
        J[-1, -1] += 1.0
        if self.protocol.inverse_start:
            energy += self.pull(c, F, J)
        return F, J, energy

    def pull(self, c: Array, F: Array, J: Array) -> float:
        """Subtract the force towards a thermal start from the equations, and return its energy."""
        nu, inverse, K = self.protocol.nu, self.protocol.inverse_start, c.size - 1
        known, share = self.memory_of_start
        lines = np.append(2 * K, np.arange(K))  # node 0's equation is that of mu
        start = known[:, 0] + share @ c
        force = inverse * float(nu(c[-1], 1))
        F[lines] -= force * start
        J[lines, K - 1] -= inverse * float(nu(c[-1], 2)) * start
        J[lines[:, None], np.arange(K)] -= force * share[:, 1:]
        return -inverse * float(nu(c[-1]))


def _drift(rows: Rows, row: int, at_equal_lag: float) -> Array:
    """Return the matrix of d/dt at fixed t' that acts on a row: at equal lag, plus along the row for its young half."""
    from theory.dynamics import dilating_kernels as kernels

    size = int(rows.sizes[row])
    young, old = rows.young[row, :size], rows.old[row, :size]
    matrix = at_equal_lag * np.eye(size)
    slope = np.empty(_SLOPE)
    for k in np.flatnonzero(young <= old).tolist():
        first = min(max(k - _YOUNGER, 0), size - _SLOPE)
        kernels.lagrange_slope(k - first, young[first : first + _SLOPE], slope)
        matrix[k, first : first + _SLOPE] += slope / (rows.unit * math.cosh(young[k]))
    return matrix
