"""Second derivatives of a layered network's loss: preactivation Hessians, layer blocks, full Hessian, products."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.memory import require_memory
from spinglass._common.threads import one_blas_thread
from spinglass._common.types import Array
from spinglass.networks.curvature.backward_recursion import (
    Sweep,
    cross_block,
    diagonal_block,
    directional,
    preactivation_hessians,
    sweep,
)
from spinglass.networks.curvature.first_derivatives import FirstDerivatives

Part = Literal["hessian", "gauss_newton", "residual"]
PARTS = ("hessian", "gauss_newton", "residual")
_WORKING_SET = 2**22  # numbers in the largest temporary of a chunk of data points


@dataclass(frozen=True, eq=False, repr=False)
class LayerHessians(FirstDerivatives):
    """First and second derivatives of the mean loss E of M data points, at one set of parameters.

    Layers are numbered from 1 to H. The argument ``part`` selects the ``"hessian"``, its ``"gauss_newton"`` part
    J^T (d^2 loss) J, which contains the curvature of the loss only, or the ``"residual"``, which is the difference of
    the two. Within a layer's own block, the residual comes from the terms D_l = diag(f''(h_l) dE/da_l) and vanishes for
    piecewise linear f; between layers it does not. At a kink of a unit the derivative from the left is used, at a kink
    of the hinge loss 0; second derivatives at kinks are omitted. The Gauss-Newton part of the hinge loss is zero.

    Attributes
    ----------
    network
        The network.
    x
        Inputs, shape (M, n_0).
    targets
        Validated targets: values (M, n_H) or labels (M,).
    loss_function
        The loss.
    """

    @np.errstate(over="ignore", invalid="ignore")
    def preactivation_hessians(self, part: Part = "hessian") -> list[Array]:
        """Return the Hessians ``d^2 loss / dh_l^2`` for every data point and layer.

        Parameters
        ----------
        part
            ``"hessian"`` (default), ``"gauss_newton"`` or ``"residual"``.

        Returns
        -------
        list of ndarray
            H arrays of shape (M, n_l, n_l).

        Raises
        ------
        ValueError
            If the part is unknown, or the arrays do not fit in memory.

        References
        ----------
        Botev, Ritter and Barber (2017), equations 7-9.
        """
        check_part(part)
        require_memory(
            8 * 3 * len(self.x) * sum(n * n for n in self.network.widths[1:]),
            f"preactivation Hessians of {len(self.x)} data points",
            "fewer data points at a time, or block(layer)",
        )
        with one_blas_thread():
            return self._preactivation_hessians(self._sweep, part)

    @np.errstate(over="ignore", invalid="ignore")
    def block(self, layer: int, part: Part = "hessian") -> Array:
        """Return the second derivatives with respect to one layer's parameters, the mean of ``(a a^T) (x) H_l``.

        Parameters
        ----------
        layer
            Number of the layer, 1..H.
        part
            ``"hessian"`` (default), ``"gauss_newton"`` or ``"residual"``.

        Returns
        -------
        ndarray
            Block of shape (s, s), with s = n_(l-1) n_l, or (n_(l-1) + 1) n_l with biases.

        Raises
        ------
        ValueError
            If the layer or part does not exist, or the block does not fit in memory.
        """
        check_part(part)
        self._check_layer(layer)
        size = self.network.layer_sizes[layer - 1]
        require_memory(8 * 2 * size**2, f"the block of layer {layer}, {size} x {size}", "hessian_vector")
        total = np.zeros((size, size))
        with one_blas_thread():
            for swept in self._chunks():
                hessians = self._preactivation_hessians(swept, part)
                total += diagonal_block(swept.inputs[layer - 1], hessians[layer - 1])
        return total / len(self.x)

    @np.errstate(over="ignore", invalid="ignore")
    def hessian(self, part: Part = "hessian") -> Array:
        """Return the second derivatives with respect to all parameters.

        Parameters
        ----------
        part
            ``"hessian"`` (default), ``"gauss_newton"`` or ``"residual"``.

        Returns
        -------
        ndarray
            Symmetric matrix of shape (size, size).

        Raises
        ------
        ValueError
            If the part is unknown, or the matrix does not fit in memory.
        """
        check_part(part)
        size = self.network.size
        require_memory(8 * 2 * size**2, f"the full Hessian of {size} parameters", "hessian_vector, or block(layer)")
        total = np.zeros((size, size))
        with one_blas_thread():
            for swept in self._chunks():
                self._add_hessian(total, swept, part)
        lower = np.tril_indices(size, -1)
        total[lower] = total.T[lower]
        return total / len(self.x)

    @np.errstate(over="ignore", invalid="ignore")
    def hessian_vector(self, v: npt.ArrayLike, part: Part = "hessian") -> Array:
        """Return ``hessian(part) @ v`` without forming the matrix.

        Parameters
        ----------
        v
            A vector (size,), or one vector per row, shape (B, size).
        part
            ``"hessian"`` (default), ``"gauss_newton"`` or ``"residual"``.

        Returns
        -------
        ndarray
            The products, of the shape of ``v``.

        Raises
        ------
        ValueError
            If the shape does not fit, a number is not real and finite, or the part is unknown.
        """
        check_part(part)
        rows = np.asarray(v)
        if rows.ndim not in (1, 2) or rows.shape[-1] != self.network.size:
            raise ValueError(
                f"v must have shape ({self.network.size},) or (B, {self.network.size}), not {rows.shape}: "
                "as many numbers as there are parameters"
            )
        if rows.dtype.kind not in "fiu" or not np.isfinite(rows).all():
            raise ValueError(f"v must hold finite real numbers; some of these {rows.dtype} are not")
        rows = rows.astype(np.float64, copy=False)
        with one_blas_thread():
            found = [self._hessian_vector(row, part) for row in np.atleast_2d(rows)]
        return np.array(found).reshape(rows.shape)

    def spectrum(self, layer: int | None = None, part: Part = "hessian") -> Array:
        """Return the eigenvalues of the full Hessian or of one layer's block.

        Parameters
        ----------
        layer
            Number of the layer, 1..H. Default: None, the full Hessian.
        part
            ``"hessian"`` (default), ``"gauss_newton"`` or ``"residual"``.

        Returns
        -------
        ndarray
            Eigenvalues, ascending.

        Raises
        ------
        ValueError
            As `hessian` and `block`.
        """
        matrix = self.hessian(part) if layer is None else self.block(layer, part)
        with one_blas_thread():
            return np.asarray(np.linalg.eigvalsh(matrix), dtype=np.float64)

    def rank(self, layer: int | None = None, part: Part = "hessian", tol: float = 1e-10) -> int:
        """Return the numerical rank of the full Hessian or of one layer's block.

        Parameters
        ----------
        layer
            Number of the layer, 1..H. Default: None, the full Hessian.
        part
            ``"hessian"`` (default), ``"gauss_newton"`` or ``"residual"``.
        tol
            Eigenvalues count if their absolute value exceeds ``tol`` times the largest one. Default: 1e-10.

        Returns
        -------
        int
            The rank.

        Raises
        ------
        ValueError
            As `spectrum`, and if ``tol`` is not positive.
        """
        if real_number("tol", tol) <= 0:
            raise ValueError(f"tol must be positive, not {tol!r}; try 1e-10")
        sizes = np.abs(self.spectrum(layer, part))
        return int(np.sum(sizes > tol * sizes.max()))

    @np.errstate(over="ignore", invalid="ignore")
    def trace(self, part: Part = "hessian") -> float:
        """Return the trace of the full Hessian, the mean of ``sum_l |a_(l-1)|^2 tr H_l``.

        Parameters
        ----------
        part
            ``"hessian"`` (default), ``"gauss_newton"`` or ``"residual"``.

        Returns
        -------
        float
            The trace.

        Raises
        ------
        ValueError
            If the part is unknown.
        """
        check_part(part)
        total = 0.0
        with one_blas_thread():
            for swept in self._chunks():
                for a, h in zip(swept.inputs, self._preactivation_hessians(swept, part), strict=True):
                    total += float(np.sum(a**2, axis=1) @ np.trace(h, axis1=1, axis2=2))
        return total / len(self.x)

    def _check_layer(self, layer: int) -> None:
        if whole_number("layer", layer, 1) > self.network.H:
            raise ValueError(f"layer must be one of 1..{self.network.H}, not {layer}")

    def _chunks(self) -> Iterator[Sweep]:
        """Sweep the data in pieces whose size depends only on the widths."""
        widths = self.network.widths
        # Numbers per point: inputs x inputs of one layer, and lower units x upper inputs x upper units of two layers.
        most = max((max(widths) + 1) ** 2, max(widths[1:-1], default=0) ** 2 * max(widths[2:], default=0))
        points = max(1, min(256, _WORKING_SET // most))
        for start in range(0, len(self.x), points):
            piece = slice(start, start + points)
            yield sweep(self.network, self.x[piece], self.targets[piece], self.loss_function)

    def _preactivation_hessians(self, swept: Sweep, part: Part) -> list[Array]:
        if part != "residual":
            return preactivation_hessians(swept, curved=part == "hessian")
        pairs = zip(preactivation_hessians(swept), preactivation_hessians(swept, curved=False), strict=True)
        return [whole - smooth for whole, smooth in pairs]

    def _add_hessian(self, total: Array, swept: Sweep, part: Part) -> None:
        """Add the sums over one piece of the data to the upper triangle of blocks."""
        hessians = self._preactivation_hessians(swept, part)
        ends = np.cumsum((0, *self.network.layer_sizes))
        places = [slice(a, b) for a, b in pairwise(ends)]
        for upper, place in enumerate(places):
            total[place, place] += diagonal_block(swept.inputs[upper], hessians[upper])
            for lower in range(upper):
                total[places[lower], place] += cross_block(
                    swept, hessians[upper], lower, upper, residual=part != "gauss_newton"
                )

    def _hessian_vector(self, row: Array, part: Part) -> Array:
        weights, biases = self.network.unpack(row)
        products = directional(self._sweep, weights, biases, residual=part != "gauss_newton")
        if part == "residual":
            smooth = directional(self._sweep, weights, biases, residual=False)
            products = [whole - without for whole, without in zip(products, smooth, strict=True)]
        return np.concatenate([product.ravel() for product in products]) / len(self.x)

    def __repr__(self) -> str:
        loss = self.loss_function.name
        return f"{type(self).__name__} of the {loss} loss of {self.network!r} at {len(self.x)} data points"


def check_part(part: str) -> None:
    """Raise ``ValueError`` unless ``part`` is the name of a part of the Hessian."""
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}; given {part!r}")
