"""Conjugate gradients: a minimum for three vectors of memory."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np

from spinglass._common.jit import jit
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.line_search import accepts, shorter
from spinglass.descent.line_search_steps import LARGEST, at_trial, set_off, take
from spinglass.descent.method import Method, Rows, State
from spinglass.descent.row_kernels import dot, over_rows, step_along, tangent_part, transport_along
from spinglass.landscape import Array


class Line(NamedTuple):
    """The direction and the step along it."""

    direction: Array  # (B, n), tangent
    slope: Array  # (B,), gradient.direction
    step: Array  # (B,)


@dataclass(frozen=True, kw_only=True)
class ConjugateGradient(Method[Line]):
    """Nonlinear conjugate gradients with parallel transport, which descend with any line search.

    ``d <- -g + beta d`` with ``beta = (y - 2 d |y|^2/(d.y)).g/(d.y)``, ``y`` the change of the gradient, but
    no less than ``0.4 d.g_old/|d|^2``; ``d`` and the old gradient are carried along the step.

    Source: Hager and Zhang, SIAM J. Optim. 16 (2005) 170, section 1; the bound on beta, which does not depend
    on the unit of energy, is that of their SIAM J. Optim. 23 (2013) 2150.
    """

    max_iterations: ClassVar[int] = 10_000

    def row_bytes(self, n: int) -> int:
        """Return the memory of the direction."""
        return 8 * (n + 2)

    def start(self, evaluate: Evaluator, state: State, rows: Rows, gradient: Array) -> Line:  # noqa: ARG002
        """Set off along the negative gradient."""
        batch, n = state.x.shape
        own = Line(np.empty((batch, n)), np.empty(batch), np.empty(batch))
        over_rows(partial(set_off, state, own), n, rows)
        return own

    def advance(self, evaluate: Evaluator, state: State, own: Line, rows: Rows, energy: Array, gradient: Array) -> None:
        """Accept or shorten each row's step, and turn the direction of those that moved."""
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
    """Set the direction at the trial, of gradient ``new``, and the step to its minimum at this curvature."""
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
