"""Monomials of a chunk of points in colexicographic order, and reverse-mode differentiation through them.

Level d contains the monomials of degree d. Its block v, the monomials with last variable v, is ``x_v`` times the prefix
of level d-1 in the variables 0..v; block v begins at ``counts[d, v]``. Levels 1..degree are stored consecutively.
Points are columns (lanes): arrays have shape (variables or monomials, lanes). The bits of a lane do not depend on the
other lanes or on their number.
"""

import numpy as np

from spinglass._common.assignment import assign
from spinglass._common.jit import jit
from spinglass._common.types import FloatArray, IntArray
from spinglass.kernels.products import fma


@jit
def level_starts(counts: IntArray) -> IntArray:
    """Return the start ``starts[d]`` of each level d = 1..degree; the last entry is the end of the last level."""
    degree = counts.shape[0] - 1
    n = counts.shape[1] - 1
    starts = np.zeros(degree + 2, np.int64)
    for d in range(1, degree + 1):
        starts[d + 1] = starts[d] + counts[d, n]
    return starts


@jit
def monomials(x: FloatArray, counts: IntArray) -> FloatArray:
    """Return the monomials of x of all levels, shape (monomials, lanes)."""
    n, lanes = x.shape
    starts = level_starts(counts)
    out = np.empty((starts[-1], lanes), x.dtype)
    for i in range(n):
        assign(out[i], x[i])
    for d in range(2, counts.shape[0]):
        for v in range(n):
            target = starts[d] + counts[d, v]
            source = starts[d - 1]
            for k in range(counts[d - 1, v + 1]):
                for lane in range(lanes):
                    out[target + k, lane] = x[v, lane] * out[source + k, lane]
    return out


@jit
def monomial_tangents(x: FloatArray, v: FloatArray, levels: FloatArray, counts: IntArray) -> FloatArray:
    """Return the derivatives of all levels along v, shape (monomials, lanes)."""
    n, lanes = x.shape
    starts = level_starts(counts)
    out = np.empty_like(levels)
    for i in range(n):
        assign(out[i], v[i])
    for d in range(2, counts.shape[0]):
        for i in range(n):
            target = starts[d] + counts[d, i]
            source = starts[d - 1]
            for k in range(counts[d - 1, i + 1]):
                for lane in range(lanes):
                    changed = v[i, lane] * levels[source + k, lane]
                    out[target + k, lane] = fma(x[i, lane], out[source + k, lane], changed)
    return out


@jit
def pull_back(x: FloatArray, levels: FloatArray, weights: FloatArray, counts: IntArray, gradient: FloatArray) -> None:
    """Add to ``gradient`` the x-derivative of ``sum_k weights[k] levels[k]``.

    ``weights`` contains the weights of the top level and zeros for the lower levels, which are overwritten.
    """
    n, lanes = x.shape
    starts = level_starts(counts)
    for d in range(counts.shape[0] - 1, 1, -1):
        for v in range(n):
            source = starts[d] + counts[d, v]
            target = starts[d - 1]
            for k in range(counts[d - 1, v + 1]):
                for lane in range(lanes):
                    weight = weights[source + k, lane]
                    gradient[v, lane] = fma(weight, levels[target + k, lane], gradient[v, lane])
                    weights[target + k, lane] = fma(x[v, lane], weight, weights[target + k, lane])
    for v in range(n):
        for lane in range(lanes):
            gradient[v, lane] += weights[v, lane]


@jit
def pull_back_tangents(
    x: FloatArray,
    v: FloatArray,
    levels: FloatArray,
    level_tangents: FloatArray,
    weights: FloatArray,
    weight_tangents: FloatArray,
    counts: IntArray,
    product: FloatArray,
) -> None:
    """Add to ``product`` the derivative along v of what `pull_back` adds to the gradient."""
    n, lanes = x.shape
    starts = level_starts(counts)
    for d in range(counts.shape[0] - 1, 1, -1):
        for i in range(n):
            source = starts[d] + counts[d, i]
            target = starts[d - 1]
            for k in range(counts[d - 1, i + 1]):
                for lane in range(lanes):
                    weight = weights[source + k, lane]
                    change = weight_tangents[source + k, lane]
                    moved = fma(change, levels[target + k, lane], product[i, lane])
                    product[i, lane] = fma(weight, level_tangents[target + k, lane], moved)
                    weights[target + k, lane] = fma(x[i, lane], weight, weights[target + k, lane])
                    turned = fma(v[i, lane], weight, weight_tangents[target + k, lane])
                    weight_tangents[target + k, lane] = fma(x[i, lane], change, turned)
    for i in range(n):
        for lane in range(lanes):
            product[i, lane] += weight_tangents[i, lane]
