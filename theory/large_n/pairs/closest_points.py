"""The largest overlap of a minimum with other minima, and with the saddles of index 1 around it."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from spinglass._common.types import Array
from theory.arguments import Model, one_number, whole_number
from theory.float_range import refuse_huge
from theory.large_n.pairs.pair_complexity import z_of_minimum
from theory.large_n.pairs.rates import PairRates
from theory.large_n.pairs.refined_maximum import refined_maximum
from theory.large_n.radial_law import RadialLaw

# At minima that are not marginal to within 1e-9, all other points are farther away than the last of these overlaps.
_OVERLAPS = np.concatenate([np.linspace(-0.995, 0.995, 200), 1.0 - np.geomspace(4e-3, 1e-6, 30)])
# Points are sought up to this z, and at energies up to so many standard deviations from those of their z.
_HIGHEST_Z, _REACH = 1.6, 6.0


@dataclass(frozen=True)
class ClosestPoints:
    """The points nearest to a minimum at large n.

    Attributes
    ----------
    overlap : float
        The largest overlap at which their growth rate is not negative.
    energy_per_spin : float
        Their energy.
    smallest_eigenvalue : float
        The smallest eigenvalue of their Hessian.
    """

    overlap: float
    energy_per_spin: float
    smallest_eigenvalue: float


def closest_points(u1: float, H: Model, index: int = 0) -> ClosestPoints:
    r"""Return the largest overlap of a minimum of energy per spin u1 with other minima or saddles of index 1.

    It is the largest q at which the growth rate of :func:`theory.neighbour_complexity` at the best energy is not
    negative. Saddles are the points with a positive bulk whose typical isolated eigenvalue is negative.

    Parameters
    ----------
    u1 : float
        Energy per spin of the minimum, one of the most numerous minima of this energy.
    H : int or mapping
        Order of a pure model, at least 3, or a mixture ``{order: weight}``; order 1 is an external field.
    index : {0, 1}
        Index of the other points: 0 for minima (default), 1 for saddles.

    Returns
    -------
    ClosestPoints
        The overlap, and energy and smallest Hessian eigenvalue of the points there. The overlap has an error of 1e-8.

    Raises
    ------
    ValueError
        If ``u1`` is not one finite number, if there are no minima at ``u1``, if they are marginal, so that there is no
        largest overlap below 1, if ``index`` is neither 0 nor 1, if the number of critical points does not grow
        exponentially (H = 2, or a strong field), or if no such points are found at any overlap.

    Notes
    -----
    The growth rate is that of a mean over the landscape given the minimum, an upper bound on the typical one, so that
    the overlap is an upper bound as well.

    References
    ----------
    Ros, Biroli and Cammarota (2019), EPL 126, 20003, for pure models; Kent-Dobias (2024), SciPost Phys. 16, 001, for
    mixtures.

    Examples
    --------
    >>> found = closest_points(-1.655, 3, index=1)
    >>> round(found.overlap, 4), round(found.energy_per_spin, 4), round(found.smallest_eigenvalue, 3)
    (0.7398, -1.633, -0.081)
    """
    u = one_number("u1", u1)
    index = whole_number("index", index, 0, "it is 0 for minima or 1 for saddles")
    if index > 1:
        raise ValueError(f"index must be 0 or 1, not {index}: saddles of index 2 or more are not next to a minimum")
    law = RadialLaw.of(H)
    if 0.5 * math.log(law.second) - law.bend < 1e-12:
        raise ValueError(f"the number of minima of the model {H!r} does not grow exponentially, so none is close")
    refuse_huge("u1", u, law.scale)
    search = _Search(H, index, u / law.scale)
    if search.z_first - 1.0 < 1e-9:
        raise ValueError(
            f"minima of energy {u:g} are marginal, and other points are arbitrarily near to them; give u1 below "
            f"-{'E_inf' if law.variance == 0.0 else 'E_th'}"
        )
    rates = search.best(_OVERLAPS)[0]
    there = np.flatnonzero(rates >= 0.0)
    if there.size == 0:
        kind = "saddles of index 1" if index else "minima"
        raise ValueError(f"no {kind} at any overlap: their growth rate is at most {rates.max():.3g} around u1 = {u:g}")
    left, right = _OVERLAPS[there[-1]], _OVERLAPS[there[-1] + 1]
    overlap = float(brentq(lambda q: search.best(np.array([q]))[0][0], left, right, xtol=1e-9))
    return search.at(overlap)


class _Search:
    """The search for the other points over their energy and z, in units of ``law.scale``."""

    def __init__(self, H: Model, index: int, u: float) -> None:
        self.H, self.index, self.u = H, index, np.array([u])
        first = PairRates.at(np.zeros(1), H)
        self.law, self.pure = first.law, first.pure
        self.z = z_of_minimum(first, self.u, None)
        self.z_first, self.single = float(self.z[0]), float(first.of_one(self.u, self.z)[0])

    def best(self, q: Array) -> tuple[Array, Array, Array]:
        """Return the growth rate at the best energy and z for each overlap, with both."""
        rates = PairRates.at(q, self.H)

        def rate(places: Array) -> Array:
            u, z = self._energy(places)
            values = rates.of_all(self.u, self.z, u, z)
            if self.index == 0:
                return np.asarray(values - rates.cost_of_minimum(self.u, self.z, u, z))
            return np.where(rates.isolated(self.u, self.z, u, z) < 0.0, values, -np.inf)

        reach = _REACH * math.sqrt(self.law.variance)
        box = np.array([[1.0, _HIGHEST_Z]] if self.pure else [[1.0, _HIGHEST_Z], [-reach, reach]])
        low, high = (np.repeat(box[:, None, side], q.size, axis=1) for side in (0, 1))
        value, place = refined_maximum(rate, low, high)
        return value - self.single, *self._energy(place)

    def at(self, overlap: float) -> ClosestPoints:
        q = np.array([overlap])
        _, u, z = self.best(q)
        typical = PairRates.at(q, self.H).isolated(self.u, self.z, u, z)[0]
        # A minimum whose eigenvalue would be negative without the condition has one just above 0.
        smallest = z[0] - 1.0 if np.isnan(typical) else max(typical, 0.0) if self.index == 0 else typical
        return ClosestPoints(overlap, float(u[0]) * self.law.scale, float(smallest) * self.law.radius)

    def _energy(self, places: Array) -> tuple[Array, Array]:
        z = places[0]
        return np.asarray(-self.law.slope * z + (0.0 if self.pure else places[1])), z
