"""What a descent method is: it says how to start and how to go on; the loop does the rest."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from spinglass.descent.evaluation import Evaluator
from spinglass.landscape import Array

Rows = npt.NDArray[np.int64]


class State(NamedTuple):
    """Where every start of a batch stands, in arrays that lead with the batch axis.

    A start keeps its row from beginning to end, and the rows that are still under way change in place:
    nothing is copied when a neighbour is done. A named tuple, because Numba reads its fields by name.
    Energies and gradients are divided by the evaluator's ``unit``.
    """

    x: Array  # (B, n), on the sphere
    energy: Array  # (B,)
    gradient: Array  # (B, n), Riemannian
    norm: Array  # (B,), |gradient|
    trial: Array  # (B, n), the point that is to be evaluated next
    iterations: npt.NDArray[np.int64]  # (B,), accepted steps


class Trajectory(NamedTuple):
    """What a method with a time of its own leaves behind on its grid of times; NaN where a row never came."""

    times: Array  # (T,)
    energies: Array  # (B, T), total, divided by the evaluator's unit
    points: Array | None  # (B, T, n), where asked for


OwnT = TypeVar("OwnT")


@dataclass(frozen=True, kw_only=True)
class Method(ABC, Generic[OwnT]):
    """One way down. Its fields are the options that ``descend`` takes for it, ``OwnT`` the arrays it adds."""

    # Accepted steps after which a row is given up, where the caller does not say.
    max_iterations: ClassVar[int]
    # Evaluations without progress in energy or gradient norm after which a row has stalled; None: never.
    patience: ClassVar[int | None] = 30

    @abstractmethod
    def row_bytes(self, n: int) -> int:
        """Return the memory that the method's own arrays take for one start."""

    @abstractmethod
    def start(self, evaluate: Evaluator, state: State, rows: Rows, gradient: Array) -> OwnT:
        """Set the first trials of ``rows`` (R,), of Euclidean gradient (R, n); return the method's own arrays."""

    @abstractmethod
    def advance(self, evaluate: Evaluator, state: State, own: OwnT, rows: Rows, energy: Array, gradient: Array) -> None:
        """Take in energies (R,) and Euclidean gradients (R, n) at the trials of ``rows``; set the next ones.

        A trial becomes the row's point, or the next one is more careful.
        """

    def out_of_time(self, own: OwnT, rows: Rows) -> npt.NDArray[np.bool_]:  # noqa: ARG002
        """Say which of ``rows`` have come to the last time they were asked for, shape (R,)."""
        return np.zeros(rows.size, dtype=bool)

    def trajectory(self, own: OwnT) -> Trajectory | None:  # noqa: ARG002
        """Return energies and points on the grid of times, if the method keeps them."""
        return None
