"""Parallel tempering (replica exchange) of many disorder samples, as pure functions ``init`` and ``step``."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass._common.threads import run_in_threads
from spinglass._common.types import Array, IntArray
from spinglass.descent.loop import descend
from spinglass.descent.scale import gradient_scale
from spinglass.geometry import random_points
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.kernels.quadratic import symmetric_matrix
from spinglass.layout import layout
from spinglass.sampling.checks import check_connected
from spinglass.sampling.exchange import Forms, Records, Replicas, evaluate_rows, sweep_replicas
from spinglass.sampling.hmc import first_size
from spinglass.sampling.ladder import check_ladder
from spinglass.sampling.noise import Words, row_keys

COPIES = 2  # copy 0 starts hot, copy 1 starts cold
_STARTS, _NOISE = 0, 1  # keys of child seeds
_ENTRIES = 3  # the number of orders is rounded up to a multiple of this, so that one kernel serves most models
_OPERATIONS = 2e9  # largest number of operations per call of the kernel, some tenths of a second


class TemperingState(NamedTuple):
    """State of all replicas, from which sampling can continue: S disorder samples, 2 copies, K temperatures.

    Attributes
    ----------
    x : ndarray, shape (S, 2, K, n)
        Configurations on the sphere; axes sample, copy (0 hot start, 1 cold start), temperature, coordinate.
    energy : ndarray, shape (S, 2, K)
        Total energies (not per spin).
    gradient : ndarray, shape (S, 2, K, n)
        Euclidean gradients of the total energy.
    size : ndarray, shape (S, 2, K)
        Sizes of leapfrog steps.
    last_end : ndarray of int64, shape (S, 2, K)
        The end of the ladder that the replica visited last: 1 cold, 2 hot, 0 neither so far.
    keys : ndarray of uint64, shape (S, 2, K, 2)
        Keys of the random numbers.
    age : int
        Number of sweeps since the start.
    """

    x: Array
    energy: Array
    gradient: Array
    size: Array
    last_end: IntArray
    keys: Words
    age: int


class TemperingInfo(NamedTuple):
    """Records and diagnostics of a call of ``step``: S disorder samples, 2 copies, K temperatures, T records.

    Attributes
    ----------
    energies : ndarray, shape (S, 2, K, T)
        Energies per spin (not total); axes sample, copy, temperature, record.
    overlaps : ndarray, shape (S, K, T)
        Overlaps ``x.y/n`` of the two copies at the same temperature; axes sample, temperature, record.
    own_overlaps : ndarray, shape (S, 2, K, T)
        Overlap of each replica with its configuration at the beginning of the call; axes sample, copy, temperature of
        the replica at the beginning, record.
    acceptance : ndarray, shape (S, 2, K)
        Mean acceptance probability of trajectories; axes sample, copy, temperature.
    swap_rates : ndarray, shape (S, 2, K-1)
        Mean swap probability of temperatures k and k+1; axes sample, copy, k.
    round_trips : ndarray of int64, shape (S, 2)
        Number of round trips along the ladder during the call, all replicas of a copy together.
    """

    energies: Array
    overlaps: Array
    own_overlaps: Array
    acceptance: Array
    swap_rates: Array
    round_trips: IntArray


@dataclass(frozen=True)
class ParallelTempering:
    """Parallel tempering on a ladder of temperatures, for many disorder samples at once.

    Each sample has two independent copies of the ladder: copy 0 starts from uniform random points (hot), copy 1 from
    minima (cold). A sweep moves every replica by one trajectory of geodesic Hamiltonian Monte Carlo (`HMC`). It then
    proposes swaps of neighbouring temperatures, of even and odd pairs alternately, which are accepted with probability
    ``min(1, exp((1/T - 1/T')(E - E')))``, where E is the total energy.

    Parameters
    ----------
    glasses : sequence of SphericalSpinGlass
        S models (disorder samples) with the same n and orders.
    temperatures : array_like, shape (K,)
        Increasing temperatures, at least two, in units of the total energy.
    leaps : int, default 6
        Number of leapfrog steps per trajectory.

    Attributes
    ----------
    ladder : ndarray, shape (K,)
        The temperatures.

    Raises
    ------
    ValueError
        If there are no glasses, they differ in n or orders, n is 1, the temperatures do not increase or are not
        positive, or ``leaps`` is not a whole number of at least 1.
    TypeError
        If ``glasses`` is not a list of `SphericalSpinGlass`.

    References
    ----------
    Hukushima and Nemoto, J. Phys. Soc. Jpn. 65 (1996) 1604; alternating even and odd swaps as in Syed et al.,
    J. R. Stat. Soc. B 84 (2022) 321.

    Examples
    --------
    >>> glasses = [SphericalSpinGlass.pure(n=10, H=3, seed=k) for k in range(3)]
    >>> tempering = ParallelTempering(glasses, [0.5, 0.7, 1.0])
    >>> state, info = tempering.step(tempering.init(seed=0), sweeps=20)
    >>> info.energies.shape, info.overlaps.shape, info.swap_rates.shape
    ((3, 2, 3, 20), (3, 3, 20), (3, 2, 2))
    """

    glasses: Sequence[SphericalSpinGlass]
    temperatures: npt.ArrayLike
    leaps: int = 6
    _forms: list[Forms] = field(init=False, repr=False)
    ladder: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        whole_number("leaps", self.leaps, 1)
        object.__setattr__(self, "ladder", check_ladder(self.temperatures))
        if not isinstance(self.glasses, Sequence) or not all(isinstance(g, SphericalSpinGlass) for g in self.glasses):
            raise TypeError("glasses must be a list of SphericalSpinGlass; for a single one pass [glass]")
        if not self.glasses:
            raise ValueError("there are no glasses; pass a list of at least one")
        kinds = {(glass.n, glass.orders) for glass in self.glasses}
        if len(kinds) != 1:
            raise ValueError(f"all glasses must have the same n and orders, not (n, orders) {sorted(kinds)}")
        check_connected(self.glasses[0].n)
        object.__setattr__(self, "_forms", [_forms(glass) for glass in self.glasses])

    def with_ladder(self, temperatures: npt.ArrayLike) -> Self:
        """Return a sampler of the same glasses at other temperatures.

        Parameters
        ----------
        temperatures : array_like, shape (K,)
            Increasing temperatures, in units of the total energy.

        Returns
        -------
        ParallelTempering
            The new sampler.
        """
        return replace(self, temperatures=temperatures)

    def init(self, seed: Seed) -> TemperingState:
        """Return the initial state of both copies of every sample.

        Parameters
        ----------
        seed : int, SeedSequence or Generator
            Source of randomness; sample s uses child s of the seed.

        Returns
        -------
        TemperingState
            Configurations: uniform random points in copy 0, minima in copy 1.
        """
        n, S, K = self.glasses[0].n, len(self.glasses), len(self.ladder)
        root = seed_sequence(seed)
        x = np.empty((S, COPIES, K, n))
        for s, glass in enumerate(self.glasses):
            x[s] = random_points(n, COPIES * K, child(root, s, _STARTS)).reshape(COPIES, K, n)
            x[s, 1] = descend(glass, x[s, 1], tol=1e-3).x
        energy, gradient = np.empty(x.shape[:3]), np.empty_like(x)

        def evaluate(s: int) -> None:
            rows = COPIES * K
            evaluate_rows(self._forms[s], x[s].reshape(rows, n), energy[s].reshape(rows), gradient[s].reshape(rows, n))

        run_in_threads(evaluate, range(S))
        keys = np.stack([row_keys(child(root, s, _NOISE), COPIES * K).reshape(COPIES, K, 2) for s in range(S)])
        size = np.empty(energy.shape)
        for s, glass in enumerate(self.glasses):
            size[s] = first_size(n, self.ladder / gradient_scale(glass))
        return TemperingState(x, energy, gradient, size, np.zeros(energy.shape, np.int64), keys, 0)

    def check_memory(self, records: int) -> None:
        """Raise ``ValueError`` unless the energies and overlaps of a number of records fit in memory.

        Parameters
        ----------
        records : int
            Number T of records.

        Raises
        ------
        ValueError
            If they do not fit.
        """
        S, K = len(self.glasses), len(self.ladder)
        require_memory(8 * S * K * records * (2 * COPIES + 1), f"{records} records of {S} glasses", "a larger `every`")

    def step(
        self, state: TemperingState, sweeps: int = 1, *, every: int = 1, tune: bool = False
    ) -> tuple[TemperingState, TemperingInfo]:
        """Advance all replicas; several sweeps in one call give the same result as single sweeps.

        Ctrl-C ends the call within seconds without a result, and ``state`` is unchanged.

        Parameters
        ----------
        state : TemperingState
            Current state; it is not changed.
        sweeps : int, default 1
            Number of sweeps.
        every : int, default 1
            A record is taken after every sweep whose number since the start is a multiple of this.
        tune : bool, default False
            Whether to adapt the step sizes; discard the records of such sweeps.

        Returns
        -------
        state : TemperingState
            State after the sweeps.
        info : TemperingInfo
            Records and diagnostics.

        Raises
        ------
        ValueError
            If ``sweeps`` or ``every`` is not a whole number of at least 1, or the records do not fit in memory.
        """
        S, copies, K, n = state.x.shape
        whole_number("sweeps", sweeps, 1)
        records = (state.age + sweeps) // whole_number("every", every, 1) - state.age // every
        self.check_memory(records)
        moving = (state.x.copy(), state.energy.copy(), state.gradient.copy(), state.size.copy(), state.last_end.copy())
        new = TemperingState(*moving, state.keys, state.age + sweeps)
        energies, own = np.empty((2, S, copies * K, records))
        overlaps, sums, trips = np.empty((S, K, records)), np.zeros((2, S, copies * K)), np.zeros((S, copies), np.int64)
        interrupted = threading.Event()

        def sweep(s: int) -> None:
            replicas, before = _replicas(new, state, s), state.age // every
            left = Records(energies[s], overlaps[s], own[s], sums[0, s], sums[1, s], trips[s], before)
            for first in range(state.age, new.age, self._block):
                if interrupted.is_set():
                    return
                length = min(self._block, new.age - first)
                sweep_replicas(self._forms[s], replicas, left, self.ladder, self.leaps, first, length, every, tune)

        try:
            run_in_threads(sweep, range(S))
        except BaseException:
            interrupted.set()  # makes other threads stop after their current block
            raise
        acceptance, swaps = sums.reshape(2, S, copies, K) / sweeps
        energies, own = energies.reshape(S, copies, K, records) / n, own.reshape(S, copies, K, records)
        return new, TemperingInfo(energies, overlaps, own, acceptance, swaps[..., :-1], trips)

    @property
    def _block(self) -> int:
        """Number of sweeps per call of the kernel, bounded because a call cannot be interrupted."""
        forms = self._forms[0]
        couplings = sum(part.size for part, scale in zip(forms.operands, forms.scales, strict=True) if scale != 0.0)
        operations = self.leaps * COPIES * len(self.ladder) * (4 * couplings + 100 * self.glasses[0].n)
        return max(1, int(_OPERATIONS / operations))


def _replicas(new: TemperingState, old: TemperingState, s: int) -> Replicas:
    """Return views of the replicas of sample s, and their configurations at the beginning of the call."""
    n = new.x.shape[-1]
    return Replicas(
        new.x[s].reshape(-1, n),
        new.energy[s].reshape(-1),
        new.gradient[s].reshape(-1, n),
        new.size[s].reshape(-1),
        new.last_end[s].reshape(-1),
        new.keys[s].reshape(-1, 2),
        np.arange(new.energy[s].size),
        old.x[s].reshape(-1, n),
    )


def _forms(glass: SphericalSpinGlass) -> Forms:
    packed = {H: np.ascontiguousarray(numbers, dtype=np.float64) for H, numbers in glass.couplings.items()}
    places = [layout(glass.n, H) for H in glass.orders]
    operands = [symmetric_matrix(packed[H], glass.n).reshape(-1) if H == 2 else packed[H] for H in glass.orders]
    scales = [glass.weights[H] * glass.n ** (-(H - 1) / 2) for H in glass.orders]
    empty = -len(places) % _ENTRIES
    filled = [*places, *[places[0]] * empty]
    return Forms(
        (*operands, *[operands[0]] * empty),
        tuple(place.above for place in filled),
        tuple(place.below for place in filled),
        tuple(place.offsets for place in filled),
        (*scales, *[0.0] * empty),
    )
