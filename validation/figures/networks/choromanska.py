"""The figures of Choromanska et al. (2015), section 5, on the digits that scikit-learn ships."""

from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

import theory
from spinglass.networks.data import Digits
from validation.experiments import critical_points
from validation.experiments.networks import glass_descents
from validation.experiments.networks.digits_efforts import EFFORTS, GLASS_SIZES
from validation.figures.entry import Entry, Tables
from validation.figures.networks import digit_networks, loss_distributions
from validation.figures.networks.digit_networks import EffortFigure
from validation.figures.style import BAND, OTHER_SIMULATION, SIMULATION, THEORY, legend_above, letter, panels
from validation.series import Effort

_H = 3


def _glass(effort: Effort, seed: int, data: Digits | None) -> Tables:  # noqa: ARG001  one signature for all figures
    ends = glass_descents.glasses(effort, seed, _H)
    energies = np.linspace(-1.8, -0.9, 361)
    return {"ends": ends, "minima": critical_points.densities_of_minima(sorted(ends["n"].unique()), _H, energies)}


def glass_ends(ends: pd.DataFrame, minima: pd.DataFrame, E_inf: float, E_0: float) -> Figure:
    """Draw where SGD and gradient flow end, the mean density of minima and [-E_0, -E_inf], one panel per size.

    Parameters
    ----------
    ends : pandas.DataFrame
        One row per descent: n, method (sgd, gradient), energy_per_spin.
    minima : pandas.DataFrame
        Columns n, energy_per_spin, density. The density counts all minima equally; it is not the distribution of where
        descents end.
    E_inf, E_0 : float
        Ends of the band of deep minima, positive energies per spin.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    sizes = sorted(ends["n"].unique())
    figure, grid = panels(len(sizes), 1, 1.05, 0.8, sharex=True)
    axes = grid[:, 0]
    shown = pd.concat([minima["energy_per_spin"], ends["energy_per_spin"]])
    low, high = shown.min(), shown.max()  # so that no end is left out
    bins = np.linspace(low, high, 71)
    handles: list[Any] = []
    for axis, n in zip(axes, sizes, strict=True):
        chosen, law = ends[ends["n"] == n], minima[minima["n"] == n]
        band = axis.axvspan(-E_0, -E_inf, color=BAND, alpha=0.4, lw=0, label="band $[-E_0, -E_\\infty]$")
        handles = [band]
        for method, colour, filled, label in (
            ("sgd", SIMULATION, True, "ends of SGD"),
            ("gradient", OTHER_SIMULATION, False, "ends of gradient flow"),
        ):
            energies = chosen.loc[chosen["method"] == method, "energy_per_spin"]
            kind, alpha = ("stepfilled", 0.6) if filled else ("step", 1.0)
            handles += axis.hist(
                energies, bins=bins, density=True, histtype=kind, color=colour, alpha=alpha, lw=1.4, label=label
            )[2]
        handles += axis.plot(
            law["energy_per_spin"], law["density"], "--", color=THEORY, lw=1.4, label="exact mean density of minima"
        )
        axis.set(xlim=(low, high), ylim=(0, None))
        axis.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    letter(axes, [f"$H = {_H}$, $\\Lambda = {n}$" for n in sizes])
    axes[-1].set_xlabel("energy per spin $u$")
    legend_above(figure, handles)
    figure.supylabel("probability density", fontsize="medium")
    return figure


def _draw_glass(tables: Tables) -> Figure:
    return glass_ends(tables["ends"], tables["minima"], float(theory.E_inf(_H)), float(theory.E_0(_H)))


_FIGURES = {
    "glass": EffortFigure(
        _glass,
        _draw_glass,
        "Energies per spin u at which descents of the spherical 3-spin model end; one panel per number of spins, "
        "Lambda = {glass_sizes}, with {starts} uniform starts in each of {glasses} landscapes per size. Filled: 200 "
        "epochs of SGD (the couplings in ten parts, one part per step, rate 0.1/(1 + 0.1 epoch)). Outlined: gradient "
        "flow. Dashed: the exact mean density of minima at the same Lambda (Auffinger, Ben Arous and Černý 2013, "
        "Theorem 2.1), which counts every minimum once: it is not the distribution of where descents end. Grey: the "
        "band [-E_0, -E_inf], where critical points of low index lie as Lambda grows.",
    ),
    **loss_distributions.FIGURES,
    **digit_networks.FIGURES,
}

# Costs of the figures at effort quick; see Entry.seconds.
_SECONDS = {"glass": 37, "test-losses": 22, "index": 5, "optimisers": 4, "train-test": 0.7, "by-size": 0.9}


def entries(effort: Effort, data: Digits | None = None) -> dict[str, Entry]:
    """Return the figures at one effort.

    Parameters
    ----------
    effort : {"quick", "standard", "paper"}
        Quick takes a minute; paper has the published numbers of networks.
    data : Digits or None, default None
        Images on which the networks are trained; None for those of scikit-learn.

    Returns
    -------
    dict of str to Entry
        The figures by name.

    Examples
    --------
    >>> list(entries("paper"))[:2]
    ['choromanska-glass', 'choromanska-test-losses']
    """
    size = EFFORTS[effort]
    glass_sizes = ", ".join(map(str, GLASS_SIZES[effort]))
    given = asdict(size) | {"images": _described(size.images, data), "differ": _difference(data)}
    return {
        f"choromanska-{name}": Entry(
            figure.caption.format(**given, glass_sizes=glass_sizes),
            partial(_tables, figure, effort, data),
            figure.draw,
            at=partial(_at, name),
            on=None if name == "glass" else partial(_on, name, effort),
            seconds=_SECONDS.get(name) if effort == "quick" and data is None else None,
        )
        for name, figure in _FIGURES.items()
    }


def _tables(figure: EffortFigure, effort: Effort, data: Digits | None, seed: int) -> Tables:
    return figure.tables(effort, seed, data)


def _described(images: int | None, data: Digits | None) -> str:
    if data is not None:
        return f"{len(data.train[0])} images of {data.side} x {data.side} pixels ({data.source})"
    count = "all training digits" if images is None else f"{images} digits"
    return f"{count} of 8 x 8 pixels (scikit-learn's)"


def _difference(data: Digits | None) -> str:
    return "" if data is not None else " The digits differ from those of the paper (MNIST at 10 x 10)."


def _on(name: str, effort: Effort, data: Digits) -> Entry:
    return entries(effort, data)[f"choromanska-{name}"]


def _at(name: str, effort: Effort) -> Entry:
    return entries(effort)[f"choromanska-{name}"]


ENTRIES = entries("quick")
