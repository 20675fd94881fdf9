"""How exact mean counts at finite n approach the complexity, one column an index."""

from collections.abc import Mapping

import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from validation.figures.style import BAND, THEORY

# Half the width of the lower panels about -E_k, and the rates they show.
_ZOOM, _RATES = 0.05, (-0.06, 0.045)


def counts_to_complexity(counts: pd.DataFrame, thresholds: Mapping[int, float], H: int) -> Figure:
    """Draw ``(1/n) log`` of the mean number of index-k points below an energy, by n, with the limit and -E_k.

    ``counts`` has columns n (0 for the limit), index, energy_per_spin, rate; ``thresholds`` are the E_k by index.
    """
    indices = sorted(counts["index"].unique())
    figure = Figure(figsize=(7.0, 4.8), layout="constrained")
    grid = figure.subplots(2, len(indices), sharey="row", squeeze=False)
    for (whole, zoomed), k in zip(grid.T, indices, strict=True):
        for axis in (whole, zoomed):
            _draw(axis, counts[counts["index"] == k], thresholds[k])
        whole.set(xlim=(counts["energy_per_spin"].min(), counts["energy_per_spin"].max()), ylim=(-0.25, 0.25))
        zoomed.set(xlim=(-thresholds[k] - _ZOOM, -thresholds[k] + _ZOOM), ylim=_RATES)
        zoomed.set_xticks([-thresholds[k]], [rf"$-E_{k} = {-thresholds[k]:.4f}$"])
        zoomed.set_xticks([-thresholds[k] - _ZOOM / 2, -thresholds[k] + _ZOOM / 2], minor=True)
        whole.set_title(f"index {k}", fontsize="medium")
    figure.supylabel(r"$\frac{1}{n}\,\log\,\mathbb{E}\,N_k(u)$", fontsize="medium")
    figure.supxlabel(
        f"energy per spin u (H = {H}); below: around the threshold, ticks {_ZOOM / 2:g} apart", fontsize="small"
    )
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        ncols=len(labels),
        frameon=False,
        fontsize="small",
        handlelength=1.6,
        columnspacing=1.0,
    )
    return figure


def _draw(axis: Axes, counts: pd.DataFrame, threshold: float) -> None:
    sizes = sorted(set(counts["n"]) - {0})
    axis.axhline(0, color=BAND, lw=0.8)
    axis.axvline(-threshold, color=BAND, lw=1.2, ls=(0, (2, 2)))
    for place, n in enumerate(sizes):
        curve = counts[counts["n"] == n]
        # Darker is larger; the ends of the map are too pale, or too close to the black of axes, for thin lines.
        colour = colormaps["viridis_r"](0.12 + 0.8 * place / max(1, len(sizes) - 1))
        axis.plot(curve["energy_per_spin"], curve["rate"], color=colour, lw=1.4, label=f"n = {n}")
    limit = counts[counts["n"] == 0]
    axis.plot(limit["energy_per_spin"], limit["rate"], color=THEORY, lw=2, ls=(0, (4, 1.5)), label=r"limit $\Theta_k$")
    axis.tick_params(labelsize="small")
    axis.spines[["top", "right"]].set_visible(False)
