r"""Laws of ``|det(B - y)|`` times a function of the resolvent, for a GOE matrix B, from one Pfaffian.

B has size K and eigenvalue density prod |mu_i - mu_j| prod exp(-mu_i^2/2). For the vector r of K independent normal
numbers of variance 1/2 next to B,

    E[ |det(B - y)| exp(-i t r^T (B - y)^{-1} r) z^{#(mu_i < y)} ]
        = E prod_i |mu_i - y| (1 + i t/(mu_i - y))^{-1/2} z^{[mu_i < y]},

because r_j^2 has the characteristic function (1 - i t)^{-1/2}. This is the mean of a product over eigenvalues, so that
de Bruijn's integral makes it a ratio of Pfaffians: that of the skew matrix of iint sgn(b - a) psi_i(a) psi_j(b) w(a)
w(b), psi_i the Hermite functions and w the factor above, over that with w = 1. Splitting the line at y,

    A(z) = A_right + z^2 A_left + z (m_left m_right^T - m_right m_left^T),

with a border row ``m_right + z m_left`` for odd K, m being the integrals of psi_i w. Coefficients in z follow from
roots of unity. With x = mu - y, the factor x (1 + i t/x)^{-1/2} varies on the scale t near 0, where nodes are graded.
"""

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from spinglass._common.types import Array
from theory.kac_rice.legendre import legendre_rule
from theory.planted.pfaffian import pfaffians

# Nodes x = v^4 of the first panel, which resolve the scales t >= 1e-5, and nodes of each other panel.
_GRADED, _NODES, _POWER = 40, 16, 4
# Hermite functions are negligible this far outside the spectrum.
_MARGIN = 6.0


def resolvent_transform(y: float, size: int, t: Array, *, by_index: bool) -> Any:
    """Return the means above at t = 0 and at each t > 0.

    Parameters
    ----------
    y : float
        The shift.
    size : int
        K, at least 0.
    t : array, shape (T,)
        Positive arguments of the transform.
    by_index : bool
        Whether to return the coefficients of all powers of z, or their sum.

    Returns
    -------
    complex array, shape (T + 1, K + 1) or (T + 1, 1)
        The means, first those at t = 0.
    """
    if size == 0:
        return np.ones((t.size + 1, 1), complex)
    sign = (-1.0) ** np.arange(size)
    right_mass, right = _half_line(y, size, t)
    # Hermite functions are even or odd, and reflection at y conjugates the factor.
    left_mass, left = _half_line(-y, size, t)
    left_mass, left = left_mass.conj() * sign, -left.conj() * sign[:, None] * sign
    z = np.exp(2j * math.pi * np.arange(size + 1) / (size + 1)) if by_index else np.ones(1)
    across = left_mass[:, :, None] * right_mass[:, None, :]
    across = across - across.transpose(0, 2, 1)
    powers = z[:, None, None]
    matrices = right[:, None] + powers**2 * left[:, None] + powers * across[:, None]
    if size % 2:
        matrices = _bordered(matrices, right_mass[:, None] + z[:, None] * left_mass[:, None])
    values = pfaffians(matrices.reshape(-1, *matrices.shape[2:])).reshape(matrices.shape[:2]) / _without_weight(size)
    return np.fft.fft(values, axis=1) / (size + 1) if by_index else values


def _half_line(y: float, size: int, t: Array) -> tuple[Any, Any]:
    """Return the masses and skew matrices on x = mu - y > 0, shapes (T + 1, K) and (T + 1, K, K)."""
    mass = np.zeros((t.size + 1, size), complex)
    half = np.zeros((t.size + 1, size, size), complex)
    for x, weights, primitive in _panels(y, size):
        factor = np.concatenate([x[None] + 0j, x**1.5 / np.sqrt(x + 1j * t[:, None])])
        functions = _hermite_functions(y + x, size) * factor[:, None, :]
        from_left = functions @ primitive.T + mass[:, :, None]
        half += from_left @ (functions * weights).transpose(0, 2, 1)
        mass = mass + functions @ weights
    return mass, half - half.transpose(0, 2, 1)


def _panels(y: float, size: int) -> list[tuple[Array, Array, Array]]:
    """Return nodes x, weights and matrices of integrals from the left end, for panels of x > 0."""
    edge = math.sqrt(2.0 * size) + _MARGIN
    low, high = max(0.0, -edge - y), edge - y
    if high <= low:
        return []
    width = min(1.5, 2.5 * math.pi / math.sqrt(2.0 * size))
    panels = []
    if low == 0.0:
        first = min(0.5 * width, high)
        nodes, weights, primitive = legendre_rule(_GRADED)
        v = 0.5 * (nodes + 1.0)
        slope = 0.5 * first * _POWER * v ** (_POWER - 1)
        panels.append((first * v**_POWER, weights * slope, primitive * slope))
        low = first
    nodes, weights, primitive = legendre_rule(_NODES)
    edges = np.linspace(low, high, 1 + math.ceil((high - low) / width))
    for left, right in pairwise(edges):
        scale = 0.5 * (right - left)
        panels.append((left + scale * (1.0 + nodes), scale * weights, scale * primitive))
    return panels


def _hermite_functions(x: Array, size: int) -> Array:
    """Return psi_0..psi_{K-1}, shape (K, len(x)); those that underflow far from the origin are negligible."""
    psi = np.empty((size, x.size))
    psi[0] = math.pi**-0.25 * np.exp(-0.5 * x * x)
    if size > 1:
        psi[1] = math.sqrt(2.0) * x * psi[0]
    for j in range(1, size - 1):
        psi[j + 1] = math.sqrt(2.0 / (j + 1)) * x * psi[j] - math.sqrt(j / (j + 1)) * psi[j - 1]
    return psi


def _bordered(matrices: Any, mass: Any) -> Any:
    size = matrices.shape[-1]
    result = np.zeros((*matrices.shape[:2], size + 1, size + 1), matrices.dtype)
    result[..., :size, :size], result[..., :size, size], result[..., size, :size] = matrices, mass, -mass
    return result


@lru_cache(maxsize=256)
def _without_weight(size: int) -> float:
    """Return the Pfaffian for w = 1."""
    nodes, weights, primitive = legendre_rule(_NODES)
    edge = math.sqrt(2.0 * size) + _MARGIN
    edges = np.linspace(-edge, edge, 1 + math.ceil(2.0 * edge))
    mass, half = np.zeros(size), np.zeros((size, size))
    for left, right in pairwise(edges):
        scale = 0.5 * (right - left)
        functions = _hermite_functions(left + scale * (1.0 + nodes), size)
        half += (scale * functions @ primitive.T + mass[:, None]) @ (scale * functions * weights).T
        mass = mass + scale * functions @ weights
    matrix = (half - half.T)[None, None]
    if size % 2:
        matrix = _bordered(matrix, mass[None, None])
    return float(pfaffians(matrix[0])[0])
