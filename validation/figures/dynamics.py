"""Figures of dynamics: relaxation in time, ageing, and transition temperatures of mixed models."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import theory
from validation.experiments import gradient_flow
from validation.figures.entry import Entry, Tables
from validation.figures.style import BAND, SIMULATION, THEORY, hide_spines

ENTRIES: dict[str, Entry] = {}

_H = 3
_SIZES = (25, 50, 100)
_TIMES = tuple(np.geomspace(0.1, 20.0, 14).round(4).tolist())
_AGES = (0.5, 2.0, 8.0, 32.0)
_ORDERS = (3, 16)
_MARKERS = "os^vD"


def _relaxation(seed: int) -> Tables:
    dense = tuple(np.geomspace(0.05, 20.0, 100).tolist())
    return {
        "flow": gradient_flow.flow_in_time(_SIZES, _H, _TIMES, samples=30, starts=32, seed=seed),
        "equations": gradient_flow.equations_in_time(_H, dense),
    }


def relaxation(flow: pd.DataFrame, equations: pd.DataFrame, E_inf: float, H: int) -> Figure:
    """Draw energies per spin and overlaps with the start against time.

    Parameters
    ----------
    flow : pandas.DataFrame
        Columns n, time, energy, energy_error, overlap, overlap_error.
    equations : pandas.DataFrame
        Columns time, energy, overlap.
    E_inf : float
        Threshold energy per spin, positive.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
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
        hide_spines(axis)
    axes[0].axhline(-E_inf, color=BAND, ls="--", lw=1)
    axes[0].annotate(r"$-E_\infty$", (0.02, -E_inf), xycoords=("axes fraction", "data"), va="bottom", color="0.3")
    axes[0].set_ylabel(f"energy per spin, H = {H}")
    axes[1].set(ylabel=r"overlap with the start, $C(t, 0)$", ylim=(0, 1.02))
    axes[0].legend(frameon=False, fontsize="small")
    return figure


def _draw_relaxation(tables: Tables) -> Figure:
    return relaxation(tables["flow"], tables["equations"], float(theory.E_inf(_H)), _H)


ENTRIES["dynamics-relaxation"] = Entry(
    "Gradient flow from uniform random points, H = 3, at n = 25, 50, 100 (30 landscapes with 32 starts per size; "
    "bars: two standard errors over landscapes), and the solution of the Cugliandolo-Kurchan equations for infinite "
    "n. Left: energy per spin, which falls towards -E_inf as t^(-2/3). Right: overlap with the start. At fixed time "
    "the difference from infinite n falls as 1/n; a finite system stops at some time, earlier and at higher energy "
    "the smaller it is.",
    _relaxation,
    _draw_relaxation,
    seconds=16,
)


def _ageing(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    return {"correlations": gradient_flow.ageing(_H, _AGES, 160.0)}


def ageing(correlations: pd.DataFrame, H: int) -> Figure:
    """Draw C(t, t_w) against t - t_w and against t / t_w.

    Parameters
    ----------
    correlations : pandas.DataFrame
        Columns waiting, time, correlation.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure = Figure(figsize=(7.0, 3.0), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    ages = sorted(correlations["waiting"].unique())
    colours = matplotlib.colormaps["viridis"](np.linspace(0.0, 0.85, len(ages)))
    for age, colour in zip(ages, colours, strict=True):
        rows = correlations[(correlations["waiting"] == age) & (correlations["time"] > age)]
        left.plot(rows["time"] - age, rows["correlation"], color=colour, lw=1.3)
        right.plot(rows["time"] / age, rows["correlation"], color=colour, lw=1.3, label=f"{age:g}")
    left.set(xscale="log", xlabel=r"$t - t_w$", ylabel=rf"$C(t, t_w)$, H = {H}", ylim=(0, 1.02))
    right.set(xscale="log", xlabel=r"$t / t_w$", xlim=(1, None))
    right.legend(title=r"age $t_w$", frameon=False, fontsize="small", title_fontsize="small")
    hide_spines(left, right)
    return figure


def _draw_ageing(tables: Tables) -> Figure:
    return ageing(tables["correlations"], _H)


ENTRIES["dynamics-ageing"] = Entry(
    "Correlation C(t, t_w) of gradient descent of the infinite system, H = 3, from the Cugliandolo-Kurchan "
    "equations, for ages t_w = 0.5 to 32. Left: the older the system, the more slowly it decorrelates. Right: against "
    "t / t_w the curves approach each other as t_w grows, first at large ratios (at t = 2 t_w only beyond the ages "
    "shown): at long times the age is the only time scale. All data come from the equations; nothing is simulated.",
    _ageing,
    _draw_ageing,
    simulated=False,
    seconds=4,
)


def _mixture_phases(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    return {"lines": gradient_flow.mixture_lines(_ORDERS, np.linspace(0.0, 1.0, 41).tolist())}


def mixture_phases(lines: pd.DataFrame, orders: tuple[int, int]) -> Figure:
    """Draw transition temperatures, and energies at temperature 0, against the share of the second order.

    Parameters
    ----------
    lines : pandas.DataFrame
        Columns share, dynamical, static, ground_state, threshold, ascent; energies are negative.
    orders : (int, int)
        The two orders.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
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
        hide_spines(axis)
        axis.legend(frameon=False, fontsize="small")
    return figure


def _draw_mixture_phases(tables: Tables) -> Figure:
    return mixture_phases(tables["lines"], _ORDERS)


ENTRIES["dynamics-mixture-phases"] = Entry(
    "Mixed models nu(t) = (1 - lambda) t^3 + lambda t^16. Left: below T_d (blue) dynamics from random points no longer "
    "equilibrates, below T_s (orange) the Gibbs measure freezes into few valleys. Right: at temperature 0 the "
    "threshold energy, the energy that Hessian ascent reaches in polynomial time (Subag 2021), and the ground "
    "state (Chen and Sen 2017); the first two agree for pure "
    "models. The threshold, at which the minima that prevail are marginal, is that of replicas where symmetry "
    "breaks in several steps. Nothing here is simulated.",
    _mixture_phases,
    _draw_mixture_phases,
    simulated=False,
    seconds=3,
)
