"""What samples of the Gibbs measure at two temperatures tell about the sampler.

Claims allow for correlated draws of one request, as of a Markov chain: where independent draws are needed, they compare
the first half of the draws with the second.
"""

import math
from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy import special
from scipy.stats import qmc

from spinglass import couplings
from spinglass._common.types import Array
from validation.claims._shared.gibbs import sphere_nodes
from validation.subjects.current import subject
from validation.subjects.subject import Draws, whole_seed

TEMPERATURES = (1.0, 2.0)
DRAWS = 32
_NODES = 24  # of the quadrature: energies are polynomials of low order, and not much larger than the temperatures
_LOG_LANDSCAPES = 13  # over 2^13 quasi-random landscapes: errors are below 0.2%


class Equilibrium(NamedTuple):
    """Draws of one landscape at :data:`TEMPERATURES`.

    Attributes
    ----------
    number : int
        The seed of the landscape.
    energies : ndarray, shape (temperatures, draws)
        Total energies.
    points : ndarray, shape (temperatures, draws, n), or None
        The points, if the subject gives them.
    """

    number: int
    energies: Array
    points: Array | None


def _energies(number: int, n: int, H: int, draws: Draws) -> Array:
    """Return the total energies of draws; those of points alone are evaluated by the subject's landscape."""
    if draws.energies is not None:
        return draws.energies
    assert draws.points is not None  # a subject returns one or the other
    return subject().landscape(n, H, number, draws.points)["energy"]


def drawn(seed: np.random.SeedSequence, n: int, H: int) -> Equilibrium:
    """Return draws from one landscape; a simulation for :class:`Reading`."""
    number = whole_seed(seed)
    found = [subject().sample(n, H, number, T, DRAWS) for T in TEMPERATURES]
    energies = [_energies(number, n, H, draws) for draws in found]
    points = [draws.points for draws in found if draws.points is not None]
    return Equilibrium(number, np.array(energies), np.array(points) if len(points) == len(found) else None)


def mean_energies(sample: Equilibrium, n: int) -> Array:
    """Return one landscape's mean energies per spin."""
    return np.asarray(sample.energies.mean(axis=1) / n)


@cache
def exact_mean_energies(n: int, H: int) -> Array:
    """Return the energies per spin at equilibrium, averaged over the draws and landscapes, at n = 2 or 3.

    They are calculated by quadrature over the sphere, in landscapes whose normal couplings are quasi-random numbers.
    """
    x, weights = sphere_nodes(n, _NODES)
    tuples = couplings.indices(np.arange(couplings.size(n, H)), n, H)
    # How many entries of the tensor a coupling is the sum of; counted here, as the landscapes' own count may be wrong.
    entries = [math.factorial(H) / math.prod(map(math.factorial, Counter(row).values())) for row in tuples.tolist()]
    matrix = x[:, tuples].prod(axis=2) * np.sqrt(entries) / n ** ((H - 1) / 2)
    normals = special.ndtri(qmc.Sobol(len(tuples), rng=0).random_base2(_LOG_LANDSCAPES))
    means = np.zeros(len(TEMPERATURES))
    for part in np.array_split(normals, 16):  # limits the memory
        means += [gibbs_mean(part @ matrix.T, weights, T).sum() for T in TEMPERATURES]
    return np.asarray(means / len(normals) / n)


def gibbs_mean(energies: Array, weights: Array, T: float) -> Array:
    """Return mean energies at equilibrium from energies at the nodes of a quadrature, shape (..., nodes)."""
    density = weights * np.exp(-(energies - energies.min(axis=-1, keepdims=True)) / T)
    return np.asarray((density * energies).sum(axis=-1) / density.sum(axis=-1))


def errors_in_one_landscape(sample: Equilibrium, n: int, H: int) -> Array:
    """Return the errors of mean energies per spin, and the errors times the exact energies, at n = 2 or 3.

    Exact energies are calculated by quadrature of the subject's own landscape. Draws from another landscape have the
    right mean energy on average, but errors that are correlated with the exact energies; from these, their mean over
    landscapes is subtracted to reduce the variance.
    """
    x, weights = sphere_nodes(n, _NODES)
    energies = subject().landscape(n, H, sample.number, x)["energy"]
    exact = np.array([gibbs_mean(energies, weights, T) for T in TEMPERATURES]) / n
    errors = mean_energies(sample, n) - exact
    return np.concatenate([errors, errors * (exact - exact_mean_energies(n, H))])


def two_temperatures(sample: Equilibrium) -> float:
    r"""Return a mean over pairs of draws at the two temperatures that vanishes if both are at equilibrium.

    The difference d of their energies satisfies ``P(d) = P(-d) exp(-b d)``, where b is the difference of the inverse
    temperatures. ``d/(1 + exp(-b d))`` therefore has mean 0.
    """
    cold, hot = sample.energies
    half = cold.size // 2
    differences = np.stack([cold[:half, None] - hot[half:], cold[half:, None] - hot[:half]])
    scaled = inverse_difference() * differences
    return float((scaled * special.expit(scaled)).mean())


def inverse_difference() -> float:
    """Return the difference of the inverse temperatures."""
    return 1 / TEMPERATURES[0] - 1 / TEMPERATURES[1]


def energy_less_overlap(sample: Equilibrium, n: int, H: int) -> Array:
    """Return ``T <e> + 1 - <q^H>`` of one landscape at each temperature, where q is the overlap of two draws."""
    assert sample.points is not None
    half = DRAWS // 2
    overlaps = np.einsum("tai,tbi->tab", sample.points[:, :half], sample.points[:, half:]) / n
    return np.asarray(np.array(TEMPERATURES) * mean_energies(sample, n) + 1 - (overlaps**H).mean(axis=(1, 2)))


def sensitivity(n: int) -> float:
    """Return the relative change of the mean of :func:`two_temperatures` with the inverse temperatures' difference.

    Energies are taken as normal with variance n, as they are above the transition temperature. The difference of two
    then has mean ``-b n`` and variance ``2n``, where b is the difference of the inverse temperatures.
    """
    b = inverse_difference()
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    scaled = b * (math.sqrt(2 * n) * nodes - b * n)
    share = special.expit(scaled)
    slope = b * (share + scaled * share * (1 - share))  # of the function that is averaged
    return float(b * n * (weights @ slope) / weights.sum())
