"""A network's loss on planes of its parameters, as surfaces and as contours with kinks and critical points."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

# Shape tells the kinds apart; the colours only help.
_MARKS: dict[str, dict[str, Any]] = {
    "minimum": {"marker": "o", "markerfacecolor": "#F0E442"},
    "saddle": {"marker": "D", "markerfacecolor": "#DD7711"},
    "maximum": {"marker": "^", "markerfacecolor": "#CC3311"},
    "minimum at a kink": {"marker": "v", "markerfacecolor": "#FFFFFF"},
}


def network_surfaces(
    surfaces: pd.DataFrame, kinks: pd.DataFrame, points: pd.DataFrame, planes: Sequence[str]
) -> Figure:
    """Draw E(u, v), one column a plane: the surface above, below it contours, kinks (dots) and critical points.

    ``surfaces`` has columns plane, u, v, loss on full grids; ``kinks`` plane, u, v; ``points`` plane, u, v, kind.
    """
    figure = Figure(figsize=(7.0, 4.8), layout="constrained")
    for column, plane in enumerate(planes):
        u, v, loss = _grid(surfaces[surfaces["plane"] == plane])
        above: Any = figure.add_subplot(2, len(planes), column + 1, projection="3d")
        _surface(above, u, v, loss, plane)
        below = figure.add_subplot(2, len(planes), len(planes) + column + 1)
        _contours(below, u, v, loss)
        mine = kinks[kinks["plane"] == plane]
        below.plot(mine["u"], mine["v"], linestyle="none", marker="o", markersize=0.8, markeredgewidth=0, color="white")
        for kind, found in points[points["plane"] == plane].groupby("kind"):
            below.plot(
                found["u"], found["v"], linestyle="none", markeredgecolor="black", markersize=6, **_MARKS[str(kind)]
            )
        below.set_ylabel("v" if column == 0 else "")
    _legend(figure, [kind for kind in _MARKS if kind in set(points["kind"])])
    return figure


def _grid(table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    square = table.pivot_table(index="v", columns="u", values="loss")
    return square.columns.to_numpy(), square.index.to_numpy(), square.to_numpy()


def _surface(axis: Any, u: NDArray[np.float64], v: NDArray[np.float64], loss: NDArray[np.float64], title: str) -> None:
    wide, high = np.meshgrid(u, v)
    axis.plot_surface(wide, high, np.log10(loss), cmap="cividis", rcount=60, ccount=60, linewidth=0, rasterized=True)
    axis.set_title(title, fontsize="medium")
    axis.set_xlabel("u", labelpad=-10)
    axis.set_ylabel("v", labelpad=-10)
    axis.text2D(0.02, 0.86, r"$\log_{10} E$", transform=axis.transAxes, fontsize="small")
    axis.tick_params(labelsize="x-small", pad=-4)
    axis.view_init(elev=38, azim=-60)


def _contours(axis: Axes, u: NDArray[np.float64], v: NDArray[np.float64], loss: NDArray[np.float64]) -> None:
    levels = np.geomspace(loss.min(), loss.max(), 22)
    axis.contourf(u, v, loss, levels=levels, cmap="cividis", norm=LogNorm(loss.min(), loss.max()))
    axis.contour(u, v, loss, levels=levels, colors="black", linewidths=0.3)
    axis.set_aspect("equal")
    axis.set_xlabel("u")


def _legend(figure: Figure, kinds: Sequence[str]) -> None:
    marks = [
        Line2D([], [], linestyle="none", markeredgecolor="black", markersize=6, label=kind, **_MARKS[kind])
        for kind in kinds
    ]
    kink = Line2D([], [], linestyle="none", marker=".", color="gray", markersize=3, label="kinks (white below)")
    figure.legend(
        handles=[*marks, kink], loc="outside lower center", ncols=len(marks) + 1, fontsize="small", frameon=False
    )
