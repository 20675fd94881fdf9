"""The compiled kernel of parallel tempering: moves and swaps of all replicas of one landscape in many sweeps.

Replicas are rows: first those of copy 0, then those of copy 1, and within a copy from the coldest temperature to the
hottest. A row belongs to a temperature; swaps exchange the configurations of two rows.
"""

from typing import NamedTuple

import numpy as np

from spinglass._common.assignment import assign
from spinglass._common.jit import jit
from spinglass._common.types import Array, FloatArray, IntArray
from spinglass.descent.row_kernels import dot
from spinglass.kernels.rows import sweep_rows
from spinglass.sampling.hmc import TARGET, tuning_rate
from spinglass.sampling.moves import accept_rows, begin_trajectories, kick, rotate
from spinglass.sampling.noise import Words, uniform

_SWAP = 3  # stream of random numbers
COLD, HOT = 1, 2  # the end of the ladder that a replica visited last; 0: neither so far


class Forms(NamedTuple):
    """The couplings of one landscape in the form that the kernels take, one entry per order.

    Kernels are compiled for each number of entries. Entries of scale 0 are ignored; they fill up to a common number.
    """

    operands: tuple[FloatArray, ...]
    above: tuple[IntArray, ...]
    below: tuple[IntArray, ...]
    offsets: tuple[IntArray, ...]
    scales: tuple[float, ...]


class Replicas(NamedTuple):
    """The configurations of the replicas of one landscape, R = copies x temperatures rows, changed in place."""

    x: Array  # (R, n)
    energy: Array  # (R,), total
    gradient: Array  # (R, n), Euclidean
    size: Array  # (R,), of leapfrog steps
    last_end: IntArray  # (R,), COLD, HOT or 0
    keys: Words  # (R, 2)
    origin: IntArray  # (R,), the row of the replica at the beginning of the call
    start: Array  # (R, n), configurations at the beginning of the call; not changed


class Records(NamedTuple):
    """The records of a call, written in place, and sums over its sweeps."""

    energies: Array  # (R, T), total
    overlaps: Array  # (K, T), of copy 0 with copy 1
    own_overlaps: Array  # (R, T), of a replica with its initial configuration, by initial row
    acceptance: Array  # (R,), sum of probabilities
    swaps: Array  # (R,), sum of the swap probabilities with the next temperature
    trips: IntArray  # (copies,), round trips from the cold end to the hot end and back
    before: int  # number of records before the first one in these arrays


def evaluate_rows(forms: Forms, x: Array, energy: Array, gradient: Array) -> None:
    """Write the energies (R,) and gradients (R, n) of the whole landscape."""
    energy[:] = 0.0
    gradient[:] = 0.0
    for k in range(len(forms.operands)):
        place = forms.above[k], forms.below[k], forms.offsets[k]
        if forms.scales[k] != 0.0:
            sweep_rows(forms.operands[k], *place, forms.scales[k], 0, 1, x, 0, len(x), energy, gradient, True)


_evaluate = jit(evaluate_rows)  # for compiled functions


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
    """Make sweeps first..first+sweeps-1, each of trajectories, then swaps; record every ``every``-th sweep."""
    x, energy, gradient, size = replicas.x, replicas.energy, replicas.gradient, replicas.size
    R, K = len(x), len(temperatures)
    rows = np.arange(R)
    beta, total, probability, height, used = np.empty(R), np.empty(R), np.empty(R), np.empty(R), np.empty(R)
    for row in range(R):
        beta[row] = 1.0 / temperatures[row % K]
    p, trial, slope = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    for number in range(first, first + sweeps):
        begin_trajectories(number, rows, replicas.keys, x, p, energy, gradient, beta, size, used, total)
        for row in range(R):
            assign(trial[row], x[row])
        for leap in range(leaps):
            for row in range(R):
                rotate(trial[row], p[row], used[row])
            _evaluate(forms, trial, height, slope)
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
    """Propose swaps of all even pairs of neighbours in even sweeps, and of all odd pairs in odd sweeps."""
    for row in range(len(replicas.x) - 1):
        k = row % K
        if k == K - 1:
            continue
        excess = (beta[row] - beta[row + 1]) * (replicas.energy[row + 1] - replicas.energy[row])
        probability = np.exp(-max(excess, 0.0))
        # The probability of every pair is recorded, also in sweeps in which its swap is not proposed.
        records.swaps[row] += probability
        if (k + number) % 2 == 0 and uniform(replicas.keys[row], number, _SWAP, 0) <= probability:
            exchange(replicas, row, row + 1)


@jit
def exchange(replicas: Replicas, a: int, b: int) -> None:
    """Exchange two rows, except for step sizes and keys, which belong to the temperatures."""
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
def note_ends(last_end: IntArray, trips: IntArray, K: int) -> None:
    """Mark the replicas at the ends of the ladder, and count those that returned to the cold end."""
    for copy in range(len(trips)):
        cold, hot = copy * K, copy * K + K - 1
        if last_end[cold] == HOT:
            trips[copy] += 1
        last_end[cold] = COLD
        if last_end[hot] == COLD:
            last_end[hot] = HOT


@jit
def record(replicas: Replicas, records: Records, K: int, at: int) -> None:
    """Record the energies, the overlaps of the two copies, and those of replicas with their initial configurations."""
    for row in range(len(replicas.x)):
        origin = replicas.origin[row]
        records.energies[row, at] = replicas.energy[row]
        records.own_overlaps[origin, at] = dot(replicas.x[row], replicas.start[origin]) / replicas.x.shape[1]
    for k in range(K):
        records.overlaps[k, at] = dot(replicas.x[k], replicas.x[K + k]) / replicas.x.shape[1]
