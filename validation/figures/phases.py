"""Figures of theory at temperatures above 0: ageing, the potential, and distributions of the overlap."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

import theory
from validation.experiments import thermal_theory
from validation.figures.entry import Entry, Tables
from validation.figures.style import BAND, EMPHASIS, THEORY, legend_inside, letter, ordered, panels

ENTRIES: dict[str, Entry] = {}

_H = 3
_T = 0.5
_TIMES = (3.0, 10.0, 30.0, 100.0)
_TEMPERATURES = (0.9, 0.866, 0.845, 0.8288055)
_TOP = 0.025  # of the axis of the potential
_CASES: dict[str, tuple[dict[int, float], float]] = {
    "(a)": ({1: 0.5, 3: 1.0}, 0.5),
    "(b)": ({2: 1.0, 4: 0.5}, 0.8),
    "(c)": ({2: 1.0, 4: 0.5}, 0.2),
    "(d)": ({3: 0.5**0.5, 16: 32**-0.5}, 0.03),
}


def _fluctuations(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    return {"curves": thermal_theory.fluctuation_curves(_H, _T, _TIMES)}


def fluctuations(curves: pd.DataFrame, q: float, X: float, H: int, T: float) -> Figure:
    """Draw the integrated response times T against the correlation, for several times.

    Parameters
    ----------
    curves : pandas.DataFrame
        Columns time, correlation, susceptibility.
    q, X : float
        Plateau of the correlation and fluctuation ratio in the limit of long times.
    H : int
        Interaction order.
    T : float
        Temperature of the bath.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, axes = panels(1, 1, 3.4, wide=False)
    axis = axes[0, 0]
    groups = curves.groupby("time")
    for (t, rows), (colour, _, dashes) in zip(groups, ordered(len(groups)), strict=True):
        axis.plot(rows["correlation"], rows["susceptibility"], color=colour, ls=dashes, lw=1.3, label=f"$t = {t:g}$")
    axis.plot([0, q, 1], [1 - q + X * q, 1 - q, 0], color=THEORY, lw=1.8, label=r"$t \to \infty$")
    top = 1.3 * (1 - q + X * q)
    axis.plot([max(1 - top, 0), q], [min(top, 1), 1 - q], color=BAND, lw=0.8, ls=":")
    axis.plot([q], [1 - q], "o", color=EMPHASIS, ms=4)
    axis.annotate("$q$", (q, 1 - q), xytext=(4, 4), textcoords="offset points", fontsize="small")
    axis.set(
        xlabel=f"correlation $C(t, t')$ ($H = {H}$, $T = {T:g}$)",
        ylabel=r"response $T \int_{t'}^t R(t, s)\, ds$",
        xlim=(0, 1),
        ylim=(0, top),
    )
    legend_inside(axis)
    return figure


def _draw_fluctuations(tables: Tables) -> Figure:
    state = theory.threshold_state(_T, _H)
    return fluctuations(tables["curves"], state.overlap, state.fluctuation_ratio, _H, _T)


ENTRIES["dynamics-fluctuations"] = Entry(
    "Response integrated from t' to t, times T, against the correlation C(t, t'), of the infinite spherical 3-spin "
    "model (H = 3) after a quench from random points to T = 0.5, from the Cugliandolo-Kurchan equations, for four "
    "times t; t' varies along each line. Down to the plateau q = 0.767 the fluctuation-dissipation theorem holds: "
    "the slope is -1 (continued as a dotted line). Below it, the lines tend with t to one of slope -X with X = "
    "0.304 (orange): correlations and responses are those of an effective temperature T/X = 1.645. Nothing is "
    "simulated.",
    _fluctuations,
    _draw_fluctuations,
    simulated=False,
    seconds=8,
)


def _potential(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    return {"curves": thermal_theory.potentials(_H, _TEMPERATURES, np.linspace(0.0, 0.8, 81).tolist())}


def potential(curves: pd.DataFrame, H: int) -> Figure:
    """Draw the potential against the overlap, for several temperatures.

    Parameters
    ----------
    curves : pandas.DataFrame
        Columns temperature, overlap, potential.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, axes = panels(1, 1, 3.4, wide=False)
    axis = axes[0, 0]
    groups = curves.groupby("temperature", sort=False)
    for (T, rows), (colour, _, dashes) in zip(groups, ordered(len(groups)), strict=True):
        rows = rows[rows["potential"] <= _TOP]
        axis.plot(rows["overlap"], rows["potential"], color=colour, ls=dashes, lw=1.4, label=f"$T = {T:.3f}$")
    axis.axhline(0, color=BAND, lw=0.8)
    axis.set(xlabel=f"overlap $q$ ($H = {H}$)", ylabel="potential $V(q)$", xlim=(0, 0.8), ylim=(-0.04 * _TOP, _TOP))
    axis.yaxis.set_major_locator(MaxNLocator(5))
    legend_inside(axis)
    return figure


def _draw_potential(tables: Tables) -> Figure:
    return potential(tables["curves"], _H)


ENTRIES["temperature-potential"] = Entry(
    "Free energy per spin V(q) that it costs the infinite spherical 3-spin model (H = 3) to keep the overlap q with "
    "one of its equilibrium configurations at the same temperature (Franz and Parisi 1995). Above the dynamical "
    "transition T_d = 0.866 the potential only rises. Below it there is a second minimum: the equilibrium consists "
    "of states, and the height of the minimum is T times the logarithm of their number per spin. At the static "
    "transition T_s = 0.829 the height is 0. Nothing is simulated.",
    _potential,
    _draw_potential,
    simulated=False,
    seconds=4,
)


def _distributions(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    return {"laws": thermal_theory.distributions(_CASES)}


def distributions(laws: pd.DataFrame) -> Figure:
    """Draw distributions of the overlap, one panel per case.

    Parameters
    ----------
    laws : pandas.DataFrame
        Columns case, phase, overlap, cumulative; one row per overlap at which the cumulative distribution changes.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    groups = laws.groupby("case", sort=False)
    rows, columns = -(-len(groups) // 2), min(2, len(groups))
    figure, grid = panels(rows, columns, 2.2, narrow=(rows, columns), sharex=True)
    axes = grid.ravel()[: len(groups)]
    for unused in grid.ravel()[len(groups) :]:
        unused.remove()
    for axis, (_, law) in zip(axes, groups, strict=True):
        top = 1.7 * law["cumulative"].iloc[-2]
        q = np.concatenate([[0.0], law["overlap"], law["overlap"].tail(1)])
        x = np.minimum(np.concatenate([[0.0], law["cumulative"], [1.0]]), top)
        axis.step(q, x, where="post", color=THEORY, lw=1.5)
        axis.set(ylim=(0, top), xlim=(0, 1), ylabel="$x(q)$")
        axis.yaxis.set_major_locator(MaxNLocator(3))
    for axis in grid[-1]:
        axis.set_xlabel("overlap $q$")
    letter(axes, [str(law["phase"].iloc[0]) for _, law in groups])
    return figure


def _draw_distributions(tables: Tables) -> Figure:
    return distributions(tables["laws"])


ENTRIES["temperature-distributions"] = Entry(
    "Probability x(q) that two equilibrium configurations of an infinite spherical model have an overlap of at most "
    "q, in four phases: (a) one step in a field, weights 0.5 of order 1 and 1 of order 3, T = 0.5; (b) continuous, "
    "weights 1 of order 2 and 0.5 of order 4, T = 0.8; (c) continuous with steps, the same model at T = 0.2; (d) "
    "two steps, covariance n (q^3 + q^16/16)/2, T = 0.03. At the largest overlap x jumps to 1, beyond the upper "
    "edge of the panels. Nothing is simulated.",
    _distributions,
    _draw_distributions,
    simulated=False,
    seconds=3,
)
