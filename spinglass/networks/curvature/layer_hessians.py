"""Curvature of a layered network's loss: preactivation Hessians, layer blocks, full Hessian, products with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import real_number, whole_number
from spinglass._common.memory import require_memory
from spinglass._common.threads import one_blas_thread
from spinglass.networks.curvature.backward_recursion import (
    Sweep,
    cross_block,
    diagonal_block,
    directional,
    preactivation_hessians,
    sweep,
)
from spinglass.networks.layers import LayeredNetwork, check_inputs
from spinglass.networks.losses import AnyArray, Loss, loss_named

Array = npt.NDArray[np.float64]
Part = Literal["hessian", "gauss_newton", "residual"]
PARTS = ("hessian", "gauss_newton", "residual")
_WORKING_SET = 2**22  # numbers in the largest temporary of a chunk of data points


@dataclass(frozen=True, eq=False, repr=False)
class Curvature:
    """Derivatives up to the second of ``E = (1/M) sum of the losses of M data points``, at one set of parameters.

    Layers count from 1 to H. ``part`` picks the ``"hessian"``, its ``"gauss_newton"`` part (what the loss's own
    curvature gives, J^T (d^2 loss) J) or the ``"residual"``, the rest. In a layer's own block the residual is what the
    terms D_l = diag(f''(h_l) dE/da_l) bring in; it vanishes for piecewise linear f. Between layers it does not.
    At a kink of a unit the slope is the one on the left, at one of the hinge loss it is 0, and the second derivative
    there is left out. Of the hinge loss the Gauss-Newton part is zero: the Hessian is its residual.
    """

    network: LayeredNetwork
    x: Array  # (M, n_0)
    targets: AnyArray
    loss_function: Loss

    @cached_property
    def _sweep(self) -> Sweep:
        # Overflow shows as a loss that is not finite, which is refused at the door.
        with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
            return sweep(self.network, self.x, self.targets, self.loss_function)

    @property
    def loss(self) -> float:
        """E, the mean loss over the data points."""
        return float(self._sweep.values.mean())

    @property
    def gradient(self) -> Array:
        """Derivatives of E by all parameters, shape (size,)."""
        swept = self._sweep
        with one_blas_thread():
            layers = [a.T @ delta for a, delta in zip(swept.inputs, swept.gradients, strict=True)]
        return np.concatenate([layer.ravel() for layer in layers]) / len(self.x)

    @property
    def preactivations(self) -> tuple[Array, ...]:
        """h_1, ..., h_H, shape (M, n_l) each."""
        return self._sweep.preactivations

    @property
    def kink_distance(self) -> float:
        """Smallest |h| over all units with a kink and all data points; infinite where there is no kink.

        A unit all of whose inputs are zero, because those below are dead, stays at rest and is left out. The hinge loss
        has kinks of its own, at ``|1 - t_c y_c|``.
        """
        nearest = np.inf
        for layer, (a, h) in enumerate(zip(self._sweep.inputs, self.preactivations, strict=True), 1):
            if self.network.activation_of(layer).kinked:
                nearest = min(nearest, np.abs(h[a.any(axis=1)]).min(initial=np.inf))
        if self.loss_function.kinks is not None:
            outputs = self.network.activation_of(self.network.H).value(self.preactivations[-1])
            nearest = min(nearest, self.loss_function.kinks(outputs, self.targets).min())
        return float(nearest)

    @np.errstate(over="ignore", invalid="ignore")
    def preactivation_hessians(self, part: Part = "hessian") -> list[Array]:
        """Return ``d^2 loss / dh_l^2`` for every data point and layer, shape (M, n_l, n_l) each.

        Source: Botev, Ritter & Barber (2017), equations 7-9.
        """
        _check_part(part)
        require_memory(
            8 * 3 * len(self.x) * sum(n * n for n in self.network.widths[1:]),
            f"preactivation Hessians of {len(self.x)} data points",
            "fewer data points at a time, or block(layer)",
        )
        with one_blas_thread():
            return self._preactivation_hessians(self._sweep, part)

    @np.errstate(over="ignore", invalid="ignore")
    def block(self, layer: int, part: Part = "hessian") -> Array:
        """Return the second derivatives by the parameters of one layer, ``mean of (a a^T) (x) H_l``.

        Shape (s, s) with s = n_(l-1) n_l, or (n_(l-1) + 1) n_l where there are biases.

        Raises
        ------
        ValueError
            If there is no such layer or part, or the block does not fit in memory.
        """
        _check_part(part)
        if whole_number("layer", layer, 1) > self.network.H:
            raise ValueError(f"layer must be one of 1..{self.network.H}, not {layer}")
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
        """Return the second derivatives by all parameters, shape (size, size).

        Raises
        ------
        ValueError
            If there is no such part, or the matrix does not fit in memory.
        """
        _check_part(part)
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
        """Return ``hessian(part) @ v`` without the matrix, for v of shape (size,) or rows (B, size).

        Raises
        ------
        ValueError
            If the shape does not fit, numbers are not real and finite, or there is no such part.
        """
        _check_part(part)
        rows = np.asarray(v)
        if rows.ndim not in (1, 2) or rows.shape[-1] != self.network.size:
            raise ValueError(
                f"v must have shape ({self.network.size},) or (B, {self.network.size}), not {rows.shape}: "
                "as many numbers as there are parameters"
            )
        if rows.dtype.kind not in "fiu" or not np.isfinite(rows).all():
            raise ValueError(f"v must hold finite real numbers; not all of these {rows.dtype} are")
        rows = rows.astype(np.float64, copy=False)
        with one_blas_thread():
            found = [self._hessian_vector(row, part) for row in np.atleast_2d(rows)]
        return np.array(found).reshape(rows.shape)

    def spectrum(self, layer: int | None = None, part: Part = "hessian") -> Array:
        """Return the eigenvalues of a layer's block in ascending order, or without ``layer`` of the full Hessian."""
        matrix = self.hessian(part) if layer is None else self.block(layer, part)
        with one_blas_thread():
            return np.asarray(np.linalg.eigvalsh(matrix))

    def rank(self, layer: int | None = None, part: Part = "hessian", tol: float = 1e-10) -> int:
        """Return how many eigenvalues of a block, or of the full Hessian, exceed ``tol`` times the largest in size."""
        if real_number("tol", tol) <= 0:
            raise ValueError(f"tol must be positive, not {tol!r}; try 1e-10")
        sizes = np.abs(self.spectrum(layer, part))
        return int(np.sum(sizes > tol * sizes.max()))

    @np.errstate(over="ignore", invalid="ignore")
    def trace(self, part: Part = "hessian") -> float:
        """Return the trace of the full Hessian, ``mean of sum_l |a_(l-1)|^2 tr H_l``."""
        _check_part(part)
        total = 0.0
        with one_blas_thread():
            for swept in self._chunks():
                for a, h in zip(swept.inputs, self._preactivation_hessians(swept, part), strict=True):
                    total += float(np.sum(a**2, axis=1) @ np.trace(h, axis1=1, axis2=2))
        return total / len(self.x)

    def _chunks(self) -> Iterator[Sweep]:
        """Sweep the data in pieces whose size depends on the widths alone."""
        widths = self.network.widths
        # Per point: a layer's inputs twice, and between layers its units by the inputs and units of another.
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
        """Add one piece's sums to the upper triangle of blocks."""
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
        return f"Curvature of the {self.loss_function.name} loss of {self.network!r} at {len(self.x)} data points"


def curvature(
    network: LayeredNetwork, x: npt.ArrayLike, targets: npt.ArrayLike, loss: str | Loss = "squared"
) -> Curvature:
    """Return the first and second derivatives of a network's mean loss.

    ``E = (1/M) sum_s loss(y_s, t_s)``; the squared loss is ``|y - t|^2/2`` with targets (M, n_H), the cross-entropy
    ``-log softmax(y)[t]`` with labels (M,) in 0..n_H - 1, the hinge loss ``sum_c max(0, 1 - t_c y_c)`` with the same
    labels (0 and 1 for one output), t_c = 1 for the label's column and -1 elsewhere. They are those of
    :func:`spinglass.networks.train`. What is asked for is computed when it is asked for.

    Raises
    ------
    ValueError
        If inputs or targets are not finite, do not fit the network or each other, or labels are out of range.

    Examples
    --------
    >>> net = LayeredNetwork([np.array([[2.0]]), np.array([[3.0]])], activation="linear")
    >>> curvature(net, [[1.0]], [[5.0]]).hessian().tolist()  # of (w1 w2 - 5)^2/2 at (2, 3)
    [[9.0, 7.0], [7.0, 4.0]]

    Notes
    -----
    Source: Botev, Ritter & Barber (2017), "Practical Gauss-Newton optimisation for deep learning", section 3.
    """
    if not isinstance(network, LayeredNetwork):
        raise TypeError(f"network must be a LayeredNetwork, not {type(network).__name__}; try LayeredNetwork(weights)")
    chosen = loss_named(loss)
    inputs = check_inputs(x, network.widths[0])
    checked = chosen.check(targets, len(inputs), network.widths[-1])
    found = Curvature(network, inputs, checked, chosen)
    if not np.isfinite(found.loss):
        raise ValueError("the loss is not finite at these parameters; use smaller weights or inputs")
    return found


def _check_part(part: str) -> None:
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}; given {part!r}")
