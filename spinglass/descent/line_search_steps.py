"""Steps shared by all methods with a line search: the first trial, the slope at a trial, and acceptance."""

from typing import Protocol

import numpy as np

from spinglass._common.assignment import assign
from spinglass._common.jit import jit
from spinglass._common.types import Array
from spinglass.descent.method import Rows, State
from spinglass.descent.row_kernels import dot, step_along, tangent_part

# Angle by which a step turns a point if there is no curvature information, as in the first step.
_FIRST_ANGLE = 0.2
# Tangent of the largest angle by which a step turns a point.
LARGEST = 0.3


class Searching(Protocol):
    """The arrays that every method with a line search keeps."""

    @property
    def direction(self) -> Array:
        """Tangent directions, shape (B, n)."""

    @property
    def slope(self) -> Array:
        """``gradient.direction``, shape (B,)."""

    @property
    def step(self) -> Array:
        """Next step along the direction, in units of the length of the direction, shape (B,)."""


@jit
def set_off(state: State, own: Searching, rows: Rows) -> None:
    """Set the first trial of each row, along its negative gradient."""
    for row in rows:
        steepest(state, own, row)
        step_along(state.x[row], own.direction[row], own.step[row], state.trial[row])


@jit
def steepest(state: State, own: Searching, row: int) -> None:
    """Set the direction of one row to the negative gradient."""
    n = state.x.shape[1]
    for i in range(n):
        own.direction[row, i] = -state.gradient[row, i]
    norm = max(state.norm[row], 1e-300)
    own.slope[row] = -norm * norm
    own.step[row] = _FIRST_ANGLE * np.sqrt(n) / norm


@jit
def at_trial(state: State, own: Searching, row: int, gradient: Array, new: Array) -> tuple[float, float]:
    """Write the Riemannian gradient at the trial to ``new``; return its length and the slope there along the step."""
    n = state.x.shape[1]
    direction, step = own.direction[row], own.step[row]
    norm = tangent_part(state.trial[row], gradient, new)
    shrink = np.sqrt(n / (n + step * step * dot(direction, direction)))
    return norm, shrink * dot(new, direction)


@jit
def take(state: State, row: int, energy: float, new: Array, norm: float) -> None:
    """Move one row to its trial, where the Riemannian gradient is ``new``."""
    assign(state.x[row], state.trial[row])
    assign(state.gradient[row], new)
    state.norm[row] = norm
    state.energy[row] = energy
    state.iterations[row] += 1
