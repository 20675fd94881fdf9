"""Figures of equilibrium: energy against temperature, overlaps, ground states."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import theory
from theory import statics
from validation import figures, thermal_experiments
from validation.gallery.entry import Entry, Tables

_H = 3
_LADDER = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.1, 1.25, 1.5)
_SAMPLES = {16: 64, 32: 40, 64: 24}
_SWEEPS = 600
_SHOWN = (0.5, 0.7, 1.0)


def _energy(seed: int) -> Tables:
    runs = [thermal_experiments.tempered(n, _H, S, _LADDER, _SWEEPS, seed) for n, S in _SAMPLES.items()]
    return {
        "measured": pd.concat([thermal_experiments.mean_energies(run) for run in runs], ignore_index=True),
        "infinite": thermal_experiments.infinite_energies(_H, np.linspace(0.38, 1.52, 115)),
    }


def _draw_energy(tables: Tables) -> Figure:
    T_s, T_d = float(theory.static_temperature(_H)), float(theory.dynamical_temperature(_H))
    return figures.energy_by_temperature(tables["measured"], tables["infinite"], T_s, T_d, float(theory.E_0(_H)), _H)


def _overlaps(seed: int) -> Tables:
    runs = [thermal_experiments.tempered(n, _H, S, _LADDER, _SWEEPS, seed) for n, S in _SAMPLES.items()]
    rungs = [_LADDER.index(T) for T in _SHOWN]
    atoms = []
    for T in _SHOWN:
        law = statics.equilibrium(T, _H)
        atoms += [(T, law.lower_overlap, law.breakpoint), (T, law.overlap, 1 - law.breakpoint)]
    infinite = pd.DataFrame(atoms, columns=["temperature", "overlap", "weight"])
    return {
        "densities": pd.concat([thermal_experiments.overlap_densities(run, rungs) for run in runs], ignore_index=True),
        "infinite": infinite[infinite["weight"] > 0],
    }


def _draw_overlaps(tables: Tables) -> Figure:
    return figures.overlap_densities(tables["densities"], tables["infinite"], _H)


def _ground_states(seed: int) -> Tables:
    sizes, curve = (6, 8, 10, 16, 24, 36, 54, 80), np.arange(16, 81)
    return {
        "measured": thermal_experiments.ground_states(sizes, _H, 60, (6, 8, 10), seed),
        "centring": thermal_experiments.centring(curve, _H),
    }


def _draw_ground_states(tables: Tables) -> Figure:
    E_0, E_inf = float(theory.E_0(_H)), float(theory.E_inf(_H))
    return figures.ground_states(tables["measured"], tables["centring"], E_0, E_inf, _H)


ENTRIES = {
    "temperature-energy": Entry(
        "Mean energy per spin against temperature for H = 3: parallel tempering of 64, 40 and 24 landscapes of n = 16, "
        "32 and 64 (600 sweeps after 300; landscapes whose hot and cold starts had not met are left out and counted "
        "in the table), and the infinite glass (Crisanti and Sommers 1992). Between T_s = 0.829 and T_d = 0.866 the "
        "dynamics is already frozen, and the equilibrium energy is still -1/T; below T_s one-step replica symmetry "
        "breaking keeps it above the continued -1/T. Bars are standard errors over landscapes.",
        _energy,
        _draw_energy,
    ),
    "temperature-overlaps": Entry(
        "Density of the overlap q of two replicas at three temperatures, over the landscapes of temperature-energy. "
        "Arrows: the atoms of the infinite glass's law and their weights, all of it at q = 0 above T_s = 0.829 and "
        "m at 0, 1 - m at q below (Crisanti and Sommers 1992). As n grows the two peaks grow apart.",
        _overlaps,
        _draw_overlaps,
    ),
    "temperature-ground-states": Entry(
        "Mean ground-state energy per spin for H = 3, 60 landscapes a size, by repeated annealing and, for n = 6, 8 "
        "and 10, of the same landscapes by enumeration of all critical points. Curve: -E_0 with the corrections of "
        "Subag and Zeitouni (2017), up to o(1/n), from n = 16 on; c = 0.625 is the slope of the complexity at -E_0. "
        "The band is where deep minima of an infinite glass lie; below n = 80 the ground state's mean lies above it.",
        _ground_states,
        _draw_ground_states,
    ),
}
