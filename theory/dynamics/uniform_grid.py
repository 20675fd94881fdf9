"""Integration of the two-time equations of large-n dynamics on a uniform grid."""

import math
from dataclasses import dataclass

import numpy as np

from spinglass._common.types import Array
from theory.covariance import Covariance, sum_of_powers

# Two arrays with this number of rows and columns need 1 GB and take minutes to fill.
_MOST_NODES = 8000
_SECONDS_PER_TRIPLE = 0.6e-9  # of nodes, on one core


@dataclass(frozen=True)
class Protocol:
    """The dynamics that is integrated.

    Attributes
    ----------
    nu : Covariance
        Covariance function of the model.
    temperature : float
        Temperature of the heat bath; default 0, gradient descent.
    inverse_start : float
        Inverse temperature beta_0 of the starting points; default 0, uniformly random points.
    signal : tuple of (int, float)
        Pairs of order k and strength of the signal's terms ``-lambda_k n m^k``; default none.
    start_overlap : float
        Overlap m of the starting points with the signal; default 0.
    """

    nu: Covariance
    temperature: float = 0.0
    inverse_start: float = 0.0
    signal: tuple[tuple[int, float], ...] = ()
    start_overlap: float = 0.0

    def signal_at(self, m: float, derivative: int = 0) -> float:
        """Return ``sum lambda_k m^k`` or its derivative."""
        return float(sum_of_powers(self.signal, m, derivative))

    def planted(self) -> tuple[Array, Array]:
        """Return the strengths and the orders of the signal, as arrays for kernels."""
        orders, strengths = np.array(self.signal, dtype=np.float64).reshape(-1, 2).T
        return np.ascontiguousarray(strengths), np.ascontiguousarray(orders)

    def glass(self) -> tuple[Array, Array]:
        """Return the squared weights and the orders of the model, as arrays for kernels."""
        orders, squares = np.array(self.nu.squares, dtype=np.float64).T
        return np.ascontiguousarray(squares), np.ascontiguousarray(orders)


@dataclass(frozen=True)
class Run:
    """An integration on a uniform grid.

    Attributes
    ----------
    times : array, shape (t,)
        Equidistant times from 0.
    energy : array, shape (t,)
        Energy per spin at each time.
    multiplier : array, shape (t,)
        Lagrange multiplier mu at each time.
    correlation : array, shape (t, t)
        C between each time (row) and the times up to it (columns); a lower triangle.
    response : array, shape (t, t)
        R between each time (row) and the times up to it (columns); a lower triangle.
    overlap : array, shape (t,)
        Overlap m with the signal at each time.
    """

    times: Array
    energy: Array
    multiplier: Array
    correlation: Array
    response: Array
    overlap: Array

    @property
    def step(self) -> float:
        """The time step."""
        return float(self.times[1])


def refuse_too_long(end: float, step: float) -> None:
    """Raise ``ValueError`` if a uniform grid needs too many steps; the message states the cost."""
    nodes = end / step
    if nodes > _MOST_NODES:
        raise ValueError(
            f"{nodes:.3g} steps of {step:.3g} on a uniform grid need {16e-9 * nodes**2:.3g} GB and about "
            f"{_SECONDS_PER_TRIPLE * nodes**3 / 3600:.2g} hours; at most {_MOST_NODES} are allowed: set a longer "
            "step or, without a signal, use the dilating grid with a spacing such as 0.1"
        )


def integrate(protocol: Protocol, end: float, step: float) -> Run:
    """Integrate from time 0 to ``end`` or just beyond; the error is of order step^3, the cost of order step^-3."""
    from theory.dynamics import uniform_kernels as kernels

    size = max(1, math.ceil(end / step - 1e-9)) + 1
    nu, T, inverse = protocol.nu, protocol.temperature, protocol.inverse_start
    record = np.empty((size, 2))
    record[0] = -inverse * float(nu(1.0)), T + inverse * float(nu(1.0, 1))
    start = protocol.start_overlap
    if protocol.signal:
        record[0] += -protocol.signal_at(start), start * protocol.signal_at(start, 1)
    C, R, overlap = np.eye(size), np.eye(size), np.full(size, start)
    glass = (*protocol.glass(), T, inverse, np.ones(size), *protocol.planted(), overlap)
    kernels.advance(glass, step, record, C, R)
    return Run(step * np.arange(size, dtype=np.float64), record[:, 0], record[:, 1], C, R, overlap)
