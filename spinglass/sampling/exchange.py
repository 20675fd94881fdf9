"""The kernel of parallel tempering: all replicas of one landscape through many sweeps, moves and swaps alike.

Replicas are rows, copy after copy, and within a copy from the coldest temperature to the hottest. A temperature
keeps its row; swaps exchange what stands there.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from spinglass._common.jit import jit
from spinglass.couplings import FloatArray
from spinglass.descent.row_kernels import dot
from spinglass.kernels.rows import sweep_rows
from spinglass.landscape import Array
from spinglass.layout import IntArray
from spinglass.sampling.hmc import TARGET, tuning_rate
from spinglass.sampling.moves import accept_rows, begin_trajectories, kick, rotate
from spinglass.sampling.noise import Words, uniform

_SWAP = 3  # stream of random numbers
COLD, HOT = 1, 2  # which end of the ladder a replica has last been at; 0: neither yet


class Forms(NamedTuple):
    """The couplings of one landscape as the kernels want them, one entry an order."""

    operands: tuple[FloatArray, ...]
    above: tuple[IntArray, ...]
    below: tuple[IntArray, ...]
    offsets: tuple[IntArray, ...]
    scales: tuple[float, ...]


class Replicas(NamedTuple):
    """Where the replicas of one landscape stand; R = copies x temperatures rows, changed in place."""

    x: Array  # (R, n)
    energy: Array  # (R,), total
    gradient: Array  # (R, n), Euclidean
    size: Array  # (R,), of leapfrog steps
    last_end: npt.NDArray[np.int64]  # (R,), COLD, HOT or 0
    keys: Words  # (R, 2)
    origin: npt.NDArray[np.int64]  # (R,), the row where the replica stood when the call began
    start: Array  # (R, n), where the replicas stood then; not changed


class Records(NamedTuple):
    """What a call leaves behind, changed in place; sums over its sweeps."""

    energies: Array  # (R, T), total
    overlaps: Array  # (K, T), of copy 0 with copy 1
    own_overlaps: Array  # (R, T), of the replica that came from a row with where it began
    acceptance: Array  # (R,), sum of probabilities
    swaps: Array  # (R,), sum of the probabilities of swaps with the next temperature
    trips: npt.NDArray[np.int64]  # (copies,), from the cold end to the hot one and back
    before: int  # records that were due before these arrays begin


@jit
def evaluate_rows(forms: Forms, x: Array, energy: Array, gradient: Array) -> None:
    """Write the energies (R,) and gradients (R, n) of the whole landscape."""
    energy[:] = 0.0
    gradient[:] = 0.0
    for k in range(len(forms.operands)):
        place = forms.above[k], forms.below[k], forms.offsets[k]
        sweep_rows(forms.operands[k], *place, forms.scales[k], 0, 1, x, 0, len(x), energy, gradient, True)


@jit
def sweep_replicas(
    forms: Forms,
    replicas: Replicas,
    records: Records,
    temperatures: Array,
    leaps: int,
    first: int,
    sweeps: int,
    every: int,
    tune: bool,
) -> None:
    """Do sweeps first..first+sweeps-1: a trajectory of every replica, then swaps; record after every ``every``-th."""
    x, energy, gradient, size = replicas.x, replicas.energy, replicas.gradient, replicas.size
    R, K = len(x), len(temperatures)
    rows = np.arange(R)
    beta, total, probability, height, used = np.empty(R), np.empty(R), np.empty(R), np.empty(R), np.empty(R)
    for row in range(R):
        beta[row] = 1.0 / temperatures[row % K]
    p, trial, slope = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    for number in range(first, first + sweeps):
        begin_trajectories(number, rows, replicas.keys, x, p, energy, gradient, beta, size, used, total)
        trial[:] = x
        for leap in range(leaps):
            for row in range(R):
                rotate(trial[row], p[row], used[row])
            evaluate_rows(forms, trial, height, slope)
            share = 0.5 if leap == leaps - 1 else 1.0
            for row in range(R):
                kick(trial[row], p[row], slope[row], share * used[row] * beta[row])
        accept_rows(number, rows, replicas.keys, x, energy, gradient, trial, p, height, slope, beta, total, probability)
        for row in range(R):
            records.acceptance[row] += probability[row]
        if tune:
            for row in range(R):
                size[row] *= np.exp(tuning_rate(number) * (probability[row] - TARGET))
        swap_neighbours(replicas, records, beta, K, number)
        note_ends(replicas.last_end, records.trips, K)
        if (number + 1) % every == 0:
            record(replicas, records, K, (number + 1) // every - 1 - records.before)


@jit
def swap_neighbours(replicas: Replicas, records: Records, beta: Array, K: int, number: int) -> None:
    """Try swaps of all even pairs of neighbours in even sweeps, of all odd ones in odd sweeps."""
    for row in range(len(replicas.x) - 1):
        k = row % K
        if k == K - 1:
            continue
        excess = (beta[row] - beta[row + 1]) * (replicas.energy[row + 1] - replicas.energy[row])
        probability = np.exp(-max(excess, 0.0))
        # Every pair's probability is noted, that of the sweeps in which it is not tried as well.
        records.swaps[row] += probability
        if (k + number) % 2 == 0 and uniform(replicas.keys[row], number, _SWAP, 0) <= probability:
            exchange(replicas, row, row + 1)


@jit
def exchange(replicas: Replicas, a: int, b: int) -> None:
    """Let two rows change places, but for their step sizes and keys, which belong to the temperatures."""
    for array in (replicas.x, replicas.gradient):
        for i in range(array.shape[1]):
            kept = array[a, i]
            array[a, i] = array[b, i]
            array[b, i] = kept
    for marks in (replicas.last_end, replicas.origin):
        mark = marks[a]
        marks[a] = marks[b]
        marks[b] = mark
    energy = replicas.energy[a]
    replicas.energy[a] = replicas.energy[b]
    replicas.energy[b] = energy


@jit
def note_ends(last_end: npt.NDArray[np.int64], trips: npt.NDArray[np.int64], K: int) -> None:
    """Mark the replicas at the ladder's ends and count those that are back at the cold one."""
    for copy in range(len(trips)):
        cold, hot = copy * K, copy * K + K - 1
        if last_end[cold] == HOT:
            trips[copy] += 1
        last_end[cold] = COLD
        if last_end[hot] == COLD:
            last_end[hot] = HOT


@jit
def record(replicas: Replicas, records: Records, K: int, at: int) -> None:
    """Write the energies, and the overlaps of the two copies and of replicas with their past."""
    for row in range(len(replicas.x)):
        origin = replicas.origin[row]
        records.energies[row, at] = replicas.energy[row]
        records.own_overlaps[origin, at] = dot(replicas.x[row], replicas.start[origin]) / replicas.x.shape[1]
    for k in range(K):
        records.overlaps[k, at] = dot(replicas.x[k], replicas.x[K + k]) / replicas.x.shape[1]
