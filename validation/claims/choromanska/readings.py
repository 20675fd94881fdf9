"""The numbers that claims read from one repetition of the published experiment, and what the paper predicts."""

from collections.abc import Mapping

import numpy as np

import theory
from spinglass._common.types import Array
from validation.claims.choromanska.repetitions import H, Repetition
from validation.experiments.networks import shapes
from validation.experiments.networks.digits_efforts import PUBLISHED_SIZES
from validation.series import Between

# Table 1: correlation of training and test loss by the number of hidden units, 1000 networks each on MNIST.
PUBLISHED_CORRELATIONS = {25: 0.7616, 50: 0.6861, 100: 0.5983, 250: 0.5302, 500: 0.4081}
_LEAST = 0.01


def exponent(values: Mapping[int, float]) -> float:
    """Return the slope of the logarithm of a number against the logarithm of the size, by least squares."""
    return _slope({size: float(np.log(value)) for size, value in values.items()})


def _slope(values: Mapping[int, float]) -> float:
    at = np.log(list(values))
    at -= at.mean()
    return float(at @ np.array(list(values.values())) / (at @ at))


def fishers_z(correlations: Mapping[int, float]) -> dict[int, float]:
    """Return artanh(correlation) by size; its law for given size is nearly normal."""
    return {size: float(np.arctanh(value)) for size, value in correlations.items()}


def relative_spreads(values: Mapping[int, Array]) -> dict[int, float]:
    """Return standard deviations divided by absolute means, by size."""
    return {size: float(each.std(ddof=1) / abs(each.mean())) for size, each in values.items()}


def published_sizes(values: Mapping[int, Array]) -> dict[int, Array]:
    """Return the values of networks and systems that are not smaller than those of the paper."""
    return {size: each for size, each in values.items() if size >= min(PUBLISHED_SIZES)}


def loss_exponents(repetition: Repetition) -> Array:
    """Return the exponents of the mean test loss, and of its standard deviation divided by the mean."""
    means = {units: float(losses.mean()) for units, losses in repetition.test.items()}
    return np.array([exponent(means), exponent(relative_spreads(repetition.test))])


def narrowing_exponent(repetition: Repetition) -> float:
    """Return the exponent of the relative spread of the test losses, over published sizes."""
    return exponent(relative_spreads(published_sizes(repetition.test)))


def correlation_by_size(repetition: Repetition) -> Array:
    """Return the slope of Fisher's z of training and test loss against log size, and z of the largest networks."""
    z = fishers_z(
        {units: np.corrcoef(losses, repetition.test[units])[0, 1] for units, losses in repetition.train.items()}
    )
    return np.array([_slope(z), z[max(z)]])


def glass_concentration(repetition: Repetition) -> Array:
    """Return the exponent of the variance of the energies, and the limit of their mean, extrapolated with n^-1/2.

    Variance and mean are over starts in one landscape. To the variance of about 0.2/n, 0.01/n is added: its logarithm
    would diverge where all descents end in the same minimum.
    """
    found = published_sizes(repetition.energies)
    fewest = min(map(len, found.values()))  # the mean logarithm of a variance depends on the number of starts
    variances = {n: float(energies[:fewest].var(ddof=1)) + _LEAST / n for n, energies in found.items()}
    means = np.array([energies.mean() for energies in found.values()])
    design = np.stack([np.ones(len(found)), np.array(list(found), dtype=float) ** -0.5], axis=1)
    return np.array([exponent(variances), np.linalg.lstsq(design, means)[0][0]])


def barrier() -> float:
    """Return the energy per spin of the barrier, -E_inf."""
    return -float(theory.E_inf(H))


def crossed_barrier(repetition: Repetition, crossed: tuple[int, ...]) -> Array:
    """Return for each of these sizes whether a descent ended below the barrier (1) or none did (0)."""
    return np.array([float(repetition.energies[n].min() < barrier()) for n in crossed])


def shape_difference(repetition: Repetition, units: int, size: int) -> Array:
    """Return how much skewness and kurtosis of the test losses of one size exceed those of a glass's energies."""
    losses = repetition.test[units]
    energies = repetition.energies[size][: len(losses)]  # moments of few numbers depend on how many there are
    return np.array([number(losses) - number(energies) for number in (shapes.skewness, shapes.excess_kurtosis)])


def shape_and_coincidences(repetition: Repetition, few_units: int, few_spins: int) -> Array:
    """Return the differences of skewness, kurtosis, and share of pairs that coincide, for a small network and glass."""
    losses, energies = repetition.test[few_units], repetition.energies[few_spins]
    pairs = shapes.coincidences(losses) - shapes.coincidences(energies)
    return np.append(shape_difference(repetition, few_units, few_spins), pairs)


def falling_losses() -> Between:
    """Predict that the mean falls at least like m^-0.05 and the relative spread like m^-1/3, both at most like 1/m."""
    return Between([-1.0, -1.0], [-0.05, -1 / 3], scale=[0.1, 0.4])


def narrowing_of_glasses() -> Between:
    """Predict the exponents of glasses: a variance between n^-4/3 and 1/n, as in :func:`concentration`."""
    return Between(-2 / 3, -1 / 2, scale=0.5)


def falling_correlation() -> Between:
    """Predict that Fisher's z falls at least as steeply as published, to at most the smallest published value."""
    published = fishers_z(PUBLISHED_CORRELATIONS)
    return Between([-1.0, 0.0], [_slope(published), min(published.values())], scale=[0.5, 0.5])


def concentration() -> Between:
    """Predict a variance that falls between 1/n and n^-4/3, and a mean that tends to -E_inf.

    The limit may lie in the band [-E_0, -E_inf] or up to 2% above.
    """
    E_0, E_inf = float(theory.E_0(H)), float(theory.E_inf(H))
    return Between([-4 / 3, -E_0], [-1.0, -0.98 * E_inf], scale=[1.0, 0.1])


def most_crossings(crossed: tuple[int, ...]) -> Between:
    """Predict at most the exact mean number of minima below the barrier, which bounds the probability of any."""
    most = [float(theory.mean_critical_points(n, H, index=0, below=-float(theory.E_inf(H)))) for n in crossed]
    return Between(np.zeros(len(most)), most, scale=np.full(len(most), 0.5))


def same_shape() -> Between:
    """Predict that no moment differs; relative deviations refer to moments of 1."""
    return Between([0.0, 0.0], [0.0, 0.0], scale=[1.0, 1.5])


def same_shape_and_coincidences() -> Between:
    """Predict that neither moments nor the share of coinciding pairs differ."""
    return Between([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], scale=[1.0, 2.0, 0.15])


def index_of_order_one_percent() -> Between:
    """Predict an index of the order 0.01, 10^-2.5 to 10^-1.5, and solutions that differ by at most 0.01."""
    return Between([10**-2.5, 0.0], [10**-1.5, 0.01], scale=[10**-1.5, 0.01])
