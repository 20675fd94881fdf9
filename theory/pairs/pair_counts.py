"""Mean number of pairs of critical points of a spherical spin glass in an interval of overlaps, at finite n."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass._common.types import Array
from theory.arguments import Model, one_number, positive_number
from theory.pairs.averaging import Limit, integral_apart
from theory.pairs.mean_pairs import UNDERFLOW, Problem

# Nodes of the quadrature over the angle between the two points. With 24, E N^2 changes by less than 1e-6 at n = 2 and
# 3, where the density is exact.
_NODES = 32
# Shorter intervals need fewer nodes: one for this angle, and at least the second number.
_NODE_ANGLE, _FEWEST_NODES = 0.1, 6
# Number of angles at which the order of magnitude of the density is computed, in intervals longer than the second one.
_COARSE, _LONG = 33, 0.8
# The quadrature leaves out angles below the first one, near which rounding errors reach a few percent of the density.
# Densities without Monte Carlo, for n up to 3, are accurate down to the second one.
_SMALLEST_ANGLE, _SMALLEST_EXACT = 5e-3, 1e-3
# Angles where the density, by its order of magnitude, is smaller than the largest by this logarithm are left out.
_NEGLIGIBLE = 14.0


@dataclass(frozen=True)
class PairCount:
    """A mean number of pairs of critical points.

    Attributes
    ----------
    value : float
        The mean number.
    error : float
        Its standard error; 0 if no Monte Carlo was used.
    """

    value: float
    error: float


def mean_pairs_between(
    n: int,
    H: Model,
    low: float,
    high: float,
    energies: Sequence[float | Sequence[float] | None] | None = None,
    indices: Sequence[int | None] | None = None,
    *,
    accuracy: float = 0.01,
    seed: Seed = 0,
    max_seconds: float = 600.0,
) -> PairCount:
    r"""Return the mean number of ordered pairs of critical points with an overlap in an interval.

    .. math:: \int_{low}^{high} \rho(q)\, dq

    Here rho is the density of :func:`mean_pairs`, integrated by Gauss-Legendre quadrature over the angle. Unlike there,
    draws at different overlaps are independent, so that the error of the integral is smaller.

    Parameters
    ----------
    n : int
        Number of spins, from 2 to 200.
    H : int or mapping
        Order of a pure model, at least 3, or a mixture ``{order: weight}``; order 1 is an external field.
    low, high : float
        Ends of the interval of overlaps, from -1 to 1. Pairs (x, -x) are not counted.
    energies : pair, optional
        For each point None, an interval ``(low, high)`` of energies per spin, or one energy, for the density per unit
        of energy. Default: all energies.
    indices : pair of int or None, optional
        Number of negative eigenvalues of the Hessian at each point; None for all. Default: all.
    accuracy : float
        Relative standard error; default 0.01.
    seed : int, SeedSequence or Generator
        Source of the random numbers; default 0.
    max_seconds : float
        Computations that would take longer are refused; default 600.

    Returns
    -------
    PairCount
        The mean number with its error.

    Raises
    ------
    ValueError
        If an argument is not as described, the pairs are too rare to be drawn, or the accuracy would take longer than
        ``max_seconds``.

    Examples
    --------
    >>> round(mean_pairs_between(3, 3, 0.0, 1.0).value, 3)
    50.185
    """
    problem = Problem.checked(n, H, energies, indices)
    ends = one_number("low", low), one_number("high", high)
    if not -1.0 <= ends[0] < ends[1] <= 1.0:
        raise ValueError(f"overlaps must satisfy -1 <= low < high <= 1; given low = {ends[0]:g}, high = {ends[1]:g}")
    wanted = positive_number("accuracy", accuracy)
    limit = Limit("mean_pairs_between", problem.n, positive_number("max_seconds", max_seconds))
    return integrated(problem, ends, 0.0, wanted, seed, limit)


def integrated(
    problem: Problem, ends: tuple[float, float], offset: float, accuracy: float, seed: Seed, limit: Limit
) -> PairCount:
    """Return the mean number of pairs between two overlaps; its error is at most accuracy times (number + offset)."""
    angles, weights = _angles(problem, ends)
    q = np.cos(angles)
    exact = problem.exact(q)
    if exact is not None:
        return PairCount(float(weights @ exact), 0.0)
    table = problem.table()
    samplers = [problem.sampler(float(one), table) for one in q]
    # Where the energies exclude each other, the density underflows.
    seen = [place for place, one in enumerate(samplers) if one.log_scale > UNDERFLOW]
    if not seen:
        return PairCount(0.0, 0.0)
    samplers = [samplers[place] for place in seen]
    return PairCount(*integral_apart(samplers, weights[seen], offset, accuracy, child(seed_sequence(seed), 0), limit))


def _angles(problem: Problem, ends: tuple[float, float]) -> tuple[Array, Array]:
    """Return nodes of the angle between two points, and weights of the integral over the overlap."""
    nu = problem.model.nu
    # By the symmetry y -> -y of models of one parity, half of the angles are enough if y is not restricted.
    free = len({p % 2 for p, _ in nu.squares}) == 1 and problem.windows[1] is None and problem.indices[1] is None
    half = free and ends[0] == -ends[1]
    least = _SMALLEST_ANGLE if problem.n > 3 else _SMALLEST_EXACT
    low = max(math.acos(ends[1]), least)
    high = math.pi / 2 if half else min(math.acos(ends[0]), math.pi - least)
    if problem.n > 3 and high - low > _LONG:
        low, high = _support(problem, low, high)
    count = min(_NODES, max(_FEWEST_NODES, math.ceil((high - low) / _NODE_ANGLE))) if problem.n > 3 else _NODES
    x, w = np.polynomial.legendre.leggauss(count)
    angles = 0.5 * (low + high) + 0.5 * (high - low) * x
    return angles, 0.5 * (high - low) * w * np.sin(angles) * (2.0 if half else 1.0)


def _support(problem: Problem, low: float, high: float) -> tuple[float, float]:
    """Return the range of angles outside of which the density is negligible."""
    table = problem.table()
    angles = np.linspace(low, high, _COARSE)
    logs = np.array([problem.sampler(math.cos(a), table).log_scale + math.log(math.sin(a)) for a in angles])
    kept = np.flatnonzero(logs > logs.max() - _NEGLIGIBLE)
    return float(angles[max(kept[0] - 1, 0)]), float(angles[min(kept[-1] + 1, _COARSE - 1)])
