"""Limited-memory BFGS, the default method."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np

from spinglass._common.arguments import whole_number
from spinglass._common.jit import jit
from spinglass._common.types import Array, IntArray
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.line_search import accepts, shorter
from spinglass.descent.line_search_steps import LARGEST, at_trial, set_off, steepest, take
from spinglass.descent.method import Method, Rows, State
from spinglass.descent.row_kernels import dot, over_rows, step_along, tangent_part


class Memory(NamedTuple):
    """Search direction, step length, and the last pairs of moves and gradient changes of each row."""

    direction: Array  # (B, n), tangent
    slope: Array  # (B,), gradient.direction
    step: Array  # (B,)
    moves: Array  # (B, memory, n)
    changes: Array  # (B, memory, n)
    weight: Array  # (B, memory), 1/(move.change)
    stored: IntArray  # (B,), number of pairs stored since the last reset


@dataclass(frozen=True, kw_only=True)
class LBFGS(Method[Memory]):
    """Limited-memory BFGS with projected directions.

    The pairs are stored as vectors of R^n without transport; only the direction is projected to the tangent space. This
    agrees to first order in the step with L-BFGS in R^n for the energy extended along rays.

    Parameters
    ----------
    memory : int, default 10
        Number of pairs, at least 1.

    Raises
    ------
    ValueError
        If ``memory`` is not a whole number of at least 1.

    References
    ----------
    Liu and Nocedal, Math. Program. 45 (1989) 503; Nocedal and Wright, "Numerical Optimization" (2006), algorithm 7.4.
    """

    max_iterations: ClassVar[int] = 10_000
    memory: int = 10

    def __post_init__(self) -> None:
        whole_number("memory", self.memory, 1)

    def row_bytes(self, n: int) -> int:
        """Return the memory of the pairs and the direction of one row, in bytes."""
        return 8 * n * (2 * self.memory + 1)

    def start(self, evaluate: Evaluator, state: State, rows: Rows, gradient: Array) -> Memory:  # noqa: ARG002
        """Set the first trials along the negative gradient."""
        batch, n = state.x.shape
        own = Memory(
            direction=np.empty((batch, n)),
            slope=np.empty(batch),
            step=np.empty(batch),
            moves=np.empty((batch, self.memory, n)),
            changes=np.empty((batch, self.memory, n)),
            weight=np.empty((batch, self.memory)),
            stored=np.zeros(batch, dtype=np.int64),
        )
        over_rows(partial(set_off, state, own), n, rows)
        return own

    def advance(
        self, evaluate: Evaluator, state: State, own: Memory, rows: Rows, energy: Array, gradient: Array
    ) -> None:
        """Accept or shorten the step of each row, and update the direction of the rows that moved."""
        over_rows(partial(_advance, state, own, evaluate.rounding), state.x.shape[1], rows, energy, gradient)


@jit
def _advance(state: State, own: Memory, rounding: float, rows: Rows, energy: Array, gradient: Array) -> None:
    new = np.empty(state.x.shape[1])
    for k in range(rows.size):
        row = rows[k]
        direction, step = own.direction[row], own.step[row]
        norm, slope = at_trial(state, own, row, gradient[k], new)
        if accepts(step, state.energy[row], own.slope[row], energy[k], slope, rounding):
            _remember(state, own, row, new)
            take(state, row, energy[k], new, norm)
            _turn(state, own, row)
        else:
            own.step[row] = shorter(step, state.energy[row], own.slope[row], energy[k], slope)
        step_along(state.x[row], direction, own.step[row], state.trial[row])


@jit
def _remember(state: State, own: Memory, row: int, new: Array) -> None:
    """Store the pair of the step from x to the trial, unless the curvature along it is not positive."""
    n, memory = state.x.shape[1], own.moves.shape[1]
    slot = own.stored[row] % memory
    move, change = own.moves[row, slot], own.changes[row, slot]
    for i in range(n):
        move[i] = state.trial[row, i] - state.x[row, i]
        change[i] = new[i] - state.gradient[row, i]
    product = dot(move, change)
    if product > 1e-8 * np.sqrt(dot(move, move) * dot(change, change)):
        own.weight[row, slot] = 1.0 / product
        own.stored[row] += 1


@jit
def _turn(state: State, own: Memory, row: int) -> None:
    """Set the direction by the two-loop recursion, or to steepest descent if that direction does not descend."""
    n, memory = state.x.shape[1], own.moves.shape[1]
    stored = own.stored[row]
    kept = min(stored, memory)
    if kept == 0:
        steepest(state, own, row)
        return
    moves, changes, weight = own.moves[row], own.changes[row], own.weight[row]
    direction = own.direction[row]
    share = np.empty(kept)
    for i in range(n):
        direction[i] = -state.gradient[row, i]
    for back in range(kept):
        slot = (stored - 1 - back) % memory
        share[back] = weight[slot] * dot(moves[slot], direction)
        for i in range(n):
            direction[i] -= share[back] * changes[slot, i]
    newest = (stored - 1) % memory
    scale = 1.0 / (weight[newest] * dot(changes[newest], changes[newest]))
    for i in range(n):
        direction[i] *= scale
    for back in range(kept - 1, -1, -1):
        slot = (stored - 1 - back) % memory
        rest = share[back] - weight[slot] * dot(changes[slot], direction)
        for i in range(n):
            direction[i] += rest * moves[slot, i]
    length = tangent_part(state.x[row], direction, direction)
    own.slope[row] = dot(direction, state.gradient[row])
    own.step[row] = min(1.0, LARGEST * np.sqrt(n) / length)
    if not own.slope[row] < -1e-8 * length * state.norm[row]:
        steepest(state, own, row)
        own.stored[row] = 0
