"""The figures of Choromanska et al. (2015), section 5, on the digits that scikit-learn ships."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import theory
from validation import digits_experiment, digits_summary, experiments, figures
from validation.claim import Effort
from validation.gallery.entry import Entry, Tables

_H = 3


def _losses(effort: Effort, seed: int) -> pd.DataFrame:
    tables = [
        digits_experiment.losses(effort, seed, starts).assign(starts=starts) for starts in digits_experiment.STARTS
    ]
    return pd.concat(tables, ignore_index=True)


def _glass(effort: Effort, seed: int) -> Tables:
    ends = digits_experiment.glasses(effort, seed, _H)
    energies = np.linspace(-1.75, -1.0, 301)
    return {"ends": ends, "minima": experiments.densities_of_minima(sorted(ends["n"].unique()), _H, energies)}


def _draw_glass(tables: Tables) -> Figure:
    return figures.glass_ends(tables["ends"], tables["minima"], float(theory.E_inf(_H)), float(theory.E_0(_H)))


def _networks(effort: Effort, seed: int) -> Tables:
    losses = _losses(effort, seed)
    return {"losses": losses, "summary": digits_summary.by_size(losses)}


def _draw_scatter(tables: Tables) -> Figure:
    losses, summary = (table[table["starts"] == "fan-in"] for table in (tables["losses"], tables["summary"]))
    return figures.train_against_test(losses, summary)


def _indices(effort: Effort, seed: int) -> Tables:
    return {"indices": digits_experiment.indices(effort, seed)}


def _optimisers(effort: Effort, seed: int) -> Tables:
    history = digits_experiment.optimisers(effort, seed)
    return {"history": history, "paths": digits_summary.paths(history)}


_TRAINING = (
    "ReLU networks with one hidden layer, without biases, trained on {images} of 8 x 8 pixels (scikit-learn's) for "
    "{epochs} epochs of SGD in batches of 10, the rate 0.1/(1 + 0.05 epoch), cross-entropy"
)
_STARTS = (
    "Starts: weights uniform in [-1, 1] (uniform, as published), or in sqrt(6/fan-in) [-1, 1] (fan-in). The digits are "
    "not those of the paper (MNIST at 10 x 10)."
)
_CAPTIONS = {
    "glass": "Energies per spin where descents of the spherical 3-spin glass end, Lambda = {glass_sizes}; {glasses} "
    "landscapes a size, {starts} uniform starts in each: 200 epochs of SGD (the couplings in ten parts, one used a "
    "step, the rate 0.1/(1 + 0.1 epoch)), and gradient flow. Dashed: the exact mean density of minima at the same "
    "Lambda (Auffinger, Ben Arous and Černý 2013, Theorem 2.1); it counts every minimum once and is not the law of "
    "where descents end. Grey: the band [-E_0, -E_inf], where low-index points lie as Lambda grows.",
    "test-losses": f"Test losses of {_TRAINING}; {{networks}} networks a size. {_STARTS} Histograms end at the 98th "
    "percentile of each column.",
    "train-test": f"Test against training loss, one dot a network: {_TRAINING}; {{networks}} networks a size, starts "
    "fan-in. Pearson's correlation with its 98% interval (Fisher's z).",
    "by-size": "Mean and standard deviation of the test loss over starts, and its correlation with the training loss, "
    f"against the number of hidden units, with 98% intervals: {_TRAINING}; {{networks}} networks a size. {_STARTS}",
    "index": "Normalised index where training ends: eigenvalues of the training loss's full Hessian below a threshold, "
    f"over the number of parameters. {_TRAINING}; {{indexed}} networks a size, weights uniform in [-1, 1] at the "
    "start. Exact (markers) up to {exact_up_to} parameters, above that a bar between two proven bounds.",
    "optimisers": "Losses over epochs by optimiser, means and extremes of 8 networks of 50 hidden units; {images}, "
    "cross-entropy, starts fan-in. SGD: rates 0.1 (batches of 10), 0.01 (online), both over 1 + 0.05 epoch, and 0.5 "
    "(full batch); momentum 0.9 with rate 0.01; RMSProp and Adam with rate 0.001.",
}
_TABLES: dict[str, Callable[[Effort, int], Tables]] = {
    "glass": _glass,
    "test-losses": _networks,
    "train-test": _networks,
    "by-size": _networks,
    "index": _indices,
    "optimisers": _optimisers,
}
_DRAWINGS: dict[str, Callable[[Tables], Figure]] = {
    "glass": _draw_glass,
    "test-losses": lambda tables: figures.test_loss_distributions(tables["losses"]),
    "train-test": _draw_scatter,
    "by-size": lambda tables: figures.losses_by_size(tables["summary"]),
    "index": lambda tables: figures.solution_indices(tables["indices"]),
    "optimisers": lambda tables: figures.optimiser_paths(tables["paths"]),
}


def entries(effort: Effort) -> dict[str, Entry]:
    """Return the figures at an effort: ``"quick"`` takes a minute, ``"paper"`` the published numbers of networks.

    Examples
    --------
    >>> list(entries("paper"))[:2]
    ['choromanska-glass', 'choromanska-test-losses']
    """
    size = digits_experiment.EFFORTS[effort]
    images = "all training digits" if size.images is None else f"{size.images} digits"
    glass_sizes = ", ".join(map(str, digits_experiment.GLASS_SIZES[effort]))
    given = asdict(size) | {"images": images, "glass_sizes": glass_sizes}
    return {
        f"choromanska-{name}": Entry(
            caption.format(**given), partial(_TABLES[name], effort), _DRAWINGS[name], at=partial(_at, name)
        )
        for name, caption in _CAPTIONS.items()
    }


def _at(name: str, effort: Effort) -> Entry:
    return entries(effort)[f"choromanska-{name}"]


ENTRIES = entries("quick")
