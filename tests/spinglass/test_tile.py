"""The register tile against NumPy's matrix product, at every remainder of its rows."""

import numpy as np
import pytest

from spinglass.jit import jit
from spinglass.kernels.tile import LANES, add_products, multiply_add


@jit
def _add_products(a, b, c):
    add_products(a, 0, b, LANES, c, 0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("rows", range(14))
@pytest.mark.parametrize("depth", [0, 1, 7])
def test_multiply_add(dtype, rows, depth):
    random = np.random.default_rng(0)
    A = random.standard_normal((rows, depth)).astype(dtype)
    B = random.standard_normal((depth, LANES)).astype(dtype)
    C = random.standard_normal((rows, LANES)).astype(dtype)
    expected = C.astype(float) + A.astype(float) @ B.astype(float)
    twice = C.copy()
    multiply_add(A.reshape(-1), 0, depth, 1, B.reshape(-1), 0, C.reshape(-1), 0, rows, depth)
    multiply_add(np.ascontiguousarray(A.T).reshape(-1), 0, 1, rows, B.reshape(-1), 0, twice.reshape(-1), 0, rows, depth)
    bound = 4 * (depth + 1) * np.finfo(dtype).eps * (1 + np.abs(expected).max(initial=0))  # one rounding a term
    assert np.abs(C - expected).max(initial=0) <= bound
    assert np.array_equal(C, twice)  # the same sums in the same order, whatever the strides


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_lane_products(dtype):
    a, b, c = np.random.default_rng(1).standard_normal((3, 2 * LANES)).astype(dtype)
    expected = c[:LANES].astype(float) + a[:LANES].astype(float) * b[LANES:]
    untouched = c[LANES:].copy()
    _add_products(a, b, c)
    assert np.allclose(c[:LANES], expected, rtol=0, atol=4 * np.finfo(dtype).eps * np.abs(expected).max())
    assert np.array_equal(c[LANES:], untouched)
