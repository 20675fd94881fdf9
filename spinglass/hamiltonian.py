"""The H-spin spherical glass, pure or mixed."""

from collections.abc import Mapping
from math import comb
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinglass import couplings
from spinglass._common.arguments import real_number, whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, seed_sequence
from spinglass.couplings import FloatArray
from spinglass.forms import Form
from spinglass.kernels.vectors import STEP

_POINTWISE = 5  # batches smaller than this are cheaper point by point than padded to a chunk


class SphericalSpinGlass:
    """A random homogeneous form, or a sum of them, on R^n and its sphere ``|x|^2 = n``.

    ``energy(x) = sum_H a_H n^{-(H-1)/2} sum_{i1..iH} J_{i1..iH} x_i1 ... x_iH``, J iid N(0, 1), so that
    ``Cov(energy(x), energy(y)) = n nu(x.y/n)`` with ``nu(t) = sum_H a_H^2 t^H`` (Choromanska et al. 2015,
    section 4, with Lambda = n; Auffinger, Ben Arous and Černý 2013, eq. 1.1 with p = H). Order 1 is an external field.

    Make one by `pure`, `mixed` or `from_tensor`. Points have shape (n,) or (..., n); a model's arrays and
    results are of its ``dtype``. The bits of a row do not depend on the rest of its batch (for batches of
    five rows or more, and apart from them for single points) nor on the number of threads.

    Attributes
    ----------
    n
        Number of spins.
    orders
        The orders H of the forms, ascending.
    weights
        ``{H: a_H}``.
    couplings
        ``{H: packed}``, one number a multiset of indices (see `spinglass.couplings`).
    dtype
        np.float32 or np.float64.

    Examples
    --------
    >>> glass = SphericalSpinGlass.pure(n=50, H=3, seed=0)
    >>> glass.energy(np.ones(50)).shape, glass.gradient(np.ones((7, 50))).shape
    ((), (7, 50))
    """

    def __init__(self, n: int, weights: Mapping[int, float], packed: Mapping[int, FloatArray]) -> None:
        """Make the model of given packed couplings, one array an order.

        Raises
        ------
        ValueError
            If a coupling or a weight is not finite, or so large that energies on the sphere could overflow.
        """
        self.n = int(n)
        for H in weights:
            couplings.check_range(packed[H], self.n, H, real_number(f"the weight of order {H}", weights[H]))
        self.weights = {int(H): float(weights[H]) for H in sorted(weights)}
        self.orders = tuple(self.weights)
        self.couplings = {H: packed[H] for H in self.orders}
        self.dtype = self.couplings[self.orders[0]].dtype.type
        self._forms = [
            Form(self.n, H, self.couplings[H], a * self.n ** (-(H - 1) / 2)) for H, a in self.weights.items()
        ]

    @classmethod
    def pure(cls, n: int, H: int, seed: Seed, dtype: type[np.floating] = np.float64) -> Self:
        """Draw a pure H-spin glass of n spins: one number a coupling, ``C(n+H-1, H)`` of them.

        Raises
        ------
        ValueError
            If n < 1, H < 2, the dtype is neither float32 nor float64, or the couplings will not fit in memory.

        Examples
        --------
        >>> SphericalSpinGlass.pure(n=20, H=4, seed=1)
        SphericalSpinGlass(n=20, H=4, 8855 couplings, float64)
        """
        couplings.check_sizes(n, H)
        if H < 2:
            raise ValueError(
                f"H must be at least 2, not {H}; a field (order 1) belongs in a mixed model: {{1: h, 3: 1.0}}"
            )
        return cls.mixed(n, {H: 1.0}, seed, dtype)

    @classmethod
    def mixed(cls, n: int, weights: Mapping[int, float], seed: Seed, dtype: type[np.floating] = np.float64) -> Self:
        """Draw ``sum_H a_H energy_H`` for ``weights = {H: a_H}``; ``mixed(n, {H: 1.0}, seed)`` is ``pure(n, H, seed)``.

        Raises
        ------
        ValueError
            If n < 1, there is no order, an order is below 1, a weight is not finite or so large that energies
            could overflow, the dtype is neither float32 nor float64, or the couplings will not fit in memory.

        Examples
        --------
        >>> SphericalSpinGlass.mixed(n=20, weights={1: 0.3, 3: 1.0}, seed=1)
        SphericalSpinGlass(n=20, weights={1: 0.3, 3: 1.0}, 1560 couplings, float64)
        """
        if not isinstance(weights, Mapping) or not weights:
            raise ValueError(
                f"weights must map at least one order to its weight, as {{3: 1.0, 4: 0.5}}; not {weights!r}"
            )
        for H, a in weights.items():
            couplings.check_sizes(n, H)
            real_number(f"the weight of order {H}", a)
        kind = couplings.check_dtype(dtype)
        numbers = sum(comb(n + H - 1, H) + (n * n if H == 2 else 0) for H in weights)
        require_memory(
            numbers * np.dtype(kind).itemsize,
            f"a glass of n = {n}, orders {sorted(weights)} in {np.dtype(kind).name}",
            "a smaller n" if kind is np.float32 else "dtype=np.float32 (half of it) or a smaller n",
        )
        sequence = seed_sequence(seed)
        return cls(n, weights, {H: couplings.draw(n, H, sequence, kind) for H in weights})

    @classmethod
    def from_tensor(cls, J: ArrayLike) -> Self:
        """Make the pure model of a given tensor, any real array (n,)*H with H >= 2; it is symmetrised.

        Raises
        ------
        ValueError
            If the array is not of shape (n,)*H, H >= 2, not real or not finite, or so large that energies on the
            sphere could overflow.

        Examples
        --------
        >>> round(SphericalSpinGlass.from_tensor(np.eye(3)).energy(np.ones(3)).item(), 12)  # 3^(-1/2) x.x
        1.732050807569
        """
        packed = couplings.pack(J)
        H, n = np.ndim(J), np.shape(J)[0]
        if H < 2:
            raise ValueError(f"a tensor must have at least 2 indices, not shape {np.shape(J)}")
        return cls(n, {H: 1.0}, {H: packed})

    def __repr__(self) -> str:
        pure = len(self.orders) == 1 and self.weights[self.orders[0]] == 1
        model = f"H={self.orders[0]}" if pure else f"weights={self.weights}"
        number = sum(packed.size for packed in self.couplings.values())
        return f"SphericalSpinGlass(n={self.n}, {model}, {number} couplings, {np.dtype(self.dtype).name})"

    def to_tensor(self) -> FloatArray:
        """Return the full symmetric tensor J of a pure model, shape (n,)*H: ``energy = n^{-(H-1)/2} J x...x``.

        Raises
        ------
        ValueError
            If the model is mixed, or the n^H numbers will not fit in memory.
        """
        if len(self.orders) > 1:
            raise ValueError(
                f"only a pure model has one tensor; this one has orders {self.orders}: see couplings.unpack"
            )
        H = self.orders[0]
        return self.dtype(self.weights[H]) * couplings.unpack(self.couplings[H], self.n, H)

    def energy(self, x: ArrayLike) -> FloatArray:
        """Return the total energy at any finite x, shape (..., n) -> (...,).

        Raises
        ------
        ValueError
            If the last axis is not n, or a coordinate is not real and finite.
        """
        rows, shape = self._rows(x, "x")
        if len(rows) < _POINTWISE:
            return self._pointwise(rows)[0].reshape(shape)[()]
        energy = np.zeros(len(rows), self.dtype)
        for form in self._forms:
            form.add_sweep(rows, energy, None)
        return energy.reshape(shape)

    def gradient(self, x: ArrayLike) -> FloatArray:
        """Return the Euclidean gradient at any finite x, shape (..., n) -> (..., n); raises as `energy`."""
        return self.energy_and_gradient(x)[1]

    def energy_and_gradient(self, x: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return energies (...,) and Euclidean gradients (..., n) in one sweep of the couplings; raises as `energy`."""
        rows, shape = self._rows(x, "x")
        if len(rows) < _POINTWISE:
            energy, gradient = self._pointwise(rows)
        else:
            energy, gradient = np.zeros(len(rows), self.dtype), np.zeros(rows.shape, self.dtype)
            for form in self._forms:
                form.add_sweep(rows, energy, gradient)
        return energy.reshape(shape)[()], gradient.reshape((*shape, self.n))

    def stochastic_gradient(self, x: ArrayLike, part: int, parts: int) -> FloatArray:
        """Return ``parts`` times the gradient of part number ``part`` of the couplings, shape (..., n) -> (..., n).

        The couplings are split into ``parts`` disjoint sets; the mean over all of them is `gradient`.

        Raises
        ------
        ValueError
            As `energy`, and unless ``0 <= part < parts``.
        """
        parts = whole_number("parts", parts, 1)
        if not 0 <= whole_number("part", part, 0) < parts:
            raise ValueError(f"part must lie in 0..parts-1; got part = {part}, parts = {parts}")
        rows, shape = self._rows(x, "x")
        energy, gradient = np.zeros(len(rows), self.dtype), np.zeros(rows.shape, self.dtype)
        for form in self._forms:
            form.add_sweep(rows, energy, gradient, part, parts)
        gradient *= parts
        return gradient.reshape((*shape, self.n))

    def hessian(self, x: ArrayLike) -> FloatArray:
        """Return the Euclidean Hessian at any finite x, shape (..., n) -> (..., n, n).

        Raises
        ------
        ValueError
            As `energy`, and if the matrices will not fit in memory.
        """
        rows, shape = self._rows(x, "x")
        require_memory(
            len(rows) * self.n**2 * np.dtype(self.dtype).itemsize,
            f"{len(rows)} Hessians of n = {self.n}",
            "a smaller batch",
        )
        out = np.zeros((len(rows), self.n, self.n), self.dtype)
        for form in self._forms:
            form.add_hessian(rows, out)
        return out.reshape((*shape, self.n, self.n))

    def hessian_vector(self, x: ArrayLike, v: ArrayLike) -> FloatArray:
        """Return ``hessian(x) @ v`` without forming the Hessian; x and v broadcast, shape (..., n).

        Raises
        ------
        ValueError
            As `energy`, for x and for v.
        """
        try:
            x_full, v_full = np.broadcast_arrays(np.asarray(x), np.asarray(v))
        except ValueError:
            raise ValueError(f"x of shape {np.shape(x)} and v of shape {np.shape(v)} do not broadcast") from None
        rows, shape = self._rows(x_full, "x")
        vectors, _ = self._rows(v_full, "v")
        product = np.zeros(rows.shape, self.dtype)
        for form in self._forms:
            if len(rows) < _POINTWISE:
                for row in range(len(rows)):
                    form.add_point_tangent(rows[row], vectors[row], product[row])
            else:
                form.add_tangent(rows, vectors, product)
        return product.reshape((*shape, self.n))

    @staticmethod
    def chunk(batch: int) -> int:
        """Return the width to whose multiples a batch is padded inside; 1 for batches done point by point."""
        return STEP if batch >= _POINTWISE else 1

    def _pointwise(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        energy, gradient = np.zeros(len(rows), self.dtype), np.zeros(rows.shape, self.dtype)
        for row in range(len(rows)):
            energy[row] = sum(form.add_point(rows[row], gradient[row]) for form in self._forms)
        return energy, gradient

    def _rows(self, x: ArrayLike, name: str) -> tuple[FloatArray, tuple[int, ...]]:
        """Return x as contiguous rows (B, n) of the model's dtype, and the shape of the batch."""
        array = np.asarray(x)
        if array.ndim < 1 or array.shape[-1] != self.n:
            raise ValueError(f"{name} must have shape (..., n) with n = {self.n}, not {array.shape}")
        if array.dtype.kind not in "fiu":
            raise ValueError(f"{name} must be real numbers, not {array.dtype}")
        if not np.isfinite(array).all():
            bad = np.count_nonzero(~np.isfinite(array))
            raise ValueError(f"{name} must be finite; {bad} of its {array.size} coordinates are NaN or infinite")
        rows: NDArray[np.floating] = np.ascontiguousarray(array.reshape(-1, self.n), dtype=self.dtype)
        return rows, array.shape[:-1]
