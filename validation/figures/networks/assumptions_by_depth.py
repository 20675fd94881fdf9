"""The figure of the seven assumptions of the path model on real networks: which one breaks, and by how much."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from validation.experiments.networks import path_assumptions
from validation.figures.entry import Entry, Tables
from validation.figures.style import SIMULATION, THEORY, legend_above, letter, panels

ENTRIES: dict[str, Entry] = {}

_DEPTHS, _WIDTH, _NETWORKS, _EPOCHS = (2, 3, 4, 5, 6), 50, 5, 10


def _deviations(seed: int) -> Tables:
    return {"deviations": path_assumptions.deviations(_DEPTHS, _WIDTH, _NETWORKS, _EPOCHS, seed)}


def assumption_deviations(deviations: pd.DataFrame) -> Figure:
    """Draw the deviation from each assumption against depth, before and after training, one panel per assumption.

    Parameters
    ----------
    deviations : pandas.DataFrame
        One row per network, state and assumption: H, state (before, after), assumption, deviation.

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
    "rates of activity over rho(1 - rho). (b) Fraction of inputs whose predicted sign changes when only Lambda "
    "distinct weights are kept. (c) Squared relative scatter of how often each H-tuple of these weights occurs on "
    "paths; 1 is that of random placement. (d) Kolmogorov distance of the standardised inputs from a "
    "normal distribution. (e) Mean squared correlation of a path's activity and its input. (f) Mean squared "
    "correlation of the activities of two paths. (g) Mean squared weight relative to that before training, minus 1.",
    _deviations,
    lambda tables: assumption_deviations(tables["deviations"]),
    seconds=12,
)
