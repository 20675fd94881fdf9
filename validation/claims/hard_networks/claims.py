"""Small networks with hard landscapes: many minima, an NP-complete training problem, and the smallest saddle."""

from validation.claim import Claim
from validation.claims._shared.efforts import settings, sizes
from validation.claims.hard_networks import measurements, mutants
from validation.mutant import Mutant
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
        statement="A single sigmoid neuron with squared loss can have exponentially many local minima: k^d with d "
        "weights and k d examples.",
        formula=r"\#\left\{\text{minima of } \sum_{i=1}^{N} (\sigma(x_i \cdot w) - y_i)^2\right\} = (N/d)^d",
        source="Auer, Herbster & Warmuth 1996, Exponentially many local minima for single neurons, Theorem 3.1",
        measured="relative to k^d: the number of minima that descents find after a random linear map of the inputs, "
        "and the d-th power of the number on one axis, which is counted with proof",
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
                "inputs along an axis differ by a factor 3, so that their dips merge into one",
                {"spinglass.networks.small.neuron.hard_neuron": mutants.closer},
                upstream=True,
            ),
            Mutant(
                "uneven targets",
                "targets are 0.95 instead of half-way, so that dips vanish in the slope of the next one",
                {"spinglass.networks.small.neuron.hard_neuron": mutants.uneven},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
    Claim(
        id="hard-networks/set-splitting",
        kind="theorem",
        statement="Three threshold units can be trained on the examples made from a family of sets if and only if the "
        "family can be split.",
        formula=r"\exists\, w: \text{no error} \iff \exists\, S: \; c \not\subseteq S, \; c \not\subseteq S^c"
        r" \text{ for all } c",
        source="Blum & Rivest 1992, Training a 3-node neural network is NP-complete",
        measured="both sides for every family of n elements (n = 4: a random choice of families), by trying all "
        "splittings and by an exact search over pairs of half-spaces; the networks found are evaluated",
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
                "the last set has no example",
                {"spinglass.networks.small.three_node.splitting_examples": mutants.without_last},
                upstream=True,
            ),
            Mutant(
                "no cube",
                "the examples that force the output unit to compute an AND are left out",
                {"spinglass.networks.small.three_node.splitting_examples": mutants.without_cube},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
    Claim(
        id="hard-networks/two-parameters",
        kind="theorem",
        statement="The loss of two weights in series has a strict saddle at the origin, and minima on a hyperbola.",
        formula=r"f(w) = \sum_i (y_i - w_2 w_1 x_i)^2: \quad \nabla f(0) = 0, \quad \nabla^2 f(0) \text{ has } "
        r"\pm 2\, x \cdot y, \quad w_1 w_2 = \frac{x \cdot y}{|x|^2} \text{ at minima}",
        source="differentiation; this kind of example is due to Choromanska et al. 2015",
        measured="relative errors for the noisy line y = 100 x + e: derivatives at 0, ends of BFGS from random "
        "starts, and the loss after scaling by (a, 1/a), exchange and reflection",
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
        estimator=Identity(),
    ),
    # Pilot, seed 555, 16 data sets: mean 1.59, standard deviation 1.16. With 40 samples the standard error is 0.18;
    # delta/4.3 is 0.23. After 1000 epochs the mean is 3.0, because the loss of large networks continues to fall towards
    # 0.
    Claim(
        id="hard-networks/spread-of-minima",
        kind="published observation",
        statement="Small shallow networks end at minima of very different losses, larger ones at minima of similar "
        "losses: the standard deviations differ by a factor of at least two.",
        formula=r"\mathbb{E} \ln \frac{\mathrm{sd}(\ell \mid 4 \text{ units})}{\mathrm{sd}(\ell \mid 32 \text{ units})}"
        r" \ge \ln 2",
        source="Choromanska et al. 2015, section 5; the paper shows histograms, and the factor is set here",
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
                "five units",
                "large networks are cut to five hidden units",
                {"spinglass.networks.training.train": mutants.of_at_most(5)},
                upstream=True,
            ),
        ),
    ),
)
