"""What algorithms that look for critical points return."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spinglass import sphere
from spinglass.landscape import Array, Landscape

if TYPE_CHECKING:
    import pandas as pd


class Status(StrEnum):
    """How a start ended; compares equal to its text."""

    CONVERGED = "converged"
    ITERATION_LIMIT = "iteration limit"
    STALLED = "stalled"
    END_OF_TIMES = "end of times"
    NOT_FINITE = "not finite"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CriticalPoints:
    """Points where a search for critical points ended, one row a start.

    ``gradient_norm`` is ``|Riemannian gradient|/sqrt(n)`` and decides ``converged``; ``energy`` is total.
    Spectra are computed when first asked for, and kept.
    """

    landscape: Landscape = field(repr=False)
    x: Array  # (B, n), on the sphere
    energy: Array  # (B,)
    gradient_norm: Array  # (B,)
    status: npt.NDArray[np.str_]  # (B,), texts of Status
    iterations: npt.NDArray[np.int64]  # (B,), accepted steps
    evaluations: npt.NDArray[np.int64]  # (B,), of energy and gradient
    method: str
    times: Array | None = None  # (T,), of a gradient flow
    energies: Array | None = None  # (B, T), per spin, along the flow; NaN after a failure
    correlations: Array | None = None  # (B, T, T), overlaps x(t).x(t')/n along the flow, where asked for

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.x)

    @property
    def energy_per_spin(self) -> Array:
        """``energy/n``, shape (B,)."""
        return np.asarray(self.energy / self.x.shape[1])

    @property
    def converged(self) -> npt.NDArray[np.bool_]:
        """Which rows reached the tolerance, shape (B,)."""
        return np.asarray(self.status == Status.CONVERGED)

    @cached_property
    def eigenvalues(self) -> Array:
        """Eigenvalues of the Riemannian Hessian in ascending order, shape (B, n-1); NaN for a failed row."""
        rows = self.status != Status.NOT_FINITE
        eigenvalues = np.full((len(self), self.x.shape[1] - 1), np.nan)
        eigenvalues[rows] = sphere.hessian_eigenvalues(self.landscape, self.x[rows])
        return eigenvalues

    @cached_property
    def index(self) -> npt.NDArray[np.int64]:
        """Number of negative eigenvalues of the Riemannian Hessian, shape (B,); -1 for a failed row."""
        failed = np.isnan(self.eigenvalues).any(axis=1)
        return np.where(failed, -1, (self.eigenvalues < 0).sum(axis=1))

    @property
    def smallest_eigenvalue(self) -> Array:
        """Lowest eigenvalue of the Riemannian Hessian, shape (B,); infinite at n = 1, where there is none."""
        return np.asarray(self.eigenvalues.min(axis=1, initial=np.inf))

    def to_frame(self, *, spectrum: bool = False, coordinates: bool = False) -> "pd.DataFrame":
        """Return a table with one row a start.

        Parameters
        ----------
        spectrum
            Add ``index`` and ``smallest_eigenvalue`` (a dense eigenproblem a row).
        coordinates
            Add the coordinates as columns ``x0``, ``x1``, ...

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
        return "\n".join(lines)
