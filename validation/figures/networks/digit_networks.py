"""Figures of networks trained on digits: losses by size, the index of solutions, and optimisers."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, NullLocator

from spinglass.networks.data import Digits
from validation.experiments.networks import digits, digits_summary
from validation.figures.entry import Tables
from validation.figures.style import (
    BAND,
    CURVES,
    SIMULATION,
    THEORY,
    grid_of,
    legend_above,
    letter,
    panels,
)
from validation.series import Effort

TRAINING = (
    "ReLU networks with one hidden layer, without biases, trained on {images} for "
    "{epochs} epochs by SGD in batches of 10 with rate 0.1/(1 + 0.05 epoch) and cross-entropy loss"
)


STARTS = (
    "Starting weights are uniform in [-1, 1] (uniform, as published) or in sqrt(6/fan-in) [-1, 1] (fan-in).{differ}"
)


class EffortFigure(NamedTuple):
    """One figure at any effort: its tables, its drawing, and a caption with fields for the sizes of the effort.

    The tables depend on the effort, the seed and the images; None stands for the digits of scikit-learn.
    """

    tables: Callable[[Effort, int, Digits | None], Tables]
    draw: Callable[[Tables], Figure]
    caption: str


FIGURES: dict[str, EffortFigure] = {}


def all_losses(effort: Effort, seed: int, data: Digits | None) -> pd.DataFrame:
    """Return the losses of networks of all sizes from both kinds of starts, named in the column ``starts``."""
    tables = [digits.losses(effort, seed, starts, data).assign(starts=starts) for starts in digits.STARTS]
    return pd.concat(tables, ignore_index=True)


def _networks(effort: Effort, seed: int, data: Digits | None) -> Tables:
    losses = all_losses(effort, seed, data)
    return {"losses": losses, "summary": digits_summary.by_size(losses)}


def train_against_test(losses: pd.DataFrame, summary: pd.DataFrame) -> Figure:
    """Draw test loss against training loss and their correlation with its interval, one panel per size.

    Parameters
    ----------
    losses : pandas.DataFrame
        One row per network: hidden, train_loss, test_loss.
    summary : pandas.DataFrame
        One row per size: hidden, correlation, correlation_low, correlation_high.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    sizes = sorted(losses["hidden"].unique())
    figure, axes = grid_of(len(sizes), -(-len(sizes) // 2), 1.9, narrow=2)
    titles = []
    for axis, hidden in zip(axes, sizes, strict=True):
        chosen = losses[losses["hidden"] == hidden]
        row = summary[summary["hidden"] == hidden].iloc[0]
        axis.plot(chosen["train_loss"], chosen["test_loss"], ".", ms=3, color=SIMULATION, rasterized=len(chosen) > 2000)
        low, high = row["correlation_low"], row["correlation_high"]
        titles.append(f"{hidden} units\n$r = {row['correlation']:.2f}$ [{low:.2f}, {high:.2f}]")
        axis.xaxis.set_major_locator(MaxNLocator(3))
        axis.yaxis.set_major_locator(MaxNLocator(4))
    letter(axes, titles)
    figure.supxlabel("training loss", fontsize="medium")
    figure.supylabel("test loss", fontsize="medium")
    return figure


def _draw_scatter(tables: Tables) -> Figure:
    losses, summary = (table[table["starts"] == "fan-in"] for table in (tables["losses"], tables["summary"]))
    return train_against_test(losses, summary)


FIGURES["train-test"] = EffortFigure(
    _networks,
    _draw_scatter,
    f"Test against training loss, one dot per network: {TRAINING}; {{networks}} networks per size, starting "
    "weights uniform in sqrt(6/fan-in) [-1, 1]. Pearson's correlation with its 98% interval (Fisher's z).",
)


def losses_by_size(summary: pd.DataFrame) -> Figure:
    """Draw mean and standard deviation of the test loss, and the train/test correlation, against size.

    Parameters
    ----------
    summary : pandas.DataFrame
        Columns starts, hidden and, for mean, deviation and correlation, the value, _low and _high.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, grid = panels(1, 3, 2.3, 0.3, narrow=(3, 1))
    axes = grid.ravel()
    names = {"mean": "mean", "deviation": "standard deviation", "correlation": "correlation"}
    looks = zip(dict.fromkeys(summary["starts"]), (SIMULATION, THEORY), ("o-", "s--"), (0.97, 1.03), strict=False)
    for kind, colour, look, shift in looks:
        chosen = summary[summary["starts"] == kind]
        for axis, name in zip(axes, names, strict=True):
            middle = chosen[name]
            bars = [middle - chosen[f"{name}_low"], chosen[f"{name}_high"] - middle]
            axis.errorbar(chosen["hidden"] * shift, middle, bars, fmt=look, color=colour, ms=4, lw=1, label=kind)
    sizes = sorted(summary["hidden"].unique())
    for axis, title in zip(axes, names.values(), strict=True):
        axis.set(xscale="log", xlabel="hidden units", ylabel=title)
        axis.set_xticks(sizes, sizes)
        axis.xaxis.set_minor_locator(NullLocator())
    letter(axes, ["test loss", "test loss", "both losses"])
    for axis, digits_shown in zip(axes[:2], ((1, 1.5, 2, 3, 5, 7), (1, 2, 5)), strict=True):
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.yaxis.set_major_locator(LogLocator(subs=digits_shown))
    axes[2].axhline(0, color=BAND, lw=0.8)
    handles, kinds = axes[0].get_legend_handles_labels()
    legend_above(figure, handles, [f"starts: {kind}" for kind in kinds])
    return figure


FIGURES["by-size"] = EffortFigure(
    _networks,
    lambda tables: losses_by_size(tables["summary"]),
    "(a) Mean and (b) standard deviation of the test loss over starts, and (c) its correlation with the training loss, "
    f"against the number of hidden units, with 98% intervals for normal losses: {TRAINING}; {{networks}} networks per "
    f"size. {STARTS}",
)


def _indices(effort: Effort, seed: int, data: Digits | None) -> Tables:
    return {"indices": digits.indices(effort, seed, data=data)}


def solution_indices(indices: pd.DataFrame) -> Figure:
    """Draw the share of negative eigenvalues against size: a marker if exact, else a bar between two bounds.

    Parameters
    ----------
    indices : pandas.DataFrame
        Columns hidden, network, parameters, low, high, relative_low, relative_high.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, axes = panels(1, 1, 2.8, 0.3, wide=False)
    axis = axes[0, 0]
    sizes = sorted(indices["hidden"].unique())
    for prefix, colour, marker, shift in (("", SIMULATION, "o", -0.13), ("relative_", THEORY, "s", 0.13)):
        label = "below $-0.001$" if not prefix else "below $-0.001$ times the largest"
        for place, hidden in enumerate(sizes):
            chosen = indices[indices["hidden"] == hidden]
            low, high = (chosen[prefix + end] / chosen["parameters"] for end in ("low", "high"))
            spread = [place + shift + 0.2 * (k / max(len(chosen) - 1, 1) - 0.5) for k in range(len(chosen))]
            axis.vlines(spread, low, high, color=colour, lw=1.2)
            exact = (low == high).to_numpy()
            at = [x for x, known in zip(spread, exact, strict=True) if known]
            axis.plot(at, high[exact], marker, color=colour, ms=4, clip_on=False, label=label if place == 0 else None)
            for end in (low, high):
                axis.plot(spread, end, "_", color=colour, ms=4, clip_on=False)
    axis.set_xticks(range(len(sizes)), [str(hidden) for hidden in sizes])
    axis.set(xlabel="hidden units", ylabel="negative eigenvalues / parameters", ylim=(0, None))
    handles, labels = axis.get_legend_handles_labels()
    legend_above(figure, handles, labels)
    return figure


FIGURES["index"] = EffortFigure(
    _indices,
    lambda tables: solution_indices(tables["indices"]),
    "Normalised index at the end of training: number of eigenvalues of the training loss's Hessian below a threshold "
    f"(-0.001, or -0.001 times the largest eigenvalue), divided by the number of parameters. {TRAINING}; {{indexed}} "
    f"networks per size, starting weights uniform in [-1, 1]. Exact (markers) up to {{exact_up_to}} parameters; for "
    "more, a bar between two proven bounds, or a marker where they are equal.",
)


def _optimisers(effort: Effort, seed: int, data: Digits | None) -> Tables:
    history = digits.optimisers(effort, seed, data=data)
    return {"history": history, "paths": digits_summary.paths(history)}


def optimiser_paths(paths: pd.DataFrame) -> Figure:
    """Draw training and test loss against the epoch: means over networks, and the range of their extremes.

    Parameters
    ----------
    paths : pandas.DataFrame
        Columns optimiser, data (train, test), epoch, mean, lowest, highest.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, grid = panels(1, 2, 2.7, 0.5, narrow=(2, 1), sharey=True)
    axes = grid.ravel()
    for axis, data, title in zip(axes, ("train", "test"), ("training", "test"), strict=True):
        for (name, chosen), (colour, dashes) in zip(
            paths[paths["data"] == data].groupby("optimiser", sort=False), CURVES, strict=False
        ):
            axis.fill_between(chosen["epoch"], chosen["lowest"], chosen["highest"], color=colour, alpha=0.15, lw=0)
            axis.plot(chosen["epoch"], chosen["mean"], ls=dashes, color=colour, lw=1.3, label=name)
        axis.set(yscale="log", xlabel="epoch", ylabel=f"{title} loss")
    letter(axes)
    legend_above(figure, *axes[0].get_legend_handles_labels())
    return figure


FIGURES["optimisers"] = EffortFigure(
    _optimisers,
    lambda tables: optimiser_paths(tables["paths"]),
    "(a) Training and (b) test losses over epochs by optimiser: means (lines) and extremes (shaded) of 8 networks of "
    "50 hidden units, trained on {images}; cross-entropy, starting weights uniform in sqrt(6/fan-in) [-1, 1]. SGD: "
    "rates 0.1 (batches of 10) and 0.01 (online), both divided by 1 + 0.05 epoch, and 0.5 (full batch); momentum 0.9 "
    "with rate 0.01; RMSProp and Adam with rate 0.001.",
)
