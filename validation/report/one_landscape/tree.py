"""The disconnectivity graph of a page: where its lines, minima, saddles and basins are, in pixels."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spinglass._common.types import IntArray
from spinglass.critical_points import Basins, LandscapeGraph
from validation.figures.disconnectivity import Tree, arrange
from validation.report.one_landscape.scale import Scale, around

_LEFT, _RIGHT, _TOP, _HEIGHT = 52, 12, 12, 380
_BARS = (30, 80)  # distance of the bars of basins from the tree, and their height
_COLUMN = 26  # smallest distance of two minima
_USUAL = 540  # width over which minima are spread, if they fit


class Bar(NamedTuple):
    """The share of the sphere that belongs to a minimum, with its 95% interval, in pixels from the top."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class TreeDrawing:
    """Positions in pixels.

    Attributes
    ----------
    width, height
        Size of the drawing.
    energies, shares
        Vertical axes of the tree and of the bars.
    lines
        Path of all lines of the tree, as in the attribute ``d`` of an SVG path.
    minima
        Position of each minimum.
    saddles
        Position of each settled saddle by its number.
    routes
        For each settled saddle the lines of the tree from both minima up to it.
    bars
        Bar of each minimum.
    """

    width: float
    height: float
    energies: Scale
    shares: Scale
    lines: str
    minima: list[tuple[float, float]]
    saddles: dict[int, tuple[float, float]]
    routes: dict[int, tuple[str, str]]
    bars: list[Bar]


def draw_tree_of(basins: Basins) -> TreeDrawing:
    """Return the drawing of a landscape's graph.

    Parameters
    ----------
    basins
        The graph and the volumes of its basins.

    Returns
    -------
    TreeDrawing
        Positions in pixels.
    """
    graph = basins.graph
    u = graph.every.energy_per_spin
    own, heights, merges = u[graph.minima], u[graph.saddles], graph.merges
    pairs = np.column_stack([merges.deeper, merges.shallower])
    tree = arrange(own, pairs, heights[merges.saddle])
    count = len(own)
    width = _LEFT + max(_USUAL, _COLUMN * count) + _RIGHT
    across = Scale(-0.5, count - 0.5, _LEFT, width - _RIGHT)
    low, high = around([*own.tolist(), *heights.tolist()])
    energies = Scale(low, high, _TOP + _HEIGHT, _TOP)
    first = _TOP + _HEIGHT + _BARS[0]
    shares = Scale(0.0, float(basins.interval.max(initial=0.05)), first + _BARS[1], first)
    settled = np.flatnonzero(graph.settled).tolist()
    routes = {saddle: _routes(graph, tree, pairs, saddle) for saddle in settled}
    return TreeDrawing(
        width=width,
        height=first + _BARS[1] + 34,
        energies=energies,
        shares=shares,
        lines=_lines(tree, across, energies),
        minima=[(across(x), energies(y)) for x, y in zip(tree.place.tolist(), own.tolist(), strict=True)],
        saddles={saddle: (across(way[0][-1][0]), energies(way[0][-1][1])) for saddle, way in routes.items()},
        routes={
            saddle: (_path(way[0], across, energies), _path(way[1], across, energies)) for saddle, way in routes.items()
        },
        bars=[
            Bar(shares(share), shares(low), shares(high))
            for share, (low, high) in zip(basins.volume.tolist(), basins.interval.tolist(), strict=True)
        ],
    )


_Route = list[tuple[float, float]]


def _routes(graph: LandscapeGraph, tree: Tree, pairs: IntArray, saddle: int) -> tuple[_Route, _Route]:
    """Return the corners of the lines from the two minima that a saddle joins up to the saddle."""
    u = graph.every.energy_per_spin
    energy = float(u[graph.saddles[saddle]])
    first, second = (_route(tree, pairs, end, u[graph.minima[end]], energy) for end in graph.joins[saddle].tolist())
    return first, second


def _route(tree: Tree, pairs: IntArray, minimum: int, own: float, energy: float) -> _Route:
    """Return the corners of the line that rises from a minimum to an energy."""
    x, valley = float(tree.place[minimum]), minimum
    corners = [(x, float(own))]
    for fork, pair in zip(tree.forks, pairs.tolist(), strict=True):
        if fork.top > energy:
            break
        if valley in pair:
            corners.append((x, fork.top))
            x, valley = sum(fork.sides) / 2, pair[0]
            corners.append((x, fork.top))
    return [*corners, (x, energy)]


def _lines(tree: Tree, across: Scale, energies: Scale) -> str:
    """Return the lines of all forks, and the one that rises from the last of them; empty for a single minimum."""
    forks = [
        _path([(left, low), (left, fork.top), (right, fork.top), (right, other)], across, energies)
        for fork in tree.forks
        for (left, right), (low, other) in [(fork.sides, fork.reach)]
    ]
    if tree.forks:
        trunk, top = sum(tree.forks[-1].sides) / 2, tree.forks[-1].top
        forks.append(_path([(trunk, top), (trunk, energies.high)], across, energies))
    return "".join(forks)


def _path(corners: _Route, across: Scale, energies: Scale) -> str:
    """Return a line as in the attribute ``d`` of an SVG path.

    Examples
    --------
    >>> _path([(0.0, 1.0), (2.0, 1.0)], Scale(0, 2, 0, 100), Scale(0, 1, 50, 0))
    'M0.0 0.0L100.0 0.0'
    """
    return "M" + "L".join(f"{across(x)} {energies(y)}" for x, y in corners)
