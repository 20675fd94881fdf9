"""The mean of the deepest minimum from exact counts: from the density, by drawing, and at large n."""

import math

import numpy as np
import pytest

import theory


@pytest.mark.parametrize(("n", "H"), [(2, 3), (6, 3), (5, 4)])
def test_it_is_the_mean_under_the_density_of_the_deepest_minimum(n, H):
    pairs = 2 if H % 2 == 0 else 1
    # The integrand is smooth and vanishes at both ends, so that the trapezoidal rule converges exponentially.
    u = np.linspace(-6.0, 6.0, 600)
    numbers = theory.mean_critical_points(n, H, index=0, below=u) / pairs
    density = theory.mean_critical_point_density(u, n, H, index=0) / pairs * np.exp(-numbers)
    mean = np.trapezoid(u * density, u) / np.trapezoid(density, u)
    assert theory.mean_deepest_minimum(n, H) == pytest.approx(mean, abs=1e-9)


def test_it_is_the_mean_of_the_first_of_poisson_points():
    n, H, draws = 16, 3, 400
    first = np.random.default_rng(0).exponential(size=draws)
    total = theory.mean_critical_points(n, H, index=0)
    grid = np.linspace(-3.0, 0.5, 400)
    numbers = theory.mean_critical_points(n, H, index=0, below=grid)
    energies = np.interp(first[first < total], numbers, grid)
    error = energies.std() / math.sqrt(draws)
    assert theory.mean_deepest_minimum(n, H) == pytest.approx(energies.mean(), abs=4 * error)


@pytest.mark.slow
@pytest.mark.parametrize("H", [3, 4])
def test_at_large_n_it_is_the_mean_of_the_limit_law(H):
    sizes = np.array([40, 160])
    differences = [theory.mean_deepest_minimum(int(n), H) - theory.deepest_minimum(int(n), H).mean for n in sizes]
    # The difference falls as (log n)^2/n^2, so that n times it tends to 0, and n^2 times it grows less than (log n)^2.
    assert (np.diff(np.abs(differences) * sizes) < 0).all()
    assert (np.diff(np.abs(differences) * (sizes / np.log(sizes)) ** 2) < 0).all()


@pytest.mark.parametrize(
    ("n", "H", "what"),
    [(1, 3, "at least 2"), (4, 2, "smallest eigenvalue"), (2.5, 3, "whole number"), (9999, 3, "at most 3000")],
)
def test_refusals(n, H, what):
    with pytest.raises(ValueError, match=what):
        theory.mean_deepest_minimum(n, H)
