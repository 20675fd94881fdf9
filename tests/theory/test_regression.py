"""Expected errors against what is known in closed form, and against averages over noise."""

import numpy as np
import pytest

from theory.networks.regression import expected_errors


def line(x):
    return 2 * x - 1


def test_without_noise_and_with_the_true_degree_nothing_is_left():
    found = expected_errors(np.linspace(0, 1, 7), line, noise=0.0, degree=3)
    assert found.train == pytest.approx(0, abs=1e-28)
    assert found.test == pytest.approx(0, abs=1e-28)


@pytest.mark.parametrize("degree", [1, 2, 5])
def test_the_residual_has_n_minus_p_degrees_of_freedom(degree):
    found = expected_errors(np.linspace(0, 1, 12), line, noise=0.5, degree=degree)
    assert found.train == pytest.approx(0.25 * (12 - degree - 1) / 12, rel=1e-12)


def test_a_constant_fitted_to_a_line():
    # By hand: the mean of N targets has variance s^2/N; the line's variance over [0, 1] is 1/3.
    found = expected_errors(np.linspace(0, 1, 11), line, noise=0.5, degree=0)
    assert found.test_bias == pytest.approx(1 / 3, rel=1e-12)
    assert found.test_variance == pytest.approx(0.25 / 11, rel=1e-12)
    assert found.test == pytest.approx(1 / 3 + 0.25 / 11 + 0.25, rel=1e-12)


def test_a_ridge_by_averaging_over_noise():
    x, log_ridge, degree = np.linspace(0, 1, 9), -2.0, 4
    random = np.random.default_rng(4)
    V = x[:, None] ** np.arange(degree + 1)
    t = np.cos(3 * x) + 0.3 * random.standard_normal((20_000, 9))
    # The normal equations do no harm at this condition: an independent route.
    w = np.linalg.solve(V.T @ V + np.exp(log_ridge) * np.eye(degree + 1), V.T @ t.T)
    found = expected_errors(x, lambda z: np.cos(3 * z), 0.3, degree, log_ridge)
    # 20 000 draws, spread below the mean: five standard errors are below 4%; false alarms 6e-7 each.
    assert np.mean((V @ w - t.T) ** 2) == pytest.approx(found.train, rel=0.04)
    z = np.linspace(0, 1, 2001)
    values = z[:, None] ** np.arange(degree + 1) @ w[:, :2000]
    spread = np.trapezoid(np.mean((values - np.cos(3 * z)[:, None]) ** 2, axis=1), z)
    assert spread == pytest.approx(found.test_bias + found.test_variance, rel=0.12)


def test_a_ridge_can_help():
    x = np.linspace(0, 1, 10)
    curve = lambda z: np.sin(2 * np.pi * z)  # noqa: E731
    plain = expected_errors(x, curve, 0.3, 9)
    ridge = expected_errors(x, curve, 0.3, 9, -18.0)
    assert ridge.test < plain.test / 3
    assert ridge.train > plain.train


@pytest.mark.parametrize(
    ("x", "noise", "degree", "message"),
    [([0.0, 0.0], 1.0, 1, "distinct"), ([0.0, 1.0], -1.0, 0, "not negative"), ([0.0, np.nan], 1.0, 0, "finite")],
)
def test_bad_input(x, noise, degree, message):
    with pytest.raises(ValueError, match=message):
        expected_errors(x, line, noise, degree)
