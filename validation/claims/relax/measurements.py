"""What energies and overlaps along single trajectories tell about the dynamics, one landscape and start each.

The mean energy of gradient flow is an odd function of time, because the flow of ``-E`` is that of ``E`` backwards and
both landscapes have the same law; the mean overlap with the start is an even one. Two times therefore give the first
coefficients of their expansions up to an error of fourth order.
"""

import math
from functools import cache

import numpy as np

import theory
from spinglass._common.types import Array
from validation.subjects.current import subject
from validation.subjects.subject import Flow, whole_seed

# In units of 1/sqrt(H(H-1)), the time scale of the landscape.
_TIMES = (0.0, 0.25, 0.5, 1.25, 2.5, 5.0)
_TIMES_IN_BATH = (0.0, 1.25, 2.5, 3.75, 5.0, 6.25, 7.5)
_LATE = (4, 5)  # of _TIMES, for the limit of many spins
_STEP = 0.05  # of the integration of the infinite system; errors are below 3e-5


def _time_scale(H: int) -> float:
    return 1 / math.sqrt(H * (H - 1))


def times(H: int) -> Array:
    """Return the times at which subjects are asked for gradient flow; the second is half of the third."""
    return np.array(_TIMES) * _time_scale(H)


def times_in_bath(H: int) -> Array:
    """Return the times at which subjects are asked for Langevin dynamics."""
    return np.array(_TIMES_IN_BATH) * _time_scale(H)


def relaxed(seed: np.random.SeedSequence, n: int, H: int) -> Flow:
    """Return gradient flow from a random start in one landscape; a simulation for :class:`Reading`."""
    return subject().relax(n, H, whole_seed(seed), times(H))


def heated(seed: np.random.SeedSequence, n: int, H: int, T: float) -> Flow:
    """Return Langevin dynamics from a random start in one landscape; a simulation for :class:`Reading`."""
    return subject().relax(n, H, whole_seed(seed), times_in_bath(H), T)


def start_moments(flow: Flow, n: int) -> Array:
    """Return the energy of the start over ``sqrt n``, which is its standard deviation, and its square."""
    energy = math.sqrt(n) * flow.energies[0]
    return np.array([energy, energy**2])


def _odd_slope(energies: Array, H: int) -> float:
    """Return the slope at time 0 of an odd function, up to an error of fourth order."""
    drop = energies[0] - energies[1:3]
    return float((8 * drop[0] - drop[1]) / (6 * times(H)[1]))


def _even_curvature(overlaps: Array, H: int) -> float:
    """Return half the curvature at time 0 of an even function that begins at 1, up to an error of fourth order."""
    drop = 1 - overlaps[1:3]
    return float((16 * drop[0] - drop[1]) / (12 * times(H)[1] ** 2))


def slope(flow: Flow, n: int, H: int) -> float:
    """Return the initial slope of the energy per spin over its exact mean, ``-H (n-1)/n``."""
    return _odd_slope(flow.energies, H) / (H * (n - 1) / n)


def curvature(flow: Flow, n: int, H: int) -> float:
    """Return the initial curvature of the overlap with the start over its exact mean, ``-H (n-1)/n``."""
    assert flow.overlaps is not None
    return _even_curvature(flow.overlaps, H) / (H * (n - 1) / n / 2)


def rise(flow: Flow) -> float:
    """Return the largest increase of the energy per spin between successive times; 0 if there is none."""
    return max(0.0, float(np.diff(flow.energies).max()))


@cache
def infinite(H: int) -> tuple[Array, Array]:
    """Return energies per spin, and overlaps with the start, of gradient flow of the infinite system."""
    found = theory.relaxation(times(H), H, waiting_times=[0.0], step=_STEP * _time_scale(H))
    return found.energy, found.correlation[0]


@cache
def infinite_in_bath(H: int, T: float) -> tuple[Array, Array]:
    """Return energies per spin, and overlaps with the start, of Langevin dynamics of the infinite system."""
    found = theory.relaxation(times_in_bath(H), H, T=T, waiting_times=[0.0], step=_STEP * _time_scale(H))
    return found.energy, found.correlation[0]


def infinite_slope(H: int, **_: object) -> float:
    """Return the ratio :func:`slope` of the infinite system, which is 1 up to the error of fourth order."""
    return _odd_slope(infinite(H)[0], H) / H


def infinite_curvature(H: int, **_: object) -> float:
    """Return the ratio :func:`curvature` of the infinite system, which is 1 up to the error of fourth order."""
    return _even_curvature(infinite(H)[1], H) / (H / 2)


def relative_energies(flow: Flow, H: int) -> Array:
    """Return energies of gradient flow at late times over those of the infinite system.

    The energy of the start has mean 0, and the flow remembers a share ``C(t,0)^H`` of it. This share is subtracted to
    reduce the variance.
    """
    energies, overlaps = infinite(H)
    rest = flow.energies - overlaps**H * flow.energies[0]
    return np.array([rest[k] / energies[k] for k in _LATE])


def relative_overlaps(flow: Flow, H: int) -> Array:
    """Return overlaps of gradient flow with its start, at late times, over those of the infinite system."""
    assert flow.overlaps is not None
    return np.array([flow.overlaps[k] / infinite(H)[1][k] for k in _LATE])


def relative_energies_in_bath(flow: Flow, H: int, T: float) -> Array:
    """Return energies of Langevin dynamics over those of the infinite system; see :func:`relative_energies`."""
    energies, overlaps = infinite_in_bath(H, T)
    return np.asarray((flow.energies - overlaps**H * flow.energies[0])[1:] / energies[1:])
