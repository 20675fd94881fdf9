"""Weighted laws of GOE eigenvalues as piecewise polynomials: every integral over them becomes a lookup.

The line is cut into panels about two level spacings wide. On each, ``g(x) = f(x) exp(-c x^2)``, f the density of
one ordered eigenvalue or of all of them, is a polynomial through Gauss-Legendre nodes beside the logarithm of
its scale: g may range over thousands of orders of magnitude. Panels are computed when first needed, then kept.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from theory.arguments import Floats, Integers
from theory.ordered_eigenvalues import one_point_table, order_table
from theory.semicircle import semicircle_fraction

_NODES = 20
_X, _W = np.polynomial.legendre.leggauss(_NODES)
# Values at the nodes -> Legendre coefficients.
_TO_COEFFICIENTS = _W[:, None] * np.polynomial.legendre.legvander(_X, _NODES - 1) * (np.arange(_NODES) + 0.5)
# A panel with exp(-45) = 3e-20 of the mass kept cannot be seen in float64.
_NEGLIGIBLE = 45.0
# One-point densities are cheap per point and dear per call; a table of n functions bounds the block's memory.
_BLOCK = 48
_BLOCK_FUNCTIONS = 100_000


class WeightedLaw(NamedTuple):
    """``g`` on consecutive panels: ``edges`` (p+1,), Legendre ``coefficients`` (p, 20) times ``exp(log_scale)``.

    ``log_before[q]`` is the logarithm of the integral of g over all panels left of panel q (p+1 entries).
    """

    edges: Floats
    coefficients: Floats
    log_scale: Floats
    log_before: Floats

    def log_integral(self, y: Floats) -> Floats:
        """Return the logarithm of the integral of g from minus infinity to each y."""
        panel, s = self._locate(y)
        p = np.polynomial.legendre.legvander(s, _NODES)
        j = np.arange(1, _NODES)
        primitives = np.concatenate([s[..., None] + 1.0, (p[..., 2:] - p[..., :-2]) / (2 * j + 1)], axis=-1)
        half = 0.5 * np.diff(self.edges)[panel]
        partial = half * np.einsum("...j,...j->...", primitives, self.coefficients[panel])
        with np.errstate(divide="ignore"):
            part = self.log_scale[panel] + np.log(np.maximum(partial, 0.0))
        return np.asarray(np.logaddexp(self.log_before[panel], part))

    def log_value(self, y: Floats) -> Floats:
        """Return the logarithm of g at each y."""
        panel, s = self._locate(y)
        value = np.einsum("...j,...j->...", np.polynomial.legendre.legvander(s, _NODES - 1), self.coefficients[panel])
        value = np.where((y < self.edges[0]) | (y > self.edges[-1]), 0.0, np.maximum(value, 0.0))
        with np.errstate(divide="ignore"):
            return np.asarray(self.log_scale[panel] + np.log(value))

    def _locate(self, y: Floats) -> tuple[Integers, Floats]:
        """Return each point's panel and its place in it, -1..1; points outside sit at the outer ends."""
        panel = np.clip(np.searchsorted(self.edges, y, side="right") - 1, 0, self.edges.size - 2)
        low, high = self.edges[panel], self.edges[panel + 1]
        inside = np.clip(y, self.edges[0], self.edges[-1])
        return panel, np.asarray((2.0 * inside - low - high) / (high - low))


def weighted_law(n: int, rate: float, k: int | None, lowest: float, highest: float) -> WeightedLaw:
    """Return g for the k-th eigenvalue, or the sum over all, on the panels that points in a range ask for.

    ``rate = c + 1/2`` is what is left in g of the Gaussian decay: given instead of c, as it may be tiny.
    """
    panels = _panels(n, rate)
    # Inside the core the sum over all may rise again; one eigenvalue's g has a single peak.
    core = max(math.sqrt(2.0 * n), math.sqrt(0.5 * n / rate)) if k is None else 0.0
    peak = panels.containing(0.0 if k is None else _likely_place(n, k))
    left = panels.containing(lowest) if math.isfinite(lowest) else peak
    right = panels.containing(highest) if math.isfinite(highest) else None
    first = _walk(panels, k, min(left, peak), -1, core, None)
    last = right if right is not None and right <= peak else _walk(panels, k, peak, 1, core, right)
    parts = [panels.part(q, k) for q in range(first, last + 1)]
    return WeightedLaw(
        np.array([panels.bounds(q)[0] for q in range(first, last + 1)] + [panels.bounds(last)[1]]),
        np.array([part.coefficients for part in parts]),
        np.array([part.log_scale for part in parts]),
        np.concatenate([[-math.inf], np.logaddexp.accumulate([part.log_mass for part in parts])]),
    )


def _walk(panels: "_Panels", k: int | None, q: int, step: int, core: float, stop: int | None) -> int:
    """Go outwards from panel q to where the rest is negligible, or to panel ``stop`` if that comes first."""
    top = before = panels.part(q, k).log_mass
    while q != stop:
        q += step
        mass = panels.part(q, k).log_mass
        top = max(top, mass)
        outside = min(abs(end) for end in panels.bounds(q)) >= core and mass <= before
        if outside and (mass == -math.inf or mass < top - _NEGLIGIBLE):
            break
        before = mass
    return q


class _Part(NamedTuple):
    coefficients: Floats
    log_scale: float
    log_mass: float


class _Panels:
    """The panels of one n and Gaussian rate: panel q >= 0 lies right of the origin, -1-q is its mirror image."""

    def __init__(self, n: int, rate: float) -> None:
        self.n, self.rate = n, rate
        self._edges = [0.0]
        self._ordered: dict[int, tuple[Floats, Floats]] = {}
        self._total: dict[int, tuple[Floats, Floats]] = {}

    def bounds(self, q: int) -> tuple[float, float]:
        """Return the ends of panel q."""
        j = max(q, -1 - q)
        while len(self._edges) < j + 2:
            self._edges.append(self._edges[-1] + self._width(self._edges[-1]))
        near, far = self._edges[j], self._edges[j + 1]
        return (near, far) if q >= 0 else (-far, -near)

    def containing(self, x: float) -> int:
        """Return the panel that holds x."""
        j = 0
        while self.bounds(j)[1] < abs(x):
            j += 1
        return j if x > 0.0 else -1 - j

    def part(self, q: int, k: int | None) -> _Part:
        """Return g on panel q."""
        j = max(q, -1 - q)
        x = self._nodes(j)
        if k is None:
            raw, log_scale = self._total_at(j)
        else:
            table, log_scale = self._ordered_at(j)
            rank = k if q < 0 else self.n - 1 - k
            raw = table[:, rank] if rank < table.shape[1] else np.zeros(_NODES)
        logs = log_scale - self.rate * x * x
        top = float(logs.max())
        values = raw * np.exp(logs - top)
        coefficients = (values if q < 0 else values[::-1]) @ _TO_COEFFICIENTS
        low, high = self.bounds(q)
        mass = float(coefficients[0]) * (high - low)
        return _Part(coefficients, top, top + math.log(mass) if mass > 0.0 else -math.inf)

    def _width(self, x: float) -> float:
        """Two spacings of what varies at x: oscillation inside the spectrum, decay less the weight outside."""
        n, c = self.n, self.rate - 0.5
        wave = 2.0 * n - x * x
        tilt = 2.0 * c * x
        local = wave + tilt**2 if wave > 0.0 else (math.sqrt(-wave) + tilt) ** 2
        # At the edge the scale is that of Airy's function; far out g is close to a power of x.
        least = 3.3 * n ** (1 / 6)
        if x > 0.0:
            least = min(least, 14.0 * math.sqrt(n) / x)
        return 2.2 * math.pi / math.sqrt(local + least**2)

    def _nodes(self, j: int) -> Floats:
        low, high = self.bounds(-1 - j)
        return np.asarray(0.5 * (low + high) + 0.5 * (high - low) * _X)

    def _ordered_at(self, j: int) -> tuple[Floats, Floats]:
        if j not in self._ordered:
            table = order_table(self._nodes(j), self.n)
            self._ordered[j] = table.density, table.log_scale
        return self._ordered[j]

    def _total_at(self, j: int) -> tuple[Floats, Floats]:
        if j not in self._total:
            size = max(1, min(_BLOCK, _BLOCK_FUNCTIONS // self.n))
            block = range(j - j % size, j - j % size + size)
            raw, log_scale = one_point_table(np.concatenate([self._nodes(i) for i in block]), self.n)
            for row, i in enumerate(block):
                here = slice(row * _NODES, (row + 1) * _NODES)
                self._total[i] = raw[here], log_scale[here]
        return self._total[j]


@lru_cache(maxsize=64)
def _panels(n: int, rate: float) -> _Panels:
    return _Panels(n, rate)


def _likely_place(n: int, k: int) -> float:
    """Return where the semicircle puts the k-th eigenvalue."""
    grid = np.linspace(-1.0, 1.0, 2001)
    return math.sqrt(2.0 * n) * float(np.interp((k + 0.5) / n, semicircle_fraction(grid), grid))
