"""Curvature of piecewise linear networks: positive semidefinite blocks, no strict maxima, saddles, dead units."""

from itertools import product

from validation.claim import Claim
from validation.claims._shared.efforts import deltas, settings, sizes
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
from validation.series import Between
from validation.statistics.estimators import Identity, Proportion

PIECEWISE_LINEAR = ("relu", "leaky_relu", "linear")
SMOOTH = ("tanh", "softplus", "sigmoid")
LOSSES = ("squared", "cross_entropy")
ARCHITECTURES = ((1, 1), (2, 1, 1), (2, 2, 1))
_SAMPLES = (30, 300, 3000)
# If no strict maximum is found in 64 data sets, its probability is at most 0.07 with confidence 0.99.
_ASCENTS = (64, 640, 6400)


def rounding(**_: object) -> float:
    """Bound the rounding of numbers that would be zero in exact arithmetic."""
    return rounding_bound()


def rounding_of_energies(**_: object) -> float:
    """Bound the rounding of an energy relative to its magnitude: at most 4 layers of sums of 5 terms, squared."""
    return 8 * (2 * 4 * 6 + 8) * 2.0**-53


def no_maximum(**_: object) -> Between:
    """Predict that no strict maximum is found; a few ascents may run out of steps."""
    return Between([0.0, 0.0], [0.0, 0.1], scale=1.0)


def exactly_a_saddle(**_: object) -> tuple[float, float]:
    """Bound the rounding of the gradient; the index is a whole number, so that an error is at least 1."""
    return rounding_bound(), 1e-9


def whole_numbers(**_: object) -> tuple[float, float]:
    """Return the tolerance for ranks, which are whole numbers: an error is at least 1."""
    return 0.1, 0.1


_CONVEX_LOSSES = sizes(
    _SAMPLES, settings("activation loss output", *product(PIECEWISE_LINEAR, LOSSES, ("linear", "relu")))
)
_BOTEV = "Botev, Ritter and Barber (2017), Practical Gauss-Newton optimisation for deep learning"

CLAIMS = (
    Claim(
        id="curvature/recursion",
        kind="identity",
        statement="The recursion over preactivations gives the block of the Hessian of every layer.",
        formula=r"\nabla^2_{W_l} E = \langle a_{l-1} a_{l-1}^T \otimes H_l \rangle, \quad "
        r"H_l = B_l W_{l+1} H_{l+1} W_{l+1}^T B_l + D_l",
        source=f"{_BOTEV}, equations 4-9",
        measured="blocks by the recursion minus blocks of the full Hessian, calculated from products with unit "
        "vectors without the recursion",
        measure=measurements.recursion_errors,
        predict=rounding,
        delta=1e-6,
        sizes=sizes(_SAMPLES, settings("activation loss", *product((*PIECEWISE_LINEAR, *SMOOTH), LOSSES))),
        mutants=(NO_D, NO_SLOPES),
        estimator=Identity(),
    ),
    Claim(
        id="curvature/positive-blocks",
        kind="theorem",
        statement="With piecewise linear units and a convex loss the Hessian block of every layer is positive "
        "semidefinite.",
        formula=r"D_l = 0 \implies \langle a_{l-1} a_{l-1}^T \otimes H_l \rangle \succeq 0",
        source=f"{_BOTEV}, section 4",
        measured="the most negative eigenvalue of any block, relative to its largest, over random networks and data",
        measure=measurements.negative_curvature,
        predict=rounding,
        delta=1e-6,
        sizes=sizes(
            _SAMPLES, settings("activation loss output", *product(PIECEWISE_LINEAR, LOSSES, ("linear", "relu")))
        ),
        mutants=(TANH, CONCAVE_LOSS),
        estimator=Identity(),
    ),
    Claim(
        id="curvature/no-bending",
        kind="theorem",
        statement="Away from kinks the squared loss is an exact quadratic function of the weights of each layer, and "
        "its Hessian is the Gauss-Newton matrix.",
        formula=r"E(W_l + tV) + E(W_l - tV) - 2E(W_l) = t^2\, v^T \langle a a^T \otimes G_l \rangle v",
        source=f"{_BOTEV}, section 4: D = 0 almost everywhere",
        measured="second differences, over steps short enough that no unit crosses its kink, relative to the "
        "magnitude of the terms",
        measure=measurements.bend_errors,
        predict=rounding_of_energies,
        delta=1e-6,
        sizes=sizes(_SAMPLES, settings("activation", *PIECEWISE_LINEAR)),
        mutants=(TANH, NO_SLOPES),
        estimator=Identity(),
    ),
    Claim(
        id="curvature/trace",
        kind="theorem",
        statement="The trace of the full Hessian is never negative, so that no differentiable strict maximum exists.",
        formula=r"\mathrm{tr}\, \nabla^2 E = \sum_l \langle |a_{l-1}|^2\, \mathrm{tr} H_l \rangle \ge 0",
        source=f"{_BOTEV}, section 4",
        measured="minus the trace, by Hessian-vector products, relative to the sum of the absolute values of the "
        "diagonal; 0 if the trace is positive",
        measure=measurements.negative_trace,
        predict=rounding,
        delta=1e-6,
        sizes=sizes(
            _SAMPLES, settings("activation loss output", *product(PIECEWISE_LINEAR, LOSSES, ("linear", "relu")))
        ),
        mutants=(TANH, CONCAVE_LOSS),
        estimator=Identity(),
    ),
    Claim(
        id="curvature/no-maximum",
        kind="theorem",
        statement="Gradient ascent finds no strict differentiable maximum: it ends on plateaus of dead units or at "
        "kinks, or escapes to infinity.",
        formula=r"\nabla E = 0 \;\not\Rightarrow\; \nabla^2 E \prec 0",
        source=f"{_BOTEV}, section 4",
        measured="whether one of three ascents from random weights ends at a strict maximum, and whether one ends at "
        "a point of no known class",
        measure=points.ascents,
        predict=no_maximum,
        components=("strict maximum", "unexplained"),
        delta=deltas(0.12, 0.012, 0.0012),
        sizes=sizes(
            _ASCENTS, settings("activation widths starts", *product(PIECEWISE_LINEAR[:2], ARCHITECTURES, (3,)))
        ),
        mutants=(TANH, CONCAVE_LOSS),
        estimator=Proportion(),
    ),
    Claim(
        id="curvature/saddle-between-layers",
        kind="theorem",
        statement="Smooth saddles exist if several layers vary, although no layer alone has one: each hidden unit "
        "contributes one direction of negative curvature.",
        formula=r"W_2 = 0,\; W_1^T X^T y = 0,\; W_1 > 0,\; X > 0: \quad \nabla E = 0,\; \mathrm{index} = n_1",
        source="the block structure of the Hessian; derived in the docstring of the measurement",
        measured="gradient and index at a constructed saddle, with all units far from their kinks",
        measure=points.layered_saddle,
        predict=exactly_a_saddle,
        components=("gradient", "index"),
        delta=1e-6,
        sizes=sizes(
            _SAMPLES,
            [
                {"inputs": d, "hidden": n, "activation": f}
                for d, n in ((2, 1), (4, 3), (5, 6))
                for f in ("relu", "leaky_relu")
            ],
        ),
        mutants=(NO_RESIDUAL, UNORTHOGONAL),
        estimator=Identity(),
    ),
    Claim(
        id="curvature/dead-units",
        kind="theorem",
        statement="Each dead unit lowers the rank of its layer's Hessian block by the number of its weights; leaky "
        "units do not lower it.",
        formula=r"\mathrm{rank} = n_0 (n_1 - \#\mathrm{dead}) \;\text{(ReLU)}, \quad n_0 n_1 \;\text{(leaky)}",
        source=f"{_BOTEV}, section 4: units that are switched off",
        measured="the rank of the first layer's block with units that are dead on all data, and with leaky units in "
        "their place",
        measure=points.rank_losses,
        predict=whole_numbers,
        components=("ReLU", "leaky"),
        delta=0.5,
        sizes=sizes(_SAMPLES, settings("inputs hidden dead", *((3, 4, dead) for dead in (0, 1, 2, 4)))),
        mutants=(ALL_ALIVE, ALL_RELU),
        estimator=Identity(),
    ),
)
