"""Integrates the two-time equations of large-n dynamics on a uniform grid."""

import math
from dataclasses import dataclass

import numpy as np

from theory.arguments import Floats
from theory.covariance import Covariance

# Five arrays of so many rows and columns are 2.6 GB, and take minutes to fill.
_MOST_NODES = 8000
_SECONDS_A_TRIPLE = 1.2e-9  # of nodes, on one core


@dataclass(frozen=True)
class Protocol:
    """What is integrated: the glass, the temperature of its bath, and the inverse temperature it starts from."""

    nu: Covariance
    temperature: float = 0.0
    inverse_start: float = 0.0

    def glass(self) -> tuple[Floats, Floats]:
        """Return what kernels know of the glass: squared weights, and orders."""
        orders, squares = np.array(self.nu.squares, dtype=np.float64).T
        return np.ascontiguousarray(squares), np.ascontiguousarray(orders)


@dataclass(frozen=True)
class Run:
    """Energy per spin and multiplier at each time, and C and R between each and those before it (lower triangles)."""

    times: Floats
    energy: Floats
    multiplier: Floats
    correlation: Floats
    response: Floats

    @property
    def step(self) -> float:
        """Distance of two times."""
        return float(self.times[1])


def refuse_too_long(end: float, step: float) -> None:
    """Raise ``ValueError`` where a uniform grid needs too many steps, with what it would cost."""
    nodes = end / step
    if nodes > _MOST_NODES:
        raise ValueError(
            f"{nodes:.3g} steps of {step:.3g} on a uniform grid need {40e-9 * nodes**2:.3g} GB and about "
            f"{_SECONDS_A_TRIPLE * nodes**3 / 3600:.2g} hours; at most {_MOST_NODES} are taken: set a longer step, or "
            "let the grid dilate with a spacing such as 0.1"
        )


def integrate(protocol: Protocol, end: float, step: float) -> Run:
    """Step from time 0 to ``end`` or just beyond; of third order in the step, at a cost of its inverse cube."""
    from theory.dynamics import uniform_kernels as kernels

    size = max(1, math.ceil(end / step - 1e-9)) + 1
    nu, T, inverse = protocol.nu, protocol.temperature, protocol.inverse_start
    record = np.empty((size, 2))
    record[0] = -inverse * float(nu(1.0)), T + inverse * float(nu(1.0, 1))
    C, R = np.eye(size), np.eye(size)
    glass = (*protocol.glass(), T, inverse, np.ones(size))
    kernels.advance(glass, np.zeros((3, size, size)), np.zeros(size), step, record, C, R)
    return Run(step * np.arange(size, dtype=np.float64), record[:, 0], record[:, 1], C, R)
