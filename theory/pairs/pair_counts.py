"""Mean number of pairs of critical points of a spherical spin glass in an interval of overlaps, at finite n."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass._common.types import Array
from theory.arguments import Model, one_number, positive_number
from theory.covariance import Covariance
from theory.pairs.averaging import Limit, integral_apart
from theory.pairs.mean_pairs import UNDERFLOW, Problem

# Nodes of the quadrature over the angle between the two points. With 24, E N^2 changes by less than 1e-6 at n = 2 and
# 3, where the density is exact.
_NODES = 32
# Shorter intervals need fewer nodes: one for this angle, and at least the second number.
_NODE_ANGLE, _FEWEST_NODES = 0.1, 6
# Number of angles at which the order of magnitude of the density is computed, in intervals longer than the second one.
_COARSE, _LONG = 33, 0.8
# Nearer to the overlaps 1 and -1 than these angles, rounding errors dominate, and the known law of the density there is
# used: with Monte Carlo, for the densities of n up to 3, and at overlap -1 of models with even and odd orders.
_SMALLEST_ANGLE, _SMALLEST_EXACT, _SMALLEST_OPPOSITE = 5e-3, 1e-3, 1e-6
# A single panel resolves peaks down to these widths at its ends and within it.
_WIDE_AT_END, _WIDE_WITHIN = 0.1, 0.5
# Panels around narrower peaks: their ends grow by this factor up to the last, and they have so many nodes with Monte
# Carlo and without. Peaks that are narrower than the last number are not resolved.
_GROWTH, _LAST_PANEL, _PANEL_NODES, _EXACT_PANEL_NODES, _NARROWEST = 4.0, 0.5, 8, 16, 5e-5
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
        Its standard error; 0 if no Monte Carlo was used, and the relative error is below 1e-5.
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
    draws at different overlaps are independent, so that the error of the integral is smaller. Within 1e-5 of overlap 1,
    rho is replaced by its value at the edge. It tends to a positive constant, because both Hessians become singular
    along the line between the points, and to 0 if indices that do not differ by 1 are given. If the orders of one
    parity are weak, or all except order 2, rho has a narrow peak at overlap -1 or 0, which is resolved down to a width
    of 5e-5 in the angle.

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
        If an argument is not as described, the pairs are too rare to be drawn, the accuracy would take longer than
        ``max_seconds``, or some orders are so weak that a peak of rho in the interval is not resolved.

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
    one_parity = len({p % 2 for p, _ in problem.model.nu.squares}) == 1
    # By the symmetry y -> -y of models of one parity, half of the angles are enough if y is not restricted.
    half = one_parity and problem.windows[1] is None and problem.indices[1] is None and ends[0] == -ends[1]
    first, last = math.acos(ends[1]), math.pi / 2 if half else math.acos(ends[0])
    least = _SMALLEST_ANGLE if problem.n > 3 else _SMALLEST_EXACT
    most = math.pi - (least if one_parity else _SMALLEST_OPPOSITE)
    edges = _panels(problem, min(max(first, least), most), min(max(last, least), most))
    if problem.n > 3 and edges[-1] - edges[0] > _LONG:
        edges = _support(problem, edges)
    angles, weights = _quadrature(problem, edges)
    # Near overlap 1 both determinants are proportional to the distance: the density per unit of overlap is constant.
    if first < least and edges[0] == min(least, edges[-1]):
        angles, weights = np.append(angles, least), np.append(weights, _overlaps(first, min(last, least)))
    if last > most and edges[-1] == max(most, edges[0]):
        near, far = math.pi - last, math.pi - max(first, most)
        weight = _overlaps(near, far) if one_parity else _opposite(near, far, math.pi - most, problem.n)
        angles, weights = np.append(angles, most), np.append(weights, weight)
    return angles, weights * (2.0 if half else 1.0)


def _quadrature(problem: Problem, edges: Array) -> tuple[Array, Array]:
    """Return nodes and weights on panels of the angle."""
    angles, weights = [np.empty(0)], [np.empty(0)]
    for low, high in pairwise(edges):
        if low == high:
            continue
        if problem.n > 3:
            least = _FEWEST_NODES if edges.size == 2 else _PANEL_NODES
            count = min(_NODES, max(least, math.ceil((high - low) / _NODE_ANGLE)))
        else:
            count = _NODES if high - low > _LAST_PANEL else _EXACT_PANEL_NODES
        x, w = np.polynomial.legendre.leggauss(count)
        angles.append(0.5 * (low + high) + 0.5 * (high - low) * x)
        weights.append(0.5 * (high - low) * w * np.sin(angles[-1]))
    return np.concatenate(angles), np.concatenate(weights)


def _overlaps(low: float, high: float) -> float:
    """Return ``cos low - cos high`` for small angles."""
    return 2.0 * math.sin(0.5 * (high + low)) * math.sin(0.5 * (high - low))


def _opposite(near: float, far: float, cut: float, n: int) -> float:
    """Return the integral over angles to -x up to ``cut``, in units of the density per unit of overlap at ``cut``.

    In models with even and odd orders, the density per unit of solid angle is constant near overlap -1.
    """
    return math.sin(cut) * cut * ((far / cut) ** (n - 1) - (near / cut) ** (n - 1)) / (n - 1)


def _panels(problem: Problem, low: float, high: float) -> Array:
    """Return the edges of panels between two angles, which resolve the peaks of the density."""
    edges = [np.array([low, high])]
    for centre, width in _peaks(problem.model.nu):
        if width < _NARROWEST and low - _SMALLEST_ANGLE < centre < high + _SMALLEST_ANGLE:
            raise ValueError(
                f"some orders are so weak that a peak of the density of pairs near overlap {math.cos(centre):.0f} is "
                f"not resolved: its width is {width:.1g}, and at least {_NARROWEST:g} is needed; give these orders "
                "larger weights, or leave them out (pairs at this very overlap are then not part of the density)"
            )
        if width < (_WIDE_AT_END if centre == math.pi else _WIDE_WITHIN):
            resolved = max(width, _NARROWEST)
            count = 1 + math.ceil(math.log(_LAST_PANEL / resolved) / math.log(_GROWTH))
            steps = resolved * _GROWTH ** np.arange(float(count))
            edges += [centre - steps, centre + steps]
    every = np.unique(np.concatenate(edges))
    return every[(every >= low) & (every <= high)] if low < high else np.array([low, high])


def _peaks(nu: Covariance) -> list[tuple[float, float]]:
    """Return angles at which critical points have others if some orders are 0, and the peaks' widths if they are weak.

    Such orders are those of one parity, without which -x is critical along with x, and all except order 2, without
    which the critical points are orthogonal. The width is about twice the ratio of the first derivative of the weak
    orders to the second derivative of the others, along a great circle; order p and weight a have the variances
    ``a^2 p`` and ``a^2 p (3p - 2)``.
    """
    orders, squares = np.array(nu.squares).T
    slope, bend = squares * orders, squares * orders * (3.0 * orders - 2.0)
    result = []
    for centre, one in ((math.pi, orders % 2 == 0), (math.pi, orders % 2 == 1), (math.pi / 2, orders == 2)):
        if one.any() and not one.all():
            result.append((centre, 2.0 * math.sqrt(slope[~one].sum() / bend[one].sum())))
    return result


def _support(problem: Problem, edges: Array) -> Array:
    """Return the edges of panels without angles at which the density is negligible."""
    table = problem.table()
    angles = np.union1d(np.linspace(edges[0], edges[-1], _COARSE), edges)
    logs = np.array([problem.sampler(math.cos(a), table).log_scale + math.log(math.sin(a)) for a in angles])
    kept = np.flatnonzero(logs > logs.max() - _NEGLIGIBLE)
    low, high = angles[max(kept[0] - 1, 0)], angles[min(kept[-1] + 1, angles.size - 1)]
    return np.concatenate([[low], edges[(edges > low) & (edges < high)], [high]])
