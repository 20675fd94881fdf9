"""Where a mixture of two orders freezes, against how much of each there is."""

import pandas as pd
from matplotlib.figure import Figure

from validation.figures.style import BAND, SIMULATION, THEORY


def mixture_phases(lines: pd.DataFrame, orders: tuple[int, int]) -> Figure:
    """Draw the dynamical and static temperatures, and energies at temperature 0, over the share of the second order.

    ``lines`` has columns share, dynamical, static, ground_state, threshold, ascent; energies are negative.
    """
    figure = Figure(figsize=(7.0, 3.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    share = lines["share"]
    left.fill_between(share, lines["static"], lines["dynamical"], color=BAND, alpha=0.3, lw=0)
    left.plot(share, lines["dynamical"], color=SIMULATION, lw=1.5, label=r"dynamical, $T_d$")
    left.plot(share, lines["static"], color=THEORY, lw=1.5, ls="--", label=r"static, $T_s$")
    left.set(ylabel="temperature", ylim=(0.9 * lines["static"].min(), 1.05 * lines["dynamical"].max()))
    right.plot(share, lines["threshold"], color=BAND, lw=1.5, ls=":", label=r"threshold, $-E_{th}$")
    right.plot(share, lines["ascent"], color=SIMULATION, lw=1.5, label=r"Hessian ascent, $-E_{alg}$")
    right.plot(share, lines["ground_state"], color=THEORY, lw=1.5, ls="--", label="ground state")
    right.set(ylabel="energy per spin at T = 0")
    for axis in (left, right):
        axis.set(xlabel=rf"share $\lambda$ of order {orders[1]}, rest order {orders[0]}", xlim=(0, 1))
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(frameon=False, fontsize="small")
    return figure
