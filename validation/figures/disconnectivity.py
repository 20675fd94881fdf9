"""The disconnectivity graph of one landscape, and below it the basin volumes of its minima."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from spinglass._common.types import Array, IntArray
from validation.figures.style import EMPHASIS, SIMULATION, THEORY, letter, panels

_FEW = 14  # minima that fit into one column
_MOST_LABELS = 25


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
    figure, axes = panels(2, 1, 2.2, wide=len(minima) > _FEW, sharex=True, height_ratios=(3, 1.2))
    tree, basins = axes[:, 0]
    pairs = merges[["deeper", "shallower"]].to_numpy()
    order = draw_tree(tree, minima["energy_per_spin"].to_numpy(), pairs, merges["energy_per_spin"].to_numpy())
    place = np.argsort(order)
    volume = minima["volume"].to_numpy()
    errors = np.maximum([volume - minima["volume_low"], minima["volume_high"] - volume], 0.0)
    basins.bar(place, volume, width=0.6, color=SIMULATION, alpha=0.65)
    basins.errorbar(place, volume, yerr=errors, fmt="none", ecolor=EMPHASIS, elinewidth=1, capsize=2)
    tree.set_ylabel("energy per spin $u$")
    letter((tree, basins), [title, "basins of attraction"])
    basins.set(ylim=(0, None), xlabel="minimum (0 is the deepest)", ylabel="share of sphere")
    basins.yaxis.set_major_locator(MaxNLocator(4))
    every = -(-len(minima) // _MOST_LABELS)  # with many minima only some have a label
    basins.set_xticks(np.arange(len(minima))[::every], [str(minimum) for minimum in order[::every]])
    basins.set_xlim(-0.7, len(minima) - 0.3)
    tree.spines["bottom"].set_visible(False)
    tree.tick_params(axis="x", length=0)
    return figure


class Fork(NamedTuple):
    """A place of the tree where two valleys merge.

    Attributes
    ----------
    sides
        Horizontal positions of the deeper and of the shallower valley; the merged valley is in the middle.
    reach
        Energies up to which the two valleys are drawn already.
    top
        Energy of the saddle at which they merge.
    """

    sides: tuple[float, float]
    reach: tuple[float, float]
    top: float


class Tree(NamedTuple):
    """A disconnectivity graph as a drawing.

    Attributes
    ----------
    order
        The minima from left to right.
    place
        Horizontal position of each minimum, shape (minima,).
    forks
        The merging of valleys, lowest saddle first.
    """

    order: list[int]
    place: Array
    forks: list[Fork]


def arrange(own: Array, pairs: IntArray, saddles: Array) -> Tree:
    """Arrange a disconnectivity graph so that no two lines cross.

    Parameters
    ----------
    own : ndarray, shape (minima,)
        Energies per spin of the minima, deepest first.
    pairs : ndarray, shape (merges, 2)
        The deeper and the shallower of the minima whose valleys merge, lowest saddle first.
    saddles : ndarray, shape (merges,)
        Energies per spin at which they merge.

    Returns
    -------
    Tree
        Positions of the minima and of the saddles.

    Examples
    --------
    >>> arrange(np.array([-2.0, -1.0]), np.array([[0, 1]]), np.array([-0.5])).forks
    [Fork(sides=(0.0, 1.0), reach=(-2.0, -1.0), top=-0.5)]
    """
    order = _order(len(own), pairs)
    place = np.argsort(order).astype(float)
    valley, reach = place.tolist(), own.tolist()
    forks = []
    for (deeper, shallower), energy in zip(pairs.tolist(), saddles.tolist(), strict=True):
        forks.append(Fork((valley[deeper], valley[shallower]), (reach[deeper], reach[shallower]), energy))
        valley[deeper], reach[deeper] = (valley[deeper] + valley[shallower]) / 2, energy
    return Tree(order, place, forks)


def _order(minima: int, pairs: IntArray) -> list[int]:
    """Return an order of the minima in which no two lines cross."""
    side_by_side = {minimum: [minimum] for minimum in range(minima)}
    for deeper, shallower in pairs.tolist():
        # Alternating the side of the deeper valley keeps the trunk near the centre.
        first, second = side_by_side.pop(deeper), side_by_side.pop(shallower)
        side_by_side[deeper] = first + second if len(first) % 2 else second + first
    return [minimum for group in side_by_side.values() for minimum in group]


def draw_tree(axis: Axes, own: np.ndarray, pairs: np.ndarray, saddles: np.ndarray) -> list[int]:
    """Draw the minima, and the saddles at which their valleys merge, into one panel.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
        The panel.
    own : ndarray, shape (minima,)
        Energies per spin of the minima, deepest first.
    pairs : ndarray, shape (merges, 2)
        The deeper and the shallower of the minima whose valleys merge, lowest saddle first.
    saddles : ndarray, shape (merges,)
        Energies per spin at which they merge.

    Returns
    -------
    list of int
        The minima from left to right.
    """
    found = arrange(own, pairs, saddles)
    axis.plot(found.place, own, "o", color=SIMULATION, ms=4)
    for fork in found.forks:
        left, right = fork.sides
        axis.plot(np.repeat(fork.sides, 2), [fork.reach[0], fork.top, fork.top, fork.reach[1]], color=EMPHASIS, lw=1.2)
        axis.plot((left + right) / 2, fork.top, "D", color=THEORY, ms=4)
    return found.order
