"""Results of sampling at one temperature: energies and overlaps, and a check of equilibration."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from spinglass._common.types import Array, BoolArray
from spinglass.sampling.datatree import Contents, datatree
from spinglass.sampling.diagnostics import effective_sample_size, split_rhat
from spinglass.saving import Saved

if TYPE_CHECKING:
    import pandas as pd
    import xarray

# Above this value of R-hat, chains from hot and cold starts have not converged (Gelman et al. 2013, section 11.4).
LARGEST_RHAT = 1.1


class Mixing(StrEnum):
    """Result of the check of equilibration; a member compares equal to its text.

    "not finite" takes precedence over all others, because nothing can be inferred from energies that are not finite.
    """

    EQUILIBRATED = "equilibrated"
    NOT_EQUILIBRATED = "not equilibrated"
    LADDER = "ladder does not mix"
    FROZEN = "replicas stay in their valleys"
    NOT_FINITE = "not finite"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Samples(Saved):
    """Chains at one temperature in one landscape; half of them started hot, the other half cold.

    Attributes
    ----------
    temperature : float
        Temperature, in units of the total energy.
    x : ndarray, shape (C, n)
        Final points of the C chains, on the sphere.
    energies : ndarray, shape (C, T)
        Energies per spin (not total), chain by record.
    overlaps : ndarray, shape (C//2, T)
        Overlaps ``x.y/n`` of the k-th hot chain with the k-th cold chain, pair by record.
    cold : ndarray of bool, shape (C,)
        Mask of the chains that started from minima; the others started from uniform random points.
    acceptance : ndarray, shape (C,)
        Mean acceptance probability of each chain.
    """

    temperature: float
    x: Array
    energies: Array
    overlaps: Array
    cold: BoolArray
    acceptance: Array

    @cached_property
    def finite(self) -> BoolArray:
        """Mask of the chains whose energies are all finite, shape (C,)."""
        return np.asarray(np.isfinite(self.energies).all(axis=1))

    @cached_property
    def rhat(self) -> float:
        """Split R-hat of the energy over all chains; NaN if any chain is not finite."""
        return float(split_rhat(self.energies)) if self.finite.all() else float("nan")

    @cached_property
    def effective_samples(self) -> float:
        """Effective number of independent energies of all chains together; 0 if any chain is not finite."""
        return float(effective_sample_size(self.energies)) if self.finite.all() else 0.0

    @property
    def status(self) -> Mixing:
        """Result of the check: "equilibrated" if R-hat is at most 1.1, else "not equilibrated", or "not finite"."""
        if not self.finite.all():
            return Mixing.NOT_FINITE
        return Mixing.EQUILIBRATED if self.rhat <= LARGEST_RHAT else Mixing.NOT_EQUILIBRATED

    @property
    def energy_per_spin(self) -> float:
        """Mean energy per spin over all chains; it is meaningful only if ``status`` is "equilibrated"."""
        return float(self.energies.mean())

    @property
    def standard_error(self) -> float:
        """Standard error of `energy_per_spin`."""
        with np.errstate(invalid="ignore"):  # NaN if a chain is not finite
            return float(np.sqrt(self.energies.var() / max(self.effective_samples, 1.0)))

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row per chain.

        Returns
        -------
        pandas.DataFrame
            Columns ``start`` ("hot" or "cold"), ``energy_per_spin`` (mean), ``acceptance`` and ``finite``; the index is
            named ``chain``.
        """
        import pandas as pd

        columns = {
            "start": np.where(self.cold, "cold", "hot"),
            "energy_per_spin": self.energies.mean(axis=1),
            "acceptance": self.acceptance,
            "finite": self.finite,
        }
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self.x), name="chain"))

    def history(self) -> pd.DataFrame:
        """Return the records as a table with one row per chain and record.

        Returns
        -------
        pandas.DataFrame
            Columns ``chain``, ``record``, ``start`` ("hot" or "cold"), ``energy_per_spin`` and ``overlap``, the overlap
            of a hot chain with its cold partner; NaN for cold chains.
        """
        import pandas as pd

        chain, record = np.indices(self.energies.shape)
        overlap = np.full(self.energies.shape, np.nan)
        overlap[: len(self.overlaps)] = self.overlaps
        columns = {
            "chain": chain.ravel(),
            "record": record.ravel(),
            "start": np.where(self.cold, "cold", "hot")[chain.ravel()],
            "energy_per_spin": self.energies.ravel(),
            "overlap": overlap.ravel(),
        }
        return pd.DataFrame(columns)

    def to_datatree(self) -> xarray.DataTree:
        """Return the records as a tree of data sets, which ArviZ reads; needs ``pip install 'spinglass[xarray]'``.

        Returns
        -------
        xarray.DataTree
            Groups ``posterior`` (``energy_per_spin``: chain, draw), ``overlaps`` (``overlap`` of hot and cold chains:
            chain, which numbers the pairs, and draw) and ``sample_stats`` (``acceptance_rate``: chain).

        Raises
        ------
        ImportError
            If xarray is not installed.
        """
        chains, draws = self.energies.shape
        chain = {"chain": np.arange(chains), "start": (("chain",), np.where(self.cold, "cold", "hot"))}
        draw = {"draw": np.arange(draws)}
        groups: dict[str, tuple[Contents, Contents]] = {
            "posterior": ({"energy_per_spin": (("chain", "draw"), self.energies)}, chain | draw),
            "overlaps": (
                {"overlap": (("chain", "draw"), self.overlaps)},
                {"chain": np.arange(len(self.overlaps))} | draw,
            ),
            "sample_stats": ({"acceptance_rate": (("chain",), self.acceptance)}, chain),
        }
        return datatree(groups, {"temperature": self.temperature, "n": self.x.shape[1], "status": str(self.status)})

    def __repr__(self) -> str:
        """Return a summary in a few lines."""
        chains, records = self.energies.shape
        broken = int(np.count_nonzero(~self.finite))
        count = f" in {broken} of {chains} chains" if broken else ""
        return (
            f"Samples: {chains} chains of {records}, T = {self.temperature:g}, {self.status}{count}\n"
            f"  energy per spin  {self.energy_per_spin:.5f} ± {self.standard_error:.5f}\n"
            f"  split R-hat      {self.rhat:.3f}, effective samples {self.effective_samples:.0f}"
        )
