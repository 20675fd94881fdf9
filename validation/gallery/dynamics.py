"""Figures of dynamics: relaxation in time, ageing, and where mixtures freeze."""

import numpy as np
from matplotlib.figure import Figure

import theory
from validation import figures, relaxation_tables
from validation.gallery.entry import Entry, Tables

_H = 3
_SIZES = (25, 50, 100)
_TIMES = tuple(np.geomspace(0.1, 20.0, 14).round(4).tolist())
_AGES = (0.5, 2.0, 8.0, 32.0)
_ORDERS = (3, 16)


def _relaxation(seed: int) -> Tables:
    dense = tuple(np.geomspace(0.05, 20.0, 100).tolist())
    return {
        "flow": relaxation_tables.flow_in_time(_SIZES, _H, _TIMES, samples=30, starts=32, seed=seed),
        "equations": relaxation_tables.equations_in_time(_H, dense),
    }


def _draw_relaxation(tables: Tables) -> Figure:
    return figures.relaxation(tables["flow"], tables["equations"], float(theory.E_inf(_H)), _H)


def _ageing(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    return {"correlations": relaxation_tables.ageing(_H, _AGES, 160.0)}


def _draw_ageing(tables: Tables) -> Figure:
    return figures.ageing(tables["correlations"], _H)


def _mixture_phases(seed: int) -> Tables:  # noqa: ARG001  nothing is drawn at random
    return {"lines": relaxation_tables.mixture_lines(_ORDERS, np.linspace(0.0, 1.0, 41).tolist())}


def _draw_mixture_phases(tables: Tables) -> Figure:
    return figures.mixture_phases(tables["lines"], _ORDERS)


ENTRIES = {
    "dynamics-relaxation": Entry(
        "Gradient flow from uniform random points, H = 3, at n = 25, 50, 100 (30 landscapes of 32 starts a size; bars: "
        "two standard errors over landscapes), beside the solution of the Cugliandolo-Kurchan equations for n to "
        "infinity. Left: energy per spin, which falls towards -E_inf as t^(-2/3). Right: overlap with the start. At "
        "fixed time the difference falls as 1/n; at growing time a finite system stops earlier and higher.",
        _relaxation,
        _draw_relaxation,
    ),
    "dynamics-ageing": Entry(
        "Correlation C(t, t_w) of gradient descent of an infinite glass, H = 3, from the Cugliandolo-Kurchan "
        "equations, for ages t_w = 0.5 to 32. Left: the older the system, the longer it takes to move on. Right: "
        "against t / t_w the curves come together as t_w grows, at large ratios first (at t = 2 t_w only beyond the "
        "ages drawn): in the end the age is the only time scale. Nothing here is simulated.",
        _ageing,
        _draw_ageing,
        simulated=False,
    ),
    "dynamics-mixture-phases": Entry(
        "Mixtures nu(t) = (1 - lambda) t^3 + lambda t^16. Left: below T_d (blue) dynamics from random points no longer "
        "equilibrates, below T_s (orange) the Gibbs measure freezes into few valleys. Right: at temperature 0 the "
        "threshold energy, the energy that Hessian ascent reaches in polynomial time (Subag 2021), and the ground "
        "state (Chen and Sen 2017); the first two agree for pure "
        "models. The threshold, at which the minima that prevail are marginal, is that of replicas where symmetry "
        "breaks in several steps. Nothing here is simulated.",
        _mixture_phases,
        _draw_mixture_phases,
        simulated=False,
    ),
}
