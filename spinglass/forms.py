"""One homogeneous form of a spin glass: its packed couplings and calls to the kernels for its order.

Couplings may be stored in float32; points, products, sums and results are in float64.
"""

from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from math import comb, prod

import numpy as np

from spinglass._common.threads import available_cores, run_in_threads
from spinglass._common.types import Array, FloatArray, IntArray
from spinglass.kernels import derivative, hessian, point, quadratic, rows
from spinglass.kernels.tile import LANES
from spinglass.layout import Layout, fill_indices, layout, monomial_counts

# Numbers of multiply-adds below which threads cost more time than they save.
_SERIAL_POINT = 2**19
_SERIAL_BATCH = 2**20
_MOST_DERIVATIVES = 2**13  # numbers of the derivative matrix that stay in the nearest caches
_LINE = 8  # numbers in a line of the cache
_SHORT = 2**12  # length up to which BLAS uses a single thread for an inner product; OpenBLAS does up to 10 000
_TASKS = 16  # a constant: the order of summation must not depend on the number of threads


@cache
def _derivative_tables(n: int, H: int) -> tuple[IntArray, IntArray]:
    """Return the sorted index tuples (couplings, H) in packed order and the numbers of monomials of degree H-1."""
    place = layout(n, H)
    indices = np.empty((place.size, H), np.int64)
    fill_indices(np.arange(place.size), place.above, place.below, place.offsets, indices)
    counts = monomial_counts(n, H - 1)
    for array in (indices, counts):
        array.flags.writeable = False
    return indices, counts


def _aligned_zeros(*shape: int) -> Array:
    """Return zeros whose rows begin at multiples of 64 bytes and are longer than asked for, to the next such multiple.

    A vector that extends over two lines of the cache takes twice the time to load and more than that to store.
    """
    shape = (*shape[:-1], -(-shape[-1] // _LINE) * _LINE)
    memory = np.zeros(prod(shape) + _LINE)
    first = -(memory.ctypes.data // memory.itemsize) % _LINE
    return memory[first : first + prod(shape)].reshape(shape)


def _dot(a: Array, b: Array) -> float:
    # BLAS is faster, but adds long vectors in threads, so that the bits would depend on their number.
    return float(a @ b if a.size <= _SHORT else np.einsum("i,i->", a, b))


@dataclass(frozen=True)
class Form:
    """The degree-H form ``scale * sum_multisets packed * monomial`` of the couplings."""

    n: int
    H: int
    packed: FloatArray
    scale: float
    _layout: Layout = field(init=False, repr=False)
    _operand: FloatArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_layout", layout(self.n, self.H))
        operand = quadratic.symmetric_matrix(self.packed, self.n).reshape(-1) if self.H == 2 else self.packed
        object.__setattr__(self, "_operand", operand)

    @cached_property
    def _derivatives(self) -> tuple[Array, IntArray] | None:
        """The derivative matrix of a small form of order 3 or more, and the numbers of monomials of degree H-1."""
        if self.H < 3 or self.n * comb(self.n + self.H - 2, self.H - 1) > _MOST_DERIVATIVES:
            return None
        indices, counts = _derivative_tables(self.n, self.H)
        return derivative.derivative_matrix(self.packed.astype(np.float64), indices, counts), counts

    def __reduce__(self) -> tuple[type["Form"], tuple[int, int, FloatArray, float]]:
        # The layout is not pickled but recomputed: its unpickled arrays would be writeable, and Numba would compile
        # every kernel a second time for writeable arrays.
        return Form, (self.n, self.H, self.packed, self.scale)

    def add_sweep(self, x: Array, energy: Array, gradient: Array | None, part: int = 0, parts: int = 1) -> None:
        """Add energies and gradients of one part of the form at all rows of x (B, n) to (B,) and (B, n)."""
        target = np.empty((0, 0)) if gradient is None else gradient
        if parts == 1 and self._derivatives is not None:
            D, counts = self._derivatives
            whole = gradient is not None
            run_in_threads(
                lambda span: rows.derivative_rows(D, counts, self.scale, x, *span, energy, target, whole),
                self._spans(len(x)),
                nothing=(0, 0),
            )
            return

        def sweep(span: tuple[int, int]) -> None:
            rows.sweep_rows(
                self._operand,
                *self._place(),
                self.scale,
                part,
                parts,
                x,
                *span,
                energy,
                target,
                gradient is not None,
            )

        run_in_threads(sweep, self._spans(len(x)), nothing=(0, 0))

    def add_tangent(self, x: Array, v: Array, product: Array) -> None:
        """Add the Hessian-vector products at all rows of x, v (B, n) to ``product`` (B, n)."""

        def sweep(span: tuple[int, int]) -> None:
            rows.tangent_rows(self._operand, *self._place(), self.scale, x, v, *span, product)

        run_in_threads(sweep, self._spans(len(x)), nothing=(0, 0))

    def add_hessian(self, x: Array, out: Array) -> None:
        """Add the Hessians at all rows of x (B, n) to ``out`` (B, n, n)."""
        if self.H == 2:
            out += 2 * self.scale * self._operand.reshape(self.n, self.n).astype(np.float64)
        elif self.H > 2:
            run_in_threads(
                lambda row: hessian.add_hessian(self.packed, *self._place(), x[row], self.scale, out[row]),
                range(len(x)),
            )

    def add_point(self, x: Array, gradient: Array) -> float:
        """Add the gradient at the single point x (n,) to ``gradient`` and return the energy."""
        if self.H == 1:
            packed = self.packed.astype(np.float64)
            gradient += self.scale * packed
            return self.scale * _dot(packed, x)
        if self.H == 2:
            product = self._quadratic_product(x)
            gradient += 2 * self.scale * product
            return self.scale * _dot(x, product)
        if self._tasks() == 1:
            return float(point.add_point(self.packed, *self._place(), self.scale, x, gradient))
        own = np.empty(self.n)
        energy = self._threaded_sweep(x, own)
        gradient += self.scale * own
        return self.scale * float(energy)

    def _threaded_sweep(self, x: Array, gradient: Array) -> np.floating:
        """Write the gradient without ``scale`` at the single point x (n,) and return the energy, in threads."""
        place, bounds = self._layout, self._hinge_bounds()
        R, Q = point.point_monomials(x[::-1].copy(), place.above), point.point_monomials(x, place.below)
        R_parts, Q_parts = (self._weights(len(bounds) - 1, size) for size in self._top_sizes())
        top_Q = self._top_level(Q)

        def sweep(task: int) -> None:
            first, stop = bounds[task], bounds[task + 1]
            point.sweep_hinges(
                self.packed, *self._place(), first, stop, x, R, top_Q, R_parts[task], Q_parts[task], gradient
            )

        run_in_threads(sweep, range(len(bounds) - 1))
        return point.gather_point(x, place.above, place.below, R, Q, R_parts, Q_parts, gradient)

    def add_point_tangent(self, x: Array, v: Array, product: Array) -> None:
        """Add the Hessian-vector product at the single point x (n,) along v (n,) to ``product``."""
        if self.H == 1:
            return
        if self.H == 2:
            product += 2 * self.scale * self._quadratic_product(v)
            return
        place = self._layout
        reversed_x, reversed_v = x[::-1].copy(), v[::-1].copy()
        R, Q = point.point_monomials(reversed_x, place.above), point.point_monomials(x, place.below)
        dR = point.point_monomial_tangents(reversed_x, reversed_v, R, place.above)
        dQ = point.point_monomial_tangents(x, v, Q, place.below)
        bounds = self._hinge_bounds()
        R_parts, Q_parts = (self._weights(len(bounds) - 1, 2, size) for size in self._top_sizes())
        top_Q, top_dQ = self._top_level(Q), self._top_level(dQ)
        own = np.empty(self.n)

        def sweep(task: int) -> None:
            first, stop = bounds[task], bounds[task + 1]
            point.tangent_hinges(
                self.packed, *self._place(), first, stop, x, v, R, dR, top_Q, top_dQ, R_parts[task], Q_parts[task], own
            )

        run_in_threads(sweep, range(len(bounds) - 1))
        point.gather_tangent(x, v, place.above, place.below, R, dR, Q, dQ, R_parts, Q_parts, own)
        product += self.scale * own

    def _place(self) -> tuple[IntArray, IntArray, IntArray]:
        return self._layout.above, self._layout.below, self._layout.offsets

    def _top_sizes(self) -> tuple[int, int]:
        return int(self._layout.above[-1, -1]), int(self._layout.below[-1, -1])

    def _weights(self, *shape: int) -> Array:
        """Return zeros for the weights of tasks; for a large form, in aligned rows."""
        return np.zeros(shape) if self._tasks() == 1 else _aligned_zeros(*shape)

    def _top_level(self, levels: FloatArray) -> FloatArray:
        """Return monomials ``below`` that end with the top level; for a large form an aligned copy of this level."""
        if self._tasks() == 1:
            return levels
        size = self._top_sizes()[1]
        out = _aligned_zeros(size)[:size]
        out[:] = levels[-size:]
        return out

    def _quadratic_product(self, x: Array) -> Array:
        S = self._operand.reshape(self.n, self.n)
        out = np.empty(self.n)
        tasks = 1 if S.size < _SERIAL_POINT else _TASKS
        bounds = [self.n * task // tasks for task in range(tasks + 1)]
        run_in_threads(lambda part: quadratic.multiply_rows(S, x, *part, out), pairwise(bounds))
        return out

    def _tasks(self) -> int:
        """Return the number of tasks of one point."""
        return 1 if self.packed.size < _SERIAL_POINT else min(_TASKS, self.n)

    def _hinge_bounds(self) -> list[int]:
        """Divide the hinges into tasks of about equal numbers of couplings."""
        offsets, tasks = self._layout.offsets, self._tasks()
        inner = np.searchsorted(offsets, offsets[-1] * np.arange(1, tasks) // tasks)
        return [0, *inner.tolist(), self.n]

    def _spans(self, batch: int) -> list[tuple[int, int]]:
        """Divide a batch into ranges of whole chunks, first long ones, so that all threads end at about the same time.

        A small batch is one range.
        """
        chunks = -(-batch // LANES)
        if chunks * LANES * self._operand.size < _SERIAL_BATCH:
            return [(0, batch)]
        edges, cores = [0], available_cores()
        while (left := chunks - edges[-1]) > 0:
            edges.append(edges[-1] + max(left // (2 * cores), 1))
        return [(first * LANES, min(stop * LANES, batch)) for first, stop in pairwise(edges)]
