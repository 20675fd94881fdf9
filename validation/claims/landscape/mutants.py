"""Mistakes that people make in the code of a landscape."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from spinglass import SphericalSpinGlass, couplings
from spinglass._common.types import Array
from validation.claims._shared import perturbations
from validation.claims._shared.mutants import DIAGONAL, MULTIPLICITY, NORMALISATION
from validation.mutant import Mutant
from validation.subjects.declaration import Declaration

_LANDSCAPE = "validation.subjects.own.landscape"
_OWN = "validation.subjects.current.own"


class _Changed:
    """A landscape whose energy, gradient and Hessian are changed at many points."""

    def __init__(self, glass: SphericalSpinGlass, **changes: Callable[..., Any]) -> None:
        self.glass, self.changes = glass, changes

    def _value(self, name: str, x: Array) -> Any:
        value = getattr(self.glass, name)(x)
        return self.changes[name](value, x) if name in self.changes else value

    def energy(self, x: Array) -> Any:
        return self._value("energy", x)

    def gradient(self, x: Array) -> Any:
        return self._value("gradient", x)

    def hessian(self, x: Array) -> Any:
        return self._value("hessian", x)


def _changed(changes: Callable[[int, Any], dict[str, Callable[..., Any]]]) -> Callable[..., Any]:
    """Return a patch that changes what landscapes return; ``changes(n, H)`` gives the changes of one landscape."""
    return lambda landscape: lambda n, H, seed: _Changed(landscape(n, H, seed), **changes(n, H))


def _scaled(factor: Callable[[int, int], float], *names: str) -> Callable[..., Any]:
    """Return a patch that multiplies the energy and its derivatives, or those of these names."""
    which = names or ("energy", "gradient", "hessian")
    return _changed(lambda n, H: {name: lambda value, _: factor(n, H) * value for name in which})


def _recoupled(change: Callable[[Array, int, int, np.random.Generator], Array]) -> Callable[..., Any]:
    """Return a patch that draws the packed couplings of pure models differently; it receives the correct ones."""

    def patch(landscape: Callable[..., Any]) -> Callable[..., Any]:
        def drawn(n: int, H: int, seed: int) -> SphericalSpinGlass:
            glass = landscape(n, H, seed)
            packed = change(glass.couplings[H].copy(), n, H, np.random.default_rng(seed))
            return SphericalSpinGlass(n, {H: 1.0}, {H: packed})

        return drawn

    return patch


def _with_declaration(**declared: str) -> Callable[..., Any]:
    return lambda own: lambda: replace(own(), declaration=Declaration(**declared))


def _tangential(gradient: Array, x: Array) -> Array:
    outward = np.einsum("bi,bi->b", gradient, x) / np.einsum("bi,bi->b", x, x)
    return np.asarray(gradient - x * outward[:, None])


def _accumulated(gradient: Array, _: Array) -> Array:
    return np.asarray(gradient.cumsum(axis=0))


def _in_single(n: int, H: Any) -> dict[str, Callable[..., Any]]:  # noqa: ARG001
    return dict.fromkeys(("energy", "gradient", "hessian"), lambda value, _: np.asarray(value, dtype=np.float32))


def _without_repeats(packed: Array, n: int, H: int, _: Any) -> Array:
    distinct = couplings.multiplicities(n, H) == math.factorial(H)
    return np.where(distinct, packed, 0) / math.sqrt(math.factorial(H))


def _symmetric_tensor(packed: Array, n: int, H: int, _: Any) -> Array:
    return packed * np.sqrt(couplings.multiplicities(n, H))


def _signs(packed: Array, n: int, H: int, _: Any) -> Array:
    return np.sign(packed) * np.sqrt(couplings.multiplicities(n, H))


def _uniform(packed: Array, n: int, H: int, random: np.random.Generator) -> Array:
    return random.uniform(-math.sqrt(3), math.sqrt(3), packed.size) * np.sqrt(couplings.multiplicities(n, H))


def _shifted(packed: Array, n: int, H: int, _: Any) -> Array:
    return packed + np.sqrt(couplings.multiplicities(n, H)) / 2


def _repeated(packed: Array, n: int, H: int, _: Any) -> Array:
    normal = packed / np.sqrt(couplings.multiplicities(n, H))
    normal[1::2] = normal[: normal.size - normal.size % 2 : 2]
    return normal * np.sqrt(couplings.multiplicities(n, H))


def _mutant(name: str, statement: str, patch: Callable[..., Any], target: str = _LANDSCAPE) -> Mutant:
    return Mutant(name, statement, {target: patch}, upstream=True)


SINGLE_PRECISION = _mutant(
    "single precision", "numbers are calculated in single precision (float32)", _changed(_in_single)
)
FIELD = _mutant(
    "stray field",
    "a small term of another order is added to the energy",
    _changed(lambda n, H: {"energy": lambda e, x: e + 1e-3 * (x[:, 0] if H % 2 == 0 else x[:, 0] ** 2)}),  # noqa: ARG005
)
NEXT_ORDER = _mutant(
    "another order",
    "the landscape is of order H + 1",
    lambda landscape: lambda n, H, seed: landscape(n, H + 1, seed),
)

GRADIENTS: tuple[Mutant, ...] = (
    _mutant("sign of the gradient", "the gradient has the wrong sign", _scaled(lambda n, H: -1, "gradient")),  # noqa: ARG005
    _mutant(
        "gradient projected",
        "the gradient is projected onto the tangent space, but declared as Euclidean; declare gradient = 'riemannian'",
        _changed(lambda n, H: {"gradient": _tangential}),  # noqa: ARG005
    ),
    _mutant(
        "gradient not projected",
        "the gradient is Euclidean, but declared as Riemannian; project it, or declare gradient = 'euclidean'",
        _with_declaration(gradient="riemannian"),
        _OWN,
    ),
    _mutant(
        "gradient accumulates",
        "the gradient is added to that of earlier calls, because its buffer is never cleared",
        _changed(lambda n, H: {"gradient": _accumulated}),  # noqa: ARG005
    ),
    _mutant(
        "factor H of the gradient missing",
        "the gradient is too small by a factor H: only one of the H equal terms is differentiated",
        _scaled(lambda n, H: 1 / H, "gradient"),  # noqa: ARG005
    ),
    _mutant(
        "gradient per spin",
        "the gradient is that of the energy per spin, and the energy is not",
        _scaled(lambda n, H: 1 / n, "gradient"),  # noqa: ARG005
    ),
    _mutant(
        "factor 1/2 of the gradient",
        "the gradient is too small by a factor 2",
        _scaled(lambda n, H: 0.5, "gradient"),  # noqa: ARG005
    ),
    _mutant(
        "twice the gradient",
        "the gradient is too large by a factor 2",
        _scaled(lambda n, H: 2.0, "gradient"),  # noqa: ARG005
    ),
    SINGLE_PRECISION,
)
HESSIANS = (
    _mutant(
        "curvature forgotten",
        "the Hessian is declared as Riemannian, but lacks the curvature term -(x.grad E)/n",
        _with_declaration(hessian="riemannian"),
        _OWN,
    ),
    _mutant(
        "Hessian with curvature",
        "the Hessian contains the curvature term -(x.grad E)/n, but is declared as Euclidean; "
        "declare hessian = 'riemannian'",
        lambda landscape: lambda n, H, seed: _curved(landscape(n, H, seed)),
    ),
    Mutant(
        "Hessian's diagonal dropped",
        "second derivatives with respect to the same coordinate are zero",
        {"spinglass.forms.Form.add_hessian": perturbations.without_diagonal},
        upstream=True,
    ),
    _mutant(
        "factor 1/2 of the Hessian",
        "the Hessian is too small by a factor 2",
        _scaled(lambda n, H: 0.5, "hessian"),  # noqa: ARG005
    ),
    _mutant("sign of the Hessian", "the Hessian has the wrong sign", _scaled(lambda n, H: -1, "hessian")),  # noqa: ARG005
    SINGLE_PRECISION,
)
DISTINCT = (
    _mutant(
        "i<j<k only, multiplicity forgotten",
        "only couplings of different indices exist, and they have variance 1 instead of H!",
        _recoupled(_without_repeats),
    ),
)
# H times the contraction of a tensor that is not symmetric, over all but one index, differs from the gradient by a
# normal vector that is tangent to the sphere and H - 1 times as large in mean square.
GRADIENTS = (
    *GRADIENTS,
    Mutant(
        "tensor not symmetric",
        "the gradient is H times the contraction over all but one index, which is right for a symmetric tensor only",
        {_LANDSCAPE: lambda landscape: lambda n, H, seed: _one_sided(landscape(n, H, seed), landscape(n, H, seed + 1))},
        upstream=True,
    ),
)
VARIANCES = (
    Mutant(
        "variance n/2",
        "energies are smaller by sqrt 2: their variance is n/2, as in the physics convention; declare variance = 'n/2'",
        NORMALISATION.patches,
        upstream=True,
    ),
    _mutant(
        "variance 1",
        "energies are smaller by sqrt n: their variance is 1; declare variance = '1'",
        _scaled(lambda n, H: n**-0.5),  # noqa: ARG005
    ),
    _mutant(
        "variance 2n",
        "energies are larger by sqrt 2: their variance is 2n; declare variance = '2n'",
        _scaled(lambda n, H: 2**0.5),  # noqa: ARG005
    ),
    _mutant(
        "energy per spin",
        "energies are smaller by n: they are energies per spin; declare variance = '1/n'",
        _scaled(lambda n, H: 1 / n),  # noqa: ARG005
    ),
    _mutant(
        "sphere of radius 1",
        "energies are larger by n^(H/2): they are meant for points of length 1; declare radius = '1'",
        _scaled(lambda n, H: n ** (H / 2)),
    ),
    _mutant(
        "factor n^(-(H-1)/2) forgotten",
        "energies are larger by n^((H-1)/2): the sum over index tuples is not normalised",
        _scaled(lambda n, H: n ** ((H - 1) / 2)),
    ),
    _mutant(
        "H! forgotten",
        "energies are smaller by sqrt(H!): each coupling has the variance of a single index tuple",
        _scaled(lambda n, H: math.factorial(H) ** -0.5),  # noqa: ARG005
    ),
    *DISTINCT,
    Mutant(
        "couplings of repeated indices missing",
        "couplings of repeated indices are zero, as in much of the literature; declare couplings = 'distinct'",
        DIAGONAL.patches,
        upstream=True,
    ),
    Mutant(
        "multiplicity forgotten",
        "couplings are stored once per multiset of indices, but drawn with variance 1 instead of the multiplicity",
        MULTIPLICITY.patches,
        upstream=True,
    ),
    _mutant(
        "symmetric tensor of unit variance",
        "the couplings of all permutations of an index tuple are the same normal number of variance 1, so that their "
        "sum has the square of the multiplicity as its variance",
        _recoupled(_symmetric_tensor),
    ),
)
MOMENTS = (
    _mutant("couplings are signs", "couplings are +1 or -1 instead of normal", _recoupled(_signs)),
    _mutant("uniform couplings", "couplings are uniformly distributed instead of normal", _recoupled(_uniform)),
    _mutant("normals used twice", "each normal number is used for two couplings", _recoupled(_repeated)),
    _mutant(
        "neighbouring seeds",
        "two neighbouring seeds give the same landscape",
        lambda landscape: lambda n, H, seed: landscape(n, H, seed // 2 * 2),
    ),
    _mutant("couplings not centred", "couplings have the mean 1/2", _recoupled(_shifted)),
)

MIXTURES = (
    _mutant(
        "variance of a mixture doubled",
        "the variance of each order is twice the square of its weight",
        lambda landscape: lambda n, H, seed: landscape(n, {order: 2**0.5 * a for order, a in H.items()}, seed),
    ),
    _mutant(
        "one order only",
        "only the highest order of a mixture is used",
        lambda landscape: lambda n, H, seed: landscape(n, {max(H): H[max(H)]}, seed),
    ),
    Mutant(
        "orders share their normals",
        "the couplings of all orders are drawn with the same random numbers",
        {"spinglass.couplings.child": perturbations.dropping(1)},
        upstream=True,
    ),
)


def _one_sided(glass: SphericalSpinGlass, other: SphericalSpinGlass) -> _Changed:
    def changed(gradient: Array, x: Array) -> Array:
        error: Array = math.sqrt(glass.orders[0] - 1) * np.asarray(other.gradient(x), dtype=float)
        return np.asarray(gradient + _tangential(error, x))

    return _Changed(glass, gradient=changed)


def _curved(glass: SphericalSpinGlass) -> _Changed:
    def curved(hessian: Array, x: Array) -> Array:
        outward = np.einsum("bi,bi->b", x, glass.gradient(x)) / glass.n
        return np.asarray(hessian - np.eye(glass.n) * outward[:, None, None])

    return _Changed(glass, hessian=curved)
