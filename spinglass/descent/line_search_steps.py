"""What methods with a line search share: setting off downhill, the slope at the end of a step, and taking it."""

from typing import Protocol

import numpy as np

from spinglass._common.jit import jit
from spinglass.descent.method import Rows, State
from spinglass.descent.row_kernels import dot, step_along, tangent_part
from spinglass.landscape import Array

# The first step, and any other that has no curvature to go by, turns a point by about this angle.
_FIRST_ANGLE = 0.2
# No step turns a point by more than atan of this.
LARGEST = 0.3


class Searching(Protocol):
    """What a method keeps of each row's search, besides what is its own."""

    @property
    def direction(self) -> Array:
        """Tangent directions, shape (B, n)."""

    @property
    def slope(self) -> Array:
        """``gradient.direction``, shape (B,)."""

    @property
    def step(self) -> Array:
        """How far to go along the direction next, in units of its length, shape (B,)."""


@jit
def set_off(state: State, own: Searching, rows: Rows) -> None:
    """Choose each row's first trial, along its negative gradient."""
    for row in rows:
        steepest(state, own, row)
        step_along(state.x[row], own.direction[row], own.step[row], state.trial[row])


@jit
def steepest(state: State, own: Searching, row: int) -> None:
    """Turn one row's direction to the negative gradient."""
    n = state.x.shape[1]
    for i in range(n):
        own.direction[row, i] = -state.gradient[row, i]
    norm = max(state.norm[row], 1e-300)
    own.slope[row] = -norm * norm
    own.step[row] = _FIRST_ANGLE * np.sqrt(n) / norm


@jit
def at_trial(state: State, own: Searching, row: int, gradient: Array, new: Array) -> tuple[float, float]:
    """Write the Riemannian gradient at the trial to ``new``; return its length and the slope along the step there."""
    n = state.x.shape[1]
    direction, step = own.direction[row], own.step[row]
    norm = tangent_part(state.trial[row], gradient, new)
    shrink = np.sqrt(n / (n + step * step * dot(direction, direction)))
    return norm, shrink * dot(new, direction)


@jit
def take(state: State, row: int, energy: float, new: Array, norm: float) -> None:
    """Move one row to its trial, of Riemannian gradient ``new``."""
    state.x[row] = state.trial[row]
    state.gradient[row] = new
    state.norm[row] = norm
    state.energy[row] = energy
    state.iterations[row] += 1
