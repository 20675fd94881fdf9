"""The hinge layout: where the coefficient of each index multiset stands in the packed array.

Sort an index tuple ``i_1 <= ... <= i_H`` and call ``m = i_{b+1}`` its *hinge*: ``b`` indices stand below it
(not above ``m``) and ``a = H-1-b`` above it (not below ``m``), with ``a = (H-1)//2 <= b``. All coefficients
with hinge ``m`` form a dense rectangle ``A_m`` of shape (monomials of degree a in ``x_{n-1}, ..., x_m``) x
(monomials of degree b in ``x_0, ..., x_m``). Monomials are in colexicographic order, so that every rectangle
meets a *prefix* of the same two monomial vectors. The rectangles, row-major, one after the other, are the
packed array: ``C(n+H-1, H)`` numbers, no padding.
"""

from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from spinglass._common.jit import jit

IntArray = NDArray[np.int64]


def _monomial_counts(n: int, degree: int) -> IntArray:
    """``counts[d, v]``: the number of monomials of degree ``d`` in ``v`` variables, d <= degree, v <= n."""
    counts = [[comb(v + d - 1, d) if v else int(d == 0) for v in range(n + 1)] for d in range(degree + 1)]
    if max(map(max, counts)) > np.iinfo(np.int64).max:
        raise ValueError(
            f"n = {n} with {degree} indices on one side has more monomials than 64 bits count; use a smaller n or H"
        )
    return np.array(counts, dtype=np.int64)


@dataclass(frozen=True)
class Layout:
    """The hinge layout of degree-H forms in n variables.

    Attributes
    ----------
    above, below
        Monomial counts ``counts[d, v] = C(v+d-1, d)`` up to degree a and b, shapes (a+1, n+1) and (b+1, n+1).
    offsets
        Where rectangle m begins in the packed array, shape (n+1,); ``offsets[n]`` is the size.
    """

    n: int
    H: int
    above: IntArray
    below: IntArray
    offsets: IntArray

    @property
    def size(self) -> int:
        """The number of coefficients, ``C(n+H-1, H)``."""
        return int(self.offsets[-1])


@cache
def layout(n: int, H: int) -> Layout:
    """Return the hinge layout of degree-H forms in n variables."""
    above = _monomial_counts(n, (H - 1) // 2)
    below = _monomial_counts(n, H - 1 - (H - 1) // 2)
    hinges = np.arange(n)
    offsets = np.concatenate([[0], np.cumsum(above[-1, n - hinges] * below[-1, hinges + 1])])
    for array in (above, below, offsets):
        array.flags.writeable = False
    return Layout(n, H, above, below, offsets)


@jit
def sorted_rank(index: IntArray, above: IntArray, below: IntArray, offsets: IntArray) -> int:
    """Packed position of one index tuple, which is sorted in place."""
    H = index.size
    for i in range(1, H):
        value = index[i]
        j = i - 1
        while j >= 0 and index[j] > value:
            index[j + 1] = index[j]
            j -= 1
        index[j + 1] = value
    n = offsets.size - 1
    b = below.shape[0] - 1
    hinge = index[b]
    column = 0
    for j in range(b):
        column += below[j + 1, index[j]]
    row = 0
    for j in range(H - 1 - b):
        row += above[j + 1, n - 1 - index[H - 1 - j]]
    position: int = offsets[hinge] + row * below[b, hinge + 1] + column
    return position


@jit
def fill_ranks(indices: IntArray, above: IntArray, below: IntArray, offsets: IntArray, out: IntArray) -> None:
    """``out[k]``: the packed position of the tuple ``indices[k]``."""
    for k in range(indices.shape[0]):
        out[k] = sorted_rank(indices[k].copy(), above, below, offsets)


@jit
def _unrank_monomial(rank: int, counts: IntArray, variables: IntArray) -> None:
    """Write the variables of the monomial at colexicographic ``rank``, ascending."""
    for d in range(variables.size, 0, -1):
        v = np.searchsorted(counts[d], rank, side="right") - 1
        variables[d - 1] = v
        rank -= counts[d, v]


@jit
def fill_indices(ranks: IntArray, above: IntArray, below: IntArray, offsets: IntArray, out: IntArray) -> None:
    """``out[k]``: the sorted index tuple at packed position ``ranks[k]``."""
    n = offsets.size - 1
    a = above.shape[0] - 1
    b = below.shape[0] - 1
    upper = np.empty(a, np.int64)
    for k in range(ranks.size):
        hinge = np.searchsorted(offsets, ranks[k], side="right") - 1
        columns = below[b, hinge + 1]
        row, column = divmod(ranks[k] - offsets[hinge], columns)
        _unrank_monomial(column, below, out[k, :b])
        out[k, b] = hinge
        _unrank_monomial(row, above, upper)
        for j in range(a):
            out[k, b + 1 + j] = n - 1 - upper[a - 1 - j]
