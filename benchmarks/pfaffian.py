"""High-precision laws of GOE eigenvalues, by formulas and code that the package does not use.

The number N of eigenvalues below t has ``E z^N = Pf(A(z))/Pf(A(1))`` (de Bruijn 1955). Here A is built over plain
monomials, whose integrals follow by parts, in ball arithmetic with enough bits for its bad condition.
"""

from collections.abc import Sequence
from itertools import pairwise

import mpmath
from flint import arb, arb_mat, ctx

_SPACING = 300  # bits: the generating function is sampled at multiples of 2^-300


def count_probabilities(n: int, t: float | arb, most: int, digits: int = 50) -> list[arb]:
    """Return P(exactly j eigenvalues lie below t), j = 0..most, for the joint density of weight exp(-x^2/2)."""
    before = ctx.prec
    ctx.prec = 14 * n + 300 + 4 * digits + (most + 2) * _SPACING
    try:
        t = arb(t)
        below, inside = _moments(n, t)
        everywhere, whole = _moments(n, None)
        above = [s - b for s, b in zip(everywhere, below, strict=True)]
        norm = _matrix(n, (below, inside, above, whole), arb(1)).det()
        points = [arb(j) * arb(2) ** -_SPACING for j in range(most + 1)]
        # The Pfaffian's square is the determinant, and the generating function is positive.
        values = [(_matrix(n, (below, inside, above, whole), z).det() / norm).sqrt() for z in points]
        return _taylor(values)
    finally:
        ctx.prec = before


def rank_density(n: int, t: float, k: int) -> mpmath.mpf:
    """Return the density at t of the k-th smallest eigenvalue, by a central difference of the exact law."""
    before = ctx.prec
    ctx.prec = 14 * n + 700 + (k + 2) * _SPACING
    try:
        step = arb(2) ** -100
        above, under = (sum(count_probabilities(n, arb(t) + s * step, k), arb(0)) for s in (1, -1))
        return _as_mpf((under - above) / (2 * step))
    finally:
        ctx.prec = before


def rank_cdf(n: int, t: float, k: int) -> mpmath.mpf:
    """Return P(the k-th smallest eigenvalue lies below t)."""
    before = ctx.prec
    ctx.prec = 700  # a small probability is the difference of 1 and a number close to it
    try:
        return _as_mpf(1 - sum(count_probabilities(n, t, k), arb(0)))
    finally:
        ctx.prec = before


def one_point_density(n: int, x: float) -> mpmath.mpf:
    """Return the mean density at x of all n eigenvalues, by Mehta's sum over Hermite functions, to 50 digits."""
    with mpmath.workdps(60):
        x = mpmath.mpf(x)
        root = mpmath.sqrt(2)
        psi = [mpmath.pi ** mpmath.mpf(-0.25) * mpmath.exp(-x * x / 2)]
        # Halves of the integrals left of x minus those right of it, and over the whole line.
        signed = [mpmath.pi ** mpmath.mpf(-0.25) * mpmath.sqrt(mpmath.pi / 2) * mpmath.erf(x / root), -root * psi[0]]
        whole = [mpmath.pi ** mpmath.mpf(0.25) * root, mpmath.mpf(0)]
        for j in range(n):
            earlier = psi[j - 1] if j else 0
            psi.append((root * x * psi[j] - mpmath.sqrt(j) * earlier) / mpmath.sqrt(j + 1))
            if j:
                signed.append((mpmath.sqrt(j) * signed[j - 1] - root * psi[j]) / mpmath.sqrt(j + 1))
                whole.append(mpmath.sqrt(mpmath.mpf(j) / (j + 1)) * whole[j - 1])
        total = mpmath.fsum(p * p for p in psi[:n]) + mpmath.sqrt(mpmath.mpf(n) / 2) * psi[n - 1] * signed[n]
        return total + (psi[n - 1] / whole[n - 1] if n % 2 else 0)


def _as_mpf(value: arb) -> mpmath.mpf:
    with mpmath.workdps(60):
        return mpmath.mpf(value.mid().str(50, radius=False))


def _matrix(n: int, moments: tuple[list[arb], list[list[arb]], list[arb], list[list[arb]]], z: arb) -> arb_mat:
    below, inside, above, whole = moments
    size = n + n % 2
    matrix = arb_mat(size, size)
    for i in range(n):
        for j in range(i):
            both = inside[i][j] - inside[j][i]
            cross = below[i] * above[j] - above[i] * below[j]
            rest = whole[i][j] - whole[j][i] - both - cross
            matrix[i, j] = z * z * both + z * cross + rest
            matrix[j, i] = -matrix[i, j]
        if n % 2:
            matrix[i, n] = z * below[i] + above[i]
            matrix[n, i] = -matrix[i, n]
    return matrix


def _moments(n: int, t: arb | None) -> tuple[list[arb], list[list[arb]]]:
    """``int_{-inf}^t x^i w`` and ``int int_{x<y<t} x^i y^j w w``, w = exp(-x^2/2), by parts; None is infinity."""
    zero, half_pi = arb(0), (arb.pi() / 2).sqrt()
    w = zero if t is None else (-t * t / 2).exp()
    powers = [zero] * (2 * n) if t is None else _powers(t, 2 * n)
    single = [2 * half_pi if t is None else half_pi * (-t / arb(2).sqrt()).erfc(), -w]
    square = [arb.pi().sqrt() if t is None else arb.pi().sqrt() / 2 * (-t).erfc(), -w * w / 2]
    for p in range(2, 2 * n):
        single.append(-powers[p - 1] * w + (p - 1) * single[p - 2])
        square.append(-powers[p - 1] * w * w / 2 + arb(p - 1) / 2 * square[p - 2])
    ordered = [[zero] * n for _ in range(n)]
    for j in range(n):
        if j == 0:
            ordered[0][0] = single[0] ** 2 / 2
        elif j == 1:
            ordered[0][1] = -w * single[0] + square[0]
        else:
            ordered[0][j] = -powers[j - 1] * w * single[0] + (j - 1) * ordered[0][j - 2] + square[j - 1]
        for i in range(1, n):
            ordered[i][j] = ((i - 1) * ordered[i - 2][j] if i > 1 else zero) - square[i + j - 1]
    return single[:n], ordered


def _powers(t: arb, count: int) -> list[arb]:
    powers = [arb(1)]
    for _ in range(count - 1):
        powers.append(powers[-1] * t)
    return powers


def _taylor(values: Sequence[arb]) -> list[arb]:
    """Return the Taylor coefficients at 0 of a function known at multiples of 2^-300, by finite differences."""
    differences, coefficients = list(values), [values[0]]
    for k in range(1, len(values)):
        differences = [b - a for a, b in pairwise(differences)]
        coefficients.append(differences[0] * arb(2) ** (_SPACING * k) / arb.fac_ui(k))
    return coefficients
