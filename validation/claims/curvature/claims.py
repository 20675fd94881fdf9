"""Curvature of piecewise linear networks: positive blocks, no strict maxima, saddles between layers, dead units."""

from validation.claim import Claim
from validation.claims.curvature import measurements, points
from validation.claims.curvature.mutants import (
    ALL_ALIVE,
    ALL_RELU,
    CONCAVE_LOSS,
    NO_D,
    NO_RESIDUAL,
    NO_SLOPES,
    TANH,
    UNORTHOGONAL,
)
from validation.claims.curvature.random_networks import rounding_bound
from validation.series import Between, Effort, Series
from validation.statistics.estimators import Identity, Proportion

PIECEWISE_LINEAR = ("relu", "leaky_relu", "linear")
SMOOTH = ("tanh", "softplus", "sigmoid")
LOSSES = ("squared", "cross_entropy")
ARCHITECTURES = ((1, 1), (2, 1, 1), (2, 2, 1))
_SAMPLES: dict[Effort, int] = {"quick": 30, "standard": 300, "paper": 3000}
# No strict maximum in 64 data sets bounds its probability by 0.07 at confidence 0.99.
_ASCENTS: dict[Effort, int] = {"quick": 64, "standard": 640, "paper": 6400}


def rounding(**parameters: object) -> float:  # noqa: ARG001
    """Bound the rounding of numbers that would be zero in exact arithmetic."""
    return rounding_bound()


def rounding_of_energies(**parameters: object) -> float:  # noqa: ARG001
    """Bound the rounding of an energy relative to its magnitude: at most 4 layers of sums of 5 terms, squared."""
    return 8 * (2 * 4 * 6 + 8) * 2.0**-53


def no_maximum(**parameters: object) -> Between:  # noqa: ARG001
    """No strict maximum; a few ascents may run out of steps."""
    return Between([0.0, 0.0], [0.0, 0.1], scale=1.0)


def exactly_a_saddle(**parameters: object) -> tuple[float, float]:  # noqa: ARG001
    """Bound the gradient's rounding; the index is a whole number, and off by 1 or not at all."""
    return rounding_bound(), 1e-9


def whole_numbers(**parameters: object) -> tuple[float, float]:  # noqa: ARG001
    """Ranks are whole numbers, and off by 1 or not at all."""
    return 0.1, 0.1


def _series(**choices: tuple[str, ...]) -> dict[Effort, list[Series]]:
    """Return all combinations of activation, loss and output at every effort."""
    settings: list[dict[str, str]] = [{}]
    for name, values in choices.items():
        settings = [{**setting, name: value} for setting in settings for value in values]
    return {effort: [Series(count, **setting) for setting in settings] for effort, count in _SAMPLES.items()}


_BOTEV = "Botev, Ritter and Barber (2017), Practical Gauss-Newton optimisation for deep learning"

CLAIMS = (
    Claim(
        id="curvature/recursion",
        kind="identity",
        statement="The preactivation recursion gives every layer's block of the Hessian.",
        formula=r"\nabla^2_{W_l} E = \langle a_{l-1} a_{l-1}^T \otimes H_l \rangle, \quad "
        r"H_l = B_l W_{l+1} H_{l+1} W_{l+1}^T B_l + D_l",
        source=f"{_BOTEV}, equations 4-9",
        measured="blocks beside products of the full Hessian with unit vectors, which use no recursion of Hessians",
        measure=measurements.recursion_errors,
        predict=rounding,
        delta=1e-6,
        sizes=_series(activation=(*PIECEWISE_LINEAR, *SMOOTH), loss=LOSSES),
        mutants=(NO_D, NO_SLOPES),
        estimator=Identity(),
    ),
    Claim(
        id="curvature/positive-blocks",
        kind="theorem",
        statement="With piecewise linear units and a convex loss every layer's block is positive semidefinite.",
        formula=r"D_l = 0 \implies \langle a_{l-1} a_{l-1}^T \otimes H_l \rangle \succeq 0",
        source=f"{_BOTEV}, section 4",
        measured="the most negative eigenvalue of any block, relative to its largest, over random networks and data",
        measure=measurements.negative_curvature,
        predict=rounding,
        delta=1e-6,
        sizes=_series(activation=PIECEWISE_LINEAR, loss=LOSSES, output=("linear", "relu")),
        mutants=(TANH, CONCAVE_LOSS),
        estimator=Identity(),
    ),
    Claim(
        id="curvature/no-bending",
        kind="theorem",
        statement="Away from kinks the squared loss is an exact quadratic of each layer, curved by Gauss-Newton alone.",
        formula=r"E(W_l + tV) + E(W_l - tV) - 2E(W_l) = t^2\, v^T \langle a a^T \otimes G_l \rangle v",
        source=f"{_BOTEV}, section 4: D = 0 almost everywhere",
        measured="second differences over steps as long as no unit changes sides, relative to the terms' magnitude",
        measure=measurements.bend_errors,
        predict=rounding_of_energies,
        delta=1e-6,
        sizes=_series(activation=PIECEWISE_LINEAR),
        mutants=(TANH, NO_SLOPES),
        estimator=Identity(),
    ),
    Claim(
        id="curvature/trace",
        kind="theorem",
        statement="The full Hessian's trace is never negative, so no differentiable strict maximum exists.",
        formula=r"\mathrm{tr}\, \nabla^2 E = \sum_l \langle |a_{l-1}|^2\, \mathrm{tr} H_l \rangle \ge 0",
        source=f"{_BOTEV}, section 4",
        measured="minus the trace by Hessian-vector products, over the sum of the diagonal's sizes, where negative",
        measure=measurements.negative_trace,
        predict=rounding,
        delta=1e-6,
        sizes=_series(activation=PIECEWISE_LINEAR, loss=LOSSES, output=("linear", "relu")),
        mutants=(TANH, CONCAVE_LOSS),
        estimator=Identity(),
    ),
    Claim(
        id="curvature/no-maximum",
        kind="theorem",
        statement="Gradient ascent meets no strict differentiable maximum, only dead plateaus, kinks and infinity.",
        formula=r"\nabla E = 0 \;\not\Rightarrow\; \nabla^2 E \prec 0",
        source=f"{_BOTEV}, section 4",
        measured="whether one of three ascents from random weights ends at a strict maximum, or at nothing that has a "
        "name (plateaus, kinks and escapes are told apart)",
        measure=points.ascents,
        predict=no_maximum,
        components=("strict maximum", "unexplained"),
        delta=0.12,
        sizes={
            effort: [
                Series(count, activation=f, widths=w, starts=3) for f in PIECEWISE_LINEAR[:2] for w in ARCHITECTURES
            ]
            for effort, count in _ASCENTS.items()
        },
        mutants=(TANH, CONCAVE_LOSS),
        estimator=Proportion(),
    ),
    Claim(
        id="curvature/saddle-between-layers",
        kind="theorem",
        statement="Smooth saddles exist between layers, though no layer alone has one: one falling direction a unit.",
        formula=r"W_2 = 0,\; W_1^T X^T y = 0,\; W_1 > 0,\; X > 0: \quad \nabla E = 0,\; \mathrm{index} = n_1",
        source="the block form of the Hessian; derived in the measurement's docstring",
        measured="gradient and index, with all units far from their kinks",
        measure=points.layered_saddle,
        predict=exactly_a_saddle,
        components=("gradient", "index"),
        delta=1e-6,
        sizes={
            effort: [
                Series(count, inputs=d, hidden=n, activation=f)
                for d, n in ((2, 1), (4, 3), (5, 6))
                for f in ("relu", "leaky_relu")
            ]
            for effort, count in _SAMPLES.items()
        },
        mutants=(NO_RESIDUAL, UNORTHOGONAL),
        estimator=Identity(),
    ),
    Claim(
        id="curvature/dead-units",
        kind="theorem",
        statement="Each dead unit takes its weights' directions from the rank of its layer's block; leaky units none.",
        formula=r"\mathrm{rank} = n_0 (n_1 - \#\mathrm{dead}) \;\text{(ReLU)}, \quad n_0 n_1 \;\text{(leaky)}",
        source=f"{_BOTEV}, section 4: units that are switched off",
        measured="ranks of the first layer's block with units dead on all data, and with leaky units instead",
        measure=points.rank_losses,
        predict=whole_numbers,
        components=("ReLU", "leaky"),
        delta=0.5,
        sizes={
            effort: [Series(count, inputs=3, hidden=4, dead=dead) for dead in (0, 1, 2, 4)]
            for effort, count in _SAMPLES.items()
        },
        mutants=(ALL_ALIVE, ALL_RELU),
        estimator=Identity(),
    ),
)
