"""Stochastic gradient descent over the parts of an energy, with a decaying rate."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from spinglass._common.arguments import whole_number
from spinglass._common.jit import jit
from spinglass._common.seeds import Seed, child, generator, seed_sequence
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.method import Method, Rows, State
from spinglass.descent.row_kernels import over_rows, step_along, tangent_part, tangent_parts
from spinglass.landscape import Array


@dataclass(frozen=True, kw_only=True)
class StochasticGradient(Method[np.random.SeedSequence]):
    """Steps ``x <- retract(x, -rate g_part)`` through all parts in random order, one pass an epoch.

    ``g_part`` is the tangent part of the landscape's ``stochastic_gradient``, whose mean over the parts is
    the gradient, and ``rate`` falls as ``rate/(1 + decay epoch)``. A rate is a step of time, so that energies c times
    as large want ``rate/c``. All rows see the parts in the same order.
    An iteration is an epoch; the full gradient is evaluated at its end, and counts as one evaluation as the
    epoch does.

    Source: Robbins and Monro, Ann. Math. Stat. 22 (1951) 400; as in Choromanska et al. (2015), section 5.
    """

    max_iterations: ClassVar[int] = 200
    # Noise can hide progress for as long as the rate stays high.
    patience: ClassVar[int | None] = None
    parts: int = 10
    rate: float = 0.1
    decay: float = 0.1
    seed: Seed = 0

    def __post_init__(self) -> None:
        whole_number("parts", self.parts, 1)
        if not self.rate > 0 or not self.decay >= 0:
            raise ValueError(
                "sgd needs parts >= 1, rate > 0 and decay >= 0, "
                f"not parts={self.parts}, rate={self.rate}, decay={self.decay}"
            )

    def row_bytes(self, n: int) -> int:
        """Return the memory of one stochastic gradient."""
        return 8 * n

    def start(self, evaluate: Evaluator, state: State, rows: Rows, gradient: Array) -> np.random.SeedSequence:  # noqa: ARG002
        """Go through the first epoch."""
        own = seed_sequence(self.seed)
        self._epoch(evaluate, state, own, rows)
        return own

    def advance(
        self,
        evaluate: Evaluator,
        state: State,
        own: np.random.SeedSequence,
        rows: Rows,
        energy: Array,
        gradient: Array,
    ) -> None:
        """Stand where the epoch ended, and go through the next."""
        state.x[rows] = state.trial[rows]
        state.energy[rows] = energy
        state.iterations[rows] += 1
        tangent, norm = np.empty_like(gradient), np.empty_like(energy)
        tangent_parts(state.x[rows], gradient, tangent, norm)
        state.gradient[rows], state.norm[rows] = tangent, norm
        self._epoch(evaluate, state, own, rows)

    def _epoch(self, evaluate: Evaluator, state: State, own: np.random.SeedSequence, rows: Rows) -> None:
        if not rows.size:
            return
        # Rows under way have all gone through the same number of epochs.
        epoch = int(state.iterations[rows[0]])
        rate = self.rate / (1 + self.decay * epoch) * evaluate.unit
        state.trial[rows] = state.x[rows]
        for part in generator(child(own, epoch)).permutation(self.parts):
            gradient = evaluate.part(state.trial[rows], int(part), self.parts)
            over_rows(partial(_step, state, rate), state.x.shape[1], rows, gradient)
        evaluate.calls += 1


@jit
def _step(state: State, rate: float, rows: Rows, gradient: Array) -> None:
    tangent = np.empty(state.x.shape[1])
    for k in range(rows.size):
        trial = state.trial[rows[k]]
        tangent_part(trial, gradient[k], tangent)
        step_along(trial, tangent, -rate, trial)
