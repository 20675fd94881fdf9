"""Subag's Hessian ascent: from the centre of the ball to the sphere, along the lowest eigenvectors of the Hessian."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinglass._common.arguments import whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed
from spinglass._common.threads import one_blas_thread, run_in_threads
from spinglass._common.types import Array, FloatArray
from spinglass.geometry import dot, householder, random_points
from spinglass.landscape import WithHessian
from spinglass.saving import Saved

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HessianAscent(Saved):
    """Final points of walks from the centre to the sphere, and the energies along them.

    Attributes
    ----------
    x : ndarray, shape (B, n)
        Final points on the sphere, one row per walk.
    radii : ndarray, shape (K+1,)
        ``|x_k|/sqrt(n) = sqrt(k/K)`` after k steps, from 0 to 1.
    energies : ndarray, shape (B, K+1)
        Energies per spin after k steps, walk by step.
    """

    x: Array
    radii: Array
    energies: Array

    @property
    def energy_per_spin(self) -> Array:
        """Energy per spin of the final points, shape (B,)."""
        return np.asarray(self.energies[:, -1])

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row per walk.

        Returns
        -------
        pandas.DataFrame
            Column ``energy_per_spin``, at the end; the index is named ``walk``.
        """
        return self.history().groupby("walk")[["energy_per_spin"]].last()

    def history(self) -> pd.DataFrame:
        """Return the energies along the walks as a table with one row per walk and step.

        Returns
        -------
        pandas.DataFrame
            Columns ``walk``, ``radius`` (``|x|/sqrt(n)``) and ``energy_per_spin``.
        """
        import pandas as pd

        walk, radius = np.meshgrid(np.arange(len(self.x)), self.radii, indexing="ij")
        columns = {"walk": walk.ravel(), "radius": radius.ravel(), "energy_per_spin": self.energies.ravel()}
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        """Return a summary in one line."""
        ends = self.energy_per_spin
        return (
            f"HessianAscent: {len(ends)} walks of {len(self.radii) - 1} steps, n = {self.x.shape[1]}, "
            f"energy per spin {ends.min():.5f} to {ends.max():.5f}"
        )


def hessian_ascent(landscape: WithHessian, *, steps: int = 100, starts: int = 1, seed: Seed = 0) -> HessianAscent:
    r"""Walk from the centre to the sphere in orthogonal steps along the lowest eigenvectors of the Hessian.

    ``x_{k+1} = x_k + sqrt(n/K) v``, where v is the unit eigenvector of the smallest eigenvalue of the Euclidean Hessian
    on the orthogonal complement of x_k, with the sign that decreases the energy. (The algorithm is called an ascent
    because the literature maximises -energy.) As n and then K tend to infinity, the energy per spin tends to
    ``-int_0^1 sqrt(nu''(q)) dq``, which is -E_inf for pure models. The first direction is random if the Hessian at the
    centre is a multiple of the identity, as it is without terms of order 2. The cost is K dense eigenproblems per walk.
    `descend` from the final points reaches minima nearby.

    Parameters
    ----------
    landscape : WithHessian
        A landscape with ``hessian``, defined in the whole ball, for instance a `SphericalSpinGlass`.
    steps : int, default 100
        Number K of steps.
    starts : int, default 1
        Number B of walks; they differ only if their first directions are random.
    seed : int, SeedSequence or Generator, default 0
        Source of randomness.

    Returns
    -------
    HessianAscent
        Final points and energies per spin along the walks.

    Raises
    ------
    ValueError
        If ``steps`` or ``starts`` is not a whole number of at least 1, n = 1, or the Hessians do not fit in memory.
    TypeError
        If the landscape has no ``hessian``.

    References
    ----------
    Subag, Comm. Pure Appl. Math. 74 (2021) 1021, Theorem 4.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> walks = hessian_ascent(SphericalSpinGlass.pure(n=60, H=3, seed=0), steps=40, starts=3)
    >>> bool((walks.energy_per_spin < -1.2).all()), walks.energies.shape
    (True, (3, 41))
    """
    if not isinstance(landscape, WithHessian):
        raise TypeError(f"{type(landscape).__name__} has no method hessian(x), which hessian_ascent needs")
    K, rows, n = whole_number("steps", steps, 1), whole_number("starts", starts, 1), landscape.n
    if n < 2:
        raise ValueError("hessian_ascent needs n >= 2: at n = 1 there is no direction to choose")
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


def _float64(array: FloatArray) -> Array:
    return np.asarray(array, dtype=np.float64)


def _directions(hessian: Array, x: Array, gradient: Array, fallback: Array) -> Array:
    """Return the unit vectors (B, n) of the next step, orthogonal to x and against the gradient."""
    out = np.empty_like(x)
    # The radial part is removed because its rounding error could otherwise determine the sign.
    square = np.maximum(dot(x, x), np.finfo(float).tiny)
    tangent = gradient - (dot(x, gradient) / square)[:, None] * x

    def choose(row: int) -> None:
        v = fallback[row] if not x[row].any() and _isotropic(hessian[row]) else _lowest(hessian[row], x[row])
        out[row] = -v if v @ tangent[row] > 0 else v

    with one_blas_thread():
        run_in_threads(choose, range(len(x)))
    return out


def _isotropic(hessian: Array) -> bool:
    """Return whether a matrix is a multiple of the identity up to rounding."""
    n = len(hessian)
    rest = hessian - np.trace(hessian) / n * np.eye(n)
    return bool(np.abs(rest).max() <= 8 * n * np.finfo(float).eps * np.abs(hessian).max())


def _lowest(hessian: Array, x: Array) -> Array:
    """Return the lowest unit eigenvector of the Hessian on the orthogonal complement of x (on R^n if x = 0)."""
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
    from scipy.linalg import eigh  # imported here: it would take a fifth of the import time of the package

    return np.asarray(eigh(symmetric, subset_by_index=[0, 0])[1][:, 0])
