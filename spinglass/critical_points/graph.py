"""The landscape as a graph of minima that are joined by saddles of index 1."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from spinglass import sphere
from spinglass._common.types import Array, IntArray
from spinglass.critical_points.result import Enumeration
from spinglass.descent import descend
from spinglass.saving import Saved

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LandscapeGraph",
    "Merges",
    "landscape_graph",
]  # the other functions serve basins.py, the page of a landscape and the tests

# A flow starts from a saddle at this angle, or at this share of the distance to the nearest other critical point,
# whichever is smaller.
_ANGLE, _SHARE = 1e-4, 1e-2
# Tolerances of the flow. Each is tried on the starts that the previous one left undecided; flat minima need the last.
_TOLERANCES = (1e-5, 1e-7, 1e-9)
_NEAR = 0.1  # share of the distance from a minimum to the nearest other critical point
_STEPS = 100_000  # more than fifty times what the slowest of thousands of samples took


class Merges(NamedTuple):
    """The merge tree: one row for each merging of two valleys, lowest energy first.

    Attributes
    ----------
    deeper, shallower
        Lowest minima of the two valleys, as indices into `LandscapeGraph.minima`, shape (merges,). The merged valley is
        represented by the deeper one.
    saddle
        Saddle at which they merge, as index into `LandscapeGraph.saddles`, shape (merges,).
    """

    deeper: IntArray
    shallower: IntArray
    saddle: IntArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LandscapeGraph(Saved):
    """A graph with the minima as vertices and the saddles of index 1 as edges.

    Minima are numbered from the deepest, saddles from the lowest. All energies are per spin.

    Attributes
    ----------
    every
        All critical points.
    minima, saddles
        Their rows in ``every``, shapes (minima,) and (saddles,).
    joins
        The two minima that each saddle joins, the deeper one first, shape (saddles, 2). Both entries are equal if both
        flows end at the same minimum; an entry is -1 if the flow did not reach a minimum.
    """

    every: Enumeration
    minima: IntArray
    saddles: IntArray
    joins: IntArray

    @property
    def settled(self) -> npt.NDArray[np.bool_]:
        """Whether the flows on both sides of a saddle ended at a minimum, shape (saddles,)."""
        return np.asarray((self.joins >= 0).all(axis=1))

    @property
    def connected(self) -> bool:
        """Whether saddles connect all minima; by Morse theory they do on every sphere with n >= 2."""
        return len(self.merges.saddle) == len(self.minima) - 1

    @cached_property
    def merges(self) -> Merges:
        """The merge tree: which valleys merge, and at which saddle, as the energy increases."""
        return merges(len(self.minima), self.joins, self._saddle_energies)

    @cached_property
    def pass_energy_per_spin(self) -> Array:
        """Lowest energy per spin that a path between two minima must reach, shape (minima, minima).

        The diagonal contains the energies of the minima. An entry is infinite if no path over settled saddles exists.
        """
        return passes(self.every.energy_per_spin[self.minima], self.merges, self._saddle_energies)

    @property
    def escape_height(self) -> Array:
        """Energy barrier per spin from each minimum to one that is not higher, shape (minima,).

        It is infinite for the deepest. Of two minima of equal energy, such as x and -x at even H, the first counts as
        the deeper one.
        """
        own = self.every.energy_per_spin[self.minima]
        heights = np.full(len(own), np.inf)
        heights[self.merges.shallower] = self._saddle_energies[self.merges.saddle]
        return np.asarray(heights - own)

    @property
    def overlaps(self) -> Array:
        """Overlaps ``x.y/n`` of all pairs of minima, shape (minima, minima)."""
        x = self.every.x[self.minima]
        return sphere.overlap(x[:, None], x)

    @property
    def _saddle_energies(self) -> Array:
        return np.asarray(self.every.energy_per_spin[self.saddles])

    def to_frame(self) -> "pd.DataFrame":
        """Return a table with one row per saddle.

        Returns
        -------
        pandas.DataFrame
            Index ``saddle``; columns ``point`` (row in ``every``), ``energy_per_spin``, ``deeper`` and ``shallower``
            (the minima that it joins), ``height_above_deeper`` and ``height_above_shallower`` (barriers per spin),
            ``merges_valleys`` and ``settled``.

        Examples
        --------
        >>> from spinglass import SphericalSpinGlass
        >>> from spinglass.critical_points import enumerate_critical_points
        >>> graph = landscape_graph(enumerate_critical_points(SphericalSpinGlass.pure(n=3, H=3, seed=0)))
        >>> bool((graph.to_frame()["height_above_shallower"] > 0).all())
        True
        """
        import pandas as pd

        own = self.every.energy_per_spin[self.minima]
        heights = np.where(self.joins >= 0, self._saddle_energies[:, None] - own[self.joins], np.nan)
        merging_here = np.zeros(len(self.saddles), dtype=bool)
        merging_here[self.merges.saddle] = True
        columns = {
            "point": self.saddles,
            "energy_per_spin": self._saddle_energies,
            "deeper": self.joins[:, 0],
            "shallower": self.joins[:, 1],
            "height_above_deeper": heights[:, 0],
            "height_above_shallower": heights[:, 1],
            "merges_valleys": merging_here,
            "settled": self.settled,
        }
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self.saddles), name="saddle"))

    def __repr__(self) -> str:
        """Return a summary in a few lines."""
        own = self.every.energy_per_spin[self.minima]
        loops = np.count_nonzero(self.settled & (self.joins[:, 0] == self.joins[:, 1]))
        escape = self.escape_height[np.isfinite(self.escape_height)]
        lines = [
            f"LandscapeGraph: {len(self.minima)} minima, {len(self.saddles)} saddles of index 1, "
            f"n = {self.every.x.shape[1]}, " + ("connected" if self.connected else "NOT connected"),
            f"  deepest minimum    {own.min():.6f} per spin; the highest {own.max():.6f}",
            f"  saddles            {loops} join a minimum to itself, {np.count_nonzero(~self.settled)} did not settle",
        ]
        if escape.size:
            lines.append(f"  escape barriers    {escape.min():.6f} to {escape.max():.6f} per spin")
        return "\n".join(lines)


def landscape_graph(every: Enumeration, accuracy: float = 1e-4) -> LandscapeGraph:
    """Find the minima that each saddle of index 1 joins.

    The gradient flow ``dx/dt = -Riemannian gradient`` starts from ``x +- eps v``, where v is the eigenvector of the
    negative eigenvalue of the Hessian at the saddle x.

    Parameters
    ----------
    every
        A complete enumeration.
    accuracy
        Error of the flow relative to the distance moved, between 0 and 1. Default: 1e-4.

    Returns
    -------
    LandscapeGraph
        The graph.

    Raises
    ------
    ValueError
        If the enumeration is not complete, or ``accuracy`` is not between 0 and 1.
    TypeError
        If ``every`` is not an Enumeration.

    References
    ----------
    Wales, "Energy Landscapes" (2003), section 5 (disconnectivity graphs); Milnor, "Morse Theory" (1963), Theorem 3.2
    (the graph is connected, because only critical points of index 1 join components of the sublevel set).

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> from spinglass.critical_points import enumerate_critical_points
    >>> landscape_graph(enumerate_critical_points(SphericalSpinGlass.pure(n=6, H=3, seed=0))).connected
    True
    """
    if not isinstance(every, Enumeration):
        raise TypeError(f"a graph needs an Enumeration, not {type(every).__name__}; use enumerate_critical_points")
    if not every.complete:
        raise ValueError(f"a graph needs every critical point, but some are missing: {every.reason}")
    minima, saddles = np.flatnonzero(every.index == 0), np.flatnonzero(every.index == 1)
    starts = beside(every, saddles)
    ends = minimum_of_flow(every, minima, starts, accuracy).reshape(2, -1).T
    return LandscapeGraph(every=every, minima=minima, saddles=saddles, joins=np.sort(ends, axis=1))


def beside(every: Enumeration, saddles: IntArray) -> Array:
    """Return a point on each side of each saddle along its unstable direction, shape (2 saddles, n)."""
    x = every.x[saddles]
    if not len(x):
        return x
    apart = np.linalg.norm(x[:, None] - every.x, axis=2)
    apart[np.arange(len(x)), saddles] = np.inf
    distance = np.minimum(_ANGLE * np.sqrt(x.shape[1]), _SHARE * apart.min(axis=1))
    unstable = np.linalg.eigh(sphere.riemannian_hessian(every.landscape, x))[1][:, :, 0]
    step = distance[:, None] * sphere.from_coordinates(x, unstable)
    return np.concatenate([sphere.exponential(x, step), sphere.exponential(x, -step)])


def minimum_of_flow(every: Enumeration, minima: IntArray, starts: Array, accuracy: float) -> IntArray:
    """Return the minimum at which the gradient flow from each start ends, as an index into ``minima``.

    A flow has reached a minimum if its gradient is below the tolerance and its distance from the minimum is below a
    tenth of the minimum's distance to the nearest other critical point; ``every`` contains all of them. The result is
    -1 where this does not happen.
    """
    isolation = np.linalg.norm(every.x[minima, None] - every.x, axis=2)
    isolation[np.arange(minima.size), minima] = np.inf
    near = _NEAR * isolation.min(axis=1)
    ends = np.full(len(starts), -1)
    x, doubtful = starts.copy(), np.arange(len(starts))
    for tolerance in _TOLERANCES:
        flow = descend(
            every.landscape, x[doubtful], "gradient", tol=tolerance, max_iterations=_STEPS, accuracy=accuracy
        )
        x[doubtful] = flow.x
        # One minimum at a time, because all differences together would need n times the memory.
        distance = np.stack([np.linalg.norm(flow.x - minimum, axis=1) for minimum in every.x[minima]], axis=1)
        closest = distance.argmin(axis=1)
        reached = flow.converged & (distance.min(axis=1) < near[closest])
        ends[doubtful[reached]] = closest[reached]
        doubtful = doubtful[~reached]
        if not doubtful.size:
            break
    return ends


def merges(minima: int, joins: IntArray, saddle_energies: Array) -> Merges:
    """Merge valleys in the order of the saddle energies; minima are numbered from the deepest.

    A saddle that joins a valley to itself, or one with an unknown end (-1), merges nothing.
    """
    valley = np.arange(minima)
    rows = []
    for saddle in np.argsort(saddle_energies, kind="stable"):
        if joins[saddle].min() < 0:
            continue
        deeper, shallower = np.sort(valley[joins[saddle]])
        if deeper != shallower:
            valley[valley == shallower] = deeper
            rows.append((deeper, shallower, saddle))
    return Merges(*np.array(rows, np.int64).reshape(-1, 3).T)


def passes(minima_energies: Array, found: Merges, saddle_energies: Array) -> Array:
    """Return the lowest energy that a path from one minimum to another must reach, shape (minima, minima).

    The diagonal contains the energies of the minima; entries of minima that are never joined are infinite.
    """
    heights = np.full((minima_energies.size, minima_energies.size), np.inf)
    np.fill_diagonal(heights, minima_energies)
    valley = np.arange(minima_energies.size)
    for deeper, shallower, saddle in zip(*found, strict=True):
        across = np.ix_(valley == deeper, valley == shallower)
        heights[across] = heights.T[across] = saddle_energies[saddle]
        valley[valley == shallower] = deeper
    return heights
