"""Figures of networks' loss surfaces on planes of their parameters."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from spinglass.networks.planes.loss_plane import on_grid
from validation.experiments.networks import loss_planes
from validation.figures.entry import Entry, Tables
from validation.figures.style import CRITICAL_POINTS, EMPHASIS, PALE, SURFACE, legend_above, letter, panels

ENTRIES: dict[str, Entry] = {}

_REACH = 3.0
_GRID = 101
_STARTS = 21
_MARK: dict[str, Any] = {"linestyle": "none", "markeredgecolor": EMPHASIS, "markersize": 5, "clip_on": False}


def _relu_surfaces(seed: int) -> Tables:
    axis = np.linspace(-_REACH, _REACH, _GRID)
    found = {name: on_grid(plane, axis, axis, _STARTS) for name, plane in loss_planes.random_planes(seed).items()}
    return {
        "surfaces": _stacked({name: plane.to_frame() for name, plane in found.items()}),
        "kinks": _stacked({name: pd.DataFrame(plane.kinks, columns=["u", "v"]) for name, plane in found.items()}),
        "points": _stacked({name: plane.critical_frame() for name, plane in found.items()}),
    }


def _stacked(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table.assign(plane=name) for name, table in tables.items()], ignore_index=True)


def network_surfaces(
    surfaces: pd.DataFrame, kinks: pd.DataFrame, points: pd.DataFrame, planes: Sequence[str]
) -> Figure:
    """Draw E(u, v), one column per plane: the surface, and below it contours, kinks and critical points.

    Parameters
    ----------
    surfaces : pandas.DataFrame
        Columns plane, u, v, loss on full grids.
    kinks : pandas.DataFrame
        Columns plane, u, v.
    points : pandas.DataFrame
        Columns plane, u, v, kind.
    planes : sequence of str
        Names of the planes, in order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, grid = panels(2, len(planes), 2.1, 0.4, narrow=(len(planes), 2))
    rows = grid if len(grid) == 2 else grid.T
    solids = []
    for place, below, plane in zip(*rows, planes, strict=True):
        u, v, loss = _grid(surfaces[surfaces["plane"] == plane])
        above: Any = figure.add_subplot(place.get_subplotspec(), projection="3d")
        place.remove()
        _surface(above, u, v, loss)
        solids.append(above)
        _contours(below, u, v, loss)
        mine = kinks[kinks["plane"] == plane]
        below.plot(mine["u"], mine["v"], linestyle="none", marker="o", markersize=0.6, markeredgewidth=0, color="white")
        for kind, found in points[points["plane"] == plane].groupby("kind"):
            below.plot(found["u"], found["v"], **_MARK, **CRITICAL_POINTS[str(kind)])
    names = ["$" + plane.replace("W", "W_") + "$" for plane in planes]
    pairs = [list(zip(solids, names, strict=True)), [(below, "") for below in rows[1]]]
    order = [*pairs[0], *pairs[1]] if len(grid) == 2 else [pair for both in zip(*pairs, strict=True) for pair in both]
    letter(*zip(*order, strict=True))
    _legend(figure, [kind for kind in CRITICAL_POINTS if kind in set(points["kind"])])
    return figure


def _grid(table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    square = table.pivot_table(index="v", columns="u", values="loss")
    return square.columns.to_numpy(), square.index.to_numpy(), square.to_numpy()


def _surface(axis: Any, u: NDArray[np.float64], v: NDArray[np.float64], loss: NDArray[np.float64]) -> None:
    wide, high = np.meshgrid(u, v)
    axis.plot_surface(wide, high, np.log10(loss), cmap=SURFACE, rcount=60, ccount=60, linewidth=0, rasterized=True)
    axis.set_xlabel("$u$", labelpad=-8)
    axis.set_ylabel("$v$", labelpad=-8)
    axis.text2D(0.0, 0.86, r"$\log_{10} E$", transform=axis.transAxes, fontsize="small")
    axis.locator_params(nbins=4)
    axis.tick_params(labelsize="small", pad=-3)
    axis.tick_params(axis="z", pad=1)
    axis.view_init(elev=38, azim=-60)


def _contours(axis: Axes, u: NDArray[np.float64], v: NDArray[np.float64], loss: NDArray[np.float64]) -> None:
    levels = np.geomspace(loss.min(), loss.max(), 22)
    axis.contourf(u, v, loss, levels=levels, cmap=SURFACE, norm=LogNorm(loss.min(), loss.max()))
    axis.contour(u, v, loss, levels=levels, colors=EMPHASIS, linewidths=0.3)
    axis.set(aspect="equal", xlabel="$u$", ylabel="$v$")


def _legend(figure: Figure, kinds: Sequence[str]) -> None:
    marks = [Line2D([], [], label=kind, **_MARK, **CRITICAL_POINTS[kind]) for kind in kinds]
    kink = Line2D([], [], linestyle="none", marker=".", color=PALE, markersize=3, label="kink (white)")
    legend_above(figure, [*marks, kink])


def _draw_relu_surfaces(tables: Tables) -> Figure:
    return network_surfaces(tables["surfaces"], tables["kinks"], tables["points"], loss_planes.PLANES)


ENTRIES["relu-surfaces"] = Entry(
    "Squared loss E of a ReLU network (widths 2-3-2-1, biases 0.5 N(0,1), six Gaussian data points) on three planes of "
    "its weights, with u and v in [-3, 3]: W1 = uU + vV, W2 = uU + vV, and W1 = uU with W2 = vV, where U and V are "
    "Gaussian and all other parameters are fixed. Surfaces: log10 E. Below or beside each: 22 contours, equally spaced "
    "in log E; white dots mark the kinks, where a hidden unit changes sign for some data point. Within one layer "
    "(first two planes) E is a convex quadratic between kinks, so that smooth critical points can only be minima; "
    "moving two layers (third plane) creates smooth saddles. Marked are critical points of E within the plane, which "
    "need not be critical in all parameters: smooth ones, found by Newton's method from a grid of 21 x 21 starts and "
    "classified by the eigenvalues of the Hessian within the plane, and minima at kinks, found by derivative-free "
    "descents from the lowest points of the grid of E. Flat valleys and plateaus of dead units are not isolated points "
    "and are not marked.",
    _relu_surfaces,
    _draw_relu_surfaces,
    seconds=11,
)
