"""Exact results on the probability laws of the path model, of the activities of random networks, and of signs."""

import math
from dataclasses import replace

import numpy as np

import theory
from spinglass import critical_points, sphere
from spinglass._common.seeds import child, generator
from spinglass._common.types import Array
from spinglass.networks import DecoupledPathModel, ReLUNetwork, paths, redundancy
from theory.networks import path_activities, path_model, sign_correlations
from validation.claim import Claim
from validation.claims._shared import perturbations
from validation.claims._shared.efforts import deltas, sizes
from validation.claims._shared.mutants import WRONG_SIZE
from validation.claims.networks.mutants import ONE_GATE, Q_EXPONENT, RHO, STUCK_GATES, TUPLES, UNIQUE_Q
from validation.mutant import Mutant
from validation.series import EFFORTS, Between, Series
from validation.statistics.estimators import Identity

Widths = tuple[int, ...]
OVERLAPS = (-0.6, 0.0, 0.8, 1.0)
_NETWORKS = 20  # per sample of the claims on activities
_POINTS = 256


def path_covariance(seed: np.random.SeedSequence, widths: Widths, size: int, rho: float) -> Array:
    """Return one model's mean of ``Y(w) Y(w') / Lambda`` over random pairs, at each overlap."""
    model = DecoupledPathModel(widths, rho, "unique", size, seed=child(seed, 0))
    w = sphere.random_points(size, _POINTS, child(seed, 1))
    across = sphere.project(sphere.tangent(w, sphere.random_points(size, _POINTS, child(seed, 2))))
    output = model.output(w)
    others = [model.output(q * w + math.sqrt(1 - q * q) * across) for q in OVERLAPS]
    return np.array([np.mean(output * other) for other in others]) / size


def predicted_path_covariance(widths: Widths, rho: float, **_: object) -> Between:
    """Return the covariances over Lambda at all overlaps; deviations are relative to the variance at overlap 1."""
    expected = path_model.path_model_covariance(np.array(OVERLAPS), 1.0, len(widths) - 1, rho)
    return Between(expected, expected, scale=rho)


def path_model_counts(seed: np.random.SeedSequence, n: int, rho: float) -> Array:
    """Return a model's numbers of critical points and of minima."""
    model = DecoupledPathModel((n, n, n, 1), rho, "unique", n, seed=seed)
    every = critical_points.enumerate_critical_points(model, certify=None)
    return np.array([len(every), np.count_nonzero(every.index == 0)], dtype=float)


def glass_counts(n: int, **_: object) -> Array:
    """Return the exact mean numbers of critical points and of minima of the spin glass."""
    return np.array([theory.mean_critical_points(n, 3), theory.mean_critical_points(n, 3, index=0)], dtype=float)


def layered_moments(seed: np.random.SeedSequence, widths: Widths) -> Array:
    """Return a layered model's ``mean Y^2 / Lambda`` and ``mean Y^4 / (3 Lambda^2)`` over the sphere."""
    model = DecoupledPathModel(widths, 1.0, seed=child(seed, 0))
    Y = model.output(sphere.random_points(model.n, 4 * _POINTS, child(seed, 1)))
    return np.array([np.mean(Y**2) / model.Lambda, np.mean(Y**4) / (3 * model.Lambda**2)], dtype=np.float64)


def layered_prediction(widths: Widths) -> Array:
    """Return mean and mean square of the variance over the sphere; ``E Y^4 = 3 E (Var Y)^2`` for normal Y."""
    moments = path_model.layered_variance(widths)
    return np.array([moments.mean, moments.mean_square])


def random_activities(seed: np.random.SeedSequence, widths: Widths) -> Array:
    """Return four means over random networks at one input, which describe the activities of paths.

    They are the activity of one path, averaged over all paths; the product of the activities of two paths that share
    only the output unit; the same for two paths that differ only in their input; and, over the first layer, twice the
    activity times a weighted input of variance 1, which is their correlation.
    """
    x = np.where(generator(child(seed, 0)).random(widths[0]) < 0.5, -1.0, 1.0)[None]
    layers = tuple(range(len(widths) - 1))
    found = np.empty((_NETWORKS, 4))
    for k in range(_NETWORKS):
        net = ReLUNetwork.random(widths, child(seed, 1, k))
        A = paths.path_expansion(net, x).activity.reshape(widths)
        sharing_output, sharing_units = np.roll(A, 1, axis=layers), np.roll(A, 1, axis=0)
        correlation = 2 * net.activities(x)[0] * x.T * net.weights[0]
        found[k] = A.mean(), (A * sharing_output).mean(), (A * sharing_units).mean(), correlation.mean()
    return np.asarray(found.mean(axis=0))


def predicted_activities(widths: Widths) -> Array:
    """Return the expectations of :func:`random_activities` for random networks."""
    H = len(widths) - 1
    rate = path_activities.path_activity_rate(H)
    both = [rate**2 + path_activities.path_activity_correlation(s, H) * rate * (1 - rate) for s in (1, H)]
    return np.array([rate, *both, path_activities.input_activity_correlation(widths[0])])


def sign_violation(seed: np.random.SeedSequence, widths: Widths) -> float:
    """Return how far the correlation of a network's and a reduction's signs falls below its possible minimum, or 0."""
    net = ReLUNetwork.random(widths, child(seed, 0), last_relu=False)
    X = generator(child(seed, 1)).standard_normal((400, widths[0]))
    signs = np.where(net.forward(X) < 0, -1, 1)
    worst = 0.0
    for s in (2, 4, 8, 16):
        image = redundancy.reduce_weights(net, s, X)
        if image.epsilon <= 0.5 and abs(signs.mean()) < 1 and np.isfinite(image.correlation):
            least = sign_correlations.least_sign_correlation(image.epsilon, float(signs.mean()))
            worst = max(worst, least - image.correlation)
    return worst


def sign_bound(**_: object) -> float:
    """Bound the rounding of means of 400 signs and of the square root of their difference near zero."""
    return 1e-7


CLAIMS = (
    Claim(
        id="networks/covariance",
        kind="theorem",
        statement="If unique weights are used uniformly, the outputs of the path model have covariance ρ Λ "
        "(w·w'/Λ)^H, however many paths share the same tuple of weights.",
        formula=r"\mathbb{E}\, Y(w) Y(w') = \rho \Lambda \left(\frac{w \cdot w'}{\Lambda}\right)^H",
        source="Choromanska et al. 2015, eq. 8 at ρ = 1; E X²A² = ρ for each path",
        measured="the product of two outputs at given overlap, averaged over random pairs in each model",
        measure=path_covariance,
        predict=predicted_path_covariance,
        components=tuple(f"overlap {q:g}" for q in OVERLAPS),
        # Pilot, 200 samples with other seeds: a standard deviation of 0.34 of the variance at overlap 1.
        delta=deltas(0.08, 0.026, 0.008),
        sizes=sizes(
            (800, 7500, 75000),
            [{"widths": (6, 6, 6, 1), "size": 6, "rho": 0.3}, {"widths": (12, 6, 6, 1), "size": 6, "rho": 0.3}],
        ),
        mutants=(
            RHO,
            UNIQUE_Q,
            TUPLES,
            Mutant(
                "power off by one",
                "theory has the overlap to the power H - 1",
                {
                    "theory.networks.path_model.path_model_covariance": lambda law: (
                        lambda t, L, H, rho: law(t, L, H - 1, rho)
                    )
                },
            ),
        ),
    ),
    Claim(
        id="networks/counts",
        kind="theorem",
        statement="If every path is active, the path model with unique weights has the exact mean numbers of critical "
        "points and of minima of the spin glass.",
        formula=r"\mathbb{E} N = \mathbb{E} N^{\mathrm{glass}}_\Lambda",
        source="Choromanska et al. 2015, section 3.3; Auffinger, Ben Arous & Černý 2013, Thm 2.1",
        measured="the numbers of all critical points and of all minima of a model",
        measure=path_model_counts,
        predict=glass_counts,
        components=("all", "minima"),
        # Pilot, 100 samples with other seeds at n = 4: standard deviations of 0.29 and 0.24, relative to the means.
        delta=deltas(0.07, 0.023, 0.007),
        sizes=sizes((400, 4000, 40000), [{"n": 4, "rho": 1.0}]),
        mutants=(
            TUPLES,
            WRONG_SIZE,
        ),
    ),
    Claim(
        id="networks/layered",
        kind="theorem",
        statement="With one weight per edge the variance of the path model's output varies over the sphere. Its mean "
        "and mean square follow from the numbers of edges that pairs of paths have in common.",
        formula=r"\mathbb{E} V^2 = \frac{N^{2H}}{N(N+2)\cdots(N+4H-2)}\, \Psi^{-2} \sum_{p,p'} 3^{|p \cap p'|}",
        source="derived for this project (theory.networks.path_model.layered_variance)",
        measured="mean square and mean fourth power of a model's outputs at random points, divided by Λ and 3 Λ²",
        measure=layered_moments,
        predict=layered_prediction,
        components=("mean", "mean square"),
        # Pilot, 200 samples with other seeds: standard deviations of 0.29 and 0.63, relative to the means.
        delta=deltas(0.12, 0.04, 0.012),
        sizes=sizes((700, 7000, 70000), [{"widths": (4, 3, 2, 1)}]),
        mutants=(
            Q_EXPONENT,
            Mutant(
                "pairs forgotten",
                "theory treats paths with common edges as independent",
                {
                    "theory.networks.path_model.layered_variance": lambda law: (
                        lambda widths: path_model.LayeredMoments(law(widths).mean, law(widths).mean ** 2)
                    )
                },
            ),
        ),
    ),
    Claim(
        id="networks/random-activities",
        kind="theorem",
        statement="In networks with independent normal weights a path is active with probability 2^-H, the activities "
        "of two paths that share s units have correlation (2^s - 1)/(2^H - 1), and the activity of a unit of the "
        "first layer has correlation √(2/πd) with each of its d weighted inputs.",
        formula=r"P(A=1) = 2^{-H}, \quad \mathrm{Corr}(A, A') = \frac{2^s - 1}{2^H - 1}",
        source="derived for this project (theory.networks.path_model)",
        measured="averages over random networks and all their paths at one input",
        measure=random_activities,
        predict=predicted_activities,
        components=(
            "one path",
            "two that share the output",
            "two that differ in the input",
            "correlation with an input",
        ),
        # Pilot, 60 samples with other seeds: standard deviations up to 0.29 of the means; 0.64 for two hidden layers.
        delta=deltas(0.15, 0.05, 0.015),
        sizes={
            effort: [Series(m, widths=(4, 6, 1)), Series(3 * m, widths=(3, 4, 4, 1))]
            for effort, m in zip(EFFORTS, (120, 1200, 12000), strict=True)
        },
        mutants=(
            STUCK_GATES,
            ONE_GATE,
            Mutant(
                "independent",
                "theory treats paths as independent of each other",
                {"theory.networks.path_activities.path_activity_correlation": perturbations.times(0.0)},
            ),
        ),
    ),
    Claim(
        id="networks/signs",
        kind="bound",
        statement="The signs of a network and of its reduction to few weights, which differ on a fraction ε of the "
        "inputs, have at least the smallest correlation that is possible for signs of this mean.",
        formula=r"\mathrm{Corr} \ge \sqrt{\frac{(1-2\epsilon)^2 - m^2}{1-m^2}} \quad (|m| \le 1 - 2\epsilon)",
        source="Choromanska et al. 2015, Thm 3.2, with the mean m taken into account (theory.networks.path_model)",
        measured="the largest shortfall over reductions to 2, 4, 8 and 16 weights, on 400 inputs; 0 if there is none",
        measure=sign_violation,
        predict=sign_bound,
        delta=1e-3,
        sizes=sizes((100, 1000, 10000), [{"widths": (8, 6, 1)}, {"widths": (6, 4, 3, 1)}]),
        mutants=(
            Mutant(
                "half the errors",
                "epsilon is divided by 2",
                {
                    "spinglass.networks.redundancy.reduce_weights": lambda reduce: (
                        lambda *given: replace(image := reduce(*given), epsilon=image.epsilon / 2)
                    )
                },
                upstream=True,
            ),
            Mutant(
                "epsilon for 2 epsilon",
                "theory uses 1 - epsilon in place of 1 - 2 epsilon",
                {
                    "theory.networks.sign_correlations.least_sign_correlation": lambda least: (
                        lambda e, m: least(e / 2, m)
                    )
                },
            ),
        ),
        estimator=Identity(),
    ),
)
