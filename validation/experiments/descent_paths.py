"""Steepest-descent paths from a saddle of index 1 to the two minima that it joins."""

from typing import NamedTuple

import numpy as np

from spinglass import descend
from spinglass._common.types import Array, IntArray
from spinglass.critical_points import LandscapeGraph
from spinglass.critical_points.graph import beside
from spinglass.landscape import Landscape

# A path is followed a few steps of the integrator at a time. Each time the first step turns the point by a small fixed
# angle, so that the places are close where the path is curved, and not where the flow is slow.
_STEPS = 4
_MOST_PLACES = 400
_NEAR = 0.05  # the flow ends at this share of the distance between the saddle and the minimum; the rest is straight
_ACCURACY = 1e-3  # of the flow; the error is about this share of the length
_TOL = 1e-12  # never reached before the end


class DescentPath(NamedTuple):
    """The path of gradient flow over one saddle.

    Attributes
    ----------
    minima
        The minimum at the start and the one at the end of the path.
    position
        Angle travelled since the saddle, negative before it, shape (places,).
    energy_per_spin
        Energies at the places, shape (places,); both ends are minima, and the largest value is that of the saddle.
    """

    minima: tuple[int, int]
    position: Array
    energy_per_spin: Array


def descent_paths(graph: LandscapeGraph, places: int = 25) -> dict[int, DescentPath]:
    """Follow gradient flow from both sides of every saddle.

    Parameters
    ----------
    graph : LandscapeGraph
        The landscape's graph.
    places : int, default 25
        Largest number of places on each side.

    Returns
    -------
    dict of int to DescentPath
        The path over each settled saddle, by its number. It begins at the deeper minimum.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass, enumerate_critical_points, landscape_graph
    >>> graph = landscape_graph(enumerate_critical_points(SphericalSpinGlass.pure(n=4, H=3, seed=0)))
    >>> path = descent_paths(graph)[0]
    >>> path.minima == tuple(graph.joins[0]), bool(path.position[0] < 0 < path.position[-1])
    (True, True)
    """
    chosen = np.flatnonzero(graph.settled)
    if not chosen.size:
        return {}
    every = graph.every
    minima, top = every.x[graph.minima], every.x[graph.saddles]
    trails = _followed(graph, chosen)
    paths = {}
    for row, saddle in enumerate(chosen.tolist()):
        sides = trails[:, row], trails[:, row + chosen.size]
        first, second = graph.joins[saddle].tolist()
        ends = [[float(side[-1] @ minima[end]) for end in (first, second)] for side in sides]
        if ends[0][1] + ends[1][0] > ends[0][0] + ends[1][1]:  # the first side leads to the second minimum
            sides = sides[1], sides[0]
        halves = [
            _thinned(np.concatenate([top[[saddle]], side, minima[[end]]]), places)
            for side, end in zip(sides, (first, second), strict=True)
        ]
        points = np.concatenate([halves[0][0][::-1], halves[1][0][1:]])
        position = np.concatenate([-halves[0][1][::-1], halves[1][1][1:]])
        paths[saddle] = DescentPath((first, second), position, _energy_per_spin(every.landscape, points))
    return paths


def _energy_per_spin(landscape: Landscape, points: Array) -> Array:
    return np.asarray(landscape.energy_and_gradient(points)[0] / points.shape[1])


def _followed(graph: LandscapeGraph, chosen: IntArray) -> Array:
    """Return places on the two sides of the chosen saddles, shape (places, 2 saddles, n)."""
    every = graph.every
    minima = every.x[graph.minima]
    ends = np.tile(graph.joins[chosen], (2, 1))
    length = _distance(np.tile(every.x[graph.saddles[chosen]], (2, 1)), minima, ends)
    trail = [beside(every, graph.saddles[chosen])]
    for _ in range(_MOST_PLACES):
        if (_distance(trail[-1], minima, ends) < _NEAR * length).any(axis=1).all():
            break
        found = descend(every.landscape, trail[-1], "gradient", tol=_TOL, max_iterations=_STEPS, accuracy=_ACCURACY)
        trail.append(found.x)
    return np.stack(trail)


def _distance(x: Array, minima: Array, ends: IntArray) -> Array:
    """Return the distances of each row from both minima that its saddle joins, shape (rows, 2)."""
    return np.asarray(np.linalg.norm(x[:, None] - minima[ends], axis=2))


def _thinned(points: Array, places: int) -> tuple[Array, Array]:
    """Return at most ``places`` points of a path at about equal distances, and the angle travelled to each."""
    radius = np.linalg.norm(points[0])
    chords = np.linalg.norm(np.diff(points, axis=0), axis=1) / (2 * radius)
    angle = np.concatenate([[0.0], np.cumsum(2 * np.arcsin(np.minimum(chords, 1.0)))])
    kept = np.unique(np.searchsorted(angle, np.linspace(0.0, angle[-1], places)))
    return points[kept], angle[kept]
