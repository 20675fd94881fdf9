"""Exact relations that the energy, a homogeneous polynomial, and its derivatives must satisfy."""

import math

import numpy as np

from spinglass import SphericalSpinGlass, couplings, sphere
from spinglass._common.seeds import child
from spinglass._common.types import Array, FloatArray
from validation.claim import Claim
from validation.claims._shared import perturbations
from validation.claims._shared.efforts import settings, sizes
from validation.claims._shared.mutants import HINGE
from validation.claims._shared.rounding import UNIT_ROUNDOFF
from validation.mutant import Mutant
from validation.statistics.estimators import Identity

_POINTS = 6


def _draw(seed: np.random.SeedSequence, n: int, H: int) -> tuple[SphericalSpinGlass, Array, Array]:
    glass = SphericalSpinGlass.pure(n, H, child(seed, 0))
    points = sphere.random_points(n, 2 * _POINTS, child(seed, 1))
    return glass, points[:_POINTS], points[_POINTS:]


def _magnitude(glass: SphericalSpinGlass, reach: Array) -> Array:
    """Return the sum of the absolute values of the energy's terms at points ``reach`` >= 0.

    Rounding errors scale with it.
    """
    n, H = glass.n, glass.orders[0]
    tuples = couplings.indices(range(couplings.size(n, H)), n, H)
    total: Array = np.einsum("bc,c->b", reach[:, tuples].prod(axis=2), np.abs(glass.couplings[H]))
    total /= n ** ((H - 1) / 2)
    return total


def _largest(error: Array, magnitude: Array) -> float:
    return float(np.max(np.abs(error) / magnitude))


def euler_errors(seed: np.random.SeedSequence, n: int, H: int) -> list[float]:
    """Return the relative errors of Euler's identity for the gradient, the Hessian and its products."""
    glass, x, v = _draw(seed, n, H)
    energy, gradient = glass.energy_and_gradient(x)
    hessian, product = glass.hessian(x), glass.hessian_vector(x, v)
    along = np.einsum("bi,bi->b", x, gradient)
    twice = np.einsum("bi,bij,bj->b", x, hessian, x)
    across = np.einsum("bi,bi->b", x, product) - (H - 1) * np.einsum("bi,bi->b", v, gradient)
    return [
        _largest(along - H * energy, H * _magnitude(glass, np.abs(x))),
        _largest(twice - H * (H - 1) * energy, H * (H - 1) * _magnitude(glass, np.abs(x))),
        _largest(across, H * (H - 1) * _magnitude(glass, np.abs(x) + np.abs(v))),
    ]


def taylor_error(seed: np.random.SeedSequence, n: int, H: int) -> float:
    """Return the relative error of the finite Taylor expansion of ``energy(x + v)``.

    The term of order k in v equals the term of order H - k in x with x and v exchanged, so that derivatives up to the
    second give every term up to H = 5.
    """
    glass, x, v = _draw(seed, n, H)
    terms = {**_terms(glass, v, x, H, flip=True), **_terms(glass, x, v, H, flip=False)}
    error = glass.energy(x + v) - np.sum([terms[k] for k in range(H + 1)], axis=0)
    return _largest(error, _magnitude(glass, np.abs(x) + np.abs(v)))


def _terms(glass: SphericalSpinGlass, x: Array, v: Array, H: int, flip: bool) -> dict[int, FloatArray]:
    energy, gradient = glass.energy_and_gradient(x)
    orders = (
        energy,
        np.einsum("bi,bi->b", gradient, v),
        np.einsum("bi,bij,bj->b", v, glass.hessian(x), v) / 2,
    )
    return {H - k if flip else k: term for k, term in enumerate(orders) if k <= H}


def parity_error(seed: np.random.SeedSequence, n: int, H: int) -> float:
    """Return the relative error of ``energy(-x) = (-1)^H energy(x)``."""
    glass, x, _ = _draw(seed, n, H)
    return _largest(glass.energy(-x) - (-1) ** H * glass.energy(x), _magnitude(glass, np.abs(x)))


def rounding_bound(n: int, H: int) -> float:
    """Bound the rounding of either side, relative to the sum of the absolute values of the terms.

    No term takes part in more additions than there are couplings, nor in more products than 2H; the outer sums over
    coordinates add 2n; and there are two sides (Higham 2002, eq. 3.5).
    """
    return 2 * (couplings.size(n, H) + 2 * n + 2 * H + math.ceil(H / 2)) * UNIT_ROUNDOFF


_SIZES = sizes((4, 30, 300), *(settings("n H", *((n - 2 * (H - 3), H) for H in (2, 3, 4, 5))) for n in (10, 16, 24)))
_HESSIAN_DIAGONAL = Mutant(
    "Hessian's diagonal dropped",
    "second derivatives with respect to the same coordinate are zero",
    {"spinglass.forms.Form.add_hessian": perturbations.without_diagonal},
    upstream=True,
)
_FIELD = Mutant(
    "stray field",
    "an external field is added to the energy",
    {"spinglass.forms.Form.add_sweep": perturbations.with_stray_field},
    upstream=True,
)
_DEGREE = Mutant(
    "couplings of the wrong order",
    "the model drawn is of order H + 1",
    {"spinglass.SphericalSpinGlass.pure": perturbations.of_next_order},
    upstream=True,
)

CLAIMS = (
    Claim(
        id="derivatives/euler",
        kind="identity",
        statement="The energy is homogeneous of degree H, and so are its derivatives (Euler's theorem).",
        formula=r"x \cdot \nabla E = H E, \quad x^T \nabla^2 E\, x = H(H-1) E, "
        r"\quad x^T \nabla^2 E\, v = (H-1)\, v \cdot \nabla E",
        source="Euler's theorem on homogeneous functions",
        measured="both sides at random points, from gradient, Hessian and Hessian-vector products",
        measure=euler_errors,
        predict=rounding_bound,
        components=("gradient", "Hessian", "Hessian-vector"),
        delta=1e-9,
        sizes=_SIZES,
        mutants=(HINGE, _HESSIAN_DIAGONAL, _FIELD),
        estimator=Identity(),
    ),
    Claim(
        id="derivatives/taylor",
        kind="identity",
        statement="Energy, gradient and Hessian are those of the same polynomial: its Taylor series ends after order "
        "H.",
        formula=r"E(x+v) = \sum_{k=0}^{H} \frac{1}{k!} D^k E(x)[v,\dots,v]",
        source="Taylor's theorem; by symmetry, exchanging x and v exchanges the orders k and H - k",
        measured="both sides at random points, with steps that need not be small",
        measure=taylor_error,
        predict=rounding_bound,
        delta=1e-9,
        sizes=_SIZES,
        mutants=(HINGE, _HESSIAN_DIAGONAL),
        estimator=Identity(),
    ),
    Claim(
        id="derivatives/parity",
        kind="identity",
        statement="The energy is odd for odd H and even for even H.",
        formula=r"E(-x) = (-1)^H E(x)",
        source="homogeneity",
        measured="both sides at random points",
        measure=parity_error,
        predict=rounding_bound,
        delta=1e-9,
        sizes=_SIZES,
        mutants=(_FIELD, _DEGREE),
        estimator=Identity(),
    ),
)
