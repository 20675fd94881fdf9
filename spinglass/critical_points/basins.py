"""Basins of attraction: the share of the sphere from which gradient flow leads to each minimum."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinglass import sphere
from spinglass._common.arguments import whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed
from spinglass._common.types import Array, IntArray
from spinglass.critical_points.graph import LandscapeGraph, minimum_of_flow
from spinglass.saving import Saved

if TYPE_CHECKING:
    import pandas as pd

_QUANTILE = 1.959963984540054  # normal, two-sided 95%


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Basins(Saved):
    """Basins of attraction, measured by gradient flows from uniformly distributed starts.

    Attributes
    ----------
    graph
        The graph of the landscape.
    starts
        Number of flows.
    ends
        Number of flows that ended at each minimum, shape (minima,); same order as ``graph.minima``.
    unsettled
        Number of flows that ended at no minimum.
    """

    graph: LandscapeGraph
    starts: int
    ends: IntArray
    unsettled: int

    @property
    def volume(self) -> Array:
        """Share of the sphere in each minimum's basin, shape (minima,)."""
        return np.asarray(self.ends / self.starts)

    @property
    def interval(self) -> Array:
        """Wilson's 95% interval of each volume, shape (minima, 2); it is also valid for basins without any hit."""
        z, n, p = _QUANTILE, self.starts, self.volume
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return np.stack([np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)], axis=1)

    @property
    def mean_energy_per_spin(self) -> tuple[float, float]:
        """Mean energy per spin of the ends of the flows, and its standard error; NaN with too few settled flows."""
        own = self.graph.every.energy_per_spin[self.graph.minima]
        settled = self.starts - self.unsettled
        if not settled:
            return np.nan, np.nan
        mean = float(self.ends @ own) / settled
        if settled == 1:
            return mean, np.nan
        return mean, float(np.sqrt(self.ends @ (own - mean) ** 2 / (settled * (settled - 1))))

    def to_frame(self) -> "pd.DataFrame":
        """Return a table with one row per minimum.

        Returns
        -------
        pandas.DataFrame
            Index ``minimum``; columns ``point`` (row in the enumeration), ``energy_per_spin``, ``escape_height``
            (barrier per spin), ``ends``, ``volume``, ``volume_low`` and ``volume_high`` (95% interval).

        Examples
        --------
        >>> from spinglass import SphericalSpinGlass, enumerate_critical_points, landscape_graph
        >>> graph = landscape_graph(enumerate_critical_points(SphericalSpinGlass.pure(n=3, H=3, seed=0)))
        >>> int(basin_volumes(graph, starts=50).to_frame()["ends"].sum())
        50
        """
        import pandas as pd

        low, high = self.interval.T
        graph = self.graph
        columns = {
            "point": graph.minima,
            "energy_per_spin": graph.every.energy_per_spin[graph.minima],
            "escape_height": graph.escape_height,
            "ends": self.ends,
            "volume": self.volume,
            "volume_low": low,
            "volume_high": high,
        }
        return pd.DataFrame(columns, index=pd.RangeIndex(len(graph.minima), name="minimum"))

    def __repr__(self) -> str:
        """Return a summary in a few lines."""
        own = self.graph.every.energy_per_spin[self.graph.minima]
        mean, error = self.mean_energy_per_spin
        return "\n".join(
            [
                f"Basins: {self.starts} gradient flows from uniform starts, {self.unsettled} did not settle",
                f"  mean energy per spin where they end   {mean:.5f} ± {error:.5f}",
                f"  plain mean over the {len(own)} minima{'':<10.0}{own.mean():.5f}",
            ]
        )


def basin_volumes(graph: LandscapeGraph, starts: int = 1000, seed: Seed = 0, accuracy: float = 1e-4) -> Basins:
    """Measure the volume of each minimum's basin of attraction by gradient flow from uniform starts.

    Parameters
    ----------
    graph
        Graph of a landscape, with all its minima.
    starts
        Number of flows; a volume p has standard error ``sqrt(p (1-p)/starts)``. Default: 1000.
    seed
        Seed of the starts. Default: 0.
    accuracy
        Error of the flow relative to the distance moved, between 0 and 1. Default: 1e-4.

    Returns
    -------
    Basins
        The number of flows that ended at each minimum.

    Raises
    ------
    ValueError
        If ``starts`` is not a whole number >= 1, ``accuracy`` is not between 0 and 1, or the flows do not fit in
        memory.
    TypeError
        If ``graph`` is not a LandscapeGraph.

    References
    ----------
    Wilson, J. Amer. Statist. Assoc. 22 (1927) 209 (confidence intervals).

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass, enumerate_critical_points, landscape_graph
    >>> graph = landscape_graph(enumerate_critical_points(SphericalSpinGlass.pure(n=3, H=3, seed=0)))
    >>> basin_volumes(graph, starts=50).unsettled
    0
    """
    if not isinstance(graph, LandscapeGraph):
        raise TypeError(f"basin volumes need a LandscapeGraph, not {type(graph).__name__}; use landscape_graph")
    starts = whole_number("starts", starts, 1)
    minima, n = graph.every.x[graph.minima].shape
    require_memory(
        8 * starts * (minima + 16 * n), f"{starts} flows among {minima} minima of n = {n}", "fewer starts, more seeds"
    )
    x = sphere.random_points(n, starts, seed)
    ends = minimum_of_flow(graph.every, graph.minima, x, accuracy)
    return Basins(
        graph=graph,
        starts=starts,
        ends=np.bincount(ends[ends >= 0], minlength=len(graph.minima)),
        unsettled=int(np.count_nonzero(ends < 0)),
    )
