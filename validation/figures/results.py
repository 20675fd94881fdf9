"""One panel for each kind of result: energies, counts, chains, ladders, losses and the graph of minima."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator

import theory
from spinglass import SphericalSpinGlass, couplings
from spinglass.critical_points.basins import Basins
from spinglass.critical_points.graph import LandscapeGraph
from spinglass.critical_points.result import Enumeration
from spinglass.networks.curvature import SpectralDensity
from spinglass.networks.planes import LossPlane
from spinglass.networks.training import TrainedNetworks
from spinglass.results import CriticalPoints
from spinglass.sampling import Samples, Tempering
from validation.experiments.survey import Survey
from validation.figures.disconnectivity import draw_tree
from validation.figures.style import (
    BAND,
    CRITICAL_POINTS,
    EMPHASIS,
    OTHER_SIMULATION,
    SIMULATION,
    SURFACE,
    THEORY,
    TRAIN_AND_TEST,
    hide_spines,
    legend_inside,
)

_MOST_KINKS = 20  # mean number of kinks on a line of the grid, above which their dots would cover the plane
_STANDARD_ERRORS = 3.5  # of the mean square of random couplings
_FEW_TIMES = 30.0  # ratio of the last to the first time above which the axis of times is logarithmic


def plot(result: Any, ax: Axes | None = None) -> Axes:
    """Draw a result into one panel.

    ========================  ==============================================================================
    `CriticalPoints`          histogram of the final energies or, with times, energies along gradient flow
    `Enumeration`             index and energy of every critical point
    `Survey`                  mean number of critical points of each index with the exact means
    `LandscapeGraph`          disconnectivity graph; also of `Basins`
    `Samples`                 energies of the chains by record
    `Tempering`               mean energy of each disorder sample by temperature
    `TrainedNetworks`         mean losses by epoch
    `LossPlane`               contours of the loss on a plane, its critical points and, if they are few, its kinks
    `SpectralDensity`         smoothed spectral density of a Hessian, on a logarithmic scale
    ========================  ==============================================================================

    Parameters
    ----------
    result
        A result of one of these classes.
    ax : matplotlib.axes.Axes or None, default None
        Where to draw; None makes a new figure with ``matplotlib.pyplot``.

    Returns
    -------
    matplotlib.axes.Axes
        The panel; ``.figure`` is its figure.

    Raises
    ------
    TypeError
        If results of this class cannot be drawn.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from spinglass import SphericalSpinGlass, descend, sphere
    >>> found = descend(SphericalSpinGlass.pure(n=6, H=3, seed=0), sphere.random_points(6, 20, seed=0))
    >>> plot(found, Figure().subplots()).get_xlabel()
    'energy per spin'
    """
    draw = next((draw for kind, draw in _DRAWINGS if isinstance(result, kind)), None)
    if draw is None:
        known = ", ".join(kind.__name__ for kind, _ in _DRAWINGS)
        raise TypeError(f"cannot draw an object of type {type(result).__name__}; give one of {known}")
    if ax is None:
        from matplotlib import pyplot

        ax = pyplot.subplots(layout="constrained")[1]
    draw(result, ax)
    hide_spines(ax)
    return ax


def _ends_of_descent(found: CriticalPoints, ax: Axes) -> None:
    if found.times is not None and found.energies is not None:
        _flows(found.times, found.energies, ax)
        return
    energies = found.energy_per_spin[np.isfinite(found.energy_per_spin)]
    if len(energies):
        equal = np.ptp(energies) < 1e-9 * np.abs(energies).max()  # up to rounding, for which there are no bins
        ax.hist(energies, bins=1 if equal else "auto", density=True, color=SIMULATION, alpha=0.65)
    glass = found.landscape
    if isinstance(glass, SphericalSpinGlass) and _is_random(glass):
        H = glass.orders[0]
        ax.axvspan(
            -float(theory.E_0(H)), -float(theory.E_inf(H)), color=BAND, alpha=0.35, lw=0, label=r"$[-E_0,\,-E_\infty]$"
        )
        legend_inside(ax)
    ax.set(xlabel="energy per spin", ylabel="probability density")
    ax.set_title(f"n = {found.x.shape[1]}, {len(found)} starts, {found.method}", fontsize="medium")


def _flows(times: np.ndarray, energies: np.ndarray, ax: Axes) -> None:
    ax.plot(times, energies.T, color=SIMULATION, alpha=0.25, lw=0.8)
    ax.plot(times, _mean_of_finite(energies), "o-", color=THEORY, ms=4, label="mean")
    positive = times[times > 0]
    if len(positive) and positive[-1] > _FEW_TIMES * positive[0]:
        ax.set_xscale("symlog" if len(positive) < len(times) else "log")
    ax.set(xlabel="time", ylabel="energy per spin")
    legend_inside(ax)


def _is_random(glass: SphericalSpinGlass) -> bool:
    """Return whether the model is pure, and the sum of its squared couplings that of independent N(0, 1) ones.

    A glass with other couplings, such as a planted signal, a unit of its own or a network's paths, has another sum.
    """
    H = glass.orders[0]
    if glass.weights != {H: 1.0} or H < 2:
        return False
    size = couplings.size(glass.n, H)
    mean_square = couplings.square_norm(glass.couplings[H], glass.n, H) / size
    return abs(mean_square - 1) < _STANDARD_ERRORS * math.sqrt(2 / size)


def _every_point(every: Enumeration, ax: Axes) -> None:
    ax.plot(every.energy_per_spin, every.index, "o", color=SIMULATION, ms=4, alpha=0.6, mew=0)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="energy per spin", ylabel="index")
    ax.set_title(f"n = {every.x.shape[1]}, {len(every)} critical points", fontsize="medium")


def _counts(survey: Survey, ax: Axes) -> None:
    frame = survey.to_frame().drop(index="all")
    index = np.arange(survey.n)
    ax.errorbar(index, frame["mean"], frame["standard_error"], fmt="o", color=SIMULATION, ms=4, capsize=2, label="mean")
    ax.plot(index, frame["exact"], "_", color=THEORY, ms=14, mew=2, label="exact mean")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="index", ylabel="critical points")
    legend_inside(ax)


def _graph(graph: LandscapeGraph | Basins, ax: Axes) -> None:
    own = graph.graph if isinstance(graph, Basins) else graph
    merges = own.merges
    energies = own.every.energy_per_spin
    pairs = np.column_stack([merges.deeper, merges.shallower])
    order = draw_tree(ax, energies[own.minima], pairs, energies[own.saddles][merges.saddle])
    ax.set_xticks(np.arange(len(order)), [str(minimum) for minimum in order])
    ax.set(xlabel="minimum (0 is the deepest)", ylabel="energy per spin")


def _chains(found: Samples, ax: Axes) -> None:
    for cold, color, name in ((False, SIMULATION, "hot start"), (True, THEORY, "cold start")):
        rows = found.energies[found.cold == cold]
        ax.plot(rows.T, color=color, lw=0.7, alpha=0.6)
        ax.plot([], [], color=color, label=name)
    ax.set(xlabel="record", ylabel="energy per spin")
    ax.set_title(f"T = {found.temperature:g}, {found.status}", fontsize="medium")
    legend_inside(ax)


def _ladder(found: Tempering, ax: Axes) -> None:
    ax.plot(found.temperatures, found.energy_per_spin.T, color=SIMULATION, alpha=0.4, lw=0.8)
    mean, count = _mean_of_finite(found.energy_per_spin), np.count_nonzero(found.finite)
    ax.plot(found.temperatures, mean, "o-", color=OTHER_SIMULATION, ms=4, label=f"mean of {count}")
    ax.set(xlabel="temperature", ylabel="energy per spin")
    legend_inside(ax)


def _losses(found: TrainedNetworks, ax: Axes) -> None:
    for name, measured in (("train", found.train), ("test", found.test)):
        if measured is not None:
            color, marker, dashes, label = TRAIN_AND_TEST[name]
            loss = _mean_of_finite(_held(measured.loss[~found.diverged]))
            ax.plot(found.epochs, loss, color=color, ls=dashes, marker=marker, ms=3, label=label)
    ax.set(xlabel="epoch", ylabel=f"mean loss ({found.loss})")
    if np.isnan(found.train.loss[~found.diverged]).any():
        ax.set_title("networks that ended early keep their last loss", fontsize="medium")
    legend_inside(ax)


def _plane(found: LossPlane, ax: Axes) -> None:
    low, high = (np.quantile(found.loss[np.isfinite(found.loss)], share) for share in (0, 1))
    levels = np.geomspace(low, high, 22) if low > 0 else np.linspace(low, high, 22)
    if high > low:
        ax.contourf(found.u, found.v, found.loss.T, levels=levels, cmap=SURFACE, norm=LogNorm() if low > 0 else None)
        ax.contour(found.u, found.v, found.loss.T, levels=levels, colors=EMPHASIS, linewidths=0.3)
    if len(found.kinks) <= _MOST_KINKS * (len(found.u) + len(found.v)):
        ax.plot(*found.kinks.T, linestyle="none", marker="o", markersize=0.6, markeredgewidth=0, color="white")
    for kind in dict.fromkeys(found.kind.tolist()):
        chosen = found.critical[found.kind == kind]
        ax.plot(*chosen.T, ls="none", mec=EMPHASIS, ms=5, label=kind, clip_on=False, **CRITICAL_POINTS[kind])
    if len(found.kind):
        legend_inside(ax)
    ax.set(xlabel="$u$", ylabel="$v$")
    ax.set_title(f"loss {low:.3g} to {high:.3g}, resolution error {found.resolution_error:.1g}", fontsize="medium")


def _spectrum(found: SpectralDensity, ax: Axes) -> None:
    low, high = found.nodes.min(), found.nodes.max()
    width = max((high - low) / 100, 1e-12)
    axis = np.linspace(low - 4 * width, high + 4 * width, 1000)
    density = found.density(axis, width)
    ax.plot(axis, density, color=SIMULATION)
    ax.set(xlabel="eigenvalue", ylabel="density", yscale="log", ylim=(density.max() * 1e-6, density.max() * 3))
    ax.set_title(f"{found.size} eigenvalues, smoothed by {width:.2g}", fontsize="medium")


def _held(losses: np.ndarray) -> np.ndarray:
    """Return losses (K, epochs) in which those after the end of a training are the last one before it."""
    last = np.maximum.accumulate(np.where(np.isfinite(losses), np.arange(losses.shape[1]), 0), axis=1)
    return np.asarray(np.take_along_axis(losses, last, axis=1))


def _mean_of_finite(rows: np.ndarray) -> np.ndarray:
    """Return the mean of the rows whose numbers are all finite; NaN, which is not drawn, if there are none."""
    finite = rows[np.isfinite(rows).all(axis=1)]
    return np.asarray(finite.mean(axis=0)) if len(finite) else np.full(rows.shape[1], np.nan)


# The first class of which a result is an instance decides.
_DRAWINGS: tuple[tuple[type, Callable[[Any, Axes], None]], ...] = (
    (Enumeration, _every_point),
    (CriticalPoints, _ends_of_descent),
    (Survey, _counts),
    (LandscapeGraph, _graph),
    (Basins, _graph),
    (Samples, _chains),
    (Tempering, _ladder),
    (TrainedNetworks, _losses),
    (LossPlane, _plane),
    (SpectralDensity, _spectrum),
)
