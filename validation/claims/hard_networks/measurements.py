"""Measurements on small networks with hard landscapes, and what theory predicts for them."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from scipy.optimize import minimize

from spinglass._common.seeds import child, generator
from spinglass._common.types import Array
from spinglass.networks.small import neuron, neuron_minima, three_node
from validation.experiments.networks import small_networks
from validation.series import Between


def minima_of_a_neuron(seed: np.random.SeedSequence, d: int, per_axis: int, starts: int) -> Array:
    """Return the relative differences of two numbers of minima from per_axis^d.

    The first is found by descents after a random linear map of the weights, the second is proved by counting on one
    axis.
    """
    hard = neuron.hard_neuron(d, per_axis, seed=child(seed, 0))
    found = neuron_minima.find_minima(hard, small_networks.starting_weights(hard, per_axis, starts, child(seed, 1)))
    axis = neuron.hard_neuron(1, per_axis)
    proved = neuron_minima.count_minima_on_a_line(axis.X[:, 0], axis.y) ** d
    return np.asarray(np.array([len(found), proved]) / per_axis**d - 1)


def exactly(**_: object) -> float:
    """Return the tolerance of counts, which is zero."""
    return 0.0


def families(n: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield all families of non-empty sets of n elements; from n = 4 on without sets of one element.

    A set of one element can never be split.
    """
    sets = [each for size in range(1 if n < 4 else 2, n + 1) for each in combinations(range(n), size)]
    for chosen in range(2 ** len(sets)):
        yield [each for k, each in enumerate(sets) if chosen >> k & 1]


def splitting_errors(seed: np.random.SeedSequence, n: int, families_at_most: int) -> Array:
    """Return two error rates over families: disagreements of splitting and training, and networks that fail.

    A disagreement is a family that can be split but not trained, or the reverse. All families of n elements are tested,
    or a random choice of ``families_at_most``.
    """
    every = list(families(n))
    if len(every) > families_at_most:
        every = [every[k] for k in generator(seed).choice(len(every), families_at_most, replace=False)]
    differ = fail = 0
    for sets in every:
        X, labels = three_node.splitting_examples(n, sets)
        part = three_node.splitting(n, sets)
        trained = three_node.train_three_nodes(X, labels)
        differ += (part is None) != (trained is None)
        fail += part is not None and not np.array_equal(three_node.network_of_splitting(part)(X), labels)
        fail += trained is not None and not np.array_equal(trained(X), labels)
    return np.array([differ, fail]) / len(every)


def two_parameter_errors(seed: np.random.SeedSequence, points: int) -> Array:
    """Return relative errors of the slope and eigenvalues at the origin, the ends of descents, and the symmetries."""
    surface = small_networks.noisy_line(points, child(seed, 0))
    xx, xy = float(surface.x @ surface.x), float(surface.x @ surface.y)
    random = generator(child(seed, 1))
    slope = np.abs(surface.energy_and_gradient(np.zeros(2))[1]).max()
    saddle = np.abs(np.linalg.eigvalsh(surface.hessian(np.zeros(2))) / (2 * xy * np.array([-1, 1])) - 1).max()

    def loss(w: Array) -> tuple[float, Array]:
        energy, gradient = surface.energy_and_gradient(w)
        return float(energy), gradient

    starts = random.standard_normal((8, 2))
    ends = [minimize(loss, w, jac=True, method="BFGS", options={"gtol": 1e-9 * xy}).x for w in starts]
    valley = np.abs(np.prod(ends, axis=1) / (xy / xx) - 1).max()
    w, alpha = random.standard_normal((16, 2)), np.exp(random.uniform(-1, 1, (16, 1)))
    energy = surface.energy(w)
    moved = [surface.energy(w * np.hstack([alpha, 1 / alpha])), surface.energy(w[:, ::-1]), surface.energy(-w)]
    return np.array([slope, saddle, valley, np.abs(np.array(moved) / energy - 1).max()])


def rounding(**_: object) -> Array:
    """Return bounds on :func:`two_parameter_errors`: rounding of sums over the points, and the tolerance of BFGS.

    The slope is ``2 |w| |x|^2`` times the distance of the product from the hyperbola, where |w| > 10. BFGS stops where
    the slope is 1e-9 x.y, or where rounding of the loss, 1e-16 |y|^2, hides it: at a relative distance of 1e-8.
    """
    return np.array([0.0, 1e-13, 1e-6, 1e-11])


def spread_of_minima(seed: np.random.SeedSequence, small: int, large: int, networks: int) -> float:
    """Return the logarithm of the ratio of standard deviations of final training losses, small over large networks."""
    ends = small_networks.ends_by_size((small, large), networks, 500, seed).groupby("units")["train_loss"]
    return float(np.log(ends.std()[small] / ends.std()[large]))


def published_spread(**_: object) -> Between:
    """Return the range that counts as a wider spread: a factor of at least two."""
    return Between(np.log(2.0), np.log(1000.0), scale=1.0)
