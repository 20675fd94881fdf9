"""The figure of minima by energy and stability, the smallest eigenvalue of their Hessian."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import theory
from validation.experiments import stable_minima
from validation.figures.entry import Entry, Tables
from validation.figures.style import SIMULATION, THEORY, legend_above, letter, ordered, panels

ENTRIES: dict[str, Entry] = {}

_MIXTURE = {2: 0.5**0.5, 3: 0.5**0.5}
_MODELS: tuple[tuple[str, int, Any, int], ...] = (("pure", 8, 3, 150), ("mixed", 7, _MIXTURE, 150))
_SIZES = (20, 50, 100)
_SHARES = {0.5: "50", 0.9: "90", 0.99: "99"}


def _stability(seed: int) -> Tables:
    found = []
    exact = []
    energies, stabilities = np.linspace(-2.1, 0.1, 67), np.linspace(0.0, 6.0, 61)
    for name, n, H, samples in _MODELS:
        found.append(stable_minima.minima(n, H, samples, seed).assign(model=name, n=n))
        exact.append(stable_minima.density(n, H, energies, stabilities).assign(model=name, n=n))
    for n in _SIZES:
        # The region shrinks around -E_inf and stability 0 as n grows.
        low, high, top = -1.66 - 1.2 / n**0.5, -1.66 + 3.6 / n**0.5, 11.0 / n**0.6
        grid = np.linspace(low, high, 41), np.linspace(0.0, top, 33)
        exact.append(stable_minima.density(n, 3, *grid).assign(model="sizes", n=n))
    return {"minima": pd.concat(found), "density": pd.concat(exact), "edge": _edge()}


def _edge() -> pd.DataFrame:
    """Return the line of the minima of large landscapes, from the ground state to the threshold."""
    u = np.linspace(-float(theory.E_0(3)), -float(theory.E_inf(3)), 20)
    return pd.DataFrame({"energy_per_spin": u, "stability": theory.most_numerous_stability(u, 3)})


def stability(minima: pd.DataFrame, density: pd.DataFrame, edge: pd.DataFrame) -> Figure:
    """Draw minima in the plane of energy and stability with contours of their exact density.

    Parameters
    ----------
    minima : pandas.DataFrame
        One row per minimum: model ("pure" or "mixed"), n, energy_per_spin, stability.
    density : pandas.DataFrame
        Exact densities on grids, one for each model and one for each n of the model "sizes": model, n,
        energy_per_spin, stability, inside.
    edge : pandas.DataFrame
        The line on which minima lie as n tends to infinity, from -E_0 to -E_inf: energy_per_spin, stability.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, grid = panels(1, 3, 2.6, 0.35, narrow=(3, 1))
    axes = grid.ravel()
    names = []
    for axis, model in zip(axes, ("pure", "mixed"), strict=False):
        points, exact = minima[minima["model"] == model], density[density["model"] == model]
        axis.plot(points["energy_per_spin"], points["stability"], ".", color=SIMULATION, ms=2.5, alpha=0.5, mew=0)
        _contours(axis, exact, tuple(_SHARES), THEORY, ("-", "--", ":"))
        inside = pd.concat([exact[exact["inside"] < 0.992], points])
        top = inside["stability"].max()
        axis.set(xlim=_span(inside["energy_per_spin"]), ylim=(-0.03 * top, 1.05 * top))
        names.append(f"{'$H = 3$' if model == 'pure' else 'mixture 2 + 3'}, $n = {points['n'].iloc[0]}$")
    _draw_sizes(axes[2], density[density["model"] == "sizes"], edge)
    for axis in axes:
        axis.set(xlabel="energy per spin $u$", ylabel=r"stability $\lambda_{\min}$")
    letter(axes, [*names, "$H = 3$, 90% regions"])
    handles = [Line2D([], [], color=SIMULATION, marker="o", ls="", ms=3)]
    handles += [Line2D([], [], color=THEORY, ls=dashes) for dashes in ("-", "--", ":")]
    legend_above(figure, handles, ["minima", *(f"exact, {share}% inside" for share in _SHARES.values())])
    return figure


def _draw_sizes(axis: Axes, density: pd.DataFrame, edge: pd.DataFrame) -> None:
    sizes = sorted(density["n"].unique())
    for n, look in zip(sizes, ordered(len(sizes)), strict=True):
        _contours(axis, density[density["n"] == n], (0.9,), look.colour, (look.dashes,))
    axis.plot(edge["energy_per_spin"], edge["stability"], color=THEORY, lw=2)
    handles = [Line2D([], [], color=look.colour, ls=look.dashes) for look in ordered(len(sizes))]
    handles.append(Line2D([], [], color=THEORY, lw=2))
    axis.legend(handles, [*(f"$n = {n}$" for n in sizes), r"$n = \infty$"], fontsize="small", frameon=False)
    inside = pd.concat([density[density["inside"] < 0.92], edge])
    top = inside["stability"].max()
    axis.set(xlim=_span(inside["energy_per_spin"]), ylim=(-0.03 * top, 1.9 * top))  # with room for the legend


def _contours(axis: Axes, exact: pd.DataFrame, shares: tuple[float, ...], colour: str, dashes: tuple[Any, ...]) -> None:
    table = exact.pivot_table(index="stability", columns="energy_per_spin", values="inside")
    drawn = axis.contour(table.columns, table.index, table, levels=shares, colors=colour, linewidths=1.3)
    drawn.set_linestyle(dashes)


def _span(values: pd.Series) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def _draw_stability(tables: Tables) -> Figure:
    return stability(tables["minima"], tables["density"], tables["edge"])


ENTRIES["stability"] = Entry(
    "Dots: all minima of 150 landscapes by energy per spin u and smallest eigenvalue of the Riemannian Hessian, by "
    "complete enumeration, (a) for the spherical 3-spin model at n = 8 and (b) for the mixture of orders 2 and 3 with "
    "equal weights and nu(1) = 1 at n = 7. Contours: the smallest regions that contain 50%, 90% and 99% of the minima "
    "according to the exact mean density, which follows from the joint law of the two smallest eigenvalues of a GOE "
    "matrix. (c) The regions that contain 90% for H = 3 and n = 20, 50 and 100, and the limit of large n: minima "
    "lie on the line lambda_min = -3 u - 2 sqrt(6) from -E_0 = -1.657 to -E_inf = -1.633, most of them at -E_inf.",
    _stability,
    _draw_stability,
    seconds=15,
)
