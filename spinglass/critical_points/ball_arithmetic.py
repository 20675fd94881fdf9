"""Certificates in ball arithmetic, for solutions too ill-conditioned for the bounds of :mod:`.certification`.

Coefficients are exact here: the energy is the polynomial ``sum_H a_H sum_s J_s x^s``, and the floating-point numbers
``a_H`` and ``J_s`` (the packed couplings) are taken as exact.
"""

from collections.abc import Mapping
from math import frexp

import numpy as np
from flint import acb, acb_mat, arb, ctx
from numpy.typing import NDArray

from spinglass import couplings
from spinglass._common.types import Array

_BITS = 256
_NEWTON_STEPS = 6  # each step doubles the digits; from 1e-8, six steps give more than _BITS
_NEAR = 1e-4  # a point from which Newton's method moves further was not an approximate solution
_RADIUS = 2.0**-48  # radius of the box around a centre that is rounded to float64


class ExactSystem:
    """The system of :mod:`.system` for given packed couplings ``{H: J}`` and weights ``{H: a}``."""

    def __init__(self, n: int, packed: Mapping[int, Array], weights: Mapping[int, float]) -> None:
        self._n, self._degree = n, max(2, *packed)
        self._variables = n + (len(packed) > 1 or self._degree not in packed)
        self._monomials: list[tuple[acb, dict[int, int]]] = []
        # A power of two makes the largest coupling one of order 1, because radii and precision are absolute.
        sizes = [frexp(float(np.abs(J).max()))[1] + frexp(weights[H])[1] for H, J in packed.items()]
        unit = acb(2) ** -max(sizes, default=0)
        for H, values in packed.items():
            indices = couplings.indices(np.arange(len(values)), n, H)
            for value, row in zip(values, indices, strict=True):
                variables, powers = np.unique(row, return_counts=True)
                exponents = dict(zip(variables.tolist(), powers.tolist(), strict=True))
                if self._degree > H:
                    exponents[n] = self._degree - H
                if value:
                    self._monomials.append((acb(float(value)) * acb(float(weights[H])) * unit, exponents))

    def _derivatives(self, X: list[acb]) -> tuple[list[acb], list[list[acb]]]:
        """Return the first and second derivatives of the homogenised energy."""
        first = [acb(0) for _ in X]
        second = [[acb(0) for _ in X] for _ in X]
        for value, exponents in self._monomials:
            for i, p in exponents.items():
                one_less = exponents | {i: p - 1}
                first[i] += value * p * _monomial(X, one_less)
                for j, q in one_less.items():
                    if q:
                        second[i][j] += value * p * q * _monomial(X, one_less | {j: q - 1})
        return first, second

    def _residual_and_jacobian(self, X: list[acb], eigenvalue: acb, a: list[acb]) -> tuple[acb_mat, acb_mat]:
        n, N = self._n, self._variables
        first, second = self._derivatives(X)
        residual = [first[i] - eigenvalue * X[i] for i in range(n)]
        rows = [[second[i][j] - (eigenvalue if i == j else 0) for j in range(N)] + [-X[i]] for i in range(n)]
        if n < N:
            residual.append((sum((X[i] ** 2 for i in range(n)), acb(0)) - X[n] ** 2) / 2)
            rows.append([*X[:n], -X[n], acb(0)])
        residual.append(sum((u * v for u, v in zip(a, X, strict=True)), acb(-1)))
        rows.append([*a, acb(0)])
        return acb_mat([[value] for value in residual]), acb_mat(rows)

    def prove(self, point: NDArray[np.complex128]) -> tuple[NDArray[np.complex128], float]:
        """Return a centre near ``point`` and the radius of a box with exactly one solution.

        The radius is infinite if there is no proof. The centre of a real point is real.
        """
        with ctx.workprec(_BITS):
            try:
                return self._prove(point)
            except ZeroDivisionError:  # a matrix is singular, or not provably regular
                return point, np.inf

    def _prove(self, point: NDArray[np.complex128]) -> tuple[NDArray[np.complex128], float]:
        N = self._variables
        real = not point.imag.any()
        a = [acb(z.real, -z.imag) for z in point]
        u = [acb(z.real, z.imag) for z in point]
        first, _ = self._derivatives(u)
        length = sum((abs(z) ** 2 for z in point[: self._n]), 0.0)
        u.append(sum((a[i] * first[i] for i in range(self._n)), acb(0)) / length)
        for _ in range(_NEWTON_STEPS):
            residual, jacobian = self._residual_and_jacobian(u[:N], u[N], a)
            step = jacobian.mid().solve(residual.mid())
            u = [(u[i] - step[i, 0]).mid() for i in range(N + 1)]
        centre = np.array([complex(z.real, 0.0 if real else z.imag) for z in u])
        if not np.abs(centre[:N] - point).max() < _NEAR:
            return point, np.inf
        u = [acb(z.real, z.imag) for z in centre]
        residual, jacobian = self._residual_and_jacobian(u[:N], u[N], a)
        inverse = jacobian.mid().inv().mid()
        scale = [1.0] * N + [max(1.0, abs(centre[N]))]
        box = [_disc(z, _RADIUS * s) for z, s in zip(u, scale, strict=True)]
        _, spread = self._residual_and_jacobian(box[:N], box[N], a)
        identity = acb_mat([[int(i == j) for j in range(N + 1)] for i in range(N + 1)])
        offset = acb_mat([[_disc(acb(0), _RADIUS * s)] for s in scale])
        image = (identity - inverse * spread) * offset - inverse * residual
        inside = all(image[i, 0].abs_upper() < _RADIUS * s for i, s in enumerate(scale))
        return (centre[:N], _RADIUS) if inside else (point, np.inf)


def _monomial(X: list[acb], exponents: Mapping[int, int]) -> acb:
    product = acb(1)
    for i, p in exponents.items():
        if p:
            product *= X[i] if p == 1 else X[i] ** p
    return product


def _disc(centre: acb, radius: float) -> acb:
    """Return a square ball that contains the disc of this radius."""
    return centre + acb(arb(0, radius), arb(0, radius))
