"""The energy along the geodesic between two critical points of a spherical spin glass, at finite n."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.arguments import quoted
from spinglass._common.seeds import Seed, seed_sequence
from spinglass._common.types import Array
from theory.arguments import Model, one_number, real_numbers, whole_number
from theory.pairs.averaging import Limit, weighted_moments
from theory.pairs.mean_pairs import Problem, checked_overlaps
from theory.pairs.plane import Plane, regression

_POSITIONS = 41


@dataclass(frozen=True)
class PathProfile:
    """Energy per spin along the geodesic between two critical points.

    Attributes
    ----------
    position : ndarray, shape (p,)
        Angle from the first point, as a share of the angle between the two: 0 at the first point, 1 at the second.
    mean : ndarray, shape (p,)
        Mean energy per spin.
    spread : ndarray, shape (p,)
        Standard deviation of the energy per spin among pairs.
    error : ndarray, shape (p,)
        Standard error of ``mean``; 0 where the energy is determined by the two points.
    """

    position: Array
    mean: Array
    spread: Array
    error: Array

    @property
    def barrier(self) -> float:
        """Largest mean energy per spin along the path minus that of the higher end."""
        return float(self.mean.max() - max(self.mean[0], self.mean[-1]))


def path_profile(
    n: int,
    H: Model,
    overlap: float,
    energies: Sequence[float | Sequence[float] | None] | None = None,
    indices: Sequence[int | None] | None = None,
    *,
    position: ArrayLike | None = None,
    draws: int = 4000,
    seed: Seed = 0,
) -> PathProfile:
    r"""Return the mean and the standard deviation of the energy per spin between two critical points.

    .. math:: E\left[ \tfrac{1}{n} \mathrm{energy}(\gamma(t)) \;\middle|\; \nabla_x = \nabla_y = 0,\; u_x,\; u_y \right]

    on the geodesic from x to y, weighted by :math:`|\det \mathrm{Hess}_x|\,|\det \mathrm{Hess}_y|`, as are the pairs of
    critical points of a sample. The energies on the geodesic and the derivatives at its ends are jointly Gaussian, so
    that the mean given these derivatives is linear in them; the determinants weight the derivatives that are not
    fixed. For a pure model of order 3 there are none: the energy in the plane of x and y is a polynomial with
    four coefficients, so the two energies and the two zero gradients determine it, at any n.

    Parameters
    ----------
    n : int
        Number of spins, from 2 to 200.
    H : int or mapping
        Order of a pure model, at least 3, or a mixture ``{order: weight}``; order 1 is an external field.
    overlap : float
        Overlap of the two points, between -1 and 1, ends excluded by 5e-4.
    energies : pair, optional
        For each point its energy per spin, an interval ``(low, high)`` of energies, or None for all. Default: all.
    indices : pair of int or None, optional
        Number of negative eigenvalues of the Hessian at each point; None for all. Default: all.
    position : array, optional
        Positions on the path, at least one, from 0 to 1. Default: 41 equally spaced ones.
    draws : int
        Number of pairs of Hessians drawn; default 4000.
    seed : int, SeedSequence or Generator
        Source of the random numbers; default 0.

    Returns
    -------
    PathProfile
        Mean, standard deviation and the error of the mean.

    Raises
    ------
    ValueError
        If an argument is not as described, or the pairs are too rare to be drawn.

    References
    ----------
    Ros, Biroli and Cammarota (2019), Phys. Rev. X 9, 011003, for the conditional law; Pacco, Rosso and Ros (2025) for
    paths between minima, without the weight of the determinants at finite n.

    Examples
    --------
    >>> path = path_profile(10, 3, 0.5, (-1.4, -1.3), position=[0.0, 0.5, 1.0])
    >>> path.mean.round(4), path.spread.round(4)
    (array([-1.4  , -1.299, -1.3  ]), array([0., 0., 0.]))
    """
    t = real_numbers("position", np.linspace(0.0, 1.0, _POSITIONS) if position is None else position)
    if t.ndim != 1 or t.size == 0 or np.any((t < 0.0) | (t > 1.0)):
        raise ValueError(f"position must be a list of one or more numbers from 0 to 1, not {quoted(position)}")
    problem = Problem.checked(n, H, energies, indices)
    q = float(checked_overlaps(one_number("overlap", overlap)))
    draws = whole_number("draws", draws, 1000, "it is the number of pairs of Hessians drawn, such as 4000")
    on_path = _OnPath.of(problem, q, 1.0 - t if problem.swapped else t)
    u = np.array([window[0] for window in problem.windows if window is not None and window[0] == window[1]])
    if on_path.determined and u.size == 2:
        return PathProfile(t, on_path.given_energies @ u, np.zeros(t.size), np.zeros(t.size))
    sampler = problem.sampler(q, problem.table(), energies=True)
    limit = Limit("path_profile", problem.n, math.inf)
    mean, covariance, error = weighted_moments(sampler, draws, seed_sequence(seed), limit)
    linear = on_path.coefficients
    variance = on_path.rest + np.einsum("pi,ij,pj->p", linear, covariance, linear)
    errors = np.einsum("pi,ij,pj->p", linear, error, linear)
    return PathProfile(t, linear @ mean, np.sqrt(np.maximum(variance, 0.0)), np.sqrt(np.maximum(errors, 0.0)))


@dataclass(frozen=True)
class _OnPath:
    """Energies per spin on the path as linear functions of the variables at its ends.

    Attributes
    ----------
    coefficients : ndarray, shape (p, 6)
        Coefficients of the plane's variables, in the order of :class:`Plane`.
    rest : ndarray, shape (p,)
        Variance of the energy given these variables.
    given_energies : ndarray, shape (p, 2)
        Coefficients of the two energies alone.
    determined : bool
        Whether the two energies determine the energy on the whole path.
    """

    coefficients: Array
    rest: Array
    given_energies: Array
    determined: bool

    @classmethod
    def of(cls, problem: Problem, q: float, t: Array) -> "_OnPath":
        """Return the functions at positions t."""
        law, n, unit = problem.law(q), problem.n, problem.model.unit
        scale = Plane.scale(law, n, unit)
        per_spin = np.full(t.size, unit / math.sqrt(n))
        order = [0, 1, 4, 5, 2, 3, *range(6, 6 + t.size)]
        every = np.concatenate([scale, per_spin])
        covariance = (law.plane_and_energies(t * math.acos(q)) * np.outer(every, every))[np.ix_(order, order)]
        full = [regression(covariance, list(range(6)), 6 + p) for p in range(t.size)]
        short = [regression(covariance, [2, 3], 6 + p) for p in range(t.size)]
        return cls(
            np.array([c for c, _ in full]),
            np.array([spread**2 for _, spread in full]),
            np.array([c for c, _ in short]),
            problem.model.nu.pure_order == 3,
        )
