"""Symmetric couplings in packed storage: sizes, positions, random draws, packing and unpacking.

A symmetric form ``sum J_{i1..iH} x_i1 ... x_iH`` over all ``n^H`` index tuples is stored as one number per
multiset of indices: the sum of J over the permutations of the multiset. For iid standard normal J that number is
normal with variance equal to the multiplicity ``H! / prod(m_i!)``, the number of permutations. The order of
the packed array is the hinge layout (:mod:`spinglass.layout`).
"""

from __future__ import annotations

from math import comb, log

import numpy as np
from numpy.typing import ArrayLike

from spinglass._common.jit import jit
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, child, generator, seed_sequence
from spinglass._common.threads import run_in_threads
from spinglass._common.types import Array, FloatArray, IntArray
from spinglass.layout import Layout, fill_indices, fill_ranks, layout, sorted_rank
from spinglass.multiplicity import scale_by_root_multiplicity

_BLOCK = 2**18  # number of normals drawn from one child seed; changing it changes every landscape
_LARGEST_ORDER = 170  # 170! is below 1.8e308, the largest float64; 171! is above


def check_sizes(n: int, H: int) -> None:
    """Raise ``ValueError`` unless n and H are whole numbers >= 1 and H! is representable as a float."""
    for name, value in (("n", n), ("H", H)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise ValueError(f"{name} must be a whole number, not {value!r}")
    if n < 1:
        raise ValueError(f"n, the number of spins, must be at least 1, not {n}")
    if H < 1:
        raise ValueError(f"an order must be at least 1, not {H}")
    if H > _LARGEST_ORDER:
        raise ValueError(
            f"an order must be at most {_LARGEST_ORDER}, not {H}: multiplicities of couplings reach H!, "
            "which overflows float64"
        )


def size(n: int, H: int) -> int:
    """Return the number of packed couplings, ``C(n+H-1, H)``.

    Parameters
    ----------
    n : int
        Number of spins, at least 1.
    H : int
        Interaction order, 1 to 170.

    Returns
    -------
    int
        Number of multisets of H indices out of n.

    Raises
    ------
    ValueError
        If n or H is out of range or not a whole number.

    Examples
    --------
    >>> size(1000, 3)
    167167000
    """
    check_sizes(n, H)
    return comb(n + H - 1, H)


def ranks(indices: ArrayLike, n: int) -> IntArray:
    """Return the positions of index tuples in the packed array.

    Parameters
    ----------
    indices : array_like of int, shape (..., H)
        Index tuples with entries in 0..n-1; the order within a tuple does not matter.
    n : int
        Number of spins.

    Returns
    -------
    ndarray of int64, shape (...,)
        Positions in 0..size(n, H)-1.

    Raises
    ------
    ValueError
        If an index is not a whole number in 0..n-1.

    Examples
    --------
    >>> ranks([[0, 0, 0], [1, 0, 1], [1, 1, 0]], n=2)
    array([1, 2, 2])
    """
    array = np.asarray(indices)
    if array.ndim < 1 or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"indices must be whole numbers of shape (..., H), not {array.dtype} of shape {array.shape}")
    if array.size and (array.min() < 0 or array.max() >= n):
        raise ValueError(f"indices must lie in 0..{n - 1}; those given range from {array.min()} to {array.max()}")
    check_sizes(n, array.shape[-1])
    rows = np.ascontiguousarray(array.reshape(-1, array.shape[-1]), dtype=np.int64)
    place = layout(n, array.shape[-1])
    out = np.empty(len(rows), np.int64)
    fill_ranks(rows, place.above, place.below, place.offsets, out)
    return out.reshape(array.shape[:-1])


def indices(positions: ArrayLike, n: int, H: int) -> IntArray:
    """Return the sorted index tuples at given positions of the packed array; the inverse of `ranks`.

    Parameters
    ----------
    positions : array_like of int, shape (...,)
        Positions in 0..size(n, H)-1.
    n : int
        Number of spins.
    H : int
        Interaction order.

    Returns
    -------
    ndarray of int64, shape (..., H)
        Index tuples in ascending order.

    Raises
    ------
    ValueError
        If a position is not a whole number in 0..size(n, H)-1.

    Examples
    --------
    >>> indices(range(4), n=2, H=3).tolist()
    [[0, 0, 1], [0, 0, 0], [0, 1, 1], [1, 1, 1]]
    """
    array = np.asarray(positions)
    total = size(n, H)
    if not np.issubdtype(array.dtype, np.integer) or (array.size and (array.min() < 0 or array.max() >= total)):
        raise ValueError(f"positions must be whole numbers in 0..{total - 1} for n = {n}, H = {H}")
    flat = np.ascontiguousarray(array.reshape(-1), dtype=np.int64)
    place = layout(n, H)
    out = np.empty((flat.size, H), np.int64)
    fill_indices(flat, place.above, place.below, place.offsets, out)
    return out.reshape((*array.shape, H))


def check_packed(packed: object, n: int, H: int) -> None:
    """Raise ``ValueError`` unless ``packed`` is an array of all couplings of one order in float32 or float64."""
    wanted = (size(n, H),)
    if not isinstance(packed, np.ndarray) or packed.shape != wanted or packed.dtype not in (np.float32, np.float64):
        given = f"{packed.dtype} of shape {packed.shape}" if isinstance(packed, np.ndarray) else repr(packed)[:60]
        raise ValueError(
            f"the couplings of order {H} at n = {n} must be an array of float32 or float64 of shape {wanted}, "
            f"not {given}; see spinglass.couplings.pack"
        )


def check_range(packed: FloatArray, n: int, H: int, weight: float) -> None:
    """Raise ``ValueError`` unless all couplings are finite and no energy on the sphere ``|x|^2 = n`` can overflow.

    Energies are calculated in float64, also from couplings in float32.
    By the Cauchy-Schwarz inequality ``|sum J_{i1..iH} x_i1 ... x_iH| <= |J| n^{H/2}``, where |J| is the Frobenius
    norm, ``|J|^2 = sum packed^2/multiplicity``. First and second derivatives are larger by factors of H. The weight and
    ``n^{-(H-1)/2}`` are applied last, so the form without them must not overflow either.
    """
    largest = _largest(packed)
    order = f"order {H}"
    if not np.isfinite(largest):
        bad = np.count_nonzero(~np.isfinite(packed))
        raise ValueError(
            f"the couplings of {order} must be finite in {packed.dtype.name}; {bad} of {packed.size} are not"
        )
    if largest == 0:
        return
    limit = log(float(np.finfo(np.float64).max)) - log(8 * H * H) - 0.5 * H * log(n) - log(largest)
    limit -= log(max(1.0, abs(weight) * n ** (-(H - 1) / 2)))
    # The multiplicities are computed only if the bound without them is inconclusive.
    if 0.5 * log(packed.size) > limit and 0.5 * log(square_norm(packed / largest, n, H)) > limit:
        raise ValueError(
            f"energies of {order} would overflow float64: couplings up to {largest:.3g}, weight {weight:.3g}, n = {n}; "
            "divide the couplings or the weights by a common factor"
        )


def _largest(packed: FloatArray) -> float:
    """Return the largest absolute value; NaN if a number is NaN."""
    tops = np.zeros(-(-packed.size // _BLOCK))

    def find(block: int) -> None:
        part = packed[block * _BLOCK : (block + 1) * _BLOCK]
        tops[block] = max(part.max(), -part.min())

    run_in_threads(find, range(tops.size))
    return float(tops.max(initial=0))


def square_norm(packed: FloatArray, n: int, H: int) -> float:
    """Return the squared Frobenius norm of the symmetric tensor, ``sum packed^2/multiplicity``.

    Of independent N(0, 1) couplings it is chi-squared with one degree of freedom for each packed coupling.

    Parameters
    ----------
    packed : ndarray
        Packed couplings.
    n, H : int
        Number of spins, and order.

    Returns
    -------
    float
        The square norm.

    Examples
    --------
    >>> square_norm(pack(np.ones((2, 2, 2))), 2, 3)
    8.0
    """
    return float(np.sum(packed.astype(np.float64) ** 2 / multiplicities(n, H)))


def multiplicities(n: int, H: int) -> Array:
    """Return the multiplicity ``H! / prod(m_i!)`` of every packed coupling, which is also its variance.

    Parameters
    ----------
    n : int
        Number of spins.
    H : int
        Interaction order.

    Returns
    -------
    ndarray, shape (size(n, H),)
        Multiplicities, whole numbers.

    Raises
    ------
    ValueError
        If n or H is out of range or not a whole number.

    Examples
    --------
    >>> multiplicities(2, 3)
    array([3., 1., 3., 1.])
    """
    packed = np.ones(size(n, H))
    scale_by_root_multiplicity(packed, n, H)
    squares: Array = np.rint(packed * packed)
    return squares


def draw(n: int, H: int, seed: Seed, dtype: type[np.floating] = np.float64) -> FloatArray:
    """Draw the packed couplings of a tensor J with iid standard normal entries.

    The packed numbers are independent normals of mean 0, with variance equal to the multiplicity. They depend on n, H
    and the seed only, not on the number of threads. In float32 they agree with the float64 numbers up to a relative
    error of 2^-23 (1.2e-7), because the normals and their products with the standard deviations are both rounded.

    Parameters
    ----------
    n : int
        Number of spins, at least 1.
    H : int
        Interaction order, at least 1.
    seed : int, SeedSequence or Generator
        Source of randomness.
    dtype : type, default np.float64
        np.float32 or np.float64.

    Returns
    -------
    ndarray, shape (size(n, H),)
        Packed couplings.

    Raises
    ------
    ValueError
        If n < 1, H < 1, the dtype is neither float32 nor float64, or the couplings do not fit in memory.

    Examples
    --------
    >>> draw(3, 2, seed=0).shape
    (6,)
    """
    total = size(n, H)
    dtype = check_dtype(dtype)
    require_memory(
        total * np.dtype(dtype).itemsize,
        f"the couplings of n = {n}, H = {H} in {np.dtype(dtype).name}",
        "a smaller n" if dtype == np.float32 else "dtype=np.float32 (half the memory) or a smaller n",
    )
    packed = np.empty(total, dtype)
    sequence = seed_sequence(seed)

    def fill(block: int) -> None:
        first = block * _BLOCK
        part = packed[first : first + _BLOCK]
        _fill_normals(generator(child(sequence, _COUPLINGS, H, block)), part)
        scale_by_root_multiplicity(part, n, H, first)  # while they are in the cache

    blocks = -(-total // _BLOCK)
    run_in_threads(fill, range(blocks), nothing=blocks)
    return packed


@jit
def _fill_normals(random: np.random.Generator, out: FloatArray) -> None:
    """Fill ``out`` with the numbers of ``random.standard_normal(out.size)``, in a third of NumPy's time."""
    for i in range(out.size):
        out[i] = random.standard_normal()


_COUPLINGS = 0x4A  # first key of the child seeds of couplings; distinct from the keys of `SeedSequence.spawn`


def check_dtype(dtype: str | type[np.floating] | np.dtype[np.floating]) -> type[np.floating]:
    """Return ``np.float32`` or ``np.float64``; raise ``ValueError`` for anything else."""
    for known in (np.float32, np.float64):
        if dtype in (known, np.dtype(known), known.__name__):
            return known
    raise ValueError(f"dtype must be float32 or float64, not {dtype!r}")


@jit
def _gather(packed: FloatArray, n: int, above: IntArray, below: IntArray, offsets: IntArray, out: FloatArray) -> None:
    """``out[flat index] = packed[rank]`` over all n^H tuples."""
    H = above.shape[0] + below.shape[0] - 1
    index = np.empty(H, np.int64)
    for flat in range(out.size):
        rest = flat
        for j in range(H):
            rest, index[j] = divmod(rest, n)
        out[flat] = packed[sorted_rank(index, above, below, offsets)]


@jit
def _scatter(tensor: FloatArray, n: int, above: IntArray, below: IntArray, offsets: IntArray, out: FloatArray) -> None:
    """``out[rank] += tensor[flat index]`` over all n^H tuples."""
    H = above.shape[0] + below.shape[0] - 1
    index = np.empty(H, np.int64)
    for flat in range(tensor.size):
        rest = flat
        for j in range(H):
            rest, index[j] = divmod(rest, n)
        out[sorted_rank(index, above, below, offsets)] += tensor[flat]


def pack(tensor: ArrayLike) -> FloatArray:
    """Pack a tensor: each packed number is the sum of the entries over the permutations of a multiset of indices.

    Parameters
    ----------
    tensor : array_like, shape (n,)*H
        Real tensor; it need not be symmetric.

    Returns
    -------
    ndarray, shape (size(n, H),)
        Packed couplings, float32 for a float32 tensor and float64 otherwise.

    Raises
    ------
    ValueError
        If the array is not of shape (n,)*H with n >= 1 and H >= 1, not real or not finite, or if a sum overflows.

    Examples
    --------
    >>> pack([[1.0, 2.0], [3.0, 4.0]])
    array([1., 5., 4.])
    """
    array = np.asarray(tensor)
    if array.ndim < 1 or len(set(array.shape)) != 1 or array.size == 0:
        raise ValueError(f"a tensor must have shape (n,)*H with n >= 1, H >= 1, not {array.shape}")
    if array.dtype.kind not in "fiu":
        raise ValueError(f"a tensor must be real, not {array.dtype}")
    array = np.ascontiguousarray(array, dtype=np.float32 if array.dtype == np.float32 else np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"a tensor must be finite; {np.count_nonzero(~np.isfinite(array))} entries are not")
    n, H = array.shape[0], array.ndim
    place = layout(n, H)
    out = np.zeros(place.size, array.dtype)
    _scatter(array.reshape(-1), n, place.above, place.below, place.offsets, out)
    if not np.isfinite(out).all():
        raise ValueError(
            f"{np.count_nonzero(~np.isfinite(out))} sums of tensor entries over permutations overflow {out.dtype}; "
            "divide the tensor by a factor"
        )
    return out


def unpack(packed: FloatArray, n: int, H: int) -> FloatArray:
    """Return the symmetric tensor of packed couplings; ``pack(unpack(p, n, H)) == p`` up to rounding.

    Parameters
    ----------
    packed : ndarray, shape (size(n, H),)
        Packed couplings.
    n : int
        Number of spins.
    H : int
        Interaction order.

    Returns
    -------
    ndarray, shape (n,)*H
        Symmetric tensor.

    Raises
    ------
    ValueError
        If ``packed`` does not have shape (size(n, H),), or n^H numbers do not fit in memory.

    Examples
    --------
    >>> unpack(np.array([1.0, 5.0, 4.0]), n=2, H=2).tolist()
    [[1.0, 2.5], [2.5, 4.0]]
    """
    if packed.shape != (size(n, H),):
        raise ValueError(f"packed couplings of n = {n}, H = {H} have shape ({size(n, H)},), not {packed.shape}")
    packed = np.ascontiguousarray(packed, np.float32 if packed.dtype == np.float32 else np.float64)
    require_memory(n**H * packed.itemsize, f"the full tensor of n = {n}, H = {H}", "the packed couplings")
    place: Layout = layout(n, H)
    out = np.empty(n**H, packed.dtype)
    shared = packed / multiplicities(n, H).astype(packed.dtype)
    _gather(shared, n, place.above, place.below, place.offsets, out)
    return out.reshape((n,) * H)
