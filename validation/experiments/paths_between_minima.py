"""Energies along geodesics between minima of one landscape, with theory and the true energy barriers."""

import numpy as np
import pandas as pd

import theory
from spinglass import SphericalSpinGlass, critical_points
from spinglass._common.types import Array


def energy_on_path(glass: SphericalSpinGlass, x: Array, y: Array, position: Array) -> Array:
    """Return energies per spin at positions 0..1 of the geodesic from x to y, shape (len(position),).

    Examples
    --------
    >>> glass = SphericalSpinGlass.pure(4, 3, 0)
    >>> x, y = 2 * np.eye(4)[:2]
    >>> ends = energy_on_path(glass, x, y, np.array([0.0, 1.0]))
    >>> bool(np.allclose(ends, [glass.energy(x) / 4, glass.energy(y) / 4]))
    True
    """
    angle = np.arccos(np.clip(x @ y / glass.n, -1.0, 1.0))
    t = position[:, None]
    points = (np.sin((1.0 - t) * angle) * x + np.sin(t * angle) * y) / np.sin(angle)
    return np.asarray(glass.energy(points) / glass.n)


def paths_between_minima(n: int, H: int, seed: int, pairs: int = 3, points: int = 41) -> dict[str, pd.DataFrame]:
    """Return energies along geodesics between minima of one landscape.

    Parameters
    ----------
    n, H : int
        Number of spins and interaction order.
    seed : int
        Seed of the landscape and of theory's random numbers.
    pairs : int, default 3
        Number of paths shown: from the deepest minimum to the next ones that are neither its mirror image nor nearly
        orthogonal to it.
    points : int, default 41
        Number of positions on each path.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``paths``: pair, overlap, position, measured, mean, spread. ``barriers``, for all pairs of minima: overlap,
        geodesic and lowest, the height of the highest point of the geodesic and of the lowest pass above the higher of
        the two minima, per spin.
    """
    every = critical_points.enumerate_critical_points(SphericalSpinGlass.pure(n, H, seed), None)
    graph = critical_points.landscape_graph(every)
    x, u, q = every.x[graph.minima], every.energy_per_spin[graph.minima], graph.overlaps
    t = np.linspace(0.0, 1.0, points)
    glass = SphericalSpinGlass.pure(n, H, seed)
    shown = [j for j in range(1, len(x)) if 0.1 < q[0, j] < 0.99][:pairs]
    paths = []
    for number, j in enumerate(shown):
        profile = theory.path_profile(n, H, float(q[0, j]), (u[0], u[j]), (0, 0), position=t, seed=seed)
        columns = {"measured": energy_on_path(glass, x[0], x[j], t), "mean": profile.mean, "spread": profile.spread}
        paths.append(pd.DataFrame({"pair": number, "overlap": q[0, j], "position": t, **columns}))
    rows = []
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            if abs(q[i, j]) < 0.999:
                top = energy_on_path(glass, x[i], x[j], t).max()
                higher = max(u[i], u[j])
                rows.append((q[i, j], top - higher, graph.pass_energy_per_spin[i, j] - higher))
    return {
        "paths": pd.concat(paths, ignore_index=True),
        "barriers": pd.DataFrame(rows, columns=["overlap", "geodesic", "lowest"]),
    }
