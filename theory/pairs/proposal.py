"""Radial derivatives of two critical points, drawn from a density close to that of all pairs at their overlap.

The density is the Gaussian law of (x, x') given zero gradients times the mean absolute determinants of each Hessian by
itself, which are known exactly. It is constant on the cells of a grid; rows are intervals of x, and every row has
its own columns, which are intervals of the standardised deviation of x' from its mean given x.
"""

import math
from typing import NamedTuple

import numpy as np

from spinglass._common.types import Array
from theory.pairs.one_point import OnePointTable
from theory.pairs.plane import Plane, Window, log_probability

_ROWS, _COLUMNS = 64, 32
_FIRST_ROWS, _FIRST_COLUMNS = 96, 160
# Cells whose density is smaller than the largest by this logarithm are left out; the share lost is of order exp(-20).
_NEGLIGIBLE = 25.0


class Drawn(NamedTuple):
    """Radial derivatives of both points, and the logarithm of (their Gaussian density / the density of drawing)."""

    x: Array
    y: Array
    log_weight: Array


class Target(NamedTuple):
    """What the density is made of.

    Attributes
    ----------
    plane : Plane
        The Gaussian law of the plane's variables.
    table : OnePointTable
        Determinants of one point.
    correlation : float
        Correlation of the transverse blocks.
    indices : tuple of (int or None)
        Index of each point, None for all.
    windows : tuple of Window
        Energies of each point.
    slope : float or None
        Energy per spin at x = 1 of a pure model; None for a mixture.
    """

    plane: Plane
    table: OnePointTable
    correlation: float
    indices: tuple[int | None, int | None]
    windows: tuple[Window, Window]
    slope: float | None

    @property
    def width(self) -> float:
        """Standard deviation of x."""
        return float(self.plane.spread[0])

    @property
    def pull(self) -> float:
        """Coefficient of x' on x."""
        return float(self.plane.coefficients[1, 0])

    @property
    def rest(self) -> float:
        """Standard deviation of x' given x."""
        return float(self.plane.spread[1])

    def limits(self, point: int) -> tuple[float, float]:
        """Return the range of x of one point; in a pure model a window of energies limits it."""
        window = self.windows[point]
        if self.slope is None or window is None:
            return -self.table.reach, self.table.reach
        low, high = (end / self.slope for end in window)
        return (low, high) if low == high else (max(low, -self.table.reach), min(high, self.table.reach))

    def log_density(self, x: Array, e: Array) -> Array:
        """Return the logarithm at x and the deviation e, up to a constant, without the windows of a pure model."""
        y = self.pull * x + self.rest * e
        # Correlated blocks share the constraint that an index puts on their eigenvalues; its weight is reduced so that
        # the density has no lighter tails than that of pairs.
        power = 1.0 / (1.0 + abs(self.correlation))
        result = -0.5 * (x / self.width) ** 2 - 0.5 * e * e
        for place, index in zip((x, y), self.indices, strict=True):
            result = result + self.table.log_total(place)
            if index is not None:
                result = result + power * self.table.log_share(place, index)
        if self.slope is None:
            for k, window in enumerate(self.windows):
                if window is not None:
                    (on_x, on_y), spread = self.plane.given_radial(2 + k)
                    result = result + np.maximum(log_probability(window, on_x * x + on_y * y, spread), -1e4)
        return np.asarray(result)


class Proposal:
    """Draws radial derivatives.

    Attributes
    ----------
    log_total : float
        Logarithm of the integral of the target's density; minus infinity if nothing can be drawn.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        low, high = target.limits(0)
        self.fixed = low == high, target.limits(1)[0] == target.limits(1)[1]
        if not self.fixed[0]:
            centres = _centres(low, high, _FIRST_ROWS)
            _, logs = _columns(target, centres, (high - low) / _FIRST_ROWS, _FIRST_COLUMNS)
            mass = np.logaddexp.reduce(logs, axis=1)
            kept = np.flatnonzero(mass > mass.max() - _NEGLIGIBLE)
            width = (high - low) / _FIRST_ROWS
            low, high = max(low, centres[kept[0]] - width), min(high, centres[kept[-1]] + width)
        rows = 1 if self.fixed[0] else _ROWS
        self.row_edges = np.linspace(low, high, rows + 1)
        row_width = (high - low) / rows
        self.column_edges, logs = _columns(target, _centres(low, high, rows), row_width, _COLUMNS)
        self.column_width = self.column_edges[:, 1] - self.column_edges[:, 0]
        area = np.where(self.fixed[0], 1.0, row_width) * np.where(self.fixed[1], 1.0, self.column_width)
        with np.errstate(divide="ignore"):
            logs_of_mass = logs + np.log(area)[:, None]
        self.log_total = float(np.logaddexp.reduce(logs_of_mass, axis=None))
        if not np.isfinite(self.log_total):  # the energies exclude each other at this overlap
            self.log_cells = self.row_cdf = self.column_cdf = np.empty((0, 0))
            return
        self.log_cells = logs - self.log_total
        mass = np.exp(self.log_cells) * area[:, None]
        self.row_cdf = np.cumsum(mass.sum(axis=1))
        self.column_cdf = np.cumsum(mass, axis=1) / np.maximum(mass.sum(axis=1), 1e-300)[:, None]

    def draw(self, uniforms: Array) -> Drawn:
        """Return one pair of radial derivatives for every pair of uniform numbers, shape (..., 2)."""
        target = self.target
        row, within = _inverse(self.row_cdf, uniforms[..., 0])
        x = self.row_edges[row] + within * (self.row_edges[1] - self.row_edges[0])
        columns = self.column_cdf.shape[1]
        flat = (np.arange(len(self.column_cdf))[:, None] + self.column_cdf).ravel()
        cell = np.minimum(np.searchsorted(flat, row + uniforms[..., 1], side="right"), row * columns + columns - 1)
        column = cell - row * columns
        before = np.where(column > 0, flat[cell - 1], row)
        share = np.clip((row + uniforms[..., 1] - before) / np.maximum(flat[cell] - before, 1e-300), 0.0, 1.0)
        e = self.column_edges[row, column] + share * self.column_width[row]
        if self.fixed[1]:
            e = (target.limits(1)[0] - target.pull * x) / target.rest
        # The Gaussian density in x and e; a fixed x' has the density of e divided by its standard deviation.
        log_gauss = -0.5 * (x / target.width) ** 2 - 0.5 * e * e - math.log(2.0 * math.pi * target.width)
        if self.fixed[1]:
            log_gauss = log_gauss - math.log(target.rest)
        return Drawn(x, target.pull * x + target.rest * e, log_gauss - self.log_cells[row, column])


def _centres(low: float, high: float, count: int) -> Array:
    return np.asarray(low + (np.arange(count) + 0.5) * (high - low) / count)


def _columns(target: Target, x: Array, row_width: float, count: int) -> tuple[Array, Array]:
    """Return the edges of each row's columns, (rows, count + 1), and the logarithms of the densities of its cells."""
    reach = max(10.0, 2.0 * target.table.reach / math.hypot(target.rest, target.pull * target.width))
    ends = np.stack([np.full_like(x, -reach), np.full_like(x, reach)], axis=1)
    low, high = target.limits(1)
    if low == high:
        middle = (low - target.pull * x) / target.rest
        return np.stack([middle, middle], axis=1), target.log_density(x, middle)[:, None]
    if target.slope is not None and target.windows[1] is not None:
        # Half a row changes the limits of the deviation by this much.
        slack = 0.5 * abs(target.pull) * row_width / target.rest
        inside = np.stack([low - target.pull * x, high - target.pull * x], axis=1) / target.rest
        wide = inside + np.array([-slack, slack])
        usual = (wide[:, :1] < reach) & (wide[:, 1:] > -reach)
        ends = np.where(usual, np.clip(wide, -reach, reach), np.clip(wide, -10.0 * reach, 10.0 * reach))
    steps = np.linspace(0.0, 1.0, _FIRST_COLUMNS + 1)
    edges = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * steps
    logs = target.log_density(x[:, None], 0.5 * (edges[:, 1:] + edges[:, :-1]))
    kept = logs > logs.max(axis=1, keepdims=True) - _NEGLIGIBLE
    first, last = kept.argmax(axis=1), _FIRST_COLUMNS - 1 - kept[:, ::-1].argmax(axis=1)
    rows = np.arange(len(x))
    narrow = np.stack(
        [edges[rows, np.maximum(first - 1, 0)], edges[rows, np.minimum(last + 2, _FIRST_COLUMNS)]], axis=1
    )
    edges = narrow[:, :1] + (narrow[:, 1:] - narrow[:, :1]) * np.linspace(0.0, 1.0, count + 1)
    return edges, target.log_density(x[:, None], 0.5 * (edges[:, 1:] + edges[:, :-1]))


def _inverse(cdf: Array, uniform: Array) -> tuple[Array, Array]:
    """Return the cell of each uniform number, and its position within the cell from 0 to 1."""
    total = uniform * cdf[-1]
    cell = np.minimum(np.searchsorted(cdf, total, side="right"), len(cdf) - 1)
    before = np.where(cell > 0, cdf[cell - 1], 0.0)
    return cell, np.clip((total - before) / np.maximum(cdf[cell] - before, 1e-300), 0.0, 1.0)
