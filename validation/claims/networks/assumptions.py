"""Assumptions of the mapping from the network to the spin glass: these claims may fail, and show by how much."""

import math

import numpy as np

from spinglass import descent, sphere
from spinglass._common.seeds import child, generator
from spinglass._common.types import Array
from spinglass.networks import DecoupledPathModel, ReLUNetwork, data, redundancy, training
from theory.networks import sign_correlations
from validation.claim import Claim
from validation.claims._shared import perturbations
from validation.claims._shared.efforts import sizes
from validation.claims._shared.mutants import WRONG_SIZE
from validation.claims.networks.laws import glass_counts, layered_moments, path_model_counts
from validation.claims.networks.mutants import (
    BALANCED_SIGNS,
    DRAWN_GATES,
    NORMAL_COUPLINGS,
    ONE_GATE,
    Q_EXPONENT,
    RHO,
    STUCK_GATES,
    TERM_DROPPED,
    TUPLES,
    UNIQUE_Q,
    UNIQUE_WEIGHTS,
)
from validation.mutant import Mutant
from validation.series import Between, Series

Widths = tuple[int, ...]
_HIDDEN = 12
_SIGNS = 4000


def excess_energy(seed: np.random.SeedSequence, n: int, rho: float) -> float:
    """Return the excess of a diluted model's final energy per spin, over sqrt(rho), over that of its spin glass."""
    model = DecoupledPathModel((n, n, n, 1), rho, "unique", n, seed=child(seed, 0))
    starts = sphere.random_points(n, 16, child(seed, 1))
    ends = [descent.descend(landscape, starts).energy_per_spin.mean() for landscape in (model, model.with_rho(1.0))]
    return float(ends[0] / math.sqrt(rho) - ends[1])


def no_excess(**_: object) -> Between:
    """Return 0; deviations are relative to the energies themselves, which are near -1.4 per spin."""
    return Between(0.0, 0.0, scale=1.4)


def nearly_glass_counts(n: int, rho: float) -> Between:
    """Return the exact mean numbers of the spin glass, with a relative tolerance of ``(1/rho - 1)/n^2``."""
    exact, off = glass_counts(n), (1 / rho - 1) / n**2
    return Between(exact * (1 - off), exact * (1 + off), scale=exact)


def glass_moments(**_: object) -> Array:
    """Return the two moments of a spin glass, whose variance is the same everywhere."""
    return np.array([1.0, 1.0])


def gate_dependence(seed: np.random.SeedSequence, network: str) -> Array:
    """Return how far the gates of a hidden layer are, over inputs, from independent Bernoulli variables with one rho.

    The three numbers are the mean squared correlation of the gates of two units, that of a gate and an input, and the
    variance of the units' rates. The value expected by chance at this number of inputs is subtracted from each, so that
    all have mean 0 if the assumption holds.
    """
    net, X = _network_and_inputs(seed, network)
    gates = net.activities(X)[0].astype(np.float64)
    m, rate = len(X), gates.mean(axis=0)
    live, shown = _standardised(gates), _standardised(X)
    among = (live.T @ live / m)[np.triu_indices(live.shape[1], 1)]
    with_input = live.T @ shown / m
    chance = 1 / (m - 1)
    spread = rate.var(ddof=1) - (rate * (1 - rate)).mean() / (m - 1)
    squares = [
        np.sum(r**2) / max(1, r.size) for r in (among, with_input)
    ]  # gates that never change carry no information
    return np.array([squares[0] - chance, squares[1] - chance, spread])


def no_dependence(**_: object) -> Between:
    """Return 0 three times; the scale of squared correlations is 1."""
    return Between(np.zeros(3), np.zeros(3), scale=1.0)


def hinge_gap(seed: np.random.SeedSequence, widths: Widths, rho: float) -> float:
    """Return the relative difference of the true hinge loss and the paper's form of it.

    It is evaluated at random points with targets 1.
    """
    model = DecoupledPathModel(widths, rho, seed=child(seed, 0))
    w = 2 * sphere.random_points(model.n, 50, child(seed, 1))
    true = model.hinge_loss(w, 1.0, method="enumerated")
    assumed = model.hinge_loss_if_independent(w, 1.0, model.active_probability(w, 1.0))
    return float(np.mean(true - assumed) / np.mean(true))


def no_gap(**_: object) -> Between:
    """Return 0; deviations are relative to the loss itself."""
    return Between(0.0, 0.0, scale=1.0)


def correlation_of_signs(seed: np.random.SeedSequence, minus: float, epsilon: float) -> float:
    """Return the correlation of random signs with signs that differ from them with probability epsilon.

    A share ``minus`` of the first signs is -1. Nine in ten of the differences change -1 into 1.
    """
    random = generator(seed)
    first = np.where(random.random(_SIGNS) < minus, -1, 1)
    turned = np.where(first < 0, 0.9 * epsilon / minus, 0.1 * epsilon / (1 - minus))
    return redundancy.sign_correlation(first, np.where(random.random(_SIGNS) < turned, -first, first))


def papers_sign_bound(epsilon: float, **_: object) -> Between:
    """Return the range that Theorem 3.2 as published allows."""
    return Between(sign_correlations.sign_correlation_bound(epsilon), 1.0)


def _network_and_inputs(seed: np.random.SeedSequence, network: str) -> tuple[ReLUNetwork, Array]:
    if network == "random, normal inputs":
        net = ReLUNetwork.random((20, _HIDDEN, 1), child(seed, 0), last_relu=False)
        return net, generator(child(seed, 1)).standard_normal((400, 20))
    digits = data.digits(seed=child(seed, 1))
    X, labels = digits.train
    epochs = 10 if network == "trained, digits" else 0
    trained = training.train(
        X, labels < 5, hidden=_HIDDEN, loss="hinge", biases=False, epochs=epochs, seed=child(seed, 0)
    )
    return ReLUNetwork([layer[0] for layer in trained.weights], last_relu=False), digits.test[0]


def _standardised(columns: Array) -> Array:
    """Return the columns that vary, with mean 0 and variance 1."""
    spread = columns.std(axis=0)
    return np.asarray((columns - columns.mean(axis=0))[:, spread > 0] / spread[spread > 0])


CLAIMS = (
    Claim(
        id="networks/dilution",
        kind="assumption",
        statement="Energies at the ends of descents, divided by √ρ, are those of the spin glass for every ρ.",
        formula=r"\rho^{-1/2} E_{\mathrm{drawn}} \sim E_{\mathrm{glass}}",
        source="universality; exact only at ρ = 1 or as ρ Λ^(H-1) grows",
        measured="the mean energy per spin at 16 ends divided by √ρ, minus that of the spin glass with the same X and "
        "starts",
        measure=excess_energy,
        predict=no_excess,
        # Pilot, 100 samples with other seeds at n = 16: -0.052 with a standard deviation of 0.116 (0.083 of 1.4).
        delta=0.03,
        sizes={
            "quick": [Series(150, n=16, rho=0.2)],
            "standard": [Series(1500, n=n, rho=0.2) for n in (8, 16, 32)],
            "paper": [Series(3000, n=n, rho=0.2) for n in (8, 16, 32, 64, 128)],
        },
        mutants=(RHO, UNIQUE_Q, NORMAL_COUPLINGS),
    ),
    Claim(
        id="networks/diluted-counts",
        kind="assumption",
        statement="Mean numbers of critical points and of minima of a model with drawn activities differ from those "
        "of the spin glass by a fraction of at most (1/ρ - 1)/Λ^(H-1), and tend to them as ρ Λ^(H-1) grows.",
        formula=r"|\mathbb{E} N_{\mathrm{drawn}}/\mathbb{E} N^{\mathrm{glass}}_\Lambda - 1| "
        r"\le \frac{1/\rho - 1}{\Lambda^{H-1}}",
        source="universality; exact at ρ = 1. The fourth cumulant of a coupling is 3 (1/ρ - 1) times its squared "
        "variance, and each weight takes part in Λ^(H-1) couplings; the factor 1 is set here",
        measured="the numbers of all critical points and of all minima of a model",
        measure=path_model_counts,
        predict=nearly_glass_counts,
        components=("all", "minima"),
        # Pilot, 60 samples with other seeds at n = 6: standard deviations of 0.25 and 0.23, relative to the means.
        delta=0.05,
        sizes={
            "quick": [Series(600, n=6, rho=rho) for rho in (0.2, 0.5)],
            "standard": [Series(6000, n=n, rho=rho) for n in (6, 8) for rho in (0.2, 0.5)],
            "paper": [Series(60000, n=n, rho=rho) for n in (6, 8) for rho in (0.2, 0.5)],
        },
        mutants=(
            TUPLES,
            WRONG_SIZE,
        ),
    ),
    Claim(
        id="networks/layered-as-glass",
        kind="assumption",
        statement="With one weight per edge the path model has the probability law of the spin glass: the same "
        "variance everywhere on the sphere.",
        formula=r"V(w) = 1",
        source="Choromanska et al. 2015, section 3.2, without unique weights",
        measured="mean square and mean fourth power of a model's outputs at random points, divided by Λ and 3 Λ²",
        measure=layered_moments,
        predict=glass_moments,
        components=("mean", "mean square"),
        # Pilot, 200 samples with other seeds: 0.63 and 0.69 with standard deviations of 0.26 and 0.61.
        delta=0.2,
        sizes=sizes((250, 2500, 25000), [{"widths": (3, 2, 2, 1)}]),
        mutants=(
            Q_EXPONENT,
            Mutant(
                "physics' normalisation",
                "the spin glass has variance n/2",
                {"validation.claims.networks.assumptions.glass_moments": perturbations.times(0.5)},
            ),
            UNIQUE_WEIGHTS,
        ),
    ),
    Claim(
        id="networks/independent-activities",
        kind="assumption",
        statement="Activities are Bernoulli variables with the same ρ, independent of each other and of the inputs.",
        formula=r"A_{ij} \sim \mathrm{Bernoulli}(\rho) \text{ iid, independent of } X",
        source="Choromanska et al. 2015, assumptions A1p, A5u, A6u",
        measured="squared correlations of two gates and of gate and input, and the variance of rates, each minus its "
        "value by chance",
        measure=gate_dependence,
        predict=no_dependence,
        components=("two gates", "gate and input", "spread of rates"),
        delta=0.02,
        sizes=sizes(
            (40, 400, 2000),
            [{"network": n} for n in ("random, normal inputs", "random, digits", "trained, digits")],
        ),
        mutants=(
            STUCK_GATES,
            ONE_GATE,
            DRAWN_GATES,
        ),
    ),
    Claim(
        id="networks/hinge",
        kind="assumption",
        statement="Whether the hinge loss is active is independent of the output.",
        formula=r"\mathbb{E}_A \max(0, 1 - sY) = \rho' - s \rho' \mathbb{E}_A Y",
        source="Choromanska et al. 2015, section 3.3",
        measured="the expectation over all activities minus the paper's form with the exact ρ', relative",
        measure=hinge_gap,
        predict=no_gap,
        delta=0.1,
        sizes=sizes((150, 1500, 15000), [{"widths": (3, 2, 1), "rho": 0.5}]),
        # There is no control: whether the hinge is active is determined by the output, so that the two are dependent.
        mutants=(TERM_DROPPED, RHO),
    ),
    Claim(
        id="networks/signs-as-published",
        kind="assumption",
        statement="Signs that differ with probability ε have a correlation of at least (1-2ε)/(1+2ε), whether "
        "balanced or not.",
        formula=r"\mathrm{Corr} \ge \frac{1 - 2\epsilon}{1 + 2\epsilon}",
        source="Choromanska et al. 2015, Thm 3.2; false for unbalanced signs "
        "(theory.networks.sign_correlations.least_sign_correlation)",
        measured="the correlation of 4000 random pairs of signs, balanced or with one in twenty negative",
        measure=correlation_of_signs,
        predict=papers_sign_bound,
        delta=0.05,
        sizes=sizes((100, 1000, 10000), [{"minus": 0.5, "epsilon": 0.05}, {"minus": 0.05, "epsilon": 0.05}]),
        mutants=(
            Mutant(
                "halved",
                "correlations are divided by 2",
                {"spinglass.networks.redundancy.sign_correlation": lambda f: lambda a, b: f(a, b) / 2},
                upstream=True,
            ),
            Mutant(
                "another bound",
                "the bound in theory is 1 - epsilon",
                {"theory.networks.sign_correlations.sign_correlation_bound": lambda _: lambda epsilon: 1 - epsilon},
            ),
            BALANCED_SIGNS,
        ),
    ),
)
