"""Parallel tempering of many glasses at once: pure ``init`` and ``step``."""

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
from spinglass.descent.loop import descend
from spinglass.descent.scale import gradient_scale
from spinglass.geometry import random_points
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.kernels.quadratic import symmetric_matrix
from spinglass.landscape import Array
from spinglass.layout import layout
from spinglass.sampling.checks import check_connected
from spinglass.sampling.exchange import Forms, Records, Replicas, evaluate_rows, sweep_replicas
from spinglass.sampling.hmc import first_size
from spinglass.sampling.ladder import check_ladder
from spinglass.sampling.noise import Words, row_keys

COPIES = 2  # one that starts hot and one that starts cold
_STARTS, _NOISE = 0, 1  # names of child seeds
_OPERATIONS = 2e9  # a call of the kernel at most: some tenths of a second


class TemperingState(NamedTuple):
    """What the replicas need to go on: S glasses, 2 copies of K temperatures each."""

    x: Array  # (S, 2, K, n), on the sphere
    energy: Array  # (S, 2, K), total
    gradient: Array  # (S, 2, K, n), Euclidean
    size: Array  # (S, 2, K), of leapfrog steps
    last_end: npt.NDArray[np.int64]  # (S, 2, K), the end of the ladder where the replica has been last
    keys: Words  # (S, 2, K, 2), of the random numbers
    age: int  # sweeps since the start


class TemperingInfo(NamedTuple):
    """What is only reported of a call of ``step``."""

    energies: Array  # (S, 2, K, T), per spin
    overlaps: Array  # (S, K, T), of the two copies
    own_overlaps: Array  # (S, 2, K, T), of a replica with where it stood when the call began, in the order of then
    acceptance: Array  # (S, 2, K), of trajectories
    swap_rates: Array  # (S, 2, K-1), mean probability of a swap between neighbours
    round_trips: npt.NDArray[np.int64]  # (S, 2), of all replicas together


@dataclass(frozen=True)
class ParallelTempering:
    """Replica exchange at a ladder of temperatures, for a batch of glasses of one kind.

    Each glass has two independent copies of the ladder: copy 0 starts from uniform random points (hot), copy 1 from
    minima (cold). A sweep moves every replica by one trajectory of geodesic Hamiltonian Monte Carlo (`HMC`) and then
    offers swaps to the even or the odd pairs of neighbours, in turn, with probability
    ``min(1, exp((1/T - 1/T')(E - E')))``. All sweeps of a call run in one compiled kernel a glass.

    Source: Hukushima and Nemoto, J. Phys. Soc. Jpn. 65 (1996) 1604; even and odd swaps in turn as in Syed et al.,
    J. R. Stat. Soc. B 84 (2022) 321.

    Raises
    ------
    ValueError
        If there is no glass, the glasses differ in n or orders, n is 1, the ladder does not increase or is not
        positive, or ``leaps`` is no whole number of at least 1.
    TypeError
        If ``glasses`` is no list of `SphericalSpinGlass`.

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
    ladder: Array = field(init=False, repr=False)  # (K,)

    def __post_init__(self) -> None:
        whole_number("leaps", self.leaps, 1)
        object.__setattr__(self, "ladder", check_ladder(self.temperatures))
        if not isinstance(self.glasses, Sequence) or not all(isinstance(g, SphericalSpinGlass) for g in self.glasses):
            raise TypeError("glasses must be a list of SphericalSpinGlass, one even for a single glass: [glass]")
        if not self.glasses:
            raise ValueError("there are no glasses; give a list of one or more")
        kinds = {(glass.n, glass.orders) for glass in self.glasses}
        if len(kinds) != 1:
            raise ValueError(f"all glasses must have the same n and orders; given (n, orders) {sorted(kinds)}")
        check_connected(self.glasses[0].n)
        object.__setattr__(self, "_forms", [_forms(glass) for glass in self.glasses])

    def with_ladder(self, temperatures: npt.ArrayLike) -> Self:
        """Return the same for other temperatures."""
        return replace(self, temperatures=temperatures)

    def init(self, seed: Seed) -> TemperingState:
        """Start both copies of every glass; glass s takes its numbers from child s of the seed."""
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
        """Raise ``ValueError`` unless so many records of all energies and overlaps fit in memory."""
        S, K = len(self.glasses), len(self.ladder)
        require_memory(8 * S * K * records * (2 * COPIES + 1), f"{records} records of {S} glasses", "a larger `every`")

    def step(
        self, state: TemperingState, sweeps: int = 1, *, every: int = 1, tune: bool = False
    ) -> tuple[TemperingState, TemperingInfo]:
        """Return the state ``sweeps`` later, the same as one at a time; records after every ``every``-th sweep.

        ``tune`` adapts the step sizes on the way: such sweeps are not to be sampled. Ctrl-C ends it within seconds:
        nothing is returned, and ``state`` is as it was.
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
            interrupted.set()  # threads that still run end with their block
            raise
        acceptance, swaps = sums.reshape(2, S, copies, K) / sweeps
        energies, own = energies.reshape(S, copies, K, records) / n, own.reshape(S, copies, K, records)
        return new, TemperingInfo(energies, overlaps, own, acceptance, swaps[..., :-1], trips)

    @property
    def _block(self) -> int:
        """How many sweeps one call of the kernel makes: nothing stops it in mid-course."""
        couplings = sum(operand.size for operand in self._forms[0].operands)
        operations = self.leaps * COPIES * len(self.ladder) * (4 * couplings + 100 * self.glasses[0].n)
        return max(1, int(_OPERATIONS / operations))


def _replicas(new: TemperingState, old: TemperingState, s: int) -> Replicas:
    """Return views of what moves in glass s, and where it stood."""
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
    return Forms(
        tuple(symmetric_matrix(packed[H], glass.n).reshape(-1) if H == 2 else packed[H] for H in glass.orders),
        tuple(place.above for place in places),
        tuple(place.below for place in places),
        tuple(place.offsets for place in places),
        tuple(glass.weights[H] * glass.n ** (-(H - 1) / 2) for H in glass.orders),
    )
