"""The figure of final losses of networks on the sphere beside the spin glass's exact law of minima."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spinglass._common.seeds import child, seed_sequence
from spinglass._common.types import Array
from spinglass.networks.architecture import Architecture
from validation.experiments.networks import sphere_networks
from validation.figures.entry import Entry, Tables
from validation.figures.style import BAND, SIMULATION, THEORY, legend_above, letter, panels

ENTRIES: dict[str, Entry] = {}

_BINS = np.arange(-3.5, 4.6, 0.25)
_LEAST_P = 0.001  # 2000 samples of the law
_HIDDEN, _NETWORKS, _IMAGES, _PIXELS = ((4, 2), (9, 3), (8, 8)), 100, 100, 64


def _shapes(seed: int) -> Tables:
    losses = []
    laws = []
    shapes = []
    for k, hidden in enumerate(_HIDDEN):
        layers = Architecture.of((_PIXELS, *hidden, 1))
        spins, name = round(layers.Lambda), "-".join(map(str, layers.widths))
        own = child(seed_sequence(seed), k)
        # Networks with the same digits would share one landscape and be correlated.
        values = pd.concat(
            sphere_networks.end_losses(hidden, 1, child(own, 0, network), images=_IMAGES, loss="hinge")["loss"]
            for network in range(_NETWORKS)
        )
        exact = sphere_networks.law_of_minima(spins, layers.H)
        found = sphere_networks.compare_shapes(values.to_numpy(), exact, child(own, 1))
        sample, law = sphere_networks.standardised_shapes(values.to_numpy(), exact)
        losses.append(sample.assign(widths=name))
        laws.append(law.assign(widths=name))
        shapes.append({"widths": name, "n": spins, **asdict(found)})
    return {"losses": pd.concat(losses), "law": pd.concat(laws), "shapes": pd.DataFrame(shapes)}


def losses_beside_minima(losses: pd.DataFrame, law: pd.DataFrame, shapes: pd.DataFrame) -> Figure:
    """Draw histograms of losses with the law of minima, and below them the difference of cumulative distributions.

    Parameters
    ----------
    losses : pandas.DataFrame
        One row per network: widths (a name), z (its standardised loss).
    law : pandas.DataFrame
        Rows of each law: widths, z, density, cumulative.
    shapes : pandas.DataFrame
        One row per architecture: widths, n, and the fields of ``ShapeComparison``.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    count = len(shapes)
    figure, axes = panels(2, count, 2.0, 0.5, narrow=(count, 2), sharex=True)
    upright = axes.shape == (count, 2)
    pairs = axes if upright else axes.T
    for k, (row, pair) in enumerate(zip(list[Any](shapes.itertuples()), pairs, strict=True)):
        z = losses.loc[losses["widths"] == row.widths, "z"].to_numpy()
        exact = law[(law["widths"] == row.widths) & law["z"].between(_BINS[0], _BINS[-1])]
        _histogram(pair[0], z, exact)
        _difference(pair[1], z, exact, row.limit)
        pair[0].text(0.98, 0.97, _moments(row), transform=pair[0].transAxes, ha="right", va="top", fontsize="small")
        for axis, label in zip(pair, ("density", "difference"), strict=True):
            if k == 0 or upright:
                axis.set_ylabel(label)
            else:
                axis.tick_params(labelleft=False)
    room = 1.6 if upright else 1.3  # for the text above the bars
    _same_limits(pairs[:, 0], 0, room * max(axis.get_ylim()[1] for axis in pairs[:, 0]))
    ends = np.array([axis.get_ylim() for axis in pairs[:, 1]])
    _same_limits(pairs[:, 1], ends.min(), ends.max())
    letter(pairs.T.ravel(), [*(f"{row.widths}, $n$ = {row.n}" for row in shapes.itertuples()), *[""] * count])
    figure.supxlabel("standardised loss", fontsize="medium")
    legend_above(figure, [handle for axis in pairs[0] for handle in axis.get_legend_handles_labels()[0]])
    return figure


def _same_limits(axes: Iterable[Axes], low: float, high: float) -> None:
    for axis in axes:
        axis.set_ylim(low, high)


def _histogram(axis: Axes, z: Array, law: pd.DataFrame) -> None:
    """Draw the histogram of networks and the density of minima."""
    axis.hist(z, list(_BINS), density=True, color=SIMULATION, alpha=0.7, label="networks")
    axis.plot(law["z"], law["density"], color=THEORY, label="minima of the spin glass")
    axis.set_xlim(_BINS[0], _BINS[-1])


def _moments(row: Any) -> str:
    """Return the moments of networks, those of the law in brackets, and the p-value."""
    p = "p < 0.001" if row.p_value < _LEAST_P else f"p = {row.p_value:.2g}"
    lines = (
        f"skewness {row.skewness:.1f} ({row.law_skewness:.1f})",
        f"kurtosis {row.kurtosis:.1f} ({row.law_kurtosis:.1f})",
        p,
    )
    return "\n".join(lines).replace("-", "\N{MINUS SIGN}")


def _difference(axis: Axes, z: Array, law: pd.DataFrame, limit: float) -> None:
    """Draw the cumulative share of networks minus that of the law, and the band of samples of the law."""
    at = np.union1d(np.linspace(_BINS[0], _BINS[-1], 400), z)
    share = np.searchsorted(np.sort(z), at, side="right") / len(z)
    expected = np.interp(at, law["z"], law["cumulative"], left=0, right=1)
    axis.axhspan(-limit, limit, color=BAND, alpha=0.3, lw=0, label="99% of samples of the law")
    axis.axhline(0, color="black", lw=0.6)
    axis.step(at, share - expected, where="post", color=SIMULATION, lw=1.2)


ENTRIES["losses-on-the-sphere"] = Entry(
    "Final losses of ReLU networks that are trained on the sphere, beside the exact law of the minima of the spin "
    "glass to which the path model reduces them, with n = Lambda = Psi^(1/H) spins. Only C1 and C2 are fitted: losses "
    "and energies are shifted and scaled to mean 0 and variance 1, so that only shapes are compared. Titles give the "
    f"widths of the layers. {_NETWORKS} networks of each architecture start uniformly on the sphere and descend in the "
    f"hinge loss, each on {_IMAGES} digits of its own draw (whether a digit is below 5), by L-BFGS. The law is the "
    "mean number of minima at each energy (Kac-Rice), which counts every minimum once. (a) to (c) Histograms of "
    "networks and densities of minima, with skewness and excess kurtosis of the networks and, in brackets, of the "
    "law; p is the share of samples of the law with at least the same Kolmogorov distance. (d) to (f) Where the "
    "shapes differ: the share of networks below a "
    "loss minus that of the law. The band contains 99% of the samples of the law, of the same size and "
    "standardised in the same way. Losses pile up near 0, the more the larger the network, and where units are never "
    "active, up to the loss of an output of 0; minima of the spin glass have no such values. Losses of more "
    "than 4.5 standard deviations are not shown.",
    _shapes,
    lambda tables: losses_beside_minima(tables["losses"], tables["law"], tables["shapes"]),
    seconds=17,
)
