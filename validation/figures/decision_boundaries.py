"""Decision boundaries of trained networks beside that of Bayes, one panel a setting."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from validation.figures.style import SIMULATION, THEORY


def decision_boundaries(grids: pd.DataFrame, points: pd.DataFrame, bayes_error: float, columns: int = 3) -> Figure:
    """Draw per panel the training points, the network's boundary with its half-planes tinted, and Bayes' boundary.

    ``grids`` has columns panel, x1, x2, log_odds, bayes, test_error (a full grid a panel); ``points`` x1, x2, label.
    """
    panels = list(dict.fromkeys(grids["panel"]))
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(7.0, 2.3 * rows + 0.4), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axis, name in zip(axes, panels, strict=False):
        table = grids[grids["panel"] == name]
        _draw(axis, table, points)
        axis.set_title(f"{name}: test error {table['test_error'].iloc[0]:.3f}", fontsize="small")
    for axis in axes[len(panels) :]:
        axis.set_visible(False)
    handles = [
        Line2D([], [], color="black", lw=1.5),
        Line2D([], [], color="#555555", lw=1.2, ls="--"),
        Line2D([], [], color=SIMULATION, marker="o", ls="", ms=4),
        Line2D([], [], color=THEORY, marker="^", ls="", ms=4),
    ]
    labels = ["network", f"Bayes (test error {bayes_error:.3f})", "class 0", "class 1"]
    figure.legend(handles, labels, loc="outside upper center", ncols=4, frameon=False, fontsize="small")
    return figure


def _draw(axis: Axes, table: pd.DataFrame, points: pd.DataFrame) -> None:
    wide = {name: table.pivot_table(index="x2", columns="x1", values=name) for name in ("log_odds", "bayes")}
    x, y = wide["bayes"].columns.to_numpy(), wide["bayes"].index.to_numpy()
    odds = wide["log_odds"].to_numpy()
    axis.contourf(x, y, odds, levels=[-1e9, 0, 1e9], colors=[SIMULATION, THEORY], alpha=0.15)
    axis.contour(x, y, odds, levels=[0], colors="black", linewidths=1.5)
    axis.contour(x, y, wide["bayes"].to_numpy(), levels=[0], colors="#555555", linewidths=1.2, linestyles="--")
    for label, colour, marker in ((0, SIMULATION, "o"), (1, THEORY, "^")):
        chosen = points[points["label"] == label]
        axis.plot(chosen["x1"], chosen["x2"], marker, color=colour, ms=3)
    axis.set(xticks=[], yticks=[], xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
