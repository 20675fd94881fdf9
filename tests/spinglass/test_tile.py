"""Products of lanes against NumPy's, at every remainder of rows and every width."""

import numpy as np
import pytest

from spinglass import SphericalSpinGlass
from spinglass._common.jit import jit
from spinglass.kernels.products import add_scaled, add_sums
from spinglass.kernels.tile import LANES, multiply_add
from spinglass.kernels.vectors import STEP


@jit
def _add_scaled(a, b, c, rows):
    add_scaled(a, 0, b, STEP, 2 * STEP, c, 0, STEP, rows)


@jit
def _add_sums(a, b, c, rows):
    add_sums(a, STEP, 2 * STEP, b, 0, STEP, c, 0, rows)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])  # of the couplings A
@pytest.mark.parametrize("lanes", [STEP, LANES, 3 * STEP, 4 * STEP, 5 * STEP])
@pytest.mark.parametrize("depth", [0, 1, 7])
def test_multiply_add(dtype, lanes, depth):
    for rows in range(26):
        random = np.random.default_rng(0)
        A = random.standard_normal((rows, depth)).astype(dtype)
        B, C = random.standard_normal((depth, lanes)), random.standard_normal((rows, lanes))
        expected = C + A.astype(float) @ B
        turned, twice, narrow = np.ascontiguousarray(A.T), C.copy(), C[:, -STEP:].copy()
        multiply_add(A.reshape(-1), 0, depth, 1, B.reshape(-1), 0, C.reshape(-1), 0, rows, depth, lanes)
        multiply_add(turned.reshape(-1), 0, 1, rows, B.reshape(-1), 0, twice.reshape(-1), 0, rows, depth, lanes)
        last = B[:, -STEP:].copy()
        multiply_add(A.reshape(-1), 0, depth, 1, last.reshape(-1), 0, narrow.reshape(-1), 0, rows, depth, STEP)
        bound = 4 * (depth + 1) * np.finfo(float).eps * (1 + np.abs(expected).max(initial=0))  # one rounding a term
        assert np.abs(C - expected).max(initial=0) <= bound
        assert np.array_equal(C, twice)  # the same sums in the same order, whatever the strides
        assert np.array_equal(C[:, -STEP:], narrow)  # and whatever the lanes beside them


@pytest.mark.parametrize("rows", [1, 2, 9])
def test_products_lane_by_lane(rows):
    random = np.random.default_rng(1)
    a, wide = random.standard_normal(STEP), random.standard_normal((rows, 2 * STEP))
    right, c = wide[:, STEP:], random.standard_normal((rows, STEP))
    scaled, sums = c.copy(), a.copy()
    _add_scaled(a, wide.reshape(-1), scaled.reshape(-1), rows)
    _add_sums(wide.reshape(-1), c.reshape(-1), sums, rows)
    bound = (
        4 * (rows + 1) * np.finfo(float).eps * (1 + np.abs(wide).max()) * (1 + np.abs(c).max())
    )  # one rounding a term
    assert np.abs(scaled - (c + a * right)).max() <= bound
    assert np.abs(sums - (a + (right * c).sum(axis=0))).max() <= bound


@pytest.mark.slow
@pytest.mark.bits
@pytest.mark.parametrize("weights", [{2: 1.0}, {3: 1.0}, {1: 0.3, 4: 1.0}, {5: 1.0}])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_row_has_the_same_bits_in_chunks_of_every_width(weights, dtype):
    glass = SphericalSpinGlass.mixed(7, weights, seed=0, dtype=dtype)
    x, v = np.random.default_rng(2).standard_normal((2, 113, 7))
    whole = (*glass.energy_and_gradient(x), glass.energy(x), glass.hessian_vector(x, v))
    for batch in (5, 16, 17, 33, 48, 49, 65, 81):
        part = slice(113 - batch, None)
        alone = (*glass.energy_and_gradient(x[part]), glass.energy(x[part]), glass.hessian_vector(x[part], v[part]))
        assert all(np.array_equal(one[part], other) for one, other in zip(whole, alone, strict=True))
