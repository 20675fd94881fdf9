"""Kernels: power series of eight paths at a time, contracted with the real symmetric tensor.

With X(s) = sum_k X_k s^k, the levels of :mod:`.tensor` are also series: T_{m,k} is the coefficient of s^k in
T_m = T X^(d-m). Differentiation with respect to s gives the recursion
``k T_{m,k} = (d-m) sum_{j=1..k} j T_{m+1,k-j} X_j``.

A series is one array of complex entries, one coefficient after the other. Kernels take the array and the entry where a
coefficient begins, because creating a view of an array costs as much as a small contraction.
"""

from spinglass._common.jit import jit_without_references
from spinglass._common.types import Array, IntArray
from spinglass.critical_points.tracking.simd import load, store, zero
from spinglass.critical_points.tracking.tensor import Form


@jit_without_references
def contract_top(top: Array, x: Array, x0: int, out: Array, out0: int) -> None:
    """Write ``sum_l top[s, l] x_l``, a real matrix times complex lanes, to entries ``out0 + s`` of ``out``."""
    rows, variables = top.shape
    for s in range(0, rows, 4):
        a0 = a1 = a2 = a3 = zero()
        for i in range(variables):
            xi = load(x, x0 + i)
            a0 += top[s, i] * xi
            a1 += top[s + 1, i] * xi
            a2 += top[s + 2, i] * xi
            a3 += top[s + 3, i] * xi
        store(out, out0 + s, a0)
        store(out, out0 + s + 1, a1)
        store(out, out0 + s + 2, a2)
        store(out, out0 + s + 3, a3)


@jit_without_references
def add_contraction(
    table: IntArray,
    table0: int,
    size: int,
    level: Array,
    level0: int,
    x: Array,
    x0: int,
    weight: float,
    out: Array,
    out0: int,
) -> None:
    """Add ``weight sum_l level[table[table0 + s, l]] x_l`` to entries ``out0 + s`` of ``out``, s < size."""
    pairs = size - size % 2
    for s in range(0, pairs, 2):  # two sums at a time: they do not wait for each other, and share the entries of x
        a0 = a1 = zero()
        for i in range(table.shape[1]):
            xi = load(x, x0 + i)
            a0 += load(level, level0 + table[table0 + s, i]) * xi
            a1 += load(level, level0 + table[table0 + s + 1, i]) * xi
        store(out, out0 + s, load(out, out0 + s) + weight * a0)
        store(out, out0 + s + 1, load(out, out0 + s + 1) + weight * a1)
    for s in range(pairs, size):
        total = zero()
        for i in range(table.shape[1]):
            total += load(level, level0 + table[table0 + s, i]) * load(x, x0 + i)
        store(out, out0 + s, load(out, out0 + s) + weight * total)


@jit_without_references
def add_products(size: int, a: Array, a0: int, b: Array, b0: int, weight: float, out: Array, out0: int) -> None:
    """Add ``weight a_i b_i`` to entries ``out0 + i`` of ``out``, i < size."""
    for i in range(size):
        store(out, out0 + i, load(out, out0 + i) + weight * (load(a, a0 + i) * load(b, b0 + i)))


@jit_without_references
def clear(a: Array, first: int, size: int) -> None:
    """Set entries first..first+size-1 to zero."""
    for i in range(first, first + size):
        store(a, i, zero())


@jit_without_references
def raise_levels(form: Form, k: int, x: Array, level: Array) -> None:
    """Compute the k-th coefficients of T_2, ..., T_{d-1} from the coefficients of X up to k and from lower ones."""
    d, variables = form.degree, form.variables
    rows = form.base[d - 1] + form.top.shape[0]
    contract_top(form.top, x, k * variables, level, k * rows + form.base[d - 1])
    for m in range(d - 2, 1, -1):
        out0 = k * rows + form.base[m]
        clear(level, out0, form.size[m])
        for j in range(min(k, 1), k + 1):
            weight = (d - m) * j / k if k else 1.0
            add_contraction(
                form.table,
                form.table_base[m],
                form.size[m],
                level,
                (k - j) * rows,
                x,
                j * variables,
                weight,
                level,
                out0,
            )


@jit_without_references
def raise_diagonal(form: Form, c: Array, k: int, x: Array, diagonal: Array) -> None:
    """Do the same for the start form ``sum_i c_i x_i^d``, whose levels are the vectors ``c_i x_i^(d-m)``.

    Level m is stored at entries (m-2) n .. (m-1) n - 1 of a coefficient.
    """
    d, n, variables = form.degree, form.spins, form.variables
    rows = n * (d - 2)
    clear(diagonal, k * rows, rows)
    add_products(n, c, 0, x, k * variables, 1.0, diagonal, k * rows + n * (d - 3))
    for m in range(d - 2, 1, -1):
        for j in range(min(k, 1), k + 1):
            weight = (d - m) * j / k if k else 1.0
            above = (k - j) * rows + n * (m - 1)
            add_products(n, diagonal, above, x, j * variables, weight, diagonal, k * rows + n * (m - 2))


@jit_without_references
def gradient_known(form: Form, k: int, x: Array, level: Array, diagonal: Array, f: Array, g: Array) -> None:
    """Write the contribution of lower coefficients of X to the k-th ones of T_1 (``f``; start form: ``g``)."""
    d, n, variables = form.degree, form.spins, form.variables
    rows = form.base[d - 1] + form.top.shape[0]
    clear(f, k * n, n)
    clear(g, k * n, n)
    for j in range(1, k):
        weight = (d - 1) * j / k
        add_products(n, diagonal, (k - j) * n * (d - 2), x, j * variables, weight, g, k * n)
        if d == 3:
            # By T_{2,a} X_b = T_{2,b} X_a, half of the products and T_2 up to half the order are enough.
            if 2 * j < k:
                continue
            weight = 1.0 if 2 * j == k else 2.0
        add_contraction(form.table, 0, n, level, (k - j) * rows, x, j * variables, weight, f, k * n)
