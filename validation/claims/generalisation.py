"""Over- and underfitting: polynomials, whose expected errors are known exactly, and a network trained too long."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

import theory.networks.regression
from spinglass import regression, toy_data
from spinglass._common.seeds import child
from spinglass.networks import training
from spinglass.networks.training import optimisers
from validation.claim import Claim, Mutant
from validation.claims._shared.perturbations import Function
from validation.experiments import curve_fitting
from validation.series import Between, Effort, Series
from validation.statistics.estimators import Identity

# Least-squares coefficients of Bishop's ten points with exact x = i/9, as printed with the course.
_PUBLISHED = {
    0: ("0.1862995",),
    1: ("0.8202124", "-1.2678258"),
    3: ("0.313702", "7.985381", "-25.426129", "17.374094"),
}
_NUMBERS = np.array([float(text) for texts in _PUBLISHED.values() for text in texts])
_HALF_DIGITS = np.array([0.5 * 10.0 ** -len(t.split(".")[1]) for texts in _PUBLISHED.values() for t in texts])


def coefficient_errors(seed: np.random.SeedSequence) -> NDArray[np.float64]:  # noqa: ARG001  nothing is drawn at random
    """Return the relative deviations of the fitted coefficients from the published ones."""
    x, t = toy_data.bishop_points()
    found = np.concatenate([regression.fit_polynomial(x, t, degree).coefficients for degree in _PUBLISHED])
    return np.asarray(found / _NUMBERS - 1)


def printed_precision() -> NDArray[np.float64]:
    """Return 1e-6 or half the last printed digit, whichever is larger, relative to the coefficient."""
    return np.asarray(np.maximum(1e-6, _HALF_DIGITS / np.abs(_NUMBERS)))


# (degree, ln lambda); degree 9 without a ridge goes through all ten points, so its training error is left out.
_MODELS: tuple[tuple[int, float | None], ...] = ((0, None), (1, None), (3, None), (6, None), (9, None), (9, -18.0))
_KEPT = np.array([(m, k) for m in range(6) for k in range(2) if (m, k) != (4, 0)])
_NAMES = ("M = 0", "M = 1", "M = 3", "M = 6", "M = 9", "M = 9 with ridge")


def mean_errors(seed: np.random.SeedSequence, size: int, data_sets: int) -> NDArray[np.float64]:
    """Return training and test errors of each model, averaged over data sets."""
    found = np.mean([curve_fitting.errors(child(seed, k), size, _MODELS) for k in range(data_sets)], axis=0)
    return np.asarray(found[tuple(_KEPT.T)])


def expected_errors(size: int, data_sets: int) -> NDArray[np.float64]:  # noqa: ARG001
    """Return the same by theory."""
    x = np.linspace(0, 1, size)
    exact = [
        theory.networks.regression.expected_errors(x, toy_data.sine, curve_fitting.NOISE, *model) for model in _MODELS
    ]
    return np.asarray(np.array([[errors.train, errors.test] for errors in exact])[tuple(_KEPT.T)])


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


def published_rise(points: int, epochs: int) -> Between:  # noqa: ARG001
    """Return what "overfitting" is taken to mean: test loss up by a fifth or more, training loss close to its least."""
    return Between((np.log(1.2), 0.0), (np.log(100.0), 0.1), scale=(1.0, 0.2))


def _one_degree_less(fit: Function) -> Function:
    return lambda x, t, degree: fit(x, t, max(0, degree - 1))


def _one_point_more(expected: Function) -> Function:
    return lambda x, *model: expected(np.linspace(0, 1, len(x) + 1), *model)


def _rounded_abscissae(points: Function) -> Function:
    def rounded() -> Any:
        x, t = points()
        return x.round(4), t

    return rounded


def _without_diagonal(orthonormal: Function) -> Function:
    def maimed(x: Any, degree: int) -> Any:
        basis, recurrence = orthonormal(x, degree)
        diagonal = np.arange(degree + 1)
        recurrence[diagonal, diagonal] = 0
        return basis, recurrence

    return maimed


def _noisier(noisy_sine: Function) -> Function:
    return lambda size, seed, noise=0.3: noisy_sine(size, seed, 1.1 * noise)


def _without_new_noise(new_points: Function) -> Function:
    def noiseless(seed: Any) -> Any:
        x, _ = new_points(seed)
        return x, toy_data.sine(x)

    return noiseless


def _trained_with(**changes: Any) -> Callable[[Function], Function]:
    return lambda train: lambda X, y, **options: train(X, y, **{**options, **changes})


_SIZES: dict[Effort, int] = {"quick": 128, "standard": 512, "paper": 4096}

CLAIMS = (
    Claim(
        id="generalisation/published-fits",
        kind="identity",
        statement="Least squares on Bishop's ten points gives the published coefficients at degrees 0, 1 and 3.",
        formula=r"w = \operatorname{argmin}_w \sum_{i=0}^{9} \left(\sum_{k=0}^{M} w_k x_i^k - t_i\right)^2,"
        r" \quad x_i = i/9",
        source="Bishop 2006, Pattern Recognition and Machine Learning, section 1.1 and its data",
        measured="coefficients by orthogonalisation, relative to the published digits",
        measure=coefficient_errors,
        predict=printed_precision,
        components=tuple(f"M = {M}, w_{k}" for M, texts in _PUBLISHED.items() for k in range(len(texts))),
        delta=1e-5,
        sizes={effort: [Series(1)] for effort in _SIZES},
        mutants=(
            Mutant(
                "rounded x",
                "x = i/9 is rounded to four digits",
                {"spinglass.toy_data.bishop_points": _rounded_abscissae},
                upstream=True,
            ),
            Mutant(
                "lost overlaps",
                "the recurrence loses its diagonal, the powers' overlaps with the last polynomial",
                {"spinglass.regression._orthonormal": _without_diagonal},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
    # Pilot, seed 9999, 2000 data sets: standard deviations of one data set's errors relative to their means are at
    # most 0.91 (training) and 1.02 (test, M = 9) at N = 10, 0.15 at N = 100. With 128 samples of 32 and of 8 data sets
    # the relative standard error is 0.016 at most; delta/4.3 = 0.023.
    Claim(
        id="generalisation/mean-errors",
        kind="theorem",
        statement="Training and test errors of polynomial fits average to bias, variance and noise, exactly: more "
        "freedom always lowers the first, and past a point raises the second, less so with more data or a ridge.",
        formula=r"\mathbb{E}\, e_{\mathrm{test}} = \int_0^1 \left[(s(z) \cdot f - f(z))^2 + \sigma^2 |s(z)|^2\right] dz"
        r" + \sigma^2",
        source="Hastie, Tibshirani & Friedman 2009, The Elements of Statistical Learning, (7.9)-(7.11)",
        measured="mean squared errors over noisy sines at N equally spaced points, and over 100 new points each",
        measure=mean_errors,
        predict=expected_errors,
        components=tuple(f"{_NAMES[m]}, {('training', 'test')[k]}" for m, k in _KEPT),
        delta=0.1,
        sizes={e: [Series(m, size=N, data_sets=k) for N, k in ((10, 32), (100, 8))] for e, m in _SIZES.items()},
        mutants=(
            Mutant(
                "a degree less",
                "fits leave out the highest power",
                {"spinglass.regression.fit_polynomial": _one_degree_less},
                upstream=True,
            ),
            Mutant(
                "noisier data",
                "the noise is a tenth too large",
                {"spinglass.toy_data.noisy_sine": _noisier},
                upstream=True,
            ),
            Mutant(
                "noiseless test",
                "new points lie on the curve itself",
                {"validation.experiments.curve_fitting.new_points": _without_new_noise},
                upstream=True,
            ),
            Mutant(
                "a point more",
                "theory is that of one more point",
                {"theory.networks.regression.expected_errors": _one_point_more},
            ),
        ),
    ),
    # Pilot, seed 777, 8 samples at 1000 epochs: the logarithm is 1.51 with standard deviation 0.26, the training loss
    # left 0.019 with 0.03. 40 samples: standard errors 0.04 and 0.005, where delta/4.3 is 0.08 and 0.016.
    Claim(
        id="generalisation/overfitting",
        kind="published observation",
        statement="Recovering the global minimum leads to overfitting: trained past the early stop until next to no "
        "training loss is left, a network has a test loss a fifth above that at the stop, or more.",
        formula=r"\mathbb{E} \ln \frac{\ell_{\mathrm{test}}(\mathrm{end})}{\ell_{\mathrm{test}}(\mathrm{stop})}"
        r" \ge \ln 1.2",
        source="Choromanska et al. 2015, section 5; the fifth is ours, the paper gives no number",
        measured="20 tanh units on a two-class Gaussian mixture; the stop is at the least loss on 250 new points",
        measure=rise_after_the_stop,
        predict=published_rise,
        components=("ln of the rise", "training loss left"),
        delta=0.35,
        sizes={e: [Series(m * 5 // 16, points=40, epochs=1000)] for e, m in _SIZES.items()},
        mutants=(
            Mutant(
                "stopped early",
                "training ends after 20 epochs",
                {"spinglass.networks.training.train": _trained_with(epochs=20)},
                upstream=True,
            ),
            Mutant(
                "weight decay",
                "a penalty holds the weights down",
                {"spinglass.networks.training.train": _trained_with(weight_decay=0.1)},
                upstream=True,
            ),
        ),
    ),
)
