import math

import numpy as np
import pytest
import scipy.linalg
import scipy.stats

from spinglass import SphericalSpinGlass, sphere


def rotation_along(x, v):
    """The rotation of R^n that moves x along the geodesic of v and carries tangent vectors in parallel."""
    return scipy.linalg.expm((np.outer(v, x) - np.outer(x, v)) / x.size)


def point_and_tangents(n, seed, count=2):
    rng = np.random.default_rng(seed)
    x = sphere.random_points(n, 1, rng)[0]
    return x, *sphere.tangent(x, rng.standard_normal((count, n)))


def test_random_points_are_uniform():
    # Archimedes: on the sphere in R^3 every coordinate over the radius is uniform on [-1, 1].
    x = sphere.random_points(3, 4000, seed=1) / math.sqrt(3)
    for column in x.T:
        # False alarm 1e-6 a coordinate; the seed is fixed.
        assert scipy.stats.kstest(column, scipy.stats.uniform(-1, 2).cdf).pvalue > 1e-6


def test_random_points_do_not_depend_on_how_many_are_drawn():
    assert np.array_equal(sphere.random_points(7, 20, seed=3)[:5], sphere.random_points(7, 5, seed=3))


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1.0, 1e160, 1e300])
def test_project_neither_overflows_nor_vanishes(scale):
    x = sphere.project(scale * np.array([[3.0, 4.0, 0.0], [0.0, -1.0, 0.0]]))
    assert np.allclose(x, math.sqrt(3) * np.array([[0.6, 0.8, 0.0], [0.0, -1.0, 0.0]]), rtol=1e-15)


def test_project_finds_the_nearest_point():
    rng = np.random.default_rng(0)
    a = rng.standard_normal(4)
    nearest = np.linalg.norm(sphere.project(a) - a)
    others = np.linalg.norm(sphere.random_points(4, 5000, rng) - a, axis=1)
    assert nearest <= others.min()
    assert nearest == pytest.approx(abs(np.linalg.norm(a) - 2))


@pytest.mark.parametrize("n", [2, 3, 10])
@pytest.mark.parametrize("length", [0.0, 1e-9, 0.5, 3.0])
def test_exponential_is_the_matrix_exponential(n, length):
    x, v, _ = point_and_tangents(n, seed=n)
    v *= length / np.linalg.norm(v)
    # expm is accurate to about n eps times its norm, which is 1 for a rotation.
    assert np.allclose(sphere.exponential(x, v), rotation_along(x, v) @ x, atol=1e-13)


@pytest.mark.parametrize("n", [2, 3, 10])
def test_transport_is_the_rotation_along_the_geodesic(n):
    x, v, w = point_and_tangents(n, seed=n)
    y = sphere.exponential(x, v)
    assert np.allclose(sphere.transport(x, y, w), rotation_along(x, v) @ w, atol=1e-12)


def test_retraction_meets_the_geodesic_to_second_order():
    x, v, _ = point_and_tangents(10, seed=5)
    steps = np.logspace(-3, -1, 9)[:, None]
    gap = np.linalg.norm(
        sphere.retract(np.tile(x, (9, 1)), steps * v) - sphere.exponential(np.tile(x, (9, 1)), steps * v), axis=1
    )
    # Both are even-odd in t, so that the slope is 3 up to O(t^2) = 1e-2.
    assert np.polyfit(np.log(steps[:, 0]), np.log(gap), 1)[0] == pytest.approx(3, abs=0.02)


@pytest.mark.parametrize("n", [1, 2, 3, 20])
def test_tangent_basis_is_orthonormal_and_tangent(n):
    x = sphere.random_points(n, 6, seed=n)
    x[0] = math.sqrt(n) * np.eye(n)[-1]
    x[1] = -x[0]
    B = sphere.tangent_basis(x)
    assert B.shape == (6, n - 1, n)
    assert np.allclose(B @ B.transpose(0, 2, 1), np.eye(n - 1), atol=1e-14)
    assert np.allclose(np.einsum("bij,bj->bi", B, x), 0, atol=1e-14 * math.sqrt(n))
    assert np.array_equal(B[2], sphere.tangent_basis(x[2]))


def test_coordinates_are_those_of_the_basis():
    rng = np.random.default_rng(2)
    x, v = sphere.random_points(6, 4, rng), rng.standard_normal((4, 6))
    B = sphere.tangent_basis(x)
    c = sphere.coordinates(x, v)
    assert np.allclose(c, np.einsum("bij,bj->bi", B, v), atol=1e-14)
    assert np.allclose(sphere.from_coordinates(x, c), np.einsum("bij,bi->bj", B, c), atol=1e-14)


def dense(glass, x):
    """Energy, gradient and Hessian of an H=3 glass from its full tensor."""
    J = glass.to_tensor() / glass.n
    return np.einsum("ijk,i,j,k", J, x, x, x), 3 * np.einsum("ijk,j,k->i", J, x, x), 6 * np.einsum("ijk,k->ij", J, x)


@pytest.mark.parametrize("n", [2, 5, 12])
def test_riemannian_derivatives_by_dense_routes(n):
    glass = SphericalSpinGlass.pure(n, 3, seed=n)
    x = sphere.random_points(n, 3, seed=0)
    gradients, hessians = sphere.riemannian_gradient(glass, x), sphere.riemannian_hessian(glass, x)
    for b in range(3):
        _, gradient, hessian = dense(glass, x[b])
        B = sphere.tangent_basis(x[b])
        P = np.eye(n) - np.outer(x[b], x[b]) / n
        # Sums of n^3 terms of order 1: rounding 1e-15 sqrt(n^3), some hundred at most.
        assert np.allclose(gradients[b], P @ gradient, atol=1e-12)
        assert np.allclose(hessians[b], B @ (hessian - (x[b] @ gradient / n) * np.eye(n)) @ B.T, atol=1e-12)


def test_riemannian_hessian_is_the_second_derivative_along_geodesics():
    glass = SphericalSpinGlass.pure(6, 3, seed=1)
    x, v, _ = point_and_tangents(6, seed=2)
    t = 1e-3
    before, at, after = (glass.energy(sphere.exponential(x, s * v)) for s in (-t, 0.0, t))
    c = sphere.coordinates(x, v)
    # Central difference: error t^2/12 times a fourth derivative of order |v|^4/n, and rounding eps/t^2.
    assert c @ sphere.riemannian_hessian(glass, x) @ c == pytest.approx((before - 2 * at + after) / t**2, abs=1e-4)


class Products:
    """A landscape with Hessian-vector products only."""

    def __init__(self, glass):
        self.n, self.energy_and_gradient, self.hessian_vector = glass.n, glass.energy_and_gradient, glass.hessian_vector


def test_hessian_from_products_is_the_same():
    glass = SphericalSpinGlass.pure(6, 4, seed=1)
    x = sphere.random_points(6, 3, seed=2)
    assert np.allclose(sphere.riemannian_hessian(Products(glass), x), sphere.riemannian_hessian(glass, x), atol=1e-12)


def test_eigenvectors_of_a_matrix_have_their_rank_as_index():
    rng = np.random.default_rng(4)
    A = rng.standard_normal((7, 7))
    eigenvalues, vectors = np.linalg.eigh(A + A.T)
    glass = SphericalSpinGlass.from_tensor((A + A.T) / 2)
    points = math.sqrt(7) * vectors.T
    assert np.array_equal(sphere.index(glass, points), np.arange(7))
    # energy = x.S.x/sqrt(n) with S the tensor, here half the matrix.
    expected = (np.delete(eigenvalues, 2) - eigenvalues[2]) / math.sqrt(7)
    assert np.allclose(sphere.hessian_eigenvalues(glass, points[2]), expected, atol=1e-13)


def test_slices_of_a_large_batch_join_up(monkeypatch):
    glass = SphericalSpinGlass.pure(5, 3, seed=1)
    x = sphere.random_points(5, 9, seed=2)
    whole = sphere.hessian_eigenvalues(glass, x)
    monkeypatch.setattr(sphere, "_SLICE", 4 * 8 * 25 * 2)
    assert np.array_equal(sphere.hessian_eigenvalues(glass, x), whole)


def test_overlap():
    x = sphere.random_points(9, 4, seed=0)
    assert np.allclose(sphere.overlap(x, x), 1)
    assert np.allclose(sphere.overlap(x[:, None], x), x @ x.T / 9)


def test_single_points_keep_their_shape():
    glass = SphericalSpinGlass.pure(5, 3, seed=0)
    x = sphere.random_points(5, 1, seed=0)[0]
    assert sphere.riemannian_gradient(glass, x).shape == (5,)
    assert sphere.riemannian_hessian(glass, x).shape == (4, 4)
    assert sphere.index(glass, x).shape == ()


X = np.array([math.sqrt(2), 0.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sphere.random_points(0, 3, 0), "n must be a whole number of at least 1"),
        (lambda: sphere.random_points(3, -1, 0), "size must be a whole number of at least 0"),
        (lambda: sphere.project([0.0, 0.0]), "zero vector"),
        (lambda: sphere.project([1.0, math.nan]), "finite; 1 of 2"),
        (lambda: sphere.project([1j, 0]), "real numbers"),
        (lambda: sphere.project(1.0), "shape"),
        (lambda: sphere.tangent(1.01 * X, X), "differs from 1 by up to 0.0201.*sphere.project"),
        (lambda: sphere.tangent([1e300, 0.0], X), "sphere.project"),
        (lambda: sphere.tangent(X, [1.0, 2.0, 3.0]), "same number of coordinates"),
        (lambda: sphere.retract(X, [1.0, 0.0]), "sphere.tangent"),
        (lambda: sphere.transport(X, -X, [0.0, 1.0]), "opposite"),
        (lambda: sphere.from_coordinates(X, [1.0, 2.0]), r"shape \(..., 1\)"),
        (lambda: sphere.index(SphericalSpinGlass.pure(3, 3, 0), X), "3 coordinates"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_objects_that_are_no_landscape_are_refused():
    class OnlyEnergies:
        n = 2

        def energy_and_gradient(self, x):
            return np.zeros(len(x)), np.zeros_like(x)

    with pytest.raises(TypeError, match="OnlyEnergies has no second derivatives"):
        sphere.index(OnlyEnergies(), X)
    with pytest.raises(TypeError, match="str is not a landscape"):
        sphere.riemannian_gradient("glass", X)


def test_what_does_not_fit_is_refused(monkeypatch):
    monkeypatch.setattr("spinglass._common.memory.available_memory", lambda: 10**6)
    glass = SphericalSpinGlass.pure(20, 3, seed=0)
    x = sphere.random_points(20, 1000, seed=0)
    with pytest.raises(ValueError, match=r"Hessians of 1000 points at n=20 needs .* GiB"):
        sphere.riemannian_hessian(glass, x)
    with pytest.raises(ValueError, match="tangent bases"):
        sphere.tangent_basis(x)


def test_points_that_will_not_fit_are_refused():
    with pytest.raises(ValueError, match="GiB are available; try fewer points"):
        sphere.random_points(20, 10**11, seed=0)
    with pytest.raises(ValueError, match="size must be a whole number"):
        sphere.random_points(10, 2.5, seed=0)


def test_vectors_whose_squares_overflow_or_vanish_are_refused():
    x = np.array([1.0, 1.0, 1.0, 1.0])
    v = np.array([1.0, -1.0, 0.0, 0.0])
    assert np.allclose(sphere.retract(x, 1e149 * v), np.sqrt(2) * v, atol=1e-12)
    assert np.array_equal(sphere.exponential(x, 1e-149 * v), x)
    for size in (1e200, 1e-200):
        for move in (sphere.retract, sphere.exponential):
            with pytest.raises(ValueError, match="from 1e-150 to 1e150"):
                move(x, size * v)
            with pytest.raises(ValueError, match="from 1e-150 to 1e150"):
                move(x, size * x)


def test_a_point_without_a_hessian_has_no_index():
    class Undefined:
        n = 3

        def energy_and_gradient(self, x):
            return np.zeros(len(x)), np.zeros(x.shape)

        def hessian(self, x):
            return np.where(x[:, :1, None] > 0, -np.eye(3), np.nan)

    x = np.sqrt(3) * np.array([[1.0, 0, 0], [-1.0, 0, 0]])
    assert sphere.index(Undefined(), x).tolist() == [2, -1]
