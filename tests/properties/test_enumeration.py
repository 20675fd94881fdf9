"""What the set of all critical points must do when the landscape is turned, scaled, relabelled or mirrored."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinglass import SphericalSpinGlass
from spinglass.critical_points import enumerate_critical_points

seeds = st.integers(0, 2**32 - 1)
sizes = st.sampled_from([(2, 3), (3, 3), (5, 3), (7, 3), (2, 4), (4, 4), (3, 5), (5, 2)])
mixtures = st.sampled_from([{1: 0.5, 3: 1.0}, {2: 1.0, 3: 0.7}, {2: 0.5, 4: 1.0}, {1: 0.3, 2: 1.0}, {3: 1.0, 4: 0.3}])


def rotated(J, Q):
    for _ in range(J.ndim):
        J = np.tensordot(J, Q, (0, 1))
    return J


def same_points(one, other):
    """Both hold the same points, in whatever order."""
    assert len(one) == len(other)
    gaps = np.linalg.norm(one[:, None] - other[None], axis=2)
    # Solutions are exact to rounding times a condition number; a sample with one beyond 1e6 in a few thousand.
    assert gaps.min(axis=0).max() < 1e-8
    assert gaps.min(axis=1).max() < 1e-8


@pytest.mark.slow
@settings(max_examples=25)
@given(sizes, seeds)
def test_rotation_turns_the_points_and_keeps_energies_and_indices(size, seed):
    n, H = size
    J = SphericalSpinGlass.pure(n, H, seed).to_tensor()
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))[0]
    one = enumerate_critical_points(SphericalSpinGlass.from_tensor(J))
    other = enumerate_critical_points(SphericalSpinGlass.from_tensor(rotated(J, Q)))
    assert one.complete, one.reason
    assert other.complete, other.reason
    same_points(one.x @ Q.T, other.x)
    np.testing.assert_allclose(one.energy, other.energy, atol=1e-10 * np.abs(one.energy).max())
    assert one.counts.tolist() == other.counts.tolist()


@pytest.mark.slow
@settings(max_examples=15)
@given(sizes, seeds, st.sampled_from([-3.0, 1e-30, 1e30]))
def test_a_factor_keeps_the_points(size, seed, factor):
    n, H = size
    J = SphericalSpinGlass.pure(n, H, seed).to_tensor()
    one = enumerate_critical_points(SphericalSpinGlass.from_tensor(J))
    other = enumerate_critical_points(SphericalSpinGlass.from_tensor(factor * J))
    same_points(one.x, other.x)
    counts = one.counts if factor > 0 else one.counts[::-1]
    assert counts.tolist() == other.counts.tolist()


@settings(max_examples=25)
@given(sizes, seeds)
def test_pure_models_are_mirrored(size, seed):
    n, H = size
    every = enumerate_critical_points(SphericalSpinGlass.pure(n, H, seed), "all")
    assert every.complete, every.reason
    assert every.proven
    same_points(every.x, -every.x)
    if H % 2:
        np.testing.assert_allclose(every.energy, -every.energy[::-1], atol=1e-10 * np.abs(every.energy).max())
        assert every.counts.tolist() == every.counts[::-1].tolist()
    else:
        assert (every.counts % 2 == 0).all()


@pytest.mark.slow
@settings(max_examples=25)
@given(mixtures, st.integers(1, 4), seeds)
def test_mixed_models_obey_morse_and_are_proven(weights, n, seed):
    every = enumerate_critical_points(SphericalSpinGlass.mixed(n, weights, seed), "all")
    assert every.complete, every.reason
    assert every.proven
    assert every.certified.all()
    assert sum((-1) ** k * c for k, c in enumerate(every.counts)) == 1 + (-1) ** (n - 1)
    assert len(every) <= every.expected
    if len({H % 2 for H in weights}) == 1:
        same_points(every.x, -every.x)


@settings(max_examples=15)
@given(seeds)
def test_relabelled_spins_relabel_the_points(seed):
    J = SphericalSpinGlass.pure(4, 3, seed).to_tensor()
    order = np.random.default_rng(seed).permutation(4)
    one = enumerate_critical_points(SphericalSpinGlass.from_tensor(J))
    other = enumerate_critical_points(SphericalSpinGlass.from_tensor(J[np.ix_(order, order, order)]))
    same_points(one.x[:, order], other.x)
