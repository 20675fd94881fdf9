"""Real ReLU networks trained on the sphere of the path model, beside the exact finite-n law of the spin glass's minima.

The reduction predicts that losses are C1 + C2 times the energy of a spin glass with Lambda = Psi^(1/H) spins. C1 and C2
are fitted; what remains is the shape of the distribution. The law of comparison is the exact mean density of minima,
which counts every minimum once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

import theory
from spinglass import descend, sphere
from spinglass._common.seeds import Seed, child, generator, seed_sequence
from spinglass._common.types import Array
from spinglass.networks import data
from spinglass.networks.architecture import Architecture
from spinglass.networks.training import TrainingLoss

_GRID = 4001
_RANGE = (-2.6, 0.6)  # energies per spin, outside of which minima have no weight at n >= 3


@dataclass(frozen=True)
class ShapeComparison:
    """Two distributions after both were shifted and scaled to mean 0 and variance 1.

    Attributes
    ----------
    distance : float
        Kolmogorov distance of the values from the law.
    p_value : float
        Share of samples of the law, of the same size and standardised in the same way, with at least this distance.
    skewness, kurtosis : float
        Skewness and excess kurtosis of the values.
    law_skewness, law_kurtosis : float
        Those of the law.
    where : float
        Standardised value at which the distributions differ most.
    excess : float
        Difference of the cumulative distributions there, values minus law.
    limit : float
        Distance that 99% of the samples of the law do not exceed.
    """

    distance: float
    p_value: float
    skewness: float
    kurtosis: float
    law_skewness: float
    law_kurtosis: float
    where: float
    excess: float
    limit: float


def end_losses(
    hidden: Sequence[int], networks: int, seed: Seed, *, images: int = 200, loss: str = "squared", tol: float = 1e-4
) -> pd.DataFrame:
    """Train ReLU networks on the sphere on which their mean squared weight is 1, and return their final losses.

    Outputs are scaled by ``q = Lambda^(-(H-1)/2)``, as in the path model. Networks learn whether a digit is below 5.

    Parameters
    ----------
    hidden : sequence of int
        Widths of the hidden layers.
    networks : int
        Number of networks, from uniform starts on the sphere.
    seed : int, SeedSequence or Generator
        Seed of the data and the starts.
    images : int, default 200
        Number of digits to train on.
    loss : str, default "squared"
        The loss: "squared" or "absolute", with targets +-1, or "hinge".
    tol : float, default 1e-4
        Gradient at which descents end, see :func:`spinglass.descend`. At kinks it is not reached.

    Returns
    -------
    pandas.DataFrame
        One row per network: loss, status.
    """
    root = seed_sequence(seed)
    X, y = data.digits(seed=child(root, 0)).train
    inputs, labels = X[:images] / X[:images].std(), y[:images] < 5
    widths = Architecture.of((inputs.shape[1], *hidden, 1))
    targets = labels.astype(int) if loss == "hinge" else np.where(labels, 1.0, -1.0)
    # A ReLU network is homogeneous in its inputs, so that they carry the factor of the outputs.
    landscape = TrainingLoss(widths.q * inputs, targets, hidden=hidden, loss=loss, biases=False)
    found = descend(
        landscape, sphere.random_points(landscape.n, networks, child(root, 1)), tol=tol, max_iterations=2000
    )
    return pd.DataFrame({"loss": found.energy, "status": found.status})


def law_of_minima(n: int, H: int) -> pd.DataFrame:
    """Return the exact mean density of minima of the pure spherical model over energy per spin.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int
        Interaction order.

    Returns
    -------
    pandas.DataFrame
        Columns energy_per_spin and density, which integrates to 1.
    """
    energies = np.linspace(*_RANGE, _GRID)
    density = np.nan_to_num(theory.mean_critical_point_density(energies, n, H, index=0, unknown="nan"))
    return pd.DataFrame({"energy_per_spin": energies, "density": density / np.trapezoid(density, energies)})


def compare_shapes(values: Array, law: pd.DataFrame, seed: Seed, samples: int = 2000) -> ShapeComparison:
    """Compare the shapes of a sample and a law, whatever their means and variances.

    Parameters
    ----------
    values : ndarray, shape (N,)
        The sample, at least 10 numbers that are not all equal.
    law : pandas.DataFrame
        Columns energy_per_spin and density, from :func:`law_of_minima`.
    seed : int, SeedSequence or Generator
        Seed of the samples of the law.
    samples : int, default 2000
        Number of samples of the law, from which the p-value is computed.

    Returns
    -------
    ShapeComparison
        Distance, p-value and moments.

    Raises
    ------
    ValueError
        If there are fewer than 10 values, or they are all equal or not finite.
    """
    if len(values) < 10 or not np.isfinite(values).all() or not np.ptp(values) > 0:
        raise ValueError(f"a shape needs at least 10 finite values that are not all equal; given {len(values)}")
    z, weights, cumulative = _standardised_law(law)
    drawn = np.interp(generator(seed).random((samples, len(values))), cumulative, z)
    own, at, excess = _distance(_standardised(values), z, cumulative)
    others = np.array([_distance(_standardised(row), z, cumulative)[0] for row in drawn])
    standard = _standardised(values)
    return ShapeComparison(
        distance=own,
        p_value=float((1 + np.sum(others >= own)) / (1 + samples)),
        skewness=float(np.mean(standard**3)),
        kurtosis=float(np.mean(standard**4) - 3),
        law_skewness=float(weights @ z**3),
        law_kurtosis=float(weights @ z**4 - 3),
        where=at,
        excess=excess,
        limit=float(np.quantile(others, 0.99)),
    )


def standardised_shapes(values: Array, law: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a sample and a law, each shifted and scaled to mean 0 and variance 1.

    Parameters
    ----------
    values : ndarray, shape (N,)
        The sample.
    law : pandas.DataFrame
        Columns energy_per_spin and density, from :func:`law_of_minima`.

    Returns
    -------
    sample : pandas.DataFrame
        Column z, ascending.
    law : pandas.DataFrame
        Columns z, density and cumulative, of every twentieth energy.
    """
    z, weights, cumulative = _standardised_law(law)
    shown = slice(None, None, 20)
    density = weights / np.gradient(z)
    columns = {"z": z[shown], "density": density[shown], "cumulative": cumulative[shown]}
    return pd.DataFrame({"z": np.sort(_standardised(values))}), pd.DataFrame(columns)


def share_above_middle(values: Array) -> float:
    """Return, for three numbers, the share of their range that is above the middle one, as a mean over all triples.

    It does not change if all numbers are shifted and scaled. A triple of equal numbers counts as 1/2.

    Parameters
    ----------
    values : ndarray, shape (N,)
        At least three numbers.

    Returns
    -------
    float
        The mean share, between 0 and 1; its expectation is 1/2 for a symmetric distribution.

    Examples
    --------
    >>> share_above_middle(np.array([0.0, 1.0, 4.0]))
    0.75
    """
    low, middle, high = np.array(list(combinations(np.sort(values), 3))).T
    spread = high - low
    return float(np.mean(np.where(spread > 0, (high - middle) / np.where(spread > 0, spread, 1.0), 0.5)))


def expected_share_above_middle(law: pd.DataFrame) -> float:
    r"""Return the expectation of :func:`share_above_middle` for independent draws of a law.

    .. math:: 6 \int_{a<b} f(a) f(b) \left( \frac{G(b) - G(a)}{b - a} - F(a) \right) da\, db, \qquad F' = f, \; G' = F

    Parameters
    ----------
    law : pandas.DataFrame
        Columns energy_per_spin and density, from :func:`law_of_minima`.

    Returns
    -------
    float
        The expectation.
    """
    z, weights, _ = _standardised_law(law.iloc[::8])
    below = np.cumsum(weights) - weights / 2
    integral = np.concatenate([[0.0], np.cumsum(np.diff(z) * (below[1:] + below[:-1]) / 2)])
    gap = z[None, :] - z[:, None]
    slope = (integral[None, :] - integral[:, None]) / np.where(gap > 0, gap, 1.0)
    inside = np.where(gap > 0, slope - below[:, None], 0.0)
    return float(6 * weights @ inside @ weights)


def _standardised_law(law: pd.DataFrame) -> tuple[Array, Array, Array]:
    """Return the energies of a law, standardised, the weight of each, and the cumulative distribution."""
    x, density = law["energy_per_spin"].to_numpy(), law["density"].to_numpy()
    weights = density / density.sum()
    mean = weights @ x
    z = (x - mean) / np.sqrt(weights @ (x - mean) ** 2)
    return z, weights, np.cumsum(weights) - weights / 2


def _standardised(values: Array) -> Array:
    return np.asarray((values - values.mean()) / values.std())


def _distance(values: Array, z: Array, cumulative: Array) -> tuple[float, float, float]:
    """Return the Kolmogorov distance, where it is reached, and its sign there."""
    ordered = np.sort(values)
    expected = np.interp(ordered, z, cumulative)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    gaps = np.concatenate([steps[1:] - expected, steps[:-1] - expected])
    largest = int(np.abs(gaps).argmax())
    return float(abs(gaps[largest])), float(ordered[largest % len(ordered)]), float(gaps[largest])
