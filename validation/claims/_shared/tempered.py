"""Parallel tempering of landscapes, from which several claims read energies and overlaps."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spinglass import SphericalSpinGlass, sampling
from spinglass._common.seeds import child
from spinglass._common.types import Array
from validation.series import EFFORTS, Effort, Series

FROZEN, BETWEEN, LIQUID, HOTTEST = 0.5, 0.845, 1.0, 1.5
_SWEEPS = 600
_LARGEST_OF_COARSE_LADDER, _LARGEST_OF_COARSE_HOT_LADDER = 50, 100
# The largest n at standard and paper has half the spacing of temperatures, because swap rates fall as n grows.
_LANDSCAPES: dict[Effort, dict[int, int]] = {
    "quick": {12: 60, 16: 60, 48: 60},
    "standard": {16: 240, 24: 240, 64: 240},
    "paper": {32: 1200, 48: 1200, 128: 500},
}


class Tempered(NamedTuple):
    """Records of parallel tempering of one landscape at K temperatures.

    Attributes
    ----------
    temperatures : ndarray, shape (K,)
        The ladder.
    energy_per_spin : ndarray, shape (K,)
        Mean energies per spin.
    overlaps : ndarray, shape (K, records)
        Overlaps of two replicas at the same temperature.
    """

    temperatures: Array
    energy_per_spin: Array
    overlaps: Array

    def at(self, T: float) -> tuple[float, Array]:
        """Return the mean energy per spin and the overlaps (records,) at one temperature of the ladder."""
        (rung,) = np.flatnonzero(self.temperatures == T)
        return float(self.energy_per_spin[rung]), self.overlaps[rung]


def ladder(n: int) -> Array:
    """Return increasing temperatures that include those at which claims read.

    In a pilot of 10 landscapes of n = 48 (seeds (4321, 48, k)) the smallest mean swap rate is 0.40, replicas make 30
    round trips in 600 sweeps, at least 22, and all landscapes have equilibrated. A geometric ladder of ten temperatures
    with the same ends has 0.59 and 36 and takes 1.6 times as long.
    """
    parts = 1 if n <= _LARGEST_OF_COARSE_LADDER else 2
    pieces = (
        np.geomspace(low, high, steps * parts + 1)[:-1]
        for low, high, steps in ((FROZEN, BETWEEN, 4), (BETWEEN, LIQUID, 1), (LIQUID, HOTTEST, 2))
    )
    return np.concatenate([*pieces, [HOTTEST]])


def tempered(seed: np.random.SeedSequence, n: int, sweeps: int) -> Tempered:
    """Sample one landscape at all temperatures of the ladder; a simulation for :class:`Reading`."""
    return _sampled(SphericalSpinGlass.pure(n, 3, child(seed, 0)), ladder(n), sweeps, seed)


def tempered_liquid(seed: np.random.SeedSequence, n: int, sweeps: int) -> Tempered:
    """Sample one landscape from ``LIQUID`` up, where few temperatures suffice; a simulation for :class:`Reading`."""
    count = 3 if n <= _LARGEST_OF_COARSE_HOT_LADDER else 5
    return _sampled(SphericalSpinGlass.pure(n, 3, child(seed, 0)), np.geomspace(LIQUID, HOTTEST, count), sweeps, seed)


def _sampled(glass: SphericalSpinGlass, temperatures: ArrayLike, sweeps: int, seed: np.random.SeedSequence) -> Tempered:
    found = sampling.temper([glass], temperatures, sweeps, burn_in=sweeps // 2, adapt=False, seed=child(seed, 1))
    return Tempered(found.temperatures, found.energy_per_spin[0], found.overlaps[0])


MODELS: Mapping[str, Mapping[int, float]] = {"2+4": {2: 1.0, 4: 0.5}, "field+3": {1: 0.5, 3: 1.0}}
LADDERS = {"2+4": (0.8, 1.0, 1.25, 1.6, 2.1), "field+3": (0.5, 0.6, 0.75, 0.95, 1.25)}


def tempered_mixture(seed: np.random.SeedSequence, n: int, model: str, sweeps: int) -> Tempered:
    """Sample one landscape of a mixed model on its ladder; a simulation for :class:`Reading`."""
    return _sampled(SphericalSpinGlass.mixed(n, MODELS[model], child(seed, 0)), LADDERS[model], sweeps, seed)


def growing_sizes(**parameters: float) -> dict[Effort, list[Series]]:
    """Return series of growing n with these further parameters; claims that read the same landscapes take all.

    Examples
    --------
    >>> growing_sizes(T=0.5)["quick"][0]
    Series(60, n=12, sweeps=600, T=0.5)
    """
    return {
        effort: [Series(m, n=n, sweeps=_SWEEPS, **parameters) for n, m in _LANDSCAPES[effort].items()]
        for effort in EFFORTS
    }
