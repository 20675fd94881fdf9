"""The density of GOE eigenvalues times a Gaussian weight, stored on panels of the line, with error bounds.

Every value has a bound on its error, because float64 loses the densities of single eigenvalues far from their typical
places. Far to the left no panels are needed: there the sum over all eigenvalues is evaluated point by point.
"""

import math
from typing import NamedTuple

import numpy as np

from spinglass._common.types import Array, IntArray
from theory.kac_rice.ordered_eigenvalues import one_point_table

NODES = 20
X = np.polynomial.legendre.leggauss(NODES)[0]
_V, _LAGUERRE = np.polynomial.laguerre.laggauss(30)
# A table of n functions at many points is computed in pieces of this many numbers.
_FUNCTIONS = 2_000_000


def total_error(n: int) -> float:
    """Return a bound on the relative error of the sum over all eigenvalues; benchmarks/accuracy.py measures less.

    It grows with n, because the exponents are of order n and their rounding errors are relative.
    """
    return max(2e-12, 1e-14 * n)


class Known(NamedTuple):
    """Logarithms of values and of bounds on their errors, in arrays of the same shape."""

    log_value: Array
    log_error: Array


class WeightedLaw(NamedTuple):
    """A density ``g`` on consecutive panels of the line.

    Attributes
    ----------
    edges : array, shape (p + 1,)
        Ends of the p panels.
    coefficients : array, shape (p, 20)
        Legendre coefficients of g on each panel, in units of ``exp(log_scale)``.
    log_scale : array, shape (p,)
        Logarithm of the unit of the coefficients.
    log_error : array, shape (p, 20)
        Logarithm of a bound on the error of g at the nodes of each panel.
    before : array, shape (p + 1,)
        Logarithm of the integral of g over all panels left of each edge.
    error_before : array, shape (p + 1,)
        Logarithm of a bound on the error of that integral.
    log_beyond : float
        Logarithm of a bound on g, and on its integral, right of the last panel.
    far : FarTail or None
        Evaluates g left of the first panel; None if float64 cannot determine it there.
    """

    edges: Array
    coefficients: Array
    log_scale: Array
    log_error: Array
    before: Array
    error_before: Array
    log_beyond: float
    far: "FarTail | None"

    def log_integral(self, y: Array) -> Known:
        """Return the logarithm of the integral of g from minus infinity to each y."""
        panel, s = self._locate(y)
        p = np.polynomial.legendre.legvander(s, NODES)
        j = np.arange(1, NODES)
        primitives = np.concatenate([s[..., None] + 1.0, (p[..., 2:] - p[..., :-2]) / (2 * j + 1)], axis=-1)
        width = np.diff(self.edges)[panel]
        partial = 0.5 * width * np.einsum("...j,...j->...", primitives, self.coefficients[panel])
        with np.errstate(divide="ignore"):
            part = self.log_scale[panel] + np.log(np.maximum(partial, 0.0))
            error = self._error_at(panel, s) + np.log(width * (s + 1.0) / 2.0)
        value = np.logaddexp(self.before[panel], part)
        error = np.logaddexp(self.error_before[panel], error)
        beyond = np.where(y > self.edges[-1], self.log_beyond, -math.inf)
        return self._with_far(y, Known(value, np.logaddexp(error, beyond)), integral=True)

    def log_value(self, y: Array) -> Known:
        """Return the logarithm of g at each y."""
        panel, s = self._locate(y)
        value = np.einsum("...j,...j->...", np.polynomial.legendre.legvander(s, NODES - 1), self.coefficients[panel])
        value = np.where((y < self.edges[0]) | (y > self.edges[-1]), 0.0, np.maximum(value, 0.0))
        with np.errstate(divide="ignore"):
            log_value = self.log_scale[panel] + np.log(value)
        # Left of the first panel the density of one eigenvalue decreases, so the bound at the panel holds there too.
        error = np.where(y > self.edges[-1], self.log_beyond, self._error_at(panel, s))
        return self._with_far(y, Known(log_value, error), integral=False)

    def _with_far(self, y: Array, known: Known, integral: bool) -> Known:
        left = y < self.edges[0]
        if self.far is not None and np.any(left):
            known.log_value[left] = self.far.log_integral(y[left]) if integral else self.far.log_value(y[left])
            known.log_error[left] = known.log_value[left] + math.log(total_error(self.far.n))
        return known

    def _error_at(self, panel: IntArray, s: Array) -> Array:
        """Return the error bound between the nodes of a panel, interpolated linearly in the logarithm."""
        node = np.clip(np.searchsorted(X, s), 1, NODES - 1)
        share = np.clip((s - X[node - 1]) / (X[node] - X[node - 1]), 0.0, 1.0)
        return np.asarray((1.0 - share) * self.log_error[panel, node - 1] + share * self.log_error[panel, node])

    def _locate(self, y: Array) -> tuple[IntArray, Array]:
        """Return the panel of each point and its position there, -1..1; points outside count as the outer ends."""
        panel = np.clip(np.searchsorted(self.edges, y, side="right") - 1, 0, self.edges.size - 2)
        low, high = self.edges[panel], self.edges[panel + 1]
        inside = np.clip(y, self.edges[0], self.edges[-1])
        return panel, np.asarray((2.0 * inside - low - high) / (high - low))


class FarTail(NamedTuple):
    """The density ``g`` of the sum over all eigenvalues, far to the left of the spectrum."""

    n: int
    rate: float

    def log_value(self, y: Array) -> Array:
        """Return the logarithm of g at each y."""
        with np.errstate(over="ignore"):
            # Beyond 1e100 the power of y is negligible next to the Gaussian.
            result = -self.rate * y * y
        near = np.abs(y) < 1e100
        size = max(1, _FUNCTIONS // self.n)
        for rows in np.array_split(np.flatnonzero(near), max(1, math.ceil(np.count_nonzero(near) / size))):
            raw, log_scale = one_point_table(y[rows], self.n)
            result[rows] += np.log(raw) + log_scale
        return np.asarray(result)

    def log_integral(self, y: Array) -> Array:
        """Return the logarithm of the integral of g from minus infinity to each y, by Gauss-Laguerre quadrature."""
        decay = 2.0 * self.rate * np.abs(y) - (self.n - 1) / np.abs(y)
        points = y[:, None] - _V / decay[:, None]
        values = self.log_value(points.ravel()).reshape(points.shape)
        return np.asarray(np.logaddexp.reduce(values + _V + np.log(_LAGUERRE), axis=1) - np.log(decay))
