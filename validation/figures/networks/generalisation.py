"""Figures of over- and underfitting of small networks."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spinglass.networks.activations import ACTIVATIONS
from validation.experiments.networks import trained_networks
from validation.experiments.networks.trained_networks import TwoClasses
from validation.figures.entry import Entry, Tables
from validation.figures.style import (
    BAND,
    CURVES,
    EMPHASIS,
    FAINT_TEXT,
    SIMULATION,
    THEORY,
    TRAIN_AND_TEST,
    grid_of,
    legend_above,
    letter,
    panels,
)

ENTRIES: dict[str, Entry] = {}


Settings = dict[str, dict[str, Any]]


_POINTS = 100
_MIXTURE = (
    f"{_POINTS} training points of a two-class mixture of ten Gaussians each (Hastie, Tibshirani and Friedman 2009, "
    "section 2.3.3)"
)


_NETWORK = "one hidden layer of 20 tanh units, cross-entropy, full-batch Adam with rate 0.02"


def _boundaries(seed: int) -> Tables:
    classes = TwoClasses(_POINTS, seed)
    # A penalty c |w|^2 on the summed loss is a weight decay of 2 c / N: the mean loss has a penalty (decay/2) |w|^2.
    settings: Settings = {f"weight decay {c:g}": {"epochs": 2000, "weight_decay": 2 * c / _POINTS} for c in (0, 0.2, 2)}
    settings |= {f"{epochs} epochs": {"epochs": epochs} for epochs in (10, 50, 100)}
    grids = trained_networks.boundaries(classes, settings)
    bayes = pd.DataFrame({"bayes_error": [trained_networks.bayes_error(classes)]})
    return {"grids": grids, "points": classes.points(), "bayes": bayes}


def decision_boundaries(grids: pd.DataFrame, points: pd.DataFrame, bayes_error: float, columns: int = 3) -> Figure:
    """Draw training points, the network's decision boundary and Bayes' boundary, one panel per setting.

    Parameters
    ----------
    grids : pandas.DataFrame
        Columns panel, x1, x2, log_odds, bayes, test_error; a full grid per panel.
    points : pandas.DataFrame
        Columns x1, x2, label.
    bayes_error : float
        Test error of Bayes' rule.
    columns : int, default 3
        Panels per row.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    names = list(dict.fromkeys(grids["panel"]))
    figure, axes = grid_of(len(names), columns, 2.3, 0.6, narrow=2, sharex=True, sharey=True)
    titles = []
    for axis, name in zip(axes, names, strict=True):
        table = grids[grids["panel"] == name]
        _draw_boundary(axis, table, points)
        titles.append(f"{name}\ntest error {table['test_error'].iloc[0]:.3f}")
    letter(axes, titles)
    figure.supxlabel("$x_1$", fontsize="medium")
    figure.supylabel("$x_2$", fontsize="medium")
    handles = [
        Line2D([], [], color=EMPHASIS, lw=1.5),
        Line2D([], [], color=FAINT_TEXT, lw=1.2, ls="--"),
        Line2D([], [], color=SIMULATION, marker="o", ls="", ms=4),
        Line2D([], [], color=THEORY, marker="^", ls="", ms=4),
    ]
    labels = ["network", f"Bayes (test error {bayes_error:.3f})", "class 0", "class 1"]
    legend_above(figure, handles, labels)
    return figure


def _draw_boundary(axis: Axes, table: pd.DataFrame, points: pd.DataFrame) -> None:
    wide = {name: table.pivot_table(index="x2", columns="x1", values=name) for name in ("log_odds", "bayes")}
    x, y = wide["bayes"].columns.to_numpy(), wide["bayes"].index.to_numpy()
    odds = wide["log_odds"].to_numpy()
    axis.contourf(x, y, odds, levels=[-1e9, 0, 1e9], colors=[SIMULATION, THEORY], alpha=0.15)
    axis.contour(x, y, odds, levels=[0], colors=EMPHASIS, linewidths=1.5)
    axis.contour(x, y, wide["bayes"].to_numpy(), levels=[0], colors=FAINT_TEXT, linewidths=1.2, linestyles="--")
    for label, colour, marker in ((0, SIMULATION, "o"), (1, THEORY, "^")):
        chosen = points[points["label"] == label]
        axis.plot(chosen["x1"], chosen["x2"], marker, color=colour, ms=3)
    axis.set(xticks=[], yticks=[], xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))


def _draw_boundaries(tables: Tables) -> Figure:
    return decision_boundaries(tables["grids"], tables["points"], float(tables["bayes"]["bayes_error"].iloc[0]))


ENTRIES["generalisation-boundaries"] = Entry(
    f"Decision boundaries on {_MIXTURE}; {_NETWORK}. (a-c) 2000 epochs, with a weight decay: a penalty c |w|^2 on the "
    "summed loss, c = 0, 0.2, 2. (d-f) Without decay, stopped after 10, 50, 100 epochs. Shaded: the predicted class. "
    "Dashed: Bayes' boundary. Test errors are the shares of 1000 test points that are misclassified.",
    _boundaries,
    _draw_boundaries,
    seconds=1.6,
)


def _overfitting(seed: int) -> Tables:
    classes = TwoClasses(_POINTS, seed)
    settings: Settings = {
        "full batch": {"epochs": 2000},
        "weight decay 2": {"epochs": 2000, "weight_decay": 4 / _POINTS},
        "mini-batches of 10": {"epochs": 500, "batch": 10},
        "online": {"epochs": 100, "batch": 1},
    }
    return {"losses": trained_networks.losses_on_a_log_axis(classes, settings, networks=20, every=5)}


def losses_in_time(losses: pd.DataFrame, columns: int = 2) -> Figure:
    """Draw mean losses against the epoch with two standard errors; the smallest test loss is marked.

    Parameters
    ----------
    losses : pandas.DataFrame
        Columns setting, data ("train", "test"), epoch, loss, error.
    columns : int, default 2
        Panels per row.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    settings = list(dict.fromkeys(losses["setting"]))
    figure, axes = grid_of(len(settings), columns, 2.1, 0.5, sharex=True, sharey=True)
    for axis, setting in zip(axes, settings, strict=True):
        for name, (colour, _, dashes, label) in TRAIN_AND_TEST.items():
            curve = losses[(losses["setting"] == setting) & (losses["data"] == name)]
            x = curve["epoch"] + 1
            axis.fill_between(x, curve["loss"] - 2 * curve["error"], curve["loss"] + 2 * curve["error"], color=colour,
                              alpha=0.25, lw=0)  # fmt: skip
            axis.plot(x, curve["loss"], color=colour, ls=dashes, lw=1.5, label=label)
        test = losses[(losses["setting"] == setting) & (losses["data"] == "test")]
        best = test.loc[test["loss"].idxmin()]
        axis.axvline(best["epoch"] + 1, color=BAND, lw=0.8)
        axis.plot(best["epoch"] + 1, best["loss"], "o", color=THEORY, ms=4, label="smallest test loss")
        axis.set_xscale("log")
    letter(axes, settings)
    axes[0].set_ylim(0, min(1.1 * losses["loss"].max(), 3.0))
    legend_above(figure, *axes[0].get_legend_handles_labels())
    figure.supxlabel("epoch + 1", fontsize="medium")
    figure.supylabel("loss", fontsize="medium")
    return figure


def _draw_overfitting(tables: Tables) -> Figure:
    return losses_in_time(tables["losses"])


ENTRIES["generalisation-overfitting"] = Entry(
    f"Mean losses of 20 networks by epoch, with two standard errors, on {_MIXTURE}; {_NETWORK} unless the panel says "
    "otherwise; weight decay 2 is a penalty 2 |w|^2 on the summed loss. Dots: the smallest test loss. After it, in (a) "
    "and (c), the training loss continues to fall, while the test loss rises; with weight decay (b) neither changes "
    "much. The curves end after 2000, 2000, 500 and 100 epochs.",
    _overfitting,
    _draw_overfitting,
    seconds=17,
)


def _choices(seed: int) -> Tables:
    classes = TwoClasses(_POINTS, seed)
    usual: dict[str, Any] = {"networks": 20, "epochs": 1000, "measure_every": 1000}
    units = (1, 2, 3, 5, 8, 12, 20, 40)
    decays = (0, 0.01, 0.03, 0.1, 0.3, 1, 3)
    batches = (1, 10, None)
    tables = [
        trained_networks.by_choice("hidden units", units, [classes.train(hidden=h, **usual) for h in units]),
        trained_networks.by_choice(
            "weight decay", decays, [classes.train(weight_decay=2 * c / _POINTS, **usual) for c in decays]
        ),
        trained_networks.by_choice(
            "batch size, 100 epochs",
            ("1", "10", "100"),
            [classes.train(networks=20, epochs=100, measure_every=100, batch=b) for b in batches],
        ),
        trained_networks.digits_with_augmentation(images=200, networks=8, epochs=100, seed=seed),
    ]
    return {"choices": pd.concat(tables, ignore_index=True)}


def choices(table: pd.DataFrame) -> Figure:
    """Draw mean losses by value with two standard errors; values are equally spaced in their order.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns choice, value, data ("train", "test"), loss, error.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    names = list(dict.fromkeys(table["choice"]))
    figure, axes = grid_of(len(names), 2, 1.9, 0.3, narrow=1)
    for axis, name in zip(axes, names, strict=True):
        rows = table[table["choice"] == name]
        values = list(dict.fromkeys(rows["value"].astype(str)))
        for data, (colour, marker, dashes, label) in TRAIN_AND_TEST.items():
            part = rows[rows["data"] == data]
            look: dict[str, Any] = {"fmt": marker + dashes, "color": colour, "mfc": "white", "clip_on": False}
            axis.errorbar(range(len(part)), part["loss"], 2 * part["error"], ms=4, lw=1.2, label=label, **look)
        axis.set_xticks(range(len(values)), values)
        axis.set(xlabel=name, ylim=(0, None))
    letter(axes)
    legend_above(figure, *axes[0].get_legend_handles_labels())
    figure.supylabel("loss", fontsize="medium")
    return figure


def _draw_choices(tables: Tables) -> Figure:
    return choices(tables["choices"])


ENTRIES["generalisation-choices"] = Entry(
    f"Mean losses of 20 networks, with two standard errors, for several choices made before training, on {_MIXTURE}; "
    f"{_NETWORK}, 1000 epochs, unless the panel says otherwise. Weight decay is the c of a penalty c |w|^2 on the "
    "summed loss. (a) Number of hidden units, (b) weight decay, (c) batch size, (d) augmentation: 200 of the real "
    "digits that scikit-learn ships, 8 networks of 40 ReLU units, 100 epochs, with random shifts of up to half a "
    "pixel and rotations of up to 8 degrees.",
    _choices,
    _draw_choices,
    seconds=26,
)


def _activations(seed: int) -> Tables:
    h = np.linspace(-3, 3, 301)
    names = ("sigmoid", "tanh", "relu", "leaky_relu")
    shapes = [pd.DataFrame({"activation": name, "h": h, "value": ACTIVATIONS[name].value(h)}) for name in names]
    shapes.append(pd.DataFrame({"activation": "Heaviside", "h": h, "value": np.heaviside(h, 0.5)}))
    classes = TwoClasses(_POINTS, seed)
    settings: Settings = {name: {"epochs": 1000, "activation": name} for name in names}
    losses = trained_networks.losses_on_a_log_axis(classes, settings, networks=20, every=10)
    return {"shapes": pd.concat(shapes, ignore_index=True), "losses": losses}


def activations(shapes: pd.DataFrame, losses: pd.DataFrame) -> Figure:
    """Draw activation functions f(h), and mean training losses by epoch of networks with each of them.

    Parameters
    ----------
    shapes : pandas.DataFrame
        Columns activation, h, value.
    losses : pandas.DataFrame
        Columns setting (the activation), data, epoch, loss, error.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, axes = panels(1, 2, 2.6, 0.3, narrow=(2, 1))
    left, right = axes.ravel()
    for name, (colour, dashes) in zip(dict.fromkeys(shapes["activation"]), CURVES, strict=False):
        curve = shapes[shapes["activation"] == name]
        left.plot(curve["h"], curve["value"], color=colour, ls=dashes, lw=1.5, label=name.replace("_", " "))
        trained = losses[(losses["setting"] == name) & (losses["data"] == "train")]
        right.plot(trained["epoch"] + 1, trained["loss"], color=colour, ls=dashes, lw=1.5)
    left.set(xlabel="preactivation $h$", ylabel="activation $f(h)$")
    right.set(xlabel="epoch + 1", ylabel="training loss", ylim=(0, None))
    right.set_xscale("log")
    letter((left, right))
    legend_above(figure, *left.get_legend_handles_labels())
    return figure


def _draw_activations(tables: Tables) -> Figure:
    return activations(tables["shapes"], tables["losses"])


ENTRIES["generalisation-activations"] = Entry(
    "(a) Activation functions; the Heaviside function has zero slope and cannot be trained by gradients. (b) "
    f"Mean training losses of 20 networks by epoch on {_MIXTURE}; one hidden layer of 20 units, cross-entropy, "
    "full-batch Adam with rate 0.02.",
    _activations,
    _draw_activations,
    seconds=9,
)
