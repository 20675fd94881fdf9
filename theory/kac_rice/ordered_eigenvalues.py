r"""Tables of the laws of all ordered GOE eigenvalues, from one Pfaffian.

Let x_0 <= ... <= x_{n-1} have density proportional to prod |x_i - x_j| prod exp(-x_i^2/2), let N be the number of
those below t, and let w = z below t and w = 1 above. With a_j the integral of the Hermite function psi_j from minus
infinity and m_j that over the whole line, de Bruijn's formula gives

    E z^N = Pf(A(z)) / Pf(A(1)),   A_ij(z) = iint sgn(y - x) psi_i(x) psi_j(y) w(x) w(y) dx dy

(for odd n one row more: a function with all its mass at plus infinity). Splitting w(x) w(y) into its values on
the four quadrants and integrating by parts,

    A(z) = A(1) + (z^2 - 1) X + (z - 1)(a m^T - m a^T),   X_ij = int_{-inf}^t (a_i psi_j - psi_i a_j) dx,

and A(1)^{-1} = T/2 on psi_0..psi_{n-1}, where T is skew and tridiagonal with T_{j,j-1} = sqrt(j/2) (the same holds for
odd n, apart from the extra row). The eigenvalues of A(1)^{-1} X come in equal pairs lambda_p, because both matrices are
skew. They lie in [0, 1] in every case computed; this is not proved here. A Pfaffian is linear in a rank-two update.
With Y = z^2, Q(Y) = prod_p (1 + (Y-1) lambda_p) and the bilinear forms s_uv(Y) = u^T (A(1) + (Y-1) X)^{-1} v, whose
poles are the zeros of the factors of Q,

    E z^N = Q(z^2) - (z - 1) Q(z^2) s_am(z^2),
    sum_k f_k(t) z^k = Q(z^2) ((1 + z) s_psi,a(z^2) - s_psi,m(z^2)),   psi = (psi_j(t)),

where f_k is the density of x_k at t. Q is the generating function of floor(N/2) (for odd n that of a symplectic
ensemble: Forrester and Rains 2001). All results are thus coefficients of a few polynomials in Y, which are built from
Bernoulli factors.

With m Gauss-Legendre nodes left of t, X = U^T J U, where U = [a; psi] has 2m rows and J = [[0, 1], [-1, 0]]. The
2m x 2m matrix J U (T/2) U^T therefore has the same non-zero eigenvalues; near the edge m is small for every n. The
tests compare the formulas with Pfaffians in high precision and with sampled matrices.

Rounding changes each lambda_p by about 1e-16 of the largest. A density that depends on a smaller lambda_p or
1 - lambda_p is lost, so every density has a bound on its error. The bound is the difference of two values of the same
polynomials with all terms made positive: one with the factors as they are, and one with every factor increased by its
rounding error.
"""

import math
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import roots_legendre
from threadpoolctl import ThreadpoolController

from spinglass._common.types import Array
from theory.kac_rice.hermite import HermiteTable, hermite_integral, hermite_table
from theory.large_n.semicircle import semicircle_fraction

# Errors of lambda_p and c_p relative to the largest, and of a sum relative to its largest term. They are about three
# times the values at which the bounds hold in comparison with ball arithmetic (see benchmarks/accuracy.py).
_ROUNDING = 1e-14
_ROUNDING_OF_SUMS = 1e-13
# Diagonalising takes about this many seconds times the cube of the matrix size, at each point.
_SECONDS_PER_CUBE = 2.7e-9


class OrderTable(NamedTuple):
    """Laws of the ordered eigenvalues at points t_b <= 0; columns end where float64 holds only 0.

    Attributes
    ----------
    density : array, shape (b, k)
        The density of x_k at t_b, in units of ``exp(log_scale[b] - t_b^2/2)``.
    error : array, shape (b, k)
        Bound on the error of ``density``, in the same unit.
    log_scale : array, shape (b,)
        Logarithm of the scale at each point.
    pairs : array, shape (b, j)
        Probability that ``floor(N/2) = j``.
    odd : array, shape (b, j)
        Probability that ``N = 2j + 1``.
    """

    density: Array
    error: Array
    log_scale: Array
    pairs: Array
    odd: Array


def order_table(t: Array, n: int) -> OrderTable:
    """Return the densities of the ordered eigenvalues at each t <= 0, and the law of their number below it."""
    inner, at_t = _tables(t, n)
    a_t, log_scale = at_t.primitive[:n].T, at_t.log_scale
    left = np.stack([at_t.psi[:n].T, a_t * np.exp(log_scale - 0.5 * t * t)[:, None]], axis=1)
    right = np.zeros((t.size, n, 2))
    right[:, :, 0] = _half_inverse(left[:, 1, :, None])[:, :, 0]
    right[:, n - 1, 1] = 0.5 * _end_constant(n)
    with _blas().limit(limits=1, user_api="blas"):
        lam, c = _modes(inner, left, right)
    # The required forms are (psi, a), (psi, m) and (a, m).
    first, second = [0, 0, 1], [0, 1, 1]
    direct, c = (left @ right)[:, first, second], c[:, first, second]
    pairs, forms = _expand(lam, direct, c)
    by_index = np.stack([forms[:, 0] - forms[:, 1], forms[:, 0]], axis=2).reshape(t.size, -1)
    error = _error_bound(lam, direct[:, :2], c[:, :2])
    errors = np.stack([error[:, 0] + error[:, 1], error[:, 0]], axis=2).reshape(t.size, -1)
    return OrderTable(by_index[:, :n], errors[:, :n], log_scale, pairs, -forms[:, 2])


def seconds_per_point(t: float, n: int) -> float:
    """Return the approximate time in seconds that :func:`order_table` takes for one point t."""
    return _SECONDS_PER_CUBE * min(n, 2 * _node_count(min(t, 0.0), n)) ** 3


def one_point_table(t: Array, n: int) -> tuple[Array, Array]:
    """Return ``(r, log_scale)``: the one-point density at t <= 0 is ``r exp(log_scale - t^2/2)``."""
    psi, primitive, log_scale = hermite_table(t, n)
    squares = np.einsum("jb,jb->b", psi[:n], psi[:n]) + math.sqrt(0.5 * n) * psi[n - 1] * primitive[n]
    return np.exp(log_scale - 0.5 * t * t) * squares - 0.5 * _end_constant(n) * psi[n - 1], log_scale


def _tables(t: Array, n: int) -> tuple[Array, HermiteTable]:
    """Return U at the quadrature nodes left of each t, shape (len(t), 2m, n), and the table at t itself."""
    x, weights = _nodes(t, n)
    table = hermite_table(np.concatenate([x.ravel(), t]), n)
    split = x.size
    size = np.exp(table.log_scale[:split] - 0.5 * x.ravel() ** 2) * np.sqrt(weights.ravel())
    # The factor gives a and psi the same scale: psi is larger by about sqrt(2n).
    balance = (2.0 * n) ** 0.25
    rows = np.stack([table.primitive[:n, :split] * balance, table.psi[:n, :split] / balance]) * size
    inner = rows.reshape(2, n, *x.shape).transpose(2, 0, 3, 1).reshape(t.size, 2 * x.shape[1], n)
    return inner, HermiteTable(table.psi[:, split:], table.primitive[:, split:], table.log_scale[split:])


def _nodes(t: Array, n: int) -> tuple[Array, Array]:
    """Return Gauss-Legendre nodes and weights on (L, t) for each t, where L is so small that the rest is negligible."""
    edge = math.sqrt(2.0 * n)
    start = np.maximum(-t, edge)
    # psi_{n-1} decays like exp(-W) beyond the turning point, where W' = sqrt(x^2 - 2n). Products of two enter, so
    # W(L) - W(start) = 22 leaves exp(-44) of them. W is convex, so Newton's method from the far side converges.
    far = start + np.minimum((33.0 / math.sqrt(2.0 * edge)) ** (2 / 3), math.sqrt(44.0))
    for _ in range(30):
        far = far - (_decay(far, n) - _decay(start, n) - 22.0) / np.sqrt(far**2 - 2.0 * n)
    nodes, weights = _gauss_legendre(_node_count(float(t.max()), n))
    half = 0.5 * (t + far)[:, None]
    return t[:, None] + half * (nodes - 1.0), half * weights


def _node_count(t: float, n: int) -> int:
    """Return one node per half wave of psi_i psi_j plus a margin, with which the tables are accurate to 1e-13."""
    return 26 + math.ceil(3.0 * n * float(semicircle_fraction(t / math.sqrt(2.0 * n))))


@lru_cache(maxsize=64)
def _gauss_legendre(m: int) -> tuple[Array, Array]:
    nodes, weights = roots_legendre(m)
    return nodes, weights


def _decay(x: Array, n: int) -> Array:
    root = np.sqrt(np.maximum(x**2 - 2.0 * n, 0.0))
    return np.asarray(0.5 * x * root - n * np.log((x + root) / math.sqrt(2.0 * n)))


def _half_inverse(v: Array) -> Array:
    """Apply A(1)^{-1} = T/2 to the columns of ``v``, shape (..., n, columns)."""
    slope = 0.5 * np.sqrt(0.5 * np.arange(1, v.shape[-2]))[:, None]
    product = np.zeros_like(v)
    product[..., 1:, :] = slope * v[..., :-1, :]
    product[..., :-1, :] -= slope * v[..., 1:, :]
    return product


def _end_constant(n: int) -> float:
    """Return kappa in ``A(1)^{-1} m = (kappa/2) e_{n-1}``, read off the integrals of psi_n or psi_{n-1}."""
    if n % 2 == 0:
        return math.sqrt(0.5 * n) * hermite_integral(n)
    return -2.0 / hermite_integral(n - 1)


@cache
def _blas() -> ThreadpoolController:
    # For matrices of this size BLAS would spend most of its time on passing work between threads.
    return ThreadpoolController()


def _modes(inner: Array, left: Array, right: Array) -> tuple[Array, Array]:
    """Return lambda_p, largest first, shape (b, modes), and the c_p of every form, (b, left, right, modes).

    The forms are ``left . right - xi sum_p c_p/(1 + xi lambda_p)``. The n x n and the 2m x 2m matrix have the same
    non-zero eigenvalues; the smaller one is diagonalised.
    """
    m, n = inner.shape[1] // 2, inner.shape[2]
    rotated = np.concatenate([-inner[:, m:], inner[:, :m]], axis=1)
    outer = _half_inverse(rotated.transpose(0, 2, 1))
    if n <= 2 * m:
        matrix = outer @ inner
    else:
        matrix, left, right = inner @ outer, left @ outer, inner @ right
    values, vectors = np.linalg.eig(matrix)
    c = (left @ vectors)[:, :, None, :] * np.linalg.solve(vectors, right + 0j).transpose(0, 2, 1)[:, None]
    if n <= 2 * m:
        c = c * values[:, None, None, :]
    order = np.argsort(-values.real, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    c = np.take_along_axis(c, order[:, None, None, :], axis=3)
    even = values.shape[1] // 2 * 2
    lam = np.clip(0.5 * (values[:, 0:even:2] + values[:, 1:even:2]).real, 0.0, 1.0)
    # An eigenvalue without a partner is a mode at lambda = 0 up to rounding.
    return lam, (c[..., 0:even:2] + c[..., 1:even:2]).real


def _expand(lam: Array, direct: Array, c: Array) -> tuple[Array, Array]:
    """Return Q(Y) and Q(Y) s(Y) for each form as coefficients in Y, mode by mode.

    ``s = direct - (Y-1) sum_p c_p/(1 + (Y-1) lambda_p)``; R is the sum of ``c_p Q/(1 + (Y-1) lambda_p)``.
    """
    # All other modes have no weight.
    live = int(np.count_nonzero(lam.max(axis=0) > 1e-300))
    q = np.zeros((lam.shape[0], 1, live + 2))
    q[..., 0] = 1.0
    r = np.zeros((*direct.shape, live + 2))
    for p in range(live):
        weight = lam[:, p, None, None]
        r = (1.0 - weight) * r + weight * _times_y(r) + c[:, :, p, None] * q
        q = (1.0 - weight) * q + weight * _times_y(q)
    r += c[:, :, live:].sum(axis=2)[..., None] * q
    return q[:, 0], direct[..., None] * q - _times_y(r) + r


def _error_bound(lam: Array, direct: Array, c: Array) -> Array:
    """Return a bound on the rounding error of each coefficient of the forms of ``_expand``."""
    exact = _majorant(lam, direct, c, 0.0)
    # The constant covers values that underflow.
    return _majorant(lam, direct, c, _ROUNDING) - exact + _ROUNDING_OF_SUMS * exact + 1e-300


def _majorant(lam: Array, direct: Array, c: Array, rounding: float) -> Array:
    """Return the forms of ``_expand`` with all terms made positive and every factor increased by its rounding error."""
    live = int(np.count_nonzero(lam.max(axis=0) > 1e-300))
    off = rounding * lam[:, :1, None]
    size = np.abs(c)
    size += rounding * size.max(axis=2, keepdims=True, initial=0.0)
    q = np.zeros((lam.shape[0], 1, live + 2))
    q[..., 0] = 1.0
    r = np.zeros((*direct.shape, live + 2))
    for p in range(live):
        below, above = lam[:, p, None, None] + off, 1.0 - lam[:, p, None, None] + off
        r = above * r + below * _times_y(r) + size[:, :, p, None] * q
        q = above * q + below * _times_y(q)
    r += size[:, :, live:].sum(axis=2)[..., None] * q
    return np.asarray(np.abs(direct)[..., None] * q + _times_y(r) + r)


def _times_y(polynomial: Array) -> Array:
    product = np.zeros_like(polynomial)
    product[..., 1:] = polynomial[..., :-1]
    return product
