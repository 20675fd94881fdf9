"""Stochastic gradient descent over the parts of an energy, with a decaying learning rate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from spinglass._common.arguments import whole_number
from spinglass._common.jit import jit
from spinglass._common.seeds import Seed, child, generator, seed_sequence
from spinglass._common.types import Array
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.method import Method, Rows, State
from spinglass.descent.row_kernels import over_rows, step_along, tangent_part, tangent_parts


@dataclass(frozen=True, kw_only=True)
class StochasticGradient(Method[np.random.SeedSequence]):
    """Stochastic gradient descent ``x <- retract(x, -rate_t g_part)``, one pass through all parts per epoch.

    ``g_part`` is the tangent part of the landscape's ``stochastic_gradient``; its mean over the parts is the gradient.
    In epoch t the learning rate is ``rate_t = rate/(1 + decay t)``. The rate is a time step, so an energy c times as
    large needs ``rate/c``. All rows use the parts in the same random order. An iteration is an epoch. The full gradient
    is evaluated at the end of an epoch; the epoch and this evaluation count as one evaluation each.

    Parameters
    ----------
    parts : int, default 10
        Number of parts of the energy.
    rate : float, default 0.1
        Initial learning rate, in units of time.
    decay : float, default 0.1
        Decay of the learning rate per epoch.
    seed : int, SeedSequence or Generator, default 0
        Source of the random order of the parts.

    Raises
    ------
    ValueError
        If ``parts`` is not a whole number of at least 1, ``rate`` is not positive, or ``decay`` is negative.

    References
    ----------
    Robbins and Monro, Ann. Math. Stat. 22 (1951) 400; as in Choromanska et al. (2015), section 5.
    """

    max_iterations: ClassVar[int] = 200
    # While the rate is high, noise can hide progress for any number of epochs.
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
        """Return the memory of one stochastic gradient, in bytes."""
        return 8 * n

    def start(self, evaluate: Evaluator, state: State, rows: Rows, gradient: Array) -> np.random.SeedSequence:  # noqa: ARG002
        """Compute the first epoch."""
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
        """Move to the end of the last epoch, and compute the next."""
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
        # All active rows have completed the same number of epochs.
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
