"""The kernels of the path tracker against NumPy."""

import numpy as np
import pytest
from dense import contract, symmetrised

from spinglass._common.jit import jit
from spinglass.critical_points.tracking import simd
from spinglass.critical_points.tracking.bordered import border, factorise, solve, solve_bordered
from spinglass.critical_points.tracking.contraction import raise_levels
from spinglass.critical_points.tracking.simd import WIDTH, aligned_rows
from spinglass.critical_points.tracking.start_system import number_of_classes, principal_roots, start_point
from spinglass.critical_points.tracking.taylor import correct, expand, workspace
from spinglass.critical_points.tracking.tensor import form, homogenised


def into_lanes(z):
    """Complex (entries, WIDTH) to rows of lanes."""
    rows = aligned_rows(2 * len(z))
    rows[0::2], rows[1::2] = z.real, z.imag
    return rows


def from_lanes(rows):
    return rows[0::2] + 1j * rows[1::2]


def symmetric(rng, n, H):
    return symmetrised(rng.standard_normal((n,) * H))


def complex_normal(rng, *shape):
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


@jit
def every_operation(a, b, c, out):
    x, y, r = simd.load(a, 0), simd.load(a, 1), simd.load_real(b, 0)
    simd.store(out, 0, x + y)
    simd.store(out, 1, x - y)
    simd.store(out, 2, x * y)
    simd.store(out, 3, r * x)
    simd.store(out, 4, c * x)
    simd.store(out, 5, -x)
    simd.store(out, 6, simd.conjugate(x))
    simd.store(out, 7, simd.reciprocal(x))
    simd.store(out, 8, simd.choose(r, x, y))
    real = simd.root(simd.squared_modulus(x)) / (r * r + simd.splat(1.0)) - (-r)
    simd.store(out, 9, real * simd.reciprocal(x) + simd.zero())


def test_lane_arithmetic_is_complex_arithmetic_lane_by_lane():
    rng = np.random.default_rng(0)
    z, r = complex_normal(rng, 2, WIDTH), aligned_rows(1)
    r[0] = rng.standard_normal(WIDTH)
    out = aligned_rows(20)
    every_operation(into_lanes(z), r, 0.7, out)
    x, y = z
    real = np.abs(x) / (r[0] ** 2 + 1) + r[0]
    expected = [x + y, x - y, x * y, r[0] * x, 0.7 * x, -x, x.conj(), 1 / x, np.where(r[0] > 0, x, y), real / x]
    # A few roundings each on numbers of order 1.
    np.testing.assert_allclose(from_lanes(out), expected, rtol=1e-14, atol=1e-14)


def test_rows_of_lanes_begin_on_cache_lines():
    assert aligned_rows(3, 5).shape == (3, 5, WIDTH)
    assert aligned_rows(7).ctypes.data % (8 * WIDTH) == 0


@pytest.mark.parametrize(("n", "d", "mixed"), [(1, 3, False), (4, 3, False), (3, 4, True), (3, 5, False), (2, 6, True)])
def test_levels_are_the_contracted_tensor(n, d, mixed):
    rng = np.random.default_rng(1)
    tensors = {H: symmetric(rng, n, H) for H in ({d, d - 2} if mixed else {d})}
    whole = homogenised(tensors)
    laid = form(whole, n)
    w = workspace(laid, 2)
    x = complex_normal(rng, laid.variables, WIDTH)
    w.x[: 2 * laid.variables] = into_lanes(x)
    raise_levels(laid, 0, w.x, w.level)
    for lane in range(WIDTH):
        level = contract(whole, x[:, lane], d - 2)
        pairs = np.tril_indices(laid.variables)
        stored = from_lanes(w.level[: 2 * len(pairs[0])])[:, lane]
        np.testing.assert_allclose(stored, level[pairs], rtol=0, atol=1e-12 * np.abs(level).max())


def test_homogenised_form_is_the_sum_of_its_terms():
    rng = np.random.default_rng(2)
    tensors = {1: symmetric(rng, 3, 1), 2: symmetric(rng, 3, 2), 4: symmetric(rng, 3, 4)}
    x, x0 = rng.standard_normal(3), 0.6
    value = contract(homogenised(tensors), np.append(x, x0), 4)
    terms = tensors[1] @ x * x0**3 + x @ tensors[2] @ x * x0**2 + np.einsum("ijkl,i,j,k,l", tensors[4], x, x, x, x)
    np.testing.assert_allclose(value, terms, rtol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_factorised_system_is_solved(n):
    rng = np.random.default_rng(3)
    a = complex_normal(rng, n, n, WIDTH)
    a = a + a.transpose(1, 0, 2)
    rhs = complex_normal(rng, n, WIDTH)
    packed, pivot, x = into_lanes(a[np.tril_indices(n)]), aligned_rows(2 * n), into_lanes(rhs)
    factorise(n, packed, pivot)
    solve(n, packed, pivot, x, 0)
    expected = np.stack([np.linalg.solve(a[:, :, k], rhs[:, k]) for k in range(WIDTH)], axis=1)
    # Without pivoting the growth of random matrices of this size stays below a thousand.
    np.testing.assert_allclose(from_lanes(x), expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("mixed", [False, True])
def test_bordered_system_is_solved(mixed):
    rng, n = np.random.default_rng(4), 4
    sigma, N = 1.0, 4 + mixed
    a = complex_normal(rng, n, n, WIDTH)
    a = a + a.transpose(1, 0, 2)
    x = complex_normal(rng, N, WIDTH)
    x /= np.linalg.norm(x, axis=0)
    b, rhs = complex_normal(rng, n, WIDTH), complex_normal(rng, N, WIDTH)
    shifted = a + 1j * sigma * x[:n, None].conj() * x[None, :n].conj()
    packed, pivot = into_lanes(shifted[np.tril_indices(n)]), aligned_rows(2 * n)
    column = b + 1j * sigma * x[-1].conj() * x[:n].conj()
    point, z, y, corner = into_lanes(x), aligned_rows(2 * n), into_lanes(column), aligned_rows(8)
    v, mu = into_lanes(rhs), aligned_rows(2)
    factorise(n, packed, pivot)
    border(n, mixed, packed, pivot, point, z, y, corner)
    solve_bordered(n, mixed, packed, pivot, point, z, y, corner, v, 0, mu, 0)
    for k in range(WIDTH):
        matrix = np.zeros((N + 1, N + 1), complex)
        matrix[:n, :n], matrix[:n, N], matrix[N, :N] = a[:, :, k], -x[:n, k], x[:, k].conj()
        if mixed:
            matrix[:n, n], matrix[n, :n], matrix[n, n] = b[:, k], x[:n, k], -x[n, k]
        expected = np.linalg.solve(matrix, [*rhs[:, k], 0])
        np.testing.assert_allclose([*from_lanes(v)[:, k], from_lanes(mu)[0, k]], expected, rtol=1e-10, atol=1e-11)


def test_newton_step_where_the_energy_is_zero():
    """x_1 (x_2^2 + 2 x_3^2) at (1, 0, 0): the matrix alone is singular, the bordered system is not."""
    tensor = np.zeros((3, 3, 3))
    for i, value in ((1, 1.0), (2, 2.0)):
        for place in {(0, i, i), (i, 0, i), (i, i, 0)}:
            tensor[place] = value / 3
    laid = form(tensor, 3)
    w, start = workspace(laid, 2), into_lanes(np.ones((3, WIDTH)))
    w.time[:] = 1.0
    off = np.array([1.0, 1e-5, -2e-5])
    w.point[:] = into_lanes(np.repeat((off / np.linalg.norm(off))[:, None], WIDTH, 1))
    correct(laid, start, w)
    # The step ends at the axis but for its square, about 1e-9.
    ended = from_lanes(w.x[:6])
    assert np.abs(ended[1:]).max() < 1e-8
    assert np.abs(ended[0] - 1).max() < 1e-8
    w.point[:] = into_lanes(np.repeat(np.eye(3)[:, :1], WIDTH, 1))
    correct(laid, start, w)
    assert np.abs(w.change).max() < 1e-15


@pytest.mark.parametrize(("n", "d", "mixed"), [(3, 3, False), (3, 4, False), (2, 5, True), (3, 3, True)])
def test_series_solves_the_homotopy_to_its_order(n, d, mixed):
    """The residual of the truncated series shrinks as the step to the power order + 1."""
    rng, order, t = np.random.default_rng(5), 4, 0.3
    whole = homogenised({H: symmetric(rng, n, H) for H in ({1, d} if mixed else {d})})
    laid, N = form(whole, n), whole.shape[0]
    c = complex_normal(rng, n)
    w, start = workspace(laid, order), into_lanes(np.repeat(c[:, None], WIDTH, 1))
    w.time[:] = t
    w.point[:] = into_lanes(complex_normal(rng, N, WIDTH))
    for _ in range(60):
        w.point[:] = w.point / np.sqrt((w.point**2).sum(0))
        correct(laid, start, w)
        w.point[:] = w.x[: 2 * N]
    settled = np.sqrt((w.change**2).sum(0)) < 1e-13
    assert settled.sum() >= 3  # Newton's method from random points ends somewhere in most lanes
    expand(laid, start, order, w)
    X, eigenvalue = from_lanes(w.x).reshape(order + 1, N, WIDTH), from_lanes(w.eigenvalue)

    def residual(h):
        value = np.tensordot(h ** np.arange(order + 1), X, 1)
        quotient = np.tensordot(h ** np.arange(order + 1), eigenvalue, 1)
        result = []
        for lane in np.flatnonzero(settled):
            gradient = contract(whole, value[:, lane], d - 1)
            x = value[:n, lane]
            left = (t + h) * gradient[:n] + (1 - t - h) * c * x ** (d - 1) - quotient[lane] * x
            cone = x @ x - value[n, lane] ** 2 if mixed else 0
            result.append(np.hypot(np.linalg.norm(left), abs(cone)))
        return np.array(result)

    h = 4e-3 / np.abs(X[1]).max()
    small, large = residual(h), residual(2 * h)
    above_rounding = small > 1e-12
    assert above_rounding.sum() >= 3
    # order + 1, but for the terms that follow: a relative correction of order h.
    assert (np.log2(large / small)[above_rounding] > order + 0.8).all(), np.log2(large / small)


@pytest.mark.parametrize(("n", "d", "sheets"), [(1, 3, 1), (4, 3, 1), (3, 4, 1), (2, 6, 1), (3, 3, 2), (2, 5, 2)])
def test_start_points_are_all_eigenpairs_of_the_start_form(n, d, sheets):
    rng = np.random.default_rng(6)
    c = np.exp(2j * np.pi * rng.random(n))
    roots, N = principal_roots(c, d), n + (sheets == 2)
    paths = sheets * number_of_classes(n, d)
    points = np.empty((paths, N), complex)
    for path in range(paths):
        start_point(path, d, roots, sheets, points[path])
    x = points[:, :n]
    gradient = c * x ** (d - 1)
    eigenvalue = (x.conj() * gradient).sum(1) / (np.abs(x) ** 2).sum(1)
    np.testing.assert_allclose(gradient, eigenvalue[:, None] * x, atol=1e-14)
    if sheets == 2:
        np.testing.assert_allclose((x**2).sum(1), points[:, n] ** 2, atol=1e-14)
    overlaps = np.abs(points.conj() @ points.T) - np.eye(paths)
    assert overlaps.max() < 1 - 1e-3  # no two on one line


def test_number_of_classes_is_cartwright_and_sturmfels():
    for n in range(1, 8):
        assert number_of_classes(n, 2) == n
        for d in (3, 4, 7):
            assert number_of_classes(n, d) == ((d - 1) ** n - 1) // (d - 2)
