"""The second moment of the number of critical points of a spherical spin glass, at finite n."""

import math
from dataclasses import dataclass

import numpy as np

from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass._common.types import Array
from theory.arguments import Model, positive_number, real_numbers
from theory.kac_rice.mean_counts import mean_critical_points
from theory.pairs.averaging import Limit, integral_apart
from theory.pairs.mean_pairs import Problem

# Nodes of the quadrature over the angle between the two points. With 24, E N^2 changes by less than 1e-6 at n = 2 and
# 3, where the density is exact.
_NODES = 32
_COARSE = 65
# The quadrature leaves out angles below this one, near which rounding errors reach a few percent of the density.
_SMALLEST_ANGLE = 5e-3
# Angles where the density, by its order of magnitude, is smaller than the largest by this logarithm are left out.
_NEGLIGIBLE = 14.0


@dataclass(frozen=True)
class SecondMoment:
    """Mean square of a number N of critical points.

    Attributes
    ----------
    value : float
        ``E N^2``.
    error : float
        Its standard error; 0 if no Monte Carlo was used.
    mean : float
        ``E N``, exact.
    """

    value: float
    error: float
    mean: float

    @property
    def ratio(self) -> float:
        """``E N^2 / (E N)^2``, at least 1; the closer to 1, the more N concentrates around its mean."""
        return self.value / self.mean**2

    @property
    def ratio_error(self) -> float:
        """Standard error of ``ratio``."""
        return self.error / self.mean**2


def second_moment(
    n: int,
    H: Model,
    index: int | None = None,
    below: float | None = None,
    *,
    accuracy: float = 0.01,
    seed: Seed = 0,
    max_seconds: float = 600.0,
) -> SecondMoment:
    r"""Return the mean square of the number of critical points of a spherical spin glass.

    .. math:: E\,N^2 = E\,N + E\,\#\{(x, -x)\} + \int_{-1}^{1} \rho(q)\, dq

    Here rho is the density of :func:`mean_pairs`. The second term is exact. It is 0 unless all orders are even or
    all are odd; then -x is critical along with x. For even orders it has the same index and energy, and for odd ones
    the index n-1-k and the opposite energy.

    Parameters
    ----------
    n : int
        Number of spins, from 2 to 200.
    H : int or mapping
        Order of a pure model, at least 3, or a mixture ``{order: weight}``; order 1 is an external field.
    index : int, optional
        Count only points whose Hessian has this number of negative eigenvalues. Default: all.
    below : float, optional
        Count only points with energy per spin below this value. Default: all.
    accuracy : float
        Standard error relative to ``E N^2``; default 0.01.
    seed : int, SeedSequence or Generator
        Source of the random numbers; default 0.
    max_seconds : float
        Computations that would take longer are refused; default 600.

    Returns
    -------
    SecondMoment
        The second moment with its error, and the exact mean.

    Raises
    ------
    ValueError
        If an argument is not as described, the points are too rare, or the accuracy would take longer than
        ``max_seconds``.

    References
    ----------
    Subag (2017), Ann. Probab. 45, 3385, Theorem 3: for pure models the ratio tends to 1 at low energies as n grows.

    Examples
    --------
    >>> moment = second_moment(2, 3)
    >>> round(moment.value, 4), moment.error, round(moment.mean, 4)
    (30.332, 0.0, 5.2915)
    """
    window = None if below is None else (-math.inf, float(real_numbers("below", below)))
    problem = Problem.checked(n, H, (window, window), (index, index))
    mean = float(mean_critical_points(n, H, index=index, below=below))
    offset = mean + _mean_mirror_pairs(problem, H, index, below)
    limit = Limit("second_moment", problem.n, positive_number("max_seconds", max_seconds))
    wanted = positive_number("accuracy", accuracy)
    angles, weights = _angles(problem)
    q = np.cos(angles)
    exact = problem.exact(q)
    if exact is not None:
        return SecondMoment(offset + float(weights @ exact), 0.0, mean)
    table = problem.table()
    samplers = [problem.sampler(float(one), table) for one in q]
    value, error = integral_apart(samplers, weights, offset, wanted, child(seed_sequence(seed), 0), limit)
    return SecondMoment(offset + value, error, mean)


def _mean_mirror_pairs(problem: Problem, H: Model, index: int | None, below: float | None) -> float:
    """Return the mean number of counted points x for which -x is a counted critical point as well."""
    n, parities = problem.n, {p % 2 for p, _ in problem.model.nu.squares}
    if len(parities) == 2 or (parities == {1} and index not in (None, (n - 1) / 2)):
        return 0.0
    if parities == {0} or below is None:
        return float(mean_critical_points(n, H, index=index, below=below))
    if below <= 0.0:
        return 0.0
    inner, outer = mean_critical_points(n, H, index=index, below=[-below, below])
    return float(outer - inner)


def _angles(problem: Problem) -> tuple[Array, Array]:
    """Return nodes of the angle between two points, and weights of the integral over the overlap."""
    nu = problem.model.nu
    # By the symmetry y -> -y of models of one parity, half of the angles are enough if y is not restricted.
    free = len({p % 2 for p, _ in nu.squares}) == 1 and problem.windows[1] is None and problem.indices[1] is None
    low, high = _SMALLEST_ANGLE, math.pi / 2 if free else math.pi - _SMALLEST_ANGLE
    if problem.n > 3:
        low, high = _support(problem, low, high)
    x, w = np.polynomial.legendre.leggauss(_NODES)
    angles = 0.5 * (low + high) + 0.5 * (high - low) * x
    return angles, 0.5 * (high - low) * w * np.sin(angles) * (2.0 if free else 1.0)


def _support(problem: Problem, low: float, high: float) -> tuple[float, float]:
    """Return the range of angles outside of which the density is negligible."""
    table = problem.table()
    angles = np.linspace(low, high, _COARSE)
    logs = np.array([problem.sampler(math.cos(a), table).log_scale + math.log(math.sin(a)) for a in angles])
    kept = np.flatnonzero(logs > logs.max() - _NEGLIGIBLE)
    return float(angles[max(kept[0] - 1, 0)]), float(angles[min(kept[-1] + 1, _COARSE - 1)])
