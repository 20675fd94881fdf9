"""All differentiable critical points of a small ReLU network, and which of its local minima are spurious."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import optimize

from spinglass._common.types import Array, BoolArray, IntArray
from spinglass.critical_points.enumeration import enumerates
from spinglass.networks.patterns.pieces import Pattern, Piece, pieces, realisable_patterns
from spinglass.networks.patterns.rational import exact
from spinglass.networks.patterns.relu_problem import ReLUProblem

if TYPE_CHECKING:
    import pandas as pd

_SAME = 1e-7  # relative to |y|^2/2, accuracy of the quadratic programs


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReLUCriticalPoints:
    """All critical points away from kinks, one row per piece: fixed activity patterns and signs, units in any order.

    The points of a piece are connected, have the same loss and the same index, and are never isolated, because
    ``w -> a w, v -> v/a`` changes nothing. All patterns, losses and indices are exact.

    Attributes
    ----------
    problem
        The problem.
    pieces
        The pieces with their exact losses and weights, lowest loss first.
    loss
        Loss, summed over the data, shape (rows,).
    index
        Number of negative eigenvalues of the Hessian, shape (rows,). It is 0 exactly at local minima.
    isolated
        Whether the piece is one point, up to the scales of units, shape (rows,).
    spurious
        Whether the row is a local minimum above the global one, shape (rows,). That it lies above is proven: a point
        with a lower loss is known exactly.
    global_loss
        The lowest loss of all weights, kinks included: an exact value at a point that was found by quadratic programs,
        one per combination of patterns, in floating point.
    w, v
        Weights of one point per row, shapes (rows, k, d) and (rows, k).
    """

    problem: ReLUProblem
    pieces: tuple[Piece, ...]
    loss: Array
    index: IntArray
    isolated: BoolArray
    spurious: BoolArray
    global_loss: float
    w: Array
    v: Array

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.loss)

    @property
    def counts(self) -> IntArray:
        """Number of rows of each index 0, 1, ..., shape (k + 1,)."""
        return np.bincount(self.index, minlength=self.problem.hidden + 1)

    def to_frame(self) -> "pd.DataFrame":
        """Return a table with one row per piece.

        Returns
        -------
        pandas.DataFrame
            Columns ``loss``, ``index``, ``used`` (patterns with the sign of v, such as ``+110``), ``unused``, ``dead``,
            ``isolated`` and ``spurious``.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "loss": self.loss,
                "index": self.index,
                "used": [" ".join("+-"[s < 0] + _text(a) for a, s in piece.used) for piece in self.pieces],
                "unused": [" ".join(map(_text, piece.unused)) for piece in self.pieces],
                "dead": [piece.dead for piece in self.pieces],
                "isolated": self.isolated,
                "spurious": self.spurious,
            }
        )

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} of index {index}" for index, count in enumerate(self.counts) if count)
        return (
            f"ReLUCriticalPoints of {self.problem!r}: {len(self)} pieces ({counts or 'none'}), "
            f"{int(self.spurious.sum())} spurious minima, global loss {self.global_loss:.6g}"
        )


@enumerates(ReLUProblem)
def relu_critical_points(problem: ReLUProblem) -> ReLUCriticalPoints:
    """Return all critical points of a small ReLU network at which its loss is differentiable.

    Parameters
    ----------
    problem
        The problem.

    Returns
    -------
    ReLUCriticalPoints
        The pieces of the set of critical points.

    Raises
    ------
    ValueError
        If an exact elimination becomes too large.

    Examples
    --------
    >>> every = relu_critical_points(ReLUProblem([[1.0], [-1.0]], [1.0, 2.0], hidden=1))
    >>> every.to_frame()[["loss", "index", "used", "spurious"]].values.tolist()
    [[0.5, 0, '+01', False], [2.0, 0, '+10', True]]
    """
    X, y = problem.rational
    found = sorted(pieces(X, y, problem.hidden), key=lambda piece: (piece.loss, piece.index, len(piece.used)))
    lowest = _global_loss(problem)
    bound = min([lowest, *(piece.loss for piece in found)])
    allowed = Fraction(_SAME) * sum((t * t for t in y), Fraction(0)) / 2
    return ReLUCriticalPoints(
        problem=problem,
        pieces=tuple(found),
        loss=np.array([float(piece.loss) for piece in found]),
        index=np.array([piece.index for piece in found], dtype=np.int64),
        isolated=np.array([piece.isolated for piece in found], dtype=bool),
        spurious=np.array([piece.index == 0 and piece.loss > bound + allowed for piece in found], dtype=bool),
        global_loss=float(bound),
        w=np.array([[[float(x) for x in row] for row in piece.w] for piece in found]).reshape(
            len(found), problem.hidden, problem.X.shape[1]
        ),
        v=np.array([[float(x) for x in piece.v] for piece in found]).reshape(len(found), problem.hidden),
    )


def _global_loss(problem: ReLUProblem) -> Fraction:
    """Return the exact loss at the best point that convex programs find, one for each combination of patterns.

    Every network lies in one of the closed cones of patterns and signs. In each, the loss is convex in u.
    """
    X, y = problem.rational
    live = sorted((pattern for pattern in realisable_patterns(X) if any(pattern)), reverse=True)
    units = [(pattern, sign) for pattern in live for sign in (1, -1)]
    best = sum((t * t for t in y), Fraction(0)) / 2
    for chosen in combinations_with_replacement(units, problem.hidden):
        if best == 0:
            break
        u = _within_cones(problem, chosen)
        w = exact(u * np.array([[sign] for _, sign in chosen]))
        best = min(best, problem.exact_loss(w, [Fraction(sign) for _, sign in chosen]))
    return best


def _within_cones(problem: ReLUProblem, chosen: Any) -> Array:
    """Return u of the lowest loss within the closed cones of the units, shape (k, d)."""
    # Inputs and targets of size one, because the tolerance of the solver is absolute.
    d, sizes = problem.X.shape[1], np.abs(problem.X).max(axis=0)
    unit_x, unit_y = np.where(sizes > 0, sizes, 1.0), float(np.linalg.norm(problem.y)) or 1.0
    X, y = problem.X / unit_x, problem.y / unit_y
    design = np.hstack([X * np.array(pattern)[:, None] for pattern, _ in chosen])
    sides = np.zeros((len(chosen) * len(X), len(chosen) * d))
    for j, (pattern, sign) in enumerate(chosen):
        rows = slice(j * len(X), (j + 1) * len(X))
        sides[rows, j * d : (j + 1) * d] = X * np.where(pattern, sign, -sign)[:, None]

    def loss(u: Array) -> tuple[float, Array]:
        residuals = design @ u - y
        return float(np.sum(residuals**2)) / 2, np.asarray(design.T @ residuals)

    options: Any = {"ftol": 1e-14, "maxiter": 300}
    constraints: Any = {"type": "ineq", "fun": lambda u: sides @ u, "jac": lambda _: sides}
    found = optimize.minimize(
        loss,
        np.zeros(design.shape[1]),
        jac=True,
        method="SLSQP",
        constraints=constraints,
        options=options,
    )
    return np.asarray(found.x).reshape(len(chosen), d) * unit_y / unit_x


def _text(pattern: Pattern) -> str:
    return "".join("01"[active] for active in pattern)
