"""Deep linear networks and linear ResNets: global minima, all critical points, and the range of small layers."""

from validation.claim import Claim
from validation.claims._shared.efforts import deltas, settings, sizes
from validation.claims.linear_networks import measurements, resnet_checks
from validation.claims.linear_networks.mutants import (
    ANGLES,
    BALANCED_ONLY,
    BETTER,
    COUPLINGS,
    DECAY,
    HALF_GRADIENT,
    HEAVIER,
    NO_ROTATION,
    ONE_LAYER_MORE,
    POSITIVE,
    PRODUCTS,
    RANK,
    WEAKEST,
)
from validation.series import Between
from validation.statistics.estimators import Identity, Proportion

_SAMPLES = (30, 300, 3000)
# If no bad minimum is found in 80 descents, its probability is at most 0.056 with confidence 0.99.
_DESCENTS = (80, 800, 8000)
_BOTTLENECKS = ((3, 2, 3), (4, 1, 3), (3, 2, 2, 3), (3, 5, 2, 4, 3), (2, 1, 1, 1, 2), (3, 2, 2, 2, 3))
_ACHOUR = "Achour, Malgouyres and Gerchinovitz (2024), The loss landscape of deep linear neural networks"
_HARDT = "Hardt and Ma (2016), Identity matters in deep learning"

# The errors below are zero in exact arithmetic. Sums of some tens of terms through at most six layers of
# well-conditioned data leave some hundred unit roundoffs, and the smallest singular value of Gaussian data divides by
# up to a thousand.
_ROUNDING = 1e-9
_WHOLE = 0.1  # tolerance of counts, whose errors are whole numbers


def rounding(**_: object) -> float:
    """Bound the rounding of the relative errors."""
    return _ROUNDING


def rounding_and_counts(**_: object) -> list[float]:
    """Bound the rounding of a critical point's gradient and loss, and the errors of counts."""
    return [_ROUNDING, _ROUNDING, _WHOLE, _WHOLE, _WHOLE]


def number_and_losses(**_: object) -> list[float]:
    """Bound the errors of enumerated points: losses are exact up to rounding, and a wrong point is off by 1e-3."""
    return [_WHOLE, 1e-8, _WHOLE]


def only_global(**_: object) -> Between:
    """Predict no bad minimum, and that nearly all descents reach the global value; a few may be slow near a saddle."""
    return Between([0.0, 0.9], [0.0, 1.0], scale=1.0)


CLAIMS = (
    Claim(
        id="linear-networks/global-value",
        kind="theorem",
        statement="The smallest loss is that of reduced-rank regression at the width of the narrowest layer, and "
        "balanced weights attain it.",
        formula=r"\min E = \tfrac12 |Y|^2 - \tfrac12 \sum_{i \le r} \lambda_i(Y^T X (X^T X)^+ X^T Y)",
        source="Izenman (1975); Baldi and Hornik (1989)",
        measured="loss, gradient and balance of the constructed optimum, for X of full and of reduced rank",
        measure=measurements.optimum_errors,
        predict=rounding,
        components=("loss", "gradient", "balance"),
        delta=1e-6,
        sizes=sizes(
            _SAMPLES,
            settings("widths rank", ((3, 2, 3), None), ((4, 1, 3), 2), ((3, 4, 3, 3), 2), ((4, 3), None)),
        ),
        mutants=(RANK, WEAKEST, PRODUCTS),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/no-bad-minimum",
        kind="theorem",
        statement="In a deep linear network with any bottleneck every local minimum is global.",
        formula=r"\nabla E = 0,\; E > \min E \implies \text{a saddle}",
        source="Kawaguchi (2016), Deep learning without poor local minima; Lu and Kawaguchi (2017)",
        measured="whether a descent from random weights ends at a bad minimum, and whether it ends at the global "
        "value; unconverged ends, saddles and flat saddles are distinguished by gradient, Hessian and a random "
        "perturbation",
        measure=measurements.descent_ends,
        predict=only_global,
        components=("bad minimum", "global value"),
        delta=deltas(0.1, 0.01, 0.001),
        sizes=sizes(_DESCENTS, settings("widths", *_BOTTLENECKS)),
        mutants=(DECAY, RANK),
        estimator=Proportion(),
    ),
    Claim(
        id="linear-networks/critical-points",
        kind="theorem",
        statement="Critical points correspond to subsets of singular directions, which determine loss, index and "
        "strictness.",
        formula=r"E = \tfrac12 |Y|^2 - \tfrac12 \sum_{i \in S} s_i^2, \quad \mathrm{index} = \#\{(a, q) : s_q > s_a\} "
        r"+ [\text{two layers cut}]\, \rho\, \mathrm{rank}\, C",
        source=f"{_ACHOUR}; the index derived in theory.networks.linear_saddles.saddle_index",
        measured="gradient, loss, index, kind and number of critical values over all subsets S, with unused units "
        "placed at random",
        measure=measurements.critical_errors,
        predict=rounding_and_counts,
        components=("slope", "loss", "index", "strictness", "number of values"),
        delta=0.5,
        sizes=sizes(_SAMPLES, settings("width layers", (1, 2), (2, 2), (3, 3), (2, 4), (3, 5))),
        mutants=(BETTER, COUPLINGS, PRODUCTS),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/zero",
        kind="theorem",
        statement="At W = 0 the gradient and the Hessian vanish with three or more layers; with two layers the "
        "Hessian has a negative eigenvalue there.",
        formula=r"H \ge 3: \nabla^2 E(0) = 0; \quad H = 2: \lambda_{min} = -|X^T Y|",
        source="Kawaguchi (2016), corollary 2.4",
        measured="gradient and Hessian at W = 0, relative to |X^T Y|",
        measure=measurements.zero_errors,
        predict=rounding,
        components=("gradient", "Hessian"),
        delta=1e-6,
        sizes=sizes(_SAMPLES, settings("widths", (2, 2, 2), (3, 1, 3), (2, 3, 3, 2), (2, 1, 1, 1, 2))),
        mutants=(COUPLINGS, PRODUCTS),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/fixed-norm",
        kind="theorem",
        statement="At fixed norm of the weights, where the Lagrange multiplier acts as a ridge, every critical point "
        "is balanced or optimal.",
        formula=r"\nabla E + \mu w = 0,\; |w|^2 = \rho: \quad E - \tfrac12|Y|^2 \in "
        r"\{\rho^2/8 \mp s_i \rho/2\} \cup \{-s_i^2/2 : 2 s_i < \rho\}",
        source="derived in theory.networks.linear.sphere_critical_values",
        measured="number, losses and Morse relation of the critical points found by homotopy continuation",
        measure=measurements.enumerated,
        predict=number_and_losses,
        components=("number", "losses", "Morse relation"),
        delta=0.5,
        sizes=sizes(_SAMPLES, settings("directions", 1, 2)),
        mutants=(HEAVIER, BALANCED_ONLY),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/resnet-form",
        kind="identity",
        statement="A linear ResNet is the plain network with the identity added to every layer.",
        formula=r"W_i = I + A_i",
        source=_HARDT,
        measured="risk, outputs and gradient compared with those of the plain network, on data with the same "
        "covariance",
        measure=resnet_checks.form_errors,
        predict=rounding,
        components=("risk", "gradient"),
        delta=1e-6,
        sizes=sizes(_SAMPLES, settings("n layers", (1, 4), (3, 2), (4, 6))),
        mutants=(HALF_GRADIENT, PRODUCTS),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/gradient-inequality",
        kind="bound",
        statement="If all layers are small the gradient bounds the excess risk, so that every critical point is a "
        "global optimum.",
        formula=r"|A_i| \le \tau < 1 \implies |\nabla f|^2 \ge 4 l (1-\tau)^{2l-2} \sigma_{min}(\Sigma) (f - f_{opt})",
        source=f"{_HARDT}, theorem 2.2",
        measured="violations found by minimising the ratio of the two sides, and the distance from equality where the "
        "bound is attained",
        measure=resnet_checks.inequality_violations,
        predict=rounding,
        components=("violation", "equality"),
        delta=1e-6,
        sizes=sizes(_SAMPLES, settings("n layers", (1, 3), (2, 1), (3, 2), (3, 6))),
        mutants=(ONE_LAYER_MORE, HALF_GRADIENT),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/no-critical-point",
        kind="bound",
        statement="If R has a negative determinant there is no critical point with small layers.",
        formula=r"\det R < 0 \implies f - f_{opt} \ge \sigma_{min}(\Sigma)\, \sigma_{min}(R)^2 \;\text{there, so}\; "
        r"|\nabla f| > 0",
        source=f"{_HARDT}, theorem 2.2; products of small layers have positive determinants",
        measured="how far gradient and risk fall below their lower bounds, in descents of the risk followed by "
        "descents of the ratio",
        measure=resnet_checks.unreachable,
        predict=rounding,
        components=("gradient", "risk"),
        delta=1e-6,
        sizes=sizes(_SAMPLES, settings("n layers", (1, 3), (2, 4), (3, 6))),
        mutants=(POSITIVE, HALF_GRADIENT),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/small-optimum",
        kind="bound",
        statement="Every R with a positive determinant is a product of layers I + A_i whose norms |A_i| fall as one "
        "over their number.",
        formula=r"\frac{\gamma}{l} \lesssim \max_i |A_i| \le \frac{\pi + (e-1)\gamma}{l-1}",
        source=f"{_HARDT}, theorem 2.1, with a smaller constant derived in theory.networks.linear_resnets.norm_bound",
        measured="the error of the product per layer, and how far norms leave their bounds, at l from 2 to 1000, for "
        "rotations by nearly pi",
        measure=resnet_checks.polar_errors,
        predict=rounding,
        components=("product", "above", "below"),
        delta=1e-6,
        sizes=sizes(_SAMPLES, settings("n", 1, 2, 4)),
        mutants=(ANGLES, NO_ROTATION),
        estimator=Identity(),
    ),
)
