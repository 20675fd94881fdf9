"""The form whose eigenpairs are the critical points, stored for contraction level by level.

On the unit sphere, the energy of a mixed model is a polynomial of degree d with terms of several orders. An additional
variable ``x_0`` with ``x.x = x_0^2`` makes it homogeneous of degree d. With T the symmetric tensor of this form,
``T_m = T x^(d-m)`` is the symmetric tensor of order m that results from contracting d-m indices with x: ``T_1`` is the
gradient divided by d, and ``T_2`` the Hessian divided by d(d-1). Each T_m has one entry per multiset of indices.
"""

from collections.abc import Mapping
from functools import cache
from itertools import combinations, combinations_with_replacement
from math import comb
from typing import NamedTuple

import numpy as np

from spinglass._common.types import Array, IntArray

_ROWS_AT_ONCE = 4  # rows contracted together; the top level is padded with zero rows to a multiple of this number


class Form(NamedTuple):
    """A homogeneous form of degree d >= 3, with index tables for its contractions.

    Attributes
    ----------
    degree
        The degree d.
    spins
        The number of spins n. The variables are x_1..x_n and, if ``variables`` is n + 1, finally x_0.
    variables
        Number of variables, n or n + 1.
    top
        The tensor T as a matrix, shape (rows, variables): one row per multiset of d-1 indices, one column per index.
    table
        ``table[table_base[m] + s, l]`` is the row in the level storage of the entry of T_{m+1} whose indices are those
        of the s-th entry of T_m, and l; m = 1..d-2.
    table_base
        Offsets into ``table``.
    base, size
        The level storage contains the ``size[m]`` entries of T_m from row ``base[m]`` on, m = 2..d-1.
    """

    degree: int
    spins: int
    variables: int
    top: Array
    table: IntArray
    table_base: IntArray
    base: IntArray
    size: IntArray

    @property
    def rows(self) -> int:
        """Number of rows of the level storage."""
        return int(self.base[-1]) + len(self.top)


def homogenised(tensors: Mapping[int, Array]) -> Array:
    """Return the symmetric tensor T with ``T X^d = sum_H tensors[H] x^H x_0^(d-H)``, shape (variables,)*d."""
    degree = max(tensors)
    spins = tensors[degree].shape[0]
    variables = spins + (len(tensors) > 1)
    whole = np.zeros((variables,) * degree)
    for order, tensor in tensors.items():
        for places in combinations(range(degree), order):
            block = tuple(slice(spins) if axis in places else spins for axis in range(degree))
            whole[block] = tensor / comb(degree, order)
    return whole


@cache
def _tables(variables: int, degree: int) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Return the multisets of d-1 indices, and the form's table, table_base, base and size."""
    tuples = {m: _multisets(variables, m) for m in range(1, degree)}
    size = np.array([0] + [len(tuples[m]) for m in range(1, degree)], dtype=np.int64)
    # T_1 is stored separately, so the level storage begins with T_2.
    base = np.concatenate([[0, 0, 0], np.cumsum(size[2:-1])]).astype(np.int64)
    table_base = np.concatenate([[0, 0], np.cumsum(size[1:-1])]).astype(np.int64)
    table = np.concatenate([_joined_ranks(tuples[m], variables) + base[m + 1] for m in range(1, degree - 1)])
    return tuples[degree - 1], table, table_base, base, size


def form(tensor: Array, spins: int) -> Form:
    """Return the form of a symmetric tensor of shape (variables,)*d, d >= 3."""
    degree, variables = tensor.ndim, tensor.shape[0]
    tuples, table, table_base, base, size = _tables(variables, degree)
    top = np.zeros((-(-len(tuples) // _ROWS_AT_ONCE) * _ROWS_AT_ONCE, variables))
    top[: len(tuples)] = tensor[tuple(tuples.T)]
    return Form(degree, spins, variables, top, table, table_base, base, size)


def _multisets(variables: int, order: int) -> IntArray:
    """Return all ascending index tuples, shape (C(variables+order-1, order), order), colexicographic."""
    tuples = np.array(list(combinations_with_replacement(range(variables), order)), dtype=np.int64)
    return tuples[np.argsort(_ranks(tuples))]


def _ranks(tuples: IntArray) -> IntArray:
    """Return the colexicographic rank of ascending index tuples, shape (..., order) -> (...,)."""
    total = np.zeros(tuples.shape[:-1], np.int64)
    for k in range(tuples.shape[-1]):
        total += np.array([comb(v + k, k + 1) for v in range(int(tuples.max()) + 1)])[tuples[..., k]]
    return total


def _joined_ranks(tuples: IntArray, variables: int) -> IntArray:
    """Return the rank of every tuple joined with every index, shape (len(tuples), variables)."""
    shape = (len(tuples), variables)
    wide = np.broadcast_to(tuples[:, None, :], (*shape, tuples.shape[1]))
    last = np.broadcast_to(np.arange(variables)[None, :, None], (*shape, 1))
    return _ranks(np.sort(np.concatenate([wide, last], axis=-1), axis=-1))
