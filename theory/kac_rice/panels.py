"""Weighted densities of GOE eigenvalues as piecewise polynomials, which makes integrals over them table lookups.

The line is divided into panels about two level spacings wide. On each panel ``g(x) = f(x) exp(-c x^2)``, where f is the
density of one ordered eigenvalue or of all of them, is a polynomial through Gauss-Legendre nodes. The logarithm of its
scale is stored with it, because g may range over thousands of orders of magnitude. Panels are computed when first
needed and then kept.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from spinglass._common.types import Array
from theory.kac_rice.ordered_eigenvalues import one_point_table, order_table, seconds_per_point
from theory.kac_rice.weighted_laws import NODES, FarTail, WeightedLaw, X, total_error
from theory.large_n.semicircle import semicircle_fraction

_W = np.polynomial.legendre.leggauss(NODES)[1]
# Matrix that maps values at the nodes to Legendre coefficients.
_TO_COEFFICIENTS = _W[:, None] * np.polynomial.legendre.legvander(X, NODES - 1) * (np.arange(NODES) + 0.5)
# A panel with less than exp(-45) = 3e-20 of the mass is negligible in float64.
_NEGLIGIBLE = 45.0
# Panels per call for one-point densities, which are cheap per point and expensive per call; memory bounds their number.
_BLOCK = 48
_BLOCK_FUNCTIONS = 100_000
# The density of one eigenvalue spans about this many panels; its tables may take this many seconds.
_PANELS_OF_ONE, _SECONDS = 16, 60.0


def weighted_law(n: int, rate: float, k: int | None, lowest: float, highest: float) -> WeightedLaw:
    """Return g of the k-th eigenvalue, or of all if k is None, on the panels between ``lowest`` and ``highest``.

    ``rate = c + 1/2`` is the rate of the remaining Gaussian decay of g, given instead of c because it may be tiny.
    """
    panels = _panels(n, rate)
    # Inside the core the sum over all eigenvalues may rise again; the g of one eigenvalue has a single peak.
    core = max(math.sqrt(2.0 * n), math.sqrt(0.5 * n / rate)) if k is None else 0.0
    # Left of this point the decay is nearly exponential, as the quadrature of the far tail assumes.
    start = -math.sqrt((8.0 * n + 800.0) / rate)
    place = 0.0 if k is None else _likely_place(n, k)
    _refuse_slow(n, k, place)
    peak = panels.containing(place)
    left = panels.containing(max(lowest, start)) if math.isfinite(lowest) else peak
    right = panels.containing(max(highest, start)) if math.isfinite(highest) and highest < -start else None
    first = _walk(panels, k, _known_down_to(panels, k, peak, left), -1, core, None)
    last = right if right is not None and right <= peak else _walk(panels, k, peak, 1, core, right)
    # If the whole range lies left of the known panels, the leftmost known panel bounds g there.
    last = max(first, last)
    parts = [panels.part(q, k) for q in range(first, last + 1)]
    top = max(panels.part(q, k).log_mass for q in range(first, max(last, peak) + 1))
    low = _bound_of_unknown(panels, k, first, 1, top) if first < peak else math.inf
    high = _bound_of_unknown(panels, k, last, -1, top) if last > peak else math.inf
    parts[0], parts[-1] = parts[0].bounded(low), parts[-1].bounded(high)
    far = FarTail(n, rate) if k is None or (k == 0 and panels.only_one(first)) else None
    outside = min(low, _bound_outside(panels, k, first, top))
    before = -math.inf if far else min(outside, panels.log_total(panels.bounds(first)[0]))
    return WeightedLaw(
        np.array([panels.bounds(q)[0] for q in range(first, last + 1)] + [panels.bounds(last)[1]]),
        np.array([part.coefficients for part in parts]),
        np.array([part.log_scale for part in parts]),
        np.array([part.log_error for part in parts]),
        np.concatenate([[-math.inf], np.logaddexp.accumulate([part.log_mass for part in parts])]),
        np.logaddexp.accumulate([before, *(part.log_error_mass for part in parts)]),
        min(high, _bound_outside(panels, k, last, top)),
        far,
    )


def _refuse_slow(n: int, k: int | None, place: float) -> None:
    if k is None:
        return
    seconds = seconds_per_point(-abs(place), n) * _PANELS_OF_ONE * NODES
    if seconds > _SECONDS:
        raise ValueError(
            f"counts of index {k} at n = {n} would take about {seconds / 60:.0f} minutes of dense eigenproblems; "
            "give an index nearer to 0 or n-1, a smaller n, or index=None for all indices together"
        )


def _known_down_to(panels: "_Panels", k: int | None, q: int, stop: int) -> int:
    """Return the first panel from q leftwards that is ``stop`` or where the density of one eigenvalue is unknown."""
    while q > stop and not (k is not None and panels.part(q, k).unknown):
        q -= 1
    return q


def _walk(panels: "_Panels", k: int | None, q: int, step: int, core: float, stop: int | None) -> int:
    """Return the first panel from q outwards that is ``stop``, or beyond which g is negligible or unknown."""
    top = before = panels.part(q, k).log_mass
    while q != stop and not (k is not None and panels.part(q, k).unknown):
        q += step
        part = panels.part(q, k)
        top = max(top, part.log_mass)
        outside = min(abs(end) for end in panels.bounds(q)) >= core and part.log_mass <= before
        if outside and part.log_mass < top - _NEGLIGIBLE:
            break
        before = part.log_mass
    return q


def _bound_outside(panels: "_Panels", k: int | None, q: int, top: float) -> float:
    """Return a bound on the logarithm of g and of its integral beyond panel q; ``top`` is the largest mass.

    The g of one eigenvalue has a single peak, and beyond it decreases faster than geometrically.
    """
    if k is None:
        return -math.inf
    end = panels.part(q, k)
    bound = max(end.log_mass, float(end.log_error.max()), end.log_error_mass)
    return bound + math.log(10.0) if bound < top - 1.0 else panels.log_total()


def _bound_of_unknown(panels: "_Panels", k: int | None, q: int, inwards: int, top: float) -> float:
    """Return a bound on the logarithm of g and of its integral in panel q and beyond, if the density is unknown there.

    The error of a density that float64 has lost is of the size of the densities of all eigenvalues. Far from the peak
    they may be large, while the density itself is below that in the last panel where it is known.
    """
    if k is None or not panels.part(q, k).unknown:
        return math.inf
    return _bound_outside(panels, k, q + inwards, top)


class _Part(NamedTuple):
    """The density g on one panel, with the bound on its error; masses are integrals over the panel."""

    coefficients: Array
    log_scale: float
    log_error: Array
    log_mass: float
    log_error_mass: float

    @property
    def unknown(self) -> bool:
        """Whether the bound on the error of the mass exceeds it by the factor 100 by which bounds may be too large."""
        return self.log_error_mass >= self.log_mass + math.log(100.0)

    def bounded(self, bound: float) -> "_Part":
        """Return the panel with errors that are at most a bound on g and its integral."""
        if bound == math.inf:
            return self
        log_error, log_error_mass = np.minimum(self.log_error, bound), min(self.log_error_mass, bound)
        return self._replace(log_error=log_error, log_error_mass=log_error_mass)


class _Panels:
    """The panels for one n and Gaussian rate: panel q >= 0 lies right of the origin, panel -1-q is its mirror image."""

    def __init__(self, n: int, rate: float) -> None:
        self.n, self.rate = n, rate
        self._edges = [0.0]
        self._ordered: dict[int, tuple[Array, Array, Array]] = {}
        self._total: dict[int, tuple[Array, Array]] = {}

    def bounds(self, q: int) -> tuple[float, float]:
        """Return the ends of panel q."""
        j = max(q, -1 - q)
        while len(self._edges) < j + 2:
            self._edges.append(self._edges[-1] + self._width(self._edges[-1]))
        near, far = self._edges[j], self._edges[j + 1]
        return (near, far) if q >= 0 else (-far, -near)

    def containing(self, x: float) -> int:
        """Return the number of the panel that contains x."""
        j = 0
        while self.bounds(j)[1] < abs(x):
            j += 1
        return j if x > 0.0 else -1 - j

    def only_one(self, q: int) -> bool:
        """Return whether panel q lies so far left that the density of a second eigenvalue there is negligible."""
        # There the Airy function has decayed by exp(-42); for n = 2, 3, ... a Gaussian has.
        return self.bounds(q)[1] < -math.sqrt(2.0 * self.n) - 12.5 * self.n ** (-1 / 6) or self.n == 1

    def part(self, q: int, k: int | None) -> _Part:
        """Return g on panel q."""
        j = max(q, -1 - q)
        x = self._nodes(j)
        rank = k if q < 0 or k is None else self.n - 1 - k
        if rank is None or (rank == 0 and self.only_one(-1 - j)):
            raw, log_scale = self._total_at(j)
            error = total_error(self.n) * raw
        elif self.only_one(-1 - j):
            error, log_scale = self._total_at(j)
            raw = np.zeros(NODES)
        else:
            raw, error, log_scale = self._rank_at(j, rank)
        logs = log_scale - self.rate * x * x
        if q >= 0:
            raw, error, logs = raw[::-1], error[::-1], logs[::-1]
        top = float(logs.max())
        coefficients = raw * np.exp(logs - top) @ _TO_COEFFICIENTS
        low, high = self.bounds(q)
        mass = float(coefficients[0]) * (high - low)
        log_error = logs + np.log(error)
        # Interpolation adds the rounding error of the largest value and the truncation error of the polynomial.
        size = np.abs(coefficients)
        interpolation = 1e-15 * size.max() + 4.0 * size[-2:].max() + 1e-300
        log_error = np.logaddexp(log_error, top + math.log(interpolation))
        log_error_mass = float(np.logaddexp.reduce(log_error + np.log(0.5 * _W * (high - low))))
        return _Part(coefficients, top, log_error, top + math.log(mass) if mass > 0.0 else -math.inf, log_error_mass)

    def _rank_at(self, j: int, rank: int) -> tuple[Array, Array, Array]:
        density, error, log_scale = self._ordered_at(j)
        if rank < density.shape[1]:
            return density[:, rank], error[:, rank], log_scale
        # float64 holds only 0 there.
        return np.zeros(NODES), np.full(NODES, 1e-300), log_scale

    def log_total(self, below: float = math.inf) -> float:
        """Return the logarithm of a bound on g of all eigenvalues, and on its integral, at points below ``below``."""
        law = weighted_law(self.n, self.rate, None, below, below)
        width = float(law.edges[-1] - law.edges[0])
        return float(law.before[-1] + math.log(max(width, 1.0)) + math.log(4.0 * self.n + 4.0))

    def _width(self, x: float) -> float:
        """Return two scales of variation at x: of the oscillation inside the spectrum, of the decay outside."""
        n, c = self.n, self.rate - 0.5
        wave = 2.0 * n - x * x
        tilt = 2.0 * c * x
        local = wave + tilt**2 if wave > 0.0 else (math.sqrt(-wave) + tilt) ** 2
        # At the edge the scale is that of the Airy function; far from it g is close to a power of x.
        least = 3.3 * n ** (1 / 6)
        if x > 0.0:
            least = min(least, 14.0 * math.sqrt(n) / x)
        return 2.2 * math.pi / math.sqrt(local + least**2)

    def _nodes(self, j: int) -> Array:
        low, high = self.bounds(-1 - j)
        return np.asarray(0.5 * (low + high) + 0.5 * (high - low) * X)

    def _ordered_at(self, j: int) -> tuple[Array, Array, Array]:
        if j not in self._ordered:
            table = order_table(self._nodes(j), self.n)
            self._ordered[j] = table.density, table.error, table.log_scale
        return self._ordered[j]

    def _total_at(self, j: int) -> tuple[Array, Array]:
        if j not in self._total:
            size = max(1, min(_BLOCK, _BLOCK_FUNCTIONS // self.n))
            block = range(j - j % size, j - j % size + size)
            raw, log_scale = one_point_table(np.concatenate([self._nodes(i) for i in block]), self.n)
            for row, i in enumerate(block):
                here = slice(row * NODES, (row + 1) * NODES)
                self._total[i] = raw[here], log_scale[here]
        return self._total[j]


@lru_cache(maxsize=64)
def _panels(n: int, rate: float) -> _Panels:
    return _Panels(n, rate)


def _likely_place(n: int, k: int) -> float:
    """Return the position of the k-th eigenvalue according to the semicircle law."""
    grid = np.linspace(-1.0, 1.0, 2001)
    return math.sqrt(2.0 * n) * float(np.interp((k + 0.5) / n, semicircle_fraction(grid), grid))
