"""Minima by energy and stability at finite n: quadrature at small n, other tables, and Kac-Rice by brute force."""

import itertools
import math

import numpy as np
import pytest
from numpy.polynomial.legendre import leggauss

import theory
from theory.kac_rice.two_lowest import log_density_with_gap, log_joint_density

X, W = leggauss(60)
MIXTURES = [{3: 1.0, 4: 0.5}, {2: 0.5, 3: 1.0}, {3: 1.0, 4: 0.01}, {1: 1.0, 3: 1.0}, {1: 3.0, 3: 0.3}]


def _mehta(n):
    return (2 * math.pi) ** (n / 2) * math.prod(math.gamma(1 + j / 2) / math.gamma(1.5) for j in range(1, n + 1))


def _by_quadrature(a, b, n):
    """Integrate the joint density of all eigenvalues over those above b, for n = 3 and 4."""
    y, w = b + 6.0 * (X + 1.0), 6.0 * W
    weight = w * (y - a) * (y - b) * np.exp(-0.5 * y * y)
    front = math.factorial(n) / _mehta(n) * (b - a) * math.exp(-0.5 * (a * a + b * b))
    if n == 3:
        return front * weight.sum()
    # The kink of |y - z| is removed by integrating over z < y only.
    share = 0.5 * (X + 1.0)
    z = b + (y - b)[:, None] * share
    inner = (y - b)[:, None] * 0.5 * W * (z - a) * (z - b) * np.exp(-0.5 * z * z) * (y[:, None] - z)
    return front * (weight * inner.sum(axis=1)).sum()


def test_joint_density_of_two_eigenvalues_in_closed_form():
    a, b = np.array([-1.0, -0.3, 2.0, -40.0, 4.0]), np.array([0.5, 2.0, 5.0, -39.0, 4.0])
    with np.errstate(divide="ignore"):
        expected = np.log(2 / _mehta(2) * (b - a)) - 0.5 * (a * a + b * b)
    np.testing.assert_allclose(log_joint_density(a, b, 2), expected, rtol=1e-14, atol=1e-13)


@pytest.mark.parametrize("n", [3, 4])
@pytest.mark.parametrize(("a", "b"), [(-2.5, -1.0), (-1.0, 0.5), (-4.0, -3.9), (0.5, 2.0)])
def test_joint_density_against_quadrature(n, a, b):
    found = math.exp(log_joint_density(np.array([a]), np.array([b]), n)[0])
    assert found == pytest.approx(_by_quadrature(a, b, n), rel=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3, 8, 9, 41])
def test_marginals_are_the_laws_of_the_smallest_eigenvalue(n):
    """The other tables come from the Hermite functions of the whole line, by a different Pfaffian."""
    a = -math.sqrt(2 * n) + np.array([-3.0, -1.0, 0.5])
    expected = theory.kth_eigenvalue_density(a / math.sqrt(n), n, 0) / math.sqrt(n)
    np.testing.assert_allclose(np.exp(log_density_with_gap(a, a, n)), expected, rtol=1e-11)
    edges = np.linspace(0.0, 14.0, 7)
    gap = (edges[:-1, None] + np.diff(edges)[:, None] * 0.5 * (X + 1.0)).ravel()
    weights = np.tile(0.5 * (edges[1] - edges[0]) * W, 6)
    joint = np.exp(log_joint_density(np.repeat(a, gap.size), (a[:, None] + gap).ravel(), n)).reshape(3, -1)
    np.testing.assert_allclose(joint @ weights, expected, rtol=1e-10)


def test_rare_events_keep_their_relative_accuracy():
    """All eigenvalues of a matrix are positive with probability exp(-n^2 log(3)/4), to leading order."""
    t = np.array([0.0])
    for n in (4, 5):
        # The probability that all lie above t is the integral of the density of the smallest.
        a = t[0] + 5.0 * (X + 1.0)
        above = (5.0 * W * np.exp(log_density_with_gap(a, a, n))).sum()
        assert above == pytest.approx(1 - float(theory.kth_eigenvalue_cdf(0.0, n, 0)), rel=1e-9)
    log_ratio = [log_density_with_gap(t, t, n)[0] / n**2 for n in (30, 60)]
    assert 2 * log_ratio[1] - log_ratio[0] == pytest.approx(-math.log(3) / 4, abs=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize("H", [3, 4, *MIXTURES])
@pytest.mark.parametrize("n", [2, 5])
def test_sum_over_stabilities_is_the_number_of_minima(n, H):
    below = np.array([-1.2, np.inf])
    found = theory.mean_stable_minima(n, H, 0.0, below=below)
    np.testing.assert_allclose(found, theory.mean_critical_points(n, H, index=0, below=below), rtol=1e-12)
    nu2 = sum(p * (p - 1) * a * a for p, a in (H if isinstance(H, dict) else {H: 1.0}).items())
    highest = 14.0 * math.sqrt(2.0 * nu2 / n)
    u, values = np.array([-1.5, -0.8]), 0.5 * highest * (X + 1.0)
    density = theory.stability_density(u[:, None], values, n, H)
    np.testing.assert_allclose(
        density @ W * 0.5 * highest, theory.mean_critical_point_density(u, n, H, index=0), rtol=1e-9
    )


@pytest.mark.parametrize("H", [3, {3: 1.0, 4: 0.5}, {3: 1.0, 4: 0.01}, {1: 1.0, 3: 1.0}])
def test_density_is_the_derivative_of_the_counts(H):
    n, u, stability, step = 6, -1.1, 1.5, 1e-3
    counts = theory.mean_stable_minima(
        n, H, stability + np.array([[-step, step]]), below=u + np.array([[-step], [step]])
    )
    # The error of a central difference is of the order of the square of the step.
    found = -(counts[1, 1] - counts[1, 0] - counts[0, 1] + counts[0, 0]) / (4 * step**2)
    assert found == pytest.approx(theory.stability_density(u, stability, n, H), rel=1e-4)


def test_counts_by_sampled_tensors():
    """Condition full tensors on a zero gradient at one point and count by Kac-Rice."""
    n, H, samples = 3, 3, 150_000
    rng = np.random.default_rng(5)
    x = np.zeros(n)
    x[0] = math.sqrt(n)
    # Derivatives of n^-1 sum J x x x at x are linear in J.
    J = rng.standard_normal((samples, n, n, n))
    J = sum(J.transpose(0, *p) for p in itertools.permutations((1, 2, 3))) / 6
    # In the symmetrised tensor the entries (0, 0, i) are independent of all others and give the gradient.
    energy = J[:, 0, 0, 0] * x[0] ** 3 / n / n
    hessian = 6 * J[:, 0, 1:, 1:] * x[0] / n - H * energy[:, None, None] * np.eye(n - 1)
    eigenvalues = np.linalg.eigvalsh(hessian)
    volume = 2 * math.pi ** (n / 2) / math.gamma(n / 2) * n ** ((n - 1) / 2)
    front = volume * (2 * math.pi * H) ** (-(n - 1) / 2)
    for stability, u in ((0.0, np.inf), (1.5, np.inf), (1.0, -1.2)):
        counted = (eigenvalues[:, 0] > stability) & (energy < u)
        values = front * np.where(counted, np.abs(eigenvalues.prod(axis=1)), 0.0)
        error = values.std() / math.sqrt(samples)
        # Four standard errors: a false alarm once in 16 000.
        assert values.mean() == pytest.approx(theory.mean_stable_minima(n, H, stability, below=u), abs=4 * error)
        assert error < 0.05 * values.mean()


def test_logarithms_and_shapes():
    u, stability = np.array([[-1.2], [-0.9]]), np.array([0.5, 1.0, 2.0])
    density = theory.stability_density(u, stability, 5, 3)
    assert density.shape == (2, 3)
    np.testing.assert_allclose(np.log(density), theory.stability_density(u, stability, 5, 3, log=True), rtol=1e-13)
    assert theory.stability_density(-1.0, 0.0, 5, 3) == 0.0
    assert isinstance(theory.stability_density(-1.0, 1.0, 5, {3: 1.0, 4: 0.5}), float)
    assert theory.mean_stable_minima(5, {3: 1.0, 4: 0.5}, 1.0, below=-math.inf) == 0.0
    # Densities scale with the weight of the model.
    assert theory.stability_density(-2.0, 2.0, 5, {3: 2.0}) == pytest.approx(
        theory.stability_density(-1.0, 1.0, 5, 3) / 4
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.stability_density(-1.0, -0.5, 5, 3), "stability must be at least 0.*given -0.5"),
        (lambda: theory.stability_density(-1.0, 0.5, 1, 3), "n must be at least 2"),
        (lambda: theory.stability_density(-1.0, 0.5, 101, 3), "at most 100 here, not 101; theory.stability_complexity"),
        (lambda: theory.stability_density(math.nan, 0.5, 5, 3), "u must be finite"),
        (lambda: theory.stability_density(np.zeros(10**6), np.ones(10**6), 90, 3), "minutes; give fewer values"),
        (lambda: theory.stability_density(-1e150, 0.5, 5, 3), "energy per spin must be at most"),
        (lambda: theory.mean_stable_minima(5, {1: 1.0}, 0.5), "order of at least 2"),
        (lambda: theory.mean_stable_minima(5, {1: 1e200, 3: 1e-200}, 0.5), "too small next to the field"),
    ],
)
def test_bad_arguments_name_the_problem(call, message):
    with pytest.raises(ValueError, match=message):
        call()
