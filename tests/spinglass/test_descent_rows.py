"""The row kernels against the geometry of ``spinglass.sphere``."""

import numpy as np
import pytest

from spinglass import sphere
from spinglass.descent import row_kernels


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    x, y = sphere.random_points(9, 2, rng)
    return x, y, sphere.tangent(x, rng.standard_normal(9)), rng.standard_normal(9)


def test_tangent_part(case):
    x, _, _, a = case
    out = np.empty(9)
    length = row_kernels.tangent_part(x, a, out)
    assert np.allclose(out, sphere.tangent(x, a), atol=1e-14)
    assert length == pytest.approx(np.linalg.norm(out))


def test_step_along(case):
    x, _, v, _ = case
    out = np.empty(9)
    shrink = row_kernels.step_along(x, v, 0.3, out)
    assert np.allclose(out, sphere.retract(x, 0.3 * v), atol=1e-14)
    assert shrink == pytest.approx(3 / np.linalg.norm(x + 0.3 * v))


def test_transport_along(case):
    x, y, v, _ = case
    out = np.empty(9)
    row_kernels.transport_along(x, y, v, out)
    assert np.allclose(out, sphere.transport(x, y, v), atol=1e-14)


def test_finite_rows():
    points = np.zeros((4, 3))
    points[1, 2], points[2, 0], points[3, 1] = np.nan, -np.inf, 1e308
    assert row_kernels.finite_rows(points).tolist() == [True, False, False, True]


def test_blocks_cover_every_row_once():
    n, seen = 100, []
    row_kernels.over_rows(
        lambda part, values: seen.extend(zip(part, values, strict=True)), n, np.arange(500), np.arange(500.0)
    )
    assert sorted(seen) == [(i, float(i)) for i in range(500)]


@pytest.mark.bits
@pytest.mark.parametrize("n", [3, 12, 16, 40])
def test_bits_do_not_depend_on_where_arrays_lie(n):
    # Neighbouring arrays send a vectorised loop down another path; sums must not be in such a loop.
    rng = np.random.default_rng(n)
    x, v = sphere.random_points(n, 1, rng)[0], rng.standard_normal(n)
    expected = np.empty((2, n))
    length, shrink = row_kernels.tangent_part(x, v, expected[0]), row_kernels.step_along(x, v, 0.3, expected[1])
    for gap in range(40):
        memory = np.empty(3 * (n + gap))
        here, along, out = (memory[i * (n + gap) :][:n] for i in range(3))
        here[:], along[:] = x, v
        assert row_kernels.tangent_part(here, along, out) == length
        assert np.array_equal(out, expected[0])
        assert row_kernels.step_along(here, along, 0.3, out) == shrink
        assert np.array_equal(out, expected[1])
        assert row_kernels.tangent_part(here, along, along) == length
        assert np.array_equal(along, expected[0])
