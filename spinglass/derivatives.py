"""Numerical test of a landscape's gradient and Hessian: the order at which Taylor remainders vanish."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from spinglass import sphere
from spinglass._common.arguments import whole_number
from spinglass._common.seeds import Seed, generator
from spinglass._common.types import Array
from spinglass.landscape import Landscape, WithHessian, WithHessianVector, check_landscape, check_points

_STEPS = np.logspace(-6, 0, 61)
# Number of steps in the fit: one decade.
_FITTED = 11
# Remainders below this multiple of the rounding error of the energy are noise.
_NOISE = 300
# Tolerance on the fitted slopes 2 and 3; a wrong derivative lowers a slope by 1.
_SLACK = 0.2


@dataclass(frozen=True, kw_only=True, eq=False)
class DerivativeCheck:
    """Taylor remainders along D random directions, and their slopes in log-log scale.

    Attributes
    ----------
    where : str
        ``"sphere"`` or ``"space"``.
    steps : ndarray, shape (K,)
        Lengths of the steps, divided by ``sqrt(n)``.
    gradient_remainders : ndarray, shape (D, K)
        ``|f(x_t) - f(x) - t g.v|``, in units of the total energy; rows are directions.
    gradient_slopes : ndarray, shape (D,)
        Slope per direction: at least 2 for a correct gradient, infinite if all remainders are rounding errors.
    hessian_remainders : ndarray, shape (D, K), or None
        ``|f(x_t) - f(x) - t g.v - t^2 v.hess.v / 2|``; None if the landscape has no Hessian.
    hessian_slopes : ndarray, shape (D,), or None
        Slope per direction: at least 3 for a correct gradient and Hessian.
    """

    where: str
    steps: Array
    gradient_remainders: Array
    gradient_slopes: Array
    hessian_remainders: Array | None
    hessian_slopes: Array | None

    @property
    def passed(self) -> bool:
        """Whether the median slopes are those of correct derivatives."""
        gradient = float(np.median(self.gradient_slopes)) > 2 - _SLACK
        return gradient and (self.hessian_slopes is None or float(np.median(self.hessian_slopes)) > 3 - _SLACK)

    def __str__(self) -> str:
        """Return a summary with one line per derivative."""
        place = "on the sphere" if self.where == "sphere" else "in space"
        lines = [f"derivatives {place}: {'correct' if self.passed else 'WRONG'}"]
        for name, wanted, slopes in (("gradient", 2, self.gradient_slopes), ("Hessian", 3, self.hessian_slopes)):
            if slopes is None:
                lines.append(f"  {name:8}  not available")
            elif np.isinf(np.median(slopes)):
                lines.append(f"  {name:8}  exact to rounding")
            else:
                lines.append(f"  {name:8}  slope {np.median(slopes):.2f}, expected at least {wanted}")
        return "\n".join(lines)


def check_derivatives(
    landscape: Landscape,
    x: npt.ArrayLike | None = None,
    where: Literal["sphere", "space"] = "sphere",
    directions: int = 8,
    seed: Seed = 0,
) -> DerivativeCheck:
    """Test the gradient and the Hessian of a landscape by the slopes of Taylor remainders along random directions.

    ``|f(x_t) - f(x) - t g.v|`` decreases as ``t^2`` if ``g`` is the gradient, and after subtraction of
    ``t^2 v.hess.v / 2`` as ``t^3`` if the Hessian is correct too; a wrong derivative lowers the power by one. On the
    sphere ``x_t`` is the retraction of ``t v`` and the derivatives are Riemannian; in space ``x_t = x + t v`` and they
    are Euclidean. Slopes are fitted over one decade of steps, just above the rounding noise of the energy.

    Parameters
    ----------
    landscape : Landscape
        The landscape to test. The Hessian is tested if it has a method ``hessian`` or ``hessian_vector``.
    x : array_like, shape (n,), optional
        The point; by default a random point of the sphere.
    where : {"sphere", "space"}, default "sphere"
        ``"space"`` tests Euclidean derivatives and needs a landscape that is defined off the sphere too.
    directions : int, default 8
        Number of random directions.
    seed : int, SeedSequence or Generator, default 0
        Source of randomness of the point and the directions.

    Returns
    -------
    DerivativeCheck
        Remainders and slopes; ``passed`` is the verdict.

    Raises
    ------
    ValueError
        If ``x`` is not one finite point of n coordinates, if it is off the sphere for ``where="sphere"``, or if
        ``where`` is neither of the two.

    References
    ----------
    Boumal, "An Introduction to Optimization on Smooth Manifolds" (2023), sections 4.8 and 6.8.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> check_derivatives(SphericalSpinGlass.pure(n=20, H=3, seed=0)).passed
    True
    """
    check_landscape(landscape)
    if where not in ("sphere", "space"):
        raise ValueError(f"where must be 'sphere' or 'space', not {where!r}")
    whole_number("directions", directions, 1)
    if where == "sphere" and landscape.n == 1:
        raise ValueError("at n = 1 the sphere consists of two points and has no tangent directions; try where='space'")
    rng = generator(seed)
    point = check_points(sphere.random_points(landscape.n, 1, rng)[0] if x is None else x, landscape.n)
    if point.ndim != 1:
        raise ValueError(f"x must be one point of shape ({landscape.n},), not {point.shape}")
    v = rng.standard_normal((directions, landscape.n))
    if where == "sphere":
        v = sphere.tangent(point, v)
    v *= math.sqrt(landscape.n) / np.linalg.norm(v, axis=1, keepdims=True)
    first, seconds = _taylor_terms(landscape, point, v, where == "sphere")
    change, noise = _energy_changes(landscape, point, v, where == "sphere")
    to_first = change - first[:, None] * _STEPS
    remainders = [np.abs(to_first - second[:, None] * _STEPS**2 / 2) for second in seconds]
    to_second = np.maximum.reduce(remainders) if remainders else None
    return DerivativeCheck(
        where=where,
        steps=_STEPS,
        gradient_remainders=np.abs(to_first),
        gradient_slopes=_slopes(np.abs(to_first), noise),
        hessian_remainders=to_second,
        hessian_slopes=None if to_second is None else _slopes(to_second, noise),
    )


def _taylor_terms(landscape: Landscape, x: Array, v: Array, on_sphere: bool) -> tuple[Array, list[Array]]:
    """Return g.v and, by each method that the landscape has, v.hess.v for every direction.

    Both are Riemannian on the sphere and Euclidean in space.
    """
    gradient = np.asarray(landscape.energy_and_gradient(x[None])[1], dtype=np.float64)[0]
    images = []
    if isinstance(landscape, WithHessianVector):
        images.append(np.asarray(landscape.hessian_vector(np.tile(x, (len(v), 1)), v), dtype=np.float64))
    if isinstance(landscape, WithHessian):
        images.append(v @ np.asarray(landscape.hessian(x[None]), dtype=np.float64)[0])
    # On the sphere v is tangent, so g.v needs no projection; the second derivative gains the curvature term -x.g.
    curvature = x @ gradient if on_sphere else 0.0
    return v @ gradient, [np.einsum("di,di->d", v, image) - curvature for image in images]


def _energy_changes(landscape: Landscape, x: Array, v: Array, on_sphere: bool) -> tuple[Array, float]:
    """Return the changes of energy (D, K) along the directions, and their rounding noise."""
    points = x + _STEPS[:, None] * v[:, None, :]
    if on_sphere:
        points = sphere.project(points)
    energies, gradients = landscape.energy_and_gradient(np.vstack([points.reshape(-1, x.size), x]))
    energies, epsilon = np.asarray(energies), np.finfo(np.asarray(gradients).dtype).eps
    noise = _NOISE * float(epsilon) * float(np.abs(energies).max())
    energies = energies.astype(np.float64)
    return (energies[:-1] - energies[-1]).reshape(len(v), -1), noise


def _slopes(remainders: Array, noise: float) -> Array:
    """Fit each row over the smallest steps above the noise; the slope is infinite if too few steps are above it."""
    slopes = np.full(len(remainders), np.inf)
    for row, remainder in enumerate(remainders):
        below = np.flatnonzero(remainder <= noise)
        start = below[-1] + 1 if below.size else 0
        end = min(start + _FITTED, _STEPS.size)
        if end - start >= _FITTED // 2:
            slopes[row] = np.polyfit(np.log(_STEPS[start:end]), np.log(remainder[start:end]), 1)[0]
    return slopes
