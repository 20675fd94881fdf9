"""Nonlinear conjugate gradients, a minimiser with little memory."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import Array
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.line_search import accepts, shorter
from spinglass.descent.line_search_steps import LARGEST, at_trial, set_off, take
from spinglass.descent.method import Method, Rows, State
from spinglass.descent.row_kernels import dot, over_rows, step_along, tangent_part, transport_along


class Line(NamedTuple):
    """Search direction and step length of each row."""

    direction: Array  # (B, n), tangent
    slope: Array  # (B,), gradient.direction
    step: Array  # (B,)


@dataclass(frozen=True, kw_only=True)
class ConjugateGradient(Method[Line]):
    """Nonlinear conjugate gradients with parallel transport; directions descend for any line search.

    ``d <- -g + beta d`` with ``beta = (y - 2 d |y|^2/(d.y)).g/(d.y)``, but at least ``0.4 d.g_old/|d|^2``, where y is
    the change of the gradient. The direction d and the old gradient are transported to the new point.

    References
    ----------
    Hager and Zhang, SIAM J. Optim. 16 (2005) 170, section 1; the lower bound on beta, which does not depend on the unit
    of energy, is from Hager and Zhang, SIAM J. Optim. 23 (2013) 2150.
    """

    max_iterations: ClassVar[int] = 10_000

    def row_bytes(self, n: int) -> int:
        """Return the memory of the direction of one row, in bytes."""
        return 8 * (n + 2)

    def start(self, evaluate: Evaluator, state: State, rows: Rows, gradient: Array) -> Line:  # noqa: ARG002
        """Set the first trials along the negative gradient."""
        batch, n = state.x.shape
        own = Line(np.empty((batch, n)), np.empty(batch), np.empty(batch))
        over_rows(partial(set_off, state, own), n, rows)
        return own

    def advance(self, evaluate: Evaluator, state: State, own: Line, rows: Rows, energy: Array, gradient: Array) -> None:
        """Accept or shorten the step of each row, and update the direction of the rows that moved."""
        over_rows(partial(_advance, state, own, evaluate.rounding), state.x.shape[1], rows, energy, gradient)


@jit
def _advance(state: State, own: Line, rounding: float, rows: Rows, energy: Array, gradient: Array) -> None:
    new = np.empty(state.x.shape[1])
    for k in range(rows.size):
        row = rows[k]
        direction, step = own.direction[row], own.step[row]
        norm, slope = at_trial(state, own, row, gradient[k], new)
        if accepts(step, state.energy[row], own.slope[row], energy[k], slope, rounding):
            curvature = (slope - own.slope[row]) / step / dot(direction, direction)
            _turn(state, own, row, new, curvature)
            take(state, row, energy[k], new, norm)
        else:
            own.step[row] = shorter(step, state.energy[row], own.slope[row], energy[k], slope)
        step_along(state.x[row], direction, own.step[row], state.trial[row])


@jit
def _turn(state: State, own: Line, row: int, new: Array, curvature: float) -> None:
    """Set the direction at the trial, where the gradient is ``new``, and the step that minimises at this curvature."""
    n = new.size
    x, trial, old, direction = state.x[row], state.trial[row], state.gradient[row], own.direction[row]
    transport_along(x, trial, old, old)
    transport_along(x, trial, direction, direction)
    change_square = change_direction = change_new = 0.0
    for i in range(n):
        change = new[i] - old[i]
        change_square += change * change
        change_direction += change * direction[i]
        change_new += change * new[i]
    beta = 0.0
    if change_direction > 0.0:
        beta = (change_new - 2.0 * change_square / change_direction * dot(direction, new)) / change_direction
        beta = max(beta, 0.4 * own.slope[row] / dot(direction, direction))
    for i in range(n):
        direction[i] = beta * direction[i] - new[i]
    length = tangent_part(trial, direction, direction)
    own.slope[row] = dot(direction, new)
    largest = LARGEST * np.sqrt(n) / length
    own.step[row] = largest
    if curvature > 0.0:
        own.step[row] = min(largest, -own.slope[row] / (curvature * length * length))
