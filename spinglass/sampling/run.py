"""Whole runs: burn in, adapt, sample, and judge whether hot and cold starts have met."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.memory import require_memory
from spinglass._common.seeds import Seed, child, seed_sequence
from spinglass.descent.loop import descend
from spinglass.geometry import random_points
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import Landscape, check_landscape
from spinglass.sampling.checks import check_connected
from spinglass.sampling.hmc import HMC
from spinglass.sampling.ladder import equalised
from spinglass.sampling.samples import Samples, Tempering
from spinglass.sampling.tempering import ParallelTempering

# Shares of the burn-in after each of which the ladder is made anew; what is left only tunes step sizes.
_ROUNDS = (0.1, 0.15, 0.25)


def sample(
    landscape: Landscape,
    temperature: float,
    sweeps: int = 1000,
    *,
    chains: int = 8,
    burn_in: int | None = None,
    leaps: int = 8,
    seed: Seed = 0,
) -> Samples:
    """Sample exp(-energy/T) on the sphere by Hamiltonian Monte Carlo, half the chains from hot, half from cold starts.

    Hot starts are uniform random points, cold ones minima that L-BFGS finds from random points. ``burn_in`` sweeps
    (by default as many as are sampled) tune each chain's step size and are dropped. The result's ``status`` says
    whether all chains have met; at low temperature they will not, and `temper` is the remedy.

    Raises
    ------
    ValueError
        If the temperature is not positive, there are fewer than 2 chains or 4 sweeps, n is 1, or a number is not whole.

    Examples
    --------
    >>> found = sample(SphericalSpinGlass.pure(n=20, H=3, seed=0), temperature=2.0, sweeps=300, seed=1)
    >>> str(found.status), found.energies.shape
    ('equilibrated', (8, 300))
    """
    check_landscape(landscape)
    check_connected(landscape.n)
    chain = HMC(landscape, temperature, leaps)
    records, rows = whole_number("sweeps", sweeps, 4), whole_number("chains", chains, 2)
    dropped = records if burn_in is None else whole_number("burn_in", burn_in, 0)
    require_memory(8 * rows * records, f"{records} energies of {rows} chains", "fewer sweeps")
    root = seed_sequence(seed)
    x = random_points(landscape.n, rows, child(root, 0))
    cold = np.arange(rows) >= rows // 2
    x[cold] = descend(landscape, x[cold], tol=1e-3).x
    state = chain.init(x, child(root, 1))
    if dropped:
        state, _ = chain.step(state, dropped, tune=True)
    energies, acceptance = np.empty((rows, records)), np.zeros(rows)
    for record in range(records):
        state, info = chain.step(state)
        energies[:, record] = state.energy / landscape.n
        acceptance += info.acceptance / records
    return Samples(temperature=chain.temperature, x=state.x, energies=energies, cold=cold, acceptance=acceptance)


def temper(
    glasses: Sequence[SphericalSpinGlass],
    temperatures: npt.ArrayLike,
    sweeps: int = 1000,
    *,
    burn_in: int | None = None,
    every: int = 1,
    leaps: int = 6,
    adapt: bool = True,
    seed: Seed = 0,
) -> Tempering:
    """Sample many glasses at a ladder of temperatures by parallel tempering, and judge each.

    ``burn_in`` sweeps (by default as many as are sampled) tune step sizes and, with ``adapt``, move all temperatures
    but the ends so that swap rates become equal; both then stay as they are. See `ParallelTempering` for the moves
    and `Tempering.status` for the judgement. The same seed gives the same bits for any number of threads. Ctrl-C ends
    the run within seconds and loses it; what is to be kept goes in several calls of `ParallelTempering.step`.

    Raises
    ------
    ValueError
        As `ParallelTempering`, and if there are fewer than 4 records.

    Examples
    --------
    >>> from spinglass.sampling import geometric_ladder
    >>> glasses = [SphericalSpinGlass.pure(n=8, H=3, seed=k) for k in range(4)]
    >>> found = temper(glasses, geometric_ladder(0.7, 2.0, 4), sweeps=400, seed=0)
    >>> found.energy_per_spin.shape, bool(found.equilibrated.all())
    ((4, 4), True)
    """
    tempering = ParallelTempering(glasses, temperatures, leaps)
    records = whole_number("sweeps", sweeps, 1) // whole_number("every", every, 1)
    if records < 4:
        raise ValueError(f"{sweeps} sweeps recorded every {every} leave {records} records; at least 4 are due")
    tempering.check_memory(records)
    dropped = sweeps if burn_in is None else whole_number("burn_in", burn_in, 0)
    rounds = [int(share * dropped) for share in _ROUNDS] if adapt else []
    state = tempering.init(seed)
    for length in filter(None, rounds):
        state, info = tempering.step(state, length, every=length, tune=True)
        # A glass without finite energies has no swap rates, and must not spoil the ladder of the others.
        known = info.swap_rates[np.isfinite(info.swap_rates).all(axis=(1, 2))]
        if len(known):
            tempering = tempering.with_ladder(equalised(tempering.ladder, known.mean(axis=(0, 1))))
    if dropped > sum(rounds):
        state, _ = tempering.step(state, dropped - sum(rounds), every=dropped, tune=True)
    state, info = tempering.step(state, sweeps, every=every)
    return Tempering(
        temperatures=tempering.ladder,
        x=state.x,
        energies=info.energies,
        overlaps=info.overlaps,
        own_overlaps=info.own_overlaps,
        acceptance=info.acceptance,
        swap_rates=info.swap_rates,
        round_trips=info.round_trips,
    )
