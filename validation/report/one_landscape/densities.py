"""Energies by index beside their exact mean densities: one row per index, in pixels."""

from dataclasses import dataclass

import numpy as np

import theory
from spinglass._common.types import Array
from spinglass.critical_points import Enumeration
from theory.arguments import Model
from validation.report.one_landscape.scale import Scale, around

_LEFT, _RIGHT, _TOP, _BELOW = 74, 196, 10, 38
_WIDTH, _ROW = 860, 34
_FULL = 0.92  # height of the curves in rows
_PLACES = 161
_SHOWN = 0.02  # the axis reaches to where all densities are below this share of their largest values
_TICK = 7
_LEAST = 0.3  # pixels; lower parts of a curve are left out


@dataclass(frozen=True)
class DensityRow:
    """The points of one index.

    Attributes
    ----------
    index, found
        The index, and the number of its points in this landscape.
    mean
        Exact mean number over all landscapes.
    base
        Pixel of the row's zero.
    curve, ticks
        SVG paths of the exact mean density and of the found energies.
    """

    index: int
    found: int
    mean: float
    base: float
    curve: str
    ticks: str


@dataclass(frozen=True)
class DensityDrawing:
    """All rows, and the axis of energies.

    Attributes
    ----------
    width, height
        Size of the drawing.
    energies
        Horizontal axis.
    rows
        One row per index, the highest index first.
    """

    width: float
    height: float
    energies: Scale
    rows: list[DensityRow]


def draw_densities(every: Enumeration, model: Model) -> DensityDrawing:
    """Return the energies of all critical points by index, with exact mean densities.

    Parameters
    ----------
    every
        The critical points.
    model
        Order of the pure model, or weights by order.

    Returns
    -------
    DensityDrawing
        Positions in pixels. All curves have the same height, because the mean numbers differ by large factors.
    """
    n, u = every.x.shape[1], every.energy_per_spin
    energies = Scale(*_range(every, model), _LEFT, _WIDTH - _RIGHT)
    places = np.linspace(energies.low, energies.high, _PLACES)
    rows = []
    for k in reversed(range(n)):
        base = _TOP + _ROW * (n - k)
        chosen, density = u[every.index == k], _density(places, n, model, k)
        mean = float(theory.mean_critical_points(n, model, index=k))
        curve = _area(places, _FULL * _ROW / density.max() * density, base, energies)
        rows.append(DensityRow(k, len(chosen), mean, base, curve, _ticks(chosen, base, energies)))
    return DensityDrawing(_WIDTH, rows[-1].base + _BELOW, energies, rows)


def _density(places: Array, n: int, model: Model, k: int) -> Array:
    """Return exact mean densities; those that float64 cannot determine are in the far tails, and 0 here."""
    return np.asarray(np.nan_to_num(theory.mean_critical_point_density(places, n, model, index=k, unknown="nan")))


def _range(every: Enumeration, model: Model) -> tuple[float, float]:
    """Return the ends of the axis: all points, and the lowest and the highest index's density."""
    n, u = every.x.shape[1], every.energy_per_spin
    farthest = 2.0 * float(np.abs(u).max())
    places = np.linspace(-farthest, farthest, 4 * _PLACES)
    ends = [float(u.min()), float(u.max())]
    for k in (0, n - 1):
        density = _density(places, n, model, k)
        ends += places[density > _SHOWN * density.max()][[0, -1]].tolist()
    return around(ends, 0.02)


def _area(places: Array, heights: Array, base: float, energies: Scale) -> str:
    """Return the area below a curve."""
    high = np.flatnonzero(heights > _LEAST)
    if not high.size:
        return ""
    shown = slice(max(high[0] - 1, 0), high[-1] + 2)
    points = zip(places[shown].tolist(), heights[shown].tolist(), strict=True)
    outline = "L".join(f"{energies(u)} {base - height:.1f}" for u, height in points)
    return f"M{energies(places[shown][0])} {base}L{outline}L{energies(places[shown][-1])} {base}Z"


def _ticks(chosen: Array, base: float, energies: Scale) -> str:
    """Return a short vertical line at each energy."""
    return "".join(f"M{energies(u)} {base}v-{_TICK}" for u in chosen.tolist())
