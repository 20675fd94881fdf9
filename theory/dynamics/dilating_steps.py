"""Steps of the dilating grid: at each time the equations are solved for all second times at once.

At fixed ``sinh(x / 2) / sinh(X / 2)`` (see ``dilating_kernels``) successive rows differ little, so time derivatives
there are backward differences in X. Derivatives along a row are differences with more nodes on the younger side. The
memory integrals use Gauss's rule on panels that become longer away from both ends. Newton's method with analytic
derivatives solves all equations of a row together.

The latest time is limited by stability. Late in a descent the memory integrals nearly cancel mu C for any clock h in
C(t,t') = c(h(t') / h(t)), and only d/dt, which decreases as 1/t, determines the clock. Differences between the clocks
of successive rows then grow. A possible reason is that quadrature of high order is unstable for Volterra equations of
the first kind, which these resemble.
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

_GAUSS, _PANEL = 8, 1.0  # number of points of the rule, and length of its panels in asinh(lag / unit)
_SLOPE, _YOUNGER = 11, 6  # number of nodes for a derivative along a row, and how many of them are younger
_BACK = 3  # number of earlier rows for a derivative in log t
_ITERATIONS, _CONVERGED, _GOOD = 25, 1e-12, 1e-9
# Derivatives are computed anew where a correction is longer than this fraction of the one before.
_SLOW = 0.03


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
    drift: Array  # matrix of d/dt at fixed t' that acts on the row itself
    past: Array  # (2, nodes): contribution of earlier rows to d/dt
    guess: Array
    points: Any  # of the memory integrals
    memory_of_start: tuple[Array, Array]  # C(t', 0): the known part, and the matrix of the row itself

    @classmethod
    def of(cls, rows: Rows, row: int, protocol: Protocol) -> "_Equations":
        from theory.dynamics import dilating_kernels as kernels

        time, grid = float(rows.times[row]), rows.grid()
        lags, others = rows.nodes(row)
        slants, earlier = rows.slants(row), np.empty((SEEDS, 2, others.size))
        for back in range(SEEDS):
            kernels.row_at_nodes(grid, row - 1 - back, slants, earlier[back])
        ahead, slope = np.empty(SEEDS), np.empty(_BACK + 1)
        kernels.weights_at(-1.0, ahead)
        kernels.slope_weights(0, slope)
        slope /= -grid[4] * math.hypot(time, rows.unit)
        guess = np.tensordot(ahead, earlier, 1)
        guess[:, 0] = ahead @ rows.multiplier[row - SEEDS : row][::-1], 1.0
        abscissae, weights = np.polynomial.legendre.leggauss(_GAUSS)
        rule = np.array([(1 + abscissae) / 2, weights / 2])
        room = 4 * others.size * _GAUSS * (math.ceil(math.asinh(time / rows.unit) / _PANEL) + 1)
        start = np.zeros((others.size, 3)), np.zeros((others.size, others.size))
        if protocol.inverse_start:
            kernels.start_at_nodes(grid, row, others, *start)
        return cls(
            row,
            time,
            protocol,
            _drift(rows, row, slope[0]),
            np.tensordot(slope[1:], earlier[:_BACK], 1),
            guess.ravel(),
            kernels.plan(grid, row, lags, others, _PANEL, rule, room),
            start,
        )

    def solve(self, rows: Rows) -> None:
        """Solve the equations by Newton's method and store the row."""
        unknown, moved, factors = self.guess, math.inf, None
        for _ in range(_ITERATIONS):
            F, J, _ = self.residual(unknown, factors is None)
            if factors is None:
                factors = lu_factor(J, overwrite_a=True, check_finite=False)
            step = lu_solve(factors, -F, check_finite=False)
            unknown = unknown + step
            before, moved = moved, float(np.abs(step[1:]).max())
            if not _CONVERGED < moved < 1.0:  # C and R are at most 1, so a longer step means divergence
                break
            if moved > _SLOW * before:
                factors = None
        if not moved < _GOOD:
            raise ArithmeticError(
                f"the equations at time {self.time:.4g} were not solved: the last correction was {moved:.1e}; "
                "give earlier times, or set a shorter step"
            )
        n = unknown.size // 2
        rows.correlation[self.row, 1:n], rows.response[self.row, 1:n] = unknown[1:n], unknown[n + 1 :]
        rows.energy[self.row], rows.multiplier[self.row] = self.residual(unknown, False)[2], unknown[0]

    def residual(self, unknown: Array, sloping: bool) -> tuple[Array, Array, float]:
        """Return the residual of the equations, its derivatives if ``sloping``, and the energy."""
        from theory.dynamics import dilating_kernels as kernels

        n, mu = unknown.size // 2, unknown[0]
        c, r = unknown[:n].copy(), unknown[n:].copy()
        c[0] = 1.0
        F, J = np.zeros(2 * n), np.zeros((2 * n, 2 * n if sloping else 0))
        energy = kernels.memory(*self.protocol.glass(), self.points, c, r, sloping, F, J)
        if self.protocol.inverse_start:
            energy += self.pull(c, sloping, F, J)
        F[0] += mu - self.protocol.temperature
        F[1:n] += self.drift[1:] @ c + self.past[0, 1:] + mu * c[1:]
        F[n:] += self.drift @ r + self.past[1] + mu * r
        F[n] = r[0] - 1.0
        if sloping:
            J[1:n, :n] += self.drift[1:]
            J[n:, n:] += self.drift
            J[np.arange(2 * n), np.arange(2 * n)] += mu
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


def _drift(rows: Rows, row: int, at_equal_slant: float) -> Array:
    """Return the matrix of d/dt at fixed t' on a row: at fixed ``sinh(x / 2) / sinh(X / 2)``, and along the row."""
    from theory.dynamics import dilating_kernels as kernels

    size, time, unit = int(rows.sizes[row]), rows.times[row], rows.unit
    lags, _ = rows.nodes(row)
    x = rows.places(row)
    speeds = 1 / np.hypot(lags, unit) - np.tanh(x / 2) / np.tanh(x[-1] / 2) / math.hypot(time, unit)
    matrix, slope = at_equal_slant * np.eye(size), np.empty(_SLOPE)
    for k in range(size - 1):  # the last node lies at t' = 0 in all rows
        first = min(max(k - _YOUNGER, 0), size - _SLOPE)
        kernels.slope_weights(k - first, slope)
        matrix[k, first : first + _SLOPE] += slope * speeds[k] / (x[1] - x[0])
    return matrix
