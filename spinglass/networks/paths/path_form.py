"""A sum over paths of products of weights, ``sum_p c_p prod_k w[e_pk]``, as a landscape.

Points are evaluated sixteen at a time. A chunk is stored with the points along the columns, so every path multiplies
vectors of sixteen numbers. Points are never combined, so the bits of a result do not depend on the batch.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spinglass._common.jit import jit
from spinglass._common.threads import run_in_threads
from spinglass._common.types import Array
from spinglass.landscape import check_points

_LANES = 16

Indices = NDArray[np.int32]


class PathForm:
    """The form ``energy(w) = sum_p c_p prod_{k=1}^H w[e_pk]`` on R^n, with 8 + 4 H bytes per path.

    It follows the protocol of `spinglass.landscape`: points have shape (..., n), and energies are total.

    Parameters
    ----------
    n
        Number of weights.
    coefficients
        Coefficients c, shape (paths,).
    indices
        Weights e of each path, integers from 0 to n - 1, shape (paths, H).

    Attributes
    ----------
    n, H
        Number of weights, and number of weights per path.
    coefficients, indices
        As given, in float64 and int32.

    Raises
    ------
    ValueError
        If the shapes do not fit, or an index is not a whole number from 0 to n - 1.

    Examples
    --------
    >>> form = PathForm(3, np.array([2.0]), np.array([[0, 1]]))  # 2 w_0 w_1
    >>> form.energy([1, 4, 5]).item(), form.gradient([1, 4, 5]).tolist()
    (8.0, [8.0, 2.0, 0.0])
    """

    def __init__(self, n: int, coefficients: ArrayLike, indices: ArrayLike) -> None:
        edges = np.asarray(indices)
        whole = edges.ndim == 2 and edges.shape[1] >= 1 and edges.dtype.kind in "iu"
        if not whole or np.shape(coefficients) != edges.shape[:1]:
            raise ValueError(
                f"a path form needs coefficients (paths,) and whole indices (paths, H) with H >= 1, not shapes "
                f"{np.shape(coefficients)} and {edges.shape} ({edges.dtype})"
            )
        if edges.size and not 0 <= edges.min() <= edges.max() < n:
            raise ValueError(f"indices must lie in 0..{n - 1}, not in {edges.min()}..{edges.max()}")
        self.n, self.H = n, edges.shape[1]
        self.coefficients = np.ascontiguousarray(coefficients, dtype=np.float64)
        self.indices: Indices = np.ascontiguousarray(edges, dtype=np.int32)

    def __repr__(self) -> str:
        return f"PathForm(n={self.n}, H={self.H}, {len(self.coefficients)} paths)"

    @property
    def nbytes(self) -> int:
        """Size of the form in bytes."""
        return self.coefficients.nbytes + self.indices.nbytes

    def energy(self, w: ArrayLike) -> Array:
        """Return the energies at any finite w.

        Parameters
        ----------
        w
            Weights, shape (..., n).

        Returns
        -------
        ndarray
            Total energies, shape (...,).

        Raises
        ------
        ValueError
            If the last axis is not n, or a coordinate is not real and finite.
        """
        return self.energy_and_gradient(w)[0]

    def gradient(self, w: ArrayLike) -> Array:
        """Return the Euclidean gradients.

        Parameters
        ----------
        w
            Weights, shape (..., n).

        Returns
        -------
        ndarray
            Gradients, shape (..., n).

        Raises
        ------
        ValueError
            As `energy`.
        """
        return self.energy_and_gradient(w)[1]

    def energy_and_gradient(self, w: ArrayLike) -> tuple[Array, Array]:
        """Return energies and gradients from one pass over the paths.

        Parameters
        ----------
        w
            Weights, shape (..., n).

        Returns
        -------
        energy
            Total energies, shape (...,).
        gradient
            Euclidean gradients, shape (..., n).

        Raises
        ------
        ValueError
            As `energy`.
        """
        points = check_points(w, self.n)
        rows = points.reshape(-1, self.n)
        energy, gradient = np.empty(len(rows)), np.empty(rows.shape)

        def sweep(chunk: slice, width: int) -> None:
            energies, slopes = np.zeros(_LANES), np.zeros((self.n, _LANES))
            _sweep(self.coefficients, self.indices, _lanes(rows[chunk]), energies, slopes)
            energy[chunk], gradient[chunk] = energies[:width], slopes.T[:width]

        _in_chunks(sweep, len(rows))
        return energy.reshape(points.shape[:-1])[()], gradient.reshape(points.shape)

    def hessian_vector(self, w: ArrayLike, v: ArrayLike) -> Array:
        """Return ``hessian(w) @ v``.

        Parameters
        ----------
        w, v
            Weights and vectors, shapes (..., n) that broadcast.

        Returns
        -------
        ndarray
            Products, shape (..., n).

        Raises
        ------
        ValueError
            As `energy`, and if the shapes do not broadcast.
        """
        try:
            w_full, v_full = np.broadcast_arrays(check_points(w, self.n), check_points(v, self.n))
        except ValueError as error:
            raise ValueError(f"w of shape {np.shape(w)} and v of shape {np.shape(v)}: {error}") from None
        rows, vectors = w_full.reshape(-1, self.n), v_full.reshape(-1, self.n)
        product = np.empty(rows.shape)

        def sweep(chunk: slice, width: int) -> None:
            out = np.zeros((self.n, _LANES))
            _tangent_sweep(self.coefficients, self.indices, _lanes(rows[chunk]), _lanes(vectors[chunk]), out)
            product[chunk] = out.T[:width]

        _in_chunks(sweep, len(rows))
        return product.reshape(w_full.shape)

    @staticmethod
    def chunk(batch: int) -> int:  # noqa: ARG004
        """Return the width to a multiple of which a batch is padded internally."""
        return _LANES


def _in_chunks(sweep: Callable[[slice, int], None], rows: int) -> None:
    def one(start: int) -> None:
        stop = min(start + _LANES, rows)
        sweep(slice(start, stop), stop - start)

    run_in_threads(one, range(0, rows, _LANES))


def _lanes(rows: Array) -> Array:
    """Return up to sixteen rows as columns, padded with zeros."""
    columns = np.zeros((rows.shape[1], _LANES))
    columns[:, : len(rows)] = rows.T
    return columns


@jit
def _sweep(c: Array, index: Indices, w: Array, energy: Array, gradient: Array) -> None:
    """Add the contribution of every path to the energies and, by prefix and suffix products, to the gradients."""
    H = index.shape[1]
    prefix, suffix = np.empty((H + 1, _LANES)), np.empty(_LANES)
    for p in range(c.size):
        for b in range(_LANES):
            prefix[0, b] = c[p]
            suffix[b] = 1.0
        for k in range(H):
            i = index[p, k]
            for b in range(_LANES):
                prefix[k + 1, b] = prefix[k, b] * w[i, b]
        for b in range(_LANES):
            energy[b] += prefix[H, b]
        for k in range(H - 1, -1, -1):
            i = index[p, k]
            for b in range(_LANES):
                gradient[i, b] += prefix[k, b] * suffix[b]
            for b in range(_LANES):
                suffix[b] *= w[i, b]


@jit
def _tangent_sweep(c: Array, index: Indices, w: Array, v: Array, out: Array) -> None:
    """Add the derivative along v of every path's gradient."""
    H = index.shape[1]
    prefix, slope = np.empty((H, _LANES)), np.empty((H, _LANES))
    suffix, suffix_slope = np.empty(_LANES), np.empty(_LANES)
    for p in range(c.size):
        for b in range(_LANES):
            prefix[0, b], slope[0, b] = c[p], 0.0
            suffix[b], suffix_slope[b] = 1.0, 0.0
        for k in range(H - 1):
            i = index[p, k]
            for b in range(_LANES):
                prefix[k + 1, b] = prefix[k, b] * w[i, b]
                slope[k + 1, b] = slope[k, b] * w[i, b] + prefix[k, b] * v[i, b]
        for k in range(H - 1, -1, -1):
            i = index[p, k]
            for b in range(_LANES):
                out[i, b] += slope[k, b] * suffix[b] + prefix[k, b] * suffix_slope[b]
            for b in range(_LANES):
                suffix_slope[b] = suffix_slope[b] * w[i, b] + suffix[b] * v[i, b]
                suffix[b] *= w[i, b]
