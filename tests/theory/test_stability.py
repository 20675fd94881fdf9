"""Minima by energy and stability at large n, compared with exact finite sizes, saddles and other thresholds."""

import math

import numpy as np
import pytest

import theory

MIXTURE = {3: 0.5**0.5, 4: 0.5**0.5}


@pytest.mark.parametrize("H", [3, 4, MIXTURE, {2: 0.5, 3: 1.0}])
def test_no_stability_is_index_one(H):
    """Two eigenvalues below the bulk cost the same whichever side of 0 the second is on."""
    nu1 = sum(p * a * a for p, a in (H if isinstance(H, dict) else {H: 1.0}).items())
    u = np.array([-1.02, -1.05, -1.1]) * theory.E_th(H)
    np.testing.assert_allclose(
        theory.stability_complexity(u, 0.0, H), theory.mixed_complexity(u, H, index=1), rtol=1e-10, atol=1e-12 * nu1
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("H", "u", "stability"), [(3, -2.4, 0.5), (3, -3.0, 2.0), (MIXTURE, -2.2, 1.0), ({1: 0.5, 3: 1.0}, -2.6, 0.7)]
)
def test_exact_counts_tend_to_the_complexity(H, u, stability):
    n = np.array([12, 20, 32, 48])
    rate = np.array([theory.stability_density(u, stability, int(m), H, log=True) / m for m in n])
    # Two eigenvalues outside the bulk give the density a factor n.
    powers = np.stack([np.ones(4), 1 / n, n**-2.0], axis=1)
    limit = np.linalg.lstsq(powers, rate - np.log(n) / n, rcond=None)[0][0]
    # The next terms of the expansion in 1/n are below this at n = 12.
    assert limit == pytest.approx(theory.stability_complexity(u, stability, H), abs=2.5e-3)


def test_supremum_over_the_stability_is_the_complexity_of_minima():
    u = np.array([-1.72, -1.70, -1.69])
    grid = np.linspace(0.0, 0.4, 4001)
    best = theory.stability_complexity(u[:, None], grid, MIXTURE).max(axis=1)
    # The complexity of minima below u is that at u, as it increases there; the grid misses the maximum by its step.
    np.testing.assert_allclose(best, theory.mixed_complexity(u, MIXTURE, index=0), atol=3e-6)
    found = grid[theory.stability_complexity(u[:, None], grid, MIXTURE).argmax(axis=1)]
    np.testing.assert_allclose(found, theory.most_numerous_stability(u, MIXTURE), atol=2e-4)


def test_pure_models_end_at_the_edge_of_the_spectrum():
    edge = theory.most_numerous_stability(-1.65, 3)
    assert edge == pytest.approx(3 * 1.65 - 2 * math.sqrt(6), rel=1e-12)
    below, above = theory.stability_complexity(-1.65, edge + np.array([-1e-9, 1e-6]), 3)
    assert below == pytest.approx(theory.index_complexity(-1.65, 3, 0), abs=1e-9)
    assert above == -math.inf
    assert theory.most_numerous_stability(-1.5, 3) == 0.0


@pytest.mark.parametrize("H", [MIXTURE, {2: 1.0, 3: 1.0}, {1: 0.5, 3: 1.0}, {3: 2.0, 16: 0.5}])
def test_marginal_minima_of_mixtures(H):
    nu, nu1, nu2 = (sum(math.perm(p, d) * a * a for p, a in H.items()) for d in range(3))
    found = theory.marginal_minima(H)
    assert found.most_numerous == pytest.approx(-2 * nu1 * math.sqrt(nu2) / (nu1 + nu2), rel=1e-13)
    np.testing.assert_allclose(theory.marginal_complexity([found.lowest, found.highest], H), 0.0, atol=1e-12)
    grid = np.linspace(found.lowest, found.highest, 2001)
    rate = theory.marginal_complexity(grid, H)
    assert grid[rate.argmax()] == pytest.approx(found.most_numerous, abs=2 * (grid[1] - grid[0]))
    assert rate.max() == pytest.approx(found.complexity, abs=1e-6)
    # At the threshold, the most numerous points of that energy are marginal, and the edge leaves 0 below it.
    threshold = -((nu1 - nu) / math.sqrt(nu2) + nu * math.sqrt(nu2) / nu1)
    stability = theory.most_numerous_stability(threshold + np.array([1e-3, -1e-3]), H)
    assert stability[0] == 0.0
    assert stability[1] > 0.0
    # A single eigenvalue at 0 is more likely than a marginal bulk below the threshold, and not above it.
    apart = threshold * np.array([0.99, 1.05])
    excess = theory.stability_complexity(apart, 0.0, H) - theory.marginal_complexity(apart, H)
    assert excess[0] == pytest.approx(0.0, abs=1e-12)
    assert excess[1] > 1e-5


def test_marginal_minima_of_pure_models():
    found = theory.marginal_minima(3)
    assert found.most_numerous == found.lowest == found.highest == pytest.approx(-float(theory.E_inf(3)), rel=1e-14)
    assert found.complexity == pytest.approx(0.5 * math.log(2) - 1 / 3, rel=1e-12)
    assert theory.marginal_minima(2).complexity == 0.0
    assert theory.marginal_minima({3: 2.0}).lowest == pytest.approx(2 * found.lowest, rel=1e-14)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.marginal_complexity(-1.6, 3), "pure model, whose marginal minima all have the energy -E_inf"),
        (lambda: theory.marginal_minima({1: 3.0, 3: 1.0}), "so strong that no minima are marginal"),
        (lambda: theory.stability_complexity(-1.7, -0.1, 3), "stability must be at least 0.*-0.1"),
        (lambda: theory.stability_complexity(-1.7, 1e150, 3), "stability must be at most 1"),
        (lambda: theory.stability_complexity(math.inf, 0.1, 3), "u must be finite"),
        (lambda: theory.most_numerous_stability(-1.7, 1), "H must be at least 2"),
    ],
)
def test_bad_arguments_name_the_problem(call, message):
    with pytest.raises(ValueError, match=message):
        call()
