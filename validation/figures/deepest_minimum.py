"""The figure of the deepest minimum: how high its barrier is, and how often gradient descent finds it."""

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from validation.experiments.deepest_minima import deepest_minima
from validation.figures.entry import Entry, Tables
from validation.figures.style import FAINT_TEXT, SIMULATION, letter, ordered, panels
from validation.series import Effort

_H, _STARTS = 3, 100
_SAMPLES: dict[Effort, dict[int, int]] = {
    "quick": {4: 60, 6: 40, 8: 30, 10: 15},
    "standard": {6: 300, 8: 200, 10: 100, 12: 60},
    "paper": {8: 1000, 12: 300, 16: 60, 20: 6},
}
_SECONDS = 30


def _tables(effort: Effort, seed: int) -> Tables:
    return {"landscapes": deepest_minima(_SAMPLES[effort], _H, _STARTS, seed)}


def deepest_minimum(landscapes: pd.DataFrame, H: int) -> Figure:
    """Draw the distribution of the barrier, and the mean share of flows that reach the deepest minimum by size.

    Parameters
    ----------
    landscapes : pandas.DataFrame
        One row per landscape: n, minima, barrier, share.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, grid = panels(1, 2, 2.5, narrow=(2, 1))
    barriers, shares = grid.ravel()
    groups = {int(n): landscapes[landscapes["n"] == n] for n in sorted(landscapes["n"].unique())}
    highest = landscapes["barrier"].max()
    for (n, group), look in zip(groups.items(), ordered(len(groups)), strict=True):
        height = np.sort(group["barrier"].dropna())
        below = np.arange(1, len(height) + 1) / len(height)
        x, y = np.r_[0.0, height, 1.05 * highest], np.r_[0.0, below, 1.0]
        barriers.step(x, y, where="post", color=look.colour, ls=look.dashes, lw=1.4, label=f"$n = {n}$")
    barriers.set(xlabel="barrier of the deepest minimum, per spin", ylabel="share of landscapes below")
    barriers.set(xlim=(0, 1.05 * highest), ylim=(0, 1.03))
    barriers.legend(frameon=False, fontsize="small", loc="lower right")
    sizes = np.array(list(groups))
    found = [group["share"].to_numpy() for group in groups.values()]
    equal = [(1 / group["minima"]).mean() for group in groups.values()]
    mean = np.array([values.mean() for values in found])
    error = np.array([values.std(ddof=1) / np.sqrt(len(values)) for values in found])
    shares.errorbar(sizes, mean, error, fmt="o-", color=SIMULATION, ms=5, capsize=2, label="found")
    shares.plot(sizes, equal, "s--", color=FAINT_TEXT, ms=4, mfc="white", label="if basins were equal")
    shares.set(xlabel="$n$", ylabel="share of starts", xticks=sizes)
    shares.set(ylim=(0, 1.3 * float((mean + error).max())), xlim=(sizes[0] - 0.7, sizes[-1] + 0.7))
    shares.legend(frameon=False, fontsize="small", loc="upper right")
    letter(grid.ravel(), [f"$H = {H}$", ""])
    return figure


def _draw(tables: Tables) -> Figure:
    return deepest_minimum(tables["landscapes"], _H)


def _entry(effort: Effort) -> Entry:
    samples = ", ".join(f"{count} at n = {n}" for n, count in _SAMPLES[effort].items())
    caption = (
        f"The deepest minimum of the spherical 3-spin model (H = {_H}). Landscapes: {samples}; all critical points of "
        "each are known from a complete enumeration. (a) Share of landscapes in which the energy barrier of the "
        "deepest minimum is below the value on the axis. The barrier is the height, per spin, of the lowest pass to "
        "another minimum; landscapes with a single minimum are left out. (b) Mean share of gradient flows from uniform "
        f"starts that reach the deepest minimum, {_STARTS} flows per landscape, with standard errors over landscapes "
        "(dots), and the mean of one divided by the number of minima, the share if all basins were equally large "
        "(squares). Theory has no prediction for either."
    )
    return Entry(caption, partial(_tables, effort), _draw, at=_entry, seconds=_SECONDS if effort == "quick" else None)


ENTRIES: dict[str, Entry] = {"deepest-minimum": _entry("quick")}
