"""The order in which the valleys of a landscape merge while the energy rises."""

from typing import NamedTuple

import numpy as np

from spinglass.landscape import Array
from spinglass.layout import IntArray


class Merges(NamedTuple):
    """One row each time two valleys become one, lowest energy first.

    Attributes
    ----------
    deeper, shallower
        The lowest minima of the two valleys; the merged valley goes by the deeper one.
    saddle
        The saddle at which they merge, as a position in the list of joins.
    """

    deeper: IntArray
    shallower: IntArray
    saddle: IntArray


def merges(minima: int, joins: IntArray, saddle_energies: Array) -> Merges:
    """Merge valleys from the lowest saddle up: ``minima`` are numbered from the deepest, joins are rows (i, j).

    A saddle that joins a valley to itself merges nothing; neither does one with an end that is unknown, -1.
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

    The diagonal holds the minima's own energies; what is never joined is infinite.
    """
    heights = np.full((minima_energies.size, minima_energies.size), np.inf)
    np.fill_diagonal(heights, minima_energies)
    valley = np.arange(minima_energies.size)
    for deeper, shallower, saddle in zip(*found, strict=True):
        across = np.ix_(valley == deeper, valley == shallower)
        heights[across] = heights.T[across] = saddle_energies[saddle]
        valley[valley == shallower] = deeper
    return heights
