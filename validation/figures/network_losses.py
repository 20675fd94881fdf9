"""Losses of trained networks by size: how they are spread, and how training and test loss go together."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from validation.figures.style import BAND, SIMULATION, THEORY


def test_loss_distributions(losses: pd.DataFrame) -> Figure:
    """Draw one row a size and one column a kind of starts: histograms of the test loss.

    ``losses`` has columns starts, hidden, test_loss, one row a network.
    """
    kinds, sizes = list(dict.fromkeys(losses["starts"])), sorted(losses["hidden"].unique())
    figure = Figure(figsize=(7.0, 0.9 + 0.7 * len(sizes)), layout="constrained")
    axes = figure.subplots(len(sizes), len(kinds), sharex="col", squeeze=False)
    for column, kind in enumerate(kinds):
        chosen = losses[losses["starts"] == kind]
        bins = np.linspace(chosen["test_loss"].min(), np.quantile(chosen["test_loss"], 0.98), 41)
        for axis, hidden in zip(axes[:, column], sizes, strict=True):
            values = chosen.loc[chosen["hidden"] == hidden, "test_loss"]
            axis.hist(values, bins=bins, color=SIMULATION)
            axis.axvline(values.mean(), color=THEORY, lw=1.5)
            axis.text(0.98, 0.9, f"{hidden} units", transform=axis.transAxes, ha="right", va="top", fontsize="small")
            axis.set_yticks([])
            axis.margins(y=0.3)  # room for the label
            axis.spines[["top", "left", "right"]].set_visible(False)
        axes[0, column].set_title(f"starts: {kind}", fontsize="medium")
        axes[-1, column].set_xlabel("test loss (vertical line: mean)")
    return figure


def train_against_test(losses: pd.DataFrame, summary: pd.DataFrame) -> Figure:
    """Draw one panel a size: test loss against training loss, and the correlation with its interval.

    ``losses`` has columns hidden, train_loss, test_loss; ``summary`` hidden, correlation, correlation_low and _high.
    """
    sizes = sorted(losses["hidden"].unique())
    figure = Figure(figsize=(7.0, 2.2), layout="constrained")
    for axis, hidden in zip(figure.subplots(1, len(sizes), squeeze=False)[0], sizes, strict=True):
        chosen = losses[losses["hidden"] == hidden]
        row = summary[summary["hidden"] == hidden].iloc[0]
        axis.plot(chosen["train_loss"], chosen["test_loss"], ".", ms=3, color=SIMULATION, rasterized=len(chosen) > 2000)
        low, high = row["correlation_low"], row["correlation_high"]
        axis.set_title(f"{hidden} units\n$r = {row['correlation']:.2f}$\n[{low:.2f}, {high:.2f}]", fontsize="small")
        axis.tick_params(labelsize="x-small")
        axis.locator_params(nbins=2, axis="x")
        axis.locator_params(nbins=4, axis="y")
    figure.supxlabel("training loss", fontsize="medium")
    figure.supylabel("test loss", fontsize="medium")
    return figure


def losses_by_size(summary: pd.DataFrame) -> Figure:
    """Draw mean and standard deviation of the test loss, and the train/test correlation, against size, with intervals.

    ``summary`` has columns starts, hidden and, for mean, deviation, correlation, the value, its low and its high.
    """
    figure = Figure(figsize=(7.0, 2.5), layout="constrained")
    names = {"mean": "mean test loss", "deviation": "its standard deviation", "correlation": "train/test correlation"}
    axes = figure.subplots(1, 3)
    looks = zip(dict.fromkeys(summary["starts"]), (SIMULATION, THEORY), ("o-", "s--"), (0.97, 1.03), strict=False)
    for kind, colour, look, shift in looks:
        chosen = summary[summary["starts"] == kind]
        for axis, name in zip(axes, names, strict=True):
            middle = chosen[name]
            bars = [middle - chosen[f"{name}_low"], chosen[f"{name}_high"] - middle]
            axis.errorbar(chosen["hidden"] * shift, middle, bars, fmt=look, color=colour, ms=4, lw=1, label=kind)
    for axis, title in zip(axes, names.values(), strict=True):
        axis.set_xscale("log")
        axis.set_xticks(sorted(summary["hidden"].unique()), sorted(summary["hidden"].unique()), fontsize="small")
        axis.xaxis.set_minor_locator(NullLocator())
        axis.set_title(title, fontsize="medium")
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[:2]:
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.tick_params(axis="y", labelsize="small")
    axes[2].axhline(0, color=BAND, lw=0.8)
    axes[1].set_xlabel("hidden units")
    axes[2].legend(title="starts", fontsize="small", title_fontsize="small", frameon=False)
    return figure
