"""The product of a rectangle of couplings with a vector, and of its transpose with another."""

import numba
import numpy as np
import pytest

from spinglass.kernels import hinge, vectors
from spinglass.kernels.point import multiply_both

SHAPES = [(1, 8), (3, 9), (5, 3), (8, 16), (9, 31), (15, 1), (17, 23), (50, 50), (100, 16), (9, 1300)]
START = 5


@pytest.fixture(scope="module", params=[np.float64, np.float32])
def large(request):
    size = 2**23 // np.dtype(request.param).itemsize + 1  # more than what counts as cached
    return np.random.default_rng(0).normal(size=size).astype(request.param)


def products(a, q, y, weights, rows, columns):
    """The products, between NaN that must be neither read nor overwritten."""
    after = np.full(8, np.nan)
    p, q, q_weights = np.full(rows + 8, np.nan), np.append(q, after), np.append(weights, after)
    multiply_both(a, START, q, y, q_weights, p, rows, columns)
    assert np.isnan(p[rows:]).all()
    assert np.isnan(q_weights[columns:]).all()
    return p[:rows], q_weights[:columns]


@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_products_are_those_of_numpy_in_groups_of_eight_rows_and_of_four(large, rows, columns):
    rng = np.random.default_rng(1)
    q, y, weights = rng.normal(size=columns), rng.normal(size=rows), rng.normal(size=columns)
    A = large[START : START + rows * columns].reshape(rows, columns).astype(float)
    for packed in (large, large[: START + rows * columns].copy()):
        p, q_weights = products(packed, q, y, weights, rows, columns)
        np.testing.assert_allclose(p, A @ q, rtol=0, atol=2e-13)
        np.testing.assert_allclose(q_weights, weights + y @ A, rtol=0, atol=2e-13)


@pytest.mark.slow  # compiles
@pytest.mark.parametrize(("nbytes", "heights"), [(16, (4, 2, 1)), (16, (8, 4, 2, 1)), (32, (4, 2, 1))])
def test_products_on_machines_with_shorter_vectors(monkeypatch, nbytes, heights):
    monkeypatch.setattr(vectors, "BYTES", nbytes)
    monkeypatch.setattr(hinge, "_HEIGHTS", heights)

    @numba.njit
    def both(a, q, y, weights, p, rows, columns):
        hinge.add_products(a, 0, q, y, weights, p, rows, rows, columns)

    rng = np.random.default_rng(2)
    for rows, columns in [(15, 1), (9, 5), (17, 23)]:
        A, q, y, weights = (rng.normal(size=size) for size in ((rows, columns), columns, rows, columns))
        p, q_weights = np.empty(rows), weights.copy()
        both(A.ravel(), q, y, q_weights, p, rows, columns)
        np.testing.assert_allclose(p, A @ q, rtol=0, atol=2e-13)
        np.testing.assert_allclose(q_weights, weights + y @ A, rtol=0, atol=2e-13)
