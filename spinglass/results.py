"""Results of searches for critical points."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spinglass import sphere
from spinglass._common.types import Array, BoolArray, IntArray, TextArray
from spinglass.landscape import Landscape
from spinglass.saving import Saved

if TYPE_CHECKING:
    import pandas as pd


class Status(StrEnum):
    """Reason why the search from a start ended; a member compares equal to its text."""

    CONVERGED = "converged"
    ITERATION_LIMIT = "iteration limit"
    STALLED = "stalled"
    END_OF_TIMES = "end of times"
    NOT_FINITE = "not finite"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CriticalPoints(Saved):
    """Final points of a search for critical points, one row per start.

    The spectra ``eigenvalues``, ``index`` and ``smallest_eigenvalue`` are computed on first access and cached.

    Attributes
    ----------
    landscape : Landscape
        The landscape that was searched.
    x : ndarray, shape (B, n)
        Final points, on the sphere ``|x|^2 = n``.
    energy : ndarray, shape (B,)
        Total energies; ``energy_per_spin`` is ``energy/n``.
    gradient_norm : ndarray, shape (B,)
        ``|Riemannian gradient of the total energy|/sqrt(n)``, which determines convergence.
    status : ndarray of str, shape (B,)
        Reason why each search ended: "converged", "iteration limit", "stalled" (no progress in energy or gradient),
        "end of times" (gradient flow passed its last time), "not finite" or "interrupted".
    iterations : ndarray of int64, shape (B,)
        Numbers of accepted steps.
    evaluations : ndarray of int64, shape (B,)
        Numbers of evaluations of energy and gradient.
    method : str
        Name of the method.
    times : ndarray, shape (T,), or None
        Times of the records along a gradient flow; None for other methods and without ``times``.
    energies : ndarray, shape (B, T), or None
        Energies per spin (unlike ``energy``, which is total) along a gradient flow, start by time; NaN after a failure.
    correlations : ndarray, shape (B, T, T), or None
        Overlaps ``x(t).x(t')/n`` along a gradient flow, start by t by t', if requested.
    hint : str
        Advice for starts that did not converge; empty if there is none.
    """

    landscape: Landscape = field(repr=False)
    x: Array
    energy: Array
    gradient_norm: Array
    status: TextArray
    iterations: IntArray
    evaluations: IntArray
    method: str
    times: Array | None = None
    energies: Array | None = None
    correlations: Array | None = None
    hint: str = ""

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.x)

    @property
    def energy_per_spin(self) -> Array:
        """Energy per spin ``energy/n``, shape (B,)."""
        return np.asarray(self.energy / self.x.shape[1])

    @property
    def converged(self) -> BoolArray:
        """Mask of the rows that reached the tolerance, shape (B,)."""
        return np.asarray(self.status == Status.CONVERGED)

    @cached_property
    def eigenvalues(self) -> Array:
        """Eigenvalues of the Riemannian Hessian in ascending order, shape (B, n-1); NaN for a failed row."""
        rows = self.status != Status.NOT_FINITE
        eigenvalues = np.full((len(self), self.x.shape[1] - 1), np.nan)
        eigenvalues[rows] = sphere.hessian_eigenvalues(self.landscape, self.x[rows])
        return eigenvalues

    @cached_property
    def index(self) -> IntArray:
        """Number of negative eigenvalues of the Riemannian Hessian, shape (B,); -1 for a failed row."""
        failed = np.isnan(self.eigenvalues).any(axis=1)
        return np.where(failed, -1, (self.eigenvalues < 0).sum(axis=1))

    @property
    def smallest_eigenvalue(self) -> Array:
        """Smallest eigenvalue of the Riemannian Hessian, shape (B,); infinite at n = 1, where there is none."""
        return np.asarray(self.eigenvalues.min(axis=1, initial=np.inf))

    def to_frame(self, *, spectrum: bool = False, coordinates: bool = False) -> pd.DataFrame:
        """Return a table with one row per start.

        Parameters
        ----------
        spectrum : bool, default False
            Add ``index`` and ``smallest_eigenvalue``, at the cost of one dense eigenproblem per row.
        coordinates : bool, default False
            Add the coordinates as columns ``x0``, ``x1``, ...

        Returns
        -------
        pandas.DataFrame
            Columns ``energy_per_spin``, ``energy`` (total), ``gradient_norm``, ``converged``, ``status``,
            ``iterations``, ``evaluations`` and ``method``; the index is named ``start``.

        Examples
        --------
        >>> from spinglass import SphericalSpinGlass, descend, sphere
        >>> found = descend(SphericalSpinGlass.pure(n=6, H=3, seed=0), sphere.random_points(6, 4, seed=0))
        >>> found.to_frame()[["status", "method"]].drop_duplicates().values.tolist()
        [['converged', 'lbfgs']]
        """
        import pandas as pd

        columns: dict[str, npt.NDArray[np.generic] | str] = {
            "energy_per_spin": self.energy_per_spin,
            "energy": self.energy,
            "gradient_norm": self.gradient_norm,
            "converged": self.converged,
            "status": self.status,
            "iterations": self.iterations,
            "evaluations": self.evaluations,
            "method": self.method,
        }
        if spectrum:
            columns |= {"index": self.index, "smallest_eigenvalue": self.smallest_eigenvalue}
        if coordinates:
            columns |= {f"x{i}": column for i, column in enumerate(self.x.T)}
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self), name="start"))

    def history(self) -> pd.DataFrame:
        """Return the energies along a gradient flow as a table with one row per start and time.

        Returns
        -------
        pandas.DataFrame
            Columns ``start``, ``time`` and ``energy_per_spin``.

        Raises
        ------
        ValueError
            If no times were recorded.

        Examples
        --------
        >>> from spinglass import SphericalSpinGlass, descend, sphere
        >>> glass, x0 = SphericalSpinGlass.pure(n=6, H=3, seed=0), sphere.random_points(6, 2, seed=0)
        >>> found = descend(glass, x0, method="gradient", times=[0.0, 0.5, 1.0])
        >>> found.history()["time"].tolist()
        [0.0, 0.5, 1.0, 0.0, 0.5, 1.0]
        """
        import pandas as pd

        if self.times is None or self.energies is None:
            raise ValueError('no times were recorded; use descend(..., method="gradient", times=[0.1, 1, 10])')
        start, time = np.meshgrid(np.arange(len(self)), self.times, indexing="ij")
        return pd.DataFrame(
            {"start": start.ravel(), "time": time.ravel(), "energy_per_spin": self.energies.ravel()},
        )

    def __repr__(self) -> str:
        """Return a summary in a few lines."""
        kinds, counts = np.unique(self.status, return_counts=True)
        lines = [
            f"CriticalPoints: {len(self)} rows, n = {self.x.shape[1]}, method {self.method}",
            "  status           " + (", ".join(f"{c} {k}" for k, c in zip(kinds, counts, strict=True)) or "none"),
        ]
        sound = np.isfinite(self.energy) & np.isfinite(self.gradient_norm)
        if sound.any():
            energy, norm = self.energy_per_spin[sound], self.gradient_norm[sound]
            lines += [
                f"  energy per spin  {energy.min():.6f} to {energy.max():.6f}, mean {energy.mean():.6f}",
                f"  gradient norm    {norm.min():.1e} to {norm.max():.1e}",
                f"  iterations       {self.iterations.min()} to {self.iterations.max()}",
            ]
        if self.hint:
            lines.append(f"  hint             {self.hint}")
        return "\n".join(lines)
