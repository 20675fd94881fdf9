"""All critical values of a deep linear network's loss, with a critical point of each kind that occurs at them."""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array, IntArray, TextArray
from spinglass.critical_points.enumeration import enumerates
from spinglass.networks.linear.critical import critical_point, directions
from spinglass.networks.linear.problem import LinearProblem

if TYPE_CHECKING:
    import pandas as pd

MINIMUM, STRICT, FLAT = "global minimum", "strict saddle", "flat saddle"
_EQUAL = 1e-8  # relative difference below which two singular values count as equal
_MOST = 20_000


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LinearCriticalPoints:
    """The critical points of a deep linear network, one row per kind of point at each critical value.

    At a critical point the network fits a set S of singular directions of the data. Critical points are never isolated:
    ``W_l -> W_l A, W_(l+1) -> A^{-1} W_(l+1)`` does not change the loss. Hidden units that S does not need may be zero
    in all layers, or carry signals that are cut in at least two layers. The number of negative eigenvalues depends on
    this if exactly two layers cut them; a row states the smallest and the largest one at its value.

    Attributes
    ----------
    problem
        The problem.
    fitted
        Numbers of the singular directions that the network fits, one tuple per row; lowest loss first.
    loss
        Loss, summed over the data as in `LinearProblem.loss`, shape (rows,).
    index, highest_index
        Smallest and largest number of negative eigenvalues of the Hessian at points with these directions, shape
        (rows,).
    kind
        ``"global minimum"``; ``"strict saddle"`` if every point has a negative eigenvalue; or ``"flat saddle"`` if some
        have none although the loss can be lowered. Shape (rows,).
    weights, highest_weights
        Points with ``index`` and with ``highest_index``, as vectors, shape (rows, size).
    complete
        Whether these are all critical values: X has full column rank and all singular values differ.
    reason
        What is missing otherwise; empty if complete.
    """

    problem: LinearProblem
    fitted: tuple[tuple[int, ...], ...]
    loss: Array
    index: IntArray
    highest_index: IntArray
    kind: TextArray
    weights: Array
    highest_weights: Array
    complete: bool
    reason: str

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.loss)

    def to_frame(self) -> "pd.DataFrame":
        """Return a table with one row per critical value.

        Returns
        -------
        pandas.DataFrame
            Columns ``fitted``, ``loss``, ``index``, ``highest_index`` and ``kind``.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "fitted": self.fitted,
                "loss": self.loss,
                "index": self.index,
                "highest_index": self.highest_index,
                "kind": self.kind,
            }
        )

    def __repr__(self) -> str:
        kinds, counts = np.unique(self.kind, return_counts=True)
        numbers = ", ".join(f"{count} of {kind}" for count, kind in zip(counts, kinds, strict=True))
        state = "complete" if self.complete else f"not complete: {self.reason}"
        return f"LinearCriticalPoints of {self.problem!r}: {len(self)} values ({numbers}), {state}"


@enumerates(LinearProblem)
def linear_critical_points(problem: LinearProblem) -> LinearCriticalPoints:
    """Return the critical points of a deep linear network.

    Parameters
    ----------
    problem
        The problem.

    Returns
    -------
    LinearCriticalPoints
        One row per set of at most ``problem.bottleneck`` singular directions.

    Raises
    ------
    ValueError
        If there are more than 20 000 sets.

    References
    ----------
    Achour, Malgouyres and Gerchinovitz (2024), "The loss landscape of deep linear neural networks".

    Examples
    --------
    >>> every = linear_critical_points(LinearProblem(np.eye(2), np.diag([3.0, 1.0]), (2, 2, 2)))
    >>> every.fitted, every.loss.round(12).tolist(), every.index.tolist()
    (((0, 1), (0,), (1,), ()), [0.0, 0.5, 4.5, 5.0], [0, 1, 2, 4])
    >>> every.kind.tolist()
    ['global minimum', 'strict saddle', 'strict saddle', 'strict saddle']
    """
    found = directions(problem)
    m, r = len(found.s), min(problem.bottleneck, len(found.s))
    # One layer alone has a convex loss, whose only critical points are minima.
    sizes = range(r + 1) if problem.H > 1 else [r]
    chosen = [S for k in sizes for S in combinations(range(m), k)]
    if len(chosen) > _MOST:
        raise ValueError(f"there are {len(chosen)} sets of directions, more than {_MOST}; take narrower layers")
    rows = sorted((_row(problem, S, found.s, r) for S in chosen), key=lambda row: (row["loss"], row["fitted"]))
    reason = _what_is_missing(problem, found.s)
    return LinearCriticalPoints(
        problem=problem,
        fitted=tuple(row["fitted"] for row in rows),
        loss=np.array([row["loss"] for row in rows]),
        index=np.array([row["index"] for row in rows], dtype=np.int64),
        highest_index=np.array([row["highest_index"] for row in rows], dtype=np.int64),
        kind=np.array([row["kind"] for row in rows], dtype=np.str_),
        weights=np.array([row["weights"] for row in rows]),
        highest_weights=np.array([row["highest_weights"] for row in rows]),
        complete=not reason,
        reason=reason,
    )


def _row(problem: LinearProblem, S: tuple[int, ...], s: Array, r: int) -> dict[str, Any]:
    plain = _vector(critical_point(problem, S))
    missed = sum(int(np.count_nonzero(np.delete(s, S) > s[a])) for a in S)
    # With two layers, both cut the hidden units that S does not need.
    cut = (problem.widths[1] - len(S)) * (len(s) - len(S)) if problem.H == 2 else 0
    points = [(missed + cut, plain)]
    points += [(missed + extra, w) for extra, w in _with_spare_units(problem, S, len(s))]
    lowest, highest = min(points, key=lambda point: point[0]), max(points, key=lambda point: point[0])
    leading = tuple(range(len(S))) == S
    kind = MINIMUM if leading and len(S) == r else FLAT if lowest[0] == 0 else STRICT
    return {
        "fitted": S,
        "loss": problem.loss(plain),
        "index": lowest[0],
        "weights": lowest[1],
        "highest_index": highest[0],
        "highest_weights": highest[1],
        "kind": kind,
    }


def _with_spare_units(problem: LinearProblem, S: tuple[int, ...], m: int) -> list[tuple[int, Array]]:
    """Return points whose unused units carry signals that are cut in two layers only; none for two layers.

    With each point comes the number of negative eigenvalues that the cut layers j < i add: ``rho rank(C)``. Here rho is
    the number of unused units that the layers between them transmit, all units of layer j if there are none, and
    ``C = (W_1..W_(j-1))^T X^T Y (W_(i+1)..W_H)^T`` without the directions in S.
    """
    rest = [i for i in range(m) if i not in S]
    room = min(problem.widths[1:-1], default=0) - len(S)
    if problem.H < 3 or not rest:
        return []
    points = []
    for spare in range(1, min(room, len(rest)) + 1):
        pairs = [(k, k) for k in rest[:spare]]
        for j, i in combinations(range(1, problem.H + 1), 2):
            rho = problem.widths[j] - len(S) if i == j + 1 else spare
            rank = len(rest) if (j, i) == (1, problem.H) else spare
            points.append((rho * rank, _vector(critical_point(problem, S, pairs, (j, i)))))
    return points


def _vector(layers: list[Array]) -> Array:
    return np.concatenate([W.ravel() for W in layers])


def _what_is_missing(problem: LinearProblem, s: npt.NDArray[np.float64]) -> str:
    if np.linalg.matrix_rank(problem.X) < problem.X.shape[1]:
        return "X does not have full column rank, so that inputs exist that no data point tests"
    if len(s) > 1 and (np.diff(-s) < _EQUAL * s[0]).any():
        return "two singular values are equal, so that any mixture of their directions can be fitted, too"
    return ""
