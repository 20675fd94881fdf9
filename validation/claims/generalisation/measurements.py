"""Measurements of over- and underfitting, and the errors that theory expects."""

import numpy as np
from numpy.typing import NDArray

import theory.networks.regression
from spinglass import regression, toy_data
from spinglass._common.seeds import child
from spinglass.networks import training
from spinglass.networks.training import optimisers
from validation.experiments.networks import curve_fitting
from validation.series import Between

# Least-squares coefficients of Bishop's ten points with exact x = i/9, as printed with the course.
PUBLISHED = {
    0: ("0.1862995",),
    1: ("0.8202124", "-1.2678258"),
    3: ("0.313702", "7.985381", "-25.426129", "17.374094"),
}
_NUMBERS = np.array([float(text) for texts in PUBLISHED.values() for text in texts])
_HALF_DIGITS = np.array([0.5 * 10.0 ** -len(t.split(".")[1]) for texts in PUBLISHED.values() for t in texts])


def coefficient_errors(_seed: np.random.SeedSequence) -> NDArray[np.float64]:
    """Return the relative deviations of the fitted coefficients from the published ones."""
    x, t = toy_data.bishop_points()
    found = np.concatenate([regression.fit_polynomial(x, t, degree).coefficients for degree in PUBLISHED])
    return np.asarray(found / _NUMBERS - 1)


def printed_precision() -> NDArray[np.float64]:
    """Return 1e-6 or half the last printed digit, whichever is larger, relative to the coefficient."""
    return np.asarray(np.maximum(1e-6, _HALF_DIGITS / np.abs(_NUMBERS)))


# (degree, ln lambda); degree 9 without a ridge fits all ten points, and its training error, 0, is left out.
_MODELS: tuple[tuple[int, float | None], ...] = ((0, None), (1, None), (3, None), (6, None), (9, None), (9, -18.0))
KEPT = np.array([(m, k) for m in range(6) for k in range(2) if (m, k) != (4, 0)])
NAMES = ("M = 0", "M = 1", "M = 3", "M = 6", "M = 9", "M = 9 with ridge")


def mean_errors(seed: np.random.SeedSequence, size: int, data_sets: int) -> NDArray[np.float64]:
    """Return training and test errors of each model, averaged over data sets."""
    found = np.mean([curve_fitting.errors(child(seed, k), size, _MODELS) for k in range(data_sets)], axis=0)
    return np.asarray(found[tuple(KEPT.T)])


def expected_errors(size: int, **_: object) -> NDArray[np.float64]:
    """Return the expectations of :func:`mean_errors`."""
    x = np.linspace(0, 1, size)
    exact = [
        theory.networks.regression.expected_errors(x, toy_data.sine, curve_fitting.NOISE, *model) for model in _MODELS
    ]
    return np.asarray(np.array([[errors.train, errors.test] for errors in exact])[tuple(KEPT.T)])


def rise_after_the_stop(seed: np.random.SeedSequence, points: int, epochs: int) -> NDArray[np.float64]:
    """Return ln(test loss at the end / at the early stop) and the training loss at the end, of one network."""
    mixture = toy_data.GaussianMixture.drawn(10, child(seed, 0))
    X, y = mixture.draw(points, child(seed, 1))
    found = training.train(
        X,
        y,
        hidden=20,
        activation="tanh",
        optimiser=optimisers.Adam(rate=0.02),
        batch=None,
        epochs=epochs,
        validation=mixture.draw(250, child(seed, 2)),
        test=mixture.draw(250, child(seed, 3)),
        measure_every=10,
        seed=child(seed, 4),
    )
    assert found.test is not None
    assert found.validation is not None
    stop = int(np.argmin(found.validation.loss[0]))
    return np.array([np.log(found.test.loss[0, -1] / found.test.loss[0, stop]), found.train.loss[0, -1]])


def published_rise(**_: object) -> Between:
    """Return the range that counts as overfitting: test loss up by a fifth or more, almost no training loss left."""
    return Between((np.log(1.2), 0.0), (np.log(100.0), 0.1), scale=(1.0, 0.2))
