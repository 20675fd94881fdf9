"""Polynomial fits by exact rational arithmetic, and ridge paths by their own equations."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from spinglass.regression import fit_polynomial, ridge_path
from spinglass.toy_data import bishop_points, noisy_sine


def solved_exactly(degree: int, ridge: Fraction = Fraction(0)) -> np.ndarray:
    """The normal equations of Bishop's ten points in rational numbers, where their condition does no harm."""
    x, t = [Fraction(i, 9) for i in range(10)], [Fraction(str(value)) for value in bishop_points()[1]]
    rows = [
        [sum(a ** (i + j) for a in x) + ridge * (i == j) for j in range(degree + 1)]
        + [sum(a**i * b for a, b in zip(x, t, strict=True))]
        for i in range(degree + 1)
    ]
    for i, pivot in enumerate(rows):
        rows[i] = pivot = [value / pivot[i] for value in pivot]
        for k, row in enumerate(rows):
            if k != i:
                rows[k] = [u - row[i] * v for u, v in zip(row, pivot, strict=True)]
    return np.array([float(row[-1]) for row in rows])


@pytest.mark.parametrize("degree", [0, 1, 3, 6, 9])
def test_coefficients_are_the_exact_ones(degree):
    x, t = bishop_points()
    fit = fit_polynomial(x, t, degree)
    # Rounding x = i/9 alone moves the coefficients by the condition of the powers (1e7 at degree 9) times 1e-16.
    assert np.allclose(fit.coefficients, solved_exactly(degree), rtol=1e-9 if degree == 9 else 1e-12, atol=0)
    assert np.allclose(fit(x), t - fit.residual, rtol=0, atol=1e-13)


def test_through_all_points_at_degree_nine_with_coefficients_of_a_million():
    x, t = bishop_points()
    fit = fit_polynomial(x, t, 9)
    assert fit.root_mean_square < 1e-14
    assert 1e6 < np.abs(fit.coefficients).max() < 2e6


@pytest.mark.parametrize("log_ridge", [-40.0, -18.0, 0.0, 5.0])
def test_ridge_is_the_exact_one(log_ridge):
    x, t = bishop_points()
    exact = solved_exactly(9, Fraction(float(np.exp(log_ridge))))
    found = ridge_path(x, t, 9, [log_ridge])[0]
    # The condition of the stacked matrix is at most |V| e^(-ln lambda / 2) = 4 e^20 at -40.
    assert np.allclose(found, exact, rtol=1e-6 if log_ridge < -30 else 1e-9, atol=0)


def test_a_path_is_its_points_and_shrinks():
    x, t = noisy_sine(20, seed=1)
    logs = np.linspace(-30, 10, 9)
    path = ridge_path(x, t, 7, logs)
    assert np.array_equal(path[3], ridge_path(x, t, 7, logs[3]))
    assert (np.diff(np.linalg.norm(path, axis=1)) < 0).all()
    assert ridge_path(x, t, 7, logs.reshape(3, 3)).shape == (3, 3, 8)


def test_high_degrees_stay_accurate():
    # cos(20 x) at degree 60: the powers of x have condition 1e25 here, orthonormal polynomials none.
    x = np.linspace(-1, 1, 400)
    fit = fit_polynomial(x, np.cos(20 * x), 60)
    new = np.linspace(-1, 1, 777)
    # 1e-13 leaves a factor 20 over the error seen; truncation is far below rounding.
    assert np.allclose(fit(new), np.cos(20 * new), rtol=0, atol=1e-13)


def test_training_error_falls_with_the_degree():
    x, t = noisy_sine(15, seed=2)
    errors = [fit_polynomial(x, t, degree).root_mean_square for degree in range(12)]
    assert (np.diff(errors) < 0).all()


def test_one_point_is_enough_for_a_constant():
    fit = fit_polynomial([2.0], [5.0], 0)
    assert fit.coefficients.tolist() == [5.0]
    assert fit([0.0, 1.0]).tolist() == [5.0, 5.0]


@pytest.mark.parametrize(
    ("x", "t", "degree", "message"),
    [
        ([0.0, 0.0, 1.0], [1.0, 2.0, 3.0], 2, "needs 3 distinct x, there are 2"),
        ([0.0, 1.0], [1.0], 0, "vectors of one length"),
        ([], [], 0, "vectors of one length"),
        ([0.0, np.nan], [1.0, 2.0], 1, "must be finite"),
        ([0.0, 1.0], [1.0, np.inf], 1, "must be finite"),
        (["a", "b"], [1.0, 2.0], 1, "real numbers"),
        ([0.0, 1.0], [1.0, 2.0], -1, "at least 0"),
    ],
)
def test_bad_input(x, t, degree, message):
    with pytest.raises(ValueError, match=message):
        fit_polynomial(x, t, degree)


def test_bad_ridge():
    with pytest.raises(ValueError, match="log_ridge must be finite"):
        ridge_path([0.0, 1.0], [1.0, 2.0], 1, [np.nan])


def ridge_in_80_digits(x, t, degree, log_ridge):
    with mpmath.workdps(80):
        V = mpmath.matrix([[mpmath.mpf(float(a)) ** k for k in range(degree + 1)] for a in x])
        normal = V.T * V + mpmath.exp(mpmath.mpf(log_ridge)) * mpmath.eye(degree + 1)
        w = mpmath.lu_solve(normal, V.T * mpmath.matrix([mpmath.mpf(float(b)) for b in t]))
        return np.array([float(value) for value in w])


@pytest.mark.parametrize("log_ridge", [-25.0, -40.0, -60.0, -80.0])
def test_ridge_of_repeated_points(log_ridge):
    # One direction of four is seen by the data; of the others nothing may come in, however small lambda.
    for x, t in ([1.0, 1.0], [1.0, 2.0]), ([0.5, 0.5, 0.5], [1.0, 2.0, 4.0]):
        found = ridge_path(x, t, 3, log_ridge)
        assert np.allclose(found, ridge_in_80_digits(x, t, 3, log_ridge), rtol=1e-13, atol=0)


@pytest.mark.parametrize("log_ridge", [-25.0, -40.0, -80.0, 5.0])
def test_ridge_in_80_digits(log_ridge):
    x, t = bishop_points()
    # The condition of the powers is 1e7.
    assert np.allclose(ridge_path(x, t, 9, log_ridge), ridge_in_80_digits(x, t, 9, log_ridge), rtol=1e-8, atol=0)


@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_numbers_whose_squares_are_no_floats_are_refused(scale):
    x, t = np.arange(10) / 9 * scale, np.arange(10.0)
    with pytest.raises(ValueError, match="rescale x"):
        fit_polynomial(x, t, 3)
    if scale > 1:
        with pytest.raises(ValueError, match="rescale x"):
            fit_polynomial(t, x, 3)
        with pytest.raises(ValueError, match="rescale x"):
            ridge_path(x, t, 3, 0.0)
