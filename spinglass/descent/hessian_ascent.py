"""From the centre of the ball to its surface, along the lowest eigenvectors of the Hessian."""

import math
from dataclasses import dataclass

import numpy as np

from spinglass._common.arguments import whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed
from spinglass._common.threads import one_blas_thread, run_in_threads
from spinglass.geometry import dot, householder, random_points
from spinglass.landscape import AnyFloats, Array, WithHessian


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HessianAscent:
    """Where walks from the centre end, and the energies on their ways; rows are walks."""

    x: Array  # (B, n), on the sphere
    radii: Array  # (K+1,), |x_k|^2/n = k/K
    energies: Array  # (B, K+1), energy/n, from the centre to the sphere

    @property
    def energy_per_spin(self) -> Array:
        """``energy/n`` at the end, shape (B,)."""
        return np.asarray(self.energies[:, -1])

    def __repr__(self) -> str:
        """Return a summary in a line."""
        ends = self.energy_per_spin
        return (
            f"HessianAscent: {len(ends)} walks of {len(self.radii) - 1} steps, n = {self.x.shape[1]}, "
            f"energy per spin {ends.min():.5f} to {ends.max():.5f}"
        )


def hessian_ascent(landscape: WithHessian, *, steps: int = 100, starts: int = 1, seed: Seed = 0) -> HessianAscent:
    r"""Climb from the centre to the sphere in orthogonal steps, each the lowest direction of the Hessian.

    ``x_{k+1} = x_k + sqrt(n/K) v``, with v the unit eigenvector of the lowest eigenvalue of the Hessian on the
    complement of x_k, signed against the gradient; the name is that of the algorithm that goes up on -energy. As
    n and then K grow, the energy per spin tends to ``-int_0^1 sqrt(nu''(q)) dq``, for pure models to -E_inf. The first
    direction is random where the Hessian at the centre is a multiple of the identity (no term of order 2 but ``x.x``).
    The cost is K dense eigenproblems a walk. ``descend`` from the end reaches the minimum nearby.

    Source: Subag, Comm. Pure Appl. Math. 74 (2021) 1021, Theorem 4.

    Raises
    ------
    ValueError
        If ``steps`` or ``starts`` is no whole number of at least 1, n = 1, or the Hessians do not fit in memory.
    TypeError
        If the landscape has no ``hessian``.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> walks = hessian_ascent(SphericalSpinGlass.pure(n=60, H=3, seed=0), steps=40, starts=3)
    >>> bool((walks.energy_per_spin < -1.2).all()), walks.energies.shape
    (True, (3, 41))
    """
    if not isinstance(landscape, WithHessian):
        raise TypeError(f"{type(landscape).__name__} has no hessian(x), which the Hessian ascent needs")
    K, rows, n = whole_number("steps", steps, 1), whole_number("starts", starts, 1), landscape.n
    if n < 2:
        raise ValueError("at n = 1 there is no direction to choose; use n >= 2")
    require_memory(4 * 8 * rows * n * n, f"{rows} Hessians of n = {n}", "fewer starts")
    fallback = random_points(n, rows, seed) / math.sqrt(n)
    x, energies = np.zeros((rows, n)), np.empty((rows, K + 1))
    for k in range(K):
        energy, gradient = landscape.energy_and_gradient(x)
        energies[:, k] = energy / n
        x = x + math.sqrt(n / K) * _directions(_float64(landscape.hessian(x)), x, _float64(gradient), fallback)
    # The steps are orthogonal up to rounding.
    x *= math.sqrt(n) / np.linalg.norm(x, axis=1, keepdims=True)
    energies[:, K] = np.asarray(landscape.energy_and_gradient(x)[0]) / n
    return HessianAscent(x=x, radii=np.sqrt(np.arange(K + 1) / K), energies=energies)


def _float64(array: AnyFloats) -> Array:
    return np.asarray(array, dtype=np.float64)


def _directions(hessian: Array, x: Array, gradient: Array, fallback: Array) -> Array:
    """Return the unit vectors (B, n) of the next step, orthogonal to x and against the gradient."""
    out = np.empty_like(x)
    # Without the radial part, which rounding mixes into the sign where it is large.
    square = np.maximum(dot(x, x), np.finfo(float).tiny)
    tangent = gradient - (dot(x, gradient) / square)[:, None] * x

    def choose(row: int) -> None:
        v = fallback[row] if not x[row].any() and _isotropic(hessian[row]) else _lowest(hessian[row], x[row])
        out[row] = -v if v @ tangent[row] > 0 else v

    with one_blas_thread():
        run_in_threads(choose, range(len(x)))
    return out


def _isotropic(hessian: Array) -> bool:
    """Say whether a matrix is a multiple of the identity, to rounding."""
    n = len(hessian)
    rest = hessian - np.trace(hessian) / n * np.eye(n)
    return bool(np.abs(rest).max() <= 8 * n * np.finfo(float).eps * np.abs(hessian).max())


def _lowest(hessian: Array, x: Array) -> Array:
    """Return the unit eigenvector of the lowest eigenvalue of the Hessian on the complement of x (of all, at 0)."""
    length = np.linalg.norm(x)
    if length == 0:
        return _bottom(hessian)
    w, beta = householder(x * (math.sqrt(x.size) / length))
    image = beta * (hessian @ w)
    image -= 0.5 * beta * (w @ image) * w
    reduced = (hessian - np.outer(image, w) - np.outer(w, image))[:-1, :-1]
    v = np.append(_bottom(reduced), 0.0)
    return np.asarray(v - beta * (w @ v) * w)


def _bottom(symmetric: Array) -> Array:
    """Return the eigenvector of the lowest eigenvalue."""
    from scipy.linalg import eigh  # a fifth of the time of importing the package

    return np.asarray(eigh(symmetric, subset_by_index=[0, 0])[1][:, 0])
