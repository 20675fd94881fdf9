"""Evaluation of a landscape such that the results of a row do not depend on the other rows."""

import numpy as np

from spinglass._common.types import Array
from spinglass.descent.row_kernels import finite_rows
from spinglass.landscape import Landscape, WithChunk, WithStochasticGradient

_SUMS = 500  # margin for the rounding errors of sums, in units of the rounding error of one number


class Evaluator:
    """Evaluates selected rows of a batch, always in the chunk width of the whole batch.

    Energies and gradients are returned divided by ``unit``, a power of two. Rows that are not finite are not passed to
    the landscape, which may reject them; their results are NaN.
    """

    def __init__(self, landscape: Landscape, batch: int, unit: float = 1.0) -> None:
        self.landscape, self.unit = landscape, unit
        # Number of evaluations so far of each row that is still active.
        self.calls = 0
        # Relative accuracy of energies.
        self.rounding = _SUMS * float(np.finfo(np.float64).eps)
        # Whether the landscape gives gradients in float32.
        self.single = False
        self._width = landscape.chunk(batch) if isinstance(landscape, WithChunk) else 1
        # Checked once, because checks of protocols are slow.
        self._divisible = landscape if isinstance(landscape, WithStochasticGradient) else None

    def __call__(self, points: Array) -> tuple[Array, Array]:
        """Return the energies (R,) and the Euclidean gradients (R, n) of ``points`` (R, n)."""
        self.calls += 1
        finite = finite_rows(points)
        if finite.all() and len(points):
            return self._evaluated(points)
        energy, gradient = np.full(len(points), np.nan), np.full(points.shape, np.nan)
        if finite.any():
            energy[finite], gradient[finite] = self._evaluated(points[finite])
        return energy, gradient

    def part(self, points: Array, part: int, parts: int) -> Array:
        """Return ``parts`` times the gradient (R, n) of one part of the energy, divided by ``unit``."""
        if self._divisible is None:
            raise TypeError(
                f"{type(self.landscape).__name__} has no stochastic_gradient(x, part, parts), "
                "which method 'sgd' needs; use another method"
            )
        gradient = np.full(points.shape, np.nan)
        finite = finite_rows(points)
        if finite.any():
            batch = self._padded(points[finite])
            part_gradient = np.asarray(self._divisible.stochastic_gradient(batch, part, parts), dtype=np.float64)
            gradient[finite] = part_gradient[: np.count_nonzero(finite)] / self.unit
        return gradient

    def _evaluated(self, points: Array) -> tuple[Array, Array]:
        batch = self._padded(points)
        energy, gradient = map(np.asarray, self.landscape.energy_and_gradient(batch))
        if energy.shape != (len(batch),) or gradient.shape != batch.shape:
            raise ValueError(
                f"energy_and_gradient must return shapes ({len(batch)},) and {batch.shape} "
                f"for {len(batch)} points, not {energy.shape} and {gradient.shape}"
            )
        if gradient.dtype == np.float32:
            self.single, self.rounding = True, _SUMS * float(np.finfo(np.float32).eps)
        rows = len(points)
        energies: Array = np.ascontiguousarray(energy[:rows], dtype=np.float64)
        gradients: Array = np.ascontiguousarray(gradient[:rows], dtype=np.float64)
        return (energies, gradients) if self.unit == 1 else (energies / self.unit, gradients / self.unit)

    def _padded(self, points: Array) -> Array:
        """Return the points with the last one repeated up to a multiple of the chunk width."""
        missing = -len(points) % self._width
        if not missing:
            return points
        batch = np.empty((len(points) + missing, points.shape[1]))
        batch[: len(points)] = points
        batch[len(points) :] = points[-1]
        return batch
