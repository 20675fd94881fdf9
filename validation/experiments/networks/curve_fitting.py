"""Over- and underfitting of polynomials: fitted curves, and errors by degree and by ridge."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial import polynomial

import theory.networks.regression
from spinglass import regression, toy_data
from spinglass._common.seeds import child, generator, seed_sequence
from spinglass._common.types import Array

if TYPE_CHECKING:
    import pandas as pd

Panel = tuple[str, Array, Array, int, float | None]  # name, x, t, degree, ln lambda
NOISE = 0.3
TEST_POINTS = 100


def new_points(seed: np.random.SeedSequence) -> tuple[Array, Array]:
    """Draw test data: x uniform in [0, 1], with the same noise as in training.

    Parameters
    ----------
    seed : SeedSequence
        Source of the random numbers.

    Returns
    -------
    x, t : ndarray, shape (100,)
        Abscissae and noisy values.
    """
    random = generator(seed)
    x = random.uniform(size=TEST_POINTS)
    return x, toy_data.sine(x) + NOISE * random.standard_normal(TEST_POINTS)


def fitted(
    x: Array, t: Array, degree: int, log_ridge: float | None
) -> regression.PolynomialFit | polynomial.Polynomial:
    """Fit a polynomial by least squares, with or without a ridge.

    Parameters
    ----------
    x, t : ndarray, shape (N,)
        Data.
    degree : int
        Degree of the polynomial.
    log_ridge : float or None
        ln lambda of the penalty lambda |w|^2; None for no penalty.

    Returns
    -------
    PolynomialFit or numpy.polynomial.Polynomial
        The fit, which can be called at new points.
    """
    if log_ridge is None:
        return regression.fit_polynomial(x, t, degree)
    return polynomial.Polynomial(regression.ridge_path(x, t, degree, log_ridge))


def errors(seed: np.random.SeedSequence, size: int, models: Sequence[tuple[int, float | None]]) -> Array:
    """Return the mean squared training and test errors of polynomials fitted to one noisy sine.

    Parameters
    ----------
    seed : SeedSequence
        Source of the random numbers.
    size : int
        Number N of training points.
    models : sequence of (degree, ln lambda)
        Polynomials to fit; ln lambda is None without a ridge.

    Returns
    -------
    ndarray, shape (models, 2)
        Training error and test error of each model.
    """
    x, t = toy_data.noisy_sine(size, child(seed, 0), NOISE)
    new_x, new_t = new_points(child(seed, 1))
    found = []
    for degree, log_ridge in models:
        curve = fitted(x, t, degree, log_ridge)
        found.append((np.mean((curve(x) - t) ** 2), np.mean((curve(new_x) - new_t) ** 2)))
    return np.array(found, dtype=np.float64)


def curves(panels: Sequence[Panel]) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Return the data and the fitted curves of several panels.

    Parameters
    ----------
    panels : sequence of (name, x, t, degree, ln lambda)
        Data and polynomial of each panel.

    Returns
    -------
    data, fits : pandas.DataFrame
        Columns panel, x, t; the fits also have truth, the sine without noise.
    """
    import pandas as pd

    z = np.linspace(0, 1, 201)
    data = [pd.DataFrame({"panel": name, "x": x, "t": t}) for name, x, t, _, _ in panels]
    lines = [
        pd.DataFrame({"panel": name, "x": z, "t": fitted(x, t, degree, log_ridge)(z), "truth": toy_data.sine(z)})
        for name, x, t, degree, log_ridge in panels
    ]
    return pd.concat(data, ignore_index=True), pd.concat(lines, ignore_index=True)


def errors_by_model(size: int, models: Sequence[tuple[int, float | None]], samples: int, seed: int) -> "pd.DataFrame":
    """Return root mean squared errors by model: means over data sets with standard errors, and exact expectations.

    Parameters
    ----------
    size : int
        Number N of training points.
    models : sequence of (degree, ln lambda)
        Polynomials to fit; ln lambda is None without a ridge.
    samples : int
        Number of data sets.
    seed : int
        Seed of all random numbers.

    Returns
    -------
    pandas.DataFrame
        Columns degree, log_ridge (NaN without a ridge), data ("train" or "test"), rms, error, expected.
    """
    import pandas as pd

    root = seed_sequence(seed)
    squares = np.array([errors(child(root, k), size, models) for k in range(samples)])
    mean, error = squares.mean(axis=0), squares.std(axis=0, ddof=1) / np.sqrt(samples)
    rows = []
    for m, (degree, log_ridge) in enumerate(models):
        x = np.linspace(0, 1, size)
        expected = theory.networks.regression.expected_errors(x, toy_data.sine, NOISE, degree, log_ridge)
        for k, name in enumerate(("train", "test")):
            rms, law = np.sqrt(mean[m, k]), np.sqrt(max(0.0, getattr(expected, name)))
            rows.append((degree, log_ridge, name, rms, error[m, k] / (2 * max(rms, 1e-300)), law))
    return pd.DataFrame(rows, columns=["degree", "log_ridge", "data", "rms", "error", "expected"])
