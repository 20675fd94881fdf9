"""Properties that every glass has, for whatever sizes, orders and points Hypothesis finds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ortho_group

from spinglass import SphericalSpinGlass, couplings

orders = st.integers(2, 6)
seeds = st.integers(0, 2**32)


@st.composite
def glasses(draw):
    H = draw(orders)
    n = draw(st.integers(1, {2: 12, 3: 9, 4: 7, 5: 5, 6: 4}[H]))
    return SphericalSpinGlass.pure(n, H, seed=draw(seeds))


@st.composite
def glasses_and_points(draw, points=1):
    glass = draw(glasses())
    x = np.random.default_rng(draw(seeds)).standard_normal((points, glass.n))
    return glass, x


def rounding(glass, x):
    """Bound the rounding of an energy at points of this size: some hundred ulp of the sum of absolute terms."""
    absolute = SphericalSpinGlass(glass.n, glass.weights, {H: np.abs(p) for H, p in glass.couplings.items()})
    return 1e-13 * (1 + np.max(absolute.energy(np.abs(x))))


@given(glasses_and_points(), st.floats(0.01, 100))
def test_homogeneous_of_degree_H(case, factor):
    glass, x = case
    H = glass.orders[0]
    assert np.abs(glass.energy(factor * x) - factor**H * glass.energy(x)).max() <= factor**H * rounding(glass, x)


@given(glasses_and_points())
def test_euler(case):
    glass, x = case
    H = glass.orders[0]
    energy, gradient = glass.energy_and_gradient(x)
    bound = H * H * rounding(glass, x)
    assert np.abs(np.sum(x * gradient, axis=1) - H * energy).max() <= bound
    twice = np.sum(x * glass.hessian_vector(x, x), axis=1)
    assert np.abs(twice - H * (H - 1) * energy).max() <= bound


@given(glasses_and_points())
def test_parity(case):
    glass, x = case
    # Exact: negation rounds nothing.
    assert np.array_equal(glass.energy(-x), (-1) ** glass.orders[0] * glass.energy(x))


@given(glasses_and_points(), seeds)
def test_rotation_covariance(case, seed):
    glass, x = case
    if glass.n == 1:
        return
    rotation = ortho_group.rvs(glass.n, random_state=np.random.default_rng(seed))
    J = glass.to_tensor()
    for axis in range(J.ndim):
        J = np.moveaxis(np.tensordot(rotation, J, axes=(1, axis)), 0, axis)
    rotated = SphericalSpinGlass.from_tensor(J)
    bound = 100 * rounding(glass, np.linalg.norm(x) * np.ones_like(x))
    assert np.abs(rotated.energy(x @ rotation.T) - glass.energy(x)).max() <= bound
    assert np.abs(rotated.gradient(x @ rotation.T) - glass.gradient(x) @ rotation.T).max() <= glass.orders[0] * bound


@given(glasses_and_points(points=6))
def test_rows_are_strangers(case):
    glass, x = case
    order = np.random.default_rng(0).permutation(len(x))
    energy, gradient = glass.energy_and_gradient(x)
    permuted = glass.energy_and_gradient(x[order])
    assert np.array_equal(permuted[0], energy[order])
    assert np.array_equal(permuted[1], gradient[order])


@given(glasses_and_points())
def test_gradient_by_complex_step(case):
    """The dense form at x + i h e: Im/h is the derivative without cancellation."""
    glass, x = case
    H, n = glass.orders[0], glass.n
    J = glass.to_tensor()
    for i in range(n):
        z = x[0].astype(complex)
        z[i] += 1e-30j
        value = J
        for _ in range(H):
            value = value @ z
        derivative = value.imag / 1e-30 * n ** (-(H - 1) / 2)
        assert abs(glass.gradient(x[0])[i] - derivative) <= H * rounding(glass, x) / max(np.abs(x).min(), 1e-3)


@given(orders, st.integers(1, 5), seeds)
def test_pack_unpack_round_trip(H, n, seed):
    packed = np.random.default_rng(seed).standard_normal(couplings.size(n, H))
    again = couplings.pack(couplings.unpack(packed, n, H))
    assert np.allclose(again, packed, rtol=1e-13, atol=0)  # multiplicity many equal addends


@given(orders, st.integers(1, 6), st.data())
def test_rank_ignores_the_order_of_indices(H, n, data):
    index = data.draw(st.lists(st.integers(0, n - 1), min_size=H, max_size=H))
    shuffled = data.draw(st.permutations(index))
    rank = couplings.ranks([index], n)
    assert np.array_equal(rank, couplings.ranks([shuffled], n))
    assert couplings.indices(rank, n, H)[0].tolist() == sorted(index)
