"""Small networks with hard landscapes: many minima, a training problem that is NP-complete, and the smallest saddle."""

from validation.claim import Claim, Mutant
from validation.claims._shared.efforts import settings, sizes
from validation.claims.hard_networks import measurements, mutants
from validation.series import Series
from validation.statistics.estimators import Identity

# Starts fall into the dips about evenly: the least likely of 2^d (3^d) dips receives a share of at least 0.4^d
# (0.25^d). The probability that one is missed is below (number of dips) exp(-starts share): 3e-12 at most here.
_MANY_MINIMA = settings(
    "d per_axis starts",
    *((d, 2, 200 * 3**d) for d in (1, 2, 3, 4, 5, 6)),
    *((d, 3, 150 * 5**d) for d in (1, 2, 3, 4)),
)
_EVERY_FAMILY = [Series(1, n=n, families_at_most=128) for n in (1, 2, 3)]

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
        measure=measurements.minima_of_a_neuron,
        predict=measurements.exactly,
        components=("found", "proved"),
        delta=0.01,
        sizes=sizes(
            (2, 5, 20),
            settings(
                "d per_axis starts",
                *((d, 2, 200 * 3**d) for d in (1, 2, 3, 4)),
                *((d, 3, 150 * 5**d) for d in (1, 2, 3)),
            ),
            _MANY_MINIMA,
            _MANY_MINIMA,
        ),
        mutants=(
            Mutant(
                "inputs too close",
                "inputs along an axis differ by a factor 3, so that their dips melt into one",
                {"spinglass.networks.small.neuron.hard_neuron": mutants.closer},
                upstream=True,
            ),
            Mutant(
                "uneven targets",
                "targets are 0.95 instead of half-way, so that dips drown in the slope of the next",
                {"spinglass.networks.small.neuron.hard_neuron": mutants.uneven},
                upstream=True,
            ),
        ),
        weight=0,
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
        measure=measurements.splitting_errors,
        predict=measurements.exactly,
        components=("differ", "fail"),
        delta=0.001,
        sizes={
            "quick": [*_EVERY_FAMILY, Series(2, n=4, families_at_most=20)],
            "standard": [*_EVERY_FAMILY, Series(16, n=4, families_at_most=32)],
            "paper": [Series(1, n=n, families_at_most=2**11) for n in (1, 2, 3, 4)],
        },
        mutants=(
            Mutant(
                "a set forgotten",
                "the last set gets no example",
                {"spinglass.networks.small.three_node.splitting_examples": mutants.without_last},
                upstream=True,
            ),
            Mutant(
                "no cube",
                "the examples that force the output unit to be an AND are left out",
                {"spinglass.networks.small.three_node.splitting_examples": mutants.without_cube},
                upstream=True,
            ),
        ),
        weight=0,
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
        measure=measurements.two_parameter_errors,
        predict=measurements.rounding,
        components=("slope at 0", "eigenvalues at 0", "hyperbola", "symmetries"),
        delta=1e-4,
        sizes=sizes((8, 50, 500), settings("points", 50)),
        mutants=(
            Mutant(
                "no cross term",
                "the Hessian is diagonal",
                {"spinglass.networks.small.two_parameter.TwoParameterSurface.hessian": mutants.without_cross_terms},
                upstream=True,
            ),
            Mutant(
                "a loss that is not symmetric",
                "the loss grows with the first weight alone",
                {"spinglass.networks.small.two_parameter.TwoParameterSurface.energy_and_gradient": mutants.of_one_sign},
                upstream=True,
            ),
        ),
        weight=0,
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
        measure=measurements.spread_of_minima,
        predict=measurements.published_spread,
        delta=1.0,
        sizes=sizes((40, 200, 1000), settings("small large networks", (4, 32, 6))),
        mutants=(
            Mutant(
                "one width",
                "both networks are large",
                {"spinglass.networks.training.train": mutants.never_small},
                upstream=True,
            ),
            Mutant(
                "eight units",
                "larger networks are cut to eight units",
                {"spinglass.networks.training.train": mutants.of_at_most(8)},
                upstream=True,
            ),
        ),
    ),
)
