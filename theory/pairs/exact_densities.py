r"""Densities of pairs without Monte Carlo: n = 2 in closed form, and n = 3 by quadrature.

At n = 2 the Hessian is one number, ``h - zeta``, and the mean of the absolute product of two normal variables is known.
At n = 3 the determinants are quadratic forms Q and Q' in Gaussian variables. With their characteristic function
``phi(s, t) = E exp(i (s Q + t Q'))``, a product of inverse square roots of eigenvalues,

    E |Q| |Q'| = (4/pi^2) int_0^inf int_0^inf E[(1 - cos sQ) (1 - cos tQ')] / (s^2 t^2) ds dt.
"""

import math
from functools import lru_cache

import numpy as np

from spinglass._common.types import Array
from theory.covariance import Covariance
from theory.pairs.joint_law import PairLaw

_NODES = 12
# Panels towards the ridge of the integral, each shorter than the one before by a factor.
_RIDGE, _RIDGE_PANELS, _RIDGE_NODES = 0.25, 4, 6


def two_spins(q: float, nu: Covariance, indices: tuple[int | None, int | None]) -> float:
    """Return the density of pairs per unit of overlap at n = 2; the index is 0 for minima and 1 for maxima."""
    law = PairLaw(nu, q)
    difference = np.array([[-1.0, 0.0, 1.0, 0.0], [0.0, -1.0, 0.0, 1.0]])
    own = difference @ law.plane[:4, :4] @ difference.T
    size = math.sqrt(own[0, 0] * own[1, 1])
    r = float(np.clip(own[0, 1] / size, -1.0, 1.0))
    parts = []
    for same in (1.0, -1.0):  # both of equal sign, of opposite sign
        angle = math.pi / 2 + math.asin(same * r)
        parts.append(size * (math.sqrt(1.0 - r * r) + same * r * angle) / (2.0 * math.pi))
    alike, apart = parts
    weights = [[alike, apart], [apart, alike]]
    chosen = [range(2) if index is None else (index,) for index in indices]
    return math.exp(law.log_density_of_pairs(2)) * sum(weights[i][j] for i in chosen[0] for j in chosen[1])


def three_spins(q: float, nu: Covariance) -> float:
    """Return the density of pairs of all indices per unit of overlap at n = 3."""
    law = PairLaw(nu, q)
    blocks = 2.0 * float(nu(1.0, 2)) * np.array([[1.0, law.block_correlation], [law.block_correlation, 1.0]])
    # The determinant is a b - r^2 with a = T - zeta and b = h - zeta; the plane's variables are zeta, zeta', h, h'.
    diagonal = np.zeros((6, 6))
    diagonal[:2, :2], diagonal[2:, 2:] = blocks, law.plane[:4, :4]
    to_factors = np.array([[1, 0, -1, 0, 0, 0], [0, 0, -1, 0, 1, 0], [0, 1, 0, -1, 0, 0], [0, 0, 0, -1, 0, 1]])
    product = 0.5 * np.array([[0.0, 1.0], [1.0, 0.0]])
    first, second = np.zeros((4, 4)), np.zeros((4, 4))
    first[:2, :2], second[2:, 2:] = product, product
    parts = [(to_factors @ diagonal @ to_factors.T, first, second)]
    parts.append((law.rows, np.diag([-1.0, 0.0]), np.diag([0.0, -1.0])))
    return math.exp(law.log_density_of_pairs(3)) * _mean_absolute_product(parts)


def _mean_absolute_product(parts: list[tuple[Array, Array, Array]]) -> float:
    """Return ``E |z^T A z| |z^T B z|`` of a Gaussian vector z, from the covariance, A and B of independent parts."""
    forms: list[tuple[Array, ...]] = []
    for covariance, *pair in parts:
        values, vectors = np.linalg.eigh(covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        forms.append(tuple(root.T @ form @ root for form in pair))
    sizes = [math.sqrt(sum(float((form**2).sum()) for form in one)) for one in zip(*forms, strict=True)]
    s, t, weights = _quadrant()
    s, t = s / sizes[0], t / sizes[1]
    one, other = (_characteristic(list(of), x) for of, x in zip(zip(*forms, strict=True), (s, t), strict=True))
    together = np.zeros(s.size)
    for turned in (t, -t):
        joint = [s[:, None, None] * a + turned[:, None, None] * b for a, b in forms]
        together += 0.5 * _characteristic(joint, np.ones(s.size))
    integrand = 1.0 - one - other + together
    return float(4.0 / math.pi**2 * sizes[0] * sizes[1] * (weights @ integrand))


def _characteristic(forms: list[Array], s: Array) -> Array:
    """Return the real part of ``E exp(i s z^T form z)`` for standard normal z and a block-diagonal form.

    The form is given by its blocks: one form, or one for every s.
    """
    result = np.ones(s.size, dtype=np.complex128)
    for form in forms:
        result /= np.sqrt(1.0 - 2.0j * s[:, None] * np.linalg.eigvalsh(form)).prod(axis=-1)
    return result.real


@lru_cache(maxsize=1)
def _quadrant() -> tuple[Array, Array, Array]:
    """Return nodes s, t and weights of the integral of ``f(s, t)/(s t)^2`` over s, t > 0."""
    x, w = np.polynomial.legendre.leggauss(_NODES)
    x, w = 0.5 * (x + 1.0), 0.5 * w
    # Beyond s = 1 the variable is v = s^(-1/2), in which the integrand is smooth.
    near, near_weight, far, far_weight = x, w / x**2, x**-2, 2.0 * w * x
    pairs = [(near, near_weight, near, near_weight), (near, near_weight, far, far_weight)]
    pairs += [(far, far_weight, near, near_weight)]
    parts = [tuple(one.ravel() for one in (*np.meshgrid(a, b, indexing="ij"), np.outer(u, v))) for a, u, b, v in pairs]
    # Beyond 1 in both, the integrand has a narrow ridge at s = t if Q and Q' are close to each other or to opposites.
    y, u = np.polynomial.legendre.leggauss(_RIDGE_NODES)
    ends = np.append(_RIDGE ** np.arange(_RIDGE_PANELS), 0.0)
    half = 0.5 * (ends[:-1] - ends[1:])[:, None]
    ratio, of_ratio = (1.0 - 0.5 * (ends[:-1] + ends[1:])[:, None] + half * y).ravel(), (half * u).ravel()
    v, share = (one.ravel() for one in np.meshgrid(x, ratio, indexing="ij"))
    weight = np.outer(w, of_ratio).ravel() * 4.0 * v**3 * share
    larger, smaller = (v * share) ** -2, v**-2
    parts += [(larger, smaller, weight), (smaller, larger, weight)]
    s, t, weights = (np.concatenate(one) for one in zip(*parts, strict=True))
    return s, t, weights
