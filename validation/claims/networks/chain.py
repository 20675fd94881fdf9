"""The derivation of the spin glass from a ReLU network, step by step: identities up to rounding."""

import math
from itertools import pairwise
from typing import Any

import numpy as np

from spinglass import SphericalSpinGlass, critical_points, sphere
from spinglass._common.seeds import child, generator
from spinglass._common.types import Array
from spinglass.networks import DecoupledPathModel, ReLUNetwork, paths, reduction
from spinglass.networks.architecture import Architecture
from theory.networks import path_model
from validation.claim import Claim
from validation.claims._shared.efforts import sizes
from validation.claims._shared.rounding import UNIT_ROUNDOFF
from validation.claims.networks.mutants import (
    NO_FIRST_LAYER,
    NO_INPUT_SIZE,
    PATHS_DROPPED,
    Q_EXPONENT,
    RHO,
    TERM_DROPPED,
    TUPLES,
    UNIQUE_Q,
    WRONG_LAYER,
)
from validation.statistics.estimators import Identity

Widths = tuple[int, ...]
_BATCH = 20


def path_sum_errors(seed: np.random.SeedSequence, widths: Widths, last_relu: bool) -> Array:
    """Return the errors of three forms of the path sum, relative to the sum of the absolute values of the terms."""
    net, X = _network(seed, widths, last_relu)
    expansion = paths.path_expansion(net, X)
    scale = path_model.output_scale(widths)
    explicit = scale * (expansion.path_input * expansion.activity * expansion.weight_product).sum(axis=1)
    routes = [explicit, *(paths.path_sum(net, X, by=by) for by in ("layers", "paths"))]
    terms = scale * _absolute(net, X)
    return np.array([(np.abs(route - net.forward(X)) / terms).max() for route in routes])


def path_sum_bound(widths: Widths, **_: object) -> Array:
    """Bound the rounding of products of H+2 factors, and of sums of at most Psi of them, in both calculations."""
    Psi, H = math.prod(widths), len(widths) - 1
    return np.full(3, (Psi + sum(widths) + 4 * (H + 2)) * UNIT_ROUNDOFF)


def backpropagation_error(seed: np.random.SeedSequence, widths: Widths, last_relu: bool) -> float:
    """Return the largest relative error of the path form's gradient, compared with backpropagation.

    The scale is the sum of the absolute values of the terms.
    """
    net, X = _network(seed, widths, last_relu)
    by_paths, backwards = paths.path_gradient(net, X), net.gradient(X)
    worst = 0.0
    for layer, (a, b) in enumerate(zip(by_paths, backwards, strict=True)):
        others = [np.ones_like(W) if k == layer else np.abs(W) for k, W in enumerate(net.weights)]
        terms = np.abs(X)
        for W in others:
            terms = terms @ W
        worst = max(worst, float((np.abs(a - b) / (net.q * terms[:, :1, None])).max()))
    return worst


def backpropagation_bound(widths: Widths, **_: object) -> float:
    """Bound the rounding as for the path sum: a gradient is a part of this sum with one factor left out."""
    return float(path_sum_bound(widths)[0])


def expectation_errors(seed: np.random.SeedSequence, widths: Widths, rho: float, weights: Any) -> Array:
    """Return errors of closed forms of E_A of output, absolute loss and hinge loss.

    The closed forms are compared with sums over all activities.
    """
    model = DecoupledPathModel(widths, rho, weights, seed=child(seed, 0))
    w = sphere.random_points(model.n, _BATCH, child(seed, 1))
    S = model.largest_output()
    glass = model.averaged().energy(w)  # from the stored form; the enumeration below works path by path
    output = S - model.absolute_loss(w, S, method="enumerated")
    absolute = model.absolute_loss(w, -S, method="enumerated") - (S + glass)
    hinge = model.hinge_loss(w, 1 / S, method="enumerated") - (1 - glass / S)
    return np.array([np.abs(output - glass).max() / S, np.abs(absolute).max() / S, np.abs(hinge).max()])


def expectation_bound(widths: Widths, **_: object) -> Array:
    """Bound the rounding of a weighted sum over 2^Psi activities, pairwise within NumPy, of outputs below S."""
    Psi, H = math.prod(widths), len(widths) - 1
    return np.full(3, 4 * (2 * Psi + 3 * H + 20) * UNIT_ROUNDOFF)


def size_violations(seed: np.random.SeedSequence, architectures: int) -> Array:
    """Return the largest relative violation of the three inequalities of Theorem 3.1; 0 where they hold."""
    random = generator(seed)
    worst = np.zeros(3)
    for _ in range(architectures):
        H = int(random.integers(1, 8))
        widths = (*np.ceil(np.exp(random.uniform(0, 7, H))).astype(int).tolist(), 1)
        bounds = path_model.size_bounds(widths)
        chain = [math.log(v) for v in (bounds.upper, Architecture.of(widths).size, bounds.middle, bounds.lower)]
        worst = np.maximum(worst, [low - high for high, low in pairwise(chain)])
    return np.maximum(worst, 0.0)


def no_violation(**_: object) -> Array:
    """Return a bound on the rounding of a logarithm of at most 60 and of its exponential."""
    return np.full(3, 400 * UNIT_ROUNDOFF)


def glass_errors(seed: np.random.SeedSequence, n: int, H: int, rho: float) -> Array:
    """Return the difference of the reduced model's spin glass from the sum over its paths: A drawn, and A averaged."""
    model = DecoupledPathModel((n,) * H + (1,), rho, "unique", n, seed=child(seed, 0))
    w = sphere.random_points(n, _BATCH, child(seed, 1))
    monomials = np.ones((_BATCH, 1))
    for _ in range(H):
        monomials = (monomials[:, :, None] * w[:, None, :]).reshape(_BATCH, -1)
    q = path_model.output_scale(model.widths)
    terms = q * np.abs(monomials) @ np.abs(model.inputs)
    drawn = reduction.to_spin_glass(model).energy(w) - q * monomials @ (model.inputs * model.activity)
    averaged = reduction.to_spin_glass(model.averaged()).energy(w) - rho * q * monomials @ model.inputs
    return np.array([(np.abs(drawn) / terms).max(), (np.abs(averaged) / terms).max()])


def glass_bound(n: int, H: int, **_: object) -> Array:
    """Bound the rounding of sums of n^H products of H+2 factors, in both calculations."""
    return np.full(2, (2 * n**H + 6 * (H + 2)) * UNIT_ROUNDOFF)


def averaged_points_errors(seed: np.random.SeedSequence, n: int, rho: float) -> Array:
    """Return differences of the critical points of averaged loss and spin glass: number, place and energy.

    The energies of the averaged loss are divided by rho.
    """
    model = DecoupledPathModel((n, n, n, 1), rho, "unique", n, seed=seed)
    averaged = critical_points.enumerate_critical_points(model.averaged(), certify=None)
    J = model.inputs.reshape((n,) * 3)
    own = critical_points.enumerate_critical_points(SphericalSpinGlass.from_tensor(J), certify=None)
    if len(averaged) != len(own):
        return np.array([1.0, 1.0, 1.0])
    place = float(np.abs(averaged.x - own.x).max())
    return np.array([0.0, place, float(np.abs(averaged.energy / rho - own.energy).max()) / n])


def averaged_points_bound(**_: object) -> Array:
    """Bound the error of Newton's last step: at condition number 1e4, 1e6 roundoffs in place and 1e3 in energy."""
    return np.array([0.0, 1e6 * UNIT_ROUNDOFF, 1e3 * UNIT_ROUNDOFF])


def _network(seed: np.random.SeedSequence, widths: Widths, last_relu: bool) -> tuple[ReLUNetwork, Array]:
    net = ReLUNetwork.random(widths, child(seed, 0), last_relu=last_relu)
    return net, generator(child(seed, 1)).standard_normal((_BATCH, widths[0]))


def _absolute(net: ReLUNetwork, X: Array) -> Array:
    """Return the sum of the absolute values of all path terms, active or not."""
    carried = np.abs(X)
    for W in net.weights:
        carried = carried @ np.abs(W)
    return carried[:, 0]


_NETWORKS = [
    {"widths": widths, "last_relu": last}
    for widths in ((10, 6, 4, 1), (6, 20, 1), (3, 4, 4, 3, 2, 1))
    for last in (True, False)
]


CLAIMS = (
    Claim(
        id="networks/paths",
        kind="identity",
        statement="A ReLU network's output is the sum over all paths of input, activity and product of weights.",
        formula=r"Y = q \sum_i \sum_j X_i A_{ij} \prod_k w_{ij}^{(k)}, \quad q = \Psi^{-(H-1)/(2H)}",
        source="Choromanska et al. 2015, eq. 2",
        measured="the path sum in three forms (all paths stored, layer by layer, path by path) minus the forward pass",
        measure=path_sum_errors,
        predict=path_sum_bound,
        components=("stored", "by layers", "by paths"),
        delta=1e-9,
        sizes=sizes((10, 100, 1000), _NETWORKS),
        mutants=(Q_EXPONENT, WRONG_LAYER, PATHS_DROPPED),
        estimator=Identity(),
    ),
    Claim(
        id="networks/backpropagation",
        kind="identity",
        statement="The gradient of the path form at fixed activities equals backpropagation.",
        formula=r"\partial Y / \partial w = q \sum_{(i,j) \ni w} X_i A_{ij} \prod_{w' \ne w} w'",
        source="derivative of Choromanska et al. 2015, eq. 2",
        measured="the largest difference of the two gradients, relative to the sum of absolute terms",
        measure=backpropagation_error,
        predict=backpropagation_bound,
        delta=1e-9,
        sizes=sizes((10, 100, 1000), _NETWORKS),
        mutants=(WRONG_LAYER, PATHS_DROPPED),
        estimator=Identity(),
    ),
    Claim(
        id="networks/expectations",
        kind="identity",
        statement="Over independent activities the expected output is ρ times the output with all paths active. Both "
        "losses are affine in it if the targets lie beyond all outputs or no output reaches the hinge.",
        formula=r"\mathbb{E}_A |s S - Y| = S - s \rho q \sum X \prod w",
        source="Choromanska et al. 2015, section 3.3",
        measured="the stored averaged form minus the sum over all 2^Ψ activities",
        measure=expectation_errors,
        predict=expectation_bound,
        components=("output", "absolute loss", "hinge loss"),
        delta=1e-9,
        sizes=sizes(
            (10, 60, 200),
            [
                {"widths": (2, 2, 2, 1), "rho": 0.3, "weights": "unique"},
                {"widths": (3, 3, 1), "rho": 0.6, "weights": "unique"},
                {"widths": (3, 2, 2, 1), "rho": 0.5, "weights": "per-edge"},
            ],
        ),
        mutants=(TERM_DROPPED, RHO),
        estimator=Identity(),
    ),
    Claim(
        id="networks/sizes",
        kind="theorem",
        statement="The numbers of paths, weights and inputs of every network with one output satisfy the inequalities "
        "of Theorem 3.1.",
        formula=r"\Psi^2 H \ge N \ge H (\Psi^2/d)^{1/H} \ge \Psi^{1/H}",
        source="Choromanska et al. 2015, Thm 3.1",
        measured="the largest violation over random architectures of up to 7 layers and 1100 units per layer",
        measure=size_violations,
        predict=no_violation,
        components=("Psi^2 H >= N", "N >= H (Psi^2/d)^(1/H)", "H (Psi^2/d)^(1/H) >= Psi^(1/H)"),
        delta=1e-6,
        sizes=sizes((40, 400, 4000), [{"architectures": 500}]),
        mutants=(
            NO_FIRST_LAYER,
            NO_INPUT_SIZE,
        ),
        estimator=Identity(),
    ),
    Claim(
        id="networks/glass",
        kind="identity",
        statement="The path model with unique weights is a spin glass whose couplings are given by X and A; averaged "
        "over A it is ρ times the spin glass with couplings X.",
        formula=r"q \sum X A\, w_{i_1} \cdots w_{i_H} = \Lambda^{-(H-1)/2} \sum J\, w_{i_1} \cdots w_{i_H}",
        source="Choromanska et al. 2015, section 3.3, eq. 8",
        measured="the energies of the spin glass minus the sum over the paths of the model",
        measure=glass_errors,
        predict=glass_bound,
        components=("drawn", "averaged"),
        delta=1e-9,
        sizes=sizes(
            (10, 100, 1000),
            [
                {"n": 8, "H": 3, "rho": 0.5},
                {"n": 8, "H": 3, "rho": 0.02},
                {"n": 4, "H": 5, "rho": 0.3},
                {"n": 12, "H": 2, "rho": 0.7},
            ],
        ),
        mutants=(UNIQUE_Q, TUPLES, RHO),
        estimator=Identity(),
    ),
    Claim(
        id="networks/averaged-points",
        kind="identity",
        statement="The loss averaged over activities has the critical points of the spin glass, with energies "
        "multiplied by ρ.",
        formula=r"\mathbb{E}_A Y = \rho\, E_{\mathrm{glass}}",
        source="linearity of the expectation; Choromanska et al. 2015, section 3.3",
        measured="differences in number, places and energies between all critical points of the averaged model and "
        "those of the spin glass",
        measure=averaged_points_errors,
        predict=averaged_points_bound,
        components=("number", "place", "energy over rho"),
        delta=1e-6,
        sizes=sizes((10, 60, 200), [{"n": 4, "rho": 0.3}, {"n": 5, "rho": 0.7}]),
        mutants=(RHO, TUPLES),
        estimator=Identity(),
    ),
)
