"""Averages under the Gibbs measure exp(-energy/T) without sampling: quadrature at n = 2 and 3, eigenvalues at H = 2."""

import numpy as np
from scipy import special

from spinglass import SphericalSpinGlass
from spinglass._common.types import Array


def sphere_nodes(n: int, order: int = 60) -> tuple[Array, Array]:
    """Return points (Q, n) and weights (Q,) of a quadrature over the uniform measure on ``|x|^2 = n``, n = 2 or 3.

    Exact for polynomials of degree below ``order``: equal angles, times Gauss-Legendre nodes of the height at n = 3.

    Raises
    ------
    ValueError
        For any other n.

    Examples
    --------
    >>> x, w = sphere_nodes(3)
    >>> round(float(w @ x[:, 0] ** 4), 12)  # 9/5: the mean fourth power of a coordinate, 3 n/(n+2)
    1.8
    """
    if n not in (2, 3):
        raise ValueError(f"quadrature covers the sphere at n = 2 and 3, not n = {n}; sample it")
    angles = 2 * np.pi * np.arange(order) / order
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    if n == 2:
        return np.sqrt(2) * circle, np.full(order, 1 / order)
    heights, weights = special.roots_legendre(order)
    across = np.sqrt(1 - heights**2)[:, None, None] * circle
    upward = np.broadcast_to(heights[:, None, None], (order, order, 1))
    return np.sqrt(3) * np.concatenate([across, upward], axis=2).reshape(-1, 3), np.repeat(weights / 2 / order, order)


def mean_energy(glass: SphericalSpinGlass, temperature: float, order: int = 60) -> float:
    """Return ``<energy>/n`` of one landscape at n = 2 or 3 by quadrature.

    Examples
    --------
    >>> glass = SphericalSpinGlass.pure(n=3, H=3, seed=0)
    >>> abs(mean_energy(glass, 0.5) - mean_energy(glass, 0.5, order=90)) < 1e-12
    True
    """
    x, weights = sphere_nodes(glass.n, order)
    energy = glass.energy(x)
    gibbs = weights * np.exp(-(energy - energy.min()) / temperature)
    return float(gibbs @ energy / gibbs.sum() / glass.n)


def two_spin_mean_energy(eigenvalues: Array, temperature: float) -> float:
    """Return ``<energy>/n`` for ``energy = n sum_i lambda_i y_i^2``, y uniform on the unit sphere: H = 2, n >= 8.

    ``<y_i^2> = I_i/(2 I)``, ``I = int exp(z) prod_k (z + a_k)^(-1/2) dz`` and ``I_i`` the same with a further factor
    ``1/(z + a_i)``, ``a = n lambda/T``, along a line right of all ``-a``: the delta function of ``|y|^2 = 1``
    as a Laplace integral. Berlin & Kac 1952, Kosterlitz, Thouless & Jones 1976.

    Examples
    --------
    >>> round(two_spin_mean_energy(np.full(10, -0.3), 1.0), 10)
    -0.3
    """
    n = len(eigenvalues)
    a = n * (eigenvalues - eigenvalues.min()) / temperature
    low, high = 1e-9, n / 2 + 1.0
    for _ in range(80):  # bisection for the saddle point, where sum 1/(2 (z + a)) = 1
        middle = (low + high) / 2
        low, high = (middle, high) if np.sum(0.5 / (middle + a)) > 1 else (low, middle)
    # The contour is a parabola around the branch points -a <= 0. Along it exp(z) decays like a Gaussian, so that the
    # trapezoidal rule converges exponentially (Weideman & Trefethen 2007). Its two halves are complex conjugates.
    u = np.linspace(0, 1, 501) * np.sqrt(1 + 80 / middle)
    z = middle * (1 + 1j * u) ** 2
    shifted = z[:, None] + a
    logs = z - 0.5 * np.log(shifted).sum(axis=1) + np.log(1 + 1j * u)
    integrand = np.exp(logs - logs.real.max())
    integrand[0] /= 2
    squares = 0.5 * (integrand[:, None] / shifted).sum(axis=0).real / integrand.sum().real
    return float(squares @ eigenvalues)
