"""Figures of equilibrium: energy against temperature, overlaps, ground states."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

import theory
from theory.statics import equilibrium
from validation.experiments import thermal
from validation.figures.entry import Entry, Tables
from validation.figures.style import (
    BAND,
    EMPHASIS,
    SIMULATION,
    THEORY,
    legend_above,
    legend_inside,
    letter,
    ordered,
    panels,
)

ENTRIES: dict[str, Entry] = {}

_H = 3
_LADDER = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.1, 1.25, 1.5)
_SAMPLES = {16: 64, 32: 40, 64: 24}
_SWEEPS = 600
_SHOWN = (0.5, 0.7, 1.0)


def _energy(seed: int) -> Tables:
    runs = [thermal.tempered(n, _H, S, _LADDER, _SWEEPS, seed) for n, S in _SAMPLES.items()]
    return {
        "measured": pd.concat([thermal.mean_energies(run) for run in runs], ignore_index=True),
        "infinite": thermal.infinite_energies(_H, np.linspace(0.38, 1.52, 115)),
    }


def energy_by_temperature(
    measured: pd.DataFrame, infinite: pd.DataFrame, T_s: float, T_d: float, E_0: float, H: int
) -> Figure:
    """Draw mean energies per spin by size, the limit of infinite n, and the two transition temperatures.

    Parameters
    ----------
    measured : pandas.DataFrame
        Columns n, temperature, energy_per_spin, standard_error.
    infinite : pandas.DataFrame
        Columns temperature, energy_per_spin, liquid.
    T_s, T_d : float
        Static and dynamical transition temperature.
    E_0 : float
        Ground-state energy per spin, positive.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, axes = panels(1, 1, 3.6, wide=False)
    axis = axes[0, 0]
    lowest = -E_0 - 0.06
    below = infinite[(infinite["temperature"] < T_s) & (infinite["liquid"] > lowest)]
    axis.axhline(-E_0, color=BAND, lw=0.8, ls=":")
    axis.plot(below["temperature"], below["liquid"], color=THEORY, lw=1, ls="--", label="$-1/T$, continued")
    axis.plot(infinite["temperature"], infinite["energy_per_spin"], color=THEORY, lw=1.8, label=r"$n = \infty$, exact")
    sizes = measured.groupby("n")
    for (n, group), (colour, marker, _) in zip(sizes, ordered(len(sizes)), strict=True):
        axis.errorbar(
            group["temperature"],
            group["energy_per_spin"],
            group["standard_error"],
            color=colour,
            marker=marker,
            ms=4,
            lw=0,
            elinewidth=1,
            label=f"$n = {n}$",
        )
    for T, name, side in ((T_s, "$T_s$", "right"), (T_d, "$T_d$", "left")):
        axis.axvline(T, color=BAND, lw=0.8)
        axis.text(T, 1.01, name, transform=axis.get_xaxis_transform(), ha=side, va="bottom", fontsize="small")
    axis.text(1.0, -E_0, " $-E_0$", transform=axis.get_yaxis_transform(), va="center", fontsize="small")
    axis.set(xlabel="temperature $T$", ylabel=f"energy per spin $u$ ($H = {H}$)", ylim=(lowest, None))
    legend_inside(axis)
    return figure


def _draw_energy(tables: Tables) -> Figure:
    T_s, T_d = float(theory.static_temperature(_H)), float(theory.dynamical_temperature(_H))
    return energy_by_temperature(tables["measured"], tables["infinite"], T_s, T_d, float(theory.E_0(_H)), _H)


ENTRIES["temperature-energy"] = Entry(
    "Mean energy per spin u against temperature T for the spherical 3-spin model (H = 3). Markers: parallel tempering "
    "of 64, 40 and 24 landscapes of n = 16, 32 and 64 spins (600 sweeps after 300 of burn-in; landscapes in which hot "
    "and cold starts do not agree are left out and counted in the table); bars are standard errors over landscapes. "
    "Solid line: infinite n (Crisanti and Sommers 1992). Between the static transition T_s = 0.829 and the dynamical "
    "one T_d = 0.866 the dynamics is already frozen, while the equilibrium energy is still -1/T; below T_s one-step "
    "replica symmetry breaking keeps it above the continued -1/T (dashed). Dotted: the ground-state energy -E_0.",
    _energy,
    _draw_energy,
    seconds=44,
)


def _overlaps(seed: int) -> Tables:
    runs = [thermal.tempered(n, _H, S, _LADDER, _SWEEPS, seed) for n, S in _SAMPLES.items()]
    rungs = [_LADDER.index(T) for T in _SHOWN]
    atoms: list[tuple[float, ...]] = []
    for T in _SHOWN:
        law = equilibrium.equilibrium(T, _H)
        atoms += [(T, law.lower_overlap, law.breakpoint), (T, law.overlap, 1 - law.breakpoint)]
    infinite = pd.DataFrame(atoms, columns=["temperature", "overlap", "weight"])
    return {
        "densities": pd.concat([thermal.overlap_densities(run, rungs) for run in runs], ignore_index=True),
        "infinite": infinite[infinite["weight"] > 0],
    }


def overlap_densities(densities: pd.DataFrame, infinite: pd.DataFrame, H: int) -> Figure:
    """Draw the density of overlaps by size, and the overlaps and weights at infinite n as arrows, per temperature.

    Parameters
    ----------
    densities : pandas.DataFrame
        Columns n, temperature, overlap, density.
    infinite : pandas.DataFrame
        One row per atom of the distribution: temperature, overlap, weight.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    temperatures = sorted(densities["temperature"].unique(), reverse=True)
    figure, grid = panels(1, len(temperatures), 2.3, 0.4, narrow=(len(temperatures), 1))
    axes = grid.ravel()
    for axis, T in zip(axes, temperatures, strict=True):
        here = densities[densities["temperature"] == T].groupby("n")
        for (n, group), (colour, _, dashes) in zip(here, ordered(len(here)), strict=True):
            half = np.diff(group["overlap"]).mean() / 2
            edges = np.append(group["overlap"] - half, group["overlap"].iloc[-1] + half)
            axis.stairs(group["density"], edges, color=colour, ls=dashes, lw=1.3, label=f"$n = {n}$")
        axis.set(xlabel="overlap $q$", ylabel="density", xlim=(-1, 1), xticks=[-1, 0, 1], ylim=(0, None))
        axis.set_xticks([-0.5, 0.5], minor=True)
        axis.yaxis.set_major_locator(MaxNLocator(4))
        atoms = infinite[infinite["temperature"] == T]
        weights = axis.twinx()
        weights.vlines(atoms["overlap"], 0, atoms["weight"], color=THEORY, lw=1.5)
        (marks,) = weights.plot(atoms["overlap"], atoms["weight"], "D", color=THEORY, ms=5)
        weights.set(ylim=(0, 1.1), yticks=[0, 0.5, 1], ylabel=r"weight, $n = \infty$")
        weights.tick_params(labelsize="small")
        weights.spines["top"].set_visible(False)
    letter(axes, [f"$T = {T:g}$, $H = {H}$" for T in temperatures])
    handles, labels = axes[0].get_legend_handles_labels()
    legend_above(figure, [*handles, marks], [*labels, r"$n = \infty$ (right axis)"])  # pyrefly: ignore[unbound-name]  # the table has rows
    return figure


def _draw_overlaps(tables: Tables) -> Figure:
    return overlap_densities(tables["densities"], tables["infinite"], _H)


ENTRIES["temperature-overlaps"] = Entry(
    "Density of the overlap q of two replicas of the spherical 3-spin model (H = 3) at temperatures (a) 1, (b) 0.7 and "
    "(c) 0.5, by parallel tempering of 64, 40 and 24 landscapes of n = 16, 32 and 64 spins (600 sweeps after 300 of "
    "burn-in; landscapes in which hot and cold starts do not agree are left out and counted in the table). Diamonds, "
    "on the right axis: the overlaps that two replicas have at infinite n, and their probabilities, which are 1 at q = "
    "0 above T_s = 0.829, and m at 0 and 1 - m at some q > 0 below (Crisanti and Sommers 1992). As n grows the two "
    "peaks separate.",
    _overlaps,
    _draw_overlaps,
    seconds=0.8,
)


def _ground_states(seed: int) -> Tables:
    sizes, curve = (6, 8, 10, 16, 24, 36, 54, 80), np.unique(np.geomspace(6, 80, 24).round().astype(int))
    return {
        "measured": thermal.ground_states(sizes, _H, 60, (6, 8, 10), seed),
        "centring": thermal.centring(curve, _H),
    }


def ground_states(measured: pd.DataFrame, centring: pd.DataFrame, E_0: float, E_inf: float, H: int) -> Figure:
    """Draw mean ground-state energies against n, those of exact counts, and the band [-E_0, -E_inf].

    Parameters
    ----------
    measured : pandas.DataFrame
        Columns n, method, energy_per_spin, standard_error.
    centring : pandas.DataFrame
        Columns n, energy_per_spin.
    E_inf, E_0 : float
        Ends of the band of deep minima, positive energies per spin.
    H : int
        Interaction order.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure, axes = panels(1, 1, 3.4, wide=False)
    axis = axes[0, 0]
    axis.axhspan(-E_0, -E_inf, color=BAND, alpha=0.35, lw=0, label=r"band $[-E_0,\,-E_\infty]$")
    axis.plot(
        centring["n"],
        centring["energy_per_spin"],
        color=THEORY,
        lw=1.5,
        label="exact counts, Poisson law",
    )
    looks = {"annealing": ("o", SIMULATION, 5, 1.0), "enumeration": ("+", EMPHASIS, 10, 0.0)}
    for method, group in measured.groupby("method"):
        marker, colour, size, bar = looks[str(method)]
        axis.errorbar(
            group["n"],
            group["energy_per_spin"],
            group["standard_error"],
            color=colour,
            marker=marker,
            ms=size,
            lw=0,
            elinewidth=bar,
            label=f"{method}",
        )
    sizes = sorted(measured["n"].unique())
    axis.set(xscale="log", xlabel="number of spins $n$", ylabel=f"ground-state energy per spin ($H = {H}$)")
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticks(sizes, [str(n) for n in sizes])
    legend_inside(axis)
    return figure


def _draw_ground_states(tables: Tables) -> Figure:
    E_0, E_inf = float(theory.E_0(_H)), float(theory.E_inf(_H))
    return ground_states(tables["measured"], tables["centring"], E_0, E_inf, _H)


ENTRIES["temperature-ground-states"] = Entry(
    "Mean ground-state energy per spin of the spherical 3-spin model (H = 3), 60 landscapes per number of spins n, by "
    "repeated annealing and, for n = 6, 8 and 10, by enumeration of all critical points of the same landscapes; bars "
    "are standard errors. The table counts landscapes in which too few anneals ended at the lowest energy found to "
    "confirm it; there the true ground state may be lower. Curve: mean energy of the deepest minimum if the number of "
    "minima below each energy is a Poisson number with the exact mean of Auffinger, Ben Arous and Černý (2013), which "
    "is so in the limit of large n (Subag and Zeitouni 2017). It tends to -E_0. The band [-E_0, -E_inf] is where deep "
    "minima lie at infinite n. At these n the mean ground-state energy lies above it.",
    _ground_states,
    _draw_ground_states,
    seconds=81,
)
