"""The overlap of two replicas at several temperatures and sizes, beside where the infinite glass has it."""

import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import BAND, THEORY

_SIZES = (("#A6CEE3", ":"), ("#4A9BCF", "--"), ("#08519C", "-"), ("#08306B", "-."))


def overlap_densities(densities: pd.DataFrame, infinite: pd.DataFrame, H: int) -> Figure:
    """Draw one panel a temperature: a line a size, and arrows at the infinite glass's overlaps with their weights.

    ``densities`` has columns n, temperature, overlap, density; ``infinite`` temperature, overlap, weight, one row an
    atom of the law.
    """
    temperatures = sorted(densities["temperature"].unique(), reverse=True)
    figure = Figure(figsize=(7.0, 2.7), layout="constrained")
    axes = figure.subplots(1, len(temperatures), sharex=True, squeeze=False)[0]
    for axis, T in zip(axes, temperatures, strict=True):
        here = densities[densities["temperature"] == T]
        for (n, group), (colour, dashes) in zip(here.groupby("n"), _SIZES, strict=False):
            axis.step(group["overlap"], group["density"], where="mid", color=colour, ls=dashes, label=f"n = {n}")
        top = 1.45 * here["density"].max()
        for overlap, weight in infinite.loc[infinite["temperature"] == T, ["overlap", "weight"]].to_numpy():
            style = {"arrowstyle": "-|>", "color": THEORY, "lw": 1.5, "shrinkA": 0, "shrinkB": 0}
            axis.annotate("", (overlap, 0.85 * top * weight), (overlap, 0), arrowprops=style)
            # Above all lines, so that nothing crosses the numbers.
            axis.text(overlap, 0.97 * top, f"{weight:.2f}", color=THEORY, ha="center", va="top", fontsize="small")
        axis.axhline(0, color=BAND, lw=0.8)
        axis.set(title=f"T = {T:g}", xlabel="overlap q", xlim=(-1, 1), ylim=(0, top))
        axis.title.set_fontsize("medium")
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel(f"density, H = {H}")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False, fontsize="small")
    return figure
