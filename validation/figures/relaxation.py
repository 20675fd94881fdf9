"""Energy of gradient flow in time, at several sizes, beside the solution of the dynamical equations."""

import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import BAND, SIMULATION, THEORY

_MARKERS = "os^vD"


def relaxation(flow: pd.DataFrame, equations: pd.DataFrame, E_inf: float, H: int) -> Figure:
    """Draw energies per spin and overlaps with the start against time.

    ``flow`` has columns n, time, energy, energy_error, overlap, overlap_error; ``equations`` time, energy, overlap.
    """
    figure = Figure(figsize=(7.0, 3.0), layout="constrained")
    axes = figure.subplots(1, 2)
    sizes = sorted(flow["n"].unique())
    for axis, name in zip(axes, ("energy", "overlap"), strict=True):
        axis.plot(equations["time"], equations[name], color=THEORY, lw=1.5, label=r"equations, $n\to\infty$", zorder=3)
        for place, n in enumerate(sizes):
            rows = flow[flow["n"] == n]
            axis.errorbar(
                rows["time"],
                rows[name],
                2 * rows[f"{name}_error"],
                fmt=_MARKERS[place % len(_MARKERS)],
                ms=4,
                lw=1,
                color=SIMULATION,
                alpha=0.35 + 0.65 * (place + 1) / len(sizes),
                mfc="white" if place < len(sizes) - 1 else SIMULATION,
                label=f"flow, n = {n}",
            )
        axis.set(xscale="log", xlabel="time t")
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].axhline(-E_inf, color=BAND, ls="--", lw=1)
    axes[0].annotate(r"$-E_\infty$", (0.02, -E_inf), xycoords=("axes fraction", "data"), va="bottom", color="0.3")
    axes[0].set_ylabel(f"energy per spin, H = {H}")
    axes[1].set(ylabel=r"overlap with the start, $C(t, 0)$", ylim=(0, 1.02))
    axes[0].legend(frameon=False, fontsize="small")
    return figure
