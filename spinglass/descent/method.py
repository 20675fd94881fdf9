"""The interface of a descent method, which proposes trial points; the loop evaluates them and ends rows."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, NamedTuple, TypeVar

import numpy as np

from spinglass._common.types import Array, BoolArray, IntArray
from spinglass.descent.evaluation import Evaluator

Rows = IntArray


class State(NamedTuple):
    """The state of every start of a batch, in arrays whose first axis is the batch.

    A start keeps its row throughout, and active rows are changed in place, so nothing is copied when a row ends. The
    class is a named tuple because Numba can read its fields by name. Energies and gradients are divided by the
    evaluator's ``unit``.
    """

    x: Array  # (B, n), on the sphere
    energy: Array  # (B,), total
    gradient: Array  # (B, n), Riemannian
    norm: Array  # (B,), |gradient|
    trial: Array  # (B, n), the point to be evaluated next
    iterations: IntArray  # (B,), accepted steps


class Trajectory(NamedTuple):
    """Records of gradient flow at given times; NaN at times that a row did not reach."""

    times: Array  # (T,)
    energies: Array  # (B, T), total, divided by the evaluator's unit
    points: Array | None  # (B, T, n), if requested


OwnT = TypeVar("OwnT")


@dataclass(frozen=True, kw_only=True)
class Method(ABC, Generic[OwnT]):
    """A descent method. Its fields are the options of `descend`; ``OwnT`` is the type of its own arrays."""

    # Default number of accepted steps after which a row ends.
    max_iterations: ClassVar[int]
    # Number of iterations without progress in energy or gradient norm after which a row has stalled; None: never.
    patience: ClassVar[int | None] = 30

    @abstractmethod
    def row_bytes(self, n: int) -> int:
        """Return the memory of the method's own arrays for one row.

        Parameters
        ----------
        n : int
            Number of spins.

        Returns
        -------
        int
            Number of bytes.
        """

    @abstractmethod
    def start(self, evaluate: Evaluator, state: State, rows: Rows, gradient: Array) -> OwnT:
        """Set the first trials and return the method's own arrays.

        Parameters
        ----------
        evaluate : Evaluator
            Evaluates the landscape.
        state : State
            State of the batch, changed in place.
        rows : ndarray of int64, shape (R,)
            Active rows.
        gradient : ndarray, shape (R, n)
            Euclidean gradients at the points of ``rows``, divided by the unit of energy.

        Returns
        -------
        OwnT
            Arrays of the method, whose first axis is the batch.
        """

    @abstractmethod
    def advance(self, evaluate: Evaluator, state: State, own: OwnT, rows: Rows, energy: Array, gradient: Array) -> None:
        """Accept or reject the trials of the active rows, and set the next trials.

        Parameters
        ----------
        evaluate : Evaluator
            Evaluates the landscape.
        state : State
            State of the batch, changed in place.
        own : OwnT
            Arrays of the method, changed in place.
        rows : ndarray of int64, shape (R,)
            Active rows.
        energy : ndarray, shape (R,)
            Total energies at the trials, divided by the unit of energy.
        gradient : ndarray, shape (R, n)
            Euclidean gradients at the trials, divided by the unit of energy.
        """

    def out_of_time(self, own: OwnT, rows: Rows) -> BoolArray:  # noqa: ARG002
        """Return a mask of the rows that have reached the last requested time.

        Parameters
        ----------
        own : OwnT
            Arrays of the method.
        rows : ndarray of int64, shape (R,)
            Active rows.

        Returns
        -------
        ndarray of bool, shape (R,)
            The mask.
        """
        return np.zeros(rows.size, dtype=bool)

    def trajectory(self, own: OwnT) -> Trajectory | None:  # noqa: ARG002
        """Return energies and points at the requested times.

        Parameters
        ----------
        own : OwnT
            Arrays of the method.

        Returns
        -------
        Trajectory or None
            None if the method does not record them.
        """
        return None
