"""The hinge layout: the position of the coefficient of each index multiset in the packed array.

Sort an index tuple ``i_1 <= ... <= i_H`` and call ``m = i_{b+1}`` its *hinge*: ``b`` indices come before it
(at most ``m``) and ``a = H-1-b`` come after it (at least ``m``), with ``a = (H-1)//2 <= b``. All coefficients
with hinge ``m`` form a dense rectangle ``A_m`` of shape (monomials of degree a in ``x_{n-1}, ..., x_m``) x
(monomials of degree b in ``x_0, ..., x_m``). Monomials are in colexicographic order, so that every rectangle
multiplies a *prefix* of the same two monomial vectors. The packed array is the sequence of all rectangles, each in
row-major order: ``C(n+H-1, H)`` numbers without padding.
"""

from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.types import IntArray


def monomial_counts(n: int, degree: int) -> IntArray:
    """Return ``counts[d, v]``, the number of monomials of degree d in v variables, for d <= degree and v <= n."""
    counts = [[comb(v + d - 1, d) if v else int(d == 0) for v in range(n + 1)] for d in range(degree + 1)]
    if max(map(max, counts)) > np.iinfo(np.int64).max:
        raise ValueError(
            f"the number of monomials of degree {degree} in n = {n} variables overflows int64; use a smaller n or H"
        )
    return np.array(counts, dtype=np.int64)


@dataclass(frozen=True)
class Layout:
    """The hinge layout of degree-H forms in n variables.

    Attributes
    ----------
    n : int
        Number of variables (spins).
    H : int
        Degree (interaction order).
    above : ndarray of int64, shape (a+1, n+1)
        Monomial counts ``above[d, v] = C(v+d-1, d)`` of degree d <= a in v variables.
    below : ndarray of int64, shape (b+1, n+1)
        The same counts up to degree b.
    offsets : ndarray of int64, shape (n+1,)
        ``offsets[m]`` is the position in the packed array at which rectangle m begins; ``offsets[n]`` is the size.
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
    """Return the hinge layout of degree-H forms in n variables.

    Parameters
    ----------
    n : int
        Number of variables (spins), at least 1.
    H : int
        Degree (interaction order), at least 1.

    Returns
    -------
    Layout
        The layout; repeated calls return the same object, whose arrays are read-only.

    Raises
    ------
    ValueError
        If the number of monomials overflows int64.
    """
    above = monomial_counts(n, (H - 1) // 2)
    below = monomial_counts(n, H - 1 - (H - 1) // 2)
    hinges = np.arange(n)
    offsets = np.concatenate([[0], np.cumsum(above[-1, n - hinges] * below[-1, hinges + 1])])
    for array in (above, below, offsets):
        array.flags.writeable = False
    return Layout(n, H, above, below, offsets)


@jit
def sorted_rank(index: IntArray, above: IntArray, below: IntArray, offsets: IntArray) -> int:
    """Return the packed position of one index tuple; the tuple is sorted in place."""
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
    """Write the packed position of the tuple ``indices[k]`` to ``out[k]``."""
    for k in range(indices.shape[0]):
        out[k] = sorted_rank(indices[k].copy(), above, below, offsets)


@jit
def _unrank_monomial(rank: int, counts: IntArray, variables: IntArray) -> None:
    """Write the variables, in ascending order, of the monomial of the given colexicographic rank."""
    for d in range(variables.size, 0, -1):
        v = np.searchsorted(counts[d], rank, side="right") - 1
        variables[d - 1] = v
        rank -= counts[d, v]


@jit
def fill_indices(ranks: IntArray, above: IntArray, below: IntArray, offsets: IntArray, out: IntArray) -> None:
    """Write the sorted index tuple at packed position ``ranks[k]`` to ``out[k]``."""
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
