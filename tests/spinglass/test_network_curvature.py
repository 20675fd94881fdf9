"""Bounds on eigenvalues and spectral densities by products, beside dense eigenvalues."""

from itertools import pairwise

import numpy as np
import pytest

from spinglass.networks import LayeredNetwork, train
from spinglass.networks.curvature import PARTS, curvature, solution_index
from spinglass.networks.curvature.probabilistic_bounds import beyond, extreme_eigenvalues, tridiagonalise
from spinglass.networks.curvature.spectral_density import spectral_density

RNG = np.random.default_rng(0)
X, LABELS = RNG.standard_normal((40, 6)), RNG.integers(3, size=40)
NET = train(X, LABELS, hidden=[7, 5], activation="tanh", epochs=20, seed=0, measure_every=20).network(0)
FOUND = curvature(NET, X, LABELS, "cross_entropy")


def symmetric(eigenvalues, seed):
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((len(eigenvalues),) * 2))[0]
    return (turn * eigenvalues) @ turn.T


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("layer", [None, 1, 2, 3])
def test_bounds_enclose_the_ends_of_the_dense_spectrum(layer, part):
    exact = FOUND.spectrum(layer, part)
    for products in (5, 200):
        found = FOUND.extreme_eigenvalues(layer, part, products=products)
        assert found.size == len(exact)
        rounding = 1e-12 * max(np.abs(exact).max(), 1e-300)
        for (low, high), value in ((found.lowest, exact[0]), (found.highest, exact[-1])):
            assert low <= value + rounding
            assert value - rounding <= high
    width = exact[-1] - exact[0]
    assert max(np.ptp(found.lowest), np.ptp(found.highest)) <= 1e-6 * width + rounding


def test_the_table_holds_every_block_and_part():
    table = FOUND.table()
    assert table["block"].tolist() == [block for block in ("all", "1", "2", "3") for _ in PARTS]
    for row in table.itertuples():
        exact = FOUND.spectrum(None if row.block == "all" else int(row.block), row.part)
        assert row.parameters == len(exact)
        assert row.lowest_from - 1e-12 <= exact[0] <= row.lowest_to + 1e-12
        assert row.highest_from - 1e-12 <= exact[-1] <= row.highest_to + 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("top", ["one", "crowded", "many"])
def test_outer_bounds_fail_as_rarely_as_stated(top):
    n, failure = 60, 0.05
    band = np.linspace(0, 1, n - 1)
    above = {"one": [1.02], "crowded": [1.0001], "many": np.linspace(1.001, 1.01, 8)}[top]
    eigenvalues = np.r_[band[: n - len(above)], above]
    random = np.random.default_rng(1)
    for k in (6, 15, 30):
        runs = [tridiagonalise(lambda v: eigenvalues * v, n, k, random) for _ in range(200)]
        bounds = np.array([beyond(run.ritz()[0], run.log_product, n, failure) for run in runs])
        # 24 or more of 200 at a probability of 0.05 have a chance of 4e-5.
        assert np.sum(bounds < eigenvalues[-1]) < 24
    # Thirty steps resolve a separate eigenvalue much better than the width of the band allows.
    if top == "one":
        assert np.median(bounds) - eigenvalues[-1] < 0.01


def test_the_identity_behind_the_bound():
    A = symmetric(RNG.standard_normal(30), 1)
    run = tridiagonalise(A.dot, 30, 7, np.random.default_rng(5))
    q = np.random.default_rng(5).standard_normal(30)
    q /= np.linalg.norm(q)
    values = run.ritz()[0]
    for value in values:  # |p(A) q| is the product of the off-diagonal elements and the last residual norm
        q = A @ q - value * q
    assert np.log(np.linalg.norm(q)) == pytest.approx(run.log_product, abs=1e-10)


def test_degenerate_and_tiny_matrices():
    for A in (np.zeros((5, 5)), 3 * np.eye(4), np.array([[2.0]]), np.diag([-1.0, 4.0])):
        found = extreme_eigenvalues(
            A.dot, len(A), products=50, tolerance=1e-9, failure=1e-6, random=np.random.default_rng(0)
        )
        exact = np.linalg.eigvalsh(A)
        assert found.lowest == pytest.approx((exact[0], exact[0]), abs=1e-9)
        assert found.highest == pytest.approx((exact[-1], exact[-1]), abs=1e-9)


def test_quadratures_are_exact_for_polynomials():
    A = symmetric(RNG.standard_normal(25), 2)
    density = spectral_density(A.dot, 25, vectors=1, steps=6, random=np.random.default_rng(3))
    q = np.random.default_rng(3).standard_normal(25)
    q /= np.linalg.norm(q)
    for power in range(12):  # up to degree 2 k - 1
        exact = q @ np.linalg.matrix_power(A, power) @ q
        assert density.mean(lambda x, p=power: x**p)[0] == pytest.approx(exact, abs=1e-9)
    assert np.isnan(density.mean(np.square)[1])


@pytest.mark.slow
def test_means_over_the_spectrum_have_honest_errors():
    exact = FOUND.spectrum()
    density = FOUND.spectral_density(vectors=100, steps=30, seed=1)
    for function in (lambda x: x, np.square, np.exp):
        mean, error = density.mean(function)
        # A deviation of 4.5 standard errors has a chance of 7e-6.
        assert abs(mean - function(exact).mean()) < 4.5 * error
        assert error < 0.2 * np.abs(function(exact)).mean() + 1e-3
    axis = np.linspace(exact[0] - 1, exact[-1] + 1, 2001)
    smooth = density.density(axis, 0.05)
    assert np.trapezoid(smooth, axis) == pytest.approx(1, abs=1e-3)


def test_shares_below_a_point_lie_between_their_bounds():
    eigenvalues = np.sort(RNG.standard_normal(40))
    A = symmetric(eigenvalues, 4)
    turns = np.linalg.eigh(A)[1]
    for seed in range(20):
        random = np.random.default_rng(seed)
        density = spectral_density(A.dot, 40, vectors=1, steps=8, random=random)
        q = np.random.default_rng(seed).standard_normal(40)
        weights = (turns.T @ (q / np.linalg.norm(q))) ** 2
        for x in np.linspace(-2, 2, 9):
            low, high, _ = density.cumulative(x)
            assert low - 1e-12 <= weights[eigenvalues < x].sum() <= high + 1e-12
    assert density.cumulative(-10.0)[0] == 0
    assert density.cumulative(10.0)[1] == 1
    assert "40 eigenvalues from 1 random vectors of 8 steps" in repr(density)


def test_gauss_newton_and_residual_parts_by_products_add_up():
    v = RNG.standard_normal(NET.size)
    whole, smooth, rest = (FOUND.hessian_vector(v, part) for part in PARTS)
    np.testing.assert_allclose(whole, smooth + rest, atol=1e-14)


def test_the_index_is_that_of_the_function():
    assert FOUND.index() == solution_index(FOUND)
    assert FOUND.index(0.01).absolute[0] == int((FOUND.spectrum() < -0.01).sum())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: f.extreme_eigenvalues(4), "layer must be one of 1..3, not 4"),
        (lambda f: f.extreme_eigenvalues(part="fisher"), "part must be one of hessian, gauss_newton, residual"),
        (lambda f: f.extreme_eigenvalues(failure=0.0), "failure is a probability between 0 and 1"),
        (lambda f: f.extreme_eigenvalues(products=0), "products must be a whole number of at least 1"),
        (lambda f: f.extreme_eigenvalues(tolerance=-1.0), "tolerance must not be negative"),
        (lambda f: f.spectral_density(vectors=0), "vectors must be a whole number"),
        (lambda f: f.spectral_density(steps=2).density([0.0], 0.0), "width must be positive, not 0.0; try resolution"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call(FOUND)


@pytest.mark.slow
def test_a_network_of_many_parameters():
    rng = np.random.default_rng(0)
    widths = (300, 600, 300, 10)
    shapes = list(pairwise(widths))
    net = LayeredNetwork([rng.standard_normal((a, b)) * np.sqrt(2 / a) for a, b in shapes])
    assert net.size == 363_000
    x, labels = rng.standard_normal((20, 300)), rng.integers(10, size=20)
    found = curvature(net, x, labels, "cross_entropy").extreme_eigenvalues(products=30, tolerance=1e-3)
    # The Gauss-Newton part has rank at most 20 * 9; its largest eigenvalue is that of its Gram matrix.
    gram = np.zeros((200, 200))
    activations = net.pass_forward(x)[1]
    logits = activations[-1]
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    back = [np.broadcast_to(np.eye(10), (20, 10, 10))]
    for W, a in zip(net.weights[:0:-1], activations[-2:0:-1], strict=True):
        back.append((back[-1] @ W.T) * (a > 0)[:, None, :])
    for a, delta in zip(activations[:-1], back[::-1], strict=True):
        rows = delta.reshape(200, -1)
        gram += np.repeat(np.repeat(a @ a.T, 10, 0), 10, 1) * (rows @ rows.T)
    roots = np.zeros((200, 200))
    for m in range(20):
        values, turns = np.linalg.eigh(np.diag(p[m]) - np.outer(p[m], p[m]))
        place = slice(10 * m, 10 * m + 10)
        roots[place, place] = (turns * np.sqrt(np.maximum(values, 0))) @ turns.T
    smooth = np.linalg.eigvalsh(roots @ gram @ roots / 20)[-1]
    part = curvature(net, x, labels, "cross_entropy").extreme_eigenvalues(
        part="gauss_newton", products=40, tolerance=1e-6
    )
    assert part.highest[0] == pytest.approx(smooth, rel=1e-6)
    assert part.highest[0] <= part.highest[1] <= 1.01 * smooth
    assert found.highest[1] < 1.1 * found.highest[0]
