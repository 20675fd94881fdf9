"""Whether samples of numbers differ in more than shift and scale, and the spin glass whose energies fit losses best.

Samples from one landscape, or from one training set, share their disorder. They are therefore standardised one by one,
and a landscape is left out as a whole where the expected distance between two samples is estimated.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from spinglass._common.seeds import Seed, generator
from spinglass._common.types import Array

_SAME = 0.01  # standard deviations; about 0.6% of the pairs of a normal distribution are that close
_DRAWS = 1000
_FEWEST, _FEWEST_LANDSCAPES = 4, 8


class Fit(NamedTuple):
    """The spin glass whose energies, shifted and scaled, are distributed most like given losses.

    Attributes
    ----------
    size : int
        Its number of spins.
    distance : float
        Kolmogorov-Smirnov distance between the standardised losses and energies.
    p_value : float
        Probability of a distance at least as large for energies from one landscape of this size.
    critical : float
        The distance that energies from one landscape exceed with probability 0.01; larger ones are noticed.
    """

    size: int
    distance: float
    p_value: float
    critical: float


def standardised(values: Array) -> Array:
    """Shift and scale the numbers along the last axis to mean 0 and standard deviation 1.

    Examples
    --------
    >>> standardised(np.array([1.0, 3.0]))
    array([-1.,  1.])
    """
    return np.asarray((values - values.mean(axis=-1, keepdims=True)) / values.std(axis=-1, keepdims=True))


def skewness(values: Array) -> float:
    """Return the third moment of the standardised numbers.

    Examples
    --------
    >>> round(skewness(np.array([0.0, 0.0, 0.0, 1.0])), 6)
    1.154701
    """
    return float((standardised(values) ** 3).mean())


def excess_kurtosis(values: Array) -> float:
    """Return the fourth moment of the standardised numbers minus 3, its value for a normal distribution.

    Examples
    --------
    >>> excess_kurtosis(np.array([0.0, 1.0]))
    -2.0
    """
    return float((standardised(values) ** 4).mean() - 3)


def coincidences(values: Array) -> float:
    """Return the share of pairs whose numbers differ by less than 1% of the standard deviation.

    Examples
    --------
    >>> round(coincidences(np.array([0.0, 0.0, 1.0])), 6)
    0.333333
    """
    apart = np.abs(np.subtract.outer(standardised(values), standardised(values)))
    return float((apart[np.triu_indices(len(values), 1)] < _SAME).mean())


def largest_distance(first: Array, second: Array) -> float:
    """Return the Kolmogorov-Smirnov distance: the largest difference of two empirical distribution functions.

    Parameters
    ----------
    first, second : ndarray, shape (numbers,)
        The samples.

    Returns
    -------
    float
        The distance, between 0 and 1.

    Examples
    --------
    >>> largest_distance(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    0.5
    """
    both = np.concatenate([first, second])
    shares = [np.searchsorted(np.sort(one), both, side="right") / len(one) for one in (first, second)]
    return float(np.abs(shares[0] - shares[1]).max())


def fitted_glass(losses: Array, energies: Mapping[int, Array], seed: Seed) -> Fit:
    """Find the size of spin glass whose energies, shifted and scaled, are distributed most like the losses.

    The p-value compares the distance of the losses with distances of as many energies from one landscape to the
    energies of the other landscapes of the fitted size. Energies of one landscape are correlated, so that several
    landscapes are needed. The choice of the size lowers only the first distance.

    Parameters
    ----------
    losses : ndarray, shape (networks,)
        Losses of networks trained on the same images.
    energies : mapping of int to ndarray, shape (landscapes, starts)
        Energies at which descents end, by number of spins.
    seed : int, SeedSequence or Generator
        Source of the random choices of energies.

    Returns
    -------
    Fit
        The size, its distance and the p-value.

    Raises
    ------
    ValueError
        If there are fewer than 4 losses or 8 landscapes, or too few energies.
    """
    available, landscapes = (min(ends.shape[axis] for ends in energies.values()) for axis in (1, 0))
    count = min(len(losses), available)
    if count < _FEWEST or landscapes < _FEWEST_LANDSCAPES:
        raise ValueError(
            f"a comparison of shapes needs at least {_FEWEST} losses and {_FEWEST_LANDSCAPES} landscapes with as many "
            f"energies; given {len(losses)} losses and {landscapes} landscapes with {available} energies"
        )
    sample = standardised(losses[:count])
    distances = {n: largest_distance(sample, standardised(ends).ravel()) for n, ends in energies.items()}
    size = min(distances, key=distances.__getitem__)
    ends, rng = energies[size], generator(seed)
    expected = np.array([_distance_between_landscapes(ends, count, rng) for _ in range(_DRAWS)])
    p_value = (1 + int((expected >= distances[size]).sum())) / (1 + _DRAWS)
    return Fit(size, distances[size], p_value, float(np.quantile(expected, 0.99)))


def _distance_between_landscapes(ends: Array, count: int, rng: np.random.Generator) -> float:
    """Return the distance of some energies of a random landscape from those of the other landscapes."""
    chosen = int(rng.integers(len(ends)))
    order = rng.permutation(ends.shape[1])
    others = np.delete(ends, chosen, axis=0)
    return largest_distance(standardised(ends[chosen, order[:count]]), standardised(others).ravel())
