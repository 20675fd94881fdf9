"""The number of operations in a step of a path, by which the benchmark of enumeration computes a rate.

The Python source of the tracking kernels is run with numbers that count their operations.
"""

from types import FunctionType, SimpleNamespace

import numpy as np
import pytest

from benchmarks.large_enumeration import operations_per_step
from spinglass.critical_points.tracking import bordered, contraction, simd, taylor
from spinglass.critical_points.tracking.tensor import form

REAL, COMPLEX = 1, 2  # operations of an addition


class Lanes:
    """A number that counts operations: additions, and multiplications with real (1) or complex (2) numbers."""

    def __init__(self, kind, counter):
        self.kind, self.counter = kind, counter

    def _with(self, other, operations):
        kind = max(self.kind, getattr(other, "kind", REAL))
        self.counter[0] += operations[self.kind, getattr(other, "kind", REAL)]
        return Lanes(kind, self.counter)

    def __add__(self, other):
        return self._with(other, {(1, 1): 1, (1, 2): 1, (2, 1): 1, (2, 2): 2})

    def __mul__(self, other):
        return self._with(other, {(1, 1): 1, (1, 2): 2, (2, 1): 2, (2, 2): 6})

    __radd__ = __sub__ = __rsub__ = __add__
    __rmul__ = __mul__

    def __neg__(self):
        return self


def operations(n, order):
    """Count all operations of a Newton step and of the series around the new point."""
    counter = [0]
    real, whole = Lanes(REAL, counter), Lanes(COMPLEX, counter)
    names = {name: lambda *_: whole for name in ("load", "zero", "conjugate", "reciprocal")}
    names |= {name: lambda *_: real for name in ("load_real", "splat")}
    names |= {name: lambda *_: None for name in ("store", "store_real")}
    assert all(hasattr(simd, name) for name in names)
    for module in (contraction, bordered, taylor):
        for name, kernel in vars(module).items():
            if hasattr(kernel, "py_func") and name not in names:
                names[name] = FunctionType(kernel.py_func.__code__, names)
    shape = form(np.zeros((n, n, n)), n)
    w = SimpleNamespace(**dict.fromkeys(taylor.Workspace._fields))
    names["correct"](shape, None, w)
    names["expand"](shape, None, order, w)
    return counter[0]


@pytest.mark.parametrize("order", [5, 8])
def test_operations_in_loops_over_pairs_and_triples_are_counted(order):
    rest = np.array([operations(n, order) - operations_per_step(n, order) for n in (3, 4, 5, 6)])
    # What is not counted are loops over the spins: a linear function of n.
    assert np.ptp(np.diff(rest)) == 0
    assert (rest > 0).all()
