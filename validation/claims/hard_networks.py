"""Small networks with hard landscapes: many minima, a training problem that is NP-complete, and the smallest saddle."""

from collections.abc import Callable, Collection, Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from spinglass._common.seeds import child, generator
from spinglass.networks.small import neuron, neuron_minima, three_node
from validation.claim import Claim, Mutant
from validation.claims._shared.perturbations import Function
from validation.experiments import small_networks
from validation.series import Between, Effort, Series
from validation.statistics.estimators import Identity

Floats = NDArray[np.float64]


def minima_of_a_neuron(seed: np.random.SeedSequence, d: int, per_axis: int, starts: int) -> Floats:
    """Return how far the number of minima is from per_axis^d: by descents in mixed weights, and by proof on an axis."""
    hard = neuron.hard_neuron(d, per_axis, seed=child(seed, 0))
    found = neuron_minima.find_minima(hard, small_networks.starting_weights(hard, per_axis, starts, child(seed, 1)))
    axis = neuron.hard_neuron(1, per_axis)
    proved = neuron_minima.count_minima_on_a_line(axis.X[:, 0], axis.y) ** d
    return np.asarray(np.array([len(found), proved]) / per_axis**d - 1)


def exactly(**size: int) -> float:  # noqa: ARG001
    """Return the tolerance of counts: none."""
    return 0.0


def families(n: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield all families of non-empty sets of n elements; from n = 4 on without sets of one, which nothing splits."""
    sets = [each for size in range(1 if n < 4 else 2, n + 1) for each in combinations(range(n), size)]
    for chosen in range(2 ** len(sets)):
        yield [each for k, each in enumerate(sets) if chosen >> k & 1]


def splitting_errors(seed: np.random.SeedSequence, n: int, families_at_most: int) -> Floats:
    """Return the shares of families where "can be split" and "can be trained" differ, and of splittings that fail.

    All families of n elements, or as many drawn ones.
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


def two_parameter_errors(seed: np.random.SeedSequence, points: int) -> Floats:
    """Return relative errors: slope and eigenvalues at the origin, ends of descents, and the scaling symmetry."""
    surface = small_networks.noisy_line(points, child(seed, 0))
    xx, xy = float(surface.x @ surface.x), float(surface.x @ surface.y)
    random = generator(child(seed, 1))
    slope = np.abs(surface.energy_and_gradient(np.zeros(2))[1]).max()
    saddle = np.abs(np.linalg.eigvalsh(surface.hessian(np.zeros(2))) / (2 * xy * np.array([-1, 1])) - 1).max()

    def loss(w: Floats) -> tuple[float, Floats]:
        energy, gradient = surface.energy_and_gradient(w)
        return float(energy), gradient

    starts = random.standard_normal((8, 2))
    ends = [minimize(loss, w, jac=True, method="BFGS", options={"gtol": 1e-9 * xy}).x for w in starts]
    valley = np.abs(np.prod(ends, axis=1) / (xy / xx) - 1).max()
    w, alpha = random.standard_normal((16, 2)), np.exp(random.uniform(-1, 1, (16, 1)))
    energy = surface.energy(w)
    moved = [surface.energy(w * np.hstack([alpha, 1 / alpha])), surface.energy(w[:, ::-1]), surface.energy(-w)]
    return np.array([slope, saddle, valley, np.abs(np.array(moved) / energy - 1).max()])


def rounding(points: int) -> Floats:  # noqa: ARG001
    """Return bounds on these: rounding of sums over the points, and BFGS's tolerance.

    The slope is ``2 |w| |x|^2`` times the product's distance from the hyperbola, |w| > 10 there, and BFGS stops where
    it is 1e-9 x.y, or where rounding of the loss, 1e-16 |y|^2, hides it: at a relative distance of 1e-8.
    """
    return np.array([0.0, 1e-13, 1e-6, 1e-11])


def spread_of_minima(seed: np.random.SeedSequence, small: int, large: int, networks: int) -> float:
    """Return ln of the ratio of standard deviations of final training losses, small networks over large ones."""
    ends = small_networks.ends_by_size((small, large), networks, 500, seed).groupby("units")["train_loss"]
    return float(np.log(ends.std()[small] / ends.std()[large]))


def published_spread(small: int, large: int, networks: int) -> Between:  # noqa: ARG001
    """Return what "wider" is taken to mean: twice at least."""
    return Between(np.log(2.0), np.log(1000.0), scale=1.0)


def _closer(hard_neuron: Function) -> Function:
    return lambda d, per_axis, ratio=3.0, seed=None: hard_neuron(d, per_axis, min(ratio, 3.0), seed)


def _uneven(hard_neuron: Function) -> Function:
    def uneven(d: int, per_axis: int, **options: Any) -> Any:
        hard = hard_neuron(d, per_axis, **options)
        return neuron.SingleNeuron(hard.X, np.full_like(hard.y, 0.95))

    return uneven


def _without_last(examples: Function) -> Function:
    def fewer(n: int, sets: Collection[Collection[int]]) -> Any:
        return examples(n, list(sets)[:-1])

    return fewer


def _without_cube(examples: Function) -> Function:
    def bare(n: int, sets: Any) -> Any:
        X, labels = examples(n, sets)
        kept = ~X[:, n:].any(axis=1)
        return X[kept], labels[kept]

    return bare


def _without_cross_terms(hessian: Function) -> Function:
    return lambda self, w: hessian(self, w) * np.eye(2)


def _of_one_sign(gradient: Function) -> Function:
    def wrong(self: Any, w: Any) -> Any:
        energy, slope = gradient(self, w)
        return energy + 1e-3 * np.asarray(w)[..., 0] ** 2 * energy, slope

    return wrong


def _of_at_most(units: int) -> Callable[[Function], Function]:
    return lambda train: lambda X, y, hidden, **options: train(X, y, hidden=min(hidden, units), **options)


def _never_small(train: Function) -> Function:
    return lambda X, y, hidden, **options: train(X, y, hidden=max(hidden, 32), **options)


def _efforts(quick: list[Series], standard: list[Series], paper: list[Series]) -> dict[Effort, list[Series]]:
    return {"quick": quick, "standard": standard, "paper": paper}


# Starts fall into the dips about evenly: the least likely of 2^d (3^d) has a share of 0.4^d (0.25^d), or more. So one
# is missed with a probability below (number of dips) exp(-starts share): 3e-12 at worst in the sizes below.
CLAIMS = (
    Claim(
        id="hard-networks/neuron-minima",
        kind="theorem",
        statement="One sigmoid neuron with squared loss can have exponentially many local minima: k^d of d weights on "
        "k d examples.",
        formula=r"\#\left\{\text{minima of } \sum_{i=1}^{N} (\sigma(x_i \cdot w) - y_i)^2\right\} = (N/d)^d",
        source="Auer, Herbster & Warmuth 1996, Exponentially many local minima for single neurons, Theorem 3.1",
        measured="minima that descents find after a random linear map of the inputs, and the d-th power of the number "
        "on one axis, counted with proof, relative to k^d",
        measure=minima_of_a_neuron,
        predict=exactly,
        components=("found", "proved"),
        delta=0.01,
        sizes=_efforts(
            [Series(2, d=d, per_axis=2, starts=200 * 3**d) for d in (1, 2, 3, 4)]
            + [Series(2, d=d, per_axis=3, starts=150 * 5**d) for d in (1, 2, 3)],
            [Series(5, d=d, per_axis=2, starts=200 * 3**d) for d in (1, 2, 3, 4, 5, 6)]
            + [Series(5, d=d, per_axis=3, starts=150 * 5**d) for d in (1, 2, 3, 4)],
            [Series(20, d=d, per_axis=2, starts=200 * 3**d) for d in (1, 2, 3, 4, 5, 6)]
            + [Series(20, d=d, per_axis=3, starts=150 * 5**d) for d in (1, 2, 3, 4)],
        ),
        mutants=(
            Mutant(
                "inputs too close",
                "inputs along an axis differ by a factor 3, so that their dips melt into one",
                {"spinglass.networks.small.neuron.hard_neuron": _closer},
                upstream=True,
            ),
            Mutant(
                "uneven targets",
                "targets are 0.95 instead of half-way, so that dips drown in the slope of the next",
                {"spinglass.networks.small.neuron.hard_neuron": _uneven},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
    Claim(
        id="hard-networks/set-splitting",
        kind="theorem",
        statement="Three threshold units can be trained on the examples made of a family of sets exactly if the "
        "family can be split.",
        formula=r"\exists\, w: \text{no error} \iff \exists\, S: \; c \not\subseteq S, \; c \not\subseteq S^c"
        r" \text{ for all } c",
        source="Blum & Rivest 1992, Training a 3-node neural network is NP-complete",
        measured="both sides for every family of n elements (n = 4: drawn ones), by trying all divisions, and by an "
        "exact search over pairs of half-spaces; the networks evaluated",
        measure=splitting_errors,
        predict=exactly,
        components=("differ", "fail"),
        delta=0.001,
        sizes=_efforts(
            [Series(1, n=n, families_at_most=128) for n in (1, 2, 3)] + [Series(2, n=4, families_at_most=20)],
            [Series(1, n=n, families_at_most=128) for n in (1, 2, 3)] + [Series(16, n=4, families_at_most=32)],
            [Series(1, n=n, families_at_most=2**11) for n in (1, 2, 3, 4)],
        ),
        mutants=(
            Mutant(
                "a set forgotten",
                "the last set gets no example",
                {"spinglass.networks.small.three_node.splitting_examples": _without_last},
                upstream=True,
            ),
            Mutant(
                "no cube",
                "the examples that force the output unit to be an AND are left out",
                {"spinglass.networks.small.three_node.splitting_examples": _without_cube},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
    Claim(
        id="hard-networks/two-parameters",
        kind="theorem",
        statement="Two weights in a row have a strict saddle at the origin, between minima on a hyperbola.",
        formula=r"f(w) = \sum_i (y_i - w_2 w_1 x_i)^2: \quad \nabla f(0) = 0, \quad \nabla^2 f(0) \text{ has } "
        r"\pm 2\, x \cdot y, \quad w_1 w_2 = \frac{x \cdot y}{|x|^2} \text{ at minima}",
        source="two differentiations; Choromanska et al. 2015 for the example's kind",
        measured="the noisy line y = 100 x + e: derivatives at 0, ends of BFGS from random starts, and the loss after "
        "scaling by (a, 1/a), exchange and reflection, as relative errors",
        measure=two_parameter_errors,
        predict=rounding,
        components=("slope at 0", "eigenvalues at 0", "hyperbola", "symmetries"),
        delta=1e-4,
        sizes=_efforts(*([Series(m, points=50)] for m in (8, 50, 500))),
        mutants=(
            Mutant(
                "no cross term",
                "the Hessian is diagonal",
                {"spinglass.networks.small.two_parameter.TwoParameterSurface.hessian": _without_cross_terms},
                upstream=True,
            ),
            Mutant(
                "a loss that is not symmetric",
                "the loss grows with the first weight alone",
                {"spinglass.networks.small.two_parameter.TwoParameterSurface.energy_and_gradient": _of_one_sign},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
    # Pilot, seed 555, 16 data sets: mean 1.59, standard deviation 1.16; 40 samples have a standard error of 0.18,
    # delta/4.3 is 0.23. After 1000 epochs the mean is 3.0: larger networks go on towards no loss at all.
    Claim(
        id="hard-networks/spread-of-minima",
        kind="published observation",
        statement="Small shallow networks end at minima of very different losses, larger ones at much the same: "
        "standard deviations differ by a factor two, or more.",
        formula=r"\mathbb{E} \ln \frac{\mathrm{sd}(\ell \mid 4 \text{ units})}{\mathrm{sd}(\ell \mid 32 \text{ units})}"
        r" \ge \ln 2",
        source="Choromanska et al. 2015, section 5; the factor is ours, the paper shows histograms",
        measured="training losses after 500 epochs of Adam on 40 points of a two-class Gaussian mixture",
        measure=spread_of_minima,
        predict=published_spread,
        delta=1.0,
        sizes=_efforts(*([Series(m, small=4, large=32, networks=6)] for m in (40, 200, 1000))),
        mutants=(
            Mutant(
                "one width",
                "both networks are large",
                {"spinglass.networks.training.train": _never_small},
                upstream=True,
            ),
            Mutant(
                "eight units",
                "larger networks are cut to eight units",
                {"spinglass.networks.training.train": _of_at_most(8)},
                upstream=True,
            ),
        ),
    ),
)
