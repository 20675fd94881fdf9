"""Figures of dynamics: relaxation in time, ageing, and transition temperatures of mixed models."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

import theory
from validation.experiments import gradient_flow
from validation.figures.entry import Entry, Tables
from validation.figures.style import BAND, SIMULATION, THEORY, legend_above, legend_inside, letter, ordered, panels

ENTRIES: dict[str, Entry] = {}

_H = 3
_SIZES = (25, 50, 100)
_TIMES = tuple(np.geomspace(0.1, 20.0, 14).round(4).tolist())
_AGES = (0.5, 2.0, 8.0, 32.0)
_ORDERS = (3, 16)
# Closer together where the lines bend.
_SHARES = np.unique(np.r_[np.linspace(0, 1, 41), np.linspace(0.5, 0.6, 11), 1 - np.geomspace(0.001, 0.02, 6)])


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
    figure, grid = panels(1, 2, 2.8, 0.3, narrow=(2, 1))
    axes = grid.ravel()
    sizes = sorted(flow["n"].unique())
    for axis, name in zip(axes, ("energy", "overlap"), strict=True):
        axis.plot(equations["time"], equations[name], color=THEORY, lw=1.5, label=r"$n = \infty$, equations", zorder=3)
        for n, (colour, marker, _) in zip(sizes, ordered(len(sizes)), strict=True):
            rows = flow[flow["n"] == n]
            bars = 2 * rows[f"{name}_error"]
            look = {"fmt": marker, "ms": 3.5, "lw": 1, "color": colour, "label": f"$n = {n}$, flow"}
            axis.errorbar(rows["time"], rows[name], bars, **look)
        axis.set(xscale="log", xlabel="time $t$")
    axes[0].axhline(-E_inf, color=BAND, ls="--", lw=1)
    axes[0].text(0.02, -E_inf, r"$-E_\infty$", transform=axes[0].get_yaxis_transform(), va="bottom", fontsize="small")
    axes[0].set(ylabel=f"energy per spin $u$ ($H = {H}$)", ylim=(-E_inf - 0.06, None))
    axes[1].set(ylabel=r"overlap with the start $C(t, 0)$", ylim=(0, 1.05))
    letter(axes)
    legend_above(figure, *axes[0].get_legend_handles_labels())
    return figure


def _draw_relaxation(tables: Tables) -> Figure:
    return relaxation(tables["flow"], tables["equations"], float(theory.E_inf(_H)), _H)


ENTRIES["dynamics-relaxation"] = Entry(
    "Gradient flow of the spherical 3-spin model (H = 3) from uniform random points, at n = 25, 50, 100 (30 "
    "landscapes with 32 starts per size; bars: two standard errors over landscapes), and the solution of the "
    "Cugliandolo-Kurchan equations for infinite n. (a) Energy per spin u, which falls towards -E_inf = -1.633 as "
    "t^(-2/3). (b) Overlap with the start. At fixed time the difference from infinite n falls as 1/n; a finite "
    "system stops at some time, earlier and at higher energy the smaller it is.",
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
    figure, axes = panels(1, 2, 2.8, narrow=(2, 1), sharey=True)
    left, right = axes.ravel()
    ages = sorted(correlations["waiting"].unique())
    for age, (colour, _, dashes) in zip(ages, ordered(len(ages)), strict=True):
        rows = correlations[(correlations["waiting"] == age) & (correlations["time"] > age)]
        left.plot(rows["time"] - age, rows["correlation"], color=colour, ls=dashes, lw=1.3, label=f"{age:g}")
        right.plot(rows["time"] / age, rows["correlation"], color=colour, ls=dashes, lw=1.3)
    left.set(xscale="log", xlabel="time difference $t - t_w$", ylim=(0, 1.02))
    right.set(xscale="log", xlabel="time ratio $t / t_w$", xlim=(1, None))
    for axis in (left, right):
        axis.set_ylabel(rf"correlation $C(t, t_w)$ ($H = {H}$)")
    legend_inside(left, title="age $t_w$", loc="lower left")
    letter((left, right))
    return figure


def _draw_ageing(tables: Tables) -> Figure:
    return ageing(tables["correlations"], _H)


ENTRIES["dynamics-ageing"] = Entry(
    "Correlation C(t, t_w) between the states at times t_w and t of gradient descent of the infinite spherical 3-spin "
    "model (H = 3), from the Cugliandolo-Kurchan equations, for ages t_w = 0.5, 2, 8 and 32. (a) The older the system, "
    "the more slowly it decorrelates. (b) Against "
    "t / t_w the curves approach each other as t_w grows, first at large ratios (at t = 2 t_w only beyond the ages "
    "shown): at long times the age is the only time scale. All data come from the equations; nothing is simulated.",
    _ageing,
    _draw_ageing,
    simulated=False,
    seconds=4,
)


def _mixture_phases(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    return {"lines": gradient_flow.mixture_lines(_ORDERS, _SHARES.tolist())}


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
    figure, axes = panels(1, 2, 2.8, narrow=(2, 1))
    left, right = axes.ravel()
    share = lines["share"]
    left.fill_between(share, lines["static"], lines["dynamical"], color=BAND, alpha=0.3, lw=0)
    left.plot(share, lines["dynamical"], color=SIMULATION, lw=1.5, label="dynamical $T_d$")
    left.plot(share, lines["static"], color=THEORY, lw=1.5, ls="--", label="static $T_s$")
    left.set(ylabel="transition temperature $T$", ylim=(0.9 * lines["static"].min(), 1.05 * lines["dynamical"].max()))
    right.plot(share, lines["threshold"], color=BAND, lw=1.5, ls=":", label="threshold")
    right.plot(share, lines["ascent"], color=SIMULATION, lw=1.5, label="Hessian ascent")
    right.plot(share, lines["ground_state"], color=THEORY, lw=1.5, ls="--", label="ground state")
    right.set(ylabel="energy per spin $u$ at $T = 0$")
    low, high = orders
    for axis in (left, right):
        axis.set(xlabel=rf"$\lambda$ in $(1 - \lambda)\,t^{{{low}}} + \lambda\,t^{{{high}}}$", xlim=(0, 1))
        axis.xaxis.set_major_locator(MaxNLocator(4))
        legend_inside(axis)
    letter((left, right))
    return figure


def _draw_mixture_phases(tables: Tables) -> Figure:
    return mixture_phases(tables["lines"], _ORDERS)


ENTRIES["dynamics-mixture-phases"] = Entry(
    "Spherical models with covariance n nu(x.y/n) of the energy, nu(t) = (1 - lambda) t^3 + lambda t^16. (a) Below T_d "
    "(solid) dynamics from random points no longer equilibrates, below T_s (dashed) the Gibbs measure freezes into few "
    "valleys. (b) At temperature 0: the threshold energy (dotted), the energy that Hessian ascent reaches in "
    "polynomial time (Subag 2021, solid), and the ground state (Chen and Sen 2017, dashed); the first two agree for "
    "pure models. The threshold, at which the minima that prevail are marginal, is that of replicas where symmetry "
    "breaks in several steps. Nothing here is simulated.",
    _mixture_phases,
    _draw_mixture_phases,
    simulated=False,
    seconds=3,
)
