"""Results of parallel tempering: records of energies and overlaps, and checks of equilibration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from spinglass._common.types import Array, BoolArray, IntArray, TextArray
from spinglass.sampling.datatree import Contents, datatree
from spinglass.sampling.diagnostics import effective_sample_size, split_rhat
from spinglass.sampling.samples import LARGEST_RHAT, Mixing
from spinglass.saving import Saved

if TYPE_CHECKING:
    import pandas as pd
    import xarray

# Swap probability below which two parts of a ladder are effectively disconnected.
LEAST_SWAP_RATE = 0.05
# `Tempering.excess_overlap` above which replicas have stayed in their valleys: at equilibrium it is below 0 up to noise
# of a few hundredths; if replicas are frozen it is a few tenths.
LARGEST_EXCESS = 0.1


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Tempering(Saved):
    """Records of parallel tempering for S disorder samples, two copies, K temperatures and T records.

    The axes are always in the order: disorder sample (S), copy (2), temperature (K), record (T) or coordinate (n).
    Copy 0 started hot, from uniform random points; copy 1 started cold, from minima. The temperature at position k of
    an axis of length K is ``temperatures[k]``.

    Attributes
    ----------
    temperatures : ndarray, shape (K,)
        Increasing temperatures, in units of the total energy, after adaptation.
    x : ndarray, shape (S, 2, K, n)
        Final configurations, on the sphere; axes sample, copy, temperature, coordinate.
    energies : ndarray, shape (S, 2, K, T)
        Energies per spin (not total); axes sample, copy, temperature, record.
    overlaps : ndarray, shape (S, K, T)
        Overlaps ``x.y/n`` of copy 0 with copy 1 at the same temperature; axes sample, temperature, record.
    own_overlaps : ndarray, shape (S, 2, K, T)
        Overlap of each replica with its initial configuration, when recording began, even after swaps have moved it to
        other temperatures; axes sample, copy, initial temperature, record.
    acceptance : ndarray, shape (S, 2, K)
        Mean acceptance probability of trajectories; axes sample, copy, temperature.
    swap_rates : ndarray, shape (S, 2, K-1)
        Mean swap probability of temperatures k and k+1; axes sample, copy, k.
    round_trips : ndarray of int64, shape (S, 2)
        Number of round trips from the cold end of the ladder to the hot end and back, all replicas of a copy together;
        axes sample, copy.
    """

    temperatures: Array
    x: Array = field(repr=False)
    energies: Array = field(repr=False)
    overlaps: Array = field(repr=False)
    own_overlaps: Array = field(repr=False)
    acceptance: Array
    swap_rates: Array
    round_trips: IntArray

    def __len__(self) -> int:
        """Return the number of disorder samples."""
        return len(self.x)

    @cached_property
    def finite(self) -> BoolArray:
        """Mask of the samples whose energies, overlaps and swap rates are all finite, shape (S,)."""
        numbers = (self.energies, self.overlaps, self.own_overlaps, self.swap_rates)
        rows = [np.isfinite(array).reshape(len(self), -1).all(axis=1) for array in numbers]
        return np.asarray(np.all(rows, axis=0))

    @cached_property
    def rhat(self) -> Array:
        """Split R-hat of the energy over both copies, sample by temperature, shape (S, K); NaN if not finite."""
        return self._of_finite_glasses(split_rhat, np.nan)

    @cached_property
    def effective_samples(self) -> Array:
        """Effective number of independent energies of both copies, shape (S, K); 0 if they are not finite."""
        return self._of_finite_glasses(effective_sample_size, 0.0)

    def _of_finite_glasses(self, measure: Callable[[Array], Array], otherwise: float) -> Array:
        found = np.full((len(self), len(self.temperatures)), otherwise)
        found[self.finite] = measure(np.moveaxis(self.energies[self.finite], 1, 2))
        return found

    @cached_property
    def excess_overlap(self) -> Array:
        """Mean squared overlap of replicas with their initial configurations minus that of the two copies, shape (S,).

        The first mean is over the second half of the records. At equilibrium the difference is not positive, up to
        noise: with ``M_k`` the mean of ``x x^T/n`` at temperature k, decorrelated replicas have a mean squared overlap
        of at most ``mean_k |M_k|^2``, which is that of the copies. A positive value shows replicas that are swapped but
        never leave their valleys, which R-hat of the energies cannot detect.
        """
        later = self.own_overlaps[..., self.own_overlaps.shape[-1] // 2 :]
        return np.asarray((later**2).mean(axis=(1, 2, 3)) - (self.overlaps**2).mean(axis=(1, 2)))

    @property
    def energy_per_spin(self) -> Array:
        """Mean energy per spin over both copies, by sample and temperature, shape (S, K)."""
        return np.asarray(self.energies.mean(axis=(1, 3)))

    @property
    def standard_error(self) -> Array:
        """Standard error of `energy_per_spin` within each sample, by sample and temperature, shape (S, K)."""
        with np.errstate(invalid="ignore"):  # NaN in samples that are not finite
            return np.asarray(np.sqrt(self.energies.var(axis=(1, 3)) / np.maximum(self.effective_samples, 1.0)))

    @property
    def status(self) -> TextArray:
        """Result of the checks for each sample, shape (S,), texts of `Mixing`; the first that applies of the following.

        * "not finite": a recorded number is not finite.
        * "ladder does not mix": a swap rate is below 0.05, or a copy has no round trip.
        * "not equilibrated": R-hat between the hot and the cold copy exceeds 1.1 at some temperature.
        * "replicas stay in their valleys": `excess_overlap` exceeds 0.1. This happens if the hottest temperature is not
          above the dynamical transition temperature, where single chains mix.
        * "equilibrated": none of these.
        """
        status = np.full(len(self), Mixing.EQUILIBRATED, dtype=object)
        status[self.excess_overlap > LARGEST_EXCESS] = Mixing.FROZEN
        status[(self.rhat > LARGEST_RHAT).any(axis=1)] = Mixing.NOT_EQUILIBRATED
        status[(self.swap_rates < LEAST_SWAP_RATE).any(axis=(1, 2)) | (self.round_trips == 0).any(axis=1)] = (
            Mixing.LADDER
        )
        status[~self.finite] = Mixing.NOT_FINITE
        return status.astype(str)

    @property
    def equilibrated(self) -> BoolArray:
        """Mask of the samples that have equilibrated, shape (S,)."""
        return np.asarray(self.status == Mixing.EQUILIBRATED)

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row per disorder sample and temperature.

        Returns
        -------
        pandas.DataFrame
            Columns ``temperature``, ``energy_per_spin``, ``standard_error``, ``rhat``, ``effective_samples``,
            ``acceptance`` (mean over copies), ``swap_rate`` (with the next temperature, the smaller of the two copies;
            NaN at the hottest) and ``status``; the index levels are ``sample`` and ``rung``.
        """
        import pandas as pd

        S, K = self.rhat.shape
        columns = {
            "temperature": np.tile(self.temperatures, S),
            "energy_per_spin": self.energy_per_spin.ravel(),
            "standard_error": self.standard_error.ravel(),
            "rhat": self.rhat.ravel(),
            "effective_samples": self.effective_samples.ravel(),
            "acceptance": self.acceptance.mean(axis=1).ravel(),
            "swap_rate": np.pad(self.swap_rates.min(axis=1), ((0, 0), (0, 1)), constant_values=np.nan).ravel(),
            "status": np.repeat(self.status, K),
        }
        index = pd.MultiIndex.from_product([range(S), range(K)], names=["sample", "rung"])
        return pd.DataFrame(columns, index=index)

    def history(self) -> pd.DataFrame:
        """Return the records as a table with one row per disorder sample, temperature and record.

        Returns
        -------
        pandas.DataFrame
            Columns ``sample``, ``rung``, ``temperature``, ``record``, ``energy_hot`` and ``energy_cold`` (per spin, of
            the copies with hot and cold start) and ``overlap`` (of the two copies).
        """
        import pandas as pd

        sample, rung, record = np.indices(self.overlaps.shape)
        columns = {
            "sample": sample.ravel(),
            "rung": rung.ravel(),
            "temperature": self.temperatures[rung.ravel()],
            "record": record.ravel(),
            "energy_hot": self.energies[:, 0].ravel(),
            "energy_cold": self.energies[:, 1].ravel(),
            "overlap": self.overlaps.ravel(),
        }
        return pd.DataFrame(columns)

    def to_datatree(self) -> xarray.DataTree:
        """Return the records as a tree of data sets, which ArviZ reads; needs ``pip install 'spinglass[xarray]'``.

        The two copies are the chains. Disorder samples have the dimension ``disorder``, because ``sample`` has another
        meaning in ArviZ.

        Returns
        -------
        xarray.DataTree
            Groups ``posterior`` (``energy_per_spin``: chain, draw, disorder, temperature), ``overlaps`` (``overlap`` of
            the copies: the same with a single chain) and ``sample_stats`` (``acceptance_rate``: chain, disorder,
            temperature; ``swap_rate``: chain, disorder, gap, where gap k lies between temperatures k and k+1;
            ``round_trips``: chain, disorder; ``status``: disorder).

        Raises
        ------
        ImportError
            If xarray is not installed.
        """
        samples, _, temperatures, records = self.energies.shape
        chain = {"chain": [0, 1], "start": (("chain",), ["hot", "cold"])}
        where = {"disorder": np.arange(samples), "temperature": self.temperatures}
        draw = {"draw": np.arange(records)}
        dims = ("chain", "draw", "disorder", "temperature")
        own = {
            "acceptance_rate": (("chain", "disorder", "temperature"), self.acceptance.swapaxes(0, 1)),
            "swap_rate": (("chain", "disorder", "gap"), self.swap_rates.swapaxes(0, 1)),
            "round_trips": (("chain", "disorder"), self.round_trips.T),
            "status": (("disorder",), self.status),
        }
        energies = np.transpose(self.energies, (1, 3, 0, 2))
        overlaps = np.transpose(self.overlaps, (2, 0, 1))[None]
        groups: dict[str, tuple[Contents, Contents]] = {
            "posterior": ({"energy_per_spin": (dims, energies)}, chain | draw | where),
            "overlaps": ({"overlap": (dims, overlaps)}, {"chain": [0]} | draw | where),
            "sample_stats": (own, chain | where | {"gap": np.arange(temperatures - 1)}),
        }
        return datatree(groups, {"n": self.x.shape[-1]})

    def __repr__(self) -> str:
        """Return a summary in a few lines; ranges are over the samples that are finite."""
        kinds, counts = np.unique(self.status, return_counts=True)
        S, _, K, records = self.energies.shape
        least, most = _ends(self.swap_rates[self.finite])
        return (
            f"Tempering: {S} samples, n = {self.x.shape[-1]}, {K} temperatures "
            f"{self.temperatures[0]:g} to {self.temperatures[-1]:g}, 2 copies, {records} records\n"
            f"  status           {', '.join(f'{c} {k}' for k, c in zip(kinds, counts, strict=True))}\n"
            f"  split R-hat      at most {_ends(self.rhat[self.finite])[1]:.3f}\n"
            f"  excess overlap   at most {_ends(self.excess_overlap[self.finite])[1]:.3f}\n"
            f"  swap rates       {least:.2f} to {most:.2f}\n"
            f"  round trips      {self.round_trips.min()} to {self.round_trips.max()} per copy"
        )


def _ends(numbers: Array) -> tuple[float, float]:
    """Return the smallest and the largest of the numbers, or NaN if there are none."""
    return (float(numbers.min()), float(numbers.max())) if numbers.size else (np.nan, np.nan)
