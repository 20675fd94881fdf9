"""What an enumeration returns: all critical points of a sample, and how far they are proven to be all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spinglass.landscape import Array
from spinglass.results import CriticalPoints

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Enumeration(CriticalPoints):
    """All critical points of a model on the sphere, lowest energy first, one row a point.

    ``iterations`` and ``evaluations`` count nothing here and are 0; every row is converged.

    Attributes
    ----------
    complete
        Whether every complex solution that a generic model has was found, each of them regular, and the
        Morse relation ``sum_k (-1)^k N_k = 1 + (-1)^(n-1)`` holds; with certificates also that each was
        proven real or not real.
    reason
        What is missing where ``complete`` is False, else empty.
    proven
        Whether that every solution was found is itself proven (``certify="all"``): as many disjoint boxes
        with one solution each as there can be solutions.
    certified
        Rows proven real and different from every other row, shape (rows,).
    error_bound
        Proven bound on the distance of ``x`` from the critical point, infinite without proof, shape (rows,).
    found, expected
        Complex solutions, counted as points of projective space: found, and there for a generic model (for a
        quadratic form in a field: as many as its eigenvalues' multiplicities leave isolated).
    paths, retries, failed
        Homotopy paths followed, paths followed again, paths that never arrived (0 where linear algebra served).
    """

    complete: bool
    reason: str
    proven: bool
    certified: npt.NDArray[np.bool_]
    error_bound: Array
    found: int
    expected: int
    paths: int
    retries: int
    failed: int

    @property
    def flattest(self) -> Array:
        """Smallest |eigenvalue| of the Riemannian Hessian, shape (rows,): near 0, an index is in doubt."""
        return np.asarray(np.abs(self.eigenvalues).min(axis=1, initial=np.inf))

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """The number of points of each index 0..n-1, shape (n,)."""
        return np.bincount(self.index, minlength=self.x.shape[1])

    def to_frame(self, *, spectrum: bool = True, coordinates: bool = False) -> "pd.DataFrame":
        """Return a table with one row a critical point; ``coordinates`` adds columns ``x0``, ``x1``, ...

        Examples
        --------
        >>> from spinglass import SphericalSpinGlass
        >>> from spinglass.critical_points import enumerate_critical_points
        >>> enumerate_critical_points(SphericalSpinGlass.pure(n=2, H=3, seed=0)).to_frame().index.name
        'point'
        """
        frame = super().to_frame(spectrum=spectrum, coordinates=coordinates)
        frame = frame.drop(columns=["converged", "status", "iterations", "evaluations"])
        frame.insert(3, "certified", self.certified)
        frame.insert(4, "error_bound", self.error_bound)
        if spectrum:
            frame.insert(5, "flattest", self.flattest)
        return frame.rename_axis("point")

    def __repr__(self) -> str:
        """Return a summary in a few lines."""
        lines = [
            f"Enumeration: {len(self)} critical points, n = {self.x.shape[1]}, "
            + ("complete" if self.complete else f"NOT complete: {self.reason}"),
            f"  complex solutions  {self.found} of {self.expected}" + (", proven to be all" if self.proven else ""),
            f"  paths              {self.paths}, {self.retries} followed again, {self.failed} failed",
            f"  certified          {np.count_nonzero(self.certified)} of {len(self)}",
        ]
        if len(self):
            energy = self.energy_per_spin
            lines += [
                f"  energy per spin    {energy.min():.6f} to {energy.max():.6f}",
                "  by index           " + " ".join(map(str, self.counts)),
            ]
        return "\n".join(lines)
