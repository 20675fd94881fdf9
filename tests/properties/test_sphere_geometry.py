"""What holds at every point of every sphere."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spinglass import sphere

# Rounding of sums of n terms of order 1, with room.
ROUNDING = 1e-11


@st.composite
def points_and_vectors(draw, vectors=1):
    n = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    x = sphere.random_points(n, 3, rng)
    length = draw(st.floats(1e-6, 3.0))
    return x, *(length * sphere.tangent(x, rng.standard_normal((3, n))) for _ in range(vectors))


def on_sphere(x):
    return np.allclose((x * x).sum(axis=-1) / x.shape[-1], 1, atol=ROUNDING)


@given(points_and_vectors(vectors=2))
def test_tangent_vectors_are_orthogonal_and_stay_where_they_are(case):
    x, v, w = case
    assert np.abs(sphere.overlap(x, sphere.project(x))).min() > 1 - ROUNDING
    assert np.allclose((x * v).sum(axis=1), 0, atol=ROUNDING * math.sqrt(x.shape[1]))
    assert np.allclose(sphere.tangent(x, v), v, atol=ROUNDING)
    # The projection is symmetric: v.P(a) = P(v).a for any a.
    a = w + x
    assert np.allclose((v * sphere.tangent(x, a)).sum(axis=1), (v * a).sum(axis=1), atol=100 * ROUNDING)


@given(points_and_vectors())
def test_steps_stay_on_the_sphere(case):
    x, v = case
    assert on_sphere(sphere.exponential(x, v))
    assert on_sphere(sphere.retract(x, v))


@given(points_and_vectors())
def test_the_geodesic_has_the_length_of_its_vector(case):
    x, v = case
    angle = np.linalg.norm(v, axis=1) / math.sqrt(x.shape[1])
    # cos loses half the digits at small angles, so compare cosines.
    assert np.allclose(sphere.overlap(x, sphere.exponential(x, v)), np.cos(angle), atol=ROUNDING)


@given(points_and_vectors(vectors=2))
def test_transport_is_a_rotation_and_comes_back(case):
    x, v, w = case
    y = sphere.retract(x, v)
    there = sphere.transport(x, y, w)
    assert np.allclose(np.linalg.norm(there, axis=1), np.linalg.norm(w, axis=1), atol=100 * ROUNDING)
    assert np.allclose((y * there).sum(axis=1), 0, atol=100 * ROUNDING)
    back = sphere.transport(y, x, sphere.tangent(y, there))
    assert np.allclose(back, w, atol=100 * ROUNDING)


@given(points_and_vectors())
def test_basis_spans_the_tangent_space(case):
    x, v = case
    n = x.shape[1]
    B = sphere.tangent_basis(x)
    assert np.allclose(B @ B.transpose(0, 2, 1), np.eye(n - 1), atol=ROUNDING)
    assert np.allclose(sphere.from_coordinates(x, sphere.coordinates(x, v)), v, atol=ROUNDING)
