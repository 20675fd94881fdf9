"""Where two ways down a glass end, by size, beside the exact mean density of minima and the band of deep minima."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import BAND, SIMULATION, THEORY

_FLOW = "#009E73"


def glass_ends(ends: pd.DataFrame, minima: pd.DataFrame, E_inf: float, E_0: float) -> Figure:
    """Draw one panel a size: where SGD and gradient descent end, the mean density of minima, and [-E_0, -E_inf].

    ``ends`` has columns n, method (sgd, gradient), energy_per_spin; ``minima`` has n, energy_per_spin, density. The
    density counts all minima alike: it is not the law of where descents end.
    """
    sizes = sorted(ends["n"].unique())
    figure = Figure(figsize=(7.0, 1.3 + 0.9 * len(sizes)), layout="constrained")
    axes = figure.subplots(len(sizes), 1, sharex=True, squeeze=False)[:, 0]
    low, high = minima["energy_per_spin"].min(), minima["energy_per_spin"].max()
    bins = np.linspace(low, high, 71)
    for axis, n in zip(axes, sizes, strict=True):
        chosen, law = ends[ends["n"] == n], minima[minima["n"] == n]
        band = axis.axvspan(-E_0, -E_inf, color=BAND, alpha=0.4, lw=0, label="band $[-E_0, -E_\\infty]$")
        handles = [band]
        for method, colour, filled, label in (
            ("sgd", SIMULATION, True, "SGD ends"),
            ("gradient", _FLOW, False, "gradient flow ends"),
        ):
            energies = chosen.loc[chosen["method"] == method, "energy_per_spin"]
            kind, alpha = ("stepfilled", 0.6) if filled else ("step", 1.0)
            handles += axis.hist(
                energies, bins=bins, density=True, histtype=kind, color=colour, alpha=alpha, lw=1.4, label=label
            )[2]
        handles += axis.plot(
            law["energy_per_spin"], law["density"], "--", color=THEORY, lw=1.4, label="exact mean density of minima"
        )
        axis.set(yticks=[], xlim=(low, high))
        axis.text(0.985, 0.85, f"$\\Lambda = {n}$", transform=axis.transAxes, ha="right", va="top")
        axis.spines[["top", "left", "right"]].set_visible(False)
    axes[-1].set_xlabel("energy per spin")
    figure.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False, fontsize="small")
    figure.supylabel("probability density", fontsize="medium")
    return figure
