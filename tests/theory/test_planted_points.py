"""Mean numbers of critical points of planted models: closed forms, brute force, and models whose numbers are known."""

import math

import numpy as np
import pytest
from scipy.special import ndtr, roots_genlaguerre

import theory
from theory.planted.pfaffian import pfaffians
from theory.planted.spiked_determinants import determinants, log_unit, panel_nodes

MIXTURE = {2: 0.6, 3: 0.8}
SIGNAL = {2: 0.5, 3: -0.4}


def test_two_spins_have_the_mean_of_an_absolute_normal_number():
    # On the circle x = sqrt 2 (cos t, sin t) the second derivative along the unit-speed curve is normal.
    m, (first, second) = 0.37, (3 * 0.64 + 2 * 0.36, 6 * 0.64 + 2 * 0.36)
    slope, bend = 2 * 0.5 * m - 3 * 0.4 * m**2, 2 * 0.5 - 6 * 0.4 * m
    mean = m * slope - bend * (1 - m * m)
    # Var(h - zeta), with Var h = 2 nu''/n and Var zeta = (nu' + nu'')/n.
    width = math.sqrt((2 * second + first + second) / 2)
    folded = width * math.sqrt(2 / math.pi) * math.exp(-0.5 * (mean / width) ** 2) + mean * (2 * ndtr(mean / width) - 1)
    at_zero = math.exp(-(1 - m * m) * slope**2 / first) / math.sqrt(2 * math.pi * first)
    expected = 2 * math.sqrt(2) / math.sqrt(1 - m * m) * at_zero * folded
    assert theory.planted_point_density(m, 2, MIXTURE, SIGNAL) == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("n", [3, 4])
def test_a_spiked_matrix_has_two_points_of_every_index(n):
    # The critical points are its eigenvectors. The accuracy is that stated, 1e-7 of all points.
    counts = [theory.mean_planted_points(n, 2, {2: 0.9}, index=k) for k in range(n)]
    assert counts == pytest.approx([2.0] * n, abs=2e-7 * n)


def _drawn(m, draws, seed):
    """Return energies, Riemannian Hessians and the density of zero gradient at overlap m, of dense tensors at n = 4."""
    n, rng = 4, np.random.default_rng(seed)
    x, v = np.zeros(n), np.zeros(n)
    x[0], v[0], v[1] = 2.0, 2.0 * m, 2.0 * math.sqrt(1 - m * m)
    matrix, tensor = rng.standard_normal((draws, n, n)), rng.standard_normal((draws, n, n, n))
    tensor = sum(tensor.transpose(0, *(1 + np.array(p))) for p in ((0, 1, 2), (1, 2, 0), (2, 0, 1)))
    tensor = (tensor + tensor.transpose(0, 1, 3, 2)) / 6
    a, b = 0.6 / math.sqrt(n), 0.8 / n
    # Only the radial part of the gradient matters: the rest is independent of energy and Hessian.
    energy = a * matrix[:, 0, 0] * 4 + b * tensor[:, 0, 0, 0] * 8
    gradient = a * 2 * (matrix[:, 0, 0] * 2)[:, None] + 3 * b * (tensor[:, 0, 0, 0] * 4)[:, None]
    hessian = a * (matrix + matrix.transpose(0, 2, 1)) + 6 * b * tensor[:, :, :, 0] * 2
    s = [sum(r * math.perm(k, d) * m ** (k - d) for k, r in SIGNAL.items()) for d in range(3)]
    hessian = hessian - s[2] * np.outer(v, v) / n
    radial = (gradient[:, 0] * 2 - s[1] * v @ x) / n
    tangential = hessian[:, 1:, 1:] - radial[:, None, None] * np.eye(n - 1)
    first = 2 * 0.36 + 3 * 0.64
    at_zero = (2 * math.pi * first) ** (-(n - 1) / 2) * math.exp(-n * (1 - m * m) * s[1] ** 2 / (2 * first))
    volume = n ** ((n - 1) / 2) * 4 * math.pi * math.sqrt(1 - m * m)
    return energy / n - s[0], np.linalg.eigvalsh(tangential), at_zero * volume


@pytest.mark.slow
@pytest.mark.parametrize(("index", "below"), [(None, None), (0, None), (1, -0.3)])
def test_density_at_an_overlap_is_that_of_drawn_tensors(index, below):
    draws, m = 40_000, 0.7
    u, eigenvalues, front = _drawn(m, draws, seed=5)
    values = front * np.abs(eigenvalues.prod(axis=1))
    if index is not None:
        values = values * ((eigenvalues < 0).sum(axis=1) == index)
    if below is not None:
        values = values * (u < below)
    exact = theory.planted_point_density(m, 4, MIXTURE, SIGNAL, index=index, below=below)
    # Five standard errors: false alarms with probability 6e-7.
    assert abs(values.mean() - exact) < 5 * values.std() / draws**0.5


@pytest.mark.parametrize("weak", [{3: 0.0}, {3: 1e-9}])
@pytest.mark.parametrize(("H", "index", "below"), [(3, None, 0.2), (3, 1, -0.8), (MIXTURE, 0, -0.9)])
def test_without_a_signal_counts_are_those_of_the_glass(weak, H, index, below):
    # A weak signal takes the way through the integral over t, no signal that through ordered eigenvalues.
    expected = theory.mean_critical_points(4, H, index=index, below=below)
    assert theory.mean_planted_points(4, H, weak, index=index, below=below) == pytest.approx(expected, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "index"), [(4, None), (7, 0)])
def test_fields_of_random_strength_have_the_numbers_of_the_mixture(n, index):
    # A Gaussian field is one of random direction whose squared strength is 0.8^2 chi^2/n, with n degrees of freedom.
    x, weights = roots_genlaguerre(14, n / 2 - 1)
    counts = [theory.mean_planted_points(n, 3, {1: 0.8 * math.sqrt(2 * one / n)}, index=index) for one in x]
    expected = theory.mean_critical_points(n, {1: 0.8, 3: 1.0}, index=index)
    assert weights @ counts / math.gamma(n / 2) == pytest.approx(expected, rel=1e-7)


@pytest.mark.slow
def test_counts_are_consistent():
    n, signal = 4, {3: 1.2}
    of_index = np.array([theory.mean_planted_points(n, 3, signal, index=k) for k in range(n)])
    total = theory.mean_planted_points(n, 3, signal)
    assert of_index.sum() == pytest.approx(total, rel=1e-8)
    # Poincare and Hopf: the signed number of points is the Euler characteristic of the sphere, 0 for even n.
    assert of_index @ (-1.0) ** np.arange(n) == pytest.approx(0.0, abs=1e-6)
    assert of_index == pytest.approx(of_index[::-1], rel=1e-7)  # energy(-x) = -energy(x) in law
    parts = [theory.mean_planted_points(n, 3, signal, overlap=ends) for ends in ((-1, 0.2), (0.2, 1))]
    assert sum(parts) == pytest.approx(total, rel=1e-8)
    below = theory.mean_planted_points(n, 3, signal, below=[-np.inf, -1.0, 0.0, np.inf])
    assert below[[0, 2, 3]] == pytest.approx([0.0, total / 2, total], rel=1e-7)
    assert 0 < below[1] < below[2]


@pytest.mark.slow
def test_a_strong_signal_leaves_one_point_near_it():
    # The integrals over t oscillate fast here.
    assert theory.mean_planted_points(3, 3, {3: 20.0}, overlap=(0.8, 1.0)) == pytest.approx(1.0, abs=1e-9)


def on_the_circle(H, signal):
    """Return the mean number of critical points at n = 2 by Rice's formula, with a uniform rule over the angle."""
    near = np.concatenate([np.zeros(1), np.geomspace(1e-9, math.pi / 4, 4000)])
    edges = np.unique(np.concatenate([c + sign * near for c in (0.0, math.pi / 2, math.pi) for sign in (-1, 1)]))
    edges = edges[(edges >= 0.0) & (edges <= math.pi)]
    x, w = np.polynomial.legendre.leggauss(4)
    half = 0.5 * np.diff(edges)[:, None]
    angle, weight = (edges[:-1, None] + half * (1 + x)).ravel(), (half * w).ravel()
    m, sine = np.cos(angle), np.sin(angle)
    s1, s2 = (sum(r * math.perm(k, d) * m ** (k - d) for k, r in signal.items() if k >= d) for d in (1, 2))
    # Energy 2 (glass - s(cos t)): the first and second derivative along the circle.
    first, second = 2 * s1 * sine, 2 * (s1 * m - s2 * sine**2)
    width = math.sqrt(2 * H * (3 * H - 2))
    folded = width * math.sqrt(2 / math.pi) * np.exp(-0.5 * (second / width) ** 2)
    folded += second * (2 * ndtr(second / width) - 1)
    return 2 * float(weight @ (np.exp(-0.25 * first**2 / H) / math.sqrt(4 * math.pi * H) * folded))


@pytest.mark.parametrize("signal", [{1: 1.0}, {1: 30.0}, {1: 1e3}, {1: 1e5}, {2: 25.0}, {3: 30.0}])
def test_strong_signals_on_the_circle_are_those_of_rices_formula(signal):
    assert theory.mean_planted_points(2, 3, signal) == pytest.approx(on_the_circle(3, signal), rel=1e-8)


@pytest.mark.parametrize(("n", "field"), [(3, 1e3), (3, 1e6), (8, 1e4), pytest.param(30, 1e3, marks=pytest.mark.slow)])
def test_a_strong_field_leaves_a_minimum_and_a_maximum(n, field):
    assert theory.mean_planted_points(n, 3, {1: field}) == pytest.approx(2.0, rel=1e-9)
    counts = [
        theory.mean_planted_points(n, 3, {1: field}, overlap=ends) for ends in ((-1, -0.9), (-0.9, 0.9), (0.9, 1))
    ]
    assert counts == pytest.approx([1.0, 0.0, 1.0], abs=1e-9)
    if n < 10:
        assert theory.mean_planted_points(n, 3, {1: field}, index=0, overlap=(0, 1)) == pytest.approx(1.0, rel=1e-9)


def test_no_numbers_are_asked_for():
    assert theory.planted_point_density([], 4, 3, {3: 1.0}).shape == (0,)
    assert theory.mean_planted_points(4, 3, {3: 1.0}, below=[]).shape == (0,)


def test_determinants_are_linear_in_the_rank_one_term_on_average():
    # E det(M - y - theta e e^T) = E det(M - y) - theta E det(B - y), both matching polynomials (Hermite).
    n, panel, theta = 5, -1, np.array([0.8, -2.5])
    y = panel_nodes(n, panel)
    values = determinants(n, panel, theta, 1, by_index=True) * math.exp(log_unit(n))
    signed = values @ (-1.0) ** np.arange(n)
    whole, block = y**4 - 3 * y**2 + 0.75, -(y**3) + 1.5 * y
    expected = whole - theta[:, None] * block
    assert np.abs(signed - expected).max() < 2e-7 * values.sum(axis=2).max()


def test_pfaffians_are_roots_of_determinants():
    rng = np.random.default_rng(3)
    a = rng.standard_normal((4, 6, 6)) + 1j * rng.standard_normal((4, 6, 6))
    a = a - a.transpose(0, 2, 1)
    assert pfaffians(a) ** 2 == pytest.approx(np.linalg.det(a), rel=1e-12)
    b = a[:, :4, :4]
    assert pfaffians(b) == pytest.approx(b[:, 0, 1] * b[:, 2, 3] - b[:, 0, 2] * b[:, 1, 3] + b[:, 0, 3] * b[:, 1, 2])


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((1, 3, {3: 1.0}), {}, "at least 2"),
        ((25, 3, {3: 1.0}), {"index": 0}, "at most 24"),
        ((4, 3, 1.2), {}, "mapping with at least one order"),
        ((4, 3, {3: np.nan}), {}, "strength of order 3"),
        ((4, 3, {3: 1.0}), {"index": 4}, "index must be below n"),
        ((4, 3, {3: 1.0}), {"overlap": (0.5, 0.2)}, "low, high"),
        ((4, 3, {3: 1.0}), {"below": np.nan}, "below must be finite"),
        ((4, 3, {3: 500.0}), {}, "oscillate too fast"),
        ((4, 1, {3: 1.0}), {}, "H must be at least 2"),
    ],
)
def test_hostile_input_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        theory.mean_planted_points(*arguments, **options)
    if not options:
        with pytest.raises(ValueError, match=message):
            theory.planted_point_density(0.3, *arguments)


def test_overlaps_outside_the_sphere_are_refused():
    with pytest.raises(ValueError, match="between -1 and 1"):
        theory.planted_point_density([0.3, 1.0], 4, 3, {3: 1.0})
    with pytest.raises(ValueError, match="one number here"):
        theory.planted_point_density(0.3, 4, 3, {3: 1.0}, below=[0.0, 1.0])
