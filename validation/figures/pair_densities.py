"""Figures of pairs of critical points: densities by overlap, second moments, and paths between minima."""

import pandas as pd
from matplotlib.figure import Figure

from validation.experiments.pairs_of_points import density_by_overlap, second_moments
from validation.experiments.paths_between_minima import paths_between_minima
from validation.figures.entry import Entry, Tables
from validation.figures.style import BAND, CURVES, SIMULATION, THEORY, legend_above, letter, ordered, panels

ENTRIES: dict[str, Entry] = {}

_H = 3
_N, _SAMPLES, _BINS = 8, 300, 20
_INDICES = (None, (0, 0), (0, 1))
_SIZES = (4, 6, 8, 10, 14, 20, 28, 40)
_LOW = (-1.2, -1.4)
_PATH_N, _PATH_H = 6, 4


def _pair_overlaps(seed: int) -> Tables:
    return density_by_overlap(_N, _H, _SAMPLES, seed, _BINS, _INDICES)


def pair_overlaps(measured: pd.DataFrame, exact: pd.DataFrame, n: int, H: int) -> Figure:
    """Draw the density of pairs of critical points per unit of overlap, one panel per pair of indices.

    Parameters
    ----------
    measured : pandas.DataFrame
        Columns indices ("all" or "k-l"), low, high, density, standard_error.
    exact : pandas.DataFrame
        Columns indices, overlap, density.
    n, H : int
        Number of spins and interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    kinds = list(dict.fromkeys(measured["indices"]))
    figure, grid = panels(1, len(kinds), 2.3, 0.5, narrow=(len(kinds), 1))
    axes = grid.ravel()
    for axis, kind in zip(axes, kinds, strict=True):
        points, curve = measured[measured["indices"] == kind], exact[exact["indices"] == kind]
        middle, half = (points["low"] + points["high"]) / 2, (points["high"] - points["low"]) / 2
        axis.plot(curve["overlap"], curve["density"], color=THEORY, lw=1.6, label="Kac-Rice, two points")
        axis.errorbar(
            middle, points["density"], points["standard_error"], half, fmt=".", ms=3, lw=0.9, color=SIMULATION,
            label="all pairs of enumerated landscapes", clip_on=False,
        )  # fmt: skip
        axis.set(xlabel="overlap $q$", xlim=(-1, 1), ylim=(0, None), xticks=[-1, 0, 1])
    figure.supylabel("pairs per unit of overlap", fontsize="medium")
    names = {"all": f"all, $H = {H}$, $n = {n}$", "0-0": "two minima", "0-1": "minimum, index 1"}
    letter(axes, [names.get(kind, f"indices {kind}") for kind in kinds])
    legend_above(figure, *axes[0].get_legend_handles_labels())
    return figure


def _draw_pair_overlaps(tables: Tables) -> Figure:
    return pair_overlaps(tables["measured"], tables["exact"], _N, _H)


ENTRIES["pairs-overlaps"] = Entry(
    f"Mean number of ordered pairs of critical points per unit of overlap q = x.y/n in a landscape of the spherical "
    f"3-spin model (H = 3, n = {_N}). Points: all pairs of {_SAMPLES} completely enumerated landscapes, without the "
    "pairs (x, -x); vertical bars are standard errors over landscapes, horizontal ones the intervals. Lines: the "
    "Kac-Rice formula for two points, with a Monte Carlo error of 2%, or of a thousandth of the maximum where the "
    "density is low. (a) All pairs. (b) Two minima. (c) A minimum and a saddle of index 1. As q tends to 1 the density "
    "tends to a positive constant in (a) and (c), and to 0 in (b); that of independent uniform points is proportional "
    "to (1 - q^2)^((n - 3)/2). Critical points are thus close to each other more often than independent points.",
    _pair_overlaps,
    _draw_pair_overlaps,
    seconds=45,
)


def _pair_moments(seed: int) -> Tables:
    return {"moments": second_moments(_SIZES, _H, _LOW, 0.01, seed)}


def pair_moments(moments: pd.DataFrame, H: int) -> Figure:
    """Draw ``E N^2/(E N)^2``, which is 1 plus the relative variance of the number N of critical points, against n.

    Parameters
    ----------
    moments : pandas.DataFrame
        Columns number, n, mean, ratio, ratio_error.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, grid = panels(1, 1, 2.7, 0.4, wide=False)
    (axis,) = grid.ravel()
    names = list(dict.fromkeys(moments["number"]))
    for name, (colour, dashes) in zip(names, CURVES, strict=False):
        curve = moments[moments["number"] == name]
        label = {"all": "all", "minima": "minima"}.get(name, f"${name}$")
        axis.errorbar(
            curve["n"], curve["ratio"], curve["ratio_error"], color=colour, ls=dashes, marker=".", lw=1.3, label=label
        )
    axis.axhline(1.0, color=BAND, lw=0.8)
    axis.set(xscale="log", yscale="log", xlabel="number of spins $n$")
    axis.set_ylabel(r"$\mathbb{E} N^2 / (\mathbb{E} N)^2$" + f", $H = {H}$")
    ticks = [n for n in (4, 6, 10, 20, 40, 60) if moments["n"].min() <= n <= moments["n"].max()]
    axis.set_xticks(ticks, [str(n) for n in ticks])
    axis.minorticks_off()
    highest = float(moments["ratio"].max())
    heights = [y for y in (1.0, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0) if y <= 1.05 * highest]
    axis.set_yticks(heights, [f"{y:g}" for y in heights])
    legend_above(figure, *axis.get_legend_handles_labels())
    return figure


def _draw_pair_moments(tables: Tables) -> Figure:
    return pair_moments(tables["moments"], _H)


ENTRIES["pairs-second-moment"] = Entry(
    "E N^2/(E N)^2 of the number N of critical points of the spherical 3-spin model (H = 3) against the number of "
    f"spins n, from n = {_SIZES[0]} to {_SIZES[-1]}: all points, minima, and points with energy per spin below "
    + " and ".join(f"{u:g}" for u in _LOW)
    + ". The mean square is the Kac-Rice integral over two points, with a Monte Carlo error of 1% (bars). A ratio that "
    "tends to 1 means that N concentrates around its mean, so that the annealed and the quenched complexity are equal. "
    "At fixed energy above the ground state the ratio falls once many points lie below that energy. Nothing is "
    "enumerated.",
    _pair_moments,
    _draw_pair_moments,
    seconds=115,
)


def _pair_paths(seed: int) -> Tables:
    return paths_between_minima(_PATH_N, _PATH_H, seed)


def pair_paths(paths: pd.DataFrame, barriers: pd.DataFrame, n: int, H: int) -> Figure:
    """Draw energies along geodesics between minima beside theory, and the barriers of geodesics beside the true ones.

    Parameters
    ----------
    paths : pandas.DataFrame
        Columns pair, overlap, position, measured, mean, spread.
    barriers : pandas.DataFrame
        Columns overlap, geodesic, lowest.
    n, H : int
        Number of spins and interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, grid = panels(1, 2, 2.7, 0.4, narrow=(2, 1))
    left, right = grid.ravel()
    numbers = sorted(paths["pair"].unique())
    for number, (colour, _, dashes) in zip(numbers, ordered(len(numbers)), strict=True):
        path = paths[paths["pair"] == number]
        t, mean, spread = (path[name].to_numpy() for name in ("position", "mean", "spread"))
        left.fill_between(t, mean - spread, mean + spread, color=THEORY, alpha=0.2, lw=0)
        left.plot(t, path["measured"], color=colour, ls=dashes, lw=1.4, label=f"$q = {path['overlap'].iloc[0]:.2f}$")
        left.plot(t, mean, color=THEORY, lw=1.0, label="theory" if number == numbers[-1] else None)
    left.set(xlabel="position on the geodesic", ylabel="energy per spin", xlim=(0, 1))
    top, lowest = (1.05 * float(barriers[name].max()) for name in ("geodesic", "lowest"))
    right.plot([0, lowest], [0, lowest], color=BAND, lw=0.8)
    right.plot(barriers["lowest"], barriers["geodesic"], "o", ms=3, color=SIMULATION, clip_on=False)
    right.set(xlabel="height of the lowest pass", ylabel="height of the geodesic", xlim=(0, lowest), ylim=(0, top))
    letter([left, right], [f"$H = {H}$, $n = {n}$", "barriers per spin"])
    legend_above(figure, *left.get_legend_handles_labels())
    return figure


def _draw_pair_paths(tables: Tables) -> Figure:
    return pair_paths(tables["paths"], tables["barriers"], _PATH_N, _PATH_H)


ENTRIES["pairs-paths"] = Entry(
    f"(a) Energy per spin along the geodesics from the deepest minimum of one landscape (H = {_PATH_H}, n = {_PATH_N}) "
    "to others of overlap q > 0.1 with it. Orange: mean and standard deviation given overlap, energies and that both "
    "points are minima (Kac-Rice law of two points). (b) For all pairs of minima of twelve landscapes, without x and "
    "-x, the highest point of the geodesic and the lowest pass between the two over saddles of index 1, both above the "
    "higher minimum and per spin; no path lies below the pass (line), and most geodesics lie far above it. All "
    "critical points are enumerated.",
    _pair_paths,
    _draw_pair_paths,
    seconds=12,
)
