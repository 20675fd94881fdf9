"""Figures of over- and underfitting: polynomials, and small networks."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from spinglass.networks.activations import ACTIVATIONS
from spinglass.toy_data import bishop_points, noisy_sine
from validation import curve_fitting, figures, network_experiments
from validation.gallery.entry import Entry, Tables
from validation.network_experiments import TwoClasses

Settings = dict[str, dict[str, Any]]
_POINTS = 100
_DATA_SETS = 2000


def _curve_fits(seed: int) -> Tables:
    x, t = bishop_points()
    panels: list[curve_fitting.Panel] = [(f"M = {M}, N = 10", x, t, M, None) for M in (0, 1, 3, 9)]
    panels += [(f"M = 9, N = {N}", *noisy_sine(N, seed), 9, None) for N in (15, 100)]
    panels += [(rf"M = 9, N = 10, $\ln \lambda = {log:g}$", x, t, 9, log) for log in (-18.0, 0.0)]
    data, fits = curve_fitting.curves(panels)
    return {"data": data, "fits": fits}


def _draw_curve_fits(tables: Tables) -> Figure:
    return figures.curve_fits(tables["data"], tables["fits"])


def _fit_errors(seed: int) -> Tables:
    degrees = [(M, None) for M in range(10)]
    ridges = [(9, float(log)) for log in np.arange(-36, 7, 3)]
    return {
        "by_degree": curve_fitting.errors_by_model(10, degrees, _DATA_SETS, seed),
        "by_ridge": curve_fitting.errors_by_model(10, ridges, _DATA_SETS, seed),
    }


def _draw_fit_errors(tables: Tables) -> Figure:
    return figures.fit_errors(tables["by_degree"], tables["by_ridge"], curve_fitting.NOISE)


def _boundaries(seed: int) -> Tables:
    classes = TwoClasses(_POINTS, seed)
    # A decay c of the summed loss, c |w|^2, is 2 c / N of the mean loss's (c/2) |w|^2.
    settings: Settings = {f"weight decay {c:g}": {"epochs": 2000, "weight_decay": 2 * c / _POINTS} for c in (0, 0.2, 2)}
    settings |= {f"{epochs} epochs": {"epochs": epochs} for epochs in (10, 50, 100)}
    grids = network_experiments.boundaries(classes, settings)
    bayes = pd.DataFrame({"bayes_error": [network_experiments.bayes_error(classes)]})
    return {"grids": grids, "points": classes.points(), "bayes": bayes}


def _draw_boundaries(tables: Tables) -> Figure:
    return figures.decision_boundaries(tables["grids"], tables["points"], float(tables["bayes"]["bayes_error"].iloc[0]))


def _overfitting(seed: int) -> Tables:
    classes = TwoClasses(_POINTS, seed)
    settings: Settings = {
        "full batch": {"epochs": 2000},
        "full batch, weight decay 2": {"epochs": 2000, "weight_decay": 4 / _POINTS},
        "mini-batches of 10": {"epochs": 500, "batch": 10},
        "online": {"epochs": 100, "batch": 1},
    }
    trained = {name: classes.train(networks=20, measure_every=5, **options) for name, options in settings.items()}
    return {"losses": network_experiments.losses_in_time(trained)}


def _draw_overfitting(tables: Tables) -> Figure:
    return figures.losses_in_time(tables["losses"])


def _choices(seed: int) -> Tables:
    classes = TwoClasses(_POINTS, seed)
    usual: dict[str, Any] = {"networks": 20, "epochs": 1000, "measure_every": 1000}
    units = (1, 2, 3, 5, 8, 12, 20, 40)
    decays = (0, 0.01, 0.03, 0.1, 0.3, 1, 3)
    batches = (1, 10, None)
    tables = [
        network_experiments.by_choice("hidden units", units, [classes.train(hidden=h, **usual) for h in units]),
        network_experiments.by_choice(
            "weight decay", decays, [classes.train(weight_decay=2 * c / _POINTS, **usual) for c in decays]
        ),
        network_experiments.by_choice(
            "rows a step, 100 epochs",
            ("1", "10", "100"),
            [classes.train(networks=20, epochs=100, measure_every=100, batch=b) for b in batches],
        ),
        network_experiments.digits_with_augmentation(images=200, networks=8, epochs=100, seed=seed),
    ]
    return {"choices": pd.concat(tables, ignore_index=True)}


def _draw_choices(tables: Tables) -> Figure:
    return figures.choices(tables["choices"])


def _activations(seed: int) -> Tables:
    h = np.linspace(-3, 3, 301)
    names = ("sigmoid", "tanh", "relu", "leaky_relu")
    shapes = [pd.DataFrame({"activation": name, "h": h, "value": ACTIVATIONS[name].value(h)}) for name in names]
    shapes.append(pd.DataFrame({"activation": "Heaviside", "h": h, "value": np.heaviside(h, 0.5)}))
    classes = TwoClasses(_POINTS, seed)
    trained = {name: classes.train(networks=20, epochs=1000, measure_every=10, activation=name) for name in names}
    return {"shapes": pd.concat(shapes, ignore_index=True), "losses": network_experiments.losses_in_time(trained)}


def _draw_activations(tables: Tables) -> Figure:
    return figures.activations(tables["shapes"], tables["losses"])


_MIXTURE = (
    f"{_POINTS} training points of a two-class mixture of ten Gaussians each (Hastie, Tibshirani and Friedman 2009, "
    "section 2.3.3)"
)
_NETWORK = "one hidden layer of 20 tanh units, cross-entropy, full-batch Adam of rate 0.02"

ENTRIES = {
    "generalisation-curve-fits": Entry(
        "Least-squares polynomials of degree M on N points of a sine with Gaussian noise of 0.3. Upper row: Bishop's "
        "ten points. Lower row: degree 9 with more points (drawn), and on the ten points with a penalty lambda |w|^2.",
        _curve_fits,
        _draw_curve_fits,
    ),
    "generalisation-fit-errors": Entry(
        f"Root of the mean squared errors of polynomials fitted to ten points: means over {_DATA_SETS} data sets with "
        "two standard errors, beside the exact expectations. Left: by degree; at 9 the fit goes through all points. "
        "Right: degree 9 with a ridge. The grey line is the noise, 0.3.",
        _fit_errors,
        _draw_fit_errors,
    ),
    "generalisation-boundaries": Entry(
        f"Decision boundaries on {_MIXTURE}; {_NETWORK}. Upper row: 2000 epochs, with a weight decay c |w|^2 of the "
        "summed loss. Lower row: without decay, stopped after 10, 50, 100 epochs. Dashed: Bayes' boundary. Test errors "
        "are on 1000 points.",
        _boundaries,
        _draw_boundaries,
    ),
    "generalisation-overfitting": Entry(
        f"Mean losses of 20 networks by epoch, with two standard errors, on {_MIXTURE}; {_NETWORK} unless "
        "the panel says otherwise. Past the least test loss (dot) the training loss goes on towards zero, and the test "
        "loss rises.",
        _overfitting,
        _draw_overfitting,
    ),
    "generalisation-choices": Entry(
        "Mean losses of 20 networks against what one chooses before training, with two standard errors, on "
        f"{_MIXTURE}; {_NETWORK}, 1000 epochs, unless the panel says otherwise. Weight decay is c of c |w|^2 beside "
        "the summed loss. Lower right: 200 of the real digits that scikit-learn ships, 8 networks of 40 ReLU units, "
        "100 epochs, with random shifts of up to half a pixel and rotations of up to 8 degrees.",
        _choices,
        _draw_choices,
    ),
    "generalisation-activations": Entry(
        "Left: activation functions; Heaviside's has no slope to follow and is not trained. Right: mean training "
        f"losses of 20 networks by epoch on {_MIXTURE}; one hidden layer of 20 units, cross-entropy, full-batch "
        "Adam of rate 0.02.",
        _activations,
        _draw_activations,
    ),
}
