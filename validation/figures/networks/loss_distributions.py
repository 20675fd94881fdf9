"""The figure of test losses by size, and of their shape beside that of the energies of a spin glass."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from spinglass.networks.data import Digits
from validation.experiments.networks import digits_summary, glass_descents
from validation.experiments.networks.shapes import standardised
from validation.figures.entry import Tables
from validation.figures.networks.digit_networks import STARTS, TRAINING, EffortFigure, all_losses
from validation.figures.style import OTHER_SIMULATION, SIMULATION, THEORY, legend_above, letter, panels
from validation.series import Effort

_H = 3
_SHAPES = np.linspace(-3, 4, 29).tolist()  # bins of standardised losses; the outermost also count what lies beyond


def _compared(effort: Effort, seed: int, data: Digits | None) -> Tables:
    losses, energies = all_losses(effort, seed, data), glass_descents.glasses(effort, seed, _H, ("sgd",))
    return {"losses": losses, "energies": energies, "fits": digits_summary.fitted_glasses(losses, energies, seed)}


def test_loss_distributions(losses: pd.DataFrame, energies: pd.DataFrame, fits: pd.DataFrame) -> Figure:
    """Draw histograms of the test loss by size and kind of starts, and of their shape beside that of a spin glass.

    Parameters
    ----------
    losses : pandas.DataFrame
        One row per network: starts, hidden, test_loss.
    energies : pandas.DataFrame
        One row per descent of a spin glass: n, sample, energy_per_spin.
    fits : pandas.DataFrame
        The spin glass fitted to the losses of each size and kind of starts: starts, hidden, size, p_value. The last
        column of panels shows the first kind of starts.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    kinds, sizes = list(dict.fromkeys(losses["starts"])), sorted(losses["hidden"].unique())
    figure, axes = panels(len(sizes), len(kinds) + 1, 1.05, 0.5, sharex="col")
    titles = []
    for row, hidden in enumerate(sizes):
        for column, kind in enumerate(kinds):
            chosen = losses[losses["starts"] == kind]
            bins = np.linspace(chosen["test_loss"].min(), np.quantile(chosen["test_loss"], 0.98), 41)
            values = chosen.loc[chosen["hidden"] == hidden, "test_loss"]
            *_, bars = axes[row, column].hist(values, bins=bins, color=SIMULATION, alpha=0.65)
            mean = axes[row, column].axvline(values.mean(), color=THEORY, lw=1.5, label="mean")
            titles.append(f"{hidden} units\n{kind}")
        fit = fits[(fits["hidden"] == hidden) & (fits["starts"] == kinds[0])].iloc[0]
        outline = _shape(axes[row, -1], losses, energies, fit)
        titles.append(f"$\\Lambda = {fit['size']}$\n$p = {fit['p_value']:.3f}$")
    for axis in axes.ravel():
        axis.yaxis.set_major_locator(MaxNLocator(2, integer=True))
    for axis in axes[-1, :-1]:
        axis.set_xlabel("test loss")
    axes[-1, -1].set_xlabel("rescaled")
    letter(axes.ravel(), titles)
    figure.supylabel("number of networks", fontsize="medium")
    legend_above(figure, [bars, mean, outline], ["networks", "their mean", "spin glass"])  # pyrefly: ignore[unbound-name]  # the table has rows
    return figure


def _shape(axis: Axes, losses: pd.DataFrame, energies: pd.DataFrame, fit: "pd.Series[float]") -> object:
    """Draw the standardised losses of one size over the standardised energies of the fitted spin glass."""
    chosen = losses[(losses["starts"] == fit["starts"]) & (losses["hidden"] == fit["hidden"])]
    values = standardised(chosen["test_loss"].dropna().to_numpy())
    ends = standardised(digits_summary.by_landscape(energies)[int(fit["size"])]).ravel()
    inside = (_SHAPES[0], _SHAPES[-1] - 1e-9)
    axis.hist(np.clip(values, *inside), bins=_SHAPES, color=SIMULATION, alpha=0.65)
    weights = np.full(len(ends), len(values) / len(ends))
    axis.hist(
        np.clip(ends, *inside),
        bins=_SHAPES,
        weights=weights,
        histtype="step",
        color=OTHER_SIMULATION,
        lw=1.4,
        label="spin glass",
    )
    return axis.get_legend_handles_labels()[0][-1]


FIGURES = {
    "test-losses": EffortFigure(
        _compared,
        lambda tables: test_loss_distributions(tables["losses"], tables["energies"], tables["fits"]),
        f"Left and middle: test losses of {TRAINING}; {{networks}} networks per size, one row per number of hidden "
        f"units. {STARTS} Histograms end at the 98th percentile of each column. Right: the losses of the first column, "
        "shifted and scaled to mean 0 and standard deviation 1, beside the energies per spin at which SGD of the "
        "spherical 3-spin model ends, scaled in the same way in each landscape. Lambda is the number of spins, among "
        "{glass_sizes}, with the smallest Kolmogorov-Smirnov distance ({glasses} landscapes of {starts} starts per "
        "size). p: probability of a distance at least as large between as many energies from one landscape and those "
        "of the others. Many descents of a small landscape end at the same energies, so that these distances are "
        "larger than those of independent numbers, and the best size is chosen: a large p is no evidence for the spin "
        "glass. The table of fits also has the distance at which p is 0.01; only larger ones are noticed.",
    )
}
