import numpy as np

from spinglass import SphericalSpinGlass
from spinglass.landscape import (
    Landscape,
    WithChunk,
    WithHessian,
    WithHessianVector,
    WithStochasticGradient,
    check_on_sphere,
)


def test_the_glass_offers_everything():
    glass = SphericalSpinGlass.pure(4, 3, seed=0)
    for protocol in (Landscape, WithHessian, WithHessianVector, WithStochasticGradient, WithChunk):
        assert isinstance(glass, protocol)


def test_chunks_keep_their_width():
    glass = SphericalSpinGlass.pure(4, 3, seed=0)
    for batch in (5, 31, 32, 100, 1000):
        width = glass.chunk(batch)
        assert all(glass.chunk(k * width) == width for k in range(1, -(-batch // width) + 1))


def test_points_stored_in_single_precision_are_on_the_sphere():
    x = np.full((3, 7), 1.0, dtype=np.float32)
    x[:, :2] = np.float32(np.sqrt(1.7)), np.float32(np.sqrt(0.3))
    assert check_on_sphere(x).dtype == np.float64


def test_integers_are_points():
    assert np.array_equal(check_on_sphere([1, -1, 1]), [1.0, -1.0, 1.0])
