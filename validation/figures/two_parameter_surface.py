"""The loss surface of two weights in a row: as a surface, and as contours with its critical points."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from validation.figures.style import SIMULATION, THEORY


def two_parameter_surface(surface: pd.DataFrame, descents: pd.DataFrame, product: float) -> Figure:
    """Draw the loss, the saddle at the origin, the hyperbola ``w_1 w_2 = product`` of minima, and descents to it.

    ``surface`` has columns w1, w2, loss on a full grid; ``descents`` has descent, w1, w2, one row a step.
    """
    grid = surface.pivot_table(index="w2", columns="w1", values="loss")
    x, y, loss = grid.columns.to_numpy(), grid.index.to_numpy(), grid.to_numpy()
    figure = Figure(figsize=(7.0, 3.4), layout="constrained")
    solid: Any = figure.add_subplot(1, 2, 1, projection="3d")
    X, Y = np.meshgrid(x, y)
    solid.plot_surface(X, Y, np.log10(loss), cmap="cividis", lw=0, rcount=60, ccount=60)
    solid.set(xlabel="$w_1$", ylabel="$w_2$", zlabel=r"$\log_{10}$ loss")
    solid.tick_params(labelsize="x-small")
    solid.view_init(elev=38, azim=-62)
    flat = figure.add_subplot(1, 2, 2)
    levels = np.geomspace(loss.min() * 1.05, loss.max(), 22)
    flat.contour(x, y, loss, levels=levels, cmap="cividis", norm=LogNorm(), linewidths=0.8)
    for side in (x[x > 0], x[x < 0]):
        branch = product / side
        inside = np.abs(branch) <= y.max()
        (line,) = flat.plot(side[inside], branch[inside], color=THEORY, lw=2.5)
    for _, path in descents.groupby("descent"):
        (track,) = flat.plot(path["w1"], path["w2"], color=SIMULATION, lw=1.2)
        flat.plot(path["w1"].iloc[-1], path["w2"].iloc[-1], "o", color=SIMULATION, ms=4)
    (saddle,) = flat.plot(0, 0, "X", color="black", ms=8)
    flat.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    figure.legend(
        [saddle, line, track],
        ["strict saddle", "minima (hyperbola)", "descents"],
        loc="outside upper center",
        ncols=3,
        frameon=False,
        fontsize="small",
    )
    return figure
