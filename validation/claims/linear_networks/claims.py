"""Deep linear networks and linear ResNets: global values, every critical point, and what small layers can reach."""

from validation.claim import Claim
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
from validation.series import Between, Effort, Series
from validation.statistics.estimators import Identity, Proportion

_SAMPLES: dict[Effort, int] = {"quick": 30, "standard": 300, "paper": 3000}
# No bad minimum in 80 descents bounds the probability of one by 0.056 at confidence 0.99.
_DESCENTS: dict[Effort, int] = {"quick": 80, "standard": 800, "paper": 8000}
_BOTTLENECKS = ((3, 2, 3), (4, 1, 3), (3, 2, 2, 3), (3, 5, 2, 4, 3), (2, 1, 1, 1, 2), (3, 2, 2, 2, 3))
_ACHOUR = "Achour, Malgouyres and Gerchinovitz (2024), The loss landscape of deep linear neural networks"
_HARDT = "Hardt and Ma (2016), Identity matters in deep learning"

# Numbers that are zero in exact arithmetic: sums of some tens of terms through at most six layers of well-conditioned
# data leave some hundred unit roundoffs, and the smallest singular value of Gaussian data divides by up to a thousand.
_ROUNDING = 1e-9
_WHOLE = 0.1  # counts, which are off by 1 or not at all


def rounding(**parameters: object) -> float:  # noqa: ARG001
    """Bound the rounding of the relative errors."""
    return _ROUNDING


def rounding_and_counts(**parameters: object) -> list[float]:  # noqa: ARG001
    """Bound the errors of a critical point's slope and loss, and those of counts."""
    return [_ROUNDING, _ROUNDING, _WHOLE, _WHOLE, _WHOLE]


def number_and_losses(**parameters: object) -> list[float]:  # noqa: ARG001
    """Bound the errors of enumerated points: Newton's method leaves losses at rounding, a wrong one is off by 1e-3."""
    return [_WHOLE, 1e-8, _WHOLE]


def only_global(**parameters: object) -> Between:  # noqa: ARG001
    """No bad minimum, and nearly all descents arrive; the rest may crawl past a saddle."""
    return Between([0.0, 0.9], [0.0, 1.0], scale=1.0)


def _series(samples: dict[Effort, int], settings: list[dict[str, object]]) -> dict[Effort, list[Series]]:
    return {effort: [Series(count, **setting) for setting in settings] for effort, count in samples.items()}


CLAIMS = (
    Claim(
        id="linear-networks/global-value",
        kind="theorem",
        statement="The least loss is that of reduced-rank regression at the narrowest width; balanced weights have it.",
        formula=r"\min E = \tfrac12 |Y|^2 - \tfrac12 \sum_{i \le r} \lambda_i(Y^T X (X^T X)^+ X^T Y)",
        source="Izenman (1975); Baldi and Hornik (1989)",
        measured="loss, gradient and balance of the constructed optimum, for regular and singular X",
        measure=measurements.optimum_errors,
        predict=rounding,
        components=("loss", "gradient", "balance"),
        delta=1e-6,
        sizes=_series(
            _SAMPLES,
            [
                {"widths": w, "rank": r}
                for w, r in (((3, 2, 3), None), ((4, 1, 3), 2), ((3, 4, 3, 3), 2), ((4, 3), None))
            ],
        ),
        mutants=(RANK, WEAKEST, PRODUCTS),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/no-bad-minimum",
        kind="theorem",
        statement="Through any bottleneck, every local minimum of a deep linear network is global.",
        formula=r"\nabla E = 0,\; E > \min E \implies \text{a saddle}",
        source="Kawaguchi (2016), Deep learning without poor local minima; Lu and Kawaguchi (2017)",
        measured="whether a descent from random weights ends at a bad minimum, and whether at the global value; "
        "ends on the way, at saddles and flat saddles are told apart by gradient, Hessian and a kick",
        measure=measurements.descent_ends,
        predict=only_global,
        components=("bad minimum", "global value"),
        delta=0.1,
        sizes=_series(_DESCENTS, [{"widths": w} for w in _BOTTLENECKS]),
        mutants=(DECAY, RANK),
        estimator=Proportion(),
    ),
    Claim(
        id="linear-networks/critical-points",
        kind="theorem",
        statement="Critical points are subsets of singular directions: loss, index and strictness follow from these.",
        formula=r"E = \tfrac12 |Y|^2 - \tfrac12 \sum_{i \in S} s_i^2, \quad \mathrm{index} = \#\{(a, q) : s_q > s_a\} "
        r"+ [\text{two layers cut}]\, \rho\, \mathrm{rank}\, C",
        source=f"{_ACHOUR}; the index derived in theory.networks.linear.saddle_index",
        measured="slope, loss, index, kind and number of critical values over all subsets S, with free units placed at "
        "random",
        measure=measurements.critical_errors,
        predict=rounding_and_counts,
        components=("slope", "loss", "index", "strictness", "number of values"),
        delta=0.5,
        sizes=_series(_SAMPLES, [{"width": w, "layers": H} for w, H in ((1, 2), (2, 2), (3, 3), (2, 4), (3, 5))]),
        mutants=(BETTER, COUPLINGS, PRODUCTS),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/zero",
        kind="theorem",
        statement="At W = 0 gradient and Hessian vanish from three layers on; with two, curvature is negative there.",
        formula=r"H \ge 3: \nabla^2 E(0) = 0; \quad H = 2: \lambda_{min} = -|X^T Y|",
        source="Kawaguchi (2016), corollary 2.4",
        measured="gradient and Hessian at W = 0, relative to |X^T Y|",
        measure=measurements.zero_errors,
        predict=rounding,
        components=("gradient", "Hessian"),
        delta=1e-6,
        sizes=_series(_SAMPLES, [{"widths": w} for w in ((2, 2, 2), (3, 1, 3), (2, 3, 3, 2), (2, 1, 1, 1, 2))]),
        mutants=(COUPLINGS, PRODUCTS),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/fixed-norm",
        kind="theorem",
        statement="At fixed weight norm, a ridge by its multiplier, critical points are balanced, or optimal.",
        formula=r"\nabla E + \mu w = 0,\; |w|^2 = \rho: \quad E - \tfrac12|Y|^2 \in "
        r"\{\rho^2/8 \mp s_i \rho/2\} \cup \{-s_i^2/2 : 2 s_i < \rho\}",
        source="derived in theory.networks.linear.sphere_critical_values",
        measured="number, losses and Morse relation of the points that a homotopy enumeration finds",
        measure=measurements.enumerated,
        predict=number_and_losses,
        components=("number", "losses", "Morse relation"),
        delta=0.5,
        sizes=_series(_SAMPLES, [{"directions": d} for d in (1, 2)]),
        mutants=(HEAVIER, BALANCED_ONLY),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/resnet-form",
        kind="identity",
        statement="A linear ResNet is the plain network with the identity added to every layer.",
        formula=r"W_i = I + A_i",
        source=_HARDT,
        measured="risk, outputs and gradient beside those of the plain network on data with the same covariance",
        measure=resnet_checks.form_errors,
        predict=rounding,
        components=("risk", "gradient"),
        delta=1e-6,
        sizes=_series(_SAMPLES, [{"n": n, "layers": H} for n, H in ((1, 4), (3, 2), (4, 6))]),
        mutants=(HALF_GRADIENT, PRODUCTS),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/gradient-inequality",
        kind="bound",
        statement="In the ball of small layers the gradient bounds the excess risk: critical points are global optima.",
        formula=r"|A_i| \le \tau < 1 \implies |\nabla f|^2 \ge 4 l (1-\tau)^{2l-2} \sigma_{min}(\Sigma) (f - f_{opt})",
        source=f"{_HARDT}, theorem 2.2",
        measured="violations met by a descent of the ratio of both sides, and the distance from equality where due",
        measure=resnet_checks.inequality_violations,
        predict=rounding,
        components=("violation", "equality"),
        delta=1e-6,
        sizes=_series(_SAMPLES, [{"n": n, "layers": H} for n, H in ((1, 3), (2, 1), (3, 2), (3, 6))]),
        mutants=(ONE_LAYER_MORE, HALF_GRADIENT),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/no-critical-point",
        kind="bound",
        statement="If R has a negative determinant the ball of small layers has no critical point.",
        formula=r"\det R < 0 \implies f - f_{opt} \ge \sigma_{min}(\Sigma)\, \sigma_{min}(R)^2 \;\text{there, so}\; "
        r"|\nabla f| > 0",
        source=f"{_HARDT}, theorem 2.2; products of small layers have positive determinants",
        measured="how far gradient and risk fall below their floors in descents of the risk, then of their ratio",
        measure=resnet_checks.unreachable,
        predict=rounding,
        components=("gradient", "risk"),
        delta=1e-6,
        sizes=_series(_SAMPLES, [{"n": n, "layers": H} for n, H in ((1, 3), (2, 4), (3, 6))]),
        mutants=(POSITIVE, HALF_GRADIENT),
        estimator=Identity(),
    ),
    Claim(
        id="linear-networks/small-optimum",
        kind="bound",
        statement="R with a positive determinant is reached by layers whose norms fall like one over their number.",
        formula=r"\frac{\gamma}{l} \lesssim \max_i |A_i| \le \frac{\pi + (e-1)\gamma}{l-1}",
        source=f"{_HARDT}, theorem 2.1, with a sharper constant derived in theory.networks.linear_resnets.norm_bound",
        measured="the product's error per layer and how far norms leave their bounds, at l from 2 to 1000, for "
        "rotations by nearly pi",
        measure=resnet_checks.polar_errors,
        predict=rounding,
        components=("product", "above", "below"),
        delta=1e-6,
        sizes=_series(_SAMPLES, [{"n": n} for n in (1, 2, 4)]),
        mutants=(ANGLES, NO_ROTATION),
        estimator=Identity(),
    ),
)
