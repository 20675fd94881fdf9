"""Check a landscape's derivatives against its energies by the slopes of Taylor remainders."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from spinglass import sphere
from spinglass._common.arguments import whole_number
from spinglass._common.seeds import Seed, generator
from spinglass.landscape import Array, Landscape, WithHessian, WithHessianVector, check_landscape, check_points

_STEPS = np.logspace(-6, 0, 61)
# Points of the fit, a decade of steps.
_FITTED = 11
# Remainders below this many rounding errors of the energy are noise.
_NOISE = 300
# A slope of 2 or 3 comes out within this; a wrong derivative costs a whole unit.
_SLACK = 0.2


@dataclass(frozen=True, kw_only=True, eq=False)
class DerivativeCheck:
    """Slopes of Taylor remainders in log-log, one a direction; infinite where all remainders are rounding."""

    where: str
    steps: Array  # (K,), the length of the step divided by sqrt(n)
    gradient_remainders: Array  # (D, K)
    gradient_slopes: Array  # (D,), 2 or more for a right gradient
    hessian_remainders: Array | None  # (D, K)
    hessian_slopes: Array | None  # (D,), 3 or more for a right Hessian; None if the landscape has none

    @property
    def passed(self) -> bool:
        """Whether the median slopes are those of right derivatives."""
        gradient = float(np.median(self.gradient_slopes)) > 2 - _SLACK
        return gradient and (self.hessian_slopes is None or float(np.median(self.hessian_slopes)) > 3 - _SLACK)

    def __str__(self) -> str:
        """Return one line a derivative."""
        lines = [f"derivatives on the {self.where}: {'right' if self.passed else 'WRONG'}"]
        for name, wanted, slopes in (("gradient", 2, self.gradient_slopes), ("Hessian", 3, self.hessian_slopes)):
            if slopes is None:
                lines.append(f"  {name:8}  not offered")
            elif np.isinf(np.median(slopes)):
                lines.append(f"  {name:8}  exact to rounding")
            else:
                lines.append(f"  {name:8}  slope {np.median(slopes):.2f}, at least {wanted} wanted")
        return "\n".join(lines)


def check_derivatives(
    landscape: Landscape,
    x: npt.ArrayLike | None = None,
    where: Literal["sphere", "space"] = "sphere",
    directions: int = 8,
    seed: Seed = 0,
) -> DerivativeCheck:
    """Fit the slopes of Taylor remainders along random directions through a point.

    ``|f(x_t) - f(x) - t g.v|`` falls as ``t^2`` if ``g`` is the gradient, and with ``t^2 v.hess.v / 2`` taken off as
    well, as ``t^3`` if the Hessian is right; a wrong derivative loses a power. On the sphere ``x_t`` is the
    retraction of ``t v`` and the derivatives are Riemannian; in space ``x_t = x + t v`` and they are Euclidean.
    Slopes are fitted over the decade of steps next above the noise of the energy.

    Parameters
    ----------
    landscape
        What to check; its Hessian only if it offers ``hessian`` or ``hessian_vector``.
    x
        The point, shape ``(n,)``; a random one by default.
    where
        ``"sphere"``, or ``"space"`` for a landscape that is defined off the sphere too.
    directions
        Number of random directions.
    seed
        For the point and the directions.

    Raises
    ------
    ValueError
        If ``x`` is not one finite point of n coordinates, is off the sphere where it should be on it, or ``where`` is
        neither of the two.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> check_derivatives(SphericalSpinGlass.pure(n=20, H=3, seed=0)).passed
    True

    Notes
    -----
    Source: Boumal, "An Introduction to Optimization on Smooth Manifolds" (2023), sections 4.8 and 6.8.
    """
    check_landscape(landscape)
    if where not in ("sphere", "space"):
        raise ValueError(f"where must be 'sphere' or 'space', not {where!r}")
    whole_number("directions", directions, 1)
    if where == "sphere" and landscape.n == 1:
        raise ValueError("the sphere of n = 1 is two points without directions; try where='space'")
    rng = generator(seed)
    point = check_points(sphere.random_points(landscape.n, 1, rng)[0] if x is None else x, landscape.n)
    if point.ndim != 1:
        raise ValueError(f"x must be one point of shape ({landscape.n},), not {point.shape}")
    v = rng.standard_normal((directions, landscape.n))
    if where == "sphere":
        v = sphere.tangent(point, v)
    v *= math.sqrt(landscape.n) / np.linalg.norm(v, axis=1, keepdims=True)
    first, second = _taylor_terms(landscape, point, v, where == "sphere")
    change, noise = _energy_changes(landscape, point, v, where == "sphere")
    to_first = change - first[:, None] * _STEPS
    to_second = None if second is None else np.abs(to_first - second[:, None] * _STEPS**2 / 2)
    return DerivativeCheck(
        where=where,
        steps=_STEPS,
        gradient_remainders=np.abs(to_first),
        gradient_slopes=_slopes(np.abs(to_first), noise),
        hessian_remainders=to_second,
        hessian_slopes=None if to_second is None else _slopes(to_second, noise),
    )


def _taylor_terms(landscape: Landscape, x: Array, v: Array, on_sphere: bool) -> tuple[Array, Array | None]:
    """Return g.v and v.hess.v for every direction, Riemannian or Euclidean."""
    gradient = np.asarray(landscape.energy_and_gradient(x[None])[1], dtype=np.float64)[0]
    if isinstance(landscape, WithHessianVector):
        image = np.asarray(landscape.hessian_vector(np.tile(x, (len(v), 1)), v), dtype=np.float64)
    elif isinstance(landscape, WithHessian):
        image = v @ np.asarray(landscape.hessian(x[None]), dtype=np.float64)[0]
    else:
        return v @ gradient, None
    second = np.einsum("di,di->d", v, image)
    # v is tangent on the sphere, so that g.v needs no projection, and the sphere's curvature is all that is new.
    return v @ gradient, second - (x @ gradient if on_sphere else 0.0)


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
    """Fit each row over the smallest steps above the noise; too few of them mean an exact expansion."""
    slopes = np.full(len(remainders), np.inf)
    for row, remainder in enumerate(remainders):
        below = np.flatnonzero(remainder <= noise)
        start = below[-1] + 1 if below.size else 0
        end = min(start + _FITTED, _STEPS.size)
        if end - start >= _FITTED // 2:
            slopes[row] = np.polyfit(np.log(_STEPS[start:end]), np.log(remainder[start:end]), 1)[0]
    return slopes
