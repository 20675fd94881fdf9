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
    second = float(nu(1.0, 2))
    covariance = np.zeros((8, 8))  # of T, T', r, r', zeta, zeta', h, h'
    covariance[:2, :2] = 2.0 * second * np.array([[1.0, law.block_correlation], [law.block_correlation, 1.0]])
    covariance[2:4, 2:4] = law.rows
    covariance[4:, 4:] = law.plane[:4, :4]
    forms = []
    for point in (0, 1):
        first, last = np.zeros(8), np.zeros(8)
        first[point], first[4 + point], last[6 + point], last[4 + point] = 1.0, -1.0, 1.0, -1.0
        form = 0.5 * (np.outer(first, last) + np.outer(last, first))
        form[2 + point, 2 + point] = -1.0
        forms.append(form)
    return math.exp(law.log_density_of_pairs(3)) * _mean_absolute_product(covariance, *forms)


def _mean_absolute_product(covariance: Array, first: Array, second: Array) -> float:
    """Return ``E |z^T A z| |z^T B z|`` of a Gaussian vector z."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    forms = [root.T @ form @ root for form in (first, second)]
    sizes = [float(np.linalg.norm(form)) for form in forms]
    first, second = (form / size for form, size in zip(forms, sizes, strict=True))
    s, t, weights = _quadrant()
    along = [_characteristic(form, x) for form, x in ((first, s), (second, t))]
    joint = np.concatenate([s * first[:, :, None] + sign * t * second[:, :, None] for sign in (1.0, -1.0)], axis=2)
    together = _characteristic(np.moveaxis(joint, 2, 0), np.ones(2 * s.size))
    integrand = 1.0 - along[0] - along[1] + 0.5 * (together[: s.size] + together[s.size :])
    return float(4.0 / math.pi**2 * sizes[0] * sizes[1] * (weights @ integrand))


def _characteristic(forms: Array, s: Array) -> Array:
    """Return the real part of ``E exp(i s z^T form z)`` for standard normal z; one form, or one for every s."""
    return np.asarray(np.prod((1.0 - 2.0j * s[:, None] * np.linalg.eigvalsh(forms)) ** -0.5, axis=-1).real)


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
