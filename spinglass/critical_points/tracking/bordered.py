"""Kernels: the bordered linear system of a path, factorised once and solved for many right-hand sides.

The unknowns are the changes v of x, v_0 of x_0 (mixed models) and mu of the eigenvalue:

    A v + b v_0 - mu x = r,    x.v - x_0 v_0 = q (mixed models),    conj(x).v + conj(x_0) v_0 = 0,

with A complex symmetric. Because the last equation fixes the scale, A may be replaced by
``S = A + i sigma conj(x) conj(x)^T``, which is regular even where A is singular along x (at energy zero). S is
factorised as L D L^T without pivoting. The form was rotated at random, so a leading minor is close to zero only by
accident, and an inaccurate solution only shortens the next step.
"""

from typing import Any

from spinglass._common.jit import jit_without_references
from spinglass._common.types import Array
from spinglass.critical_points.tracking.simd import conjugate, load, reciprocal, store, zero


@jit_without_references
def factorise(n: int, a: Array, pivot: Array) -> None:
    """Replace the packed lower triangle ``a`` (entry (i, j) at i(i+1)/2 + j) by L, and ``pivot`` by 1/D."""
    for j in range(n):
        inverse = reciprocal(load(a, j * (j + 3) // 2))
        store(pivot, j, inverse)
        for i in range(j + 1, n):
            row = i * (i + 1) // 2
            u = load(a, row + j)
            for k in range(j + 1, i):
                store(a, row + k, load(a, row + k) - u * load(a, k * (k + 1) // 2 + j))
            v = u * inverse
            store(a, row + i, load(a, row + i) - u * v)
            store(a, row + j, v)


@jit_without_references
def solve(n: int, a: Array, pivot: Array, x: Array, x0: int) -> None:
    """Replace entries x0..x0+n-1 of ``x`` by S^{-1} x with the factors of `factorise`."""
    for i in range(1, n):
        total = load(x, x0 + i)
        for j in range(i):
            total -= load(a, i * (i + 1) // 2 + j) * load(x, x0 + j)
        store(x, x0 + i, total)
    for i in range(n):
        store(x, x0 + i, load(x, x0 + i) * load(pivot, i))
    for i in range(n - 1, 0, -1):
        xi = load(x, x0 + i)
        for j in range(i):
            store(x, x0 + j, load(x, x0 + j) - load(a, i * (i + 1) // 2 + j) * xi)


@jit_without_references
def dot(n: int, a: Array, a0: int, b: Array, b0: int) -> Any:
    """Return ``a.b`` without conjugation."""
    total = zero()
    for i in range(n):
        total += load(a, a0 + i) * load(b, b0 + i)
    return total


@jit_without_references
def hermitian(n: int, a: Array, b: Array, b0: int) -> Any:
    """Return ``conj(a).b``."""
    total = zero()
    for i in range(n):
        total += conjugate(load(a, i)) * load(b, b0 + i)
    return total


@jit_without_references
def border(n: int, mixed: bool, a: Array, pivot: Array, x: Array, z: Array, y: Array, corner: Array) -> None:
    """Prepare `solve_bordered`: write S^{-1} x to ``z``, S^{-1} y to ``y``, and the inverse border to ``corner``.

    On entry ``y`` contains the column b + i sigma conj(x_0) conj(x) (mixed models only).
    """
    for i in range(n):
        store(z, i, load(x, i))
    solve(n, a, pivot, z, 0)
    c = hermitian(n, x, z, 0)
    if not mixed:
        store(corner, 0, reciprocal(c))
        return
    solve(n, a, pivot, y, 0)
    # Remaining matrix for (mu, v_0): [[x.z, -(x.y + x_0)], [conj(x).z, conj(x_0) - conj(x).y]].
    a00 = dot(n, x, 0, z, 0)
    a01 = -(dot(n, x, 0, y, 0) + load(x, n))
    a11 = conjugate(load(x, n)) - hermitian(n, x, y, 0)
    inverse = reciprocal(a00 * a11 - a01 * c)
    store(corner, 0, a11 * inverse)
    store(corner, 1, -(a01 * inverse))
    store(corner, 2, -(c * inverse))
    store(corner, 3, a00 * inverse)


@jit_without_references
def solve_bordered(
    n: int,
    mixed: bool,
    a: Array,
    pivot: Array,
    x: Array,
    z: Array,
    y: Array,
    corner: Array,
    v: Array,
    v0: int,
    mu: Array,
    mu0: int,
) -> None:
    """Solve: replace r (and q for mixed models) at entries v0.. by v (and v_0), and write mu to ``mu[mu0]``."""
    solve(n, a, pivot, v, v0)
    e = -hermitian(n, x, v, v0)
    if not mixed:
        change = e * load(corner, 0)
        for i in range(n):
            store(v, v0 + i, load(v, v0 + i) + change * load(z, i))
        store(mu, mu0, change)
        return
    q = load(v, v0 + n) - dot(n, x, 0, v, v0)
    change = load(corner, 0) * q + load(corner, 1) * e
    last = load(corner, 2) * q + load(corner, 3) * e
    for i in range(n):
        store(v, v0 + i, load(v, v0 + i) + change * load(z, i) - last * load(y, i))
    store(v, v0 + n, last)
    store(mu, mu0, change)
