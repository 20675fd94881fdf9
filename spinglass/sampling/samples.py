"""What sampling returns: traces, and whether they may be trusted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spinglass.landscape import Array
from spinglass.sampling.diagnostics import effective_sample_size, split_rhat

if TYPE_CHECKING:
    import pandas as pd

# Above this the chains from hot and from cold starts have not met (Gelman et al. 2013, section 11.4).
LARGEST_RHAT = 1.1
# Swap probability below which two parts of a ladder are as good as apart.
LEAST_SWAP_RATE = 0.05
# `Tempering.excess_overlap` above which replicas have kept to their valleys: at equilibrium it lies below 0 and
# scatters by a few hundredths, where replicas are frozen it is some tenths.
LARGEST_EXCESS = 0.1


class Mixing(StrEnum):
    """Whether chains have forgotten their starts; compares equal to its text.

    "not finite" takes precedence: an energy that is not a number says nothing about mixing.
    """

    EQUILIBRATED = "equilibrated"
    NOT_EQUILIBRATED = "not equilibrated"
    LADDER = "ladder does not mix"
    FROZEN = "replicas stay in their valleys"
    NOT_FINITE = "not finite"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Samples:
    """Chains at one temperature in one landscape, half of them from hot starts, half from cold ones."""

    temperature: float
    x: Array  # (C, n), where the chains stand at the end
    energies: Array  # (C, T), per spin
    cold: npt.NDArray[np.bool_]  # (C,), which chains started from minima
    acceptance: Array  # (C,)

    @cached_property
    def finite(self) -> npt.NDArray[np.bool_]:
        """Which chains have finite energies throughout, shape (C,)."""
        return np.asarray(np.isfinite(self.energies).all(axis=1))

    @cached_property
    def rhat(self) -> float:
        """Split R-hat of the energy over all chains; NaN where one chain is not finite: it has not met the others."""
        return float(split_rhat(self.energies)) if self.finite.all() else float("nan")

    @cached_property
    def effective_samples(self) -> float:
        """Effective number of independent energies, over all chains; 0 where one chain is not finite."""
        return float(effective_sample_size(self.energies)) if self.finite.all() else 0.0

    @property
    def status(self) -> Mixing:
        """Whether hot and cold chains have met; "not finite" as soon as one chain is not."""
        if not self.finite.all():
            return Mixing.NOT_FINITE
        return Mixing.EQUILIBRATED if self.rhat <= LARGEST_RHAT else Mixing.NOT_EQUILIBRATED

    @property
    def energy_per_spin(self) -> float:
        """Mean energy per spin over all chains; not to be used unless ``status`` is "equilibrated"."""
        return float(self.energies.mean())

    @property
    def standard_error(self) -> float:
        """Standard error of `energy_per_spin`."""
        with np.errstate(invalid="ignore"):  # NaN where a chain is not finite
            return float(np.sqrt(self.energies.var() / max(self.effective_samples, 1.0)))

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


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Tempering:
    """Parallel tempering of S glasses: two copies of a ladder of K temperatures, T records.

    Energies are per spin. Copy 0 started hot, copy 1 cold; ``overlaps`` are between the two, at equal temperature,
    ``own_overlaps`` of every replica, wherever it is, with the point where it stood when the records began.
    """

    temperatures: Array  # (K,)
    x: Array = field(repr=False)  # (S, 2, K, n), where the replicas stand at the end
    energies: Array = field(repr=False)  # (S, 2, K, T)
    overlaps: Array = field(repr=False)  # (S, K, T)
    own_overlaps: Array = field(repr=False)  # (S, 2, K, T)
    acceptance: Array  # (S, 2, K)
    swap_rates: Array  # (S, 2, K-1)
    round_trips: npt.NDArray[np.int64]  # (S, 2)

    def __len__(self) -> int:
        """Return the number of glasses."""
        return len(self.x)

    @cached_property
    def finite(self) -> npt.NDArray[np.bool_]:
        """Which glasses have finite energies, overlaps and swap rates throughout, shape (S,)."""
        numbers = (self.energies, self.overlaps, self.own_overlaps, self.swap_rates)
        rows = [np.isfinite(array).reshape(len(self), -1).all(axis=1) for array in numbers]
        return np.asarray(np.all(rows, axis=0))

    @cached_property
    def rhat(self) -> Array:
        """Split R-hat of the energy over both copies, shape (S, K); NaN in glasses that are not finite."""
        return self._of_finite_glasses(split_rhat, np.nan)

    @cached_property
    def effective_samples(self) -> Array:
        """Effective number of independent energies over both copies, shape (S, K); 0 in glasses that are not finite."""
        return self._of_finite_glasses(effective_sample_size, 0.0)

    def _of_finite_glasses(self, measure: Callable[[Array], Array], otherwise: float) -> Array:
        found = np.full((len(self), len(self.temperatures)), otherwise)
        found[self.finite] = measure(np.moveaxis(self.energies[self.finite], 1, 2))
        return found

    @cached_property
    def excess_overlap(self) -> Array:
        """How much closer replicas are to their own past than the two copies are to one another, shape (S,).

        The mean squared overlap of replicas with where they stood, over the second half of the records, less that of
        the copies. At equilibrium it is not positive, but for noise: with ``M_k`` the mean of ``x x^T/n`` at rung k,
        replicas that have wandered give at most ``mean_k |M_k|^2``, which is what the copies give. Replicas that
        change places and never leave their valleys mix energies at every rung, and show here.
        """
        later = self.own_overlaps[..., self.own_overlaps.shape[-1] // 2 :]
        return np.asarray((later**2).mean(axis=(1, 2, 3)) - (self.overlaps**2).mean(axis=(1, 2)))

    @property
    def energy_per_spin(self) -> Array:
        """Mean energy per spin over both copies, shape (S, K)."""
        return np.asarray(self.energies.mean(axis=(1, 3)))

    @property
    def standard_error(self) -> Array:
        """Standard error of `energy_per_spin` in each glass, shape (S, K)."""
        with np.errstate(invalid="ignore"):  # NaN in glasses that are not finite
            return np.asarray(np.sqrt(self.energies.var(axis=(1, 3)) / np.maximum(self.effective_samples, 1.0)))

    @property
    def status(self) -> npt.NDArray[np.str_]:
        """How each glass ended, shape (S,), texts of `Mixing`.

        The ladder does not mix where a swap rate is below 0.05 or no replica of a copy went from the cold end to the
        hot one and back; chains are not equilibrated where R-hat between the hot and the cold copy exceeds 1.1;
        replicas stay in their valleys where `excess_overlap` exceeds 0.1, as they do on a ladder that does not reach
        to where a single chain mixes, above the dynamical transition temperature; "not finite" marks glasses in which
        any of these numbers is not.
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
    def equilibrated(self) -> npt.NDArray[np.bool_]:
        """Which glasses have equilibrated, shape (S,)."""
        return np.asarray(self.status == Mixing.EQUILIBRATED)

    def to_frame(self) -> "pd.DataFrame":
        """Return a table with one row a glass and temperature."""
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

    def __repr__(self) -> str:
        """Return a summary in a few lines; its ranges are those of the glasses that are finite."""
        kinds, counts = np.unique(self.status, return_counts=True)
        S, _, K, records = self.energies.shape
        least, most = _ends(self.swap_rates[self.finite])
        return (
            f"Tempering: {S} glasses, n = {self.x.shape[-1]}, {K} temperatures "
            f"{self.temperatures[0]:g} to {self.temperatures[-1]:g}, 2 copies, {records} records\n"
            f"  status           {', '.join(f'{c} {k}' for k, c in zip(kinds, counts, strict=True))}\n"
            f"  split R-hat      {_ends(self.rhat[self.finite])[1]:.3f} at most\n"
            f"  excess overlap   {_ends(self.excess_overlap[self.finite])[1]:.3f} at most\n"
            f"  swap rates       {least:.2f} to {most:.2f}\n"
            f"  round trips      {self.round_trips.min()} to {self.round_trips.max()} a copy"
        )


def _ends(numbers: Array) -> tuple[float, float]:
    """Return the smallest and the largest of the numbers, NaN where there are none."""
    return (float(numbers.min()), float(numbers.max())) if numbers.size else (np.nan, np.nan)
