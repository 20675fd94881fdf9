"""Square roots of the multiplicities ``H! / prod(m_i!)``, which scale standard normal numbers to packed couplings."""

from functools import lru_cache
from math import factorial
from typing import NamedTuple

import numpy as np

from spinglass._common.jit import jit
from spinglass._common.threads import run_in_threads
from spinglass._common.types import Array, FloatArray, IntArray
from spinglass.layout import layout

_PART = 2**18  # couplings that one thread scales at a time


class _Monomials(NamedTuple):
    """The monomials of the rows, or of the columns, of the rectangles of the hinge layout."""

    counts: IntArray  # numbers of monomials by degree and number of variables
    roots: Array  # square root of the product of the factorials of the exponents
    last: IntArray  # last variable
    exponent: IntArray  # exponent of the last variable


def _monomials(counts: IntArray) -> _Monomials:
    n = counts.shape[1] - 1
    factorials, last, exponent = np.ones(1), np.full(1, -1), np.zeros(1, np.int64)
    for d in range(1, counts.shape[0]):
        prefix = np.concatenate([np.arange(counts[d - 1, v + 1]) for v in range(n)])
        variable = np.repeat(np.arange(n), counts[d - 1, 1 : n + 1])
        exponent = np.where(last[prefix] == variable, exponent[prefix], 0) + 1
        factorials, last = factorials[prefix] * exponent, variable
    return _Monomials(counts, np.sqrt(factorials), last, exponent)


@lru_cache(maxsize=8)
def _tables(n: int, H: int) -> tuple[_Monomials, _Monomials, Array]:
    """Return the monomials of rows and columns, and ``sqrt(k!)`` for k = 0..H."""
    place = layout(n, H)
    return _monomials(place.above), _monomials(place.below), np.sqrt([float(factorial(k)) for k in range(H + 1)])


@jit
def _scale(part: FloatArray, first: int, offsets: IntArray, above: _Monomials, below: _Monomials, roots: Array) -> None:
    """Multiply ``part``, the packed numbers from position ``first`` on, by the roots of their multiplicities.

    A multiset consists of the indices above the hinge m, those below it, and the hinge itself. The exponent of the
    hinge is one plus its exponents in the other two parts; these vanish except in the last rows and columns of a
    rectangle.
    """
    n = offsets.size - 1
    m = np.searchsorted(offsets, first, side="right") - 1
    at, stop = first, first + part.size
    while at < stop:
        columns = below.counts[-1, m + 1]
        without_hinge = below.counts[-1, m] if below.counts.shape[0] > 1 else columns
        r = (at - offsets[m]) // columns
        begin = offsets[m] + r * columns
        last = min(columns, stop - begin)
        row = part[at - first : begin + last - first]
        hinge_above = above.exponent[r] if above.last[r] == n - 1 - m else 0
        left = roots[-1] * roots[hinge_above] / above.roots[r]
        usual = left / roots[1 + hinge_above]
        from_column, usual_stop = at - begin, min(without_hinge, last)
        for q in range(from_column, usual_stop):
            row[q - from_column] *= usual / below.roots[q]
        for q in range(max(from_column, usual_stop), last):
            hinge_below = below.exponent[q]
            row[q - from_column] *= left * roots[hinge_below] / (below.roots[q] * roots[1 + hinge_above + hinge_below])
        at = begin + last
        if at == offsets[m + 1]:
            m += 1


def scale_by_root_multiplicity(packed: FloatArray, n: int, H: int, first: int = 0) -> None:
    """Multiply packed numbers in place by ``sqrt(H! / prod(m_i!))``, the standard deviation of a coupling.

    ``packed`` contains the numbers from position ``first`` of the packed array on.
    """
    offsets, tables = layout(n, H).offsets, _tables(n, H)

    def scale(start: int) -> None:
        _scale(packed[start : start + _PART], first + start, offsets, *tables)

    run_in_threads(scale, range(0, max(packed.size, 1), _PART))  # a call without numbers compiles the kernel
