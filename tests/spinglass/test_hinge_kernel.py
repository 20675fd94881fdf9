"""The product of a rectangle of couplings with a vector, and of its transpose with another."""

import numpy as np
import pytest

from spinglass.kernels.point import multiply_both

SHAPES = [(1, 8), (3, 9), (5, 3), (8, 16), (9, 31), (17, 23), (50, 50), (100, 16), (9, 1300)]
START = 5


@pytest.fixture(scope="module", params=[np.float64, np.float32])
def large(request):
    return np.random.default_rng(0).normal(size=2**21 + 1).astype(request.param)  # more than what counts as cached


def products(a, q, y, weights, rows, columns):
    p, q_weights = np.empty(rows), weights.copy()
    multiply_both(a, START, q, y, q_weights, p, rows, columns)
    return p, q_weights


@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_products_are_those_of_numpy_whether_or_not_rows_are_processed_together(large, rows, columns):
    rng = np.random.default_rng(1)
    q, y, weights = rng.normal(size=columns), rng.normal(size=rows), rng.normal(size=columns)
    A = large[START : START + rows * columns].reshape(rows, columns).astype(float)
    for packed in (large, large[: START + rows * columns].copy()):
        p, q_weights = products(packed, q, y, weights, rows, columns)
        np.testing.assert_allclose(p, A @ q, rtol=0, atol=2e-13)
        np.testing.assert_allclose(q_weights, weights + y @ A, rtol=0, atol=2e-13)
