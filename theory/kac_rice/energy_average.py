"""Averages of the weighted density of an eigenvalue over the part of the energy that is independent of the Hessian.

That part of the energy is normally distributed.
"""

import math
from collections.abc import Callable

import numpy as np

from spinglass._common.types import Array
from theory.kac_rice.panels import weighted_law
from theory.kac_rice.weighted_laws import Known, WeightedLaw

_Look = Callable[[Array], Known]
# Values below exp(-50) of the peak of the integrand are negligible in float64.
_NEGLIGIBLE = 50.0
# Widths below this part of a level spacing do not change the logarithm of a mean by 1e-18 of itself.
_NARROW = 1e-9
# Number of points in a search for the peak of the integrand, and of quadrature nodes in a chunk.
_SEARCH, _CHUNK = 65, 100_000


def averaged(n: int, rate: float, width: float, index: int | None, y: Array, *, integral: bool) -> Known:
    """Return the mean over standard normal z of g(y - width z), or of the integral of g up to that point.

    ``rate`` and ``index`` select g as in :func:`theory.kac_rice.panels.weighted_law`. Infinite y are allowed.
    """
    # The mean differs from the value at z = 0 by the square of the width.
    width = width if width > _NARROW / math.sqrt(n) else 0.0
    # Beyond 1e150 squares overflow; there the density is 0, and the integral is 0 or the total.
    finite = np.abs(y) < 1e150
    lowest = float(y[finite].min(initial=math.inf)) - 9.0 * width
    law = weighted_law(n, rate, index, lowest, float(y.max(initial=-math.inf)) if width == 0.0 else math.inf)
    look = law.log_integral if integral else law.log_value
    result = Known(np.full(y.shape, -math.inf), np.full(y.shape, -math.inf))
    if integral:
        everything = y >= 1e150
        result.log_value[everything] = law.before[-1]
        result.log_error[everything] = np.logaddexp(law.error_before[-1], law.log_beyond)
    if np.any(finite):
        result.log_value[finite], result.log_error[finite] = (
            look(y[finite]) if width == 0.0 else _normal_mean(look, law, n, y[finite], width)
        )
    return result


def _normal_mean(look: _Look, law: WeightedLaw, n: int, y: Array, width: float) -> Known:
    """Integrate over z by the trapezoidal rule, for each y over the range of z that contributes."""
    low, high = _contributing(look, law, y, width)
    # The error is exp(-2 pi^2/(h^2 (1 + (width/scale)^2))), where scale is half a level spacing at the origin.
    scale = 0.4 * math.pi / math.sqrt(2.0 * n)
    step = 0.7 / math.sqrt(1.0 + (width / scale) ** 2)
    count = 2 + np.ceil((high - low) / step).astype(np.int64)
    result = Known(np.empty_like(y), np.empty_like(y))
    order = np.argsort(count)
    start = 0
    while start < y.size:
        size = max(1, _CHUNK // int(count[order[min(y.size, start + 256) - 1]]))
        rows = order[start : start + min(size, 256)]
        z = np.linspace(low[rows], high[rows], int(count[rows].max()), axis=-1)
        h = z[:, 1] - z[:, 0]
        weight = -0.5 * z * z + np.log(h / math.sqrt(2.0 * math.pi))[:, None]
        known = look(y[rows, None] - width * z)
        result.log_value[rows] = np.logaddexp.reduce(known.log_value + weight, axis=1)
        result.log_error[rows] = np.logaddexp.reduce(known.log_error + weight, axis=1)
        start += rows.size
    return result


def _contributing(look: _Look, law: WeightedLaw, y: Array, width: float) -> tuple[Array, Array]:
    """Return the range of z outside which the integrand and the bound on its error are negligible.

    The peak of the integrand lies between z = 0 and the peak of g.
    """
    low = np.minimum(-10.0, (y - law.edges[-1]) / width)
    high = np.maximum(10.0, (y - law.edges[0]) / width)
    rows = np.arange(y.size)
    for _ in range(80):
        z = np.linspace(low, high, _SEARCH, axis=-1)
        known = look(y[:, None] - width * z)
        logs = np.maximum(known.log_value, known.log_error) - 0.5 * z * z
        kept = logs >= logs.max(axis=1, keepdims=True) - _NEGLIGIBLE
        first = np.maximum(kept.argmax(axis=1) - 1, 0)
        last = np.minimum(_SEARCH - kept[:, ::-1].argmax(axis=1), _SEARCH - 1)
        narrower = z[rows, last] - z[rows, first] < 0.7 * (high - low)
        low, high = z[rows, first], z[rows, last]
        if not np.any(narrower):
            break
    return low, high
