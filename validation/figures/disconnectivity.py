"""The disconnectivity graph of one landscape, and below it the basin volumes of its minima."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from validation.figures.style import SIMULATION, THEORY, hide_spines


def disconnectivity(minima: pd.DataFrame, merges: pd.DataFrame, title: str) -> Figure:
    """Draw each minimum as a line that rises from its energy and merges with another at the saddle between them.

    Parameters
    ----------
    minima : pandas.DataFrame
        One row per minimum, deepest first: energy_per_spin, volume, volume_low, volume_high.
    merges : pandas.DataFrame
        Lowest first: deeper, shallower (numbers of minima), energy_per_spin.
    title : str
        Title, such as ``n = 14, H = 3``.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    order = _order(len(minima), merges)
    place = np.empty(len(minima))
    place[order] = np.arange(len(minima))
    figure = Figure(figsize=(min(7.0, 2.0 + 0.22 * max(7, len(minima))), 4.2), layout="constrained")
    tree, basins = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    _draw_tree(tree, minima["energy_per_spin"].to_numpy(), merges, place.copy())
    volume = minima["volume"].to_numpy()
    errors = np.maximum([volume - minima["volume_low"], minima["volume_high"] - volume], 0.0)
    basins.bar(place, volume, width=0.6, color=SIMULATION, alpha=0.75)
    basins.errorbar(place, volume, yerr=errors, fmt="none", ecolor="black", elinewidth=1, capsize=2)
    tree.set_ylabel("energy per spin", fontsize="small")
    tree.set_title(title, fontsize="small")
    basins.set(ylim=(0, None))
    basins.set_xlabel("minimum (0 is the deepest)", fontsize="small")
    basins.set_ylabel("basin volume", fontsize="small")
    basins.set_xticks(np.arange(len(minima)), [str(minimum) for minimum in order])
    basins.set_xlim(-0.7, len(minima) - 0.3)
    for axis in (tree, basins):
        axis.tick_params(labelsize="small")
        hide_spines(axis)
    tree.spines["bottom"].set_visible(False)
    tree.tick_params(axis="x", length=0)
    return figure


def _order(minima: int, merges: pd.DataFrame) -> list[int]:
    """Return an order of the minima in which no two lines cross."""
    side_by_side = {minimum: [minimum] for minimum in range(minima)}
    for deeper, shallower in merges[["deeper", "shallower"]].itertuples(index=False):
        # Alternating the side of the deeper valley keeps the trunk near the centre.
        first, second = side_by_side.pop(deeper), side_by_side.pop(shallower)
        side_by_side[deeper] = first + second if len(first) % 2 else second + first
    return [minimum for group in side_by_side.values() for minimum in group]


def _draw_tree(axis: Axes, own: np.ndarray, merges: pd.DataFrame, place: np.ndarray) -> None:
    axis.plot(place, own, "o", color=SIMULATION, ms=4)
    reach = own.copy()
    for deeper, shallower, energy in merges[["deeper", "shallower", "energy_per_spin"]].itertuples(index=False):
        pair = [deeper, shallower]
        axis.plot(np.repeat(place[pair], 2), [reach[deeper], energy, energy, reach[shallower]], color="black", lw=1.2)
        place[deeper], reach[deeper] = place[pair].mean(), energy
        axis.plot(place[deeper], energy, "D", color=THEORY, ms=4)
