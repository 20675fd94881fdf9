"""Steps of the dilating grid: at each time the equations are solved for all second times at once.

At fixed label (see ``dilating_kernels``) successive rows differ little, so time derivatives there are backward
differences in X: of C, and of R divided by an exponential function of X, because R falls as 1/t. Derivatives along a
row are differences with more nodes on the younger side. The memory integrals use Gauss's rule on panels that become
longer away from both ends. Newton's method with analytic derivatives solves all equations of a row together.

Late in a descent the equations are nearly singular: the memory integrals nearly cancel mu C for any clock h in
C(t,t') = c(h(t') / h(t)). Newton's method then converges only if it is damped, and errors of the interpolation between
rows change correlations by an amount that increases in proportion to t. Differences between rows are smooth at
1e7 / rate for orders 3 to 20.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import lu_factor, lu_solve
from threadpoolctl import threadpool_limits

from spinglass._common.types import Array
from theory.dynamics.dilating_grid import SEEDS, Rows
from theory.dynamics.uniform_grid import Protocol, Run

_GAUSS = 4  # number of points of the rule on each panel
_SLOPE, _YOUNGER = 11, 6  # number of nodes for a derivative along a row, and how many of them are younger
_BACK = 3  # number of earlier rows for a derivative in log t and for the first guess
_ITERATIONS, _CONVERGED, _GOOD = 60, 1e-12, 1e-9
# Derivatives are computed anew where a correction is longer than this fraction of the one before.
_SLOW = 0.03
# The smallest fraction of a Newton step that is tried.
_SHORTEST = 1e-6


def continued(run: Run, protocol: Protocol, end: float, spacing: float, unit: float) -> Rows:
    """Continue a uniform run to ``end``, with steps proportional to time and nodes at distances proportional to lag."""
    rows = Rows.after(run, end, spacing, unit)
    # One thread: the systems are small, and the last bits must not depend on the number of threads.
    with threadpool_limits(1, user_api="blas"):
        for row in range(SEEDS, rows.times.size):
            _Equations.of(rows, row, protocol).solve(rows)
    return rows


@dataclass(frozen=True)
class _Equations:
    """The equations of one row, of mu, C at nodes 1.. and R at nodes 0.., in this order."""

    row: int
    time: float
    protocol: Protocol
    drift: Array  # matrix of d/dt at fixed t' that acts on C of the row itself
    growth: Array  # rate of growth of R in t at fixed label, which is added to the matrix for R
    past: Array  # (2, nodes): contribution of earlier rows to d/dt
    guess: Array
    points: Any  # of the memory integrals
    memory_of_start: tuple[Array, Array]  # C(t', 0): the known part, and the matrix of the row itself

    @classmethod
    def of(cls, rows: Rows, row: int, protocol: Protocol) -> "_Equations":
        from theory.dynamics import dilating_kernels as kernels
        from theory.dynamics import dilating_memory as memory

        time, grid = float(rows.times[row]), rows.grid()
        lags, others = rows.nodes(row)
        earlier, growth = rows.earlier(row, _BACK)
        ahead, slope = np.empty(_BACK), np.empty(_BACK + 1)
        kernels.weights_at(-1.0, ahead)
        kernels.slope_weights(0, slope)
        slope /= -grid[4] * math.hypot(time, rows.unit)
        guess = np.tensordot(ahead, earlier, 1)
        guess[:, 0] = ahead @ rows.multiplier[row - _BACK : row][::-1], 1.0
        abscissae, weights = np.polynomial.legendre.leggauss(_GAUSS)
        rule = np.array([(1 + abscissae) / 2, weights / 2])
        graded = 4 * (math.ceil(math.asinh(time / rows.unit) / grid[4]) + 1)
        room = others.size * _GAUSS * (graded + row + 1)  # panels end at the times of rows, too
        start = np.zeros((others.size, 4)), np.zeros((others.size, others.size))
        if protocol.inverse_start:
            kernels.start_at_nodes(grid, row, others, *start)
        return cls(
            row,
            time,
            protocol,
            _drift(rows, row, slope[0]),
            growth / math.hypot(time, rows.unit),
            np.tensordot(slope[1:], earlier, 1),
            guess.ravel(),
            memory.plan(grid, row, lags, others, rule, room),
            start,
        )

    def solve(self, rows: Rows) -> None:
        """Solve the equations by damped Newton's method and store the row.

        A step is shortened until the correction that follows it, with the same derivatives, is shorter (Deuflhard's
        test, which does not depend on the scale of the equations).
        """
        unknown, factors, step = self.guess, None, np.empty(0)
        for _ in range(_ITERATIONS):
            if factors is None:
                F, J, _ = self.residual(unknown, True)
                factors = lu_factor(J, overwrite_a=True, check_finite=False)
                step = lu_solve(factors, -F, check_finite=False)
            share, after = self.shortened(unknown, step, factors)
            if not share:
                break
            unknown, moved = unknown + share * step, float(np.abs(step[1:]).max())
            if moved < _GOOD and (moved < _CONVERGED or np.linalg.norm(after) > _SLOW * np.linalg.norm(step)):
                self.store(unknown, rows)
                return
            if share < 1 or np.linalg.norm(after) > _SLOW * np.linalg.norm(step):
                factors = None
            step = after
        raise ArithmeticError(
            f"the equations at time {self.time:.4g} were not solved: the last correction was "
            f"{np.abs(step[1:]).max():.1e}; give earlier times, or change the spacing"
        )

    def shortened(self, unknown: Array, step: Array, factors: Any) -> tuple[float, Array]:
        """Return the largest fraction 1, 1/2, 1/4 ... of a step that is accepted, or 0, and the correction after it."""
        share, length = 1.0, float(np.linalg.norm(step))
        while True:
            F, _, _ = self.residual(unknown + share * step, False)
            after = lu_solve(factors, -F, check_finite=False)
            # The shortest corrections are rounding errors, which do not become smaller.
            if np.linalg.norm(after) <= (1 - share / 4) * length or np.abs(step[1:]).max() < _GOOD:
                return share, after
            share /= 2
            if share < _SHORTEST:
                return 0.0, after

    def store(self, unknown: Array, rows: Rows) -> None:
        """Store a solution as a row."""
        n = unknown.size // 2
        rows.store(self.row, np.append(1.0, unknown[1:n]), unknown[n:])
        rows.energy[self.row], rows.multiplier[self.row] = self.residual(unknown, False)[2], unknown[0]

    def residual(self, unknown: Array, sloping: bool) -> tuple[Array, Array, float]:
        """Return the residual of the equations, its derivatives if ``sloping``, and the energy."""
        from theory.dynamics import dilating_memory as memory

        n, mu = unknown.size // 2, unknown[0]
        c, r = unknown[:n].copy(), unknown[n:].copy()
        c[0] = 1.0
        F, J = np.zeros(2 * n), np.zeros((2 * n, 2 * n if sloping else 0))
        energy = memory.memory(*self.protocol.glass(), self.points, c, r, sloping, F, J)
        if self.protocol.inverse_start:
            energy += self.pull(c, sloping, F, J)
        F[0] += mu - self.protocol.temperature
        F[1:n] += self.drift[1:] @ c + self.past[0, 1:] + mu * c[1:]
        F[n:] += self.drift @ r + self.past[1] + (mu + self.growth) * r
        F[n] = r[0] - 1.0
        if sloping:
            J[1:n, :n] += self.drift[1:]
            J[n:, n:] += self.drift
            J[np.arange(2 * n), np.arange(2 * n)] += np.concatenate([np.full(n, mu), mu + self.growth])
            J[:, 0] = np.concatenate([c, r])
            J[n] = 0.0
            J[n, n] = 1.0
        return F, J, energy

    def pull(self, c: Array, sloping: bool, F: Array, J: Array) -> float:
        """Subtract the force towards a thermal start from the equations, and return its energy."""
        nu, inverse, n = self.protocol.nu, self.protocol.inverse_start, c.size
        known, share = self.memory_of_start
        start = known[:, 0] + share @ c
        force = inverse * float(nu(c[-1], 1))
        F[:n] -= force * start
        if sloping:
            J[:n, :n] -= force * share
            J[:n, n - 1] -= inverse * float(nu(c[-1], 2)) * start
        return -inverse * float(nu(c[-1]))


def _drift(rows: Rows, row: int, at_same_label: float) -> Array:
    """Return the matrix of d/dt at fixed t' on a row: at the same label, and along the row."""
    from theory.dynamics import dilating_kernels as kernels

    size, time, unit = int(rows.sizes[row]), rows.times[row], rows.unit
    lags, _ = rows.nodes(row)
    x = rows.places(row)
    speeds = 1 / np.hypot(lags, unit) - (x / x[-1]) ** 3 / math.hypot(time, unit)
    matrix, slope = at_same_label * np.eye(size), np.empty(_SLOPE)
    for k in range(size - 1):  # the last node lies at t' = 0 in all rows
        first = min(max(k - _YOUNGER, 0), size - _SLOPE)
        kernels.slope_weights(k - first, slope)
        matrix[k, first : first + _SLOPE] += slope * speeds[k] / (x[1] - x[0])
    return matrix
