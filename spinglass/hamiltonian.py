"""The spherical p-spin model (p is called H here), pure or mixed."""

from __future__ import annotations

from collections.abc import Mapping
from math import comb
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from spinglass import couplings
from spinglass._common.arguments import real_number, whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, seed_sequence
from spinglass._common.types import Array, FloatArray
from spinglass.forms import Form
from spinglass.kernels.vectors import STEP

_POINTWISE = 5  # smaller batches are evaluated point by point, which is faster than padding them to a chunk


def _check_orders(weights: object) -> None:
    if not isinstance(weights, Mapping) or not weights:
        raise ValueError(f"weights must map at least one order to its weight, as {{3: 1.0, 4: 0.5}}; not {weights!r}")


class SphericalSpinGlass:
    """The spherical p-spin model: a random form of degree H (= p), or a sum of such forms, on ``|x|^2 = n``.

    ``energy(x) = sum_H a_H n^{-(H-1)/2} sum_{i1..iH} J_{i1..iH} x_i1 ... x_iH`` with J iid N(0, 1), so that
    ``Cov(energy(x), energy(y)) = n nu(x.y/n)`` with ``nu(t) = sum_H a_H^2 t^H``. Order 1 is an external field.

    Construct a model by `pure`, `mixed` or `from_tensor`. Points have shape (n,) or (..., n), and need not lie on the
    sphere. Results do not depend, to the last bit, on the number of threads, nor on the other rows of the batch as long
    as the batch has at least five rows; smaller batches are evaluated point by point and agree with the larger ones up
    to rounding.

    Couplings can be stored in float32, which halves the memory, and for n >= 500 also the time of a single point, which
    is limited by reading the couplings. Everything is calculated in float64 from the stored numbers, and results are in
    float64, so that descents end at the same tolerances as in a float64 model. The landscape is that of the rounded
    couplings, whose energies differ from those of the float64 model of the same seed by a few 1e-8 of their standard
    deviation.

    Parameters
    ----------
    n : int
        Number of spins.
    weights : mapping of int to float
        ``{H: a_H}``.
    packed : mapping of int to ndarray
        Packed couplings of each order H, shape ``(C(n+H-1, H),)``, in float32 or float64. They are kept without a copy
        and must not be changed later.
    noise : mapping of int to float, optional
        Weights of the orders with random couplings. The default is ``weights``.

    Attributes
    ----------
    n : int
        Number of spins.
    orders : tuple of int
        The orders H in ascending order.
    weights : dict of int to float
        ``{H: a_H}``.
    couplings : dict of int to ndarray
        ``{H: packed}``, one number per multiset of indices (see `spinglass.couplings`).
    noise : dict of int to float
        Weights of the orders with random couplings; those that `spinglass.plant` adds for a signal are left out.
    dtype : type
        Floating-point type of the stored couplings, np.float32 or np.float64.

    Raises
    ------
    ValueError
        If there is no order, an array of couplings has another shape or type, or a coupling or a weight is not finite
        or so large that energies on the sphere could overflow.

    References
    ----------
    Choromanska et al. 2015, section 4, with Lambda = n; Auffinger, Ben Arous and Černý 2013, eq. (1.1), with p = H.

    Examples
    --------
    >>> glass = SphericalSpinGlass.pure(n=50, H=3, seed=0)
    >>> glass.energy(np.ones(50)).shape, glass.gradient(np.ones((7, 50))).shape
    ((), (7, 50))
    """

    def __init__(
        self,
        n: int,
        weights: Mapping[int, float],
        packed: Mapping[int, FloatArray],
        noise: Mapping[int, float] | None = None,
    ) -> None:
        _check_orders(weights)
        for H in weights:
            couplings.check_packed(packed.get(H), n, H)
            couplings.check_range(packed[H], n, H, real_number(f"the weight of order {H}", weights[H]))
        self.n = int(n)
        self.weights = {int(H): float(weights[H]) for H in sorted(weights)}
        self.orders = tuple(self.weights)
        # Kernels read the couplings one after another in memory.
        self.couplings = {H: np.ascontiguousarray(packed[H]) for H in self.orders}
        self.noise = dict(self.weights if noise is None else noise)
        self.dtype: type[np.floating] = self.couplings[self.orders[0]].dtype.type
        self._forms = [
            Form(self.n, H, self.couplings[H], a * self.n ** (-(H - 1) / 2)) for H, a in self.weights.items()
        ]

    @classmethod
    def pure(cls, n: int, H: int, seed: Seed, dtype: type[np.floating] = np.float64) -> Self:
        """Draw a pure model, with a single form of order H and weight 1.

        It has ``C(n+H-1, H)`` independent couplings.

        Parameters
        ----------
        n : int
            Number of spins, at least 1.
        H : int
            Interaction order p, at least 2.
        seed : int, SeedSequence or Generator
            Source of randomness.
        dtype : type, default np.float64
            Floating-point type of the stored couplings, np.float32 or np.float64.

        Returns
        -------
        SphericalSpinGlass
            The model.

        Raises
        ------
        ValueError
            If n < 1, H < 2, the dtype is neither float32 nor float64, or the couplings do not fit in memory.

        Examples
        --------
        >>> SphericalSpinGlass.pure(n=20, H=4, seed=1)
        SphericalSpinGlass(n=20, H=4, 8855 couplings, float64)
        """
        couplings.check_sizes(n, H)
        if H < 2:
            raise ValueError(
                f"H must be at least 2, not {H}; for an external field (order 1) use a mixed model, as {{1: h, 3: 1.0}}"
            )
        return cls.mixed(n, {H: 1.0}, seed, dtype)

    @classmethod
    def mixed(cls, n: int, weights: Mapping[int, float], seed: Seed, dtype: type[np.floating] = np.float64) -> Self:
        """Draw a mixed model ``sum_H a_H energy_H``; ``mixed(n, {H: 1.0}, seed)`` equals ``pure(n, H, seed)``.

        Parameters
        ----------
        n : int
            Number of spins, at least 1.
        weights : mapping of int to float
            ``{H: a_H}`` with orders H of at least 1; order 1 is an external field.
        seed : int, SeedSequence or Generator
            Source of randomness.
        dtype : type, default np.float64
            Floating-point type of the stored couplings, np.float32 or np.float64.

        Returns
        -------
        SphericalSpinGlass
            The model.

        Raises
        ------
        ValueError
            If n < 1, there is no order, an order is below 1, a weight is not finite or so large that energies
            could overflow, the dtype is neither float32 nor float64, or the couplings do not fit in memory.

        Examples
        --------
        >>> SphericalSpinGlass.mixed(n=20, weights={1: 0.3, 3: 1.0}, seed=1)
        SphericalSpinGlass(n=20, weights={1: 0.3, 3: 1.0}, 1560 couplings, float64)
        """
        _check_orders(weights)
        for H, a in weights.items():
            couplings.check_sizes(n, H)
            real_number(f"the weight of order {H}", a)
        kind = couplings.check_dtype(dtype)
        numbers = sum(comb(n + H - 1, H) + (n * n if H == 2 else 0) for H in weights)
        require_memory(
            numbers * np.dtype(kind).itemsize,
            f"a glass of n = {n}, orders {sorted(weights)} in {np.dtype(kind).name}",
            "a smaller n" if kind is np.float32 else "dtype=np.float32 (half the memory) or a smaller n",
        )
        sequence = seed_sequence(seed)
        return cls(n, weights, {H: couplings.draw(n, H, sequence, kind) for H in weights})

    @classmethod
    def from_tensor(cls, J: ArrayLike) -> Self:
        """Make the pure model with a given coupling tensor.

        Parameters
        ----------
        J : array_like, shape (n,)*H
            Real tensor with H >= 2 indices; only its symmetric part matters.

        Returns
        -------
        SphericalSpinGlass
            The model; its couplings are stored in float32 for a float32 tensor and in float64 otherwise.

        Raises
        ------
        ValueError
            If the array does not have shape (n,)*H with H >= 2, is not real or not finite, or is so large that
            energies on the sphere could overflow.

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

    def to_tensor(self) -> Array:
        """Return the full symmetric tensor J of a pure model: ``energy = n^{-(H-1)/2} sum J_{i1..iH} x_i1 ... x_iH``.

        Returns
        -------
        ndarray, shape (n,)*H
            Symmetric tensor, with the weight of the model included.

        Raises
        ------
        ValueError
            If the model is mixed, or the n^H numbers do not fit in memory.
        """
        if len(self.orders) > 1:
            raise ValueError(
                f"only a pure model has a single tensor; this one has orders {self.orders}: use couplings.unpack"
            )
        H = self.orders[0]
        packed = self.couplings[H].astype(np.float64, copy=False)
        return np.asarray(self.weights[H] * couplings.unpack(packed, self.n, H), np.float64)

    def energy(self, x: ArrayLike) -> Array:
        """Return the total energy.

        Parameters
        ----------
        x : array_like, shape (..., n)
            Finite points of R^n, on the sphere or not.

        Returns
        -------
        ndarray, shape (...,)
            Total energies (not per spin).

        Raises
        ------
        ValueError
            If the last axis is not n, or a coordinate is not real and finite.
        """
        rows, shape = self._rows(x, "x")
        if len(rows) < _POINTWISE:
            return self._pointwise(rows)[0].reshape(shape)[()]
        energy = np.zeros(len(rows))
        for form in self._forms:
            form.add_sweep(rows, energy, None)
        return energy.reshape(shape)

    def gradient(self, x: ArrayLike) -> Array:
        """Return the Euclidean gradient of the total energy.

        Parameters
        ----------
        x : array_like, shape (..., n)
            Finite points of R^n, on the sphere or not.

        Returns
        -------
        ndarray, shape (..., n)
            Gradients.

        Raises
        ------
        ValueError
            As `energy`.
        """
        return self.energy_and_gradient(x)[1]

    def energy_and_gradient(self, x: ArrayLike) -> tuple[Array, Array]:
        """Return total energies and Euclidean gradients, in one pass over the couplings.

        Parameters
        ----------
        x : array_like, shape (..., n)
            Finite points of R^n, on the sphere or not.

        Returns
        -------
        energy : ndarray, shape (...,)
            Total energies.
        gradient : ndarray, shape (..., n)
            Gradients of the total energy.

        Raises
        ------
        ValueError
            As `energy`.
        """
        rows, shape = self._rows(x, "x")
        if len(rows) < _POINTWISE:
            energy, gradient = self._pointwise(rows)
        else:
            energy, gradient = np.zeros(len(rows)), np.zeros(rows.shape)
            for form in self._forms:
                form.add_sweep(rows, energy, gradient)
        return energy.reshape(shape)[()], gradient.reshape((*shape, self.n))

    def stochastic_gradient(self, x: ArrayLike, part: int, parts: int) -> Array:
        """Return ``parts`` times the gradient of one part of the couplings.

        The couplings are split into ``parts`` disjoint sets; the mean over all parts is `gradient`.

        Parameters
        ----------
        x : array_like, shape (..., n)
            Finite points of R^n, on the sphere or not.
        part : int
            Number of the part, 0 to parts-1.
        parts : int
            Number of parts.

        Returns
        -------
        ndarray, shape (..., n)
            Euclidean gradients.

        Raises
        ------
        ValueError
            As `energy`, and unless ``0 <= part < parts``.
        """
        parts = whole_number("parts", parts, 1)
        if not 0 <= whole_number("part", part, 0) < parts:
            raise ValueError(f"part must lie in 0..parts-1; got part = {part}, parts = {parts}")
        rows, shape = self._rows(x, "x")
        energy, gradient = np.zeros(len(rows)), np.zeros(rows.shape)
        for form in self._forms:
            form.add_sweep(rows, energy, gradient, part, parts)
        gradient *= parts
        return gradient.reshape((*shape, self.n))

    def hessian(self, x: ArrayLike) -> Array:
        """Return the Euclidean Hessian of the total energy.

        Parameters
        ----------
        x : array_like, shape (..., n)
            Finite points of R^n, on the sphere or not.

        Returns
        -------
        ndarray, shape (..., n, n)
            Symmetric matrices.

        Raises
        ------
        ValueError
            As `energy`, and if the matrices do not fit in memory.
        """
        rows, shape = self._rows(x, "x")
        require_memory(
            8 * len(rows) * self.n**2,
            f"{len(rows)} Hessians of n = {self.n}",
            "a smaller batch",
        )
        out = np.zeros((len(rows), self.n, self.n))
        for form in self._forms:
            form.add_hessian(rows, out)
        return out.reshape((*shape, self.n, self.n))

    def hessian_vector(self, x: ArrayLike, v: ArrayLike) -> Array:
        """Return ``hessian(x) @ v`` without forming the Hessian.

        Parameters
        ----------
        x : array_like, shape (..., n)
            Finite points of R^n, on the sphere or not.
        v : array_like, shape (..., n)
            Finite vectors; leading axes broadcast with those of ``x``.

        Returns
        -------
        ndarray, shape (..., n)
            Products.

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
        product = np.zeros(rows.shape)
        for form in self._forms:
            if len(rows) < _POINTWISE:
                for row in range(len(rows)):
                    form.add_point_tangent(rows[row], vectors[row], product[row])
            else:
                form.add_tangent(rows, vectors, product)
        return product.reshape((*shape, self.n))

    @staticmethod
    def chunk(batch: int) -> int:
        """Return the chunk width: batches are padded internally to a multiple of it.

        Parameters
        ----------
        batch : int
            Number of points.

        Returns
        -------
        int
            Width; 1 for small batches, which are evaluated point by point.
        """
        return STEP if batch >= _POINTWISE else 1

    def _pointwise(self, rows: Array) -> tuple[Array, Array]:
        energy, gradient = np.zeros(len(rows)), np.zeros(rows.shape)
        for row in range(len(rows)):
            energy[row] = sum(form.add_point(rows[row], gradient[row]) for form in self._forms)
        return energy, gradient

    def _rows(self, x: ArrayLike, name: str) -> tuple[Array, tuple[int, ...]]:
        """Return x as contiguous rows (B, n) in float64, and the shape of the batch."""
        array = np.asarray(x)
        if array.ndim < 1 or array.shape[-1] != self.n:
            raise ValueError(f"{name} must have shape (..., n) with n = {self.n}, not {array.shape}")
        if array.dtype.kind not in "fiu":
            raise ValueError(f"{name} must be real numbers, not {array.dtype}")
        if bad := array.size - np.count_nonzero(np.isfinite(array)):  # faster than all() for a single point
            raise ValueError(f"{name} must be finite; {bad} of its {array.size} coordinates are NaN or infinite")
        rows: Array = np.ascontiguousarray(array.reshape(-1, self.n), dtype=np.float64)
        return rows, array.shape[:-1]
