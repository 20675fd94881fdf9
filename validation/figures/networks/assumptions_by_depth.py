"""The figure of the seven assumptions of the path model on real networks: which one breaks, and by how much."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from spinglass.networks.architecture import Architecture
from theory.networks import shared_weights
from validation.experiments.networks import path_assumptions
from validation.figures.entry import Entry, Tables
from validation.figures.style import BAND, SIMULATION, THEORY, legend_above, letter, panels

ENTRIES: dict[str, Entry] = {}

_DEPTHS, _WIDTH, _NETWORKS, _EPOCHS, _PIXELS = (2, 3, 4, 5, 6), 50, 5, 10, 64


def _deviations(seed: int) -> Tables:
    tables = path_assumptions.deviations(_DEPTHS, _WIDTH, _NETWORKS, _EPOCHS, seed)
    return {"deviations": tables, "random": _random_weights()}


def _random_weights() -> pd.DataFrame:
    """Return what few distinct weights change, and how unequally their tuples are used, if weights are random."""
    rows = []
    for H in _DEPTHS:
        layers = Architecture.of((_PIXELS, *[_WIDTH] * (H - 1), 1))
        of_few_weights = (layers.widths, round(layers.Lambda))
        rows.append((H, "redundancy", shared_weights.sign_changes_by_rounding(*of_few_weights)))
        rows.append((H, "uniformity", shared_weights.tuple_scatter_at_random(*of_few_weights)))
    return pd.DataFrame(rows, columns=["H", "assumption", "deviation"])


def assumption_deviations(deviations: pd.DataFrame, random: pd.DataFrame) -> Figure:
    """Draw the deviation from each assumption against depth, before and after training, one panel per assumption.

    Parameters
    ----------
    deviations : pandas.DataFrame
        One row per network, state and assumption: H, state (before, after), assumption, deviation.
    random : pandas.DataFrame
        Predictions for random weights: H, assumption, deviation.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    names = [name for name in path_assumptions.ASSUMPTIONS if name in set(deviations["assumption"])]
    figure, grid = panels(2, 4, 1.7, 0.4, narrow=(4, 2))
    axes = grid.ravel()
    for axis, name in zip(axes, names, strict=False):
        chosen = deviations[deviations["assumption"] == name]
        for state, colour, look, shift in (("before", SIMULATION, "o--", -0.08), ("after", THEORY, "s-", 0.08)):
            groups = chosen[chosen["state"] == state].groupby("H")["deviation"]
            mean, error = groups.mean(), groups.sem().fillna(0)
            axis.errorbar(
                mean.index + shift, mean, error, fmt=look, color=colour, ms=4, lw=1, label=f"{state} training"
            )
        expected = random[random["assumption"] == name]
        axis.plot(expected["H"], expected["deviation"], ":", color=BAND, lw=1.4)
        axis.axhline(0, color="black", lw=0.6)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.yaxis.set_major_locator(MaxNLocator(4))
    for axis in axes[len(names) :]:
        axis.remove()
    letter(axes[: len(names)], [path_assumptions.ASSUMPTIONS[name] for name in names])
    figure.supxlabel("number of weight layers $H$", fontsize="medium")
    figure.supylabel("deviation (0: holds)", fontsize="medium")
    legend_above(figure, *axes[0].get_legend_handles_labels())
    return figure


ENTRIES["path-assumptions"] = Entry(
    "Deviations of real ReLU networks from the seven assumptions that lead from a network to the spin glass, by number "
    "of weight layers H, before and after training; each is 0 if the assumption holds. Networks have hidden layers of "
    f"{_WIDTH} units, no biases and one linear output. They are trained for {_EPOCHS} epochs by Adam with the hinge "
    "loss to tell digits below 5 from the others (scikit-learn's digits, 8 x 8 pixels; 300 test digits as inputs). "
    f"Means and standard errors of {_NETWORKS} networks. Sums over all paths are exact. (a) Variance of the paths' "
    "rates of activity over rho(1 - rho). (b) Fraction of inputs whose predicted sign changes when only "
    "Lambda distinct weights are kept; dotted: rounding in a wide network with random weights. (c) Squared relative "
    "scatter of how often each H-tuple of these weights occurs on paths; dotted: weights placed at random. (d) "
    "Kolmogorov distance of the standardised inputs from a normal distribution. (e) Mean squared correlation of a "
    "path's activity and its input. (f) Mean squared correlation of the activities of two paths. (g) Mean squared "
    "weight relative to that before training, minus 1.",
    _deviations,
    lambda tables: assumption_deviations(tables["deviations"], tables["random"]),
    seconds=12,
)
