r"""The joint law of the two smallest eigenvalues of a GOE matrix of finite size, from one Pfaffian.

Let x_0 <= ... <= x_{n-1} have density proportional to prod |x_i - x_j| prod w(x_i) with w(x) = exp(-x^2/2). With all
functions psi_i = p_i w, p_i polynomials of degree i = 0..n-1, restricted to the half-line above b, de Bruijn's formula
gives the probability that all eigenvalues are above b as a Pfaffian,

    P(x_0 > b) = const Pf(A),   A_ij = iint_{x, y > b} sgn(y - x) psi_i(x) psi_j(y) dx dy,

where for odd n the matrix has one row more, for a function with all its mass at plus infinity. Let point masses be
added to the weight at a < b and at b. Their coefficients are the densities of eigenvalues there when all other
eigenvalues are above b, and a Pfaffian is linear in each of these rank-two updates. With M_i = int_b^inf psi_i dx,

    density of (x_0, x_1) at (a, b)       = const Pf(A) |psi(a)^T A^{-1} psi(b)|,
    density of x_0 at a while x_1 > b     = const Pf(A) |psi(a)^T A^{-1} M|.

The polynomials are orthonormal for w^2 on the half-line, so that A is well conditioned even where the event is rare:
both densities are accurate relative to themselves. The constant is that of Mehta's integral.
"""

import math
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from spinglass._common.types import Array
from theory.kac_rice.legendre import legendre_rule

# Numbers in the largest array of one pass, to bound memory.
_PASS = 4_000_000
# The half-line is cut where squares of the functions are below about exp(-44) of their largest value.
_MARGIN = 6.5


def log_joint_density(a: Array, b: Array, n: int) -> Array:
    """Return the logarithm of the density of the two smallest eigenvalues at (a, b), where a <= b.

    Parameters
    ----------
    a, b : array, shape (m,)
        The smallest and the second smallest eigenvalue.
    n : int
        Size of the matrix, at least 2.

    Returns
    -------
    array, shape (m,)
        The logarithm of the density; -inf where a = b.
    """
    return _by_passes(a, b, n, at_b=True)


def log_density_with_gap(a: Array, b: Array, n: int) -> Array:
    """Return the logarithm of the density of the smallest eigenvalue at a while all others are above b, a <= b.

    Parameters
    ----------
    a, b : array, shape (m,)
        The smallest eigenvalue, and the bound on the others.
    n : int
        Size of the matrix, at least 2.

    Returns
    -------
    array, shape (m,)
        The logarithm of the density.
    """
    return _by_passes(a, b, n, at_b=False)


def _by_passes(a: Array, b: Array, n: int, *, at_b: bool) -> Array:
    result = np.empty(a.size)
    size = max(1, _PASS // (n * _node_count(n)))
    # For matrices of this size BLAS would spend most of its time on passing work between threads.
    with threadpool_limits(limits=1, user_api="blas"):
        for start in range(0, a.size, size):
            rows = slice(start, start + size)
            result[rows] = _half_line(b[rows], n).log_density(a[rows], at_b=at_b)
    return result


def seconds_per_point(n: int) -> float:
    """Return the approximate time in seconds that one point of either density takes."""
    return 2e-5 + 2e-10 * n * _node_count(n) ** 2


class _HalfLine(NamedTuple):
    """Orthonormal polynomials on each half-line above b, and the Pfaffian of their functions.

    Attributes
    ----------
    b : array, shape (m,)
        The ends.
    unit : array, shape (m,)
        Squared weights are ``exp(unit - x^2)``, so that they do not underflow.
    centre, width : array, shape (m, n)
        Coefficients of the recurrence ``width_{j+1} p_{j+1} = (x - centre_j) p_j - width_j p_{j-1}``; ``width_0`` is
        ``1/p_0``.
    mass : array, shape (m, N)
        The integrals M, with 1 for the function at plus infinity if n is odd; N is n or n + 1.
    matrix : array, shape (m, N, N)
        The skew matrix A.
    log_constant : float
        Logarithm of the constant of Mehta's integral.
    """

    b: Array
    unit: Array
    centre: Array
    width: Array
    mass: Array
    matrix: Array
    log_constant: float

    def log_density(self, a: Array, *, at_b: bool) -> Array:
        """Return the logarithm of the density at a and b, or of the density at a while the others are above b."""
        n = self.centre.shape[1]
        here, log_unit = self._functions(a)
        there, log_other = self._functions(self.b) if at_b else (self.mass, 0.0)
        form = np.einsum("bi,bi->b", here, np.linalg.solve(self.matrix, there[..., None])[..., 0])
        # Pf(A)^2 = det A, and the leading coefficients of the orthonormal polynomials are those of prod |x_i - x_j|.
        log_pfaffian = 0.5 * np.linalg.slogdet(self.matrix)[1] + np.log(self.width) @ np.arange(n, 0, -1.0)
        weights = -0.5 * a * a - 0.5 * (n - 1) * self.unit
        with np.errstate(divide="ignore"):
            value = np.log(np.abs(form))
        if at_b:
            value = np.where(self.b > a, value + 0.5 * (self.unit - self.b**2), -math.inf)
        return np.asarray(self.log_constant + log_pfaffian + value + log_unit + log_other + weights)

    def _functions(self, x: Array) -> tuple[Array, Array]:
        """Return the polynomials at one x per half-line, shape (m, N), in units of the exponential of the second."""
        m, n = self.centre.shape
        # In units of ratio^j the j-th polynomial neither overflows nor underflows, however far x is.
        ratio = np.maximum(1.0, np.abs(x) / math.sqrt(n))
        values = np.zeros((m, self.mass.shape[1]))
        before, now = np.zeros(m), 1.0 / self.width[:, 0]
        for j in range(n):
            values[:, j] = now * ratio ** -(n - 1.0 - j)
            if j < n - 1:
                after = (x - self.centre[:, j]) / ratio * now - self.width[:, j] * (j > 0) / ratio**2 * before
                before, now = now, after / self.width[:, j + 1]
        return values, (n - 1) * np.log(ratio)


def _half_line(b: Array, n: int) -> _HalfLine:
    nodes, weights = _nodes(b, n)
    unit = np.maximum(b, 0.0) ** 2
    root = np.exp(0.5 * (unit[:, None] - nodes**2))
    polynomials, centre, width = _orthonormal(nodes, weights * root**2, n)
    functions = polynomials * root[:, None]
    mass = np.einsum("bjm,bm->bj", functions, weights)
    half = 0.5 * (nodes[:, -1] - nodes[:, 0]) / (legendre_rule(nodes.shape[1])[0][-1])
    primitive = (functions * half[:, None, None]) @ legendre_rule(nodes.shape[1])[2].T
    product = 2.0 * primitive @ (functions * weights[:, None]).transpose(0, 2, 1)
    matrix = 0.5 * (product - product.transpose(0, 2, 1))
    if n % 2:
        matrix = np.pad(matrix, ((0, 0), (0, 1), (0, 1)))
        matrix[:, :n, n], matrix[:, n, :n] = mass, -mass
        mass = np.pad(mass, ((0, 0), (0, 1)), constant_values=1.0)
    return _HalfLine(b, unit, centre, width, mass, matrix, _log_constant(n))


def _orthonormal(x: Array, measure: Array, n: int) -> tuple[Array, Array, Array]:
    """Return n orthonormal polynomials at the nodes, shape (m, n, nodes), and their recurrence (Stieltjes' method)."""
    polynomials = np.empty((x.shape[0], n, x.shape[1]))
    centre, width = np.zeros((2, x.shape[0], n))
    before, now = np.zeros_like(x), np.ones_like(x)
    for j in range(n):
        width[:, j] = np.sqrt(np.einsum("bm,bm->b", measure, now**2))
        now = now / width[:, j, None]
        polynomials[:, j] = now
        centre[:, j] = np.einsum("bm,bm->b", measure * x, now**2)
        before, now = now, (x - centre[:, j, None]) * now - width[:, j, None] * (j > 0) * before
    return polynomials, centre, width


def _nodes(b: Array, n: int) -> tuple[Array, Array]:
    """Return Gauss-Legendre nodes and weights on each half-line, cut where the functions are negligible."""
    edge = math.sqrt(2.0 * n)
    low = np.maximum(b, -edge - _MARGIN)
    # Zeros of the polynomials above b fill an interval of this length (the equilibrium measure of x^2 on [b, inf)).
    length = (np.sqrt(b * b + 6.0 * n) - b) * (2.0 / 3.0)
    high = np.where(b > -edge, b + length, edge)
    # Far right of the origin the squared weight decays as exp(-2 b t), and the polynomials become those of Laguerre.
    high = high + np.minimum(_MARGIN, (22.0 + 15.0 * n ** (1 / 3)) / np.maximum(b, 1.0))
    x, weights, _ = legendre_rule(_node_count(n))
    half = 0.5 * (high - low)[:, None]
    return 0.5 * (high + low)[:, None] + half * x, half * weights


def _node_count(n: int) -> int:
    """Return a number of nodes that resolves products of two functions to rounding on the longest interval.

    They have wavelengths down to pi/sqrt(2n), and an envelope exp(-x^2).
    """
    return 40 + 2 * n + math.ceil(18.0 * math.sqrt(n))


def _log_constant(n: int) -> float:
    """Return the logarithm of n! over Mehta's integral, ``(2 pi)^(n/2) prod_j Gamma(1 + j/2)/Gamma(3/2)``."""
    mehta = sum(math.lgamma(1.0 + j / 2.0) - math.lgamma(1.5) for j in range(1, n + 1))
    return math.lgamma(n + 1) - 0.5 * n * math.log(2.0 * math.pi) - mehta
