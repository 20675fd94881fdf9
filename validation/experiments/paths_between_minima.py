"""Energies along geodesics between minima of one landscape, with theory and the true energy barriers."""

from typing import Any

import numpy as np
import pandas as pd

import theory
from spinglass import SphericalSpinGlass, critical_points
from spinglass._common.seeds import child, seed_sequence
from spinglass._common.types import Array
from spinglass.critical_points import LandscapeGraph

_LEAST, _MOST = 0.1, 0.999  # overlaps of pairs whose path is shown


def energy_on_path(glass: Any, x: Array, y: Array, position: Array) -> Array:
    """Return energies per spin at positions 0..1 of the geodesic from x to y, shape (len(position),).

    Examples
    --------
    >>> glass = SphericalSpinGlass.pure(4, 3, 0)
    >>> x, y = 2 * np.eye(4)[:2]
    >>> ends = energy_on_path(glass, x, y, np.array([0.0, 1.0]))
    >>> bool(np.allclose(ends, [glass.energy(x) / 4, glass.energy(y) / 4]))
    True
    """
    angle = np.arccos(np.clip(x @ y / len(x), -1.0, 1.0))
    t = position[:, None]
    points = (np.sin((1.0 - t) * angle) * x + np.sin(t * angle) * y) / np.sin(angle)
    return np.asarray(glass.energy(points) / len(x))


def paths_between_minima(
    n: int, H: int, seed: int, samples: int = 12, pairs: int = 3, points: int = 41
) -> dict[str, pd.DataFrame]:
    """Return energies along geodesics between minima of some landscapes.

    Parameters
    ----------
    n, H : int
        Number of spins and interaction order.
    seed : int
        Seed of the landscapes and of theory's random numbers.
    samples : int, default 12
        Number of landscapes for ``barriers``; the first one is that of ``paths``.
    pairs : int, default 3
        Number of paths shown: from the deepest minimum to the next ones whose overlap with it is above 0.1.
    points : int, default 41
        Number of positions on each path.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``paths``: pair, overlap, position, measured, mean, spread. ``barriers``, for all pairs of minima: sample,
        overlap, geodesic and lowest, the height of the highest point of the geodesic and of the lowest pass above the
        higher of the two minima, per spin.
    """
    t = np.linspace(0.0, 1.0, points)
    root = seed_sequence(seed)
    graphs = [
        critical_points.landscape_graph(
            critical_points.enumerate_critical_points(SphericalSpinGlass.pure(n, H, child(root, k)), None)
        )
        for k in range(samples)
    ]
    barriers = [_barriers(graph, k, t) for k, graph in enumerate(graphs)]
    return {"paths": _paths(graphs[0], n, H, seed, pairs, t), "barriers": pd.concat(barriers, ignore_index=True)}


def _paths(graph: LandscapeGraph, n: int, H: int, seed: int, pairs: int, t: Array) -> pd.DataFrame:
    x, u, q = graph.every.x[graph.minima], graph.every.energy_per_spin[graph.minima], graph.overlaps
    tables = []
    for number, j in enumerate([j for j in range(1, len(x)) if _LEAST < q[0, j] < _MOST][:pairs]):
        profile = theory.path_profile(n, H, float(q[0, j]), (u[0], u[j]), (0, 0), position=t, seed=seed)
        measured = energy_on_path(graph.every.landscape, x[0], x[j], t)
        columns = {"measured": measured, "mean": profile.mean, "spread": profile.spread}
        tables.append(pd.DataFrame({"pair": number, "overlap": q[0, j], "position": t, **columns}))
    names = ["pair", "overlap", "position", "measured", "mean", "spread"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=names)


def _barriers(graph: LandscapeGraph, sample: int, t: Array) -> pd.DataFrame:
    x, u, q = graph.every.x[graph.minima], graph.every.energy_per_spin[graph.minima], graph.overlaps
    rows = []
    for i, j in zip(*np.triu_indices(len(x), 1), strict=True):
        if abs(q[i, j]) < _MOST:
            top, higher = energy_on_path(graph.every.landscape, x[i], x[j], t).max(), max(u[i], u[j])
            rows.append((sample, q[i, j], top - higher, graph.pass_energy_per_spin[i, j] - higher))
    return pd.DataFrame(rows, columns=["sample", "overlap", "geodesic", "lowest"])
