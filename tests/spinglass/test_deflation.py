"""Counts of eigenvalues by products with vectors, beside the eigenvalues themselves."""

import numpy as np
import pytest

from spinglass._common.threads import one_blas_thread
from spinglass.networks.curvature.deflation import count_below, inertia_bounds, lanczos, lowest_left

FAILURE = 1e-6  # of each call, unless a test says otherwise


@pytest.fixture(autouse=True)
def one_thread():
    with one_blas_thread():
        yield


def counted(A, thresholds, products, **options):
    random = np.random.default_rng(0)
    return count_below(A.dot, len(A), thresholds, products=products, slack=0, failure=FAILURE, random=random, **options)


def symmetric(eigenvalues, seed):
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.standard_normal((len(eigenvalues),) * 2))[0]
    return (turn * eigenvalues) @ turn.T


def like_a_network(n, negative, seed):
    """Most eigenvalues near 0, some far out on either side, and none that is hard to place beside -0.001."""
    rng = np.random.default_rng(seed)
    below = -np.exp(rng.uniform(np.log(1.2e-3), np.log(0.1), negative))
    above = np.exp(rng.uniform(np.log(1e-6), np.log(3.0), n // 3))
    return symmetric(np.r_[below, above, rng.uniform(-8e-4, 8e-4, n - negative - n // 3)], seed)


@pytest.mark.parametrize("steps", [30, 100])
@pytest.mark.parametrize("negative", [0, 5, 40])
def test_counts_lie_between_the_bounds_and_these_meet(negative, steps):
    for seed in range(2):
        A = like_a_network(240, negative, seed)
        thresholds = (1e-3, 3e-3)
        found = counted(A, thresholds, 2000, steps=steps)
        counts = [int((np.linalg.eigvalsh(A) < -t).sum()) for t in thresholds]
        assert found[0] == (counts[0], counts[0])
        assert found[1][0] <= counts[1] <= found[1][1] <= found[1][0] + 2


def test_bounds_hold_for_any_subspace():
    rng = np.random.default_rng(1)
    met = 0
    for _ in range(300):
        n, m = 12, int(rng.integers(0, 12))
        A = symmetric(rng.normal(size=n) + 0.7, rng)
        turn = np.linalg.qr(rng.standard_normal((n, n)))[0]
        V, W = turn[:m], turn[m:]
        floor = np.linalg.eigvalsh(W @ A @ W.T)[0]
        for t in (0.1, 1.0, 3.0):
            low, high = inertia_bounds(V, V @ A, t, floor)
            assert low <= np.sum(np.linalg.eigvalsh(A) < -t) <= high
            met += floor + t > 0 and low == high
    assert met > 100  # the bounds are not empty


def test_too_few_products_leave_bounds_that_are_wide_and_right():
    ((low, high),) = counted(like_a_network(300, 80, 0), (1e-3,), 60, steps=30)
    assert low < 80 < high


def test_spaces_that_are_invariant_or_used_up():
    # Runs end early: three eigenvalues, many times over.
    assert counted(symmetric(np.repeat([-0.5, 0.0, 2.0], [3, 5, 4]), 0), (1e-3, 0.6), 200) == [(3, 3), (0, 0)]
    assert counted(np.zeros((5, 5)), (1e-3,), 20) == [(0, 0)]
    # Every eigenvalue is negative, so that V becomes the whole space.
    assert counted(symmetric(-np.arange(1.0, 31.0), 0), (10.5,), 200, steps=7) == [(20, 20)]


@pytest.mark.parametrize("lowest", ["one", "crowded"])
def test_the_floor_fails_as_rarely_as_it_says(lowest):
    # One eigenvalue just below a dense band is the hardest to see; beside it, the zeros of a Chebyshev polynomial.
    n, failure = 100, 0.05
    band = np.linspace(0, 1, n - 1) if lowest == "one" else np.sort((1 - np.cos(np.linspace(0.2, np.pi, n - 1))) / 2)
    eigenvalues = np.r_[band[0] - 2e-3, band]
    A, rng, none = np.diag(eigenvalues), np.random.default_rng(0), np.empty((0, n))
    for k in (15, 40):
        floors = np.array([lowest_left(lanczos(A.dot, none, k, rng), n, failure) for _ in range(100)])
        assert np.isfinite(floors).all()
        # 17 failures or more of 100 at 0.05 each have a chance of 1e-5; the bound is far from tight.
        assert np.sum(floors > eigenvalues[0]) < 17


def test_the_floor_rises_to_the_lowest_eigenvalue_with_the_steps():
    runs = [
        lanczos(np.diag(np.arange(50.0)).dot, np.empty((0, 50)), k, np.random.default_rng(0)) for k in (3, 10, 20, 40)
    ]
    floors = [lowest_left(run, 50, FAILURE) for run in runs]
    assert floors == sorted(floors)
    assert floors[0] < -100
    assert -0.1 < floors[-1] <= 0


def test_runs_stay_in_the_complement_and_their_pairs_are_ritz_pairs():
    A = symmetric(np.linspace(-1, 1, 60), 0)
    V = np.linalg.qr(np.random.default_rng(1).standard_normal((60, 6)))[0].T
    run = lanczos(A.dot, V, 20, np.random.default_rng(2))
    rows = np.vstack([V, run.vectors])
    # Twenty steps, each reorthogonalised to rounding.
    assert np.abs(rows @ rows.T - np.eye(26)).max() < 1e-13
    assert np.abs(run.images - run.vectors @ A).max() < 1e-13
    inside = run.images - (run.images @ V.T) @ V
    residuals = np.linalg.norm(inside - run.values[:, None] * run.vectors, axis=1)
    assert np.abs(residuals - run.residuals).max() < 1e-13
