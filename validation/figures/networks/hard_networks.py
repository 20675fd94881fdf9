"""Figures of small networks with hard landscapes."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from validation.experiments.networks import small_networks
from validation.figures.entry import Entry, Tables
from validation.figures.style import EMPHASIS, SIMULATION, SURFACE, THEORY, legend_above, letter, panels

ENTRIES: dict[str, Entry] = {}

_POINTS = 50


def _two_parameters(seed: int) -> Tables:
    surface = small_networks.noisy_line(_POINTS, seed)
    starts = np.array([[0.05, -0.04], [-0.05, 0.03], [-15.0, 6.0], [17.0, -3.0], [3.0, 17.0], [-9.0, -16.0]])
    return {
        "surface": small_networks.surface_grid(surface, 20, 121),
        "descents": small_networks.descents(surface, starts),
    }


def two_parameter_surface(surface: pd.DataFrame, descents: pd.DataFrame, product: float) -> Figure:
    """Draw the loss, the saddle at the origin, the hyperbola of minima, and descents to it.

    Parameters
    ----------
    surface : pandas.DataFrame
        Columns w1, w2, loss on a full grid.
    descents : pandas.DataFrame
        One row per step: descent, w1, w2.
    product : float
        The value of w_1 w_2 at minima.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    grid = surface.pivot_table(index="w2", columns="w1", values="loss")
    x, y, loss = grid.columns.to_numpy(), grid.index.to_numpy(), grid.to_numpy()
    figure, axes = panels(1, 2, 3.2, 0.3, narrow=(2, 1))
    place, flat = axes.ravel()
    solid: Any = figure.add_subplot(place.get_subplotspec(), projection="3d")
    place.remove()
    X, Y = np.meshgrid(x, y)
    # The square root of the loss is a valley with straight sides, which a grid resolves; its logarithm is not.
    solid.plot_surface(X, Y, np.sqrt(loss), cmap=SURFACE, lw=0, rcount=60, ccount=60, rasterized=True)
    solid.set(xlabel="$w_1$", ylabel="$w_2$", zticks=np.arange(0, np.sqrt(loss.max()), 1000), facecolor="none")
    solid.text2D(0.9, 0.9, r"$\sqrt{E}$", transform=solid.transAxes)
    solid.tick_params(labelsize="small", pad=-2)
    solid.view_init(elev=38, azim=-62)
    flat.contour(x, y, np.sqrt(loss), levels=20, cmap=SURFACE, linewidths=0.8)
    side = np.geomspace(product / y.max(), x.max(), 101)
    for branch in (side, -side):
        (line,) = flat.plot(branch, product / branch, color=THEORY, lw=2.5)
    for _, path in descents.groupby("descent"):
        (track,) = flat.plot(path["w1"], path["w2"], color=SIMULATION, lw=1.2)
        flat.plot(path["w1"].iloc[-1], path["w2"].iloc[-1], "o", color=SIMULATION, ms=4)
    (saddle,) = flat.plot(0, 0, "X", color=EMPHASIS, ms=8)
    flat.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    legend_above(figure, [saddle, line, track], ["strict saddle", "minima", "gradient flow"])  # pyrefly: ignore[unbound-name]  # the table has rows
    letter((solid, flat))
    return figure


def _draw_two_parameters(tables: Tables) -> Figure:
    # Noise moves the hyperbola of minima slightly from w_1 w_2 = 100: the product at the ends of descents is drawn.
    last = tables["descents"].groupby("descent").last()
    return two_parameter_surface(tables["surface"], tables["descents"], float((last["w1"] * last["w2"]).mean()))


ENTRIES["hard-networks-two-parameters"] = Entry(
    f"The loss E = sum_i (y_i - w_2 w_1 x_i)^2 of two weights in series on {_POINTS} points of the noisy line y = 100 "
    "x + e, with x uniform in [0, 1] and e standard normal. (a) The square root of the loss. (b) Contours, equally "
    "spaced in the square root; the strict saddle at the origin (eigenvalues -2 x.y and 2 x.y), the minima on the "
    "hyperbola w_1 w_2 = x.y/|x|^2, and gradient flow, along which w_1^2 - w_2^2 is conserved.",
    _two_parameters,
    _draw_two_parameters,
    seconds=0.9,
)


def _neuron(seed: int) -> Tables:
    line, plane, minima = small_networks.neuron_on_a_plane(per_axis=3, count=121)
    counts = small_networks.counted_minima([(d, 2) for d in range(1, 7)] + [(d, 3) for d in range(1, 5)], seed)
    return {"line": line, "plane": plane, "minima": minima, "counts": counts}


def neuron_landscape(line: pd.DataFrame, plane: pd.DataFrame, minima: pd.DataFrame, counts: pd.DataFrame) -> Figure:
    """Draw the loss over ln w and over (ln w_1, ln w_2) with its minima, and the number of minima with k^d.

    Parameters
    ----------
    line : pandas.DataFrame
        Columns log_w, loss.
    plane : pandas.DataFrame
        Columns log_w1, log_w2, loss on a full grid.
    minima : pandas.DataFrame
        Columns log_w1, log_w2.
    counts : pandas.DataFrame
        Columns d, per_axis, found, predicted.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, axes = panels(1, 3, 2.4, 0.2, narrow=(3, 1))
    one, two, many = axes.ravel()
    one.plot(line["log_w"], line["loss"], color=THEORY, lw=1.5)
    one.set(xlabel=r"weight $\ln w$", ylabel="loss")
    grid = plane.pivot_table(index="log_w2", columns="log_w1", values="loss")
    x, y = grid.columns.to_numpy(), grid.index.to_numpy()
    two.contourf(x, y, grid.to_numpy(), levels=24, cmap=SURFACE)
    two.plot(minima["log_w1"], minima["log_w2"], "o", color="white", mec=EMPHASIS, ms=5)
    two.set(xlabel=r"$\ln w_1$", ylabel=r"$\ln w_2$", aspect="equal")
    for (k, rows), colour, marker in zip(counts.groupby("per_axis"), (SIMULATION, THEORY), "os", strict=False):
        ordered = rows.sort_values("d")
        many.plot(ordered["d"], ordered["predicted"], color=colour, lw=1.2, label=f"${k}^d$")
        many.plot(ordered["d"], ordered["found"], marker, color=colour, ms=5, mfc="white", label=f"found, {k} per axis")
    many.set_yscale("log")
    many.set(xlabel="number of weights $d$", ylabel="number of minima", xticks=np.unique(counts["d"]))
    many.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    many.minorticks_off()
    many.set_ylim(1, 200)
    letter((one, two, many))
    legend_above(figure, *many.get_legend_handles_labels())
    return figure


def _draw_neuron(tables: Tables) -> Figure:
    return neuron_landscape(tables["line"], tables["plane"], tables["minima"], tables["counts"])


ENTRIES["hard-networks-neuron"] = Entry(
    "One sigmoid neuron with squared loss (Auer, Herbster and Warmuth 1996). Inputs along each axis are 1, 1/16, "
    "1/256, targets 3/4. (a) The loss of one weight w. (b) Contours of the loss of two weights with its nine minima. "
    "(c) The number of minima that descents find for d weights after a random linear map of the inputs (markers), "
    "and the k^d minima that k per axis give (lines).",
    _neuron,
    _draw_neuron,
    seconds=19,
)


def _spread(seed: int) -> Tables:
    return {"ends": small_networks.ends_by_size((2, 4, 8, 16, 32, 64), networks=60, epochs=1000, seed=seed)}


def spread_of_minima(ends: pd.DataFrame) -> Figure:
    """Draw the final training loss of every network by the number of hidden units, with mean and standard deviation.

    Parameters
    ----------
    ends : pandas.DataFrame
        One row per network: units, train_loss.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    sizes = sorted(ends["units"].unique())
    figure, axes = panels(1, 1, 2.6, 0.3, wide=False)
    axis = axes[0, 0]
    for place, units in enumerate(sizes):
        losses = ends.loc[ends["units"] == units, "train_loss"]
        (dot,) = axis.plot([place] * len(losses), losses, "o", color=SIMULATION, ms=4, alpha=0.45, mew=0, clip_on=False)
        bar = axis.errorbar(
            place + 0.22, losses.mean(), losses.std(), fmt="s", color=THEORY, ms=4, capsize=3, clip_on=False
        )
    axis.set_xticks(range(len(sizes)), [str(units) for units in sizes])
    axis.set(xlabel="hidden units", ylabel="final training loss", ylim=(0, None))
    names = ["one network", "mean, standard deviation"]
    legend_above(figure, [dot, bar.lines[0]], names)  # pyrefly: ignore[unbound-name]  # the table has rows
    return figure


def _draw_spread(tables: Tables) -> Figure:
    return spread_of_minima(tables["ends"])


ENTRIES["hard-networks-spread"] = Entry(
    "Final training losses (cross-entropy) of 60 networks per size (dots), with their mean and standard deviation "
    "(squares, bars): one hidden layer of tanh units, 1000 epochs of full-batch Adam (rate 0.02) on 40 points of one "
    "two-class Gaussian mixture. Small networks end at minima of very different losses, large ones near zero.",
    _spread,
    _draw_spread,
    seconds=15,
)
