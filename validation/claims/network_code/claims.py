"""The claims on the code of networks; they can be measured on any subject."""

from collections.abc import Callable, Sequence

from numpy.typing import ArrayLike

from validation.claim import Claim
from validation.claims._shared.efforts import settings, sizes
from validation.claims.network_code import measurements, mutants
from validation.mutant import Mutant
from validation.statistics.estimators import Identity

_SIZES = sizes((12, 40, 200), settings("widths", (4, 5, 5, 1), (3, 6, 4, 4, 1)))
_THREE = sizes((12, 40, 200), settings("widths", (4, 5, 5, 1), (5, 5, 5, 1)))
_LAYERS = ("first layer", "second layer", "last layer")


def _identity(
    name: str,
    statement: str,
    formula: str,
    source: str,
    measured: str,
    measure: Callable[..., ArrayLike],
    mistakes: Sequence[Mutant],
    needs: Sequence[str],
    components: Sequence[str],
) -> Claim:
    return Claim(
        id=f"network-code/{name}",
        kind="identity",
        statement=statement,
        formula=formula,
        source=source,
        measured=measured,
        measure=measure,
        predict=measurements.rounding_bound,
        delta=1e-8,
        sizes=_THREE if components[: len(_LAYERS)] == _LAYERS else _SIZES,
        mutants=mistakes,
        components=components,
        estimator=Identity(),
        needs=needs,
    )


CLAIMS = (
    _identity(
        "path-sum",
        "The output of a ReLU network is the sum over its active paths.",
        r"Y = \sum_i \sum_j X_i A_{ij} \prod_k w_{ij}^{(k)}",
        "Choromanska et al. 2015, eq. 2",
        "the deviations from 1, 0 and 0 of the coefficients of three terms in a fit to the outputs: the sum over "
        "active paths, the same with (or without) a ReLU at the output, and the sum over all paths; the output at "
        "inputs of zero; and the residual of the fit",
        measurements.output_errors,
        mutants.OUTPUTS,
        ("network", "network.weights"),
        ("active paths", "other output unit", "all paths", "at zero", "residual"),
    ),
    _identity(
        "gradient",
        "The gradient of a ReLU network is that of the sum over its active paths.",
        r"\frac{\partial Y}{\partial w} = \sum_{i,j \ni w} X_i A_{ij} \prod_{w' \ne w} w'",
        "Choromanska et al. 2015, eq. 2, at fixed activities",
        "the factors between gradients and derivatives of the sum over paths in each layer, minus 1, and the residual",
        measurements.gradient_errors,
        mutants.GRADIENTS,
        ("network", "network.weights", "network.gradient"),
        (*_LAYERS, "residual"),
    ),
    _identity(
        "homogeneity",
        "The output of a ReLU network is positively homogeneous in the weights of every layer and in the inputs.",
        r"\sum_{w \in W_l} w \frac{\partial Y}{\partial w} = Y, \quad Y(3X) = 3 Y(X)",
        "Euler's theorem on homogeneous functions",
        "the factors between the two sides of the first relation in each layer, minus 1; the relative error of the "
        "second; and the residual",
        measurements.homogeneity_errors,
        mutants.HOMOGENEITY,
        ("network", "network.weights", "network.gradient"),
        (*_LAYERS, "inputs", "residual"),
    ),
    _identity(
        "hessian-blocks",
        "The Hessian of the squared loss with respect to the weights of one layer is the mean outer product of the "
        "gradients of the outputs, and therefore positive semidefinite.",
        r"\nabla^2_{W_l} \langle \tfrac12 (Y - y)^2 \rangle = "
        r"\langle \nabla_{W_l} Y\, \nabla_{W_l} Y^T \rangle \succeq 0",
        "Botev, Ritter and Barber (2017), section 4",
        "the common factor between blocks and outer products of derivatives of the sum over paths, minus 1; the "
        "residual; and the most negative eigenvalue of a block relative to its largest",
        measurements.block_errors,
        mutants.BLOCKS,
        ("network", "network.weights", "network.hessian_blocks"),
        ("factor", "residual", "negative eigenvalue"),
    ),
    _identity(
        "symmetries",
        "Permuting the units of a hidden layer, and multiplying one layer while dividing the next, leave the output "
        "unchanged; multiplying one layer multiplies the output.",
        r"Y(\ldots, P_l^T W_l P_{l+1}, \ldots) = Y, \quad Y(\ldots, c W_l, c^{-1} W_{l+1}, \ldots) = Y, \quad "
        r"Y(\ldots, c W_l, \ldots) = c Y",
        "units of a layer are interchangeable, and ReLU is positively homogeneous",
        "the change of the output, relative to the output",
        measurements.symmetry_errors,
        mutants.SYMMETRIES,
        ("network", "network.weights", "network.with_weights"),
        ("permuted", "rescaled", "multiplied"),
    ),
)
