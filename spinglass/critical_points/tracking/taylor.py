"""Kernels: a Newton step on each path and the power series around the new point, from one factorisation.

The homotopy ``t T_1(x) + (1-t) c x^(d-1) = lambda x`` (with ``x.x = x_0^2`` for mixed models) is followed in projective
space: every point is scaled to |X| = 1, and the coefficients of the series satisfy ``conj(X).X_k = 0`` for k >= 1.
"""

from typing import NamedTuple

from spinglass._common.jit import jit_without_references
from spinglass._common.types import Array
from spinglass.critical_points.tracking.bordered import border, dot, factorise, hermitian, solve_bordered
from spinglass.critical_points.tracking.contraction import (
    add_contraction,
    add_products,
    clear,
    gradient_known,
    raise_diagonal,
    raise_levels,
)
from spinglass.critical_points.tracking.simd import (
    aligned_rows,
    conjugate,
    load,
    load_real,
    reciprocal,
    splat,
    store,
    zero,
)
from spinglass.critical_points.tracking.tensor import Form

_SIGMA = 1.0  # weight of the imaginary rank-one term that keeps the matrix regular; the form is scaled to order 1


class Workspace(NamedTuple):
    """Memory for eight paths: arrays of lanes, complex unless stated otherwise.

    Attributes
    ----------
    point
        The predicted point X, |X| = 1.
    time
        The homotopy parameter t, real, one row.
    x, eigenvalue, f, g
        Series coefficients of X, lambda, T_1 and the T_1 of the start form, one after the other.
    level, diagonal
        Series coefficients of the levels of the form and of the start form.
    matrix, pivot, z, y, corner
        Factors and border of the linear system.
    change, shift
        Newton's correction of X and of lambda.
    turn
        The constant i sigma.
    """

    point: Array
    time: Array
    x: Array
    eigenvalue: Array
    f: Array
    g: Array
    level: Array
    diagonal: Array
    matrix: Array
    pivot: Array
    z: Array
    y: Array
    corner: Array
    change: Array
    shift: Array
    turn: Array


def workspace(form: Form, order: int) -> Workspace:
    """Allocate the memory for series up to ``order``."""
    n, variables, terms = form.spins, form.variables, order + 1
    turn = aligned_rows(2)
    turn[1] = _SIGMA
    return Workspace(
        point=aligned_rows(2 * variables),
        time=aligned_rows(1),
        x=aligned_rows(2 * variables * terms),
        eigenvalue=aligned_rows(2 * terms),
        f=aligned_rows(2 * n * terms),
        g=aligned_rows(2 * n * terms),
        level=aligned_rows(2 * form.rows * terms),
        diagonal=aligned_rows(2 * n * (form.degree - 2) * terms),
        matrix=aligned_rows(n * (n + 1)),
        pivot=aligned_rows(2 * n),
        z=aligned_rows(2 * n),
        y=aligned_rows(2 * n),
        corner=aligned_rows(8),
        change=aligned_rows(2 * variables),
        shift=aligned_rows(2),
        turn=turn,
    )


@jit_without_references
def _evaluate(form: Form, c: Array, w: Workspace) -> None:
    """Compute the zeroth coefficients at ``point``: levels, gradients, Rayleigh quotient and residual."""
    n = form.spins
    for i in range(form.variables):
        store(w.x, i, load(w.point, i))
    raise_levels(form, 0, w.x, w.level)
    raise_diagonal(form, c, 0, w.x, w.diagonal)
    clear(w.f, 0, n)
    clear(w.g, 0, n)
    add_contraction(form.table, 0, n, w.level, 0, w.point, 0, 1.0, w.f, 0)
    add_products(n, w.diagonal, 0, w.point, 0, 1.0, w.g, 0)
    t = load_real(w.time, 0)
    rest = splat(1.0) - t
    for i in range(n):
        store(w.change, i, t * load(w.f, i) + rest * load(w.g, i))
    quotient = hermitian(n, w.point, w.change, 0) * reciprocal(hermitian(n, w.point, w.point, 0))
    store(w.eigenvalue, 0, quotient)
    for i in range(n):
        store(w.change, i, quotient * load(w.point, i) - load(w.change, i))


@jit_without_references
def _prepare_system(form: Form, w: Workspace) -> None:
    """Factorise the linear system at ``point``."""
    n, scale, mixed = form.spins, form.degree - 1.0, form.variables > form.spins
    t = load_real(w.time, 0)
    rest = splat(1.0) - t
    for i in range(n):
        row = i * (i + 1) // 2
        side = load(w.turn, 0) * conjugate(load(w.point, i))
        for j in range(i + 1):
            entry = scale * (t * load(w.level, row + j)) + side * conjugate(load(w.point, j))
            store(w.matrix, row + j, entry)
        diagonal = load(w.matrix, row + i) + scale * (rest * load(w.diagonal, i)) - load(w.eigenvalue, 0)
        store(w.matrix, row + i, diagonal)
        if mixed:
            column = scale * (t * load(w.level, n * (n + 1) // 2 + i))
            store(w.y, i, column + side * conjugate(load(w.point, n)))
    factorise(n, w.matrix, w.pivot)
    border(n, mixed, w.matrix, w.pivot, w.point, w.z, w.y, w.corner)


@jit_without_references
def _solve(form: Form, w: Workspace, v: Array, v0: int, mu: Array, mu0: int) -> None:
    n, mixed = form.spins, form.variables > form.spins
    solve_bordered(n, mixed, w.matrix, w.pivot, w.point, w.z, w.y, w.corner, v, v0, mu, mu0)


@jit_without_references
def correct(form: Form, c: Array, w: Workspace) -> None:
    """Take one Newton step from ``point``; the new point becomes X_0 of the series, the step is ``change``."""
    n = form.spins
    _evaluate(form, c, w)
    _prepare_system(form, w)
    if form.variables > n:
        last = load(w.point, n)
        store(w.change, n, 0.5 * (last * last - dot(n, w.point, 0, w.point, 0)))
    _solve(form, w, w.change, 0, w.shift, 0)
    for i in range(form.variables):
        store(w.x, i, load(w.point, i) + load(w.change, i))
    store(w.eigenvalue, 0, load(w.eigenvalue, 0) + load(w.shift, 0))


@jit_without_references
def expand(form: Form, c: Array, order: int, w: Workspace) -> None:
    """Compute the series up to ``order`` around the new point."""
    d, n, variables = form.degree, form.spins, form.variables
    t = load_real(w.time, 0)
    rest = splat(1.0) - t
    for k in range(1, order + 1):
        gradient_known(form, k, w.x, w.level, w.diagonal, w.f, w.g)
        for i in range(n):
            total = load(w.g, (k - 1) * n + i) - load(w.f, (k - 1) * n + i)
            total -= t * load(w.f, k * n + i) + rest * load(w.g, k * n + i)
            for j in range(1, k):
                total += load(w.eigenvalue, j) * load(w.x, (k - j) * variables + i)
            store(w.x, k * variables + i, total)
        if variables > n:
            total = zero()
            for j in range(1, k):
                total += load(w.x, j * variables + n) * load(w.x, (k - j) * variables + n)
                total -= dot(n, w.x, j * variables, w.x, (k - j) * variables)
            store(w.x, k * variables + n, 0.5 * total)
        _solve(form, w, w.x, k * variables, w.eigenvalue, k)
        if k < order:
            add_contraction(form.table, 0, n, w.level, 0, w.x, k * variables, d - 1.0, w.f, k * n)
            add_products(n, w.diagonal, 0, w.x, k * variables, d - 1.0, w.g, k * n)
            if d > 3 or 2 * k <= order:
                raise_levels(form, k, w.x, w.level)
            raise_diagonal(form, c, k, w.x, w.diagonal)
