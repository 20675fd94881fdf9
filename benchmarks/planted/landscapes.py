"""Landscapes with full tensors in plain NumPy: correct ones in several conventions, and ones with a planted mistake."""

import math
from collections.abc import Callable
from functools import cache
from itertools import combinations_with_replacement, permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Dense:
    """The energy ``scale sum_i J_i1...iH x_i1 ... x_iH`` of a full tensor, which need not be symmetric."""

    def __init__(self, J: Array, scale: float) -> None:
        self.J, self.scale, self.H, self.n = J, scale, J.ndim, len(J)

    def _contracted(self, x: Array, *kept: int) -> Array:
        others = [k for k in range(self.H) if k not in kept]
        rest = np.transpose(self.J, (*kept, *others))
        for _ in others:
            rest = rest @ x
        return np.asarray(self.scale * rest)

    def energy(self, x: Array) -> Any:
        """Return the energy of a point."""
        return self._contracted(x)

    def gradient(self, x: Array) -> Array:
        """Return the Euclidean gradient."""
        return np.asarray(sum(self._contracted(x, k) for k in range(self.H)))

    def hessian(self, x: Array) -> Array:
        """Return the Euclidean Hessian."""
        return np.asarray(sum(self._contracted(x, *pair) for pair in permutations(range(self.H), 2)))


def normals(n: int, H: int, seed: int) -> Array:
    """Return a tensor of independent standard normal numbers."""
    return np.random.default_rng(seed).normal(size=(n,) * H)


def correct(n: int, H: int, seed: int) -> Dense:
    """Return a landscape of variance n on the sphere of radius sqrt(n)."""
    return Dense(normals(n, H, seed), n ** (-(H - 1) / 2))


def scaled(factor: Callable[[int, int], float]) -> Callable[..., Dense]:
    """Return a function that makes landscapes whose energies are multiplied by ``factor(n, H)``."""

    def landscape(n: int, H: int, seed: int) -> Dense:
        return Dense(normals(n, H, seed), factor(n, H) * n ** (-(H - 1) / 2))

    return landscape


def on_unit_sphere(n: int, H: int, seed: int) -> Dense:
    """Return a landscape of variance n on the sphere of radius 1."""
    return Dense(normals(n, H, seed), math.sqrt(n))


@cache
def _different(n: int, H: int) -> Array:
    """Return where all indices of a tensor are different."""
    grid = np.indices((n,) * H).reshape(H, -1)
    return np.array([len(set(column)) == H for column in grid.T]).reshape((n,) * H)


@cache
def _increasing(n: int, H: int) -> Array:
    grid = np.indices((n,) * H)
    return np.asarray((np.diff(grid, axis=0) > 0).all(axis=0))


@cache
def _permutations(n: int, H: int) -> Array:
    """Return the number of permutations of each index tuple that does not decrease, and 0 for all others."""
    numbers = np.zeros((n,) * H)
    for index in combinations_with_replacement(range(n), H):
        repeated = (math.factorial(index.count(k)) for k in set(index))
        numbers[index] = math.factorial(H) / math.prod(repeated)
    return numbers


def without_repeated_indices(n: int, H: int, seed: int) -> Dense:
    """Return a landscape without couplings of repeated indices."""
    return Dense(normals(n, H, seed) * _different(n, H), n ** (-(H - 1) / 2))


def increasing_only(n: int, H: int, seed: int) -> Dense:
    """Return a sum over i < j < k whose couplings have variance 1."""
    return Dense(normals(n, H, seed) * _increasing(n, H), n ** (-(H - 1) / 2))


def increasing_with_factorial(n: int, H: int, seed: int) -> Dense:
    """Return a sum over i < j < k whose couplings have variance H!."""
    return Dense(normals(n, H, seed) * _increasing(n, H), math.sqrt(math.factorial(H)) * n ** (-(H - 1) / 2))


def copied_symmetric(n: int, H: int, seed: int) -> Dense:
    """Return a landscape in which all permutations of an index tuple have the same coupling of variance 1."""
    J = normals(n, H, seed)
    for index in np.ndindex(J.shape):
        J[index] = J[tuple(sorted(index))]
    return Dense(J, n ** (-(H - 1) / 2))


def uniform(n: int, H: int, seed: int) -> Dense:
    """Return a landscape with uniformly distributed couplings on the increasing index tuples with repetition."""
    J = np.random.default_rng(seed).uniform(-math.sqrt(3), math.sqrt(3), (n,) * H)
    return Dense(J * np.sqrt(_permutations(n, H)), n ** (-(H - 1) / 2))


class _WrongSign(Dense):
    def gradient(self, x: Array) -> Array:
        return -super().gradient(x)


class _Accumulating(Dense):
    buffer: Array | float = 0.0

    def gradient(self, x: Array) -> Array:
        self.buffer = self.buffer + super().gradient(x)
        return np.asarray(self.buffer)


class _OneSided(Dense):
    def gradient(self, x: Array) -> Array:
        return self.H * self._contracted(x, 0)


class _OneFactor(Dense):
    def gradient(self, x: Array) -> Array:
        return super().gradient(x) / self.H


class _PerSpin(Dense):
    def gradient(self, x: Array) -> Array:
        return super().gradient(x) / self.n


class _Projected(Dense):
    """Riemannian derivatives, of which ``curved`` decides whether the Hessian has its curvature term."""

    curved = True

    def gradient(self, x: Array) -> Array:
        gradient = super().gradient(x)
        return np.asarray(gradient - x * (gradient @ x) / (x @ x))

    def hessian(self, x: Array) -> Array:
        project = np.eye(self.n) - np.outer(x, x) / (x @ x)
        outward = x @ super().gradient(x) / (x @ x) if self.curved else 0.0
        return np.asarray(project @ super().hessian(x) @ project - outward * project)


class _WithoutCurvature(_Projected):
    curved = False


class _Single(Dense):
    """All sums are calculated in single precision."""

    def __init__(self, J: Array, scale: float) -> None:
        super().__init__(J.astype(np.float32), float(np.float32(scale)))

    def _contracted(self, x: Array, *kept: int) -> Array:
        return super()._contracted(x.astype(np.float32), *kept).astype(np.float32)


def of(kind: type[Dense]) -> Callable[..., Dense]:
    """Return a function that makes landscapes of a class, of variance n."""
    return lambda n, H, seed: kind(normals(n, H, seed), n ** (-(H - 1) / 2))


def _unseeded(n: int, H: int, seed: int) -> Dense:  # noqa: ARG001
    return Dense(np.random.default_rng().normal(size=(n,) * H), n ** (-(H - 1) / 2))


def _constant(n: int, H: int, seed: int) -> Dense:  # noqa: ARG001
    return correct(n, H, 0)


RIEMANNIAN = {"gradient": "riemannian", "hessian": "riemannian"}
# name: landscape, what is declared
CORRECT: dict[str, tuple[Callable[..., Dense], dict[str, str]]] = {
    "variance n": (correct, {}),
    "variance n/2": (scaled(lambda n, H: 2**-0.5), {"variance": "n/2"}),  # noqa: ARG005
    "variance 1": (scaled(lambda n, H: n**-0.5), {"variance": "1"}),  # noqa: ARG005
    "radius 1": (on_unit_sphere, {"radius": "1"}),
    "Riemannian": (of(_Projected), RIEMANNIAN),
    "i<j<k": (increasing_with_factorial, {"couplings": "distinct"}),
    "single precision": (of(_Single), {"precision": "single"}),
}
# name of the mistake: landscape, what is declared, a word of the explanation
PLANTED: dict[str, tuple[Callable[..., Dense], dict[str, str], str]] = {
    "variance n/2": (scaled(lambda n, H: 2**-0.5), {}, "variance n/2"),  # noqa: ARG005
    "variance 1": (scaled(lambda n, H: n**-0.5), {}, "variance 1"),  # noqa: ARG005
    "energy per spin": (scaled(lambda n, H: 1 / n), {}, "energy per spin"),  # noqa: ARG005
    "i<j<k without the multiplicity": (increasing_only, {}, "i<j<k only"),
    "diagonal terms left out": (without_repeated_indices, {}, "repeated indices missing"),
    "H! forgotten": (scaled(lambda n, H: math.factorial(H) ** -0.5), {}, "H! forgotten"),  # noqa: ARG005
    "symmetric tensor by copying": (copied_symmetric, {}, "symmetric tensor of unit variance"),
    "sum not normalised": (scaled(lambda n, H: n ** ((H - 1) / 2)), {}, "factor n^(-(H-1)/2) forgotten"),
    "sphere of radius 1": (on_unit_sphere, {}, "sphere of radius 1"),
    "uniform couplings": (uniform, {}, "uniform couplings"),
    "gradient not projected": (correct, {"gradient": "riemannian"}, "gradient not projected"),
    "gradient projected": (of(_Projected), {}, "gradient projected"),
    "gradient buffer never cleared": (of(_Accumulating), {}, "gradient accumulates"),
    "sign of the gradient": (of(_WrongSign), {}, "sign of the gradient"),
    "gradient of one index only": (of(_OneSided), {}, "tensor not symmetric"),
    "factor H of the gradient": (of(_OneFactor), {}, "factor H of the gradient missing"),
    "gradient per spin": (of(_PerSpin), {}, "gradient per spin"),
    "Hessian without curvature": (of(_WithoutCurvature), RIEMANNIAN, "curvature forgotten"),
    "single precision": (of(_Single), {}, "single precision"),
    "seed not used": (_unseeded, {}, "called twice"),
    "one landscape for all seeds": (_constant, {}, "gave the same energies"),
}
