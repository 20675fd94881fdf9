"""Damped Newton's method for critical points of any index near the start."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from spinglass import sphere
from spinglass._common.assignment import assign
from spinglass._common.jit import jit
from spinglass._common.threads import one_blas_thread, run_in_threads
from spinglass._common.types import Array
from spinglass.descent.evaluation import Evaluator
from spinglass.descent.method import Method, Rows, State
from spinglass.descent.row_kernels import dot, step_along, tangent_part

# Tangent of the largest angle by which a step turns a point.
_LARGEST = 0.3
_FIRST_DAMPING = 1e-2


class Trust(NamedTuple):
    """Damping of each row and the prediction of its quadratic model."""

    damping: Array  # (B,), in units of |gradient|^2/n
    growth: Array  # (B,), factor on the damping at the next rejection
    predicted: Array  # (B,), |gradient|^2 at the trial according to the model
    radial: Array  # (B,), x.grad/n


@dataclass(frozen=True, kw_only=True)
class Newton(Method[Trust]):
    """The Levenberg-Marquardt method for ``|Riemannian gradient|^2`` with the dense Riemannian Hessian.

    The step is ``-sum_i l_i/(l_i^2 + mu) (v_i.g) v_i`` over the eigenpairs (l_i, v_i) of the Hessian. The damping mu is
    a multiple of ``|g|^2/n`` that is adapted to the ratio of actual to predicted decrease. Convergence is quadratic,
    down to rounding level. Where the Hessian is singular along the gradient, ``|gradient|`` can have local minima that
    are not critical points; rows that reach one end as "stalled".

    References
    ----------
    Fan and Yuan, Computing 74 (2005) 23 (choice of mu); Nielsen, IMM-REP-1999-05 (its update).
    """

    max_iterations: ClassVar[int] = 500
    patience: ClassVar[int | None] = 12

    def row_bytes(self, n: int) -> int:  # noqa: ARG002
        """Return the memory of the four numbers of one row, in bytes; Hessians are processed in slices."""
        return 8 * 4

    def start(self, evaluate: Evaluator, state: State, rows: Rows, gradient: Array) -> Trust:
        """Propose the first steps."""
        batch, n = state.x.shape
        own = Trust(np.full(batch, _FIRST_DAMPING), np.full(batch, 2.0), np.empty(batch), np.empty(batch))
        own.radial[rows] = np.einsum("bi,bi->b", state.x[rows], gradient) / n
        _propose(evaluate, state, own, rows)
        return own

    def advance(
        self, evaluate: Evaluator, state: State, own: Trust, rows: Rows, energy: Array, gradient: Array
    ) -> None:
        """Accept the trials that reduce the gradient sufficiently, and propose the next steps."""
        _judge(state, own, rows, energy, gradient)
        _propose(evaluate, state, own, rows)


@jit
def _judge(state: State, own: Trust, rows: Rows, energy: Array, gradient: Array) -> None:
    n = state.x.shape[1]
    new = np.empty(n)
    for k in range(rows.size):
        row = rows[k]
        norm = tangent_part(state.trial[row], gradient[k], new)
        before = state.norm[row] ** 2
        gain = (before - norm * norm) / max(before - own.predicted[row], 1e-300)
        if norm < state.norm[row] and gain > 1e-4:
            own.damping[row] *= max(1.0 / 3.0, 1.0 - (2.0 * gain - 1.0) ** 3)
            own.growth[row] = 2.0
            own.radial[row] = dot(state.trial[row], gradient[k]) / n
            assign(state.x[row], state.trial[row])
            state.energy[row] = energy[k]
            assign(state.gradient[row], new)
            state.norm[row] = norm
            state.iterations[row] += 1
        else:
            own.damping[row] *= own.growth[row]
            own.growth[row] *= 2.0


def _propose(evaluate: Evaluator, state: State, own: Trust, rows: Rows) -> None:
    for part in sphere.hessian_slices(rows.size, state.x.shape[1]):
        here = rows[part]
        unit = evaluate.unit
        hessians = sphere.reduced_hessian(evaluate.landscape, state.x[here], own.radial[here] * unit) / unit
        with one_blas_thread():
            run_in_threads(_step_of(state, own, here, hessians), range(here.size))


def _step_of(state: State, own: Trust, rows: Rows, hessians: Array) -> Callable[[int], None]:
    def step(k: int) -> None:
        row = rows[k]
        if not np.isfinite(hessians[k]).all():
            state.trial[row] = np.nan
            return
        x = state.x[row]
        eigenvalues, vectors = np.linalg.eigh(hessians[k])
        share = vectors.T @ sphere.coordinates(x, state.gradient[row])
        moves, own.damping[row], own.predicted[row] = _damped(eigenvalues, share, own.damping[row], x.size)
        step_along(x, sphere.from_coordinates(x, vectors @ moves), 1.0, state.trial[row])

    return step


def _damped(eigenvalues: Array, share: Array, damping: float, n: int) -> tuple[Array, float, float]:
    """Return the step along each eigenvector, the damping that limits its length, and the predicted |gradient|^2."""
    squares = float(share @ share)
    while True:
        weight = eigenvalues**2 + damping * squares / n
        with np.errstate(invalid="ignore", divide="ignore"):
            moves = np.where(weight > 0, -eigenvalues * share / weight, 0.0)
        if moves @ moves <= _LARGEST**2 * n:
            rest = share + eigenvalues * moves
            return moves, damping, float(rest @ rest)
        damping *= 4.0
