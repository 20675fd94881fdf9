"""The result of an enumeration: the critical points of a disorder sample, and what is proven about them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array
from spinglass.results import CriticalPoints

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Enumeration(CriticalPoints):
    """All critical points of a model on the sphere, one row per point, lowest energy first.

    The fields inherited from `CriticalPoints` have their meaning there; ``iterations`` and ``evaluations`` are always
    0, and every row is converged.

    Attributes
    ----------
    complete
        Whether as many complex solutions were found as a generic model has, all of them are regular, and the Morse
        relation ``sum_k (-1)^k N_k = 1 + (-1)^(n-1)`` holds. With certificates, each solution must also be proven to
        be real or not real.
    reason
        What is missing if ``complete`` is False; empty otherwise.
    proven
        Whether it is proven that every solution was found (``certify="all"``): the number of disjoint boxes with one
        solution each equals the largest possible number of solutions.
    certified
        Whether each row is proven to be real and different from every other row, shape (rows,).
    error_bound
        Proven bound on the Euclidean distance of ``x`` from the critical point, shape (rows,); infinite without proof.
    found
        Number of complex solutions found, counted as points of projective space.
    expected
        Number of complex solutions of a generic model (for a quadratic form in a field: the number of isolated
        solutions, given the multiplicities of its eigenvalues).
    paths, retries, failed
        Number of homotopy paths followed, followed again, and never finished; 0 if linear algebra was used.
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
        """Smallest |eigenvalue| of the Riemannian Hessian, shape (rows,); if it is near 0, the index is uncertain."""
        return np.asarray(np.abs(self.eigenvalues).min(axis=1, initial=np.inf))

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Number of critical points of each index 0..n-1, shape (n,)."""
        return np.bincount(self.index, minlength=self.x.shape[1])

    def to_frame(self, *, spectrum: bool = True, coordinates: bool = False) -> "pd.DataFrame":
        """Return a table with one row per critical point.

        Parameters
        ----------
        spectrum
            Whether to add ``index``, ``smallest_eigenvalue`` and ``flattest``, which need the Hessian. Default: True.
        coordinates
            Whether to add the coordinates as columns ``x0``, ``x1``, ... Default: False.

        Returns
        -------
        pandas.DataFrame
            Index ``point``.

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


def nothing(landscape: Any, reason: str) -> Enumeration:
    """Return an empty result for a model whose critical points are not isolated."""
    return Enumeration(
        landscape=landscape,
        x=np.empty((0, landscape.n)),
        energy=np.empty(0),
        gradient_norm=np.empty(0),
        status=np.empty(0, "<U9"),
        iterations=np.empty(0, np.int64),
        evaluations=np.empty(0, np.int64),
        method="none",
        complete=False,
        reason=reason,
        proven=False,
        certified=np.empty(0, bool),
        error_bound=np.empty(0),
        found=0,
        expected=0,
        paths=0,
        retries=0,
        failed=0,
    )
