"""The second moment of the number of critical points of a spherical spin glass, at finite n."""

import math
from dataclasses import dataclass

from spinglass._common.seeds import Seed
from theory.arguments import Model, positive_number, real_numbers
from theory.kac_rice.mean_counts import mean_critical_points
from theory.pairs.averaging import Limit
from theory.pairs.mean_pairs import Problem
from theory.pairs.pair_counts import integrated

# A second moment without Monte Carlo that is less than the square of the mean by more than this share is wrong.
_LOST = 1e-4


@dataclass(frozen=True)
class SecondMoment:
    """Mean square of a number N of critical points.

    Attributes
    ----------
    value : float
        ``E N^2``.
    error : float
        Its standard error; 0 if no Monte Carlo was used, and the relative error is below 1e-5.
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
        If an argument is not as described, the points are too rare, the accuracy would take longer than
        ``max_seconds``, or some orders are so weak that a peak of the density of pairs is not resolved.

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
    pairs = integrated(problem, (-1.0, 1.0), offset, wanted, seed, limit)
    value = offset + pairs.value
    if pairs.error == 0.0 and value < mean * mean * (1.0 - _LOST):
        raise ValueError(
            f"the quadrature lost pairs: the second moment {value:.6g} would be less than the square of the mean, "
            f"{mean * mean:.6g}; the density of pairs has peaks that are too narrow. Give a mixture whose weights "
            "differ less"
        )
    return SecondMoment(value, pairs.error, mean)


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
