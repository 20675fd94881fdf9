"""Mean density of pairs of critical points of a spherical spin glass by their overlap, at finite n."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.arguments import quoted
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass._common.types import Array
from theory.arguments import (
    INDEX_HINT,
    SIZE_HINT,
    Model,
    is_many,
    one_number,
    positive_number,
    real_numbers,
    whole_number,
)
from theory.covariance import Covariance
from theory.pairs.averaging import Limit, means_together
from theory.pairs.determinants import Sampler, ScaledModel
from theory.pairs.exact_densities import three_spins, two_spins
from theory.pairs.joint_law import PairLaw
from theory.pairs.one_point import OnePointTable, reach
from theory.pairs.plane import Window

Indices = tuple[int | None, int | None]
Energies = tuple[Window, Window]
# Nearer to overlap 1 or -1, rounding errors of the regression exceed 1e-3 of the density.
_NEAREST = 5e-4
_MOST_SPINS = 200
UNDERFLOW = -700.0


@dataclass(frozen=True)
class PairDensity:
    """Mean density of pairs of critical points per unit of overlap.

    Attributes
    ----------
    overlap : ndarray
        The overlaps.
    value : ndarray or float
        The density at each overlap, in the same shape; a float for one overlap.
    error : ndarray or float
        Its standard error. Errors at different overlaps are correlated, because the same random numbers serve all of
        them. It is 0 where no Monte Carlo was used, and the relative error is below 1e-5.
    draws : int
        The largest number of draws of pairs of matrices at one overlap; 0 if no Monte Carlo was used.
    """

    overlap: Array
    value: Array | float
    error: Array | float
    draws: int


def mean_pairs(
    n: int,
    H: Model,
    overlap: ArrayLike,
    energies: Sequence[float | Sequence[float] | None] | None = None,
    indices: Sequence[int | None] | None = None,
    *,
    accuracy: float = 0.01,
    floor: float = 0.0,
    seed: Seed = 0,
    max_seconds: float = 600.0,
) -> PairDensity:
    r"""Return the mean number of ordered pairs of critical points (x, y), x != y, per unit of overlap q = x.y/n.

    .. math:: \rho(q) = |S^{n-1}|\,|S^{n-2}|\,(1-q^2)^{(n-3)/2}\; p_q(\nabla_x = \nabla_y = 0)\;
              E\left[\, |\det \mathrm{Hess}_x|\, |\det \mathrm{Hess}_y| \;\middle|\; \nabla_x = \nabla_y = 0 \right]

    This is the Kac-Rice formula for pairs. Given zero gradients each Hessian consists of a GOE block of size n-2, one
    row and one column; those of x and y are correlated. The mean is exact for n = 2 and 3 without restrictions, and
    otherwise an average over draws of the two blocks. Each draw is averaged over many energies, which come from a law
    that is built from the exact one-point densities; the scale of the blocks is chosen so that the variance is small.

    Parameters
    ----------
    n : int
        Number of spins, from 2 to 200.
    H : int or mapping
        Order of a pure model, at least 3, or a mixture ``{order: weight}``; order 1 is an external field.
    overlap : float or array
        Overlaps between -1 and 1, ends excluded by 5e-4. If all orders are even, or all are odd, then -x is critical
        along with x; these pairs at overlap -1 are not part of the density.
    energies : pair, optional
        For each of the two points: None (all energies), ``(low, high)`` to count only energies per spin in this
        interval, or one energy per spin, for the density per unit of energy. Default: all energies.
    indices : pair of int or None, optional
        The number of negative eigenvalues of the Hessian at each point; None for all. Default: all.
    accuracy : float
        Relative standard error at every overlap; default 0.01.
    floor : float
        Share of the largest density at the given overlaps, from 0 to 1. Where the density is below it, ``accuracy`` is
        relative to this share, so that a curve need not be resolved in its tails. Default 0.
    seed : int, SeedSequence or Generator
        Source of the random numbers; default 0.
    max_seconds : float
        Computations that would take longer are refused; default 600.

    Returns
    -------
    PairDensity
        The density with its error. Multiplied by dq it integrates to ``E N(N-1)``, without the pairs (x, -x).

    Raises
    ------
    ValueError
        If an argument is not as described, the pairs are too rare to be drawn, or the accuracy would take longer than
        ``max_seconds``.

    References
    ----------
    Subag (2017), Ann. Probab. 45, 3385, Lemmas 13 and 14, for pure models; Ros, Biroli and Cammarota (2019).

    Examples
    --------
    >>> pairs = mean_pairs(2, 3, [0.0, 0.5])
    >>> pairs.value.round(6), pairs.draws
    (array([ 3.819719, 19.594963]), 0)
    """
    problem = Problem.checked(n, H, energies, indices)
    q = checked_overlaps(overlap)
    seeds, limit = seed_sequence(seed), Limit("mean_pairs", problem.n, positive_number("max_seconds", max_seconds))
    wanted, share = positive_number("accuracy", accuracy), one_number("floor", floor)
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"floor must be from 0 to 1, not {share:g}")
    exact = problem.exact(q.ravel())
    if exact is not None:
        return _answer(q, exact, np.zeros(q.size), 0)
    table = problem.table()
    samplers = [problem.sampler(float(one), table) for one in q.ravel()]
    # Where the energies exclude each other, the density underflows.
    seen = [place for place, one in enumerate(samplers) if one.log_scale > UNDERFLOW]
    sums = means_together([samplers[place] for place in seen], wanted, share, child(seeds, 0), limit)
    value, error = np.zeros(q.size), np.zeros(q.size)
    value[seen], error[seen] = [one.value for one in sums], [one.error for one in sums]
    return _answer(q, value, error, max((one.draws for one in sums), default=0))


@dataclass(frozen=True)
class Problem:
    """A model, and which of its critical points are counted.

    Attributes
    ----------
    n : int
        Number of spins.
    model : ScaledModel
        The model.
    windows : tuple of Window
        Energies of the points; if one energy is given for one of the points only, it is the first.
    indices : tuple of (int or None)
        Indices of the points.
    swapped : bool
        Whether the two points were exchanged.
    """

    n: int
    model: ScaledModel
    windows: Energies
    indices: Indices
    swapped: bool = False

    @classmethod
    def checked(cls, n: int, H: Model, energies: object, indices: object) -> "Problem":
        """Check the arguments of :func:`mean_pairs`."""
        n = whole_number("n", n, 2, SIZE_HINT)
        if n > _MOST_SPINS:
            raise ValueError(f"n must be at most {_MOST_SPINS} for pairs, not {n}; the determinants fluctuate too much")
        nu, unit = Covariance.with_scale(H)
        if nu.pure_order == 2:
            raise ValueError(
                "the critical points of a pure model of order 2 are the eigenvectors of a matrix: all pairs have "
                "overlap 0 or -1, where the density is infinite; give H >= 3 or a mixture"
            )
        windows = tuple(_window(one) for one in _pair("energies", energies))
        chosen = tuple(_index(one, n) for one in _pair("indices", indices))
        swapped = _is_one_energy(windows[1]) and not _is_one_energy(windows[0])
        if swapped:  # the density is symmetric in the two points
            windows, chosen = windows[::-1], chosen[::-1]
        return cls(n, ScaledModel(nu, unit), (windows[0], windows[1]), (chosen[0], chosen[1]), swapped)

    def exact(self, q: Array) -> Array | None:
        """Return the densities without Monte Carlo, or None."""
        if self.windows != (None, None) or self.n > 3 or (self.n == 3 and self.indices != (None, None)):
            return None
        if self.n == 2:
            return np.array([two_spins(float(one), self.model.nu, self.indices) for one in q])
        return np.array([three_spins(float(one), self.model.nu) for one in q])

    def table(self) -> OnePointTable:
        """Return the determinants of one point."""
        first, second = (float(self.model.nu(1.0, d)) for d in (1, 2))
        return OnePointTable(self.n, reach(self.n, first, second))

    def law(self, q: float) -> PairLaw:
        """Return the Gaussian law at two points of overlap q."""
        return PairLaw(self.model.nu, q)

    def sampler(self, q: float, table: OnePointTable, *, energies: bool = False) -> Sampler:
        """Return a sampler of pairs at one overlap."""
        return Sampler(self.n, q, self.model, table, self.indices, self.windows, energies)


def _pair(name: str, given: Any) -> tuple[object, object]:
    if given is None:
        return None, None
    if isinstance(given, (str, dict)) or not is_many(given) or len(given) != 2:
        raise ValueError(f"{name} must be a pair, one entry for each point, such as (None, 0); given {quoted(given)}")
    return given[0], given[1]


def _window(given: Any) -> Window:
    if given is None:
        return None
    ends = real_numbers("energies", given, infinite=is_many(given))
    if ends.ndim == 0:
        return float(ends), float(ends)
    if ends.shape != (2,) or not ends[0] < ends[1]:
        raise ValueError(f"an interval of energies is (low, high) with low < high; given {quoted(given)}")
    return None if np.isinf(ends).all() else (float(ends[0]), float(ends[1]))


def _is_one_energy(window: Window) -> bool:
    return window is not None and window[0] == window[1]


def _index(given: object, n: int) -> int | None:
    if given is None:
        return None
    index = whole_number("an index", given, 0, INDEX_HINT)
    if index >= n:
        raise ValueError(f"an index must be below n, as the Hessian has n-1 eigenvalues; given {index}, n={n}")
    return index


def checked_overlaps(overlap: ArrayLike) -> Array:
    """Return overlaps as an array; those outside -1 to 1, or too near to the ends, raise ``ValueError``."""
    q = real_numbers("overlap", overlap)
    if np.any(np.abs(q) > 1.0 - _NEAREST):
        worst = q.ravel()[np.abs(q).argmax()]
        raise ValueError(
            f"overlaps must lie between -1 and 1, ends excluded by {_NEAREST:g}, not {worst:g}; the density is finite "
            "near overlap 1, and pairs (x, -x) are not part of it"
        )
    return q


def _answer(q: Array, value: Array, error: Array, draws: int) -> PairDensity:
    if q.ndim == 0:
        return PairDensity(q, float(value[0]), float(error[0]), draws)
    return PairDensity(q, value.reshape(q.shape), error.reshape(q.shape), draws)
